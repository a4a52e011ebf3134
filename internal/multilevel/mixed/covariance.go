package mixed

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// vanished is the size, relative to the residual variance and to the ratings of
// a unit, below which an eigenvalue of a covariance is taken for zero.
const vanished = 1e-11

// newCovariance makes a covariance from a symmetric matrix by leaving out what
// is not positive: its nearest positive semidefinite matrix.
func newCovariance(s []float64, q int, floor float64) covariance {
	c := covariance{q: q, s: make([]float64, q*q), f: make([]float64, q*q)}
	if q == 1 {
		if s[0] > floor {
			c.s[0], c.f[0], c.rank = s[0], math.Sqrt(s[0]), 1
		}
		return c
	}
	values, vectors, ok := eigen(s, q)
	if !ok {
		return c
	}
	for i := range q { // descending
		v := values[q-1-i]
		if v <= floor {
			break
		}
		for a := range q {
			c.f[a*q+i] = math.Sqrt(v) * vectors.At(a, q-1-i)
		}
		c.rank++
	}
	c.square()
	if c.rank == q {
		copy(c.s, s)
	}
	return c
}

// square sets s to f f'.
func (c *covariance) square() {
	for a := range c.q {
		for b := range c.q {
			c.s[a*c.q+b] = dot(c.f[a*c.q:(a+1)*c.q], c.f[b*c.q:(b+1)*c.q])
		}
	}
}

// eigen returns the eigenvalues, ascending, and eigenvectors of a symmetric matrix.
func eigen(s []float64, q int) ([]float64, *mat.Dense, bool) {
	var e mat.EigenSym
	if !finite(s) || !e.Factorize(mat.NewSymDense(q, slices.Clone(s)), true) {
		return nil, nil, false
	}
	var v mat.Dense
	e.VectorsTo(&v)
	return e.Values(nil), &v, true
}

// nothing returns the covariances of no random effects.
func (m *Model) nothing() []covariance {
	at := make([]covariance, len(m.terms))
	for k, t := range m.terms {
		at[k] = covariance{q: t.q, s: make([]float64, t.q*t.q), f: make([]float64, t.q*t.q)}
	}
	return at
}

// largest returns the largest variance of a standardised effect.
func (m *Model) largest(at []covariance) float64 {
	var v float64
	for _, c := range at {
		for a := range c.q {
			v = math.Max(v, c.s[a*c.q+a])
		}
	}
	return v
}

// values returns the parameters at covariances.
func (m *Model) values(at []covariance) []float64 {
	out := make([]float64, len(m.params))
	for i, x := range m.params {
		out[i] = at[x.term].s[x.a*at[x.term].q+x.b]
	}
	return out
}
