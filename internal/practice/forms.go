package practice

import (
	"context"
	"slices"
	"strconv"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Receipt says what became of a batch of forms.
type Receipt struct {
	Session  *session.Session
	Forms    []FormReceipt // in the order of the batch
	Replayed bool          // it was stored by an earlier request of the same key
}

// FormReceipt names the ratings that a form was split into.
type FormReceipt struct {
	FormID  session.FormID
	Ratings []RatingRef
	Texts   []finding.RiskText // for the person who answered; see RiskTexts
}

// RatingRef names one rating at the version it has now.
type RatingRef struct {
	ID      session.RatingID
	Level   instrument.Level
	Version int
}

// Submit takes a batch of forms into a session: all of them, or none and every
// fault. Who enters them and when is noted here, whatever the forms say. Forms
// of many people may come at once; none needs to know the session's revision.
func (p *Practice) Submit(ctx context.Context, rq Request, id session.SessionID, forms []session.FormInput) (*Receipt, error) {
	forms, err := p.entered(rq, id, forms)
	if err != nil {
		return nil, err
	}
	s, replayed, err := revise(ctx, p, rq, p.sessionSubject(id, access.SubmitForms), atAny(), "forms_submitted",
		func(ctx context.Context, s *session.Session) error {
			ref, err := p.reference(ctx, forms)
			if err != nil {
				return err
			}
			if ref.Bonds, err = p.takingBonds(ctx, s.GroupID, forms); err != nil {
				return err
			}
			if err := s.Submit(forms, ref); err != nil {
				return err
			}
			return p.copyInstruments(ctx, forms)
		})
	if err != nil {
		return nil, err
	}
	r := receipt(s, forms, replayed != nil)
	for i := range r.Forms {
		r.Forms[i].Texts = p.RiskTexts(ctx, s, r.Forms[i].FormID)
	}
	return r, nil
}

// entered returns the forms with their identifiers, author and time.
func (p *Practice) entered(rq Request, id session.SessionID, forms []session.FormInput) ([]session.FormInput, error) {
	if len(forms) > session.MaxForms {
		return forms, nil // the domain refuses it
	}
	out := slices.Clone(forms)
	now := p.now()
	for i := range out {
		text, err := p.newID(rq, formPrefix, string(id), strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		out[i].ID = session.FormID(text)
		out[i].Entered.By, out[i].Entered.At = rq.Principal.ID, now
	}
	return out, nil
}

// reference gives the rules what they look up: definitions that new forms may
// use, which of the members named were redacted, and the years of birth of those
// whose form has an age range. It is made after the session was read: whoever is
// redacted by then is known here, and a session that the redaction came to later
// has another revision. Of a member whose document cannot be read the seat tells.
func (p *Practice) reference(ctx context.Context, forms []session.FormInput) (session.Reference, error) {
	registry := p.registry.Load()
	ref := session.Reference{Definition: func(ref instrument.Ref) (*instrument.Definition, bool) {
		d, ok := registry.Lookup(ref)
		return d, ok && !registry.Retired(ref)
	}}
	known := map[session.MemberID]*session.Member{}
	for _, f := range forms {
		named := []session.MemberID{f.About.MemberID}
		if f.Rater.Kind == instrument.RaterMember {
			named = append(named, session.MemberID(f.Rater.ID))
		}
		for _, id := range named {
			if _, asked := known[id]; asked || !session.ValidID(string(id)) {
				continue
			}
			m, err := p.deps.Members.Get(ctx, id)
			if err != nil && !fault.Is(err, fault.NotFound) && !isDamaged(err) {
				return session.Reference{}, err
			}
			known[id] = m
		}
	}
	ref.BirthYear = func(id session.MemberID) (int, bool) {
		if m := known[id]; m != nil && m.BirthYear != nil {
			return *m.BirthYear, true
		}
		return 0, false
	}
	ref.Redacted = func(id session.MemberID) bool { m := known[id]; return m != nil && m.Redacted != nil }
	return ref, nil
}

// receipt names what the forms were split into.
func receipt(s *session.Session, forms []session.FormInput, replayed bool) *Receipt {
	r := &Receipt{Session: s, Replayed: replayed, Forms: make([]FormReceipt, len(forms))}
	at := make(map[session.FormID]int, len(forms))
	for i, f := range forms {
		r.Forms[i].FormID = f.ID
		at[f.ID] = i
	}
	for level, x := range s.All {
		if i, ok := at[x.FormID]; ok {
			r.Forms[i].Ratings = append(r.Forms[i].Ratings, RatingRef{ID: x.ID, Level: level, Version: x.Version})
		}
	}
	return r
}

// Correct corrects answers of one rating, which is named with the version it
// was read at. What it was stays in the history.
func (p *Practice) Correct(ctx context.Context, rq Request, id session.SessionID, c session.Correction) (*session.Session, error) {
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.CorrectRating), atAny(), "corrected:"+string(c.Why),
		func(_ context.Context, s *session.Session) error {
			if err := checkNotHidden(rq, s, c.Rating); err != nil {
				return err
			}
			return s.Correct(c, session.Reference{Definition: p.Definition})
		})
	return s, err
}

// AnswerForm takes further answers to an unfinished form, or the word that it is
// finished.
func (p *Practice) AnswerForm(ctx context.Context, rq Request, id session.SessionID, a session.FormAnswers) (*session.Session, error) {
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.SubmitForms), atAny(), "form_answered",
		func(_ context.Context, s *session.Session) error {
			return s.AnswerForm(a, session.Reference{Definition: p.Definition})
		})
	return s, err
}
