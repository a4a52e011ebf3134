package series

import (
	"math"

	"holon/internal/multilevel"
)

// reliableAt is the normal quantile .975, rounded to 1.96 in print, beyond which
// a change is called reliable: one in twenty by error of measurement alone, both
// ways together.
const reliableAt = 1.959963984540054

// Change is a change between two values, and whether it is more than the error
// of measurement would make.
type Change struct {
	Change    float64  // later less earlier, in points
	SEM       *float64 // standard error of measurement
	SDiff     *float64 // of a difference of two
	Index     *float64 // Change / SDiff (RCI)
	Threshold *float64 // the least change that is reliable, in points
	Reliable  *bool    // nil where it cannot be told
	Reason    multilevel.Reason
}

// ReliableChange is that from one value to another with
//
//	SEM = SD √(1 − r),  S_diff = √2 SEM,  RCI = change / S_diff,  reliable if |RCI| > 1.96
//
// (Jacobson & Truax 1991, formulas 3 and 4), SD the standard deviation of the
// measure in the population and r its reliability, between 0 and 1, both
// excluded, from session to session. Without them (zero, not such numbers, or so
// small or large that the index or the threshold is no number of this machine)
// only Change is there, with the reason NoReliability.
func ReliableChange(from, to, sd, reliability float64) Change {
	c := Change{Change: to - from}
	if !(sd > 0) || math.IsInf(sd, 1) || !(reliability > 0 && reliability < 1) {
		c.Reason = NoReliability
		return c
	}
	sem := sd * math.Sqrt(1-reliability)
	diff := math.Sqrt2 * sem
	threshold, index := reliableAt*diff, c.Change/diff
	if !(diff > 0) || math.IsInf(threshold, 1) || math.IsInf(index, 0) {
		c.Reason = NoReliability
		return c
	}
	c.SEM, c.SDiff, c.Threshold, c.Index = &sem, &diff, &threshold, &index
	c.Reliable = new(math.Abs(index) > reliableAt)
	return c
}

// DifferenceError is the standard error of a difference of two answers that a threshold
// of reliable change stands for: a 1.96th of it.
func DifferenceError(threshold float64) float64 { return threshold / reliableAt }

// rounding is what sums of decimal fractions may be off by.
const rounding = 1e-9

// PublishedChange is the change between two values against one that somebody
// published as reliable: it is reliable from that size on. Without a threshold
// above zero it has the reason NoReliability.
func PublishedChange(from, to float64, threshold *float64) Change {
	c := Change{Change: to - from}
	if threshold == nil || !(*threshold > 0) {
		c.Reason = NoReliability
		return c
	}
	c.Threshold = threshold
	c.Reliable = new(math.Abs(c.Change) >= *threshold-rounding)
	return c
}
