package clustered

import (
	"math"
	"slices"

	"holon/internal/multilevel"
)

// MethodBootstrap is the method of limits over clusters drawn with replacement.
const MethodBootstrap = "cluster_bootstrap"

// leastDraws is the number of draws below which there are no percentiles.
const leastDraws = 19

// Limits returns the percentiles, 95 % and 90 %, of a number over draws of
// clusters, and how many draws failed to give it (NaN). There are none with fewer
// than 19 draws that gave it, or where more than one in ten failed. The draws are
// put into another order.
func Limits(drawn []float64) (ci []multilevel.Interval, failed int) {
	kept := slices.DeleteFunc(drawn, math.IsNaN)
	failed = len(drawn) - len(kept)
	if len(kept) < leastDraws || failed > len(drawn)/10 {
		return nil, failed
	}
	slices.Sort(kept)
	for _, level := range []float64{0.95, 0.90} {
		ci = append(ci, multilevel.Interval{
			Level: level, Lower: new(Percentile(kept, (1-level)/2)), Upper: new(Percentile(kept, (1+level)/2)), Method: MethodBootstrap,
		})
	}
	return ci, failed
}

// Percentile returns a quantile q, from 0 to 1, of sorted values, between
// neighbours in proportion (type 7 of Hyndman & Fan 1996, R's default). There
// must be a value.
func Percentile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// Rounding is the part of the largest value below which a deviation from the
// mean is nothing but rounding.
const Rounding = 1e-13

// Centre takes the mean out of at least one value, returns it, and tells whether
// anything is left. What is left of values that are all the same but for rounding
// is zero.
func Centre(v []float64) (mean float64, varies bool) {
	size, left := 0.0, 0.0
	for _, x := range v {
		mean += (x - v[0]) / float64(len(v))
		size = max(size, math.Abs(x))
	}
	mean += v[0]
	for i := range v {
		v[i] -= mean
		left = max(left, math.Abs(v[i]))
	}
	if left > Rounding*size {
		return mean, true
	}
	clear(v)
	return mean, false
}
