package mixed

import (
	"math"
	"slices"
)

// check refuses data of the wrong shape and values that are no finite numbers.
func check(d Data) error {
	n := len(d.Y)
	if n == 0 {
		return &Refusal{Reason: NoData}
	}
	if !finite(d.Y) {
		return &Refusal{Reason: NonFinite}
	}
	var names []string
	for _, c := range d.X {
		names = append(names, c.Name)
		if err := checkColumn(c, n); err != nil {
			return err
		}
	}
	if err := checkNames(names); err != nil {
		return err
	}
	names = nil
	for i := range d.Terms {
		t := &d.Terms[i]
		names = append(names, t.name)
		if err := t.check(n); err != nil {
			return err
		}
	}
	if err := checkNames(names); err != nil {
		return err
	}
	if n <= len(d.X) {
		return &Refusal{Reason: NoData}
	}
	return nil
}

// checkColumn refuses a column of another length or with a value that is no
// finite number.
func checkColumn(c Column, n int) error {
	if len(c.Values) != n {
		return &Refusal{Reason: BadShape, Names: []string{c.Name}}
	}
	if !finite(c.Values) {
		return &Refusal{Reason: NonFinite, Names: []string{c.Name}}
	}
	if !ordinary(c.Values) {
		return &Refusal{Reason: OutOfRange, Names: []string{c.Name}}
	}
	return nil
}

// checkNames refuses names that are empty or used twice.
func checkNames(names []string) error {
	for i, name := range names {
		if name == "" || slices.Contains(names[:i], name) {
			return &Refusal{Reason: BadShape, Names: []string{name}}
		}
	}
	return nil
}

// check refuses a term that does not fit n ratings.
func (t Term) check(n int) error {
	if len(t.start) != n+1 || len(t.units) == 0 {
		return &Refusal{Reason: BadShape, Names: []string{t.name}}
	}
	if !finite(t.weight) {
		return &Refusal{Reason: NonFinite, Names: []string{t.name}}
	}
	// The variance of a term is that of an effect at weight 1.
	if slices.ContainsFunc(t.weight, func(w float64) bool {
		const lightest, heaviest = 1e-6, 1e6
		return w != 0 && (math.Abs(w) < lightest || math.Abs(w) > heaviest)
	}) {
		return &Refusal{Reason: OutOfRange, Names: []string{t.name}}
	}
	var names []string
	for _, s := range t.slopes {
		names = append(names, s.Name)
		if err := checkColumn(s, n); err != nil {
			return err
		}
	}
	return checkNames(names)
}

// finite tells whether all values are finite numbers.
func finite(v []float64) bool {
	return !slices.ContainsFunc(v, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// ordinary tells whether the largest value has a square well inside float64.
func ordinary(v []float64) bool {
	largest := 0.0
	for _, x := range v {
		largest = math.Max(largest, math.Abs(x))
	}
	return largest == 0 || math.Abs(float64(math.Ilogb(largest))) <= 300
}
