package practice

import (
	"context"
	"iter"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
)

// decisionPrefix begins the identifier of a decision.
const decisionPrefix = "rd-"

// Preview says what carrying out a decision would take values out of. Nothing
// is changed by it.
type Preview struct {
	Extent  redaction.Extent
	Reports redaction.Reports
	Blocked []string // documents that cannot be read and name the member: they would keep a redaction from its end
}

// RequestRedaction records that somebody asked for a member's data to be
// erased. Nothing is redacted by that.
func (p *Practice) RequestRedaction(ctx context.Context, rq Request, member session.MemberID, in redaction.Request) (*redaction.Decision, error) {
	text, err := p.newID(rq, decisionPrefix, string(member))
	if err != nil {
		return nil, err
	}
	id := redaction.ID(text)
	s := seed[redaction.Decision]{
		object: access.Object{Kind: access.KindMember, ID: string(member)}, action: access.RedactMember,
		insert: p.deps.Redactions.Insert,
		load:   func(ctx context.Context) (*redaction.Decision, error) { return p.deps.Redactions.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Redactions.KeyUse(ctx, id, key)
		},
		head: func(d *redaction.Decision) *session.Head { return &d.Head },
	}
	return create(ctx, p, rq, s, func(ctx context.Context) (*redaction.Decision, error) {
		if _, err := p.deps.Members.Get(ctx, member); err != nil && !isDamaged(err) {
			return nil, err
		}
		// A day's grace: the practice's calendar may be ahead of UTC's.
		tomorrow := session.Date(p.now().AddDate(0, 0, 1).Format(time.DateOnly))
		return redaction.New(id, member, in, tomorrow)
	})
}

// PreviewRedaction looks what a verdict on a request would take values out of.
func (p *Practice) PreviewRedaction(ctx context.Context, rq Request, id redaction.ID, v redaction.Verdict) (*Preview, error) {
	d, err := p.Redaction(ctx, rq, id)
	if err != nil {
		return nil, err
	}
	until := p.now()
	switch d.State {
	case redaction.Refused:
		return &Preview{}, nil
	case redaction.Done:
		until = *d.DoneAt
	case redaction.Started:
	case redaction.Requested:
		if !v.Valid() || v == redaction.Refuse {
			return nil, fault.New(fault.Invalid, "unknown_verdict", "What would be taken out can be seen for redact and redact_partly.")
		}
		d.Verdict, d.DecidedAt = v, &until
	}
	found, reports, blocked, err := p.look(ctx, d, until)
	if err != nil {
		return nil, err
	}
	return &Preview{Extent: found.Extent, Reports: reports, Blocked: blocked}, nil
}

// DecideRedaction decides a request, and carries a redaction out. If that does
// not come to its end in the time a request has, the decision is answered in
// the state started: the work goes on, and the same request again looks how
// far it is.
func (p *Practice) DecideRedaction(ctx context.Context, rq Request, id redaction.ID, ifRev int64, v redaction.Verdict, basis redaction.Basis) (*redaction.Decision, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	d, _, err := revise(ctx, p, rq, p.decisionSubject(id), atRevision(ifRev), "decided:"+string(v),
		func(_ context.Context, d *redaction.Decision) error {
			return d.Decide(v, basis, rq.Principal.ID, p.now())
		})
	if err != nil || d.State != redaction.Started {
		return d, err
	}
	done, err := p.carryOut(ctx, rq, d)
	if fault.Is(err, fault.Unavailable) {
		p.redactionDue()
		return d, nil
	}
	return done, err
}

// Redaction reads the record of a request.
func (p *Practice) Redaction(ctx context.Context, rq Request, id redaction.ID) (*redaction.Decision, error) {
	if err := p.Authorize(ctx, rq, access.ReadRedaction, access.Object{Kind: access.KindRedaction, ID: string(id)}); err != nil {
		return nil, err
	}
	return p.deps.Redactions.Get(ctx, id)
}

// Redactions lists the records of requests by identifier, with a
// [LeftOutError] beside them if some cannot be restored.
func (p *Practice) Redactions(ctx context.Context, rq Request, pg Page) (list []*redaction.Decision, next string, err error) {
	if err := p.Authorize(ctx, rq, access.ReadRedaction, access.Object{Kind: access.KindRedaction}); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*redaction.Decision, error] {
		return p.deps.Redactions.List(ctx, pg.After, limit)
	}
	return page(pg.limit(), stream, func(d *redaction.Decision) string { return string(d.ID) })
}

// decisionSubject is a decision about to be changed. The policy is asked about
// the member.
func (p *Practice) decisionSubject(id redaction.ID) subject[redaction.Decision] {
	return subject[redaction.Decision]{
		load: func(ctx context.Context) (*redaction.Decision, error) { return p.deps.Redactions.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Redactions.KeyUse(ctx, id, key)
		},
		replace: p.deps.Redactions.Replace,
		head:    func(d *redaction.Decision) *session.Head { return &d.Head },
		object: func(d *redaction.Decision) access.Object {
			if d == nil {
				return access.Object{Kind: access.KindMember}
			}
			return access.Object{Kind: access.KindMember, ID: string(d.MemberID)}
		},
		action: access.RedactMember,
	}
}
