package mixed

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/mat"
)

// oracle computes everything from the definitions with dense matrices of the
// order of the ratings: no blocks, no standardising, no orthonormal columns.
type oracle struct {
	n, p     int
	z        []*mat.Dense // of each term, units by effects
	q        []int
	x        *mat.Dense
	y        *mat.VecDense
	v, vi, w *mat.Dense // V, its inverse, P
	beta     mat.VecDense
	cov      mat.Dense
	quad     float64
	deviance map[Method]float64
}

// newOracle makes the matrices of data.
func newOracle(d Data) *oracle {
	o := &oracle{n: len(d.Y), p: len(d.X), y: mat.NewVecDense(len(d.Y), d.Y)}
	o.x = mat.NewDense(o.n, o.p, nil)
	for j, c := range d.X {
		o.x.SetCol(j, c.Values)
	}
	for k := range d.Terms {
		t := &d.Terms[k]
		q := 1 + len(t.slopes)
		z := mat.NewDense(o.n, q*len(t.units), nil)
		for i := range o.n {
			for s := t.start[i]; s < t.start[i+1]; s++ {
				z.Set(i, t.unit[s]*q, t.weight[s])
				for a, c := range t.slopes {
					z.Set(i, t.unit[s]*q+a+1, t.weight[s]*c.Values[i])
				}
			}
		}
		o.z, o.q = append(o.z, z), append(o.q, q)
	}
	return o
}

// basis returns the symmetric matrix that element (a, b) of term k multiplies.
func (o *oracle) basis(k, a, b int) *mat.Dense {
	_, columns := o.z[k].Dims()
	inner := mat.NewDense(columns, columns, nil)
	for u := 0; u < columns; u += o.q[k] {
		inner.Set(u+a, u+b, 1)
		inner.Set(u+b, u+a, 1)
	}
	return product(o.z[k], inner, o.z[k].T())
}

// product multiplies.
func product(a mat.Matrix, more ...mat.Matrix) *mat.Dense {
	out := mat.DenseCopyOf(a)
	for _, b := range more {
		var next mat.Dense
		next.Mul(out, b)
		out = &next
	}
	return out
}

// at computes the likelihood at absolute covariances.
func (o *oracle) at(t *testing.T, s []*mat.Dense, residual float64) {
	t.Helper()
	o.v = mat.NewDense(o.n, o.n, nil)
	for i := range o.n {
		o.v.Set(i, i, residual)
	}
	for k := range o.z {
		for a := range o.q[k] {
			for b := a; b < o.q[k]; b++ {
				part := o.basis(k, a, b)
				part.Scale(s[k].At(a, b), part)
				o.v.Add(o.v, part)
			}
		}
	}
	o.vi, o.w = new(mat.Dense), new(mat.Dense)
	if err := o.vi.Inverse(o.v); err != nil {
		t.Fatal(err)
	}
	logV, _ := mat.LogDet(o.v)
	normal := product(o.x.T(), o.vi, o.x)
	logX, _ := mat.LogDet(normal)
	if err := o.cov.Inverse(normal); err != nil {
		t.Fatal(err)
	}
	o.beta.MulVec(product(&o.cov, o.x.T(), o.vi), o.y)
	o.w.Sub(o.vi, product(o.vi, o.x, &o.cov, o.x.T(), o.vi))
	o.quad = mat.Inner(o.y, o.w, o.y)
	o.deviance = map[Method]float64{
		REML: float64(o.n-o.p)*math.Log(2*math.Pi) + logV + logX + o.quad,
		ML:   float64(o.n)*math.Log(2*math.Pi) + logV + o.quad,
	}
}

// randomData draws a small design with nested, crossed and weighted terms and
// perhaps a random slope.
func randomData(rng *rand.Rand) Data {
	n := 24 + rng.IntN(16)
	group, session, member := make([]string, n), make([]string, n), make([]string, n)
	rows := make([][]Membership, n)
	x, time, y := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		g := rng.IntN(4)
		group[i] = fmt.Sprint("g", g)
		member[i] = fmt.Sprint(group[i], "m", rng.IntN(3))
		session[i] = fmt.Sprint(group[i], "s", rng.IntN(3))
		if rng.IntN(3) == 0 {
			session[i] = fmt.Sprint("s", rng.IntN(3)) // joins groups
		}
		w := 0.2 + 0.6*rng.Float64()
		rows[i] = []Membership{{fmt.Sprint("t", rng.IntN(3)), w}, {fmt.Sprint("t", rng.IntN(3)), 1 - w}}
		x[i], time[i] = rng.NormFloat64(), 3+rng.Float64()
		y[i] = 40 + 3*rng.NormFloat64() + float64(g)
	}
	slope := Column{"time", time}
	all := []Term{ByUnit("member", member).WithSlopes(slope), ByUnit("session", session), ByWeight("therapist", rows), ByUnit("group", group)}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	columns := []Column{Intercept(n), {"x", x}, slope}
	return Data{Y: y, X: columns[:1+rng.IntN(3)], Terms: all[:1+rng.IntN(4)]}
}

// someCovariances draws relative covariances, some on the boundary.
func someCovariances(m *Model, rng *rand.Rand) []covariance {
	at := m.nothing()
	for k, t := range m.terms {
		rank := rng.IntN(t.q + 1)
		c := covariance{q: t.q, rank: rank, s: make([]float64, t.q*t.q), f: make([]float64, t.q*t.q)}
		for a := range t.q {
			for b := range rank {
				c.f[a*t.q+b] = rng.NormFloat64()
			}
		}
		c.square()
		at[k] = c
	}
	return at
}

// absolute returns covariances in the units of the data.
func (m *Model) absolute(at []covariance, sigma2 float64) []*mat.Dense {
	out := make([]*mat.Dense, len(at))
	for k, c := range at {
		back := mat.NewDense(c.q, c.q, m.terms[k].back)
		out[k] = product(back, mat.NewDense(c.q, c.q, c.s), back.T())
		out[k].Scale(math.Ldexp(sigma2, 2*m.exp), out[k])
	}
	return out
}

// TestLikelihoodAgainstDenseMatrices compares deviance, score and both
// informations with their definitions, on random designs and covariances.
func TestLikelihoodAgainstDenseMatrices(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	compared := 0
	for trial := range 40 {
		d := randomData(rng)
		m, err := New(d)
		if err != nil {
			continue
		}
		at := someCovariances(m, rng)
		for _, method := range []Method{REML, ML} {
			ev, ok := m.evaluate(at, method)
			if !ok {
				t.Fatalf("trial %d: no likelihood", trial)
			}
			compared++
			o := newOracle(d)
			o.at(t, m.absolute(at, ev.sigma2), math.Ldexp(ev.sigma2, 2*m.exp))
			closely(t, fmt.Sprint(trial, method, "deviance"), ev.deviance, o.deviance[method], 1e-10)
			closely(t, fmt.Sprint(trial, method, "quadratic form"), m.free(method), o.quad, 1e-9)
			// Finite differences of the deviance and of the score, along
			// every parameter inside the space of positive matrices.
			inside := m.even(1)
			m.compareDifferences(t, fmt.Sprint(trial, method), inside, method)
			m.compareTraces(t, fmt.Sprint(trial, method), inside, method, d)
		}
	}
	if compared < 40 {
		t.Errorf("only %d comparisons", compared)
	}
}

// compareDifferences compares score and observed information with differences.
func (m *Model) compareDifferences(t *testing.T, name string, at []covariance, method Method) {
	t.Helper()
	here, ok := m.evaluate(at, method)
	if !ok {
		t.Fatal(name, "no likelihood")
	}
	const h = 1e-5
	step := func(i int, by float64) *evaluation {
		x := m.params[i]
		moved := m.nothing()
		for k := range at {
			s := append([]float64(nil), at[k].s...)
			if k == x.term {
				s[x.a*at[k].q+x.b] += by
				if x.a != x.b {
					s[x.b*at[k].q+x.a] += by
				}
			}
			moved[k] = newCovariance(s, at[k].q, 0)
		}
		ev, ok := m.evaluate(moved, method)
		if !ok {
			t.Fatal(name, "no likelihood")
		}
		return ev
	}
	for i := range m.params {
		up, down := step(i, h), step(i, -h)
		if got, want := here.score[i], (up.deviance-down.deviance)/(2*h); !scalar.EqualWithinAbsOrRel(got, want, 1e-5, 1e-5) {
			t.Errorf("%s score %d = %g, by differences %g", name, i, got, want)
		}
		for j := range m.params {
			got, want := here.observed[i*len(m.params)+j], (up.score[j]-down.score[j])/(2*h)
			if !scalar.EqualWithinAbsOrRel(got, want, 1e-5, 1e-5) {
				t.Errorf("%s observed information %d %d = %g, by differences %g", name, i, j, got, want)
			}
		}
	}
}

// compareTraces compares tr(P V_i P V_j) with the products themselves.
func (m *Model) compareTraces(t *testing.T, name string, at []covariance, method Method, d Data) {
	t.Helper()
	ev, ok := m.evaluate(at, method)
	if !ok {
		t.Fatal(name, "no likelihood")
	}
	o := newOracle(d)
	for k, term := range m.terms { // the slopes as the model has them
		for a, z := range term.z {
			for i := range o.n {
				for u := range term.units {
					o.z[k].Set(i, u*term.q+a+1, o.z[k].At(i, u*term.q)*z[i])
				}
			}
		}
	}
	relative := make([]*mat.Dense, len(at))
	for k, c := range at {
		relative[k] = mat.NewDense(c.q, c.q, c.s)
	}
	o.at(t, relative, 1)
	left := o.w
	if method == ML {
		left = o.vi
	}
	for i, x := range m.params {
		px := product(left, o.basis(x.term, x.a, x.b))
		closely(t, fmt.Sprint(name, " trace ", i), ev.trace[i], mat.Trace(px), 1e-9)
		for j, y := range m.params {
			closely(t, fmt.Sprint(name, " traces ", i, j), ev.pair[i*len(m.params)+j], mat.Trace(product(px, left, o.basis(y.term, y.a, y.b))), 1e-9)
		}
	}
}

// closely compares to a relative tolerance, or an absolute one near zero.
func closely(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !scalar.EqualWithinAbsOrRel(got, want, tolerance, tolerance) {
		t.Errorf("%s = %.15g, want %.15g", name, got, want)
	}
}

// TestEstimatesAgainstDenseMatrices compares fixed effects, predictions and their
// errors at the optimum with their definitions, and looks whether any of many
// places around has a smaller deviance.
func TestEstimatesAgainstDenseMatrices(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	fitted, singular := 0, 0
	for trial := range 80 {
		d := randomData(rng)
		m, err := New(d)
		if err != nil {
			continue
		}
		method := Method(trial % 2)
		f, err := m.Fit(t.Context(), Options{Method: method})
		if err != nil {
			t.Errorf("trial %d: %v", trial, err)
			continue
		}
		fitted++
		singular += btoi(f.Singular != nil)
		o := newOracle(d)
		s := make([]*mat.Dense, len(f.Terms))
		for k, term := range f.Terms {
			s[k] = mat.NewDense(m.terms[k].q, m.terms[k].q, nil)
			for a, row := range term.Covariance {
				s[k].SetRow(a, row)
			}
		}
		o.at(t, s, f.Residual)
		closely(t, fmt.Sprint(trial, " deviance"), f.Deviance, o.deviance[method], 1e-9)
		for j, x := range f.Fixed {
			closely(t, fmt.Sprint(trial, x.Name), x.Estimate, o.beta.AtVec(j), 1e-8)
			closely(t, fmt.Sprint(trial, x.Name, " se"), x.SE, math.Sqrt(o.cov.At(j, j)), 1e-8)
		}
		o.comparePredictions(t, fmt.Sprint(trial), f, s)
		o.nothingBetter(t, rng, trial, f, s)
	}
	if fitted < 40 || singular < 10 {
		t.Errorf("only %d fits, of them %d singular", fitted, singular)
	}
}

// comparePredictions compares with G Z'P y and the variances of its errors.
func (o *oracle) comparePredictions(t *testing.T, name string, f *Fit, s []*mat.Dense) {
	t.Helper()
	for k, p := range f.Predict() {
		_, columns := o.z[k].Dims()
		q := o.q[k]
		g := mat.NewDense(columns, columns, nil)
		for u := 0; u < columns; u += q {
			for a := range q {
				for b := range q {
					g.Set(u+a, u+b, s[k].At(a, b))
				}
			}
		}
		gz := product(g, o.z[k].T())
		var u mat.VecDense
		u.MulVec(product(gz, o.w), o.y)
		given, whole := product(gz, o.vi, gz.T()), product(gz, o.w, gz.T())
		for i, unit := range p.Units {
			for a, e := range unit.Effects {
				c := i*q + a
				tolerance := 1e-7 * math.Sqrt(g.At(c, c)+1e-20)
				at := fmt.Sprint(name, " ", p.Term, unit.Unit, a)
				near := func(what string, got, want float64) {
					t.Helper()
					if !scalar.EqualWithinAbs(got, want, tolerance) {
						t.Errorf("%s %s = %g, want %g", at, what, got, want)
					}
				}
				near("blup", e.BLUP, u.AtVec(c))
				near("conditional variance", e.CondSD*e.CondSD, (g.At(c, c) - given.At(c, c)))
				near("prediction variance", e.PredSE*e.PredSE, (g.At(c, c) - whole.At(c, c)))
			}
		}
	}
}

// nothingBetter tries places near and far.
func (o *oracle) nothingBetter(t *testing.T, rng *rand.Rand, trial int, f *Fit, s []*mat.Dense) {
	t.Helper()
	for range 8 {
		size := math.Exp(-6 * rng.Float64())
		other := make([]*mat.Dense, len(s))
		for k := range s {
			q := o.q[k]
			step := mat.NewDense(q, q, nil)
			for a := range q {
				for b := range q {
					step.Set(a, b, size*math.Sqrt(f.Residual)*rng.NormFloat64()/math.Pow(4, float64(btoi(a > 0))))
				}
			}
			other[k] = product(step, step.T())
			other[k].Add(other[k], s[k])
			shrunk := mat.DenseCopyOf(other[k])
			shrunk.Scale(math.Exp(size*rng.NormFloat64()), shrunk)
			other[k] = shrunk
		}
		o.at(t, other, f.Residual*math.Exp(size*rng.NormFloat64()))
		if o.deviance[f.Method] < f.Deviance-1e-7 {
			t.Errorf("trial %d: deviance %.9g is not the least: %.9g", trial, f.Deviance, o.deviance[f.Method])
		}
	}
}

// TestSimulatedCovariance draws ratings from fits: with the variances they were
// drawn with, r'P r/(n-p) has the residual variance as its mean, and the score of
// every parameter has mean zero and twice the expected information as variance.
func TestSimulatedCovariance(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for trial := range 6 {
		m, err := New(randomData(rng))
		if err != nil {
			continue
		}
		f, err := m.Fit(t.Context(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		f.at.at = m.even(2) // a truth of its own
		const draws = 800
		count := len(m.params)
		var residual float64
		score, squares := make([]float64, count), make([]float64, count)
		var expected []float64
		for range draws {
			other, err := m.WithRatings(f.Simulate(rng, nil))
			if err != nil {
				t.Fatal(err)
			}
			ev, ok := other.evaluate(f.at.at, REML)
			if !ok {
				t.Fatal("no likelihood")
			}
			residual += math.Ldexp(ev.sigma2, 2*(other.exp-m.exp)) / f.at.ev.sigma2 / draws
			for i, s := range ev.score {
				score[i] += s / draws
				squares[i] += s * s / draws
			}
			expected = ev.expected
		}
		nu := m.free(REML)
		if !scalar.EqualWithinAbs(residual, 1, 4.5*math.Sqrt(2/nu/draws)) {
			t.Errorf("trial %d: mean residual variance %v of the true one", trial, residual)
		}
		for i := range count {
			// The profiled score's variance is its expected information times
			// 2 nu/(nu+2), for ratios of quadratic forms.
			variance := 2 * expected[i*count+i] * nu / (nu + 2)
			if !scalar.EqualWithinAbs(score[i], 0, 4.5*math.Sqrt(variance/draws)) {
				t.Errorf("trial %d: mean score %v of parameter %d, standard deviation %v", trial, score[i], i, math.Sqrt(variance))
			}
			closely(t, fmt.Sprint(trial, " variance of the score ", i), squares[i]/variance, 1, 0.35)
		}
	}
}
