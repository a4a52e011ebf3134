package practice

import (
	"context"
	"slices"
	"strings"

	"holon/internal/access"
	"holon/internal/session"
)

// GoalInput is what a goal of a group begins with.
type GoalInput struct {
	Code  string
	Owner session.MemberID // empty: shared by the group
	From  string
	Until *string // nil: it goes on

	Contains []session.GoalID // of a shared goal: the members' own that it is over
}

// SetGoal adds a goal to a group and returns its identifier.
func (p *Practice) SetGoal(ctx context.Context, rq Request, id session.GroupID, in GoalInput) (*session.Group, session.GoalID, error) {
	text, err := p.newID(rq, goalPrefix, string(id))
	if err != nil {
		return nil, "", err
	}
	goal := session.GoalID(text)
	g, _, err := revise(ctx, p, rq, p.groupSubject(id, access.WriteGoal), atAny(), "goal_set", func(_ context.Context, g *session.Group) error {
		return g.SetGoal(session.GoalInput{ID: goal, Code: in.Code, Owner: in.Owner, From: in.From, Until: in.Until, Contains: in.Contains})
	})
	return g, goal, err
}

// EndGoal says on which day something was a goal last.
func (p *Practice) EndGoal(ctx context.Context, rq Request, id session.GroupID, goal session.GoalID, ifRev int64, until string) (*session.Group, error) {
	g, _, err := revise(ctx, p, rq, p.groupSubject(id, access.WriteGoal), atRevision(ifRev), "goal_ended", func(_ context.Context, g *session.Group) error {
		return g.EndGoal(goal, until)
	})
	return g, err
}

// ContainGoals says anew which members' own goals a shared goal contains.
func (p *Practice) ContainGoals(ctx context.Context, rq Request, id session.GroupID, goal session.GoalID, ifRev int64, contains []session.GoalID) (*session.Group, error) {
	g, _, err := revise(ctx, p, rq, p.groupSubject(id, access.WriteGoal), atRevision(ifRev), "goals_contained", func(_ context.Context, g *session.Group) error {
		return g.ContainGoals(goal, contains)
	})
	return g, err
}

// RateGoals takes what members and therapists say about goals into a session:
// all of it, or none and every fault. Who enters it and when is noted here. Many
// may rate at once; none needs to know the session's revision.
func (p *Practice) RateGoals(ctx context.Context, rq Request, id session.SessionID, ratings []session.GoalRatingInput) (*session.Session, error) {
	entered := slices.Clone(ratings)
	now := p.now()
	for i := range entered {
		entered[i].Entered.By, entered[i].Entered.At = rq.Principal.ID, now
	}
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.RateGoals), atAny(), whyRated(ratings), func(ctx context.Context, s *session.Session) error {
		g, err := p.deps.Groups.Get(ctx, s.GroupID)
		if err != nil {
			return err
		}
		return s.RateGoals(g, entered)
	})
	return s, err
}

// whyRated is the reason of the revision: for corrections theirs.
func whyRated(ratings []session.GoalRatingInput) string {
	var reasons []string
	for _, r := range ratings {
		if r.Corrects != nil && r.Corrects.Why.Valid() && !slices.Contains(reasons, string(r.Corrects.Why)) {
			reasons = append(reasons, string(r.Corrects.Why))
		}
	}
	slices.Sort(reasons)
	return strings.Join(append([]string{"goals_rated"}, reasons...), ":")
}
