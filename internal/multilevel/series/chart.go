package series

import (
	"math"

	"holon/internal/multilevel"
)

// The reasons for which a number about one series is undefined.
const (
	TooFewValues  multilevel.Reason = "too_few_values"
	NoVariation   multilevel.Reason = "no_variation"   // neighbours are all the same
	NoReliability multilevel.Reason = "no_reliability" // nobody said how reliable the measure is
)

// FewestForLimits is the number of values from which limits are drawn for one
// person or pair: three differences.
const FewestForLimits = 4

// Sigmas is how many of its own sigmas from the mean a chart's limits lie.
const Sigmas = 3

// The constants of moving ranges of two normal values: d2 is the mean range and
// d3 the standard deviation of the range, in standard deviations.
const (
	rangeMean = 2 / math.SqrtPi         // d2, 1.128
	rangeSD   = 0.8525024664274217      // d3 = √(2 − 4/π)
	rangeTop  = 1 + 3*rangeSD/rangeMean // D4, 3.267
	chartLine = Sigmas / rangeMean      // 2.66
)

// Chart is a control chart of individual values and of their moving ranges (XmR).
// Numbers that are undefined are nil; Reason says why there are no limits.
type Chart struct {
	Values    int
	Center    *float64 // mean of the values
	MeanRange *float64 // mean absolute difference of neighbours
	Sigma     *float64 // MeanRange over d2
	Lower     *float64 // Center - 3 Sigma
	Upper     *float64 // Center + 3 Sigma
	RangeTop  *float64 // D4 times MeanRange: the most a step between neighbours may be
	Reason    multilevel.Reason
}

// ChartOf draws the chart of values in order, with
//
//	Center = ȳ,  MR = Σ|y_t+1 − y_t| / (n − 1),  Sigma = MR / d2,  d2 = 2/√π,
//	limits Center ± 3 Sigma (± 2.66 MR),  RangeTop = (1 + 3 d3/d2) MR (3.267 MR)
//
// (Shewhart 1931; Wheeler 1993). There are no limits with fewer than four values
// (TooFewValues), nor where neighbours are all the same, so that nothing is ever
// divided by zero or called beyond limits of no width (NoVariation). Values that
// follow each other closely have limits that are too narrow: see Lag1.
func ChartOf(values []float64) Chart {
	c := Chart{Values: len(values)}
	if len(values) == 0 {
		c.Reason = TooFewValues
		return c
	}
	mean, _ := Moments(values)
	c.Center = &mean
	if len(values) > 1 {
		var sum float64
		for t := 1; t < len(values); t++ {
			sum += math.Abs(values[t] - values[t-1])
		}
		c.MeanRange = new(sum / float64(len(values)-1))
	}
	switch {
	case len(values) < FewestForLimits:
		c.Reason = TooFewValues
	case !(*c.MeanRange > 0):
		c.Reason = NoVariation
	default:
		c.Sigma = new(*c.MeanRange / rangeMean)
		c.Lower, c.Upper = new(mean-chartLine**c.MeanRange), new(mean+chartLine**c.MeanRange)
		c.RangeTop = new(rangeTop * *c.MeanRange)
	}
	return c
}

// Running is a chart that grows by one value after the other, at the same cost for
// each, for rules that look at a value and those before it.
type Running struct {
	Values  int
	mean    float64
	squares float64 // around the mean
	ranges  float64 // absolute differences of neighbours, added up
	last    float64
}

// Add takes the next value (mean and squares by Welford 1962).
func (r *Running) Add(y float64) {
	if r.Values > 0 {
		r.ranges += math.Abs(y - r.last)
	}
	r.Values++
	r.last = y
	d := y - r.mean
	r.mean += d / float64(r.Values)
	r.squares += d * (y - r.mean)
}

// Mean returns the mean of the values so far, and their standard deviation, which
// is zero with fewer than two.
func (r *Running) Mean() (mean, sd float64) {
	if r.Values > 1 {
		sd = math.Sqrt(r.squares / float64(r.Values-1))
	}
	return r.mean, sd
}

// Below tells whether a value lies below the lower limit of ChartOf the values so
// far; never where that has none.
func (r *Running) Below(value float64) bool {
	if r.Values < FewestForLimits || !(r.ranges > 0) {
		return false
	}
	return value < r.mean-chartLine*r.ranges/float64(r.Values-1)
}

// Beyond tells on which side of the limits a value lies: -1 below, 1 above, 0
// between them or without limits.
func (c *Chart) Beyond(value float64) int {
	switch {
	case c.Lower != nil && value < *c.Lower:
		return -1
	case c.Upper != nil && value > *c.Upper:
		return 1
	default:
		return 0
	}
}

// Lag1 is the correlation of neighbours around the mean,
//
//	Σ (y_t − ȳ)(y_t+1 − ȳ) / Σ (y_t − ȳ)²
//
// which is low by about (1 + 4ρ)/n (Kendall 1954); nil with fewer than four
// values or where they are all the same.
func Lag1(values []float64) *float64 {
	if len(values) < FewestForLimits {
		return nil
	}
	mean, squares := Moments(values)
	if !(squares > 0) {
		return nil
	}
	var sum float64
	for t := 1; t < len(values); t++ {
		sum += (values[t] - mean) * (values[t-1] - mean)
	}
	return new(sum / squares)
}
