package decomposition

import "math"

// optimum is where a search along a chart ended.
type optimum struct {
	theta     theta
	place     place
	decrement float64 // Newton's, in units of deviance, over the free coordinates
	rounds    int
	ok        bool // the search ended at a stationary point
}

const (
	// settled is the Newton decrement at which a search ends: an estimate is
	// then within a billionth of its standard error.
	settled = 1e-18
	// accepted is the decrement up to which a search that makes no more
	// progress counts as ended at a stationary point.
	accepted = 1e-8
	// nearby is the Newton decrement from which on the curvature that is there
	// replaces the expected one: on the face of correlation 1 they differ, and
	// scoring alone would creep.
	nearby = 1e-2
	// mostRounds bounds a search; Fisher's scoring needs about ten.
	mostRounds = 120
)

// search is one descent by Fisher's scoring along a chart: steps by the
// expected Hessian, damped as far as needed (Levenberg and Marquardt), halved
// until the deviance falls; coordinates that may not be negative stay at zero
// while the deviance would fall below (active set).
type search struct {
	s     *sample
	m     method
	c     chart
	tol   float64
	q     coordinates
	theta theta
	place place
}

// descend searches from a point.
func (s *sample) descend(m method, c chart, from coordinates, tol float64) optimum {
	d := &search{s: s, m: m, c: c, tol: tol, q: from, theta: c.theta(from)}
	var ok bool
	if d.place, ok = s.at(d.theta, m); !ok {
		return optimum{}
	}
	out := optimum{}
	best := math.Inf(1)
	damping, stalled := 0.0, 0
	for out.rounds = range mostRounds {
		g, h := d.local()
		step, decrement, ok := d.newton(g, h, damping)
		if !ok {
			damping = max(1e-8, 10*damping)
			if damping > 1e8 {
				break
			}
			continue
		}
		if damping == 0 {
			if decrement >= best/2 {
				stalled++
			} else {
				stalled = 0
			}
			best = min(best, decrement)
			out.decrement = decrement
			if decrement < tol || (stalled > 8 && decrement < accepted) {
				out.ok = true
				break
			}
		}
		if d.move(step, g, decrement) {
			damping = relax(damping)
			d.collapse()
			continue
		}
		if out.decrement < accepted && damping == 0 {
			out.ok = true
			break
		}
		if damping = max(1e-4, 10*damping); damping > 1e8 {
			break
		}
	}
	out.theta, out.place = d.theta, d.place
	out.ok = out.ok || out.decrement < accepted
	return out
}

// newton returns the step by the expected Hessian or, near an optimum, by the
// observed one.
func (d *search) newton(g [widest]float64, h [widest][widest]float64, damping float64) (step [widest]float64, decrement float64, ok bool) {
	free := d.free(g, h)
	step, decrement, ok = solve(g, h, free, damping)
	if !ok || damping > 0 || decrement >= nearby {
		return step, decrement, ok
	}
	if curved, seen := d.observed(h); seen {
		if s, by, ok := solve(g, curved, free, 0); ok {
			return s, by, true
		}
	}
	return step, decrement, true
}

// relax lowers the damping after a step that helped.
func relax(damping float64) float64 {
	if damping < 1e-3 {
		return 0
	}
	return damping / 10
}

// local returns gradient and expected Hessian by the coordinates.
func (d *search) local() (g [widest]float64, h [widest][widest]float64) {
	g6, h6 := d.place.gradient(), d.s.hessian(d.theta, &d.place, d.m)
	j := d.c.jacobian(d.q)
	n := d.c.width()
	for a := range n {
		var row [6]float64 // j' h
		for i := range 6 {
			g[a] += j[i][a] * g6[i]
			for k := range 6 {
				row[k] += j[i][a] * h6[i][k]
			}
		}
		for b := range n {
			for k := range 6 {
				h[a][b] += row[k] * j[k][b]
			}
		}
	}
	return g, h
}

// observed returns the Hessian by the coordinates, by central differences of
// the gradient over a ten-thousandth of a standard error; ok is false where the
// likelihood is not defined so near.
func (d *search) observed(expected [widest][widest]float64) (h [widest][widest]float64, ok bool) {
	const part = 1e-4
	n := d.c.width()
	for i := range n {
		step := part / math.Sqrt(expected[i][i])
		var sides [2][widest]float64
		for s, sign := range []float64{1, -1} {
			q := d.q
			q[i] += sign * step
			if sides[s], ok = d.slopes(q); !ok {
				return h, false
			}
		}
		for k := range n {
			h[i][k] = (sides[0][k] - sides[1][k]) / (2 * step)
		}
	}
	for i := range n {
		for k := range i {
			h[i][k] = (h[i][k] + h[k][i]) / 2
			h[k][i] = h[i][k]
		}
	}
	return h, true
}

// slopes returns the gradient by the coordinates at a point.
func (d *search) slopes(q coordinates) (g [widest]float64, ok bool) {
	p, ok := d.s.at(d.c.theta(q), d.m)
	if !ok {
		return g, false
	}
	g6, j := p.gradient(), d.c.jacobian(q)
	for a := range d.c.width() {
		for i := range 6 {
			g[a] += j[i][a] * g6[i]
		}
	}
	return g, true
}

// free tells which coordinates may move. A direction of Sigma_B that stands at
// exactly zero has no slope in its chart, and stays there: whether that is a
// maximum is for the caller to compare.
func (d *search) free(g [widest]float64, h [widest][widest]float64) (free [widest]bool) {
	for i := range d.c.width() {
		free[i] = h[i][i] > 0 && (!d.c.bounded(i) || d.q[i] > 0 || g[i] < 0)
	}
	return free
}

// collapse sets the shared direction of Sigma_B to zero where it has all but
// gone and is not missed: a search creeps towards zero in these coordinates.
func (d *search) collapse() {
	const gone = 1e-6 // of the variances within
	w := d.theta.within
	if d.c.kind == correlation || (d.q[0] == 0 && d.q[1] == 0) || d.q[0]*d.q[0] > gone*w.xx || d.q[1]*d.q[1] > gone*w.yy {
		return
	}
	q := d.q
	q[0], q[1] = 0, 0
	t := d.c.theta(q)
	if p, ok := d.s.at(t, d.m); ok && p.deviance <= d.place.deviance {
		d.q, d.theta, d.place = q, t, p
	}
}

// move takes the longest of the halved steps that lowers the deviance.
func (d *search) move(step, g [widest]float64, decrement float64) bool {
	slack := 1e-13 * (1 + math.Abs(d.place.deviance))
	for half := 1.0; half > 1e-6; half /= 2 {
		q := d.q
		var slope float64
		for i := range d.c.width() {
			q[i] += half * step[i]
			if d.c.bounded(i) && q[i] < 0 {
				q[i] = 0
			}
			slope += g[i] * (q[i] - d.q[i])
		}
		t := d.c.theta(q)
		p, ok := d.s.at(t, d.m)
		if !ok {
			continue
		}
		if gain := d.place.deviance - p.deviance; gain >= -1e-4*slope || (decrement < 1e-6 && gain > -slack) {
			d.q, d.theta, d.place = q, t, p
			return true
		}
	}
	return false
}

// solve returns the step -(h + damping diag h)^-1 g over the free coordinates
// and g' h^-1 g, by Cholesky's factor.
//
//nolint:gosec // G602 does not see that the indices stay below the length of these arrays
func solve(g [widest]float64, h [widest][widest]float64, free [widest]bool, damping float64) (step [widest]float64, decrement float64, ok bool) {
	l, ok := factor(h, free, damping)
	if !ok {
		return step, 0, false
	}
	for i := range step {
		if !free[i] {
			continue
		}
		v := -g[i]
		for k := range i {
			v -= l[i][k] * step[k]
		}
		step[i] = v / l[i][i]
		decrement += step[i] * step[i]
	}
	for i := widest - 1; i >= 0; i-- {
		if !free[i] {
			continue
		}
		for k := i + 1; k < widest; k++ {
			step[i] -= l[k][i] * step[k]
		}
		step[i] /= l[i][i]
	}
	return step, decrement, !math.IsNaN(decrement) && !math.IsInf(decrement, 0)
}

// factor returns Cholesky's factor over the free coordinates; rows of the
// others are zero.
//
//nolint:gosec // G602 does not see that the indices stay below the length of these arrays
func factor(h [widest][widest]float64, free [widest]bool, damping float64) (l [widest][widest]float64, ok bool) {
	for i := range l {
		if !free[i] {
			continue
		}
		for k := range i + 1 {
			if !free[k] {
				continue
			}
			v := h[i][k]
			if i == k {
				v *= 1 + damping
			}
			for c := range k {
				v -= l[i][c] * l[k][c]
			}
			if k < i {
				l[i][k] = v / l[k][k]
				continue
			}
			if !(v > 1e-13*h[i][i]) {
				return l, false
			}
			l[i][i] = math.Sqrt(v)
		}
	}
	return l, true
}
