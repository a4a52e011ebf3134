package analysis

import (
	"context"
	"math"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/split"
	"holon/internal/session"
)

// settle grades every family by the others and finds its splits.
func (w *splitsWalk) settle(ctx context.Context) error {
	shares := make([]*familyShare, len(w.families))
	for i, f := range w.families {
		shares[i] = &f.share
	}
	w.pool.compare(shares)
	prior := w.pool.pairs.Prior()
	w.result.Rule = SplitRule{
		FalseAlerts: split.FalseAlerts, Horizon: split.Horizon, Fewest: split.FewestEarlier, Settles: split.Settles, Pairs: prior.Pairs,
	}
	if prior.Variance > 0 {
		w.result.Rule.Spread, w.result.Rule.DF = new(math.Sqrt(prior.Variance)), defined(prior.DF)
	}
	if w.ask.Absolute != (Absolute{}) {
		w.result.Rule.Absolute = &w.ask.Absolute
	}
	w.result.Reference = w.pool.reference(w.ask)
	if w.therapists != nil {
		w.result.Therapists = w.about(w.therapists)
	}
	if w.purpose != nil {
		w.result.Purpose = w.about(w.purpose)
		w.result.Purpose.Composition = multilevel.ReferentShift
	}
	for _, f := range w.families {
		if !w.shows(f) {
			continue
		}
		if w.result.ShownTo != "" {
			f.out.Pairs, f.out.Lines = nil, nil
			w.result.Families = append(w.result.Families, f.out)
			continue
		}
		others := w.pool.without(&f.share)
		if others.pairs.Families < split.FewestFamilies {
			w.alone++
		}
		if err := w.settleFamily(ctx, f, others); err != nil {
			return err
		}
		w.result.Families = append(w.result.Families, f.out)
	}
	return nil
}

// settleFamily grades one family.
func (w *splitsWalk) settleFamily(ctx context.Context, f *splitFamily, others *splitPool) error {
	limit := split.Limit(f.looks())
	for i := range f.out.Pairs {
		p := &f.out.Pairs[i]
		w.grade(f, p, others)
		f.out.Splits = append(f.out.Splits, w.splitsOf(f, p, others, limit)...)
	}
	for i := range f.out.Lines {
		line := &f.out.Lines[i]
		w.gradeLine(f, line, others)
		f.out.Splits = append(f.out.Splits, w.lineSplits(f, line, others, limit)...)
	}
	f.keepAsked(w.ask)
	for i := range f.out.Splits {
		switch f.out.Splits[i].Rule {
		case DepartureRule:
			w.result.Alerts++
		case AbsoluteRule:
			w.result.Absolute++
		}
	}
	return w.chance(ctx, f, others)
}

// looks are the pairs and lines in which there is something to look at.
func (f *splitFamily) looks() int {
	n := 0
	for i := range f.out.Pairs {
		if f.out.Pairs[i].Answered > 0 {
			n++
		}
	}
	for i := range f.out.Lines {
		if d, _ := f.out.Lines[i].differences(); len(d) > 0 {
			n++
		}
	}
	return max(n, 1)
}

// answering are the members who ever answered.
func (f *splitFamily) answering() int {
	members := map[session.MemberID]bool{}
	for i := range f.lines {
		if len(f.lines[i].Values()) > 0 {
			members[f.lines[i].Unit.MemberID] = true
		}
	}
	return len(members)
}

// keepAsked leaves the pairs in which one is among the members asked about. All of them
// were looked at, so that asking member by member gives no more alerts.
func (f *splitFamily) keepAsked(ask *Ask) {
	wanted := func(members ...string) bool {
		return slices.ContainsFunc(members, func(m string) bool { return ask.wantsMember(session.MemberID(m)) })
	}
	f.out.Pairs = slices.DeleteFunc(f.out.Pairs, func(p SplitPair) bool { return !wanted(p.First, p.Second) })
	f.out.Splits = slices.DeleteFunc(f.out.Splits, func(s Split) bool { return !wanted(s.Members...) })
}

// chanceKey is what chance rates hang on.
type chanceKey struct {
	members, sessions      int
	correlation, stability float64
}

// chance says how often two members of a family of this size lie far apart by chance.
func (w *splitsWalk) chance(ctx context.Context, f *splitFamily, others *splitPool) error {
	c := SplitChance{
		Members: f.answering(), Sessions: f.out.Sessions, Run: max(w.ask.Absolute.Sessions, 2),
		Correlation: rounded(others.alike.Correlation(&others.all)), Stability: rounded(others.all.Stability()),
	}
	if c.Members >= 2 && c.Sessions >= 1 {
		by := []float64{1, 2, 3}
		if d := w.ask.Absolute.AtLeast; d > 0 {
			by = append(by, d)
		}
		key := chanceKey{c.Members, c.Sessions, orNone(c.Correlation), orNone(c.Stability)}
		rates, known := w.chances[key]
		if !known {
			var err error
			course := split.Course{Members: key.members, Sessions: key.sessions, Correlation: key.correlation, Stability: key.stability, Run: c.Run}
			if rates, err = split.ByChance(ctx, course, by, multilevel.DefaultSeed); err != nil {
				return err
			}
			w.chances[key] = rates
		}
		for k, d := range by {
			c.Rates = append(c.Rates, SplitRate{AtLeast: d, Rates: rates[k]})
		}
	}
	f.out.Chance = c
	return nil
}

// rounded returns a share to two places, so that families held against nearly the same
// others have the same rates; nil for none.
func rounded(v float64) *float64 { return defined(math.Round(v*100) / 100) }

// orNone is a number, 0 for none.
func orNone(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}
