package analysis

import (
	"cmp"
	"slices"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/multilevel/split"
	"holon/internal/session"
)

// splitRules is what new splits of families are measured by: for each measure of the
// alliance what the practice's families are like.
type splitRules struct {
	watched watched
	pools   map[Measure]*splitPool
	shares  map[Measure]map[session.GroupID]*familyShare
}

// newSplitRules knows no family yet.
func newSplitRules() *splitRules {
	return &splitRules{watched: watched{scorers: map[Measure]*session.Scorer{}}, pools: map[Measure]*splitPool{}, shares: map[Measure]map[session.GroupID]*familyShare{}}
}

// add takes in one family's history.
func (r *splitRules) add(h *finding.History) {
	for _, x := range r.families(h) {
		m, f := x.measure, x.family
		if r.pools[m] == nil {
			r.pools[m], r.shares[m] = &splitPool{}, map[session.GroupID]*familyShare{}
		}
		r.pools[m].add(&f.share)
		r.shares[m][h.Group.ID] = &f.share
	}
}

// readFamily is a family by one measure.
type readFamily struct {
	measure Measure
	walk    *splitsWalk
	family  *splitFamily
}

// families reads a family by every measure of the alliance that its members answered.
func (r *splitRules) families(h *finding.History) []readFamily {
	if h.Group.Kind == session.KindGroup {
		return nil
	}
	var out []readFamily
	r.watched.src = ofHistory{h}
	sessions := convened(h.Sessions)
	for _, m := range r.watched.in(sessions, instrument.Alliance) {
		def, ok := h.Definition(m.Instrument)
		if !ok {
			continue
		}
		w := newSplitsWalk(ofHistory{h}, &Ask{Measure: m}, def)
		if w.choose(nil, nil) != nil {
			continue
		}
		if f := w.read(h.Group, sessions); f != nil {
			out = append(out, readFamily{m, w, f})
		}
	}
	return out
}

// look returns the grounds of new splits in closed sessions, each where it was seen, and
// everywhere that one could stand: the sessions in which a pair has a difference and
// enough before it.
func (r *splitRules) look(h *finding.History, closed map[session.SessionID]bool) (begun, places []finding.Ground) {
	at := map[int]session.SessionID{}
	for _, s := range h.Sessions {
		if closed[s.ID] {
			at[s.Number] = s.ID
		}
	}
	all := r.families(h)
	for _, read := range all {
		m, f := read.measure, read.family
		others := &splitPool{}
		if pool := r.pools[m]; pool != nil {
			if others = pool; r.shares[m][h.Group.ID] != nil {
				others = pool.without(r.shares[m][h.Group.ID])
			}
		}
		limit := split.Limit(f.looks() * len(all))
		var departed []pairDeparted
		for i := range f.out.Pairs {
			p := &f.out.Pairs[i]
			d, points := p.differences()
			number := func(k int) int { return p.Points[points[k]].Number }
			found, stands := split.FindAll(d, read.walk.priorOf(&others.pairs), limit)
			for _, x := range found {
				seen := firstClosed(at, number, &x)
				if seen == 0 || closer(d, &x) {
					continue
				}
				departed = append(departed, pairDeparted{p, number(x.From), seen, number(x.To), x.P, f.movedMost(p, points, &x)})
			}
			for k := range d {
				if stands[k] {
					places = append(places, splitGround(finding.NewSplit, m, p.Therapist, at[number(k)], p.First, p.Second))
				}
			}
		}
		for _, x := range onceEach(departed) {
			g := splitGround(finding.NewSplit, m, x.pair.Therapist, at[x.seen], x.pair.First, x.pair.Second)
			g.Course.MovedMost = session.MemberID(x.moved)
			begun = append(begun, g)
		}
		for i := range f.out.Lines {
			line := &f.out.Lines[i]
			d, points := line.differences()
			number := func(k int) int { return line.Points[points[k]].Number }
			ground := func(n int) finding.Ground {
				return splitGround(finding.BelowTherapist, m, line.Therapist, at[n], f.membersOn(n)...)
			}
			found, stands := split.FindAll(d, read.walk.priorOf(&others.lines), limit)
			for _, x := range found {
				if seen := firstClosed(at, number, &x); seen != 0 && d[x.Seen] > x.Before {
					begun = append(begun, ground(seen))
				}
			}
			for k := range d {
				if stands[k] {
					places = append(places, ground(number(k)))
				}
			}
		}
	}
	open := func(g finding.Ground) bool { return g.Session == "" }
	return slices.DeleteFunc(begun, open), slices.DeleteFunc(places, open)
}

// pairDeparted is a pair's departure by the numbers of its sessions.
type pairDeparted struct {
	pair           *SplitPair
	from, seen, to int
	p              float64
	moved          string // the member whose own value moved most
}

// onceEach leaves of departures that share a member and begin together the one that was
// seen first, of those the clearest: who moves away from everybody is asked about once.
func onceEach(all []pairDeparted) []pairDeparted {
	slices.SortStableFunc(all, func(a, b pairDeparted) int { return cmp.Or(cmp.Compare(a.seen, b.seen), cmp.Compare(a.p, b.p)) })
	var out []pairDeparted
	for _, x := range all {
		if !slices.ContainsFunc(out, func(y pairDeparted) bool { return y.from <= x.seen && x.from <= y.seen && y.pair.shares(x.pair) }) {
			out = append(out, x)
		}
	}
	return out
}

// shares tells whether two pairs have a member in common, with one therapist.
func (p *SplitPair) shares(o *SplitPair) bool {
	return p.Therapist == o.Therapist && (p.First == o.First || p.First == o.Second || p.Second == o.First || p.Second == o.Second)
}

// firstClosed is the number of the first closed session in which a departure was known; 0
// where there is none yet.
func firstClosed(at map[int]session.SessionID, number func(int) int, x *split.Departure) int {
	for k := x.Seen; k <= x.To; k++ {
		if n := number(k); at[n] != "" {
			return n
		}
	}
	return 0
}

// splitGround is what a new split rests on.
func splitGround(rule finding.Rule, m Measure, therapist string, in session.SessionID, members ...string) finding.Ground {
	about := make([]session.MemberID, len(members))
	for i, id := range members {
		about[i] = session.MemberID(id)
	}
	slices.Sort(about)
	return finding.NewGround(rule, in, about, &finding.Course{Instrument: m.Instrument, Score: m.Score, TherapistID: session.TherapistID(therapist)})
}

// membersOn are the members of the family on the day of a session.
func (f *splitFamily) membersOn(number int) []string {
	var out []string
	for _, r := range f.sessionOf(number).household {
		out = append(out, r.Member)
	}
	return out
}
