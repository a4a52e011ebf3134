package split

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// Apart returns how often, in one session, the two of n members who lie furthest apart
// are at least by standard deviations apart, where nothing but chance is at work: scores
// are normal with the same mean and standard deviation, and those of two members
// correlate by correlation.
//
// What members have in common moves all of them and no difference, so the range is that
// of n independent scores with the standard deviation √(1−correlation): with
// w = by/√(1−correlation)
//
//	Apart = 1 − n ∫ φ(x) [Φ(x+w) − Φ(x)]^(n−1) dx,
//
// the distribution of the range (David and Nagaraja 2003, Order Statistics, 2.3.3), in R
// 1 - ptukey(by/sqrt(1-correlation), n, Inf). The integral is taken by Gauss-Legendre's
// rule over ±9; the error is below 1e-9. It is 1 for by ≤ 0, and NaN with fewer than two
// members or a correlation that is not in [0, 1).
func Apart(by float64, members int, correlation float64) float64 {
	if members < 2 || !(correlation >= 0 && correlation < 1) {
		return math.NaN()
	}
	if by <= 0 {
		return 1
	}
	w := by / math.Sqrt(1-correlation)
	within := quad.Fixed(func(x float64) float64 {
		between := distuv.UnitNormal.CDF(x+w) - distuv.UnitNormal.CDF(x)
		return distuv.UnitNormal.Prob(x) * math.Pow(between, float64(members-1))
	}, -9, 9, 200, nil, 0)
	return min(max(1-float64(members)*within, 0), 1)
}
