package importing

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"holon/internal/fault"
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
	failed := s.Attend(marks, nil)
	err := c.each(failed, func(x fault.Field) {
		e.broken = true
		r, f := e.first, attendanceField
		if i, ok := indexOf(x.Pointer, "/members/"); ok && i < len(rows) {
			r, marks[i].MemberID = rows[i], ""
		}
		switch {
		case strings.HasSuffix(x.Pointer, "/modality"):
			f = modalityField
		case strings.HasSuffix(x.Pointer, "/member_id"):
			f = raterField
		}
		e.note(r.fault(f, x.Rule, x.Detail))
	})
	if failed == nil || err != nil {
		return err
	}
	good := slices.DeleteFunc(marks, func(m session.Mark) bool { return m.MemberID == "" })
	return c.each(s.Attend(good, nil), func(fault.Field) {}) // who was absent has no form, whatever else is wrong
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
