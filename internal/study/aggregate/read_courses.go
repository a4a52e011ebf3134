package aggregate

import (
	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
	"holon/internal/multilevel/lagged"
)

// ruptures reads how often the alliance fell, and what became of it.
func ruptures(f *figures, r *analysis.Report) {
	x, ok := r.Result.(*analysis.RupturesResult)
	if !ok {
		return
	}
	moved := r.Behind(analysis.Repeated)
	f.on(moved)
	f.add("sd_within", "", number{estimate: x.Within, reason: x.NoSpread})
	f.on(r.Behind(analysis.Everybody), moved) // what one value of a pair is off by is taken out, and only who has several can fall
	f.add("sd_between", "", number{estimate: x.Between, reason: x.NoSpread})
	pairs, fell := len(x.Pairs), 0
	states, who, shapes := map[string]int{}, counted{}, counted{}
	for i := range x.Pairs {
		p := &x.Pairs[i]
		who.add("", p.Member)
		shapes.add(string(p.Shape), p.Member)
		if len(p.Falls) > 0 {
			fell++
			who.add("fell", p.Member)
		}
		for k := range p.Falls {
			states[string(p.Falls[k].State)]++
			who.add(string(p.Falls[k].State), p.Member)
		}
	}
	f.share("pairs_with_a_fall", "", fell, pairs, nil).of(len(who["fell"]), len(who[""]))
	per := number{reason: x.Reason}
	if pairs > 0 {
		per = number{estimate: new(float64(x.Found) / float64(pairs))}
	}
	f.add("falls_per_pair", "", per).of(len(who["fell"]), len(who[""]))
	if x.ByChance != nil && pairs > 0 {
		f.add("falls_per_pair_by_chance", "", number{estimate: new(*x.ByChance / float64(pairs))})
	}
	whole := f.basis
	f.on(r.Behind(analysis.Fell))
	for _, state := range []string{"open", "score_recovered", "repaired", "unrepaired", "ended_by_drop_out"} {
		f.share("falls_that_are", state, states[state], x.Found, nil).of(len(who[state]), len(who["fell"]))
	}
	f.basis = whole
	f.add("falls_that_return_by_chance", "", number{estimate: x.ReturnedByChance, reason: x.NoSpread})
	for _, s := range x.Shapes {
		f.share("pairs_of_shape", string(s.Shape), s.Pairs, pairs, s.ByChance).of(len(shapes[string(s.Shape)]), len(who[""]))
	}
}

// counted are those of whom something holds, each once.
type counted map[string]map[string]bool

// add notes that something holds of somebody.
func (p counted) add(what, who string) {
	if p[what] == nil {
		p[what] = map[string]bool{}
	}
	p[what][who] = true
}

// splits reads in how many families two members drew apart.
func splits(f *figures, r *analysis.Report) {
	x, ok := r.Result.(*analysis.SplitsResult)
	if !ok {
		return
	}
	families, alerted := len(x.Families), 0
	kinds := map[analysis.SplitKind]int{}
	for i := range x.Families {
		seen, fresh := map[analysis.SplitKind]bool{}, false
		for k := range x.Families[i].Splits {
			s := &x.Families[i].Splits[k]
			seen[s.Kind] = true
			fresh = fresh || s.Rule != ""
		}
		if fresh {
			alerted++
		}
		for kind := range seen {
			kinds[kind]++
		}
	}
	all, together := r.Behind(analysis.Everybody), r.Behind(analysis.Met)
	f.on(all, r.Behind(analysis.SplitRepeatedly), r.Behind(analysis.BesideTherapists))
	f.share("families_with_a_new_split", "", alerted, families, nil).ofFamilies(alerted).unknown(unlookedNew(x))
	for _, c := range []struct {
		kind analysis.SplitKind
		who  analysis.Part // in families in which it can be seen
	}{{analysis.MemberMember, analysis.Met}, {analysis.FamilyTherapist, analysis.BesideTherapists}, {analysis.LowPurpose, analysis.OfFamiliesWithSharedPurpose}} {
		f.on(all, r.Behind(c.who))
		f.share("families_with_a_split", string(c.kind), kinds[c.kind], families, nil).ofFamilies(kinds[c.kind]).unknown(unlooked(x, c.kind))
	}
	f.on(together)
	f.add("correlation_in_family", "", number{estimate: x.Reference.Correlation, reason: multilevel.NoData})
	f.on(r.Behind(analysis.Repeated))
	f.add("stability", "", number{estimate: x.Reference.Stability, reason: multilevel.NoData})
}

// outcomeChange reads how many are better, worse or unchanged.
func outcomeChange(f *figures, r *analysis.Report) {
	x, ok := r.Result.(*analysis.OutcomeChangeResult)
	if !ok {
		return
	}
	f.basis.parts = []analysis.Behind{r.Behind(analysis.Repeated)} // nobody else can be better or worse
	who := counted{}                                               // who is in two groups is in the shares twice, and is one
	for i := range x.Members {
		m := &x.Members[i]
		class := string(m.Class)
		if class == "" {
			class = "cannot_tell"
		}
		who.add("", m.Member)
		who.add(class, m.Member)
	}
	t := &x.Total
	for _, c := range []struct {
		of string
		n  int
	}{{"improved", t.Improved}, {"unchanged", t.Unchanged}, {"deteriorated", t.Deteriorated}, {"cannot_tell", t.Unknown}} {
		f.share("members", c.of, c.n, t.Members, nil).of(len(who[c.of]), len(who[""]))
	}
}

// laggedArrows reads what goes before what.
func laggedArrows(f *figures, r *analysis.Report) {
	x, ok := r.Result.(*analysis.LaggedResult)
	if !ok {
		return
	}
	f.on(r.Behind(analysis.Repeated))
	f.add("r_within", "same_session", number{estimate: x.Together.RWithin, reason: x.Reason})
	f.on(r.Behind(analysis.Everybody))
	f.add("r_between", "members", number{estimate: x.Together.RBetween, reason: x.Reason})
	f.on(r.Behind(analysis.InChains))
	f.arrow("forward", &x.Forward)
	f.arrow("backward", &x.Backward)
	f.add("slope_difference", "forward_less_backward", number{estimate: x.Difference.Estimate, ci: at95(x.Difference.CI), reason: x.Reason})
}

// arrow adds one direction, in standard deviations.
func (f *figures) arrow(name string, a *lagged.Arrow) {
	f.add("slope", name, number{
		estimate: a.Corrected.Estimate, se: a.Corrected.ClusterSE, ci: at95(a.Corrected.CI), p: a.PHolm, reason: a.Adjusted.Reason,
	})
}

// between reads how a measure of pairs goes with one of the group, at each level.
func between(f *figures, r *analysis.Report) {
	x, ok := r.Result.(*analysis.LevelsResult)
	if !ok {
		return
	}
	all, joined := r.Behind(analysis.Everybody), r.Behind(analysis.Joined)
	for _, c := range []struct {
		statistic, of string
		q             *decomposition.Quantity
	}{
		{"correlation", "within", &x.Relation.REML.RWithin},
		{"correlation", "between", &x.Relation.REML.RBetween},
		{"slope", "within", &x.Relation.REML.SlopeWithin},
		{"slope", "between", &x.Relation.REML.SlopeBetween},
		{"icc", "measure", &x.Relation.REML.ICCX},
		{"icc", "against", &x.Relation.REML.ICCY},
	} {
		if c.of == "within" {
			f.on(joined)
		} else { // what lies within groups is taken out
			f.on(all, joined)
		}
		f.add(c.statistic, c.of, number{estimate: c.q.Estimate, se: c.q.SE, ci: at95(c.q.CI), method: "reml", reason: x.Relation.Reason})
	}
}
