package surface

import (
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// Table is what is analysed: one row for each pair of raters, such as a family. All
// columns have the same length, and every number is finite.
type Table struct {
	X, Y       []float64 // what the first and the second rater said, on the same scale
	Z          []float64 // the outcome
	Cluster    []string  // what rows have in common, such as a therapist; nil where every row stands by itself
	Covariates []Covariate
}

// Covariate is a column whose part in the outcome is taken out.
type Covariate struct {
	Name   string
	Values []float64
}

// Expected is what agreement is thought to go with.
type Expected string

// The hypotheses. The empty one is either.
const (
	Highest Expected = "highest" // the outcome is highest where the raters agree
	Lowest  Expected = "lowest"  // the outcome is lowest where they agree, as distress may be
)

// Options of an analysis; the zero value is the default.
type Options struct {
	Centre    *float64 // taken from both ratings; nil is the mean of all ratings of both
	Low, High *float64 // the ends of the scale that both ratings are on; nil where nobody said
	Bound     float64  // the part of a standard deviation of the outcome that would matter; 0 means DefaultBound
	Expected  Expected
}

// DefaultBound is the part of the outcome's standard deviation, between raters who
// agree and raters who differ as is usual, below which it does not matter.
const DefaultBound = 0.10

// objection returns why the question would mislead, empty where it would not.
func (t *Table) objection(o *Options) multilevel.Reason {
	x, y := rangeOf(t.X), rangeOf(t.Y)
	switch {
	case !x.varies() || !y.varies():
		return "" // said by the model
	case o.Low != nil && o.High != nil && (min(x.low, y.low) < *o.Low || max(x.high, y.high) > *o.High):
		return OffScale
	case t.oneOfTheOther():
		return OneRater
	case x.high < y.low || y.high < x.low:
		return TwoScales
	default:
		return ""
	}
}

// span is the least and the largest of some numbers.
type span struct{ low, high float64 }

// rangeOf returns the span of at least one number; of none it does not vary.
func rangeOf(v []float64) span {
	if len(v) == 0 {
		return span{}
	}
	s := span{v[0], v[0]}
	for _, x := range v {
		s.low, s.high = min(s.low, x), max(s.high, x)
	}
	return s
}

// noise is the part of the largest number that its rounding may leave between numbers
// that were meant to be one.
const noise = 1e-12

// varies tells whether there are two numbers, farther apart than rounding puts them
// and far enough that a variance can be computed.
func (s span) varies() bool {
	d := s.high - s.low
	return d*d > 0 && d > noise*max(math.Abs(s.low), math.Abs(s.high))
}

// copied is the part of the variance of one rating that the other must leave for
// two raters to have been asked.
const copied = 1e-10

// oneOfTheOther tells whether one rating is a line of the other.
func (t *Table) oneOfTheOther() bool {
	if len(t.X) < 3 {
		return false
	}
	x, y := centred(t.X), centred(t.Y)
	xx, yy, xy := dot(x, x), dot(y, y), dot(x, y)
	return xx > 0 && yy > 0 && !math.IsInf(xx*yy, 0) && !(1-xy/xx*xy/yy > copied)
}

// centre returns the number that is taken from both ratings, NaN where it cannot be
// had: with two numbers x = y would no longer be where the raters agree.
func (t *Table) centre(o *Options) float64 {
	if o.Centre != nil {
		return *o.Centre
	}
	sum, n := 0.0, float64(2*len(t.X))
	for i := range t.X {
		sum += t.X[i]/n + t.Y[i]/n
	}
	return sum
}

// clusters numbers the clusters in order of arrival, and counts them.
func (t *Table) clusters() (of []int, count int) {
	of = make([]int, len(t.X))
	at := map[string]int{}
	for i := range of {
		if t.Cluster == nil {
			of[i] = i
			continue
		}
		k, ok := at[t.Cluster[i]]
		if !ok {
			k = len(at)
			at[t.Cluster[i]] = k
		}
		of[i] = k
	}
	if t.Cluster == nil {
		return of, len(of)
	}
	return of, len(at)
}

// centred returns the numbers less their mean.
func centred(v []float64) []float64 {
	out := append([]float64(nil), v...)
	if len(out) > 0 {
		clustered.Centre(out)
	}
	return out
}

// dot returns the sum of products.
func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
