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

// The methods of Interval. Wald's is the one that answers; the others stand
// beside it.
const (
	IntervalWald            = "wald_exact"         // Wald 1940: exact for any sizes
	IntervalF               = "f_exact"            // of the F statistic: exact for equal sizes
	IntervalSearle          = "searle_n0"          // the same formula with n0 for the size
	IntervalThomasHultquist = "thomas_hultquist"   // of the unweighted group means, with the harmonic mean size
	IntervalSmith           = "smith"              // the estimate and 1.96 standard errors after Smith 1956
	IntervalSatterthwaite   = "satterthwaite"      // chi-square with fitted degrees of freedom
	IntervalMLS             = "mls"                // modified large sample (Ting et al. 1990)
	IntervalChiSquare       = "chi_square"         // exact, of the variance within
	IntervalProfile         = "profile_likelihood" // where the deviance is within 3.84 of its best
)

// waldInterval returns Wald's (1940) interval of ICC(1), exact under normality
// for any group sizes: ICC = l/(1+l) at the limits of the ratio l. Where the
// ratio has no limit above -1/n_max the limit is -1/(n_max-1), the least
// correlation possible; cut says whether that was so.
func waldInterval(s *strata, level float64) (iv Interval, cut bool) {
	iv = Interval{Level: level, Method: IntervalWald}
	lower, upper, ok := waldRatios(s, level)
	if !ok {
		return iv, false
	}
	iv.Lower, iv.Upper = new(lower.icc(s)), new(upper.icc(s))
	return iv, lower.cut || upper.cut
}

// waldRatios returns the limits of the ratio of variances.
func waldRatios(s *strata, level float64) (lower, upper ratioLimit, ok bool) {
	lower, okLower := waldLimit(s, (1+level)/2)
	upper, okUpper := waldLimit(s, (1-level)/2)
	return lower, upper, okLower && okUpper
}

// ratioLimit is a limit of the ratio of variances; it is cut where it stands at
// -1/n_max because nothing above solves its equation.
type ratioLimit struct {
	ratio float64
	cut   bool
}

// icc returns the limit of ICC(1).
func (l ratioLimit) icc(s *strata) float64 {
	if l.cut {
		return -1 / (s.largest() - 1)
	}
	return l.ratio / (1 + l.ratio)
}

// waldLimit solves H(l) = the p quantile of F. H(l) = sum w (ybar-mu)^2/(dfB
// MSW) falls in l and, at the true ratio, has the F distribution.
func waldLimit(s *strata, p float64) (limit ratioLimit, ok bool) {
	dfB, dfW := s.freedoms()
	q := fdist.Quantile(p, dfB, dfW)
	if !(q > 0) || math.IsInf(q, 0) {
		return ratioLimit{}, false
	}
	largest := s.largest()
	least := ratioLimit{ratio: -1 / largest, cut: true}
	if s.between == 0 {
		return least, true
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
		return least, true
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
		return ratioLimit{}, false
	}
	return ratioLimit{ratio: rootfind.Brent(gap, lo, fLo, hi, fHi)}, true
}

// widenings is how often the upper end of the bracket of a limit may be moved
// out fourfold: from the least ratio of variances that is told from none to the
// greatest. The first end all but always holds already.
const widenings = 200

// freedoms returns the degrees of freedom between and within groups.
func (s *strata) freedoms() (dfB, dfW float64) {
	j := float64(s.groups)
	return j - 1, float64(s.ratings) - j
}
