package store_test

import (
	"context"
	"iter"

	"holon/internal/finding"
	"holon/internal/session"
	"holon/internal/store"
)

// repository is what all nouns with revisions have in common.
type repository[T any, ID ~string] interface {
	Insert(ctx context.Context, v *T) error
	Replace(ctx context.Context, next *T, rev int64) error
	Revisions(ctx context.Context, id ID) iter.Seq2[session.Head, error]
	At(ctx context.Context, id ID, rev int64) (*T, error)
	KeyUse(ctx context.Context, id ID, key string) (session.Head, bool, error)
}

// noun is a sort of document with revisions, as the suite goes through it.
type noun[T any, ID ~string] struct {
	id    ID
	all   repository[T, ID]
	get   func(ctx context.Context, id ID) (*T, error)
	fresh func() *T // a full value
	edit  func(*T)  // one change that nothing forbids
	head  func(*T) *session.Head
}

// edited changes a value under a key.
func (n noun[T, ID]) edited(v *T, key string) *T {
	n.edit(v)
	n.head(v).Change = change(key)
	return v
}

// groupsOf is the noun of groups.
func groupsOf(e store.Engine) noun[session.Group, session.GroupID] {
	all := store.NewGroups(e)
	return noun[session.Group, session.GroupID]{
		id: store.FullGroup().ID, all: all, get: all.Get, fresh: store.FullGroup,
		edit: func(g *session.Group) { g.Code += "x" },
		head: func(g *session.Group) *session.Head { return &g.Head },
	}
}

// membersOf is the noun of members.
func membersOf(e store.Engine) noun[session.Member, session.MemberID] {
	all := store.NewMembers(e)
	return noun[session.Member, session.MemberID]{
		id: store.FullMember().ID, all: all, get: all.Get, fresh: store.FullMember,
		edit: func(m *session.Member) { m.BirthYear = new(*m.BirthYear + 1) },
		head: func(m *session.Member) *session.Head { return &m.Head },
	}
}

// therapistsOf is the noun of therapists.
func therapistsOf(e store.Engine) noun[session.Therapist, session.TherapistID] {
	all := store.NewTherapists(e)
	return noun[session.Therapist, session.TherapistID]{
		id: store.FullTherapist().ID, all: all, get: all.Get, fresh: store.FullTherapist,
		edit: func(x *session.Therapist) { x.Code += "x" },
		head: func(x *session.Therapist) *session.Head { return &x.Head },
	}
}

// sessionsOf is the noun of sessions, whole.
func sessionsOf(e store.Engine) noun[session.Session, session.SessionID] {
	all := store.NewSessions(e)
	return noun[session.Session, session.SessionID]{
		id: store.FullSession().ID, all: all, fresh: store.FullSession,
		get: func(ctx context.Context, id session.SessionID) (*session.Session, error) {
			return all.Get(ctx, id, nil)
		},
		edit: func(s *session.Session) { s.Alliances[0].Answers[0].Value++ },
		head: func(s *session.Session) *session.Head { return &s.Head },
	}
}

// findingsOf is the noun of findings.
func findingsOf(e store.Engine) noun[finding.Finding, finding.ID] {
	all := store.NewFindings(e)
	return noun[finding.Finding, finding.ID]{
		id: store.FullFinding().ID, all: all, get: all.Get,
		fresh: func() *finding.Finding { // apart from any session, of which there need be none
			f := store.FullFinding()
			f.Rule, f.Risk, f.SessionID, f.Redacted = finding.Noted, nil, "", nil
			return f
		},
		edit: func(f *finding.Finding) {
			f.Events = append(f.Events, finding.Event{Kind: finding.WasClosed, At: at(len(f.Events)), By: "p"})
		},
		head: func(f *finding.Finding) *session.Head { return &f.Head },
	}
}
