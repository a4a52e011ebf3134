package importing

import (
	"strings"

	"holon/internal/fault"
	"holon/internal/session"
)

// judge compares every form with the session.
func (c *checker) judge(s *session.Session, e *evening, b *bundle) error {
	var batch []session.FormInput
	var drafts []*draft
	for _, d := range e.forms {
		holding, err := s.Holds(d.input, c.ref)
		if err := c.each(err, func(x fault.Field) { c.place(e, d, x) }); err != nil {
			return err
		}
		switch {
		case d.faulty:
		case holding == session.Held:
			b.found.held++
			d.held = true
		case holding == session.Differs:
			d.faulty = true
			x := d.first.fault(instrumentField, "form_differs", "The session holds this rater's form already, with other answers. Nothing is overwritten: correct it there if the file is right, and leave the form out here.")
			x.Also = d.lines[1:]
			e.note(x)
		default:
			batch, drafts = append(batch, d.input), append(drafts, d)
		}
	}
	for len(batch) > 0 {
		n := min(session.MaxForms, len(batch))
		if err := c.together(s, e, batch[:n], drafts[:n]); err != nil {
			return err
		}
		batch, drafts = batch[n:], drafts[n:]
	}
	return nil
}

// together judges forms that are right by themselves beside each other: two may
// be the same one, named otherwise. Nobody knows then which is meant.
func (c *checker) together(s *session.Session, e *evening, batch []session.FormInput, drafts []*draft) error {
	bare := *s
	bare.Ratings = session.Ratings{}
	failed := s.Submit(batch, c.ref)
	if failed == nil {
		return nil
	}
	err := c.each(failed, func(x fault.Field) {
		i, ok := indexOf(x.Pointer, "/forms/")
		if !ok || i >= len(drafts) {
			e.broken = true
			return
		}
		d := drafts[i]
		for k, other := range drafts[:i] {
			one := bare
			if one.Submit(batch[k:k+1], c.ref) != nil {
				continue
			}
			if holding, err := one.Holds(d.input, c.ref); err == nil && holding != session.NotHeld {
				other.faulty = true
				e.twins(d, other)
			}
		}
		if !d.faulty { // its twin is in an earlier batch
			e.twins(d, d)
		}
	})
	var good []session.FormInput
	for i, d := range drafts {
		if !d.faulty {
			good = append(good, batch[i])
		}
	}
	if err != nil || len(good) == 0 {
		return err
	}
	return s.Submit(good, c.ref)
}

// twins notes that two forms have the same place.
func (e *evening) twins(d, other *draft) {
	e.conflict(d, d.first, other.first, aboutMemberField, "form_twice", "Another form of the file has the same place: the same rater, instrument, person and occasion, named otherwise. Decide which is right, and remove the other.")
}

// place notes a form's fault where it stands in the file.
func (c *checker) place(e *evening, d *draft, x fault.Field) {
	pointer := strings.TrimPrefix(x.Pointer, "/forms/0")
	if i, ok := indexOf(pointer, "/items/"); ok && i < len(d.answers) {
		f := itemField
		switch {
		case strings.HasSuffix(pointer, "/value"):
			f = valueField
		case strings.HasSuffix(pointer, "/state"):
			f = stateField
		}
		r := d.answers[i].row
		e.fault(d, r, f, x.Rule, x.Detail)
		return
	}
	switch pointer {
	case "/items":
		if !d.faulty {
			e.of(d, itemField, x.Rule, x.Detail)
		}
	case "/reported_total":
		e.fault(d, d.totalRow, totalField, x.Rule, x.Detail)
	case "/answered_on":
		e.fault(d, d.answeredRow, answeredOnField, x.Rule, x.Detail)
	case "/rater/kind":
		e.of(d, raterKindField, x.Rule, x.Detail)
	case "/rater/id":
		e.of(d, raterField, x.Rule, x.Detail)
	case "/about/therapist_id":
		c.placeAbout(e, d, aboutTherapistField, x)
	case "/about/member_id":
		c.placeAbout(e, d, aboutMemberField, x)
	case "/occasion":
		e.of(d, occasionField, x.Rule, x.Detail)
	case "":
		e.of(d, numberField, x.Rule, x.Detail)
	default:
		e.of(d, instrumentField, x.Rule, x.Detail)
	}
}

// placeAbout notes a fault of whom a form is about. Where the file leaves that
// to the rater, who is named already, it follows from the rater's own.
func (c *checker) placeAbout(e *evening, d *draft, f field, x fault.Field) {
	if d.first.cells[f] == "" && (d.known[raterField] || x.Rule != "target_missing") {
		d.faulty = true
		return
	}
	e.of(d, f, x.Rule, x.Detail)
}
