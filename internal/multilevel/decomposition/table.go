package decomposition

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"holon/internal/multilevel"
)

// Measure is one column of ratings.
type Measure struct {
	Name   string
	Values []float64
}

// Table holds members in groups, one row for each, with a value of every
// measure. Rows that miss one are left out, and counted, by the caller.
type Table struct {
	Group    []string
	Measures []Measure
}

// Reasons that only several measures have.
const (
	NoMeasure          multilevel.Reason = "no_measure"           // there is nothing to take apart
	WithinSingular     multilevel.Reason = "within_singular"      // within groups one measure is the other one again
	NoWithinVariance   multilevel.Reason = "no_within_variance"   // the members of every group agree on a measure
	FewItems           multilevel.Reason = "fewer_than_two_items" // the reliability of a scale needs two
	LikelihoodNotFound multilevel.Reason = "no_optimum"           // no maximum of the likelihood was found
)

// tab is a table in canonical order and in units of z: rows by group, then by
// their values, so that the order of arrival changes no digit of any sum.
type tab struct {
	keys   []string
	starts []int     // first row of each group, and the number of rows
	z      []float64 // row by row
	k      int
	units  []unit
	names  []string
}

// arrange checks and orders a table. The reason is empty unless nothing can be
// computed at all. It panics when columns differ in length.
func arrange(t Table) (tab, multilevel.Reason) {
	out := tab{k: len(t.Measures)}
	for _, m := range t.Measures {
		if len(m.Values) != len(t.Group) {
			panic("decomposition: groups and values differ in length")
		}
		out.names = append(out.names, m.Name)
	}
	switch {
	case out.k == 0:
		return out, NoMeasure
	case len(t.Group) == 0:
		return out, multilevel.NoData
	}
	for _, m := range t.Measures {
		lo, hi := slices.Min(m.Values), slices.Max(m.Values) // NaN makes both NaN
		if math.IsNaN(lo) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			return out, multilevel.NonFiniteRating
		}
		out.units = append(out.units, newUnit(lo, hi))
	}
	out.fill(t)
	return out, ""
}

// fill sorts the rows and writes them in units of z.
func (b *tab) fill(t Table) {
	order := make([]int, len(t.Group))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		c := cmp.Compare(t.Group[i], t.Group[j])
		for m := 0; c == 0 && m < b.k; m++ {
			c = cmp.Compare(t.Measures[m].Values[i], t.Measures[m].Values[j])
		}
		return c
	})
	b.z = make([]float64, 0, len(order)*b.k)
	for at, i := range order {
		if at == 0 || t.Group[i] != t.Group[order[at-1]] {
			b.keys = append(b.keys, t.Group[i])
			b.starts = append(b.starts, at)
		}
		for m := range b.k {
			b.z = append(b.z, b.units[m].distance(t.Measures[m].Values[i]))
		}
	}
	b.starts = append(b.starts, len(order))
}

// unit says in what unit the arithmetic of one measure runs: y = origin +
// z 2^exp with z between 0 and 2, so that no square leaves the range of
// float64. Multiplying by a power of two loses no digit.
type unit struct {
	origin float64
	exp    int
	wide   bool // the spread itself overflows: distances are taken between halves
	flat   bool // all values are equal
}

// newUnit chooses the unit for values between lo and hi.
func newUnit(lo, hi float64) unit {
	spread := hi - lo
	switch {
	case math.IsInf(spread, 0):
		return unit{origin: lo, exp: 1024, wide: true}
	case spread == 0:
		return unit{origin: lo, flat: true}
	}
	return unit{origin: lo, exp: math.Ilogb(spread)}
}

// distance returns z of a value.
func (u unit) distance(y float64) float64 {
	if u.wide {
		return math.Ldexp(y/2-u.origin/2, 1-u.exp)
	}
	return math.Ldexp(y-u.origin, -u.exp)
}

// writer turns numbers in units of z into numbers in the units of the ratings,
// and remembers whether one of them was too large or too small to be written.
type writer struct {
	units  []unit
	beyond bool
}

// location writes a place on the scale of measure m.
func (w *writer) location(z float64, m int) *float64 {
	u := w.units[m]
	return w.finite(2 * (u.origin/2 + math.Ldexp(z, u.exp-1)))
}

// product writes a variance (m = l) or a covariance of two measures.
func (w *writer) product(z float64, m, l int) *float64 {
	return w.power(z, w.units[m].exp+w.units[l].exp)
}

// slope writes a change of measure y per unit of measure x.
func (w *writer) slope(z float64, x, y int) *float64 {
	return w.power(z, w.units[y].exp-w.units[x].exp)
}

// width writes a difference on the scale of measure m.
func (w *writer) width(z float64, m int) *float64 { return w.power(z, w.units[m].exp) }

// power writes z 2^exp.
func (w *writer) power(z float64, exp int) *float64 {
	const smallestNormal = 0x1p-1022
	v := math.Ldexp(z, exp)
	if z != 0 && math.Abs(v) < smallestNormal {
		w.beyond = true
		return nil
	}
	return w.finite(v)
}

// finite returns a finite number and nil for any other.
func (w *writer) finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		w.beyond = true
		return nil
	}
	return &v
}

// ones returns n ones, the weights of rows that count alike.
func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

// sortedKeys returns the keys of a map in ascending order.
func sortedKeys(m map[float64][]float64) []float64 { return slices.Sorted(maps.Keys(m)) }
