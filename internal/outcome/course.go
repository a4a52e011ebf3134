package outcome

import (
	"cmp"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/session"
)

// Start says from which value a change is counted.
type Start string

// The starts.
const (
	AtIntake        Start = "intake"          // the last intake assessment before the first meeting attended
	AtFirst         Start = "first"           // the first value there is
	AtIntakeOrFirst Start = "intake_or_first" // the first value where there is no such assessment
)

// The reasons for which a member has no change.
const (
	NoValue      multilevel.Reason = "no_value"                    // in the group, and never a value of the measure
	OnlyFollowUp multilevel.Reason = "no_value_before_a_follow_up" // values of follow-ups alone, which are after the treatment
	NoIntake     multilevel.Reason = "no_intake"                   // no value of an intake before the first meeting
	TooFewValues multilevel.Reason = series.TooFewValues           // a baseline, and nothing after it
)

// Course is what a member's change is counted from: a baseline and the values
// that came after it, by day.
type Course struct {
	Baseline *session.Point
	Intake   bool // the baseline is that of an intake before the first meeting
	Later    []*session.Point
	Reason   multilevel.Reason // why there is no change; empty where there is one
}

// CourseOf reads a member's series by day, and by the sessions' numbers within one:
// an intake may be entered, and numbered, after a meeting that it came before.
// Gaps are no values and are passed over, and so are follow-ups: they are after the
// treatment whose outcome is asked about.
func CourseOf(s *session.Series, from Start) Course {
	var values []*session.Point
	intake, met, followed := -1, false, false
	for _, p := range byDay(s.Points) {
		met = met || p.Kind == session.Meeting && p.Attended()
		if p.Gap != session.GapNone {
			continue
		}
		if p.Stage == session.FollowUp {
			followed = true
			continue
		}
		if p.Stage == session.Intake && !met {
			intake = len(values)
		}
		values = append(values, p)
	}
	at := 0
	switch {
	case len(values) == 0 && followed:
		return Course{Reason: OnlyFollowUp}
	case len(values) == 0:
		return Course{Reason: NoValue}
	case from != AtFirst && intake >= 0:
		at = intake
	case from == AtIntake:
		return Course{Reason: NoIntake}
	}
	c := Course{Baseline: values[at], Intake: from != AtFirst && intake >= 0, Later: values[at+1:]}
	if len(c.Later) == 0 {
		c.Reason = TooFewValues
	}
	return c
}

// byDay returns points in the order of days.
func byDay(points []session.Point) []*session.Point {
	out := make([]*session.Point, len(points))
	for i := range points {
		out[i] = &points[i]
	}
	slices.SortStableFunc(out, func(a, b *session.Point) int {
		return cmp.Or(cmp.Compare(a.HeldOn, b.HeldOn), cmp.Compare(a.Number, b.Number))
	})
	return out
}

// Last returns the last value, nil without one after the baseline.
func (c *Course) Last() *session.Point {
	if len(c.Later) == 0 {
		return nil
	}
	return c.Later[len(c.Later)-1]
}

// Silent returns members who had a seat in a session of one group that was not
// cancelled and whose series holds no value, by identifier. Members whose values
// were taken out are not among them.
func Silent(sessions []*session.Session, lines []session.Series) []session.MemberID {
	speaks, redacted := map[session.MemberID]bool{}, map[session.MemberID]bool{}
	for i := range lines {
		if len(lines[i].Values()) > 0 {
			speaks[lines[i].Unit.MemberID] = true
		}
	}
	var out []session.MemberID
	for _, in := range sessions {
		if in.Status == session.StatusCancelled {
			continue
		}
		for i := range in.Roster {
			seat := &in.Roster[i]
			redacted[seat.MemberID] = redacted[seat.MemberID] || seat.Redacted
			if !speaks[seat.MemberID] {
				out = append(out, seat.MemberID)
			}
		}
	}
	out = slices.DeleteFunc(out, func(id session.MemberID) bool { return redacted[id] })
	slices.SortFunc(out, func(a, b session.MemberID) int { return cmp.Compare(a, b) })
	return slices.Compact(out)
}
