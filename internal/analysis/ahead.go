package analysis

import (
	"context"
	"iter"

	"holon/internal/instrument"
	"holon/internal/parallel"
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

// readGroup is a group with its sessions.
type readGroup struct {
	group    *session.Group
	sessions []readSession
}

// readSession is a session, or why there is none.
type readSession struct {
	session *session.Session
	err     error
}

// Each yields the groups of the kinds wanted.
func (a *ahead) Each(ctx context.Context) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		for next, err := range parallel.Ahead(ctx, a.read) {
			if a.now = next; !yield(next.group, err) {
				return
			}
		}
	}
}

// read reads one group after the other.
func (a *ahead) read(ctx context.Context) iter.Seq2[readGroup, error] {
	return func(yield func(readGroup, error) bool) {
		for g, err := range ofKinds(a.Passing.Each(ctx), a.kinds) {
			next := readGroup{group: g}
			if err == nil {
				for s, err := range a.Passing.Sessions(ctx, g.ID, a.levels...) {
					next.sessions = append(next.sessions, readSession{s, err})
				}
			}
			if !yield(next, err) {
				return
			}
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
