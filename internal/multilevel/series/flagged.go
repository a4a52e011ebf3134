package series

import "math"

// StableFlagged returns the share of people without any change who are at least
// once worse than at the beginning by more than threshold among n later values,
//
//	1 − ∫ φ(z) Φ(z + threshold/sd)ⁿ dz,
//
// where every value is a constant level with a normal error of standard
// deviation sd, independent of all others (the beginning is itself a value with
// such an error, and the same one in all n comparisons: Dunnett 1955, one
// control with n others). threshold and sd are in points of the scale. With n = 1
// it is Φ(−threshold/(√2 sd)). It is 0 with n < 1. It is NaN where threshold is
// not a number above zero, or sd not a finite one above zero.
//
// The integral is the sum over an even grid, which for such a product is exact to
// twelve digits and more.
func StableFlagged(threshold, sd float64, n int) float64 {
	if !(threshold > 0) || !(sd > 0) || math.IsInf(sd, 1) {
		return math.NaN()
	}
	if n < 1 {
		return 0
	}
	const end, step = 10.0, 1.0 / 32
	sum := 0.0
	for z := -end; z <= end; z += step {
		beyond := math.Erfc((z+threshold/sd)/math.Sqrt2) / 2 // 1 − Φ
		sum += math.Exp(-z*z/2) * -math.Expm1(float64(n)*math.Log1p(-beyond))
	}
	return min(1, sum*step/math.Sqrt(2*math.Pi))
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
