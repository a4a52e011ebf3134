// Package heterogeneity tells whether estimates of the same quantity from several
// independent parts of the data, such as groups of several therapy models, differ
// by more than their standard errors let expect. It knows numbers only.
package heterogeneity

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

// Estimate is one part's, with its standard error.
type Estimate struct{ Value, SE float64 }

// Result is what several estimates have to do with each other. Where there is a
// Reason every number is nil.
type Result struct {
	Parts    int
	Q        *float64 // Cochran's
	DF       int
	P        *float64 // of Q, upper tail of chi-square
	I2       *float64 // the part of the estimates' variation that is not sampling error
	Pooled   *float64 // weighted by 1/SE^2
	PooledSE *float64
	Reason   multilevel.Reason
}

// The reasons why nothing is computed.
const (
	TooFewParts multilevel.Reason = "too_few_parts" // fewer than two
	NoError     multilevel.Reason = "no_standard_error"
)

// Of compares estimates of independent parts: with weights w = 1/SE^2 and their
// weighted mean m
//
//	Q  = sum w (estimate - m)^2, chi-square with k - 1 degrees of freedom where all
//	     parts have one true value (Cochran 1954, Biometrics 10, 101-129)
//	I2 = max(0, (Q - df)/Q), 0 of a Q of 0 (Higgins & Thompson 2002, Statistics in
//	     Medicine 21, 1539-1558, equation 10)
//	SE of m = 1/sqrt(sum w)
//
// Standard errors are taken for known, which errs where parts are small: with few
// groups in a part Q is too often large. An estimate or a standard error that is no
// finite number, or a standard error that is not above zero, is NoError.
func Of(parts []Estimate) Result {
	out := Result{Parts: len(parts), DF: max(0, len(parts)-1)}
	if len(parts) < 2 {
		out.Reason = TooFewParts
		return out
	}
	// In units of the smallest standard error, so that no weight overflows.
	least := math.Inf(1)
	for _, p := range parts {
		if !(p.SE > 0) || math.IsInf(p.SE, 0) || p.Value-p.Value != 0 {
			out.Reason = NoError
			return out
		}
		least = min(least, p.SE)
	}
	first := parts[0].Value
	var sum, weights float64
	for _, p := range parts {
		w := (least / p.SE) * (least / p.SE)
		sum, weights = sum+w*((p.Value-first)/least), weights+w
	}
	mean := sum / weights
	var q float64
	for _, p := range parts {
		d := (least / p.SE) * ((p.Value-first)/least - mean)
		q += d * d
	}
	pooled, se := first+mean*least, least/math.Sqrt(weights)
	if q-q != 0 || pooled-pooled != 0 || se-se != 0 { // beyond what can be written
		out.Reason = NoError
		return out
	}
	p := distuv.ChiSquared{K: float64(out.DF)}.Survival(q)
	i2 := 0.0
	if q > float64(out.DF) {
		i2 = (q - float64(out.DF)) / q
	}
	out.Q, out.P, out.I2, out.Pooled, out.PooledSE = &q, &p, &i2, &pooled, &se
	return out
}
