package store

import (
	"context"
	"iter"

	"holon/internal/redaction"
	"holon/internal/session"
)

// Redactions keeps the requests that members' data be erased, and what was
// decided about each.
type Redactions struct {
	versioned[redaction.Decision, redaction.ID]
}

// NewRedactions returns the decisions of an engine.
func NewRedactions(e Engine) *Redactions {
	return &Redactions{versioned[redaction.Decision, redaction.ID]{engine: e, shape: decisionShape()}}
}

// redactionsCollection holds decisions, by member and by state.
func redactionsCollection() Collection {
	return Collection{Name: "redactions", Indexes: []Index{
		{Name: "member", Fields: []string{"member_id"}},
		{Name: "state", Fields: []string{"state"}},
	}}
}

// decisionShape is the shape of decisions' documents.
func decisionShape() shape[redaction.Decision, redaction.ID] {
	return shape[redaction.Decision, redaction.ID]{
		collection: redactionsCollection(),
		about:      func(d *redaction.Decision) (redaction.ID, *session.Head) { return d.ID, &d.Head },
		write:      writeDecision,
		read:       (*decoder).readDecision,
	}
}

// List streams decisions by identifier, those after one ("": from the first)
// and at most limit of them (0: all). One that cannot be restored comes as a
// [DamagedError], and the stream goes on.
func (r *Redactions) List(ctx context.Context, after string, limit int) iter.Seq2[*redaction.Decision, error] {
	q := Query{Limit: limit}
	if after != "" {
		q.After = []any{after}
	}
	return r.stream(ctx, q, everyLevel)
}

// In streams the decisions of a state.
func (r *Redactions) In(ctx context.Context, state redaction.State) iter.Seq2[*redaction.Decision, error] {
	return r.stream(ctx, Query{Index: "state", Equal: []any{string(state)}}, everyLevel)
}

// Of streams the decisions about a member.
func (r *Redactions) Of(ctx context.Context, member session.MemberID) iter.Seq2[*redaction.Decision, error] {
	return r.stream(ctx, Query{Index: "member", Equal: []any{string(member)}}, everyLevel)
}
