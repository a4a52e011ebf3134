package analysis

import (
	"context"

	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// LevelReliability tells how well the items of a measure tell members and
// groups apart, from complete forms of one session of each group: the one that
// is chosen, or else the last with ratings. A question that would mislead is
// answered by a report that says so; errors are those of GroupLevel.
func LevelReliability(ctx context.Context, src Source, ask Ask) (Report, error) {
	p, def, err := inquire(src, &ask)
	if err != nil {
		return Report{}, err
	}
	p.choice, p.reads = ask.oneSession(), wholeForms
	if err := p.run(ctx, p.asked[0].Level()); err != nil {
		return Report{}, err
	}
	g, objection := p.whole(ask.Measure, def)
	r, refused, err := p.recorded(&ask, g, objection, g.reader.Objection())
	if err != nil {
		return Report{}, err
	}
	if refused != nil {
		r.Result = &LevelReliabilityResult{
			Alpha:    decomposition.Reliability{Items: len(g.scorer.Items()), Reason: refused.Reason},
			Matrices: decomposition.Matrices{Measures: itemNames(&g.scorer)},
		}
		return r, nil
	}
	table, input, err := g.itemTable()
	if err != nil {
		return Report{}, err
	}
	r.Input, r.Counts.Ratings = input, len(table.Group)*len(table.Measures)
	if len(table.Group) > 0 {
		ask.noteOneSession(&r.Caveats)
		g.noteEvening(&r)
	}
	if err := r.scale(ctx, table, decomposition.Options{Draws: ask.drawn(), Seed: ask.Seed, Progress: ask.tell("simulating")}); err != nil {
		return Report{}, ended(ctx, err)
	}
	return r, nil
}

// itemTable returns the complete forms of a gathering, each item a measure.
func (g *gathering) itemTable() (decomposition.Table, Input, error) {
	var out decomposition.Table
	for _, name := range itemNames(&g.scorer) {
		out.Measures = append(out.Measures, decomposition.Measure{Name: name})
	}
	var lines canonical
	for _, row := range g.sharedForms().Rows {
		out.Group = append(out.Group, row.Group)
		for k, v := range row.Values {
			out.Measures[k].Values = append(out.Measures[k].Values, v)
		}
		lines.add(row.Group, row.Member, row.Values)
	}
	input, err := lines.input()
	return out, input, err
}

// noteEvening says what rows of one session of each group, or of several, mix.
func (g *gathering) noteEvening(r *Report) {
	layout := multilevel.LayoutOf(g.ratings.Rows, multilevel.OfPerson)
	switch {
	case layout.RepeatedMembers > 0:
		r.Caveats.Add("rows_of_one_member", "Some members have several rows, which were taken for those of different people: what lies within members counts as lying between them, and intervals are too narrow.")
	case g.held > 0:
		r.Caveats.Add("one_session_of_each_group", "One session of each group cannot tell a lasting group from the weather of that one evening: what tells groups apart may be that of evenings.")
	}
}
