package practice

import (
	"context"

	"holon/internal/access"
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
			ref, err := p.storedReference(ctx, s, session.Move{Form: x.Form})
			if err != nil {
				return err
			}
			return s.RestoreForm(x, ref)
		})
	return s, err
}

// storedReference is reference for a form that is stored already, as it is or
// as a move makes it: its instrument is known, retired or not.
func (p *Practice) storedReference(ctx context.Context, s *session.Session, m session.Move) (session.Reference, error) {
	in := session.FormInput{}
	for r, member := range s.Concerning {
		if r.FormID == m.Form {
			in.Rater, in.About.MemberID = r.Rater, member
		}
	}
	if m.Rater != nil {
		in.Rater = *m.Rater
	}
	asked := []session.FormInput{in}
	for i := range s.Bonds {
		if b := &s.Bonds[i]; b.FormID == m.Form {
			asked = append(asked, session.FormInput{About: session.About{MemberID: b.To}})
		}
	}
	if m.About != nil {
		asked = append(asked, session.FormInput{About: *m.About})
	}
	ref, err := p.reference(ctx, asked)
	ref.Definition = p.Definition
	return ref, err
}
