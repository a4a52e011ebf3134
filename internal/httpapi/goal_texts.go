package httpapi

import (
	"context"

	"holon/internal/instrument"
	"holon/internal/session"
)

// PutGoalText keeps a goal's words.
func (s *Server) PutGoalText(ctx context.Context, r PutGoalTextRequestObject) (PutGoalTextResponseObject, error) {
	var number int64
	if r.Params.IfMatch != nil {
		var err error
		if number, err = revisionOf(r.Params.IfMatch); err != nil {
			return nil, err
		}
	}
	x, err := s.practice.SetGoalText(ctx, request(ctx), session.GroupID(r.GroupID), session.GoalID(r.GoalID), goalTextDomain(*r.Body), number)
	if err != nil {
		return nil, err
	}
	return PutGoalText200JSONResponse{Body: goalTextWire(x), Headers: PutGoalText200ResponseHeaders{ETag: etag(int64(x.Standing()))}}, nil
}

// GetGoalText reads the words of a goal that stand.
func (s *Server) GetGoalText(ctx context.Context, r GetGoalTextRequestObject) (GetGoalTextResponseObject, error) {
	x, err := s.practice.GoalText(ctx, request(ctx), session.GroupID(r.GroupID), session.GoalID(r.GoalID))
	if err != nil {
		return nil, err
	}
	return GetGoalText200JSONResponse{Body: goalTextWire(x), Headers: GetGoalText200ResponseHeaders{ETag: etag(int64(x.Standing()))}}, nil
}

// goalTextDomain reads a goal's words as they came.
func goalTextDomain(x NewGoalText) session.GoalTextInput {
	in := session.GoalTextInput{Text: x.Text, VisibleTo: session.TextVisibility(orZero(x.VisibleTo)), Why: session.TextReason(orZero(x.Why))}
	if a := x.Author; a != nil {
		in.Author = &session.Rater{Kind: instrument.RaterKind(a.Kind), ID: a.ID}
	}
	return in
}

// goalTextWire writes a goal's words. The request's key and hash stay inside.
func goalTextWire(x *session.GoalText) GoalText {
	return GoalText{
		GroupID: string(x.GroupID), GoalID: string(x.GoalID), Number: int64(x.Number), Author: Rater{Kind: RaterKind(x.Author.Kind), ID: x.Author.ID},
		VisibleTo: GoalTextVisibleTo(x.VisibleTo), Text: unlessEmpty[string](x.Text), Why: string(x.Why), By: x.By, At: x.At, Redacted: markWire(x.Redacted),
	}
}
