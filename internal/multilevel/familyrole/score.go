package familyrole

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// model is the structure of the covariances with those of the data.
type model struct {
	parts   []Part
	designs []*mat.SymDense // ∂Σ/∂θ of each part
	s       *mat.SymDense
	logS    float64
	n       float64
	at      point
	inverse *mat.Dense // of A at the solution
}

// point is one place of the search.
type point struct {
	theta    []float64
	chol     mat.Cholesky // of Σ
	distance float64      // ln|Σ| + tr SΣ⁻¹
}

// newModel returns the model of so many roles; nil where the data's covariances are
// not of full rank.
func newModel(roles int, s *mat.SymDense, n float64) *model {
	m := &model{parts: parts(roles), s: s, n: n}
	var chol mat.Cholesky
	if !chol.Factorize(s) || chol.Cond() > 1e12 {
		return nil
	}
	m.logS = chol.LogDet()
	cells := Cells(roles)
	for i := range m.parts {
		g := mat.NewSymDense(len(cells), nil)
		for a := range cells {
			for b := a; b < len(cells); b++ {
				g.SetSym(a, b, m.parts[i].share(cells[a], cells[b]))
			}
		}
		m.designs = append(m.designs, g)
	}
	return m
}

// The search ends when no part moves by more than this share of the largest
// variance, or after so many steps.
const (
	moved     = 1e-10
	mostSteps = 200
	halvings  = 30
)

// search scores to the solution; false where it finds none.
func (m *model) search() bool {
	if !m.start() {
		return false
	}
	for range mostSteps {
		next, inverse := m.solve()
		if inverse == nil {
			return false
		}
		m.inverse = inverse
		step := 0.0
		for i := range next {
			step = max(step, math.Abs(next[i]-m.at.theta[i]))
		}
		if step <= moved*m.scale() {
			return true
		}
		if !m.toward(next) {
			return step <= 1e-6*m.scale()
		}
	}
	return false
}

// start begins with all variance in the relationships, which is always a covariance
// matrix.
func (m *model) start() bool {
	theta := make([]float64, len(m.parts))
	at := 0
	for i := range m.parts {
		if m.parts[i].Kind == Relationship {
			theta[i] = m.s.At(at, at)
			at++
		}
	}
	return m.move(theta, math.Inf(1))
}

// scale is the largest variance in the data.
func (m *model) scale() float64 {
	out := 0.0
	for i := range m.s.SymmetricDim() {
		out = max(out, m.s.At(i, i))
	}
	return out
}

// move goes to a place, if its Σ is a covariance matrix and it is no farther from the
// data than a limit.
func (m *model) move(theta []float64, limit float64) bool {
	size := m.s.SymmetricDim()
	sigma := mat.NewSymDense(size, nil)
	for i, g := range m.designs {
		for a := range size {
			for b := a; b < size; b++ {
				if g.At(a, b) != 0 {
					sigma.SetSym(a, b, sigma.At(a, b)+theta[i])
				}
			}
		}
	}
	next := point{theta: theta}
	if !next.chol.Factorize(sigma) {
		return false
	}
	var x mat.Dense
	if next.chol.SolveTo(&x, m.s) != nil {
		return false
	}
	next.distance = next.chol.LogDet() + mat.Trace(&x)
	if !(next.distance <= limit) {
		return false
	}
	m.at = next
	return true
}

// toward moves toward a place, by half as far each time, until it is nearer to the
// data.
func (m *model) toward(next []float64) bool {
	from, limit := m.at.theta, m.at.distance
	for k := range halvings {
		by := math.Ldexp(1, -k)
		theta := make([]float64, len(next))
		for i := range theta {
			theta[i] = from[i] + by*(next[i]-from[i])
		}
		if m.move(theta, limit+1e-12*math.Abs(limit)) {
			return true
		}
	}
	return false
}

// solve returns the next place of Fisher's scoring, and the inverse of A; nil where A
// has none.
func (m *model) solve() (theta []float64, inverse *mat.Dense) {
	size, k := m.s.SymmetricDim(), len(m.parts)
	weighted := make([]*mat.Dense, k) // Σ⁻¹ G
	for i, g := range m.designs {
		weighted[i] = &mat.Dense{}
		if m.at.chol.SolveTo(weighted[i], g) != nil {
			return nil, nil
		}
	}
	var data mat.Dense // Σ⁻¹ S
	if m.at.chol.SolveTo(&data, m.s) != nil {
		return nil, nil
	}
	a, b := mat.NewDense(k, k, nil), mat.NewVecDense(k, nil)
	for i := range k {
		b.SetVec(i, traceOf(weighted[i], &data, size))
		for j := i; j < k; j++ {
			v := traceOf(weighted[i], weighted[j], size)
			a.Set(i, j, v)
			a.Set(j, i, v)
		}
	}
	inverse = &mat.Dense{}
	if err := inverse.Inverse(a); err != nil {
		return nil, nil
	}
	var x mat.VecDense
	x.MulVec(inverse, b)
	return x.RawVector().Data, inverse
}

// traceOf is the trace of a product of two square matrices.
func traceOf(a, b *mat.Dense, size int) float64 {
	sum := 0.0
	for i := range size {
		for j := range size {
			sum += a.At(i, j) * b.At(j, i)
		}
	}
	return sum
}
