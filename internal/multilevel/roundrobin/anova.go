package roundrobin

import "math"

// components are the five of the model, in the order of Components.
type components [5]float64

// The places of the components.
const (
	actor = iota
	partner
	relationship
	actorPartner
	dyadic
)

// effects are what the members of one complete group do and get in general, and
// the components that remain.
type effects struct {
	n               int
	mean            float64
	actors, partner []float64
	parts           components
}

// anova takes one complete group of at least four apart. With the row means R_i,
// the column means C_i and the mean M of all ratings, the diagonal left out,
//
//	a_i  = (n−1)²/(n(n−2)) R_i + (n−1)/(n(n−2)) C_i − (n−1)/(n−2) M,   b_i: R and C exchanged
//	g_ij = y_ij − a_i − b_j − M,  s = (g_ij + g_ji)/2,  d = g_ij − g_ji
//	MSs  = Σ_{i≠j} s² / ((n−1)(n−2)/2 − 1),   MSd = (Σ_{i≠j} d²/2) / ((n−1)(n−2))
//	v_g  = (MSs + MSd)/2,   c_g = (MSs − MSd)/2
//	v_a  = Σ a²/(n−1) − v_g (n−1)/(n(n−2)) − c_g/(n(n−2)),   v_b alike with b
//	c_ab = Σ ab/(n−1) − c_g (n−1)/(n(n−2)) − v_g/(n(n−2))
//
// (Warner, Kenny & Stoto 1979; Kenny 1994, appendix B). The estimates are unbiased,
// so variances below zero occur and are kept. A mean square that is no larger than
// what rounding of the ratings makes is 0.
func anova(y [][]float64, noise float64) effects {
	n := len(y)
	k := float64(n)
	e := effects{n: n, actors: make([]float64, n), partner: make([]float64, n)}
	rows, columns := make([]float64, n), make([]float64, n)
	for i := range n {
		for j := range n {
			if i != j {
				rows[i] += y[i][j] / (k - 1)
				columns[j] += y[i][j] / (k - 1)
			}
		}
	}
	for i := range n {
		e.mean += rows[i] / k
	}
	own, other := (k-1)*(k-1)/(k*(k-2)), (k-1)/(k*(k-2))
	for i := range n {
		r, c := rows[i]-e.mean, columns[i]-e.mean // deviations, so that the term in M falls out
		e.actors[i], e.partner[i] = own*r+other*c, own*c+other*r
	}
	both, differ := e.squares(y)
	least := 64 * k * k * noise * noise
	symmetric, skew := above(both/((k-1)*(k-2)/2-1), least), above(differ/((k-1)*(k-2)), least)
	vg, cg := (symmetric+skew)/2, (symmetric-skew)/2
	e.parts[relationship], e.parts[dyadic] = vg, cg
	noiseOfEffects := other*vg + cg/(k*(k-2))
	e.parts[actor] = above(dot(e.actors, e.actors)/(k-1), least) - noiseOfEffects
	e.parts[partner] = above(dot(e.partner, e.partner)/(k-1), least) - noiseOfEffects
	e.parts[actorPartner] = aboveOrBelow(dot(e.actors, e.partner)/(k-1), least) - other*cg - vg/(k*(k-2))
	return e
}

// squares returns Σ s² and Σ d²/2 over all ordered pairs.
func (e *effects) squares(y [][]float64) (both, differ float64) {
	left := func(i, j int) float64 { return y[i][j] - e.actors[i] - e.partner[j] - e.mean }
	for i := range e.n {
		for j := range i {
			s, d := (left(i, j)+left(j, i))/2, left(i, j)-left(j, i)
			both += 2 * s * s
			differ += d * d
		}
	}
	return both, differ
}

// above returns v, 0 where it is not above least.
func above(v, least float64) float64 {
	if v > least {
		return v
	}
	return 0
}

// aboveOrBelow returns v, 0 where it is no further from zero than least.
func aboveOrBelow(v, least float64) float64 {
	if math.Abs(v) > least {
		return v
	}
	return 0
}

// dot returns Σ x_i y_i.
func dot(x, y []float64) float64 {
	var sum float64
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

// reliability is how well members' effects of a variance tell them apart: the
// variance over that of the estimated effects. nil where the variance is not
// above zero.
func (c *components) reliability(variance, n int) *float64 {
	k := float64(n)
	if !(c[variance] > 0) {
		return nil
	}
	return finite(c[variance] / (c[variance] + (c[relationship]*(k-1)+c[dyadic])/(k*(k-2))))
}

// correlation divides a covariance by the root of two variances, nil where one is
// not above zero. Estimates of single components may give more than one.
func (c *components) correlation(covariance, x, y int) *float64 {
	if !(c[x] > 0) || !(c[y] > 0) {
		return nil
	}
	return finite(c[covariance] / math.Sqrt(c[x]*c[y]))
}

// shares are the parts of the three variances, those below zero counted as 0;
// false where none is above zero.
func (c *components) shares() (out [3]float64, ok bool) {
	var total float64
	for i := range out {
		out[i] = max(0, c[i])
		total += out[i]
	}
	if !(total > 0) {
		return out, false
	}
	for i := range out {
		out[i] /= total
	}
	return out, true
}
