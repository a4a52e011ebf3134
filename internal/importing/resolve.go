package importing

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// resolve finds the people of a session by their codes and makes its forms.
func (c *checker) resolve(e *evening, b *bundle) {
	for _, m := range e.marks {
		if x, ok := c.intake.Member(m.row.cells[raterField]); ok {
			m.mark.MemberID = x.ID
			continue
		}
		e.broken = true
		e.note(m.row.fault(raterField, "unknown_member", unknownMember))
	}
	for i, d := range e.forms {
		c.resolveForm(e, d)
		d.input.ID = c.intake.FormID(b.session, i+1)
	}
}

const (
	unknownMember    = "The practice has no member of this code. Check the code, or import the roster first."
	unknownTherapist = "The practice has no therapist of this code. Check the code, or import the roster first."
)

// resolveForm finds the people of a form.
func (c *checker) resolveForm(e *evening, d *draft) {
	k := d.key
	in := session.FormInput{
		Instrument: instrument.Ref{ID: k.instrument, Version: d.first.cells[versionField]},
		Rater:      session.Rater{Kind: instrument.RaterKind(k.raterKind)}, Occasion: session.Occasion(k.occasion),
		ReportedTotal: d.total, Entered: session.Entry{By: "import", At: c.intake.At(), Mode: session.Imported},
	}
	for i := range d.answers {
		in.Answers = append(in.Answers, d.answers[i].AnswerInput)
	}
	if day := d.answeredRow.cells[answeredOnField]; day != "" {
		in.Entered.AnsweredOn = new(session.Date(day))
	}
	switch in.Rater.Kind {
	case instrument.RaterMember:
		in.Rater.ID = string(c.member(e, d, raterField, k.rater))
	case instrument.RaterTherapist:
		in.Rater.ID = string(c.therapist(e, d, raterField, k.rater))
	case instrument.RaterObserver:
		in.Rater.ID = k.rater
	default:
		e.of(d, raterKindField, "unknown_rater", "A rater is a member, a therapist or an observer.")
		d.know(raterKindField, raterField)
	}
	in.About.MemberID = c.member(e, d, aboutMemberField, k.aboutMember)
	in.About.TherapistID = c.therapist(e, d, aboutTherapistField, k.aboutTherapist)
	d.input = in
}

// member finds a member by a code, if there is one.
func (c *checker) member(e *evening, d *draft, f field, code string) session.MemberID {
	if code == "" {
		return ""
	}
	m, ok := c.intake.Member(code)
	if !ok {
		e.of(d, f, "unknown_member", unknownMember)
		d.know(f)
		return ""
	}
	return m.ID
}

// therapist finds a therapist by a code, if there is one.
func (c *checker) therapist(e *evening, d *draft, f field, code string) session.TherapistID {
	if code == "" {
		return ""
	}
	t, ok := c.intake.Therapist(code)
	if !ok {
		e.of(d, f, "unknown_therapist", unknownTherapist)
		d.know(f)
		return ""
	}
	return t.ID
}

// plan describes the session that the rows speak of, if it is new.
func (e *evening) plan(number int) session.Plan {
	text := func(f field) string { r := e.said[f]; return r.cells[f] }
	p := session.Plan{Number: number, Kind: session.Kind(text(kindField)), HeldOn: text(heldOnField)}
	if p.Kind == "" {
		p.Kind = session.Meeting
	}
	if stage := text(stageField); stage != "" {
		p.Stage = new(session.Stage(stage))
	}
	if p.Kind != session.Meeting {
		p.Members, _ = e.members()
	}
	return p
}

// members returns whom the rows name, each with the first row that does.
func (e *evening) members() (list []session.MemberID, rows []row) {
	seen := map[session.MemberID]bool{"": true}
	add := func(id session.MemberID, r row) {
		if !seen[id] {
			seen[id] = true
			list, rows = append(list, id), append(rows, r)
		}
	}
	for _, m := range e.marks {
		add(m.mark.MemberID, m.row)
	}
	for _, d := range e.forms {
		if d.input.Rater.Kind == instrument.RaterMember {
			add(session.MemberID(d.input.Rater.ID), d.first)
		}
		add(d.input.About.MemberID, d.first)
	}
	return list, rows
}
