package series

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

// Slope is the straight line through values over time.
type Slope struct {
	Values    int
	Estimate  *float64 // points for each unit of time
	Intercept *float64 // the line at time zero
	SE        *float64
	DF        int
	CI        []multilevel.Interval // 95 %
	P         *float64
	Reason    multilevel.Reason
}

// MethodT is the method of a slope's limits.
const MethodT = "ols_t"

// FewestForSlope is the number of values from which a line has an error.
const FewestForSlope = 3

// SlopeOf fits a line by least squares, values against times in the same order:
//
//	b = Σ (t − t̄)(y − ȳ) / Σ (t − t̄)²,  SE = √( Σ e² / (n − 2) / Σ (t − t̄)² )
//
// with limits and p of Student's t with n − 2 degrees of freedom. Errors are
// taken as independent: values that follow each other closely make SE too small.
// Undefined with fewer than three values (TooFewValues) or all at one time
// (NoVariation). Where the line goes through every value, SE is zero and there is
// no p.
func SlopeOf(times, values []float64) Slope {
	s := Slope{Values: len(values)}
	if len(values) < FewestForSlope || len(times) != len(values) {
		s.Reason = TooFewValues
		return s
	}
	at, tt := Moments(times)
	mean, _ := Moments(values)
	if !(tt > 0) {
		s.Reason = NoVariation
		return s
	}
	var ty float64
	for i, t := range times {
		ty += (t - at) * (values[i] - mean)
	}
	b := ty / tt
	var rss float64
	for i, t := range times {
		e := values[i] - mean - b*(t-at)
		rss += e * e
	}
	s.DF = len(values) - 2
	se := math.Sqrt(rss / float64(s.DF) / tt)
	s.Estimate, s.Intercept, s.SE = &b, new(mean-b*at), &se
	if !(se > 0) {
		return s
	}
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(s.DF)}
	q := student.Quantile(0.975)
	s.CI = []multilevel.Interval{{Level: 0.95, Lower: new(b - q*se), Upper: new(b + q*se), Method: MethodT}}
	s.P = new(2 * student.CDF(-math.Abs(b/se)))
	return s
}
