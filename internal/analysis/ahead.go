package analysis

import (
	"context"
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
)

// ahead is a source in passing that reads a group's sessions while those of the group
// before are looked at. There are two groups in memory then.
type ahead struct {
	Passing

	kinds  []session.GroupKind
	levels []instrument.Level
	now    readGroup
}

// readGroup is a group with its sessions, or why there is none.
type readGroup struct {
	group    *session.Group
	sessions []readSession
	err      error
}

// readSession is a session, or why there is none.
type readSession struct {
	session *session.Session
	err     error
}

// Each yields the groups of the kinds wanted.
func (a *ahead) Each(ctx context.Context) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		further, cancel := context.WithCancel(ctx)
		ready := make(chan readGroup)
		go a.readAll(further, ready)
		defer func() {
			cancel()
			for range ready { // until the other is through
				continue
			}
		}()
		for a.now = range ready {
			if !yield(a.now.group, a.now.err) || a.now.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil { // what came is not all
			yield(nil, err)
		}
	}
}

// readAll reads one group after the other, until it is told to end or one fails.
func (a *ahead) readAll(ctx context.Context, ready chan<- readGroup) {
	defer close(ready)
	for g, err := range ofKinds(a.Passing.Each(ctx), a.kinds) {
		next := readGroup{group: g, err: err}
		if err == nil {
			for s, err := range a.Passing.Sessions(ctx, g.ID, a.levels...) {
				next.sessions = append(next.sessions, readSession{s, err})
			}
		}
		select {
		case ready <- next:
		case <-ctx.Done():
			return
		}
	}
}

// Sessions yields those of the group that was yielded last.
func (a *ahead) Sessions(ctx context.Context, id session.GroupID, levels ...instrument.Level) iter.Seq2[*session.Session, error] {
	if a.now.group == nil || a.now.group.ID != id {
		return a.Passing.Sessions(ctx, id, levels...)
	}
	return func(yield func(*session.Session, error) bool) {
		for _, s := range a.now.sessions {
			if !yield(s.session, s.err) {
				return
			}
		}
	}
}
