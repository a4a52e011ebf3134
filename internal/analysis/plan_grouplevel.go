package analysis

import (
	"context"
	"math"

	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// groupLevel tests one outcome.
func (p *Plan) groupLevel(ctx context.Context, t *sheet, outcome string) (Report, error) {
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	ratings := t.rows(&p.Roles, outcome)
	var found repeats
	if p.Roles.Member != "" {
		found = p.Duplicates.merge(&ratings)
	}
	// Tables often number the members of each group from 1, so a name that stands
	// in two groups is not known to be one person's: group and name together are.
	layout := multilevel.LayoutOf(ratings.Rows, multilevel.InGroup)
	q := consider(layout, true)
	p.Duplicates.judge(found, &q)
	if o := p.Roles.objection(); o != nil {
		q.objection = o
	}
	a := assembly{
		outcome: outcome, ratings: ratings, layout: layout, sessions: p.Roles.Session != "", question: q,
		options: func(e multilevel.Estimand) multilevel.Options {
			return multilevel.Options{Bound: p.Bound, PlanICC: p.PlanICC, Estimand: e}
		},
	}
	if p.Roles.Member == "" {
		var notes caveat.Set
		notes.Add("members_not_named", "The table does not say whose the ratings are; every row was taken for another member.")
		a.statement = notes
	}
	return a.report()
}

// objection returns why columns of these roles are not what the test takes.
func (r *Roles) objection() *multilevel.Objection {
	switch {
	case r.Lead != "" || r.CoLead != "":
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "multiple_membership",
			Detail:  "Groups share therapists who lead them together, so what groups of one therapist have in common would be taken for the groups' own.",
			Instead: "Leave the therapists out to ask about groups alone. Shared therapists are a matter for a multiple membership model.",
		}
	case r.Therapist != "":
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "therapist_above_groups",
			Detail:  "Groups stand below therapists, so what groups of one therapist have in common would be taken for the groups' own.",
			Instead: "Leave the therapist out to ask about groups alone. Groups below therapists are a matter for a model with a level above the group.",
		}
	default:
		return nil
	}
}

// rows returns the complete rows of one outcome and counts the others.
func (t *sheet) rows(roles *Roles, outcome string) multilevel.Ratings {
	var out multilevel.Ratings
	group, member, session := t.names[roles.Group], t.names[roles.Member], t.names[roles.Session]
	for i, y := range t.numbers[outcome] {
		row := multilevel.Row{Group: group[i], Value: y}
		if member != nil {
			row.Member = member[i]
		}
		if session != nil {
			row.Session = session[i]
		}
		switch {
		case math.IsNaN(y):
			out.Excluded.Add("missing_outcome", 1)
		case row.Group == "":
			out.Excluded.Add("missing_group", 1)
		case member != nil && row.Member == "":
			out.Excluded.Add("missing_member", 1)
		case session != nil && row.Session == "":
			out.Excluded.Add("missing_session", 1)
		default:
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}
