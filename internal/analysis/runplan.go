package analysis

import (
	"context"
	"errors"
	"io/fs"
	"math"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/multilevel"
)

// RunPlan computes what a plan asks for, from its table in dir: one report for
// each outcome, in their order. Questions that would mislead are answered by
// reports that say so; errors are plans and tables that cannot be read.
func RunPlan(ctx context.Context, dir fs.FS, plan Plan) ([]Report, error) {
	if err := plan.Check(); err != nil {
		return nil, err
	}
	table, err := openTable(dir, &plan)
	if err != nil {
		return nil, err
	}
	reports := make([]Report, 0, len(plan.Roles.Outcomes))
	for i := range plan.Roles.Outcomes {
		if err := ctx.Err(); err != nil {
			return nil, cancelled(err)
		}
		r, err := plan.report(table, i)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// openTable reads the plan's table.
func openTable(dir fs.FS, plan *Plan) (*sheet, error) {
	f, err := dir.Open(plan.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		var faults fault.List
		faults.Add("/data", "no_such_file", "There is no such file in the plan's directory.")
		return nil, faults.Err()
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "unreadable_file", "The table's file cannot be opened.", err)
	}
	table, err := readTable(f, &plan.Roles)
	return table, errors.Join(err, f.Close())
}

// report tests one outcome.
func (p *Plan) report(t *sheet, outcome int) (Report, error) {
	ratings := t.rows(outcome)
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
		outcome: p.Roles.Outcomes[outcome], ratings: ratings, layout: layout, sessions: p.Roles.Session != "", question: q,
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
func (t *sheet) rows(outcome int) multilevel.Ratings {
	var out multilevel.Ratings
	for i, y := range t.outcomes[outcome] {
		row := multilevel.Row{Group: t.group[i], Value: y}
		if t.member != nil {
			row.Member = t.member[i]
		}
		if t.session != nil {
			row.Session = t.session[i]
		}
		switch {
		case math.IsNaN(y):
			out.Excluded.Add("missing_outcome", 1)
		case row.Group == "":
			out.Excluded.Add("missing_group", 1)
		case t.member != nil && row.Member == "":
			out.Excluded.Add("missing_member", 1)
		case t.session != nil && row.Session == "":
			out.Excluded.Add("missing_session", 1)
		default:
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}
