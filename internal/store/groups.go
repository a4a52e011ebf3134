package store

import (
	"context"
	"iter"

	"holon/internal/session"
)

// Groups keeps groups, families and couples.
type Groups struct {
	versioned[session.Group, session.GroupID]
}

// NewGroups returns the groups of an engine.
func NewGroups(e Engine) *Groups {
	return &Groups{versioned[session.Group, session.GroupID]{engine: e, shape: groupShape()}}
}

// groupShape is the shape of group documents.
func groupShape() shape[session.Group, session.GroupID] {
	return shape[session.Group, session.GroupID]{
		collection: groupsCollection(),
		about:      func(g *session.Group) (session.GroupID, *session.Head) { return g.ID, &g.Head },
		write:      writeGroup,
		read:       (*decoder).readGroup,
	}
}

// List streams groups by code, those after a code ("": from the first) and at
// most limit of them (0: all); kind nil means every kind. A group that cannot
// be restored comes as a [DamagedError], and the stream goes on.
func (g *Groups) List(ctx context.Context, kind *session.GroupKind, after string, limit int) iter.Seq2[*session.Group, error] {
	q := byCode(after, limit)
	if kind != nil {
		q.Index, q.Equal = "kind", []any{string(*kind)}
		if after != "" {
			q.After = []any{string(*kind), after, ""}
		}
	}
	return g.stream(ctx, q, everyLevel)
}

// byCode asks for documents in the order of their codes.
func byCode(after string, limit int) Query {
	q := Query{Index: "code", Limit: limit}
	if after != "" {
		q.After = []any{after, ""}
	}
	return q
}
