package course

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// SlopeOf returns the least-squares slope of y on x with its standard error
// sqrt(residual mean square/SSx) and the .90 limits by t with n-2 degrees of
// freedom. Fewer than two different x, or numbers whose squares cannot be
// written, give no estimate; fewer than three points no precision. It panics
// when the lists differ in length.
func SlopeOf(x, y []float64) Trend {
	if len(x) != len(y) {
		panic("course: places and values differ in length")
	}
	n := float64(len(x))
	var mx, my float64
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	var sxx, sxy, syy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		sxx += dx * dx
		sxy += dx * dy
		syy += dy * dy
	}
	slope := sxy / sxx
	if !(sxx > 0) || math.IsInf(sxx, 0) || math.IsNaN(slope) || math.IsInf(slope, 0) {
		return Trend{}
	}
	out := Trend{Estimate: &slope}
	df := n - 2
	se := math.Sqrt(max(0, syy-slope*sxy) / df / sxx)
	if df < 1 || math.IsNaN(se) || math.IsInf(se, 0) {
		return out
	}
	const confidence = 0.90
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1+confidence)/2) * se
	out.SE, out.Lower, out.Upper = &se, new(slope-half), new(slope+half)
	return out
}
