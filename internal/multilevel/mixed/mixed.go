// Package mixed fits Gaussian models with fixed covariates and any number of
// random terms: nested, crossed, of multiple membership with weights, with
// random slopes and their free covariance,
//
//	y = X b + sum_k Z_k u_k + e,  var(u of one unit) = S_k,  var(e) = s2 I,
//
// by restricted or full maximum likelihood. It knows numbers only.
package mixed

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Method is which likelihood is maximised.
type Method int

// The likelihoods.
const (
	REML Method = iota // of the residuals after the fixed effects
	ML                 // of the ratings
)

// String returns the name of the likelihood.
func (m Method) String() string {
	if m == ML {
		return "ML"
	}
	return "REML"
}

// Column is one covariate: a value for every rating.
type Column struct {
	Name   string
	Values []float64
}

// Intercept returns the column of n ones. A model has no intercept unless one
// of its columns is this one.
func Intercept(n int) Column {
	return Column{Name: "intercept", Values: slices.Repeat([]float64{1}, n)}
}

// Membership says that a rating belongs to a unit, with a weight.
type Membership struct {
	Unit   string
	Weight float64
}

// Term is one random term: the units that ratings belong to, such as groups,
// members, sessions or therapists. Make it with ByUnit or ByWeight.
type Term struct {
	name   string
	units  []string  // names in ascending order
	start  []int     // the memberships of rating i are those from start[i] to start[i+1]
	unit   []int     // of each membership
	weight []float64 // of each membership
	slopes []Column
}

// ByUnit returns the term in which every rating belongs to one unit. Units of
// the same key are the same unit: what is nested needs the names of all that it
// lies in.
func ByUnit(name string, keys []string) Term {
	t := Term{name: name, units: distinct(keys), start: make([]int, len(keys)+1), unit: make([]int, len(keys)), weight: make([]float64, len(keys))}
	place := places(t.units)
	for i, k := range keys {
		t.start[i+1], t.unit[i], t.weight[i] = i+1, place[k], 1
	}
	return t
}

// ByWeight returns a term of multiple membership: rating i belongs to the units
// of rows[i], and has sum w u from the term. Weights of the same unit add up. A
// row without memberships has nothing from the term.
func ByWeight(name string, rows [][]Membership) Term {
	var keys []string
	for _, row := range rows {
		for _, m := range row {
			keys = append(keys, m.Unit)
		}
	}
	t := Term{name: name, units: distinct(keys), start: make([]int, len(rows)+1)}
	place := places(t.units)
	for i, row := range rows {
		row = slices.Clone(row)
		slices.SortFunc(row, func(a, b Membership) int { return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Weight, b.Weight)) })
		for _, m := range row {
			u := place[m.Unit]
			if last := len(t.unit) - 1; last >= t.start[i] && t.unit[last] == u {
				t.weight[last] += m.Weight
				continue
			}
			t.unit, t.weight = append(t.unit, u), append(t.weight, m.Weight)
		}
		t.start[i+1] = len(t.unit)
	}
	return t
}

// WithSlopes returns the term with random slopes on covariates beside its
// random intercept, all free to covary.
func (t Term) WithSlopes(slopes ...Column) Term {
	t.slopes = slices.Clone(slopes)
	return t
}

// Name returns the name of the term.
func (t Term) Name() string { return t.name }

// Units returns the names of the units, in the order of predictions.
func (t Term) Units() []string { return slices.Clone(t.units) }

// size returns how many effects a unit has: its intercept and slopes.
func (t Term) size() int { return 1 + len(t.slopes) }

// distinct returns the different keys in ascending order.
func distinct(keys []string) []string {
	units := slices.Clone(keys)
	slices.Sort(units)
	return slices.Compact(units)
}

// places returns the index of each key.
func places(keys []string) map[string]int {
	at := make(map[string]int, len(keys))
	for i, k := range keys {
		at[k] = i
	}
	return at
}

// Data are ratings, the columns of the fixed effects and the random terms. The
// intercept is a column like any other.
type Data struct {
	Y     []float64
	X     []Column
	Terms []Term
}

// Reason names why something cannot be fitted.
type Reason string

// The reasons.
const (
	BadShape          Reason = "bad_shape"           // lengths differ, a name is missing or used twice
	NonFinite         Reason = "non_finite_value"    // a value that is not a finite number
	OutOfRange        Reason = "out_of_range"        // variances that float64 cannot hold
	NoData            Reason = "no_data"             // not one rating, or no more ratings than columns
	RedundantColumns  Reason = "redundant_columns"   // Names are columns that others determine
	NoVariation       Reason = "no_variation"        // the columns determine the ratings
	OneUnit           Reason = "one_unit"            // Names are terms that the columns leave no trace of
	UnitPerRating     Reason = "unit_per_rating"     // Names are terms that cannot be told from the residual
	Aliased           Reason = "aliased_terms"       // Names are terms that cannot be told from each other
	Unbounded         Reason = "unbounded"           // the residual variance tends to zero beside another: no maximum, or none with a residual
	NoOptimum         Reason = "no_optimum"          // the search did not end at an optimum
	TooLarge          Reason = "too_large"           // more connected units than can be factored in bounded time
	UnknownTerm       Reason = "unknown_term"        // Names is no term of the model
	ShareNeedsSimple  Reason = "share_needs_simple"  // a share of the variance is not one number with random slopes
	ShareOutsideRange Reason = "share_outside_range" // not at least 0 and below 1
)

// Refusal is the error of a model that cannot be fitted, or of a question that
// it cannot answer.
type Refusal struct { //nolint:errname // it is an answer of its own, and only by the way an error
	Reason Reason
	Names  []string // of the columns or terms it is about
}

// Error returns the reason and the names.
func (r *Refusal) Error() string {
	text := []string{"mixed: " + string(r.Reason)}
	for _, n := range r.Names {
		text = append(text, strconv.Quote(n))
	}
	return strings.Join(text, " ")
}
