package system

import (
	"cmp"
	"math"
	"slices"
)

// Way says how one number came out of what several observers saw.
type Way string

// The ways.
const (
	OneObserver Way = "one_observer"
	Majority    Way = "majority"
	TwoClosest  Way = "mean_of_two_closest"
	Undecided   Way = "undecided" // two pairs are equally close, or no two are close
)

// FarApart is the share of a scale's range beyond which two observers who are closest are
// not close: more than a third, which is more than 2 points from −3 to 3. Their mean would
// be what neither of them saw.
const FarApart = 1. / 3

// Consensus is the rule of the SOFTA manual for several observers of one target: the
// value that more than half of them give, else the mean of the two that lie closest
// together. Where two pairs of different means are equally close, as in 1, 2, 3, or those two
// lie more than FarApart of the scale's range apart, there is none: the observers are to
// talk. Of nobody there is none either, and no way.
func Consensus(values []float64, scale float64) (*float64, Way) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	switch n {
	case 0:
		return nil, ""
	case 1:
		return &sorted[0], OneObserver
	}
	for i := range sorted {
		if last := i + n/2; last < n && sorted[i] == sorted[last] {
			return &sorted[i], Majority
		}
	}
	closest := slices.MinFunc(pairsOf(sorted), func(a, b [2]float64) int { return cmp.Compare(a[1]-a[0], b[1]-b[0]) })
	if closest[1]-closest[0] > FarApart*scale+sameDistance {
		return nil, Undecided
	}
	mean := (closest[0] + closest[1]) / 2
	for _, p := range pairsOf(sorted) {
		if math.Abs((p[1]-p[0])-(closest[1]-closest[0])) < sameDistance && math.Abs((p[0]+p[1])/2-mean) > sameDistance {
			return nil, Undecided
		}
	}
	return &mean, TwoClosest
}

// sameDistance is what sums of decimal fractions may be off by.
const sameDistance = 1e-9

// pairsOf are neighbours of sorted values.
func pairsOf(sorted []float64) [][2]float64 {
	out := make([][2]float64, 0, len(sorted)-1)
	for i := range sorted[1:] {
		out = append(out, [2]float64{sorted[i], sorted[i+1]})
	}
	return out
}
