package series

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// FlaggedEver is the probability that a person whose level does not move is found
// worse than at the baseline by threshold or more at least once in so many
// comparisons with that baseline,
//
//	P(max_i e_i − e_0 ≥ threshold) = 1 − ∫ φ(z) Φ(threshold/sd + z)^n dz
//
// with errors e of a normal distribution of standard deviation sd, independent of
// each other. The baseline's error is in all comparisons, so that they go
// together. Undefined (nil) unless threshold and sd are above zero and finite and
// there is a comparison. Exact to 1e-9.
func FlaggedEver(threshold, sd float64, comparisons int) *float64 {
	if !(threshold > 0) || !(sd > 0) || math.IsInf(threshold, 1) || math.IsInf(sd, 1) || comparisons < 1 {
		return nil
	}
	return new(max(0, 1-normalMean(func(z float64) float64 {
		return math.Pow(distuv.UnitNormal.CDF(threshold/sd+z), float64(comparisons))
	})))
}

// normalMean is the mean of a smooth function of a standard normal number, by
// Gauss and Legendre's rule with 200 points from -8 to 8.
func normalMean(f func(float64) float64) float64 {
	const points, reach = 200, 8
	return quad.Fixed(func(z float64) float64 { return distuv.UnitNormal.Prob(z) * f(z) }, -reach, reach, points, nil, 0)
}

// Midway returns the limit that continuous values have in place of one on a scale
// that moves in steps: half a step below the least change that counts, which is
// the least multiple of step that is greater than threshold or, with inclusive,
// as great. Of a change that counts from 6 points on it is 5.5 where the scale
// has whole points. Without a step above zero it is the threshold itself.
func Midway(threshold, step float64, inclusive bool) float64 {
	if !(step > 0) {
		return threshold
	}
	steps := math.Max(1, math.Ceil(threshold/step-rounding)) // no change at all never counts
	if !inclusive && math.Abs(steps-threshold/step) <= rounding {
		steps++
	}
	return (steps - 0.5) * step
}

// FallingInThree is the probability that of three values of a person whose level
// does not move each lies below the one before, and the last at least so many
// standard deviations below the first,
//
//	∫ φ(a) [ Φ(a) Φ(a − by) − Φ(a − by)² / 2 ] da
//
// for independent normal values; 1/6 for by = 0, below which by must not be.
func FallingInThree(by float64) float64 {
	return normalMean(func(a float64) float64 {
		low := distuv.UnitNormal.CDF(a - by)
		return distuv.UnitNormal.CDF(a)*low - low*low/2
	})
}
