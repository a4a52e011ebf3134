package slipping

import (
	"slices"

	"holon/internal/session"
)

// Course is what is looked at of one member in one group.
type Course struct {
	Member   session.MemberID
	Seats    []Seat           // every meeting in which the member had a seat, by number
	Alliance []AllianceCourse // of each therapist and instrument
}

// Seat is one meeting.
type Seat struct {
	SessionID  session.SessionID
	Number     int
	HeldOn     session.Date
	Attendance session.Attendance
}

// AllianceCourse is what the member said of one therapist by one score.
type AllianceCourse struct {
	Series   session.Series
	Min, Max float64
	Within   float64 // pooled standard deviation within members; not above zero where it is unknown
}

// Sign is a rule that was met in a session.
type Sign struct {
	Rule      RuleID
	SessionID session.SessionID
	Number    int
	HeldOn    session.Date
}

// Signs lists what was met, by session number and in the order of Rules; a rule is
// met once in a session, whatever the number of therapists and scores.
func (c *Course) Signs() []Sign {
	met := map[int]map[RuleID]bool{}
	note := func(number int, rule RuleID) {
		if met[number] == nil {
			met[number] = map[RuleID]bool{}
		}
		met[number][rule] = true
	}
	c.attendance(note)
	c.blanks(note)
	for i := range c.Alliance {
		c.Alliance[i].signs(note)
	}
	var out []Sign
	for _, seat := range c.Seats {
		for _, rule := range Rules() {
			if met[seat.Number][rule.ID] {
				out = append(out, Sign{Rule: rule.ID, SessionID: seat.SessionID, Number: seat.Number, HeldOn: seat.HeldOn})
			}
		}
	}
	return out
}

// attendance notes the signs of seats.
func (c *Course) attendance(note func(int, RuleID)) {
	var missed []bool
	var late []bool // of attended sessions
	for _, seat := range c.Seats {
		if seat.Attendance == "" {
			continue // nobody said
		}
		if seat.Attendance == session.NoShow {
			note(seat.Number, NoShow)
		}
		missed = append(missed, seat.Attendance.Absent())
		if count(tail(missed, Window), true) >= 2 {
			note(seat.Number, TwoOfThree)
		}
		if seat.Attendance.Absent() {
			continue
		}
		late = append(late, seat.Attendance == session.Late)
		if len(late) >= 2*Window && count(tail(late, Window), true) >= 2 && count(late[len(late)-2*Window:len(late)-Window], true) == 0 {
			note(seat.Number, RisingLateness)
		}
	}
}

// blanks notes the meetings that the member attended without a value of any course,
// though a form was left blank or others handed one in.
func (c *Course) blanks(note func(int, RuleID)) {
	said, silent := map[int]bool{}, map[int]bool{}
	for i := range c.Alliance {
		points := c.Alliance[i].Series.Points
		for k := range points {
			switch p := &points[k]; {
			case p.Kind != session.Meeting || !p.Attended():
			case p.Gap == session.GapNone:
				said[p.Number] = true
			case p.Gap == session.GapBlank || p.Gap == session.GapNoForm:
				silent[p.Number] = true
			default:
			}
		}
	}
	for number := range silent {
		if !said[number] {
			note(number, BlankForm)
		}
	}
}

// signs notes the signs of one course of the alliance.
func (a *AllianceCourse) signs(note func(int, RuleID)) {
	var values []float64
	for i := range a.Series.Points {
		p := &a.Series.Points[i]
		if p.Kind != session.Meeting || p.Gap != session.GapNone {
			continue
		}
		values = append(values, p.Value)
		last := tail(values, Window)
		if len(last) < Window {
			continue
		}
		if a.Within > 0 && falls(last) && last[0]-last[Window-1] >= FallBy*a.Within {
			note(p.Number, FallingAlliance)
		}
		if !slices.ContainsFunc(last, func(v float64) bool { return v > a.Min+LowerThird*(a.Max-a.Min) }) {
			note(p.Number, StableLow)
		}
		if count(last, a.Max) == Window {
			note(p.Number, TopOfScale)
		}
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
