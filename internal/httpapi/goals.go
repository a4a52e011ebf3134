package httpapi

import (
	"context"
	"slices"
	"strconv"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// SetGoal adds a goal to a group.
func (s *Server) SetGoal(ctx context.Context, r SetGoalRequestObject) (SetGoalResponseObject, error) {
	g, id, err := s.practice.SetGoal(ctx, request(ctx), session.GroupID(r.GroupID), practice.GoalInput{
		Code: r.Body.Code, Owner: session.MemberID(orZero(r.Body.Owner)), From: r.Body.From, Until: r.Body.Until,
		Contains: goalIDs(orZero(r.Body.Contains)),
	})
	if err != nil {
		return nil, err
	}
	place := slices.IndexFunc(g.Goals, func(x session.Goal) bool { return x.ID == id })
	return SetGoal201JSONResponse{
		Body: GoalReceipt{GoalID: string(id), Group: groupWire(g)},
		Headers: SetGoal201ResponseHeaders{
			ETag: etag(g.Rev), Location: "/v1/groups/" + string(g.ID) + "#/goals/" + strconv.Itoa(place),
		},
	}, nil
}

// EndGoal says on which day something was a goal last.
func (s *Server) EndGoal(ctx context.Context, r EndGoalRequestObject) (EndGoalResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.EndGoal(ctx, request(ctx), session.GroupID(r.GroupID), session.GoalID(r.GoalID), rev, r.Body.Until)
	if err != nil {
		return nil, err
	}
	return EndGoal200JSONResponse{Body: groupWire(g), Headers: EndGoal200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// ContainGoals says anew which members' own goals a shared goal contains.
func (s *Server) ContainGoals(ctx context.Context, r ContainGoalsRequestObject) (ContainGoalsResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.ContainGoals(ctx, request(ctx), session.GroupID(r.GroupID), session.GoalID(r.GoalID), rev, goalIDs(r.Body.Contains))
	if err != nil {
		return nil, err
	}
	return ContainGoals200JSONResponse{Body: groupWire(g), Headers: ContainGoals200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// goalIDs reads identifiers of goals.
func goalIDs(in []string) []session.GoalID {
	return each(in, func(id string) session.GoalID { return session.GoalID(id) })
}

// RateGoals enters what was said about goals in a session.
func (s *Server) RateGoals(ctx context.Context, r RateGoalsRequestObject) (RateGoalsResponseObject, error) {
	x, err := s.practice.RateGoals(ctx, request(ctx), session.SessionID(r.SessionID), each(r.Body.Ratings, goalRatingDomain))
	if err != nil {
		return nil, err
	}
	return RateGoals201JSONResponse{
		Body:    GoalRatings{SessionID: string(x.ID), Rev: x.Rev, Goals: each(x.Goals, goalRatingWire)},
		Headers: RateGoals201ResponseHeaders{ETag: etag(x.Rev), Location: sessionPlace(x.ID) + "#/goals"},
	}, nil
}

// goalRatingDomain reads a goal's rating as it came.
func goalRatingDomain(x NewGoalRating) session.GoalRatingInput {
	in := session.GoalRatingInput{
		Rater: session.Rater{Kind: instrument.RaterKind(x.Rater.Kind), ID: x.Rater.ID}, GoalID: session.GoalID(x.GoalID),
		Value: x.Value, Endorsed: x.Endorsed, Entered: session.Entry{Mode: session.Mode(x.Mode)},
	}
	if x.Corrects != nil {
		in.Corrects = &session.GoalCorrection{Version: int(x.Corrects.Version), Why: session.CorrectionReason(x.Corrects.Why)}
	}
	return in
}

// goalWire writes a goal.
func goalWire(x session.Goal) Goal {
	return Goal{
		ID: string(x.ID), Code: string(x.Code), Owner: unlessEmpty[string](x.Owner), From: string(x.From), Until: text[string](x.Until),
		Contains: unlessNone(x.Contains, func(id session.GoalID) string { return string(id) }),
	}
}

// goalRatingWire writes a goal's rating.
func goalRatingWire(x session.GoalRating) GoalRating {
	return GoalRating{
		Rater: Rater{Kind: RaterKind(x.Rater.Kind), ID: x.Rater.ID}, GoalID: string(x.GoalID), Version: int64(x.Version),
		Value: x.Value, Endorsed: x.Endorsed, Entered: enteredWire(x.Entered),
	}
}

// unlessNone converts a list; nil when it is empty.
func unlessNone[S, T any](in []S, convert func(S) T) *[]T {
	if len(in) == 0 {
		return nil
	}
	return new(each(in, convert))
}
