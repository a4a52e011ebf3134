package analysis

import (
	"context"
	"maps"
	"slices"

	"holon/internal/multilevel/agreement"
)

// RaterReliability tells how well observers of the same targets tell them
// apart: groups in their sessions, members, or therapists with members. All
// sessions are taken unless one is chosen. A question that would mislead is
// answered by a report that says so; errors are those of GroupLevel.
func RaterReliability(ctx context.Context, src Source, ask Ask) (Report, error) {
	p, def, err := inquire(src, &ask)
	if err != nil {
		return Report{}, err
	}
	p.reads = observedCells
	if err := p.run(ctx, p.asked[0].Level()); err != nil {
		return Report{}, err
	}
	g, objection := p.whole(ask.Measure, def)
	r, refused, err := p.recorded(&ask, g, objection, newObserving(g.scorer, g.home).Objection())
	if err != nil {
		return Report{}, err
	}
	r.Counts.Members = membersOf(g)
	if refused != nil {
		r.Result = &RaterReliabilityResult{agreement.Reliability{Reason: refused.Reason}}
		return r, nil
	}
	if r.Input, err = inputOfCells(g.cells.List); err != nil {
		return Report{}, err
	}
	r.judge(&g.cells, ask.Missing)
	return r, nil
}

// membersOf counts the people among observers' targets.
func membersOf(g *gathering) int {
	people := map[string]bool{}
	for _, row := range g.ratings.Rows {
		if row.Member != "" {
			people[row.Member] = true
		}
	}
	return len(people)
}

// judge fills in how well raters tell targets apart.
func (r *Report) judge(cells *agreement.Cells, missing Missing) {
	found := agreement.RaterReliability(cells, agreement.ReliabilityOptions{Missing: agreement.Missing(missing)})
	r.Result = &RaterReliabilityResult{found}
	if found.Reason != "" {
		r.Caveats.Add(string(found.Reason), agreement.Sentence(found.Reason))
	}
	r.Caveats.Merge(found.Caveats)
}

// inputOfCells identifies cells as the table of targets by raters that they
// make, raters by name, null where a rater did not rate a target.
func inputOfCells(list []agreement.Cell) (Input, error) {
	targets, raters := map[string]map[string]float64{}, map[string]bool{}
	for _, c := range list {
		if targets[c.Target] == nil {
			targets[c.Target] = map[string]float64{}
		}
		targets[c.Target][c.Rater] = c.Value
		raters[c.Rater] = true
	}
	names := slices.Sorted(maps.Keys(raters))
	var rows canonical
	for target, values := range targets {
		line := []any{target}
		for _, name := range names {
			if v, ok := values[name]; ok {
				line = append(line, v)
			} else {
				line = append(line, nil)
			}
		}
		rows.add(line...)
	}
	return rows.input()
}
