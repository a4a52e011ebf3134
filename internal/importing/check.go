package importing

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// checker compares what a file says of sessions with what is stored, by the
// rules that hold for the writes.
type checker struct {
	intake  *practice.Intake
	ref     session.Reference
	faults  *ledger
	notices *ledger
}

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

// check judges a session with all of its rows, and says in the bundle what is
// to be stored of it.
func (c *checker) check(ctx context.Context, g *session.Group, b *bundle, e *evening) error {
	s, err := c.open(ctx, g, b, e)
	if err != nil {
		return err
	}
	if err := c.attend(s, b, e); err != nil {
		return err
	}
	if err := c.judge(s, e, b); err != nil {
		return err
	}
	b.settle(e, c.ref)
	return nil
}

// open returns the session as it is stored, as it would be made, or one that
// stands for it.
func (c *checker) open(ctx context.Context, g *session.Group, b *bundle, e *evening) (*session.Session, error) {
	if b.ambiguous {
		e.broken = true
		return session.StandIn(g, session.Date(b.day)), nil
	}
	if !b.isNew {
		s, err := c.intake.Session(ctx, b.session)
		if err != nil {
			return nil, err
		}
		e.compare(heldOnField, string(s.HeldOn))
		e.compare(kindField, string(s.Kind))
		stage := ""
		if s.Stage != nil {
			stage = string(*s.Stage)
		}
		e.compare(stageField, stage)
		return s, nil
	}
	day := e.said[heldOnField]
	if day.cells[heldOnField] == "" {
		e.broken = true
		e.note(e.first.fault(heldOnField, "day_missing", "The practice has no session of this number, so it would be made. Say on which day it was held."))
		return session.StandIn(g, g.StartsOn), nil
	}
	s, err := session.NewSession(b.session, g, e.plan(b.number))
	if err == nil {
		return s, nil
	}
	e.broken = true
	_, named := e.members()
	return session.StandIn(g, session.Date(day.cells[heldOnField])), c.each(err, func(x fault.Field) {
		f, r := sessionField(x.Pointer), e.first
		if said, ok := e.said[f]; ok {
			r = said
		}
		if i, is := indexOf(x.Pointer, "/members/"); is && i < len(named) {
			r = named[i]
		}
		e.note(r.fault(f, x.Rule, x.Detail))
	})
}

// compare notes when the rows say of a stored session what it is not.
func (e *evening) compare(f field, stored string) {
	r, ok := e.said[f]
	if !ok || r.cells[f] == stored {
		return
	}
	e.broken = true
	e.note(r.fault(f, "session_differs", "The practice has a session of this number, and it is another one: its day, kind or stage differ. Check the number."))
}

// sessionField says where the faults of a new session stand.
func sessionField(pointer string) field {
	switch {
	case pointer == "/number":
		return numberField
	case pointer == "/kind":
		return kindField
	case pointer == "/stage":
		return stageField
	case strings.HasPrefix(pointer, "/members"):
		return raterField
	default:
		return heldOnField
	}
}

// each hands out the faults of an error, or returns one that is no matter of
// the file.
func (c *checker) each(err error, with func(fault.Field)) error {
	x, ok := errors.AsType[*fault.Error](err)
	if !ok || (x.Kind() != fault.Invalid && x.Kind() != fault.Conflict) {
		return err
	}
	if len(x.Fields()) == 0 {
		with(fault.Field{Rule: x.Rule(), Detail: x.Detail()})
	}
	for _, f := range x.Fields() {
		with(f)
	}
	return nil
}

// indexOf reads the index behind a prefix of a pointer.
func indexOf(pointer, prefix string) (int, bool) {
	rest, ok := strings.CutPrefix(pointer, prefix)
	if !ok {
		return 0, false
	}
	text, _, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(text)
	return i, err == nil
}

// attend puts the attendance into the session, or notes why it cannot be.
func (c *checker) attend(s *session.Session, b *bundle, e *evening) error {
	var marks []session.Mark
	var rows []row
	for _, m := range e.marks {
		seat, ok := s.SeatOf(m.mark.MemberID)
		switch {
		case m.mark.MemberID == "":
			continue
		case !b.isNew && ok && seat.Attendance == m.mark.Attendance && (m.mark.Modality == "" || m.mark.Modality == seat.Modality):
			continue
		case !b.isNew && ok && seat.Attendance != "":
			e.broken = true
			e.note(m.row.fault(attendanceField, "attendance_differs", "The session holds another attendance of this member. Correct it there if the file is right, and leave it out here."))
			continue
		}
		marks, rows = append(marks, m.mark), append(rows, m.row)
	}
	b.noMarks = len(marks) == 0
	if b.noMarks {
		return nil
	}
	b.found.attendance += len(marks)
	return c.each(s.Attend(marks, nil), func(x fault.Field) {
		e.broken = true
		r, f := e.first, attendanceField
		if i, ok := indexOf(x.Pointer, "/members/"); ok && i < len(rows) {
			r = rows[i]
		}
		switch {
		case strings.HasSuffix(x.Pointer, "/modality"):
			f = modalityField
		case strings.HasSuffix(x.Pointer, "/member_id"):
			f = raterField
		}
		e.note(r.fault(f, x.Rule, x.Detail))
	})
}

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

// leaveOut notes a form that is not to be stored.
func (b *bundle) leaveOut(k formKey) {
	if b.leftOut == nil {
		b.leftOut = map[formKey]bool{}
	}
	b.leftOut[k] = true
}

// settle says what of a session may be stored when the rest is left out: nothing
// of one that is at fault itself, and no form that is at fault. Where a row does
// not say right which form it belongs to, it may be any form that lacks a row;
// these are left out too.
func (b *bundle) settle(e *evening, ref session.Reference) {
	for _, d := range e.forms {
		if d.held {
			continue
		}
		why := ""
		switch {
		case e.broken:
			why = "its session is at fault"
		case d.faulty:
			why = "it is at fault"
		case e.stray && !d.whole(ref):
			why = "it lacks a row, which may be one of this session that does not say right where it belongs"
		}
		if why == "" {
			b.found.forms++
			if len(d.answers) == 0 {
				b.found.totals++
			}
			continue
		}
		b.leaveOut(d.key)
		b.found.out = append(b.found.out, LeftOut{Session: b.number, Form: d.title(ref), Lines: d.lines, Why: why})
	}
	if e.broken {
		b.noMarks, b.found.attendance = true, 0
	}
	b.broken = e.broken
	b.skip = e.broken || (b.found.forms == 0 && b.noMarks)
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
