package multilevel

import (
	"maps"
	"math"
	"slices"
)

// agreementByChance returns the chance that ratings dealt at random into these
// groups agree within every one of them, when they do so here: m prod c_v!/N!,
// c_v being how many ratings have value v and m the number of ways to give each
// group one value. With a value per group m is the product of factorials of how
// many groups share a size, and the chance is exact; otherwise (values)^J stands
// for m, and the chance is a bound from above. Of totals the values are not
// known; ok is false.
func (s *strata) agreementByChance() (p float64, ok bool) {
	if s.sizes == nil {
		return 0, false
	}
	counts := make(map[float64]float64)
	for i, m := range s.means {
		counts[m] += float64(s.sizes[i])
	}
	logP := -logFactorial(float64(s.ratings))
	for _, c := range slices.Sorted(maps.Values(counts)) {
		logP += logFactorial(c)
	}
	if groups := float64(len(s.sizes)); len(counts) < len(s.sizes) {
		logP += groups * math.Log(float64(len(counts)))
	} else {
		for _, c := range s.classes {
			logP += logFactorial(c.count)
		}
	}
	return min(1, math.Exp(logP)), true
}

// logFactorial returns log n!.
func logFactorial(n float64) float64 {
	v, _ := math.Lgamma(n + 1)
	return v
}
