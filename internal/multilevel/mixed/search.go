package mixed

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// point is a place in the space of variances with what was computed there.
type point struct {
	at          []covariance
	ev          *evaluation
	decrement   float64
	evaluations int
	unbounded   bool // the residual variance vanishes beside another
	cut         bool // the search ended before an optimum
}

// climb is one search for a minimum of the deviance.
type climb struct {
	m      *Model
	method Method
	r      restriction
	here   point
}

// The limits of a search.
const (
	most       = 500 // evaluations
	halvings   = 30  // of one step
	boundless  = 1e8 // relative variance above which the residual is taken to vanish
	arrived    = 1e-16
	settled    = 1e-9 // decrement below which only rounding can stop progress
	negligible = 1e-14
)

// minimise searches from a start under a restriction by Fisher scoring, and by
// Newton's method where the observed information is positive definite, on the
// face of the parameter space where the search is; it leaves a face where the
// derivative by the variance (not by the standard deviation, which is always
// zero there) says so. It ends at an optimum, or where enough says that it is near
// enough. It returns nil if there is no likelihood at the start.
func (m *Model) minimise(ctx context.Context, method Method, start []covariance, r restriction, enough func(*point) bool) (*point, error) {
	c := &climb{m: m, method: method, r: r}
	m.tie(start, r)
	ev, ok := m.evaluate(start, method)
	if !ok {
		return nil, nil //nolint:nilnil // no likelihood is no error of the search
	}
	c.here = point{at: start, ev: ev, evaluations: 1, decrement: math.Inf(1)}
	for c.here.evaluations < most {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.boundless() {
			c.here.unbounded = true
			break
		}
		if !c.advance() && !c.release() {
			break
		}
		if enough != nil && enough(&c.here) {
			c.here.cut = true
			break
		}
	}
	return &c.here, nil
}

// boundless tells whether the residual variance vanishes beside the others.
func (c *climb) boundless() bool {
	return c.m.largest(c.here.at) > boundless
}

// advance makes one step on the face; it returns false where none is left to make.
func (c *climb) advance() bool {
	chart := c.m.chart(c.here.at, c.r)
	g, expected, observed := c.derivatives(chart)
	var free []int
	for j, x := range chart {
		if x.kind == variance && c.here.at[x.term].s[0] == 0 && g[j] >= -math.Sqrt(negligible*expected[j*len(chart)+j]) {
			continue
		}
		free = append(free, j)
	}
	if len(free) == 0 {
		c.here.decrement = 0
		return false
	}
	step, decrement := newton(g, expected, observed, len(chart), free)
	before := c.here.decrement
	c.here.decrement = decrement
	if decrement < arrived || decrement < settled && decrement > before/4 {
		return false
	}
	return c.along(chart, step, decrement)
}

// along moves along a step as far as the deviance falls enough.
func (c *climb) along(chart []coordinate, step []float64, decrement float64) bool {
	const enough = 1e-4
	dust := 1e-13 * (float64(c.m.n) + math.Abs(c.here.ev.deviance))
	for range halvings {
		if at, ok := c.m.moved(c.here.at, chart, step, c.r); ok {
			ev, ok := c.m.evaluate(at, c.method)
			c.here.evaluations++
			if ok && ev.deviance <= c.here.ev.deviance-enough*decrement+dust {
				c.here.at, c.here.ev = at, ev
				return true
			}
		}
		if decrement < dust {
			return false
		}
		for i := range step {
			step[i] /= 2
		}
		decrement /= 2
	}
	return false
}

// derivatives returns gradient and both informations in the coordinates.
func (c *climb) derivatives(chart []coordinate) (g, expected, observed []float64) {
	n, ev := len(chart), c.here.ev
	j := c.m.jacobian(c.here.at, chart, c.r)
	g, expected, observed = make([]float64, n), make([]float64, n*n), make([]float64, n*n)
	for i, v := range ev.score {
		axpy(v, j[i*n:(i+1)*n], g)
	}
	count := len(ev.score)
	for i := range count {
		for k := range count {
			for x := range n {
				jx := j[i*n+x]
				if jx == 0 {
					continue
				}
				axpy(jx*ev.expected[i*count+k], j[k*n:(k+1)*n], expected[x*n:(x+1)*n])
				axpy(jx*ev.observed[i*count+k], j[k*n:(k+1)*n], observed[x*n:(x+1)*n])
			}
		}
	}
	for x, a := range chart {
		for y, b := range chart {
			if a.kind == loading && b.kind == loading && a.term == b.term && a.b == b.b {
				observed[x*n+y] += 2 * c.m.slope(ev, a.term, a.a, b.a)
			}
		}
	}
	return g, expected, observed
}

// slope returns element (a, b) of the symmetric matrix of derivatives of the
// deviance by a term's covariance.
func (m *Model) slope(ev *evaluation, term, a, b int) float64 {
	i := slices.Index(m.params, param{term, min(a, b), max(a, b)})
	if a == b {
		return ev.score[i]
	}
	return ev.score[i] / 2
}

// newton returns the step of the free coordinates, zero for the others, and its
// decrement g'H^-1 g, by the observed information where that is safely positive
// definite, else by the expected one, which is damped until it is.
func newton(g, expected, observed []float64, n int, free []int) (step []float64, decrement float64) {
	k := len(free)
	scale := make([]float64, k)
	for i, x := range free {
		scale[i] = 1
		if d := expected[x*n+x]; d > 0 {
			scale[i] = 1 / math.Sqrt(d)
		}
	}
	right := mat.NewVecDense(k, nil)
	for i, x := range free {
		right.SetVec(i, -g[x]*scale[i])
	}
	try := func(h []float64, damp, limit float64) (*mat.VecDense, bool) {
		sym := mat.NewSymDense(k, nil)
		for i, x := range free {
			for j := i; j < k; j++ {
				sym.SetSym(i, j, h[x*n+free[j]]*scale[i]*scale[j])
			}
			sym.SetSym(i, i, sym.At(i, i)+damp)
		}
		var chol mat.Cholesky
		if !chol.Factorize(sym) || !(chol.Cond() < limit) {
			return nil, false
		}
		out := mat.NewVecDense(k, nil)
		return out, chol.SolveVecTo(out, right) == nil
	}
	const safe, solvable = 1e6, 1e14
	v, ok := try(observed, 0, safe)
	for damp := 1e-12; !ok && damp < 1e3; damp *= 100 {
		v, ok = try(expected, damp, solvable)
	}
	step = make([]float64, n)
	if !ok {
		return step, 0
	}
	for i, x := range free {
		step[x] = v.AtVec(i) * scale[i]
		decrement -= step[x] * g[x]
	}
	return step, decrement
}

// release leaves the face of a covariance of reduced rank in the direction in
// which the deviance falls most, if there is one.
func (c *climb) release() bool {
	for k, t := range c.m.terms {
		cov := &c.here.at[k]
		if t.q == 1 || cov.rank == t.q || c.r.zero[k] {
			continue
		}
		direction, fall, bend := c.descent(k)
		if !(fall < -math.Sqrt(negligible*bend)) {
			continue
		}
		length := -fall / bend
		for range halvings {
			s := slices.Clone(cov.s)
			for a := range t.q {
				axpy(length*direction[a], direction, s[a*t.q:(a+1)*t.q])
			}
			at := slices.Clone(c.here.at)
			at[k] = withRank(newCovariance(s, t.q, c.m.floor(k)), cov.rank+1)
			ev, ok := c.m.evaluate(at, c.method)
			c.here.evaluations++
			if ok && ev.deviance < c.here.ev.deviance+length*fall/1e4 {
				c.here.at, c.here.ev, c.here.decrement = at, ev, math.Inf(1)
				return true
			}
			length /= 2
		}
	}
	return false
}

// descent returns the unit vector v outside the range of a term's covariance
// along which v v' lowers the deviance most, the derivative along it and the
// expected second derivative.
func (c *climb) descent(k int) (v []float64, fall, bend float64) {
	q, ev, cov := c.m.terms[k].q, c.here.ev, &c.here.at[k]
	_, vectors, ok := eigen(cov.s, q)
	if !ok {
		return nil, 0, 0
	}
	null := q - cov.rank // eigenvectors come in ascending order
	inner := make([]float64, null*null)
	for x := range null {
		for y := range null {
			for a := range q {
				for b := range q {
					inner[x*null+y] += vectors.At(a, x) * c.m.slope(ev, k, a, b) * vectors.At(b, y)
				}
			}
		}
	}
	values, turn, ok := eigen(inner, null)
	if !ok {
		return nil, 0, 0
	}
	v = make([]float64, q)
	for a := range q {
		for x := range null {
			v[a] += vectors.At(a, x) * turn.At(x, 0)
		}
	}
	count := len(c.m.params)
	d := make([]float64, count)
	for i, x := range c.m.params {
		if x.term == k {
			d[i] = v[x.a] * v[x.b]
		}
	}
	return v, values[0], bilinear(ev.expected, d, d)
}
