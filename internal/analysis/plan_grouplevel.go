package analysis

import (
	"context"
	"math"
	"slices"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// groupLevel tests one outcome, in whatever structure its ratings have.
func (p *Plan) groupLevel(ctx context.Context, t *sheet, outcome string) (Report, error) {
	a := p.column(t, outcome)
	table := grouplevel.Table{Therapists: a.led, Covariates: t.predictors(p.Roles.Covariates, placesOf(a.lines))}
	a.test = func(rows []multilevel.Row) (multilevel.GroupLevel, error) {
		table.Rows = rows
		return testTable(ctx, &table, grouplevel.Options{Options: p.options(""), Structure: p.Structure}, p.Detail)
	}
	if p.Roles.leads() || len(p.Roles.Covariates) > 0 {
		a.input = func([]multilevel.Row) (string, error) { return t.hash(&p.Roles, a.lines) }
	}
	return a.report()
}

// judgedColumn is one outcome of a table with what is to be said of its rows.
type judgedColumn struct {
	assembly

	lines []line
	led   map[string][]string // who leads each group
}

// column reads and judges the rows of one outcome.
func (p *Plan) column(t *sheet, outcome string) judgedColumn {
	lines, ratings := t.lines(&p.Roles, outcome)
	var found repeats
	if p.Roles.Member != "" {
		found = p.Duplicates.merge(&ratings)
	}
	// Tables often number the members of each group from 1, so a name that stands
	// in two groups is not known to be one person's: group and name together are.
	layout := multilevel.LayoutOf(ratings.Rows, multilevel.InGroup)
	q := question{estimand: multilevel.Group}
	p.Duplicates.judge(found, &q)
	q.sharedNames(layout)
	led, objection := leaders(lines)
	if objection != nil {
		q.objection = objection
	}
	a := assembly{
		outcome: outcome, ratings: ratings, layout: layout, sessions: p.Roles.Session != "", question: q,
		options: p.options,
	}
	if p.Roles.Member == "" {
		var notes caveat.Set
		notes.Add("members_not_named", "The table does not say whose the ratings are; every row was taken for another member.")
		a.statement = notes
	}
	return judgedColumn{assembly: a, lines: lines, led: led}
}

// options are the plan's options of the one-way test.
func (p *Plan) options(e multilevel.Estimand) multilevel.Options {
	return multilevel.Options{Bound: p.Bound, PlanICC: p.PlanICC, Estimand: e, Draws: p.Draws, Seed: p.Seed, Progress: p.tell("simulating")}
}

// line is a complete row of a table with what else stands in it.
type line struct {
	multilevel.Row

	at    int      // in the table
	names []string // of those who lead the group
}

// lines returns the complete rows of one outcome in canonical order, and the
// same as ratings, with a count of the others.
func (t *sheet) lines(roles *Roles, outcome string) ([]line, multilevel.Ratings) {
	var lines []line
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
		case t.lacks(roles.Covariates, i):
			out.Excluded.Add("missing_covariate", 1)
		default:
			lines = append(lines, line{Row: row, at: i, names: t.leading(roles, i)})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return multilevel.CompareRows(a.Row, b.Row) })
	for _, l := range lines {
		out.Rows = append(out.Rows, l.Row)
	}
	return lines, out
}

// leads tells whether a role names therapists.
func (r *Roles) leads() bool { return r.Therapist != "" || r.Lead != "" }

// leading returns who leads the group of a row, by name.
func (t *sheet) leading(roles *Roles, i int) []string {
	var out []string
	for _, column := range []string{roles.Therapist, roles.Lead, roles.CoLead} {
		if names := t.names[column]; names != nil && names[i] != "" {
			out = append(out, names[i])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// leaders returns who leads each group, or objects where a group's rows do not
// agree on it.
func leaders(lines []line) (map[string][]string, *multilevel.Objection) {
	led := map[string][]string{}
	for _, l := range lines {
		before, seen := led[l.Group]
		if seen && !slices.Equal(before, l.names) {
			return nil, &multilevel.Objection{
				Answer: multilevel.Refused, Reason: "therapists_differ_within_group",
				Detail:  "Rows of one group name different therapists, so it is not known who led it.",
				Instead: "Name the same therapist, or the same two, in all rows of a group; a group that changed therapists is two groups for this question.",
			}
		}
		led[l.Group] = l.names
	}
	for group, names := range led {
		if len(names) == 0 {
			delete(led, group)
		}
	}
	return led, nil
}

// placesOf returns where in the table the rows stand.
func placesOf(lines []line) []int {
	out := make([]int, len(lines))
	for k, l := range lines {
		out[k] = l.at
	}
	return out
}

// hash hashes rows with their therapists and covariates.
func (t *sheet) hash(roles *Roles, lines []line) (string, error) {
	var rows canonical
	for _, l := range lines {
		rows.add(append([]any{l.Group, l.Session, l.Member, l.Value, l.names}, t.cells(roles.Covariates, l.at)...)...)
	}
	in, err := rows.input()
	return in.SHA256, err
}
