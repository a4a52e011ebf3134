package practice

import (
	"context"
	"iter"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
)

// CreateMember registers a member under the practice's own code.
func (p *Practice) CreateMember(ctx context.Context, rq Request, code string, birthYear *int) (*session.Member, error) {
	text, err := p.newID(rq, memberPrefix)
	if err != nil {
		return nil, err
	}
	id := session.MemberID(text)
	s := seed[session.Member]{
		object: access.Object{Kind: access.KindMember, ID: text}, action: access.WriteMember,
		insert: p.deps.Members.Insert,
		load:   func(ctx context.Context) (*session.Member, error) { return p.deps.Members.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Members.KeyUse(ctx, id, key)
		},
		head:  func(m *session.Member) *session.Head { return &m.Head },
		taken: codeTaken(),
	}
	return create(ctx, p, rq, s, func(context.Context) (*session.Member, error) { return session.NewMember(id, code, birthYear) })
}

// CorrectMember mends what was entered wrongly of a member.
func (p *Practice) CorrectMember(ctx context.Context, rq Request, id session.MemberID, ifRev int64, c session.MemberCorrection) (*session.Member, error) {
	m, _, err := revise(ctx, p, rq, subject[session.Member]{
		load: func(ctx context.Context) (*session.Member, error) { return p.deps.Members.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Members.KeyUse(ctx, id, key)
		},
		replace: p.deps.Members.Replace,
		head:    func(m *session.Member) *session.Head { return &m.Head },
		object:  func(*session.Member) access.Object { return access.Object{Kind: access.KindMember, ID: string(id)} },
		action:  access.WriteMember,
	}, atRevision(ifRev), "corrected:"+string(c.Why), func(_ context.Context, m *session.Member) error { return m.Correct(c) })
	if fault.RuleOf(err) == "unique_taken" {
		return nil, codeTaken()
	}
	return m, err
}

// Member reads a member.
func (p *Practice) Member(ctx context.Context, rq Request, id session.MemberID) (*session.Member, error) {
	if err := p.Authorize(ctx, rq, access.ReadMember, access.Object{Kind: access.KindMember, ID: string(id)}); err != nil {
		return nil, err
	}
	return p.deps.Members.Get(ctx, id)
}

// Members lists members by code, with a [LeftOutError] beside them if some
// cannot be restored.
func (p *Practice) Members(ctx context.Context, rq Request, pg Page) (list []*session.Member, next string, err error) {
	if err := p.Authorize(ctx, rq, access.ReadMember, access.Object{Kind: access.KindMember}); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*session.Member, error] { return p.deps.Members.List(ctx, pg.After, limit) }
	return page(pg.limit(), stream, func(m *session.Member) string { return string(m.Code) })
}

// CreateTherapist registers a therapist under the practice's own code.
func (p *Practice) CreateTherapist(ctx context.Context, rq Request, code string) (*session.Therapist, error) {
	text, err := p.newID(rq, therapistPrefix)
	if err != nil {
		return nil, err
	}
	id := session.TherapistID(text)
	s := seed[session.Therapist]{
		object: access.Object{Kind: access.KindTherapist, ID: text}, action: access.WriteTherapist,
		insert: p.deps.Therapists.Insert,
		load:   func(ctx context.Context) (*session.Therapist, error) { return p.deps.Therapists.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Therapists.KeyUse(ctx, id, key)
		},
		head:  func(t *session.Therapist) *session.Head { return &t.Head },
		taken: codeTaken(),
	}
	return create(ctx, p, rq, s, func(context.Context) (*session.Therapist, error) { return session.NewTherapist(id, code) })
}

// Therapist reads a therapist.
func (p *Practice) Therapist(ctx context.Context, rq Request, id session.TherapistID) (*session.Therapist, error) {
	if err := p.Authorize(ctx, rq, access.ReadTherapist, access.Object{Kind: access.KindTherapist, ID: string(id)}); err != nil {
		return nil, err
	}
	return p.deps.Therapists.Get(ctx, id)
}

// Therapists lists therapists by code, with a [LeftOutError] beside them if some
// cannot be restored.
func (p *Practice) Therapists(ctx context.Context, rq Request, pg Page) (list []*session.Therapist, next string, err error) {
	if err := p.Authorize(ctx, rq, access.ReadTherapist, access.Object{Kind: access.KindTherapist}); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*session.Therapist, error] {
		return p.deps.Therapists.List(ctx, pg.After, limit)
	}
	return page(pg.limit(), stream, func(t *session.Therapist) string { return string(t.Code) })
}

// checkMember refuses a member whom the practice does not know, at a place of
// the request.
func (p *Practice) checkMember(ctx context.Context, id session.MemberID, pointer string) error {
	if !session.ValidID(string(id)) {
		return nil // the domain says what is wrong
	}
	m, err := p.deps.Members.Get(ctx, id)
	if err == nil && m.Redacted != nil {
		return fault.At(pointer, "member_redacted", "This member's values were redacted. Enter a person who comes back as a new member.")
	}
	return unknown(err, pointer, "unknown_member", "The practice has no member of this identifier. The list of members names them all.")
}

// checkTherapist refuses a therapist whom the practice does not know.
func (p *Practice) checkTherapist(ctx context.Context, id session.TherapistID, pointer string) error {
	if !session.ValidID(string(id)) {
		return nil // the domain says what is wrong
	}
	_, err := p.deps.Therapists.Get(ctx, id)
	return unknown(err, pointer, "unknown_therapist", "The practice has no therapist of this identifier. The list of therapists names them all.")
}

// unknown turns what is not found into a fault of the place that names it.
func unknown(err error, pointer, rule, detail string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return fault.At(pointer, rule, detail)
}

// codeTaken answers a code that another person or group has.
func codeTaken() error {
	return fault.New(fault.Conflict, "code_taken", "Another one has this code already. Choose a different code.")
}
