package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// VoidForm takes a form back as a whole. What it held stays readable.
func (p *Practice) VoidForm(ctx context.Context, rq Request, id session.SessionID, v session.Voiding) (*session.Session, error) {
	v.By, v.At = rq.Principal.ID, p.now()
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.VoidForm), atAny(), "form_voided:"+string(v.Why),
		func(_ context.Context, s *session.Session) error { return s.VoidForm(v) })
	return s, err
}

// RestoreForm takes a void back, if the form's place is still free.
func (p *Practice) RestoreForm(ctx context.Context, rq Request, id session.SessionID, x session.Restoring) (*session.Session, error) {
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.VoidForm), atAny(), "form_restored:"+string(x.Why),
		func(ctx context.Context, s *session.Session) error {
			ref, err := p.storedReference(ctx, raterOf(s, x.Form))
			if err != nil {
				return err
			}
			return s.RestoreForm(x, ref)
		})
	return s, err
}

// raterOf returns who answered a form.
func raterOf(s *session.Session, id session.FormID) session.Rater {
	for _, r := range s.OfForm(id) {
		return r.Rater
	}
	return session.Rater{}
}

// storedReference is reference for a form that is stored already: its
// instrument is known, retired or not.
func (p *Practice) storedReference(ctx context.Context, by session.Rater) (session.Reference, error) {
	born, err := p.birthYear(ctx, by)
	if err != nil {
		return session.Reference{}, err
	}
	return session.Reference{
		Definition: p.Definition,
		BirthYear: func(m session.MemberID) (int, bool) {
			if born == nil || string(m) != by.ID {
				return 0, false
			}
			return *born, true
		},
	}, nil
}

// birthYear returns a rater's year of birth, nil where it is not known.
func (p *Practice) birthYear(ctx context.Context, by session.Rater) (*int, error) {
	if by.Kind != instrument.RaterMember || !session.ValidID(by.ID) {
		return nil, nil //nolint:nilnil // not known
	}
	m, err := p.deps.Members.Get(ctx, session.MemberID(by.ID))
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // not known
	}
	if err != nil {
		return nil, err
	}
	return m.BirthYear, nil
}
