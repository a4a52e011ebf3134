package heterogeneity_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel/heterogeneity"
)

// near tells whether two numbers are the same to 1e-12 of themselves.
func near(got *float64, want float64) bool {
	return got != nil && math.Abs(*got-want) <= 1e-12*max(1, math.Abs(want))
}

// TestAgreesWithR compares with base R:
//
//	f <- function(y, se) { w <- 1/se^2; m <- sum(w*y)/sum(w); Q <- sum(w*(y-m)^2); df <- length(y)-1
//	  c(Q, pchisq(Q, df, lower.tail=FALSE), max(0,(Q-df)/Q), m, sqrt(1/sum(w))) }
func TestAgreesWithR(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		parts              []heterogeneity.Estimate
		q, p, i2, mean, se float64
	}{
		{[]heterogeneity.Estimate{{3.1, .20}, {3.6, .15}, {2.9, .30}}, 6.59003831417625, 0.0370673349381958, 0.696511627906977, 3.34827586206897, 0.111417202906231},
		{[]heterogeneity.Estimate{{.12, .05}, {.13, .04}}, 0.0243902439024391, 0.875896057922941, 0, 0.12609756097561, 0.0312347523777212},
		{[]heterogeneity.Estimate{{5, .3}, {5.4, .25}, {4.1, .4}, {6.3, .5}, {5.2, .1}}, 13.4706248736097, 0.00919112843240427, 0.703057576205214, 5.18910010111224, 0.0853233900509565},
	} {
		for _, scale := range []float64{1, 1e-200, 1e200} {
			var parts []heterogeneity.Estimate
			for _, p := range x.parts {
				parts = append(parts, heterogeneity.Estimate{Value: p.Value * scale, SE: p.SE * scale})
			}
			r := heterogeneity.Of(parts)
			if r.Reason != "" || r.DF != len(parts)-1 || !near(r.Q, x.q) || !near(r.P, x.p) || !near(r.I2, x.i2) {
				t.Fatalf("%v: %+v", parts, r)
			}
			if m, se := *r.Pooled/scale, *r.PooledSE/scale; !near(&m, x.mean) || !near(&se, x.se) {
				t.Errorf("%v: %g with %g", parts, m, se)
			}
		}
	}
}

func TestWhatCannotBeComparedHasAReason(t *testing.T) {
	t.Parallel()
	one := heterogeneity.Estimate{Value: 1, SE: 1}
	for name, x := range map[string]struct {
		parts  []heterogeneity.Estimate
		reason string
	}{
		"none":           {nil, "too_few_parts"},
		"one":            {[]heterogeneity.Estimate{one}, "too_few_parts"},
		"no error":       {[]heterogeneity.Estimate{one, {Value: 1}}, "no_standard_error"},
		"below zero":     {[]heterogeneity.Estimate{one, {Value: 1, SE: -1}}, "no_standard_error"},
		"no number":      {[]heterogeneity.Estimate{one, {Value: math.NaN(), SE: 1}}, "no_standard_error"},
		"infinite":       {[]heterogeneity.Estimate{one, {Value: math.Inf(1), SE: 1}}, "no_standard_error"},
		"infinite error": {[]heterogeneity.Estimate{one, {Value: 1, SE: math.Inf(1)}}, "no_standard_error"},
		"no number's":    {[]heterogeneity.Estimate{one, {Value: 1, SE: math.NaN()}}, "no_standard_error"},
		"far apart":      {[]heterogeneity.Estimate{{1e300, 1e-300}, {-1e300, 1e-300}}, "no_standard_error"},
	} {
		if r := heterogeneity.Of(x.parts); string(r.Reason) != x.reason || r.Q != nil || r.P != nil || r.I2 != nil || r.Pooled != nil || r.PooledSE != nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := heterogeneity.Of([]heterogeneity.Estimate{one, one}); !near(r.Q, 0) || !near(r.P, 1) || !near(r.I2, 0) {
		t.Errorf("the same twice: %+v", r)
	}
}

// TestFalseAlarmsAreAsOftenAsSaid draws parts of one true value: p is at most .05 in
// five of a hundred, within three standard errors of what was counted.
func TestFalseAlarmsAreAsOftenAsSaid(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 2))
	const draws = 20000
	hits := 0
	for range draws {
		var parts []heterogeneity.Estimate
		for _, se := range []float64{.1, .2, .4} {
			parts = append(parts, heterogeneity.Estimate{Value: 2 + se*rng.NormFloat64(), SE: se})
		}
		if *heterogeneity.Of(parts).P <= .05 {
			hits++
		}
	}
	if rate := float64(hits) / draws; math.Abs(rate-.05) > 3*math.Sqrt(.05*.95/draws) {
		t.Errorf("p is at most .05 in %.4f", rate)
	}
}
