package store

import (
	"context"
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Sessions keeps session documents.
type Sessions struct {
	versioned[session.Session, session.SessionID]
}

// NewSessions returns the sessions of an engine.
func NewSessions(e Engine) *Sessions {
	return &Sessions{versioned[session.Session, session.SessionID]{engine: e, shape: sessionShape()}}
}

// sessionShape is the shape of session documents.
func sessionShape() shape[session.Session, session.SessionID] {
	return shape[session.Session, session.SessionID]{
		collection: sessionsCollection(),
		about:      func(s *session.Session) (session.SessionID, *session.Head) { return s.ID, &s.Head },
		write:      writeSession,
		read:       (*decoder).readSession,
		fields:     sessionFields,
		keeps:      keepsRatings,
	}
}

// Get reads a session with these levels; nil reads all. Only the levels named
// are read and decoded, so what comes back is to be looked at, not written.
func (s *Sessions) Get(ctx context.Context, id session.SessionID, named []instrument.Level) (*session.Session, error) {
	return s.get(ctx, id, setOf(named))
}

// OfGroup streams a group's sessions by number, those after a number and at most
// limit of them (0: all), with the levels named (nil: all). A session that cannot
// be restored comes as a [DamagedError], and the stream goes on.
func (s *Sessions) OfGroup(ctx context.Context, group session.GroupID, after, limit int, named []instrument.Level) iter.Seq2[*session.Session, error] {
	q := Query{Index: "number", Equal: []any{string(group)}, Limit: limit}
	if after > 0 {
		q.After = []any{string(group), int64(after), ""}
	}
	return s.stream(ctx, q, setOf(named))
}

// LastNumber returns the highest number of a group's sessions, 0 if it has none.
// A damaged session's counts too; one whose very bytes are broken is passed over.
func (s *Sessions) LastNumber(ctx context.Context, group session.GroupID) (int, error) {
	c := sessionsCollection()
	for _, limit := range []int{1, 0} { // the first is nearly always sound
		q := Query{Collection: c, Index: "number", Equal: []any{string(group)}, Descending: true, Limit: limit, Fields: []string{}}
		met := 0
		for d, err := range s.engine.Query(ctx, q) {
			if err != nil {
				return 0, err
			}
			met++
			if key, err := c.Key("number", d); err == nil {
				if n, ok := key[1].(int64); ok {
					return int(n), nil
				}
			}
		}
		if met < limit {
			break
		}
	}
	return 0, nil
}
