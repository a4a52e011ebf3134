package mixed

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"holon/internal/multilevel/fdist"
)

// BoundaryP returns the p value of a likelihood-ratio statistic for one
// variance on the edge of its range together with its covariances: an even
// mixture of chi-square with that many and with one more degrees of freedom
// (Self and Liang 1987; Stram and Lee 1994). A random intercept has no
// covariance; a slope beside one intercept has one.
func BoundaryP(statistic float64, covariances int) float64 {
	if covariances == 0 {
		return fdist.Boundary(statistic)
	}
	if statistic <= 0 {
		return 1
	}
	upper := func(df int) float64 { return mathext.GammaIncRegComp(float64(df)/2, statistic/2) }
	return math.Min(1, (upper(covariances)+upper(covariances+1))/2)
}

// Drop returns the likelihood-ratio statistic of a model against one of its
// sub-models fitted by the same method; never below zero, and zero where the
// deviances differ by no more than rounding: a variance of zero that is left out
// has p 1, not one half.
func Drop(full, reduced *Fit) float64 {
	const rounding = 1e-12
	drop := reduced.Deviance - full.Deviance
	if drop <= rounding*(float64(full.Ratings)+math.Abs(full.Deviance)) {
		return 0
	}
	return drop
}
