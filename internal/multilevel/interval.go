package multilevel

import (
	"math"

	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/rootfind"
)

// Interval is an interval of an intraclass correlation; its limits may be
// negative, and are nil where undefined.
type Interval struct {
	Level        float64
	Lower, Upper *float64
	Method       string
}

// waldExact is the name of the only interval method used here.
const waldExact = "wald_exact"

// waldInterval returns Wald's (1940) interval of ICC(1), exact under normality
// for any group sizes. H(l) = sum w (ybar-mu)^2/(dfB MSW) falls in l and, at the
// true ratio, has the F distribution: the limits solve H(l) = F(1-a/2) and
// F(a/2), and ICC = l/(1+l). Where no solution lies above -1/n_max the limit is
// -1/(n_max-1), the least correlation possible; cut says whether that was so.
func waldInterval(s *strata, level float64) (iv Interval, cut bool) {
	iv = Interval{Level: level, Method: waldExact}
	lower, cutLower, okLower := waldLimit(s, (1+level)/2)
	upper, cutUpper, okUpper := waldLimit(s, (1-level)/2)
	if !okLower || !okUpper {
		return iv, false
	}
	iv.Lower, iv.Upper = &lower, &upper
	return iv, cutLower || cutUpper
}

// waldLimit solves H(l) = the p quantile of F and returns the ICC there.
func waldLimit(s *strata, p float64) (icc float64, cut, ok bool) {
	dfB, dfW := s.freedoms()
	q := fdist.Quantile(p, dfB, dfW)
	if !(q > 0) || math.IsInf(q, 0) {
		return 0, false, false
	}
	largest := s.largest()
	least := -1 / (largest - 1)
	if s.between == 0 {
		return least, true, true
	}
	model := profileOf(s)
	unit := dfB * s.within / dfW
	// 1/H is straight in l for equal sizes and nearly so for others, so that
	// interpolation lands at once.
	gap := func(l float64) float64 {
		e := model.at(l)
		return unit/e.a - 1/q
	}
	const nearest = 1 - 0x1p-40
	lo := -nearest / largest
	fLo := gap(lo)
	if fLo >= 0 {
		return least, true, true
	}
	f := s.between / unit
	hi := max(1/largest, (f/q-1)/s.n0()*(1+0x1p-20))
	fHi := gap(hi)
	for range widenings {
		if fHi >= 0 {
			break
		}
		lo, fLo = hi, fHi
		hi *= 4
		fHi = gap(hi)
	}
	if !(fHi >= 0) {
		return 0, false, false
	}
	l := rootfind.Brent(gap, lo, fLo, hi, fHi)
	return l / (1 + l), false, true
}

// widenings is how often the upper end of the bracket of a limit may be moved
// out fourfold: from the least ratio of variances that is told from none to the
// greatest. The first end all but always holds already.
const widenings = 200

// freedoms returns the degrees of freedom between and within groups.
func (s *strata) freedoms() (dfB, dfW float64) {
	j := float64(len(s.sizes))
	return j - 1, float64(s.ratings) - j
}
