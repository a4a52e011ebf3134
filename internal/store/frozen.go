package store

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// frozenGroupsCollection holds the groups of snapshots, in the shape of groups, by
// snapshot and pseudonym (`<snapshot>.<group>`).
func frozenGroupsCollection() Collection {
	return Collection{Name: "frozen_groups"}
}

// frozenSessionsCollection holds the sessions of snapshots, in the shape of
// sessions. `group_id` names the snapshot, too.
func frozenSessionsCollection() Collection {
	return Collection{Name: "frozen_sessions", Indexes: []Index{
		{Name: "number", Fields: []string{"group_id", "number"}, Unique: true},
	}}
}

// Frozen keeps the pseudonymous copies that snapshots are made of. They are
// written once and have no history. Where they are stored their identifiers begin
// with the snapshot's; what is given back bears the pseudonym alone.
type Frozen struct {
	engine   Engine
	groups   versioned[session.Group, session.GroupID]
	sessions versioned[session.Session, session.SessionID]
}

// NewFrozen returns the frozen rows of an engine.
func NewFrozen(e Engine) *Frozen {
	groups, sessions := groupShape(), sessionShape()
	groups.collection, sessions.collection = frozenGroupsCollection(), frozenSessionsCollection()
	return &Frozen{
		engine:   e,
		groups:   versioned[session.Group, session.GroupID]{engine: e, shape: groups},
		sessions: versioned[session.Session, session.SessionID]{engine: e, shape: sessions},
	}
}

// within names a row of a snapshot.
func within[ID ~string](snapshot study.SnapshotID, id ID) ID { return ID(snapshot) + "." + id }

// bare is the name of a row within its snapshot.
func bare[ID ~string](snapshot study.SnapshotID, id ID) ID {
	return ID(strings.TrimPrefix(string(id), string(snapshot)+"."))
}

// InsertGroup keeps a group and all its sessions, those first: a group that is
// there is whole. It may be repeated. A snapshot that ended meanwhile keeps nothing
// of it, and the answer is the Conflict "snapshot_ended".
func (f *Frozen) InsertGroup(ctx context.Context, snapshot study.SnapshotID, g *session.Group, sessions []*session.Session) error {
	docs := make([]Document, 0, len(sessions))
	for _, s := range sessions {
		next := *s
		next.ID, next.GroupID = within(snapshot, s.ID), within(snapshot, s.GroupID)
		d, err := f.sessions.document(&next, 1, 4096)
		if err != nil {
			return err
		}
		docs = append(docs, d)
	}
	next := *g
	next.ID = within(snapshot, g.ID)
	whole, err := f.groups.document(&next, 1, 2048)
	if err != nil {
		return err
	}
	if err := insertAll(ctx, f.engine, frozenSessionsCollection(), docs); err != nil {
		return err
	}
	if err := insertAll(ctx, f.engine, frozenGroupsCollection(), []Document{whole}); err != nil {
		return err
	}
	return f.stillFilling(ctx, snapshot)
}

// stillFilling drops the rows of a snapshot that ended while they were written.
// Whoever ends one drops its rows afterwards: either they were there to be
// dropped, or the end is seen here.
func (f *Frozen) stillFilling(ctx context.Context, snapshot study.SnapshotID) error {
	s, err := NewSnapshots(f.engine).Get(ctx, snapshot)
	if err != nil {
		return err
	}
	if s.State != study.Ended {
		return nil
	}
	return errors.Join(s.Open(), f.Drop(ctx, snapshot))
}

// Group reads a frozen group.
func (f *Frozen) Group(ctx context.Context, snapshot study.SnapshotID, id session.GroupID) (*session.Group, error) {
	g, err := f.groups.Get(ctx, within(snapshot, id))
	if err != nil {
		return nil, err
	}
	g.ID = id
	return g, nil
}

// Sessions streams a frozen group's sessions by number, those after a number (0:
// from the first), with the levels named (nil: all). One that cannot be restored
// comes as a [DamagedError], and the stream goes on.
func (f *Frozen) Sessions(ctx context.Context, snapshot study.SnapshotID, group session.GroupID, after int, named []instrument.Level) iter.Seq2[*session.Session, error] {
	stored := string(within(snapshot, group))
	q := Query{Index: "number", Equal: []any{stored}}
	if after > 0 {
		q.After = []any{stored, int64(after), ""}
	}
	return func(yield func(*session.Session, error) bool) {
		for s, err := range f.sessions.stream(ctx, q, setOf(named)) {
			if err == nil {
				s.ID, s.GroupID = bare(snapshot, s.ID), group
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// Drop removes the rows of a snapshot, the groups first. It may be repeated.
func (f *Frozen) Drop(ctx context.Context, snapshot study.SnapshotID) error {
	for _, c := range []Collection{frozenGroupsCollection(), frozenSessionsCollection()} {
		for d, err := range rowsOf(ctx, f.engine, c, snapshot) {
			if err != nil {
				return err
			}
			if err := f.engine.Delete(ctx, c, d.ID, d.Rev); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
	return nil
}

// rowsOf streams the identifiers of the rows of a snapshot.
func rowsOf(ctx context.Context, e Engine, c Collection, snapshot study.SnapshotID) iter.Seq2[Document, error] {
	prefix := string(snapshot) + "."
	return func(yield func(Document, error) bool) {
		for d, err := range e.Query(ctx, Query{Collection: c, After: []any{prefix}, Fields: []string{}}) {
			if err == nil && !strings.HasPrefix(d.ID, prefix) {
				return
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// anyRow names a row of a snapshot, "" if it has none.
func anyRow(ctx context.Context, e Engine, snapshot study.SnapshotID) (string, error) {
	for _, c := range []Collection{frozenGroupsCollection(), frozenSessionsCollection()} {
		for d, err := range rowsOf(ctx, e, c, snapshot) {
			return documentName(c, d.ID), err
		}
	}
	return "", nil
}

// bulk is an engine that can store many documents at once. After an error it may
// have stored some.
type bulk interface {
	InsertAll(ctx context.Context, c Collection, docs []Document) error
}

// atOnce is how many documents are handed to an engine at once.
const atOnce = 256

// insertAll stores documents, of which an earlier attempt may have stored some.
func insertAll(ctx context.Context, e Engine, c Collection, docs []Document) error {
	for batch := range slices.Chunk(docs, atOnce) {
		if many, ok := e.(bulk); ok && len(batch) > 1 {
			err := many.InsertAll(ctx, c, batch)
			if err == nil {
				continue
			}
			if ctx.Err() != nil {
				return err
			}
		}
		for _, d := range batch { // the engine has no such thing, or some are there
			if err := written(ctx, e, c, d, e.Insert(ctx, c, d)); err != nil {
				return err
			}
		}
	}
	return nil
}
