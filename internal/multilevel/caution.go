package multilevel

import (
	"fmt"

	"holon/internal/caveat"
)

// measured is how often a 95 % interval held the truth when that was measured:
// the least and the greatest share over the scenarios with normal ratings of
// docs/calibration.md, to three decimals. A test compares it with that page.
type measured struct {
	method, name string
	least, most  float64
}

// measuredCoverage lists the intervals that were measured.
func measuredCoverage() []measured {
	return []measured{
		{IntervalSearle, "searle_n0", 0.918, 0.958},
		{IntervalThomasHultquist, "thomas_hultquist", 0.906, 0.958},
		{IntervalSmith, "smith", 0.814, 0.995},
		{IntervalProfile, "profile_likelihood by REML", 0.938, 0.986},
		{IntervalProfile, "profile_likelihood by ML", 0.865, 0.992},
		{IntervalSatterthwaite, "satterthwaite", 0, 0.97},
		{IntervalMLS, "mls", 0.944, 0.954},
	}
}

// caution adds what must be said of the intervals compared: which of them do
// not hold the truth as often as they say, and that a profile-likelihood
// interval starts at the edge of its range.
func (r *GroupLevel) caution() {
	balanced := *r.GroupSize.Min == *r.GroupSize.Max
	for _, m := range measuredCoverage() {
		exact := balanced && (m.method == IntervalSearle || m.method == IntervalThomasHultquist) // they are the exact one then
		absent := !balanced && (m.method == IntervalSatterthwaite || m.method == IntervalMLS)
		if exact || absent || m.least >= leastCoverage && m.most <= mostCoverage {
			continue
		}
		r.Comparison.Caveats.Add("interval_coverage", fmt.Sprintf(
			"In tables of normal ratings drawn to measure it, 95 %% intervals by %s held the true value in %.1f to %.1f of a hundred, depending on sizes and truth.",
			m.name, 100*m.least, 100*m.most))
	}
	for _, f := range []struct {
		name string
		fit  *Fit
	}{{"REML", &r.REML}, {"ML", &r.ML}} {
		if list := f.fit.ShareCI.Group; len(list) == 1 && list[0].Lower != nil && *list[0].Lower == 0 {
			r.Comparison.Caveats.Add("profile_limit_at_zero", fmt.Sprintf(
				"The profile-likelihood interval by %s starts at zero: that model knows no share below, and zero fits well enough.", f.name))
		}
	}
}

const (
	// crowdedShare and crowdedFrom say when ratings are told to crowd at one end.
	crowdedShare = 0.30
	crowdedFrom  = 10
	// leastSkewed and mostSkewed are how often Wald's 95 % interval held the
	// truth over the scenarios of docs/calibration.md with skewed ratings on five
	// steps.
	leastSkewed = 0.869
	mostSkewed  = 0.953
)

// noteCrowd adds the caveat of ratings many of which stand at one end of their
// range: they are far from normal, for which the interval is exact.
func noteCrowd(t *table, notes *caveat.Set) {
	var lowest, highest int
	for _, z := range t.z {
		switch z {
		case 0:
			lowest++
		case t.span:
			highest++
		}
	}
	count, end := highest, "highest"
	if lowest > highest {
		count, end = lowest, "lowest"
	}
	if n := len(t.z); n >= crowdedFrom && float64(count) >= crowdedShare*float64(n) {
		notes.Add("ratings_at_one_end", fmt.Sprintf(
			"%d of %d ratings are the %s that was given. The interval is exact for normal ratings; for ratings on five steps that crowd at one end, "+
				"95 %% intervals held the true share in %.1f to %.1f of a hundred, depending on sizes and share. The test keeps its level.",
			count, n, end, 100*leastSkewed, 100*mostSkewed))
	}
}
