package decomposition

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

// Quantity is one number with what is known of its precision. Whatever is
// undefined is nil; a caveat says why.
type Quantity struct {
	Estimate *float64
	SE       *float64
	CI       []multilevel.Interval // by method and level; .95 before .90
}

// The methods of the intervals.
const (
	MethodFisherZ      = "fisher_z"          // of a correlation with known degrees of freedom
	MethodT            = "t"                 // of an ordinary regression slope
	MethodDelta        = "wald_delta"        // normal, by the expected information
	MethodDeltaZ       = "wald_delta_z"      // the same on Fisher's scale
	MethodProfile      = "profile_reml"      // of the restricted likelihood, cut at chi-square(1)
	MethodBootstrap    = "bootstrap"         // percentiles of refits to ratings simulated from the REML fit
	MethodJackknife    = "jackknife"         // leaving out one group at a time, t with J-1 degrees of freedom
	MethodJackknifeZ   = "jackknife_z"       // the same on Fisher's scale
	MethodFeldt        = "feldt"             // of alpha, exact for parallel items
	MethodGroupsResamp = "cluster_bootstrap" // percentiles over groups drawn with replacement
)

// confidences are the levels of the intervals; the answer reads the last one.
func confidences() []float64 { return []float64{0.95, 0.90} }

// normalQuantile returns the two-sided quantile of a level.
func normalQuantile(level float64) float64 {
	return distuv.UnitNormal.Quantile((1 + level) / 2)
}

// tQuantile returns the two-sided quantile of t.
func tQuantile(level, df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1 + level) / 2)
}

// around adds the interval estimate +- quantile x SE at every level.
func (q *Quantity) around(method string, se *float64, quantile func(level float64) float64) {
	if q.Estimate == nil || se == nil {
		return
	}
	for _, level := range confidences() {
		half := quantile(level) * *se
		q.interval(method, level, *q.Estimate-half, *q.Estimate+half)
	}
}

// fisher adds the interval of a correlation by z = atanh r with standard error
// se on that scale. A correlation of 1 or beyond has none.
func (q *Quantity) fisher(method string, se float64, quantile func(level float64) float64) {
	if q.Estimate == nil || !(math.Abs(*q.Estimate) < 1) || !(se >= 0) || math.IsInf(se, 0) {
		return
	}
	z := math.Atanh(*q.Estimate)
	for _, level := range confidences() {
		half := quantile(level) * se
		q.interval(method, level, math.Tanh(z-half), math.Tanh(z+half))
	}
}

// interval adds one interval unless a limit is no finite number.
func (q *Quantity) interval(method string, level, lower, upper float64) {
	if finite(lower) && finite(upper) {
		q.CI = append(q.CI, multilevel.Interval{Level: level, Lower: &lower, Upper: &upper, Method: method})
	}
}

// finite tells a finite number.
func finite(v float64) bool { return v-v == 0 }

// Limits returns the interval of a method at a level, and nils without one.
func (q *Quantity) Limits(method string, level float64) (lower, upper *float64) {
	for _, iv := range q.CI {
		if iv.Method == method && iv.Level == level {
			return iv.Lower, iv.Upper
		}
	}
	return nil, nil
}

// Covariance is the covariance matrix of two measures at one level.
type Covariance struct{ XX, XY, YY *float64 }

// written turns a matrix in units of z into one in the units of the ratings.
func (w *writer) written(s sym, x, y int) Covariance {
	return Covariance{w.product(s.xx, x, x), w.product(s.xy, x, y), w.product(s.yy, y, y)}
}
