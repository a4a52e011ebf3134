package analysis

import (
	"context"
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
)

// roundRobin takes apart one outcome of raters who are targets as well.
func (p *Plan) roundRobin(ctx context.Context, t *sheet, outcome string) (Report, error) {
	var table roundrobin.Table
	var rows canonical
	var left multilevel.Exclusions
	people := map[[2]string]bool{}
	group, rater, target := t.names[p.Roles.Group], t.names[p.Roles.Rater], t.names[p.Roles.Target]
	for i, y := range t.numbers[outcome] {
		switch {
		case group[i] == "":
			left.Add("missing_group", 1)
			continue
		case rater[i] == "":
			left.Add("missing_rater", 1)
			continue
		case target[i] == "":
			left.Add("missing_target", 1)
			continue
		case rater[i] == target[i]:
			left.Add("self_rating", 1)
			continue
		}
		// Whoever is named belongs to the group, whether or not there is a rating.
		table.Member(group[i], rater[i])
		table.Member(group[i], target[i])
		if math.IsNaN(y) {
			left.Add("missing_outcome", 1)
			continue
		}
		people[[2]string{group[i], rater[i]}], people[[2]string{group[i], target[i]}] = true, true
		table.Add(group[i], rater[i], target[i], y)
		rows.add(group[i], rater[i], target[i], y)
	}
	r := Report{Outcome: outcome}
	var err error
	if r.Input, err = rows.input(); err != nil {
		return Report{}, err
	}
	groups := table.Groups()
	r.Counts = Counts{Members: len(people), Ratings: r.Input.Rows, Excluded: left.List()}
	for _, g := range groups {
		if len(g.Cells) > 0 {
			r.Counts.Groups++
		}
	}
	return r, r.takeApart(ctx, groups)
}
