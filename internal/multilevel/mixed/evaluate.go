package mixed

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// evaluation is the profiled likelihood at given relative covariances S, with
// V = I + sum Z S Z' in units of the residual variance. With P the projection
// V^-1 - V^-1 Q (Q'V^-1 Q)^-1 Q'V^-1 (V^-1 alone for the traces under ML) and
// V_i the derivative of V by parameter i:
//
//	deviance  log|V| + [REML] log|Q'V^-1 Q| + nu (1 + log(2 pi sigma2)) + constants
//	score     tr(P V_i) - r'P V_i P r / sigma2
//	expected  tr(P V_i P V_j) - tr(P V_i) tr(P V_j)/nu
//	observed  -tr(P V_i P V_j) + 2 r'P V_i P V_j P r/sigma2 - (r'P V_i P r)(r'P V_j P r)/(nu sigma2^2)
//
// the last two of the deviance after sigma2 = r'P r/nu is profiled out.
type evaluation struct {
	deviance, sigma2 float64
	beta             []float64 // on the orthonormal columns, of r
	s                []float64 // (Q'V^-1 Q)^-1, p x p

	score              []float64
	trace              []float64 // tr(P V_i)
	pair               []float64 // tr(P V_i P V_j)
	expected, observed []float64
	u, e               []float64 // Z'V^-1 Q, a row of p for each column; Z'P r
}

// evaluate computes the likelihood and its derivatives. It returns false where
// float64 cannot.
func (m *Model) evaluate(at []covariance, method Method) (*evaluation, bool) {
	ev := &evaluation{}
	work, ok := m.firstPass(at)
	if !ok || !m.profile(ev, work, method) {
		return nil, false
	}
	m.secondPass(ev, work, method)
	return ev, true
}

// pass is what the first pass over the blocks leaves.
type pass struct {
	factors []*factor
	cross   []float64 // [Q r]'V^-1 [Q r]
	logdet  float64
	star    [][]float64 // of each class, block after block
	s1      [][]float64
}

// firstPass factors all classes and reduces their blocks.
func (m *Model) firstPass(at []covariance) (*pass, bool) {
	k := m.p + 1
	w := &pass{cross: make([]float64, k*k), star: make([][]float64, len(m.lay.classes)), s1: make([][]float64, len(m.lay.classes))}
	w.factors = make([]*factor, len(m.lay.classes))
	for i := range m.p {
		w.cross[i*k+i] = 1
	}
	w.cross[m.p*k+m.p] = m.rr
	parts := make([][]float64, len(m.lay.classes))
	good := onAllCores(len(m.lay.classes), func(i int) bool {
		c := m.lay.classes[i]
		f, ok := newFactor(c, at)
		if !ok {
			return false
		}
		w.factors[i], parts[i] = f, make([]float64, k*k)
		for _, base := range c.blocks {
			star, s1 := f.reduce(at, m.beside(base, c.q), k, parts[i])
			w.star[i], w.s1[i] = append(w.star[i], star...), append(w.s1[i], s1...)
		}
		return true
	})
	if !good {
		return nil, false
	}
	for i, c := range m.lay.classes {
		w.logdet += float64(float64(len(c.blocks)) * w.factors[i].logdet)
		axpy(1, parts[i], w.cross)
	}
	return w, true
}

// beside returns Z'[Q r] of a block, a row for each of its columns.
func (m *Model) beside(base, q int) []float64 {
	k := m.p + 1
	t := make([]float64, q*k)
	for i := range q {
		copy(t[i*k:], m.lay.tx[(base+i)*m.p:(base+i+1)*m.p])
		t[i*k+m.p] = m.tz[base+i]
	}
	return t
}

// profile solves for the fixed effects and the residual variance.
func (m *Model) profile(ev *evaluation, w *pass, method Method) bool {
	p, k, nu := m.p, m.p+1, m.free(method)
	q, restricted := w.cross[p*k+p], 0.0
	ev.beta, ev.s = make([]float64, p), make([]float64, p*p)
	if p > 0 {
		normal := mat.NewSymDense(p, nil)
		right := mat.NewVecDense(p, nil)
		for i := range p {
			right.SetVec(i, w.cross[i*k+p])
			for j := i; j < p; j++ {
				normal.SetSym(i, j, w.cross[i*k+j])
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(normal) {
			return false
		}
		var beta mat.VecDense
		var inverse mat.SymDense
		if chol.SolveVecTo(&beta, right) != nil || chol.InverseTo(&inverse) != nil {
			return false
		}
		for i := range p {
			ev.beta[i] = beta.AtVec(i)
			q -= float64(ev.beta[i] * right.AtVec(i))
			for j := range p {
				ev.s[i*p+j] = inverse.At(i, j)
			}
		}
		restricted = chol.LogDet()
	}
	const lost = 1e-12 // of the sum of squares, below which it is rounding
	if !(q > lost*m.rr) {
		return false
	}
	ev.sigma2 = q / nu
	ev.deviance = w.logdet + nu*(1+math.Log(2*math.Pi*ev.sigma2)+2*float64(m.exp)*math.Ln2)
	if method == REML {
		ev.deviance += restricted + m.design.logdet
	}
	return !math.IsNaN(ev.deviance) && !math.IsInf(ev.deviance, 0)
}
