package practice

import (
	"context"
	"iter"
	"strconv"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// OpenInput is what opening a session needs.
type OpenInput struct {
	Number  *int // nil: the next free
	Kind    session.Kind
	Stage   *session.Stage
	HeldOn  string
	Planned *session.Span
	Members []session.MemberID // nil: everybody whose spell holds on the day
}

// OpenSession opens a session of a group, its roster filled from the spells.
func (p *Practice) OpenSession(ctx context.Context, rq Request, group session.GroupID, in OpenInput) (*session.Session, error) {
	text, err := p.newID(rq, sessionPrefix)
	if err != nil {
		return nil, err
	}
	id := session.SessionID(text)
	ctx, cancel := bounded(ctx)
	defer cancel()
	s := seed[session.Session]{
		object: sessionObject(id, group), action: access.WriteSession,
		insert: p.deps.Sessions.Insert,
		load:   func(ctx context.Context) (*session.Session, error) { return p.deps.Sessions.Get(ctx, id, nil) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Sessions.KeyUse(ctx, id, key)
		},
		head:  func(s *session.Session) *session.Head { return &s.Head },
		taken: fault.New(fault.Conflict, "number_taken", "The group has a session of this number already. Choose another number, or leave it out to take the next."),
	}
	tried := 0
	build := func(ctx context.Context) (*session.Session, error) {
		made, err := p.build(ctx, id, group, in, tried)
		if err == nil {
			tried = made.Number
		}
		return made, err
	}
	opened, err := create(ctx, p, rq, s, build)
	for attempt := 0; in.Number == nil && fault.RuleOf(err) == "number_taken"; attempt++ {
		// Somebody took the number that was free: the next one then.
		if err := pause(ctx, attempt); err != nil {
			return nil, err
		}
		opened, err = plant(ctx, p, rq, s, build)
	}
	return opened, err
}

// build makes a session from its group as it is now; tried is the number that
// was found taken, 0 at first.
func (p *Practice) build(ctx context.Context, id session.SessionID, group session.GroupID, in OpenInput, tried int) (*session.Session, error) {
	g, err := p.deps.Groups.Get(ctx, group)
	if err != nil {
		return nil, err
	}
	plan := session.Plan{Kind: in.Kind, Stage: in.Stage, HeldOn: in.HeldOn, Planned: in.Planned, Members: in.Members}
	if in.Number != nil {
		plan.Number = *in.Number
	} else {
		last, err := p.deps.Sessions.LastNumber(ctx, group)
		if err != nil {
			return nil, err
		}
		plan.Number = max(last, tried) + 1
	}
	return session.NewSession(id, g, plan)
}

// ruleDamaged names the fault of a document that cannot be restored.
const ruleDamaged = "document_damaged"

// Session reads a session with the ratings of these levels, all when nil.
func (p *Practice) Session(ctx context.Context, rq Request, id session.SessionID, levels []instrument.Level) (*session.Session, error) {
	s, err := p.deps.Sessions.Get(ctx, id, levels)
	if refused := p.Authorize(ctx, rq, access.ReadSession, objectOf(id, s)); refused != nil {
		return nil, refused
	}
	if err == nil {
		withoutHidden(rq.Principal, s)
	}
	return s, err
}

// BondsDue tells whether a session's members are to be asked about each other.
// The group is part of the session that was read.
func (p *Practice) BondsDue(ctx context.Context, s *session.Session) (bool, error) {
	g, err := p.deps.Groups.Get(ctx, s.GroupID)
	if isDamaged(err) {
		return false, nil // the session can be read without its group
	}
	return err == nil && g.BondsDue(s), err
}

// withoutHiddenBonds takes out of a session what the reader may not see of its
// bonds. A value that may not be seen is simply absent.
func withoutHiddenBonds(who access.Principal, s *session.Session) {
	if !mayReadBonds(who, s.GroupID) {
		s.Bonds = nil
	}
}

// mayReadBonds tells whether somebody may see what a group's members say of each
// other.
func mayReadBonds(who access.Principal, group session.GroupID) bool {
	return access.Decide(who, access.ReadBonds, groupObject(group)) == nil
}

// SessionsOf lists a group's sessions by number, with the ratings of the named
// levels and without any when none is named. If some cannot be restored, a
// [LeftOutError] comes beside the others.
func (p *Practice) SessionsOf(ctx context.Context, rq Request, group session.GroupID, pg Page, levels ...instrument.Level) (list []*session.Session, next string, err error) {
	if err := p.Authorize(ctx, rq, access.ReadSession, sessionObject("", group)); err != nil {
		return nil, "", err
	}
	after := 0
	if pg.After != "" {
		if after, err = strconv.Atoi(pg.After); err != nil || after < 0 {
			return nil, "", fault.New(fault.Invalid, "bad_cursor", "The place to go on from is not one that a list gave.")
		}
	}
	if _, err := p.deps.Groups.Get(ctx, group); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*session.Session, error] {
		return p.deps.Sessions.OfGroup(ctx, group, after, limit, append([]instrument.Level{}, levels...))
	}
	list, next, err = page(pg.limit(), stream, func(s *session.Session) string { return strconv.Itoa(s.Number) })
	for _, s := range list {
		withoutHidden(rq.Principal, s)
	}
	return list, next, err
}

// SetRoster says who belongs to an open session.
func (p *Practice) SetRoster(ctx context.Context, rq Request, id session.SessionID, ifRev int64, members []session.MemberID) (*session.Session, error) {
	return p.reviseSession(ctx, rq, id, atRevision(ifRev), "roster_set", func(ctx context.Context, s *session.Session) error {
		g, err := p.deps.Groups.Get(ctx, s.GroupID)
		if err != nil {
			return err
		}
		return s.SetRoster(g, members)
	})
}

// Attend notes who came to a session.
func (p *Practice) Attend(ctx context.Context, rq Request, id session.SessionID, ifRev int64, members []session.Mark, therapists []session.TherapistMark) (*session.Session, error) {
	return p.reviseSession(ctx, rq, id, atRevision(ifRev), "attendance_marked", func(ctx context.Context, s *session.Session) error {
		var faults fault.List
		for i, m := range therapists {
			if s.HasTherapist(m.TherapistID) {
				continue
			}
			if err := faults.Under("", p.checkTherapist(ctx, m.TherapistID, "/therapists/"+strconv.Itoa(i)+"/therapist_id")); err != nil {
				return err
			}
		}
		if err := faults.Under("", s.Attend(members, therapists)); err != nil {
			return err
		}
		return faults.Err()
	})
}

// CloseSession says that everybody's attendance is known; actual is when the
// session was held, nil when nobody noted it.
func (p *Practice) CloseSession(ctx context.Context, rq Request, id session.SessionID, ifRev int64, actual *session.Span) (*session.Session, error) {
	return p.reviseSession(ctx, rq, id, atRevision(ifRev), "closed", func(_ context.Context, s *session.Session) error { return s.Close(actual) })
}

// CancelSession says that a session did not take place.
func (p *Practice) CancelSession(ctx context.Context, rq Request, id session.SessionID, ifRev int64, why session.CancelReason) (*session.Session, error) {
	return p.reviseSession(ctx, rq, id, atRevision(ifRev), "cancelled:"+string(why), func(_ context.Context, s *session.Session) error { return s.Cancel(why) })
}

// reviseSession changes a session's own fields.
func (p *Practice) reviseSession(ctx context.Context, rq Request, id session.SessionID, at precondition, why string, apply func(context.Context, *session.Session) error) (*session.Session, error) {
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.WriteSession), at, why, apply)
	return s, err
}

// sessionSubject is a session about to be changed.
func (p *Practice) sessionSubject(id session.SessionID, action access.Action) subject[session.Session] {
	return subject[session.Session]{
		load: func(ctx context.Context) (*session.Session, error) { return p.deps.Sessions.Get(ctx, id, nil) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Sessions.KeyUse(ctx, id, key)
		},
		replace: p.deps.Sessions.Replace,
		head:    func(s *session.Session) *session.Head { return &s.Head },
		object:  func(s *session.Session) access.Object { return objectOf(id, s) },
		action:  action,
		around:  &keepingGuesses{raising: raising{practice: p}},
	}
}

// objectOf names a session to the policy; s is nil when it could not be read.
func objectOf(id session.SessionID, s *session.Session) access.Object {
	if s == nil {
		return sessionObject(id, "")
	}
	return sessionObject(id, s.GroupID)
}

// sessionObject names a session of a group, or with an empty id all of them.
func sessionObject(id session.SessionID, group session.GroupID) access.Object {
	return access.Object{Kind: access.KindSession, ID: string(id), GroupID: group}
}
