package series

import (
	"math"

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
// there is a comparison. The integral is Simpson's rule in 400 steps from -8 to 8,
// exact to 1e-9.
func FlaggedEver(threshold, sd float64, comparisons int) *float64 {
	if !(threshold > 0) || !(sd > 0) || math.IsInf(threshold, 1) || math.IsInf(sd, 1) || comparisons < 1 {
		return nil
	}
	const steps, reach = 400, 8.0
	at := func(z float64) float64 {
		return distuv.UnitNormal.Prob(z) * math.Pow(distuv.UnitNormal.CDF(threshold/sd+z), float64(comparisons))
	}
	h := 2 * reach / steps
	sum := at(-reach) + at(reach)
	for i := 1; i < steps; i++ {
		weight := 4.0
		if i%2 == 0 {
			weight = 2
		}
		sum += weight * at(-reach+float64(i)*h)
	}
	return new(max(0, 1-sum*h/3))
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
	const rounding = 1e-9
	steps := math.Ceil(threshold/step - rounding)
	if !inclusive && math.Abs(steps-threshold/step) <= rounding {
		steps++
	}
	return (steps - 0.5) * step
}
