package agreement

import (
	"errors"
	"math"
)

// Null is what ratings without any agreement would look like: the proportion of
// each option, lowest first, adding up to one.
type Null struct {
	Name        string
	Proportions []float64
}

// The names of nulls. The skewed ones are published for five options only.
const (
	NullUniform      = "uniform"
	NullTriangular   = "triangular"
	NullSlightSkew   = "slight_skew"
	NullModerateSkew = "moderate_skew"
	NullHeavySkew    = "heavy_skew"
	NullMaxDissensus = "max_dissensus"
)

// ErrProportions says that proportions make no null.
var ErrProportions = errors.New("agreement: proportions must be as many as options, none negative, add up to one, and not all be at one option")

// Variance returns E, the variance of one rating under the null, in squared
// steps of the scale.
func (n Null) Variance() float64 {
	mean := 0.0
	for c, p := range n.Proportions {
		mean += float64(c) * p
	}
	e := 0.0
	for c, p := range n.Proportions {
		e += (float64(c) - mean) * (float64(c) - mean) * p
	}
	return e
}

// weighted returns the null of weights.
func weighted(name string, weights []float64) Null {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	n := Null{Name: name, Proportions: make([]float64, len(weights))}
	for i, w := range weights {
		n.Proportions[i] = w / sum
	}
	return n
}

// Uniform has every option as often as any other: E = (A²-1)/12.
func Uniform(options int) Null {
	w := make([]float64, options)
	for i := range w {
		w[i] = 1
	}
	return weighted(NullUniform, w)
}

// Triangular has weights 1, 2, … to the middle and back, which is the answer
// style of people who avoid the ends: E = (A²+2A-3)/24 for odd A and
// (A²+2A-2)/24 for even A.
func Triangular(options int) Null {
	w := make([]float64, options)
	for i := range w {
		w[i] = float64(1 + min(i, options-1-i))
	}
	return weighted(NullTriangular, w)
}

// MaxDissensus has half of the ratings at each end: E = ((A-1)/2)². It is the
// yardstick of one form of r*_wg(J), not a null for tests.
func MaxDissensus(options int) Null {
	w := make([]float64, options)
	w[0]++
	w[options-1]++
	return weighted(NullMaxDissensus, w)
}

// Published returns the skewed distributions of five options in use since
// James, Demaree and Wolf (1984; proportions as in LeBreton and Senter 2008):
// E = 1.34, .90 and .44. There are none for other numbers of options.
func Published(options int) []Null {
	if options != 5 {
		return nil
	}
	return []Null{
		{NullSlightSkew, []float64{.05, .15, .20, .35, .25}},
		{NullModerateSkew, []float64{0, .10, .15, .40, .35}},
		{NullHeavySkew, []float64{0, 0, .10, .40, .50}},
	}
}

// Given returns the null of proportions that a user gives for a scale of so many
// options. They may miss one by 1e-6 and are divided by their sum.
func Given(name string, proportions []float64, options int) (Null, error) {
	sum := 0.0
	for _, p := range proportions {
		if !(p >= 0) || math.IsInf(p, 0) {
			return Null{}, ErrProportions
		}
		sum += p
	}
	if len(proportions) != options || !(math.Abs(sum-1) <= 1e-6) {
		return Null{}, ErrProportions
	}
	n := weighted(name, proportions)
	if !(n.Variance() > 1e-12) {
		return Null{}, ErrProportions
	}
	return n, nil
}
