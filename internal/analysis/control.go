package analysis

import (
	"cmp"
	"context"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/session"
)

// intake gathers the scores of members from before they met their group: of
// intake assessments, on days before the first meeting in which the member has a
// rating in the table, or any day where there is none.
type intake struct {
	rows    []intakeRow
	met     map[place]session.Date // first meeting with a rating
	settled []multilevel.Row       // of groups that went by, see settle
}

// intakeRow is a score at intake.
type intakeRow struct {
	row multilevel.Row
	day session.Date
}

// place is a member in a group.
type place struct{ group, member string }

// The reasons of a control without scores.
const (
	noIntake multilevel.Reason = "no_scores_before_the_first_meeting"
	isIntake multilevel.Reason = "asked_of_intake_itself"
)

// note takes the rows of a session, whether it is among those chosen or not.
func (x *intake) note(s *session.Session, rows []multilevel.Row) {
	switch {
	case s.Kind == session.Assessment && s.Stage != nil && *s.Stage == session.Intake:
		for _, r := range rows {
			x.rows = append(x.rows, intakeRow{row: r, day: s.HeldOn})
		}
	case s.Kind == session.Meeting:
		if x.met == nil {
			x.met = map[place]session.Date{}
		}
		for _, r := range rows {
			at := place{r.Group, r.Member}
			if day, seen := x.met[at]; !seen || s.HeldOn < day {
				x.met[at] = s.HeldOn
			}
		}
	}
}

// before returns the last score of every member from before the first meeting.
func (x *intake) before() []multilevel.Row {
	slices.SortStableFunc(x.rows, func(a, b intakeRow) int { return cmp.Compare(b.day, a.day) })
	seen := map[place]bool{}
	out := slices.Clip(x.settled)
	for _, r := range x.rows {
		at := place{r.row.Group, r.row.Member}
		if met, is := x.met[at]; (is && r.day >= met) || seen[at] || r.row.Member == "" {
			continue
		}
		seen[at] = true
		row := r.row
		row.Session = "" // nobody shared it
		out = append(out, row)
	}
	return out
}

// settle keeps of the groups that were read what before will return of them.
func (x *intake) settle() { x.settled, x.rows, x.met = x.before(), nil, nil }

// control tests the scores from before the first meeting.
func (x *intake) control(ctx context.Context, o multilevel.Options) (Control, error) {
	rows := x.before()
	if len(rows) == 0 {
		return Control{Reason: noIntake}, ctx.Err()
	}
	table := multilevel.Ratings{Rows: rows}
	o.Estimand = multilevel.Group
	r := multilevel.TestGroupLevel(multilevel.OneWayOf(table.Canonical()), o)
	out := Control{
		Groups: r.Counts.Groups, Members: r.Counts.Ratings, ICC1: r.ICC1.Estimate, F: r.ANOVA.F, P: r.ANOVA.P,
		Answer: r.Answer, Reason: r.Reason,
	}
	for _, ci := range r.ICC1.CI {
		if ci.Level == 0.90 {
			out.Lower, out.Upper = ci.Lower, ci.Upper
		}
	}
	return out, ctx.Err()
}
