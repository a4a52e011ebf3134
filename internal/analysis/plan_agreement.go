package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
)

// agreement describes how much the members of each group say the same.
func (p *Plan) agreement(ctx context.Context, t *sheet) (Report, error) {
	forms, input, err := t.forms(&p.Roles)
	if err != nil {
		return Report{}, err
	}
	r := Report{Outcome: strings.Join(p.Roles.Items, ", "), Input: input}
	forms.Scale = agreement.Scale{Step: p.Step}
	if p.Step == 0 {
		forms.Scale.Step = 1
	}
	if p.Low != nil {
		forms.Scale.Low, forms.Scale.High = *p.Low, *p.High
	} else if len(forms.Rows) > 0 {
		forms.Scale.Low, forms.Scale.High = ends(forms.Rows)
		r.Caveats.Add("scale_taken_from_ratings", fmt.Sprintf(
			"The plan does not say what scale was answered; its ends were taken from the lowest and the highest rating, %g and %g. If the scale goes further, agreement is larger than it says here. Give low and high.",
			forms.Scale.Low, forms.Scale.High))
	}
	options := agreement.Options{Draws: p.Draws, Seed: p.Seed, Progress: p.tell("strangers")}
	if p.Null != nil {
		n, _ := forms.Scale.Options()
		null, err := agreement.Given("given", p.Null, n)
		if err != nil {
			return Report{}, fault.At("/options/null", "no_distribution", "Give the proportion of each option of the scale, lowest first: none below zero, together one, and not all on one option.")
		}
		options.Nulls = []agreement.Null{null}
	}
	err = r.agree(ctx, forms, options)
	return r, err
}

// agree fills in how much the members of each group say the same.
func (r *Report) agree(ctx context.Context, forms *agreement.Table, options agreement.Options) error {
	found, err := agreement.Analyse(ctx, forms, options)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(forms.Rows, func(row agreement.Row) bool { return row.Session != "" }) {
		r.Counts.Sessions = new(sessionsOf(forms.Rows))
		found.Summary.ICC.Estimand = multilevel.GroupPlusSession // of one evening of each group
	}
	r.Result, r.behind = &AgreementResult{Result: found}, behindForms(forms.Rows)
	r.Counts.Groups, r.Counts.Members, r.Counts.Ratings = groupsOf(forms.Rows), found.Members, len(forms.Rows)*len(forms.Items)
	r.Counts.Excluded = found.Excluded
	if found.Reason != "" {
		r.Caveats.Add(string(found.Reason), agreement.Sentence(found.Reason))
	}
	r.Caveats.Merge(found.Caveats)
	r.Caveats.Merge(found.Summary.ICC.Caveats)
	return nil
}

// forms returns the complete forms of a table and counts the others.
func (t *sheet) forms(roles *Roles) (*agreement.Table, Input, error) {
	out := &agreement.Table{Items: roles.Items}
	group, member, session := t.names[roles.Group], t.names[roles.Member], t.names[roles.Session]
	for i := range t.size {
		row := agreement.Row{Group: group[i], Values: t.across(roles.Items, i)}
		if member != nil {
			row.Member = member[i]
		}
		if session != nil {
			row.Session = session[i]
		}
		switch {
		case slices.ContainsFunc(row.Values, math.IsNaN):
			out.Excluded.Add("missing_item", 1)
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
	input, err := inputOf(out.Rows)
	return out, input, err
}

// inputOf identifies forms.
func inputOf(forms []agreement.Row) (Input, error) {
	var rows canonical
	for _, row := range forms {
		rows.add(row.Group, row.Session, row.Member, row.Values)
	}
	return rows.input()
}

// across returns a row's numbers in several columns.
func (t *sheet) across(columns []string, i int) []float64 {
	out := make([]float64, len(columns))
	for k, c := range columns {
		out[k] = t.numbers[c][i]
	}
	return out
}

// ends returns the lowest and the highest rating of forms, of which there are
// some.
func ends(rows []agreement.Row) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range rows {
		low, high = min(low, slices.Min(row.Values)), max(high, slices.Max(row.Values))
	}
	return low, high
}

// groupsOf counts the groups of forms.
func groupsOf(rows []agreement.Row) int {
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row.Group] = true
	}
	return len(seen)
}

// sessionsOf counts the sessions of forms.
func sessionsOf(rows []agreement.Row) int {
	seen := map[[2]string]bool{}
	for _, row := range rows {
		seen[[2]string{row.Group, row.Session}] = true
	}
	return len(seen)
}

// The largest group and scale of which limits are computed.
const (
	mostMembers = 10_000
	mostOptions = 1001
)

// nullCutoffs finds from where on agreement is more than chance.
func (p *Plan) nullCutoffs(ctx context.Context, t *sheet) (Report, error) {
	sizes, scales := t.numbers[p.Roles.GroupSize], t.numbers[p.Roles.ResponseOptions]
	r := Report{Outcome: p.Roles.GroupSize + ", " + p.Roles.ResponseOptions}
	var rows canonical
	var faults fault.List
	result := &NullCutoffsResult{}
	for i := range t.size {
		n, a := sizes[i], scales[i]
		whole := n == math.Trunc(n) && a == math.Trunc(a) // false for an empty cell
		if !whole || n < 2 || n > mostMembers || a < 2 || a > mostOptions {
			faults.Add(fmt.Sprintf("/rows/%d", i+1), "out_of_range", fmt.Sprintf("Row %d: a group has 2 to %d members and a scale 2 to %d options, both whole numbers.", i+1, mostMembers, mostOptions))
			continue
		}
		rows.add(n, a)
		result.Rows = append(result.Rows, NullCutoff{GroupSize: int(n), Options: int(a)})
	}
	if err := faults.Err(); err != nil {
		return Report{}, err
	}
	for i := range result.Rows {
		row := &result.Rows[i]
		p.Progress.Tell("limits", i, len(result.Rows))
		found, err := agreement.ItemCutoffs(ctx, agreement.Uniform(row.Options), []int{row.GroupSize}, agreement.Options{Draws: p.Draws, Seed: p.Seed})
		if err != nil {
			return Report{}, err
		}
		row.Cutoff = found[0]
	}
	var err error
	r.Input, err = rows.input()
	r.Result = result
	r.emptiness()
	return r, err
}

// emptiness says that a table of plans has not one row.
func (r *Report) emptiness() {
	if v := r.Result.Verdict(); v.Reason == multilevel.NoData {
		r.Caveats.Add(string(v.Reason), "The table has not one row.")
	}
}

// raterReliability tells how well observers tell targets apart.
func (p *Plan) raterReliability(_ context.Context, t *sheet) (Report, error) {
	var rows canonical
	cells := &agreement.Cells{}
	for i, target := range t.names[p.Roles.Target] {
		if target == "" {
			cells.Excluded.Add("missing_target", 1)
			continue
		}
		line := []any{target}
		for k, y := range t.across(p.Roles.Raters, i) {
			if math.IsNaN(y) {
				cells.Excluded.Add("missing_rating", 1)
				line = append(line, nil)
				continue
			}
			line = append(line, y)
			cells.List = append(cells.List, agreement.Cell{Target: target, Rater: p.Roles.Raters[k], Value: y})
		}
		rows.add(line...)
	}
	r := Report{
		Outcome: strings.Join(p.Roles.Raters, ", "), Counts: Counts{Ratings: len(cells.List), Excluded: cells.Excluded.List()},
	}
	r.judge(cells, p.Missing)
	var err error
	r.Input, err = rows.input()
	return r, err
}
