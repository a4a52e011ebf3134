package mixed

import (
	"math"
	"slices"
)

// Model is data prepared for fitting. It does not change; several goroutines
// may use it.
type Model struct {
	data   Data
	n, p   int
	design design
	terms  []term
	params []param
	lay    layout
	ratings
}

// term is a random term in standardised slopes.
type term struct {
	name  string
	units int
	q     int         // effects of a unit
	first int         // number of its first column of Z
	z     [][]float64 // standardised slopes, one value per rating
	back  []float64   // q x q: effects of the given slopes from those of the standardised ones
	count []int       // ratings of each unit
}

// param is one element of the covariance matrix of a term, a <= b.
type param struct{ term, a, b int }

// ratings are what depends on the ratings: y = origin + 2^exp z, z = Q ols + r.
type ratings struct {
	origin float64
	exp    int
	ols    []float64 // coefficients on the orthonormal columns
	r      []float64 // what is left
	rr     float64   // r'r
	tz     []float64 // Z'r, in the order of the layout
}

// New checks and prepares data. Its error is a *Refusal.
func New(d Data) (*Model, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	m := &Model{data: d, n: len(d.Y), p: len(d.X)}
	var err error
	if m.design, err = orthonormal(d.X, m.n); err != nil {
		return nil, err
	}
	first := 0
	for k := range d.Terms {
		t := standardise(&d.Terms[k], first)
		first += t.units * t.q
		for a := range t.q {
			for b := a; b < t.q; b++ {
				m.params = append(m.params, param{k, a, b})
			}
		}
		m.terms = append(m.terms, t)
	}
	if m.lay, err = m.layOut(); err != nil {
		return nil, err
	}
	if err := m.take(d.Y); err != nil {
		return nil, err
	}
	return m, m.identifiable()
}

// WithRatings returns the model for other ratings in the same places, such as
// simulated ones, at little cost. Its error is a *Refusal.
func (m *Model) WithRatings(y []float64) (*Model, error) {
	if len(y) != m.n {
		return nil, &Refusal{Reason: BadShape}
	}
	if !finite(y) {
		return nil, &Refusal{Reason: NonFinite}
	}
	other := *m
	other.data.Y = y
	other.ratings = ratings{}
	if err := other.take(y); err != nil {
		return nil, err
	}
	return &other, nil
}

// Without returns the model without one random term. Its error is a *Refusal.
func (m *Model) Without(name string) (*Model, error) {
	k, err := m.find(name)
	if err != nil {
		return nil, err
	}
	d := m.data
	d.Terms = slices.Delete(slices.Clone(d.Terms), k, k+1)
	return New(d)
}

// WithoutSlopes returns the model with a random intercept only in one term.
// Its error is a *Refusal.
func (m *Model) WithoutSlopes(name string) (*Model, error) {
	k, err := m.find(name)
	if err != nil {
		return nil, err
	}
	d := m.data
	d.Terms = slices.Clone(d.Terms)
	d.Terms[k].slopes = nil
	return New(d)
}

// find returns the number of a term.
func (m *Model) find(name string) (int, error) {
	k := slices.IndexFunc(m.terms, func(t term) bool { return t.name == name })
	if k < 0 {
		return 0, &Refusal{Reason: UnknownTerm, Names: []string{name}}
	}
	return k, nil
}

// take scales ratings and keeps what the fixed effects leave of them.
func (m *Model) take(y []float64) error {
	lo, hi := slices.Min(y), slices.Max(y)
	if m.design.constant < 0 {
		lo = 0
	} else {
		m.origin = lo
	}
	spread := math.Max(math.Abs(hi-lo), math.Abs(slices.Min(y)-lo))
	switch {
	case spread == 0:
		return &Refusal{Reason: NoVariation}
	case math.IsInf(spread, 0):
		return &Refusal{Reason: OutOfRange}
	}
	m.exp = math.Ilogb(spread)
	m.r = make([]float64, m.n)
	for i, v := range y {
		m.r[i] = math.Ldexp(v-m.origin, -m.exp)
	}
	before := dot(m.r, m.r)
	m.ols = make([]float64, m.p)
	for range 2 {
		for j, q := range m.design.q {
			c := dot(q, m.r)
			m.ols[j] += c
			axpy(-c, q, m.r)
		}
	}
	m.rr = dot(m.r, m.r)
	const dust = 1e-26 // of the squares of the ratings: what rounding leaves
	if m.rr <= dust*before {
		return &Refusal{Reason: NoVariation}
	}
	m.tz = m.lay.project(m, m.r)
	return nil
}

// free returns the degrees of freedom of the residual sum of squares.
func (m *Model) free(method Method) float64 {
	if method == ML {
		return float64(m.n)
	}
	return float64(m.n - m.p)
}
