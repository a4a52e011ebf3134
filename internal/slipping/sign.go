package slipping

import (
	"slices"

	"holon/internal/session"
)

// Look is a rule in a seat in which it could be met.
type Look struct {
	Rule RuleID
	Seat int // place in Course.Seats
	Met  bool
	Last bool // the last look of this rule: what it says is so now
}

// Looks lists where each rule could be met and whether it was, by seat and in the
// order of Rules. A rule is looked at once in a seat, whatever the number of
// therapists and scores, and met if it is met by one of them. Where it could not be
// met, because nobody noted who came, there are too few values, or a spread is
// unknown, there is no look.
func (c *Course) Looks() []Look {
	met := make([]map[RuleID]bool, len(c.Seats))
	note := func(seat int, rule RuleID, is bool) {
		if met[seat] == nil {
			met[seat] = map[RuleID]bool{}
		}
		met[seat][rule] = met[seat][rule] || is
	}
	c.attendance(note)
	c.forms(note)
	for i := range c.Alliance {
		c.Alliance[i].looks(note)
	}
	var out []Look
	last := map[RuleID]int{}
	for seat := range c.Seats {
		for _, rule := range Rules() {
			if is, looked := met[seat][rule.ID]; looked {
				last[rule.ID] = len(out)
				out = append(out, Look{Rule: rule.ID, Seat: seat, Met: is})
			}
		}
	}
	for _, k := range last {
		out[k].Last = true
	}
	return out
}

// noting notes whether a rule that could be met in a seat was.
type noting func(seat int, rule RuleID, is bool)

// attendance looks at who came.
func (c *Course) attendance(note noting) {
	var missed []bool
	var late []bool // of attended sessions
	for i := range c.Seats {
		seat := &c.Seats[i]
		if seat.Attendance == "" {
			continue // nobody said
		}
		note(i, NoShow, seat.Attendance == session.NoShow)
		missed = append(missed, seat.Attendance.Absent())
		if len(missed) >= Often {
			note(i, TwoOfThree, count(tail(missed, Window), true) >= Often)
		}
		if seat.Attendance.Absent() {
			continue
		}
		late = append(late, seat.Attendance == session.Late)
		if n := len(late); n >= 2*Window {
			note(i, RisingLateness, count(late[n-Window:], true) >= Often && count(late[n-2*Window:n-Window], true) == 0)
		}
	}
}

// forms looks at what was said where the member came.
func (c *Course) forms(note noting) {
	for i := range c.Seats {
		if seat := &c.Seats[i]; seat.came() && seat.Form != FormUnknown {
			note(i, BlankForm, seat.Form == FormBlank || seat.Form == FormNone)
		}
	}
}

// looks looks at one course of the alliance.
func (a *AllianceCourse) looks(note noting) {
	for k := Window - 1; k < len(a.Values); k++ {
		var last [Window]float64
		for i := range last {
			last[i] = a.Values[k-Window+1+i].Is
		}
		seat := a.Values[k].Seat
		if a.Within > 0 {
			note(seat, FallingAlliance, falls(last[:]) && last[0]-last[Window-1] >= FallBy*a.Within)
		}
		note(seat, StableLow, !slices.ContainsFunc(last[:], func(v float64) bool { return !(v <= a.Min+LowerThird*(a.Max-a.Min)) }))
		note(seat, TopOfScale, count(last[:], a.Max) == Window)
	}
}

// tail returns the last n of a list, or fewer.
func tail[T any](list []T, n int) []T { return list[max(0, len(list)-n):] }

// count counts what equals x.
func count[T comparable](list []T, x T) int {
	n := 0
	for _, v := range list {
		if v == x {
			n++
		}
	}
	return n
}

// falls tells whether every value lies below the one before.
func falls(values []float64) bool {
	for i := 1; i < len(values); i++ {
		if !(values[i] < values[i-1]) {
			return false
		}
	}
	return true
}
