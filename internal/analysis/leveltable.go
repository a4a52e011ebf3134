package analysis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
	"holon/internal/session"
)

// LevelTable correlates every two measures that the members of the chosen
// groups gave, between groups and within them, in one way through the sessions.
// Of each group one session is taken: the one that is chosen, or else that in
// which most measures were rated, the last of those. Measures that are not of
// members one by one are left out by name. The measures of the question are not
// looked at, nor are level and composition claimed for them.
func LevelTable(ctx context.Context, src Source, ask Ask) (Report, error) {
	var faults fault.List
	ask.As, ask.Composition = "", ""
	ask.check(&faults, src)
	if err := faults.Err(); err != nil {
		return Report{}, err
	}
	p := &pass{src: src, choice: ask.Session, groups: ask.chosen(src), wants: func(m Measure) bool { return m.Rater == instrument.RaterMember }}
	if place, of := ask.jointPlace(); of {
		p.choice, p.settle = nil, richest(place, ask.Session == nil)
	}
	if err := p.run(ctx); err != nil {
		return Report{}, err
	}
	used, out := p.usable()
	r, err := p.tabled(used)
	if err != nil {
		return Report{}, err
	}
	result := &LevelTableResult{}
	r.Result = result
	if len(out) > 0 {
		r.Caveats.Add("measures_left_out", "Not in the table, for they are not ratings of members one by one: "+strings.Join(out, ", ")+".")
	}
	p.waitingForKeys(&r.Caveats)
	homes := map[household]bool{}
	for _, g := range used {
		homes[g.home] = true
	}
	switch {
	case len(homes) > 1:
		o := mixedKinds()
		r.object(o)
		result.Reason = o.Reason
		return r, nil
	case len(used) == 0:
		result.Reason = multilevel.NoData
		r.because(result.Verdict())
		return r, nil
	}
	if ask.Session == nil {
		r.Caveats.Add("richest_session", "No session was chosen, so of each group the one was taken in which most measures were rated, the last of those.")
	}
	r.Caveats.Add("correlations_of_several_levels", "Measures of several levels are not independent facts: the same members gave them, and part of every correlation is how they answer.")
	return r, result.fill(ctx, used, ask.Progress)
}

// richest chooses of each group the session in which most measures were rated;
// by place where it is chosen, of those with two measures at least.
func richest(place Place, most bool) func(map[subject]*gathering) {
	return func(found map[subject]*gathering) {
		rated, at := map[session.SessionID]int{}, map[session.SessionID]*session.Session{}
		for _, g := range found {
			for _, f := range g.waiting {
				if len(f.ratings.Rows) > 0 && g.reader.Objection() == nil {
					rated[f.at.ID]++
					at[f.at.ID] = f.at
				}
			}
		}
		var best *session.Session
		for id, s := range at {
			switch n := rated[id]; {
			case best == nil && (most || n > 1), best != nil && most && n > rated[best.ID]:
				best = s
			case best == nil, most && n < rated[best.ID], !most && n < 2:
			case (place == First) == (s.Number < best.Number):
				best = s
			}
		}
		for _, g := range found {
			g.settled(func(s *session.Session) bool { return best != nil && s.ID == best.ID })
		}
	}
}

// usable returns the gatherings with ratings of members one by one, in order,
// and the names of the others.
func (p *pass) usable() (used []*gathering, out []string) {
	for _, of := range slices.SortedFunc(maps.Keys(p.found), inOrder) {
		g := p.found[of]
		switch {
		case g.reader.Objection() != nil:
			out = append(out, g.tableName())
		case len(g.ratings.Rows) > 0:
			used = append(used, g)
		}
	}
	return used, out
}

// tableName names a measure in the table, where the same score may stand twice.
func (s subject) tableName() string {
	if s.measure.Occasion == "" {
		return s.name()
	}
	return s.name() + " " + string(s.measure.Occasion)
}

// tabled begins the report of a table: what went in, and what was left out of
// which measure.
func (p *pass) tabled(used []*gathering) (Report, error) {
	var left multilevel.Exclusions
	var all []multilevel.Row
	var lines canonical
	groups := map[string]bool{}
	r := Report{Outcome: fmt.Sprintf("%d %s", len(used), plural(len(used), "measure")), Data: p.data}
	for _, g := range used {
		left.Merge(g.ratings.Excluded)
		r.Caveats.Merge(g.remarks())
		for _, row := range g.ratings.Rows {
			all = append(all, row)
			groups[row.Group] = true
			lines.add(g.tableName(), row.Group, row.Session, row.Member, row.Value)
		}
	}
	layout := multilevel.LayoutOf(all, multilevel.OfPerson)
	left.Add(ruleDamaged, len(p.damaged))
	without := len(p.groups) - len(groups)
	left.Add("group_without_ratings", without)
	if without > 0 || len(p.groups) == 0 {
		r.Caveats.Add("groups_without_ratings", fmt.Sprintf("Not in the table: %d of %d groups asked about, without ratings by members in a session that could be used.", without, len(p.groups)))
	}
	r.Caveats.Merge(p.remarks())
	var err error
	r.Input, err = lines.input()
	r.Counts = Counts{Groups: layout.Groups, Members: layout.Members, Sessions: &layout.Sessions, Ratings: len(all), Excluded: left.List()}
	return r, err
}

// fill computes the measures by themselves and every two of them.
func (l *LevelTableResult) fill(ctx context.Context, used []*gathering, progress Progress) error {
	for _, g := range used {
		table := decomposition.Table{Measures: []decomposition.Measure{{Name: g.tableName()}}}
		for _, row := range g.ratings.Canonical() {
			table.Group = append(table.Group, row.Group)
			table.Measures[0].Values = append(table.Measures[0].Values, row.Value)
		}
		found := decomposition.Correlate(table)
		m := LevelMeasure{Subject: *g.about(g.reader.Composition()), Rows: found.Counts.Rows, Groups: found.Counts.Groups, Reason: found.Reason}
		m.Name = g.tableName()
		if len(found.Measures) > 0 {
			m.MeasureLevels = found.Measures[0]
		}
		l.Measures = append(l.Measures, m)
	}
	pairs := len(used) * (len(used) - 1) / 2
	for i, x := range used {
		for _, y := range used[i+1:] {
			if err := ctx.Err(); err != nil {
				return cancelled(err)
			}
			l.Pairs = append(l.Pairs, levelPair(x, y))
			progress.Tell("pairs of measures", len(l.Pairs), pairs)
		}
	}
	return nil
}

// levelPair correlates two measures in the rows that have both.
func levelPair(x, y *gathering) LevelPair {
	both := pairing{x: x, y: y}
	both.pair()
	found := decomposition.Correlate(both.table([]string{x.tableName(), y.tableName()}))
	out := LevelPair{
		Rows: found.Counts.Rows, Groups: found.Counts.Groups, N0: found.N0, Reason: found.Reason, Caveats: found.Caveats,
		SharedItems: sharedItems(&x.scorer, &y.scorer),
	}
	out.X, out.Y = x.tableName(), y.tableName()
	if len(found.Pairs) > 0 {
		out.Pair = found.Pairs[0]
	}
	if out.SharedItems > 0 {
		out.Caveats.Add("scores_share_items", fmt.Sprintf("Both scores hold the same %d items: so much of their correlation is that of a part with its whole.", out.SharedItems))
	}
	return out
}
