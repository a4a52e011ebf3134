package aggregate

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// Counts is what a selection holds, before any answer is looked at beyond whether
// it is there. A nil number is one about too few.
type Counts struct {
	Groups, Members, Therapists, Sessions, Ratings *int
	Measures                                       []MeasureCounts // therapy groups first, in the order of the study's measures
	Excluded                                       []Excluded
	SizeMean                                       *float64 // consenting members of a group
	SizeMin, SizeMax                               *int
	Turnover                                       *float64 // share of people who did not belong on every day of a meeting; nil without two
	Families, TherapyGroups                        int      // not for who asks
	stayed, left                                   int      // who belonged on every day of a meeting, and who did not
}

// MeasureCounts is how much there is of one measure.
type MeasureCounts struct {
	Kind                              Home
	Level                             instrument.Level
	Measure                           string
	Groups, Members, Sessions, Scores *int
	Missing                           []Excluded // scores that are not there
}

// Excluded is how much is left out for one reason.
type Excluded struct {
	What, Reason string
	N            *int

	behind func(threshold int) bool // whether enough people are behind it; nil where it is not about people
}

// Count counts what a selection of a snapshot holds.
func Count(ctx context.Context, src analysis.Passing, s *study.Study, header *study.Snapshot, chosen *study.Selection) (*Counts, error) {
	c := &counting{out: &Counts{}, people: map[string]bool{}, therapists: map[session.TherapistID]bool{}, behind: study.NewCounting(s.Measures, src.Definition)}
	for _, m := range s.Measures {
		def, ok := src.Definition(m.Instrument)
		if !ok {
			continue
		}
		if scorer, ok := session.NewScorer(def, m); ok {
			for _, home := range []Home{TherapyGroups, Families} {
				c.measures = append(c.measures, newTally(scorer, home))
			}
		}
	}
	groups := 0
	for g, err := range src.Each(ctx) {
		if err != nil {
			return nil, err
		}
		groups++
		if err := c.group(ctx, src, g); err != nil {
			return nil, err
		}
	}
	for _, g := range header.Groups {
		if !chosen.Takes(g) {
			c.passed++
		}
	}
	return c.finish(groups), nil
}

// counting gathers counts while sessions pass by.
type counting struct {
	out        *Counts
	measures   []*tally
	people     map[string]bool
	therapists map[session.TherapistID]bool
	sessions   int
	ratings    int
	sizes      []int
	stayed     int
	ever       int
	passed     int // groups that the selection does not take
	behind     *study.Counting
}

// tally is what is counted of one measure in one home.
type tally struct {
	scorer   session.Scorer
	home     Home
	groups   map[string]bool
	members  map[string]bool
	sessions int
	scores   int
	missing  map[string]int
}

// newTally returns an empty tally.
func newTally(scorer session.Scorer, home Home) *tally {
	return &tally{scorer: scorer, home: home, groups: map[string]bool{}, members: map[string]bool{}, missing: map[string]int{}}
}

// homeOf tells which of the two homes a kind of group is.
func homeOf(kind session.GroupKind) Home {
	if kind == session.KindGroup {
		return TherapyGroups
	}
	return Families
}

// group counts one group's sessions.
func (c *counting) group(ctx context.Context, src analysis.Passing, g *session.Group) error {
	var days []session.Date
	if homeOf(g.Kind) == Families {
		c.out.Families++
	} else {
		c.out.TherapyGroups++
	}
	here := map[session.MemberID]bool{}
	for _, sp := range g.Spells {
		if !sp.Redacted {
			here[sp.MemberID] = true
		}
	}
	c.sizes = append(c.sizes, len(here))
	c.behind.Group(g)
	for s, err := range src.Sessions(ctx, g.ID) {
		if err != nil {
			return err
		}
		c.behind.Add(s)
		c.sessions++
		c.ratings += s.Count()
		if s.Kind == session.Meeting { // to an intake nobody belongs yet
			days = append(days, s.HeldOn)
		}
		for _, t := range s.Therapists {
			c.therapists[t.TherapistID] = true
		}
		for _, seat := range s.Roster {
			if !seat.Redacted {
				c.people[string(seat.MemberID)] = true
			}
		}
		for _, t := range c.measures {
			if t.home == homeOf(g.Kind) {
				t.add(s)
			}
		}
	}
	c.turnover(g, days)
	return nil
}

// add counts one session's rows of a measure.
func (t *tally) add(s *session.Session) {
	rows := analysis.RowsOf(t.scorer, s)
	if len(rows.Rows) > 0 {
		t.sessions++
		t.groups[string(s.GroupID)] = true
	}
	for i := range rows.Rows {
		t.scores++
		t.members[rows.Rows[i].Member] = true
	}
	for _, x := range rows.Excluded.List() {
		t.missing[x.Reason] += x.Rows
	}
}

// turnover counts who belonged on any and on all of the days of a group's meetings.
func (c *counting) turnover(g *session.Group, days []session.Date) {
	if len(days) < 2 {
		return
	}
	on := map[session.MemberID]int{}
	for _, day := range days {
		for _, sp := range g.MembersOn(day) {
			if !sp.Redacted {
				on[sp.MemberID]++
			}
		}
	}
	for _, n := range on {
		c.ever++
		if n >= len(days) {
			c.stayed++
		}
	}
}

// finish puts the counts together.
func (c *counting) finish(groups int) *Counts {
	out := c.out
	out.Groups, out.Members, out.Therapists, out.Sessions, out.Ratings = &groups, new(len(c.people)), new(len(c.therapists)), &c.sessions, &c.ratings
	if c.passed > 0 {
		out.Excluded = append(out.Excluded, Excluded{What: "groups", Reason: "not_selected", N: &c.passed})
	}
	if len(c.sizes) > 0 {
		sum := 0
		for _, n := range c.sizes {
			sum += n
		}
		out.SizeMean, out.SizeMin, out.SizeMax = new(float64(sum)/float64(len(c.sizes))), new(slices.Min(c.sizes)), new(slices.Max(c.sizes))
	}
	if c.ever > 0 {
		out.Turnover = new(1 - float64(c.stayed)/float64(c.ever))
		out.stayed, out.left = c.stayed, c.ever-c.stayed
	}
	missing := c.behind.Missing()
	for _, t := range c.measures {
		if (t.home == Families && out.Families == 0) || (t.home == TherapyGroups && out.TherapyGroups == 0) {
			continue
		}
		m := MeasureCounts{
			Kind: t.home, Level: t.scorer.Level(), Measure: study.MeasureName(t.scorer.Measure),
			Groups: new(len(t.groups)), Members: new(len(t.members)), Sessions: &t.sessions, Scores: &t.scores,
		}
		for _, reason := range slices.Sorted(maps.Keys(t.missing)) {
			m.Missing = append(m.Missing, Excluded{"scores", reason, new(t.missing[reason]), func(threshold int) bool { return missing.Enough(threshold, m.Measure, reason, t.home == Families) }})
		}
		out.Measures = append(out.Measures, m)
	}
	slices.SortStableFunc(out.Measures, func(a, b MeasureCounts) int { return cmp.Compare(b.Kind, a.Kind) })
	return out
}

// Disclose takes out of the counts what tells about too few, and rounds the others
// to the nearest five. How many rows there are is told where enough people are behind
// them, of at least [study.LeastGroups] therapy groups, or of threshold families.
func (c *Counts) Disclose(threshold int) {
	few := map[Home]bool{TherapyGroups: c.TherapyGroups > 0 && c.TherapyGroups < study.LeastGroups, Families: c.Families > 0 && c.Families < threshold}
	if few[TherapyGroups] || few[Families] || *c.Members < threshold {
		c.Members, c.Therapists, c.Sessions, c.Ratings, c.SizeMean, c.Turnover = nil, nil, nil, nil, nil, nil
	}
	open(threshold, &c.Groups, &c.Members, &c.Therapists, &c.Sessions, &c.Ratings)
	c.SizeMin, c.SizeMax = nil, nil // of single groups
	// Means to more digits would differ by what one group more does to them.
	if c.SizeMean != nil {
		c.SizeMean = new(math.Round(*c.SizeMean))
	}
	if tells := func(n int) bool { return n > 0 && n < threshold }; tells(c.stayed) || tells(c.left) {
		c.Turnover = nil
	}
	if c.Turnover != nil {
		c.Turnover = new(math.Round(10**c.Turnover) / 10)
	}
	for i := range c.Excluded {
		open(threshold, &c.Excluded[i].N)
	}
	for i := range c.Measures {
		m := &c.Measures[i]
		least := study.LeastGroups
		if m.Kind == Families {
			least = threshold
		}
		if few[m.Kind] || *m.Groups < least || *m.Members < threshold {
			m.Members, m.Sessions, m.Scores = nil, nil, nil
		}
		open(threshold, &m.Groups, &m.Members, &m.Sessions, &m.Scores)
		for k := range m.Missing {
			if few[m.Kind] || !m.Missing[k].behind(threshold) {
				m.Missing[k].N = nil
			}
			open(threshold, &m.Missing[k].N)
		}
	}
}

// open rounds counts, and takes out those of fewer than threshold.
func open(threshold int, list ...**int) {
	for _, n := range list {
		switch {
		case *n == nil:
		case **n > 0 && **n < threshold:
			*n = nil
		default:
			*n = new(study.Rounded(**n))
		}
	}
}
