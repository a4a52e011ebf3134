package mixed

import "math"

// kind says what a coordinate of a chart moves.
type kind int

// The kinds of coordinate.
const (
	variance kind = iota // a simple variance, not below zero
	element              // an element of a covariance of full rank
	loading              // an element of the factor of a covariance of reduced rank
)

// coordinate is one direction in which the search moves: element (a, b) of a
// term's covariance, or of its factor.
type coordinate struct {
	kind       kind
	term, a, b int
}

// restriction holds some terms at zero, and one term's variance at a multiple of
// the sum of the other variances and the residual one.
type restriction struct {
	zero []bool
	tied int // number of a term, or -1
	odds float64
}

// chart lists the coordinates at a place: the free parameters on the face of the
// parameter space where it lies.
func (m *Model) chart(at []covariance, r restriction) []coordinate {
	var out []coordinate
	for k, t := range m.terms {
		switch c := &at[k]; {
		case r.zero[k] || k == r.tied:
		case t.q == 1:
			out = append(out, coordinate{variance, k, 0, 0})
		case c.rank == t.q:
			for a := range t.q {
				for b := a; b < t.q; b++ {
					out = append(out, coordinate{element, k, a, b})
				}
			}
		default:
			for a := range t.q {
				for s := range c.rank {
					out = append(out, coordinate{loading, k, a, s})
				}
			}
		}
	}
	return out
}

// jacobian returns the derivatives of the parameters by the coordinates, a row
// for each parameter.
func (m *Model) jacobian(at []covariance, chart []coordinate, r restriction) []float64 {
	n := len(chart)
	out := make([]float64, len(m.params)*n)
	for i, x := range m.params {
		for j, c := range chart {
			switch {
			case c.kind == variance && x.term == r.tied:
				out[i*n+j] = r.odds
			case c.term != x.term:
			case c.kind != loading:
				out[i*n+j] = float64(btoi(c.a == x.a && c.b == x.b))
			default:
				f, q := at[c.term].f, at[c.term].q
				if x.a == c.a {
					out[i*n+j] += f[x.b*q+c.b]
				}
				if x.b == c.a {
					out[i*n+j] += f[x.a*q+c.b]
				}
			}
		}
	}
	return out
}

// moved returns the place at a step from here, on the allowed side of every
// boundary; it returns false where a covariance does not exist there.
func (m *Model) moved(at []covariance, chart []coordinate, step []float64, r restriction) ([]covariance, bool) {
	if !finite(step) {
		return nil, false
	}
	out := make([]covariance, len(at))
	for k := range at {
		c := at[k]
		s, f, linear := append([]float64(nil), c.s...), append([]float64(nil), c.f...), true
		for j, x := range chart {
			switch {
			case x.term != k:
			case x.kind == loading:
				f[x.a*c.q+x.b] += step[j]
				linear = false
			default:
				s[x.a*c.q+x.b] += step[j]
				if x.a != x.b {
					s[x.b*c.q+x.a] = s[x.a*c.q+x.b]
				}
			}
		}
		if !linear {
			next := covariance{q: c.q, rank: c.rank, s: s, f: f}
			next.square()
			s = next.s
		}
		out[k] = newCovariance(s, c.q, m.floor(k))
		if !linear {
			out[k] = withRank(out[k], c.rank)
		}
	}
	m.tie(out, r)
	return out, true
}

// withRank leaves out what rounding adds to the rank of a product of factors.
func withRank(c covariance, rank int) covariance {
	if c.rank <= rank {
		return c
	}
	for a := range c.q {
		for b := rank; b < c.q; b++ {
			c.f[a*c.q+b] = 0
		}
	}
	c.rank = rank
	c.square()
	return c
}

// tie sets the variance that a restriction ties to the others.
func (m *Model) tie(at []covariance, r restriction) {
	if r.tied < 0 {
		return
	}
	sum := 1.0
	for k := range at {
		if k != r.tied {
			sum += at[k].s[0]
		}
	}
	v := r.odds * sum
	at[r.tied] = covariance{q: 1, rank: btoi(v > 0), s: []float64{v}, f: []float64{math.Sqrt(v)}}
}

// floor is the relative variance of a term below which it is zero.
func (m *Model) floor(k int) float64 { return vanished / math.Max(1, m.lay.heaviest[k]) }
