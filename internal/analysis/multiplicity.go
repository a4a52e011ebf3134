package analysis

import (
	"cmp"
	"slices"
)

// adjust gives every group-level report the number of tests it is one of and
// its p adjusted for them by Holm's step-down (Holm 1979, Scandinavian Journal
// of Statistics 6, 65-70), which holds the chance of one false finding among
// all at .05 whatever depends on what: with p sorted, the adjusted value is the
// running maximum of (m - i + 1) p(i), at most 1.
func adjust(reports []Report, planned func(Measure) bool) {
	type test struct {
		report *GroupLevelResult
		p      float64
	}
	var tests []test
	for i := range reports {
		g, ok := reports[i].Result.(*GroupLevelResult)
		if !ok || g.Around == nil {
			continue
		}
		if s := reports[i].Subject; s != nil {
			g.Around.Multiplicity.Planned = planned(s.Measure)
		}
		if p := primaryP(g); p != nil {
			tests = append(tests, test{report: g, p: *p})
		}
	}
	slices.SortStableFunc(tests, func(a, b test) int { return cmp.Compare(a.p, b.p) })
	var most float64
	for i, t := range tests {
		most = max(most, min(1, float64(len(tests)-i)*t.p))
		t.report.Around.Multiplicity.PHolm = new(most)
	}
	for i := range reports {
		g, ok := reports[i].Result.(*GroupLevelResult)
		if !ok || g.Around == nil {
			continue
		}
		g.Around.Multiplicity.Tests = len(tests)
		noteMultiplicity(&reports[i], g)
	}
}

// primaryP returns the p of the test that answers, nil where nothing was tested.
func primaryP(g *GroupLevelResult) *float64 {
	if undecidable(g.Answer) || len(g.Tests) == 0 {
		return nil
	}
	return g.Tests[0].P
}

// noteMultiplicity says what the number of tests means for the answer.
func noteMultiplicity(r *Report, g *GroupLevelResult) {
	m := g.Around.Multiplicity
	if !m.Planned {
		r.Caveats.Add("exploratory", "Nobody said that this question was planned before the data were seen: read the answer as a finding to be tried on new data.")
	}
	if m.PHolm != nil && m.Tests > 1 && *primaryP(g) <= 0.05 && *m.PHolm > 0.05 {
		r.Caveats.Add("not_beyond_chance_among_all_tests", "This is one of several tests of the same request; adjusted for their number it is not beyond chance.")
	}
}
