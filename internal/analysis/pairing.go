package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
	"holon/internal/session"
)

// pairing puts the rows of two measures together: same group, member and
// session.
type pairing struct {
	x, y  *gathering
	means bool // members' means over their sessions

	rows     []pairedRow // in canonical order
	onlyX    int         // rows of x without one of y
	onlyY    int
	sessions int // with rows of both
	behind   map[Part]Behind
	most     int // rows of both of one member in one group
}

// pairedRow is a row with both measures.
type pairedRow struct {
	group, session, member string
	x, y                   float64
}

// pair finds the rows with both.
func (p *pairing) pair() {
	type key struct{ group, session, member string }
	of := func(r multilevel.Row) key { return key{r.Group, r.Session, r.Member} }
	other := map[key]float64{}
	for _, row := range p.y.ratings.Rows {
		other[of(row)] = row.Value
	}
	sessions, people := map[string]bool{}, map[place]int{}
	for _, row := range p.x.ratings.Canonical() {
		y, ok := other[of(row)]
		if !ok || row.Member == "" {
			p.onlyX++
			continue
		}
		p.rows = append(p.rows, pairedRow{row.Group, row.Session, row.Member, row.Value, y})
		sessions[row.Session] = true
		people[place{row.Group, row.Member}]++
		p.most = max(p.most, people[place{row.Group, row.Member}])
	}
	p.onlyY = len(p.y.ratings.Rows) - len(p.rows)
	p.sessions = len(sessions)
	p.behind = p.bearers().counts()
	if p.means {
		p.rows = meansOf(p.rows)
	}
}

// bearers are the members of the rows, and those of them in a group with several, with the
// therapists whom the ratings are about or by.
func (p *pairing) bearers() bearers {
	therapists, people := map[[3]string][]string{}, map[string]map[string]bool{}
	for _, g := range []*gathering{p.x, p.y} {
		for _, t := range g.told {
			at := [3]string{t.group, t.session, t.member}
			therapists[at] = append(therapists[at], t.therapist)
		}
	}
	for _, row := range p.rows {
		if people[row.group] == nil {
			people[row.group] = map[string]bool{}
		}
		people[row.group][row.member] = true
	}
	out := bearers{}
	for _, row := range p.rows {
		of := therapists[[3]string{row.group, row.session, row.member}]
		out.add(Everybody, row.group, row.member, of...)
		if len(people[row.group]) > 1 {
			out.add(Joined, row.group, row.member, of...)
		}
	}
	return out
}

// meansOf returns one row for each member of a group, the mean over sessions.
func meansOf(rows []pairedRow) []pairedRow {
	slices.SortStableFunc(rows, func(a, b pairedRow) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.member, b.member))
	})
	var out []pairedRow
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].group == rows[0].group && rows[n].member == rows[0].member {
			n++
		}
		mean := pairedRow{group: rows[0].group, member: rows[0].member}
		for _, row := range rows[:n] {
			mean.x += row.x
			mean.y += row.y
		}
		mean.x /= float64(n)
		mean.y /= float64(n)
		out, rows = append(out, mean), rows[n:]
	}
	return out
}

// table returns the pairs for the numbers.
func (p *pairing) table(names []string) decomposition.Table {
	out := decomposition.Table{Measures: []decomposition.Measure{{Name: names[0]}, {Name: names[1]}}}
	for _, row := range p.rows {
		out.Group = append(out.Group, row.group)
		out.Measures[0].Values = append(out.Measures[0].Values, row.x)
		out.Measures[1].Values = append(out.Measures[1].Values, row.y)
	}
	return out
}

// beyond tells whether the first measure is of pairs and the second of the
// whole, so that the one can be more than the average of the other.
func (p *pairing) beyond() bool {
	return p.x.scorer.Level() == instrument.Alliance && p.y.reader.Composition() == multilevel.ReferentShift
}

// layout says how the pairs lie over members and groups.
func (p *pairing) layout() multilevel.Layout {
	rows := make([]multilevel.Row, len(p.rows))
	for i, row := range p.rows {
		rows[i] = multilevel.Row{Group: row.group, Member: row.member, Session: row.session}
	}
	return multilevel.LayoutOf(rows, multilevel.OfPerson)
}

// paired begins the report of two measures: what went in, and what was left out
// of either.
func (p *pass) paired(both *pairing) (Report, error) {
	var left multilevel.Exclusions
	for i, g := range []*gathering{both.x, both.y} {
		for _, x := range g.ratings.Excluded.List() {
			left.Add([]string{"first_", "second_"}[i]+x.Reason, x.Rows)
		}
	}
	left.Add("without_second_measure", both.onlyX)
	left.Add("without_first_measure", both.onlyY)
	left.Add(ruleDamaged, len(p.damaged))
	layout := both.layout()
	left.Add("group_without_both", len(p.groups)-layout.Groups)
	var lines canonical
	for _, row := range both.rows {
		lines.add(row.group, row.member, []float64{row.x, row.y})
	}
	input, err := lines.input()
	r := Report{
		Outcome: both.x.name() + ", " + both.y.name(), Subject: both.x.about(both.x.reader.Composition()), Input: input, Data: p.data, behind: both.behind,
		Counts: Counts{Groups: layout.Groups, Members: layout.Members, Sessions: &both.sessions, Ratings: 2 * len(both.rows), Excluded: left.List()},
	}
	for _, g := range []*gathering{both.x, both.y} {
		r.Caveats.Merge(g.remarks())
	}
	if n := len(p.groups) - layout.Groups; n > 0 || len(p.groups) == 0 {
		r.Caveats.Add("groups_without_ratings", fmt.Sprintf("Not in the table: %d of %d groups asked about, in which no member has both measures in one session that could be used.", n, len(p.groups)))
	}
	r.Caveats.Merge(p.remarks())
	var q question
	q.sharedNames(layout)
	r.Caveats.Merge(q.caveats)
	return r, err
}

// note says which sessions the pairs are from and what that mixes.
func (p *pairing) note(ask *Ask, r *Report) {
	if len(p.rows) == 0 {
		return
	}
	switch {
	case p.means:
		r.Caveats.Add("means_over_sessions", fmt.Sprintf("Every value is a member's mean over the sessions in which both were rated, up to %d. "+
			"It mixes what lasts with what is left of single evenings, more of it where a member came less often; members with many sessions count no more than those with few.", p.most))
	case p.most > 1:
		r.Caveats.Add("rows_of_one_member", "Some members have several rows, which were taken for those of different people: what lies within members counts as lying between them, and intervals are too narrow.")
	case p.x.held > 0:
		r.Caveats.Add("one_session_of_each_group", "One session of each group cannot tell a lasting group from the weather of that one evening: what goes together between groups may be that of evenings.")
	}
	if ask.Session == nil && !p.means {
		r.Caveats.Add("last_common_session", "No session was chosen, so of each group the last one was taken in which a member rated both.")
	}
	if p.y.scorer.Level() == instrument.Alliance && p.x.reader.Composition() == multilevel.ReferentShift {
		r.Caveats.Add("asked_the_other_way_round", "To ask whether what members say of the whole is more than the average of their alliances, name the alliance first.")
	}
}

// sharedItems counts the items that two scores are both made of, in the same
// forms.
func sharedItems(x, y *session.Scorer) int {
	if x.Instrument != y.Instrument || x.Rater != y.Rater || x.Occasion != y.Occasion {
		return 0
	}
	n := 0
	for _, item := range x.Rule().Items {
		if slices.Contains(y.Rule().Items, item) {
			n++
		}
	}
	return n
}
