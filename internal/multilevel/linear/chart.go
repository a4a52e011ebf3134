package linear

import "math"

// coordinate is one direction in which a search may go: how the parameters
// change along it, and its value where it may not fall below zero.
type coordinate struct {
	slope   []float64 // the derivative of theta
	bounded bool
	value   float64
	turn    bool // an angle, in radians
}

// bend is the second derivative of theta by two coordinates.
type bend struct {
	of, by int
	theta  []float64
}

// chart holds the coordinates about a point. Singular matrices are seen by
// their eigenvalues s and t and the angle of the first eigenvector: both are
// bounded by zero and linear, so that a face is left and entered as that of a
// single variance is. Regular matrices are seen as they are.
type chart struct {
	coordinates []coordinate
	bends       []bend
	of          []int // the first coordinate of each part
}

// chartAt returns the coordinates about theta; the gradient turns the axes of
// matrices that are zero to where the deviance falls most.
func (m *Model) chartAt(theta, gradient []float64) *chart {
	c := &chart{}
	k := len(theta)
	for _, part := range m.Parts {
		c.of = append(c.of, len(c.coordinates))
		switch part.kind {
		case single:
			c.add(coordinate{slope: part.spread(k, 1, 0, 0), bounded: true, value: theta[part.a]})
		case exchangeable:
			c.add(coordinate{slope: part.spread(k, .5, 0, .5), bounded: true, value: theta[part.a] + theta[part.c]})
			c.add(coordinate{slope: part.spread(k, .5, 0, -.5), bounded: true, value: theta[part.a] - theta[part.c]})
		case matrix:
			c.addMatrix(part, theta, gradient)
		}
	}
	return c
}

// add appends a coordinate.
func (c *chart) add(x coordinate) { c.coordinates = append(c.coordinates, x) }

// spread returns the parameters of a part set to three numbers and all others
// to zero.
func (p *Part) spread(k int, a, b, c float64) []float64 {
	out := make([]float64, k)
	out[p.a] = a
	switch p.kind {
	case single:
	case exchangeable:
		out[p.c] = c
	case matrix:
		out[p.b], out[p.c] = b, c
	}
	return out
}

// addMatrix appends the coordinates of a matrix.
func (c *chart) addMatrix(part Part, theta, gradient []float64) {
	k := len(theta)
	e := eigenOf(theta[part.a], theta[part.b], theta[part.c])
	switch {
	case e.small > 0:
		c.add(coordinate{slope: part.spread(k, 1, 0, 0)})
		c.add(coordinate{slope: part.spread(k, 0, 1, 0)})
		c.add(coordinate{slope: part.spread(k, 0, 0, 1)})
	case e.large > 0:
		u, v := e.cos, e.sin
		at := len(c.coordinates)
		turned := part.spread(k, -2*u*v, 2*u*v, u*u-v*v) // u n' + n u'
		c.add(coordinate{slope: part.spread(k, u*u, v*v, u*v), bounded: true, value: e.large})
		c.add(coordinate{slope: part.spread(k, v*v, u*u, -u*v), bounded: true})
		c.add(coordinate{slope: scaled(turned, e.large), turn: true})
		c.bends = append(c.bends,
			bend{at, at + 2, turned}, bend{at + 1, at + 2, scaled(turned, -1)},
			bend{at + 2, at + 2, part.spread(k, 2*e.large*(v*v-u*u), 2*e.large*(u*u-v*v), -4*e.large*u*v)})
	default:
		g := eigenOf(gradient[part.a], gradient[part.b], gradient[part.c]/2)
		u, v := -g.sin, g.cos // of the smaller eigenvalue
		c.add(coordinate{slope: part.spread(k, u*u, v*v, u*v), bounded: true})
	}
}

// scaled returns a vector times a number.
func scaled(x []float64, by float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v * by
	}
	return out
}

// eigen is a symmetric matrix of two by its eigenvalues; (cos, sin) belongs to
// the larger and (-sin, cos) to the smaller one.
type eigen struct{ large, small, cos, sin float64 }

// flat is the share of the larger eigenvalue below which the smaller one counts
// as zero: it is what rounding leaves of a singular matrix.
const flat = 1e-14

// eigenOf returns the eigenvalues of [[a, c], [c, b]].
func eigenOf(a, b, c float64) eigen {
	half, angle := math.Hypot((a-b)/2, c), math.Atan2(2*c, a-b)/2
	e := eigen{large: (a+b)/2 + half, cos: math.Cos(angle), sin: math.Sin(angle)}
	if e.large > 0 {
		e.small = (a*b - c*c) / e.large
		if math.Abs(e.small) <= flat*e.large {
			e.small = 0
		}
		return e
	}
	e.small = (a+b)/2 - half
	return e
}

// moved returns theta after a step along the coordinates: bounded ones end at
// zero, matrices at the singular one that lies on their way.
func (m *Model) moved(theta []float64, c *chart, step []float64) []float64 {
	const widest = .7 // radians of one step
	out := append([]float64(nil), theta...)
	for i := range m.Parts {
		part, at := &m.Parts[i], c.of[i]
		to := len(c.coordinates)
		if i+1 < len(c.of) {
			to = c.of[i+1]
		}
		value := func(n int) float64 { return max(0, c.coordinates[n].value+step[n]) }
		switch {
		case part.kind == single:
			out[part.a] = value(at)
		case part.kind == exchangeable:
			p, q := value(at), value(at+1)
			out[part.a], out[part.c] = (p+q)/2, (p-q)/2
		case to-at == 1: // a matrix of zero
			s := value(at)
			part.take(out, scaled(c.coordinates[at].slope, s))
		case c.coordinates[at].bounded:
			e := eigenOf(theta[part.a], theta[part.b], theta[part.c])
			sin, cos := math.Sincos(math.Atan2(e.sin, e.cos) + min(widest, max(-widest, step[at+2])))
			s, t := value(at), value(at+1)
			part.take(out, part.spread(len(out), s*cos*cos+t*sin*sin, s*sin*sin+t*cos*cos, (s-t)*sin*cos))
		default:
			part.within(out, step[at:at+3])
		}
	}
	return out
}

// take copies the parameters of a part.
func (p *Part) take(to, from []float64) { to[p.a], to[p.b], to[p.c] = from[p.a], from[p.b], from[p.c] }

// within moves a regular matrix by a step, or to the singular matrix that lies
// on its way: the least root of the determinant along the step.
func (p *Part) within(theta, step []float64) {
	a, b, c := theta[p.a], theta[p.b], theta[p.c]
	q2, q1, q0 := step[0]*step[1]-step[2]*step[2], a*step[1]+b*step[0]-2*c*step[2], a*b-c*c
	reach := firstRoot(q2, q1, q0)
	if reach > 1 {
		theta[p.a], theta[p.b], theta[p.c] = a+step[0], b+step[1], c+step[2]
		return
	}
	a, b, c = a+reach*step[0], b+reach*step[1], c+reach*step[2]
	e := eigenOf(max(0, a), max(0, b), c)
	theta[p.a], theta[p.b], theta[p.c] = e.large*e.cos*e.cos, e.large*e.sin*e.sin, e.large*e.cos*e.sin
}

// firstRoot returns the least positive root of q2 x^2 + q1 x + q0 with q0 > 0,
// infinite if there is none.
func firstRoot(q2, q1, q0 float64) float64 {
	disc := q1*q1 - 4*q2*q0
	if disc < 0 {
		return math.Inf(1)
	}
	h := -(q1 + math.Copysign(math.Sqrt(disc), q1)) / 2
	best := math.Inf(1)
	if q2 != 0 {
		if x := h / q2; x > 0 {
			best = x
		}
	}
	if h != 0 {
		if x := q0 / h; x > 0 {
			best = min(best, x)
		}
	}
	return best
}
