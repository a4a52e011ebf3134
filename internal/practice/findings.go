package practice

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Findings lists what somebody must answer, raised last first, with a
// [LeftOutError] beside it if some cannot be restored.
func (p *Practice) Findings(ctx context.Context, rq Request, want finding.Filter, pg Page) (list []*finding.Finding, next string, err error) {
	object := findingObject("", want.GroupID)
	if err := p.Authorize(ctx, rq, access.ReadFinding, object); err != nil {
		return nil, "", err
	}
	after, err := placeAfter(pg.After)
	if err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*finding.Finding, error] {
		if rq.Principal.Therapist != "" {
			limit = 0 // some may be passed over
		}
		return p.openFindings(ctx, rq.Principal, p.deps.Findings.List(ctx, want, after, limit))
	}
	return page(pg.limit(), stream, placeOf)
}

// placeOf writes where a list goes on after a finding.
func placeOf(f *finding.Finding) string {
	return strconv.FormatInt(f.LastRaised().At.UnixMilli(), 10) + "|" + string(f.ID)
}

// placeAfter reads what placeOf wrote; nil is the beginning.
func placeAfter(after string) (*finding.Place, error) {
	if after == "" {
		return nil, nil //nolint:nilnil // no place is the beginning
	}
	text, id, _ := strings.Cut(after, "|")
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id == "" {
		return nil, fault.New(fault.Malformed, "bad_cursor", "This is not a place in this list. Begin without one.")
	}
	return &finding.Place{RaisedAt: time.UnixMilli(ms).UTC(), ID: finding.ID(id)}, nil
}

// Finding reads one finding.
func (p *Practice) Finding(ctx context.Context, rq Request, id finding.ID) (*finding.Finding, error) {
	f, err := p.deps.Findings.Get(ctx, id)
	if refused := p.Authorize(ctx, rq, access.ReadFinding, objectOfFinding(id, f)); refused != nil {
		return nil, refused
	}
	if err == nil {
		err = p.checkFindingOpen(ctx, rq.Principal, f)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Note opens a finding by hand, about members of a group or the group as a
// whole.
func (p *Practice) Note(ctx context.Context, rq Request, group session.GroupID, n finding.Note) (*finding.Finding, error) {
	text, err := p.newID(rq, finding.Prefix)
	if err != nil {
		return nil, err
	}
	id := finding.ID(text)
	s := seed[finding.Finding]{
		object: findingObject(id, group), action: access.WriteFinding,
		insert: p.deps.Findings.Insert,
		load:   func(ctx context.Context) (*finding.Finding, error) { return p.deps.Findings.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Findings.KeyUse(ctx, id, key)
		},
		head: func(f *finding.Finding) *session.Head { return &f.Head },
	}
	return create(ctx, p, rq, s, func(ctx context.Context) (*finding.Finding, error) {
		g, err := p.deps.Groups.Get(ctx, group)
		if err != nil {
			return nil, unknown(err, "/group_id", "unknown_group", "There is no such group.")
		}
		save := finding.Save{By: rq.Principal.ID, At: p.now()}
		if n.SessionID == "" {
			return finding.NewNote(id, g, nil, n, save, leadOf(g, save.At))
		}
		in, err := p.deps.Sessions.Get(ctx, n.SessionID, []instrument.Level{})
		if err != nil {
			return nil, unknown(err, "/session_id", "unknown_session", "There is no such session. Name one of this group, or none.")
		}
		return finding.NewNote(id, g, in, n, save, finding.Addressee(in))
	})
}

// leadOf returns who leads a group on a day, empty when nobody does.
func leadOf(g *session.Group, at time.Time) session.TherapistID {
	s := &session.Session{}
	for _, sp := range g.TherapistsOn(session.Date(at.Format(time.DateOnly))) {
		s.Therapists = append(s.Therapists, session.Presence{TherapistID: sp.TherapistID, Role: sp.Role, Present: true})
	}
	return finding.Addressee(s)
}

// SeeFinding acknowledges a finding. To see it twice is to see it once.
func (p *Practice) SeeFinding(ctx context.Context, rq Request, id finding.ID) (*finding.Finding, error) {
	f, _, err := p.answerOpen(ctx, unkeyed(rq), id, string(finding.WasSeen), func(_ context.Context, f *finding.Finding) (bool, error) {
		return f.See(p.save(rq)), nil
	})
	return f, err
}

// ActOnFinding notes what was done about a finding.
func (p *Practice) ActOnFinding(ctx context.Context, rq Request, id finding.ID, a finding.ActionInput) (*finding.Finding, error) {
	f, _, err := p.answerOpen(ctx, rq, id, string(finding.WasActed), func(ctx context.Context, f *finding.Finding) (bool, error) {
		held, err := p.checkActionSession(ctx, f, a.Session)
		if err != nil {
			return false, err
		}
		done := a
		if done.On == "" {
			done.On = string(held)
		}
		return true, f.Act(done, p.save(rq))
	})
	return f, err
}

// checkActionSession returns the day of the session that an action names, and
// refuses one that is not of the finding's group.
func (p *Practice) checkActionSession(ctx context.Context, f *finding.Finding, id *session.SessionID) (session.Date, error) {
	if id == nil {
		return "", nil
	}
	s, err := p.deps.Sessions.Get(ctx, *id, []instrument.Level{})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	if err != nil || s.GroupID != f.GroupID {
		return "", fault.At("/session_id", "session_of_another_group", "This group has no such session. Name one of the finding's group, or none.")
	}
	return s.HeldOn, nil
}

// CloseFinding says that nothing is left to do about a finding.
func (p *Practice) CloseFinding(ctx context.Context, rq Request, id finding.ID) (*finding.Finding, error) {
	f, _, err := p.answerOpen(ctx, unkeyed(rq), id, string(finding.WasClosed), func(_ context.Context, f *finding.Finding) (bool, error) {
		return f.Close(p.save(rq))
	})
	return f, err
}

// ReopenFinding takes back that a finding was closed.
func (p *Practice) ReopenFinding(ctx context.Context, rq Request, id finding.ID) (*finding.Finding, error) {
	f, _, err := p.answerOpen(ctx, unkeyed(rq), id, string(finding.Reopened), func(_ context.Context, f *finding.Finding) (bool, error) {
		return f.Reopen(p.save(rq)), nil
	})
	return f, err
}

// unkeyed is a request whose repetition does no harm, so that no key is noted:
// without a body nothing tells one request under a key from another.
func unkeyed(rq Request) Request {
	rq.Key = ""
	return rq
}

// save says who stores something now.
func (p *Practice) save(rq Request) finding.Save {
	return finding.Save{By: rq.Principal.ID, At: p.now()}
}

// errUnchanged ends a change that changes nothing.
var errUnchanged = errors.New("practice: nothing to change")

// answerOpen is answer for somebody who may see the finding.
func (p *Practice) answerOpen(ctx context.Context, rq Request, id finding.ID, why string, apply func(ctx context.Context, f *finding.Finding) (bool, error)) (*finding.Finding, bool, error) {
	return p.answer(ctx, rq, id, why, func(ctx context.Context, f *finding.Finding) (bool, error) {
		if err := p.checkFindingOpen(ctx, rq.Principal, f); err != nil {
			return false, err
		}
		return apply(ctx, f)
	})
}

// answer changes a finding, if apply does, and tells whether it did.
func (p *Practice) answer(ctx context.Context, rq Request, id finding.ID, why string, apply func(ctx context.Context, f *finding.Finding) (bool, error)) (*finding.Finding, bool, error) {
	sub := subject[finding.Finding]{
		load: func(ctx context.Context) (*finding.Finding, error) { return p.deps.Findings.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Findings.KeyUse(ctx, id, key)
		},
		replace: p.deps.Findings.Replace,
		head:    func(f *finding.Finding) *session.Head { return &f.Head },
		object:  func(f *finding.Finding) access.Object { return objectOfFinding(id, f) },
		action:  access.WriteFinding,
	}
	var same *finding.Finding
	f, replayed, err := revise(ctx, p, rq, sub, atAny(), why, func(ctx context.Context, f *finding.Finding) error {
		changed, err := apply(ctx, f)
		if err == nil && !changed {
			same, err = f, errUnchanged
		}
		return err
	})
	if errors.Is(err, errUnchanged) {
		return same, false, nil
	}
	return f, err == nil && replayed == nil, err
}

// objectOfFinding names a finding to the policy; f is nil when it could not be
// read.
func objectOfFinding(id finding.ID, f *finding.Finding) access.Object {
	if f == nil {
		return findingObject(id, "")
	}
	return findingObject(id, f.GroupID)
}

// findingObject names a finding of a group, or with an empty id all of them.
func findingObject(id finding.ID, group session.GroupID) access.Object {
	return access.Object{Kind: access.KindFinding, ID: string(id), GroupID: group}
}
