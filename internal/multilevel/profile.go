package multilevel

import (
	"math"

	"holon/internal/multilevel/rootfind"
)

// profile is the one-way Gaussian model as a function of the ratio
// l = (group variance)/(residual variance) alone. With d = 1 + n l and
// w = n/d per group, mu = sum w ybar/sum w and Q = SSW + sum w (ybar-mu)^2,
//
//	dev(l) = nu log(2 pi Q/nu) + nu + sum log d + [REML] log sum w
//
// where nu is N for ML and N-1 for REML; the residual variance is Q/nu. All
// constants are kept, as in lme4's REML criterion.
type profile struct {
	classes []class
	within  float64
	ratings float64
	groups  float64
}

// point holds the sums of the model at one ratio l. B is minus the derivative of
// Q: the derivative through mu vanishes, because mu minimises Q.
type point struct {
	ratio   float64
	mu      float64
	a       float64 // sum w (ybar-mu)^2
	b       float64 // sum w^2 (ybar-mu)^2
	w1      float64 // sum w
	w2      float64 // sum w^2
	within  float64
	ratings float64
}

// profileOf returns the model of the strata.
func profileOf(s *strata) profile {
	return profile{classes: s.classes, within: s.within, ratings: float64(s.ratings), groups: float64(s.groups)}
}

// at evaluates the sums, for any l above -1/(largest size). It costs one pass
// over the distinct sizes.
func (p *profile) at(ratio float64) point {
	e := point{ratio: ratio, within: p.within, ratings: p.ratings}
	var wm float64
	for _, c := range p.classes {
		w := c.size / (1 + float64(c.size*ratio))
		cw := float64(c.count * w)
		e.w1 += cw
		e.w2 += float64(cw * w)
		wm += float64(cw * c.mean)
	}
	e.mu = wm / e.w1
	for _, c := range p.classes {
		w := c.size / (1 + float64(c.size*ratio))
		dev := c.mean - e.mu
		wq := float64(w * (c.ss + float64(c.count*float64(dev*dev))))
		e.a += wq
		e.b += float64(w * wq)
	}
	return e
}

// method is a kind of likelihood.
type method bool

const (
	restricted method = true  // REML
	full       method = false // ML
)

// freedom returns nu: N-1 for REML, N for ML.
func (e *point) freedom(m method) float64 {
	if m == restricted {
		return e.ratings - 1
	}
	return e.ratings
}

// slope returns the derivative of the deviance with respect to l,
//
//	-nu B/Q + sum w - [REML] sum w^2/sum w.
func (e *point) slope(m method) float64 {
	down := float64(e.freedom(m)*e.b) / (e.within + e.a)
	up := e.w1
	if m == restricted {
		up -= e.w2 / e.w1
	}
	return up - down
}

// residual returns the variance of the residual, Q/nu.
func (e *point) residual(m method) float64 { return (e.within + e.a) / e.freedom(m) }

// penalty returns sum log(1+nl) at l.
func (p *profile) penalty(ratio float64) float64 {
	var sum float64
	for _, c := range p.classes {
		sum += float64(c.count * math.Log1p(float64(c.size*ratio)))
	}
	return sum
}

// deviance returns dev(l) with all constants, in units of z.
func (p *profile) deviance(e point, m method) float64 {
	nu := e.freedom(m)
	dev := float64(nu*math.Log(2*math.Pi*e.residual(m))) + nu + p.penalty(e.ratio)
	if m == restricted {
		dev += math.Log(e.w1)
	}
	return dev
}

// drop returns dev(0) - dev(l), the likelihood-ratio statistic of l against no
// group variance, taken as a sum of differences so that it keeps its digits.
func (p *profile) drop(null, e point, m method) float64 {
	if e.ratio == 0 {
		return 0
	}
	gain := float64(e.freedom(m)*math.Log((e.within+null.a)/(e.within+e.a))) - p.penalty(e.ratio)
	if m == restricted {
		gain -= math.Log(e.w1 / null.w1)
	}
	return gain
}

// ceiling returns a ratio above which the deviance rises for certain. For l >= 1
// and V = sum (ybar-ybar.)^2: nu B/Q <= nu V/(l^2 SSW), and the rising terms are
// at least (J-1)/(4 l); they win beyond 4 nu V/((J-1) SSW).
func (p *profile) ceiling() float64 {
	var sum, squares float64
	for _, c := range p.classes {
		sum += float64(c.count * c.mean)
	}
	mean := sum / p.groups
	for _, c := range p.classes {
		dev := c.mean - mean
		squares += c.ss + float64(c.count*float64(dev*dev))
	}
	return max(1, 4*p.ratings*squares/((p.groups-1)*p.within))
}

// The grid of ratios on which optima and limits are looked for.
const (
	gridStart = 1e-3               // over the largest size: below it no weight changes by more than a thousandth
	gridStep  = 1.2589254117941673 // 10^(1/10)
	gridReach = 1_500              // steps over 150 powers of ten, more than any ratio of squares of float64
)

// optima returns every local optimum of both likelihoods, zero first where it is
// one: the roots of the derivative that cross upward on a grid of l in steps of
// 10^(1/10), with zero judged by the derivative there. A minimiser started
// anywhere could stop at the worse of two. There is one at least, because the
// derivative is positive beyond the ceiling; none is found only if it is not a
// number.
func (p *profile) optima() (reml, ml []point) {
	top := p.ceiling()
	before := p.at(0)
	ratio := gridStart / p.classes[len(p.classes)-1].size
	for range gridReach {
		here := p.at(ratio)
		reml = p.crossing(reml, before, here, restricted)
		ml = p.crossing(ml, before, here, full)
		if ratio > top {
			break
		}
		before = here
		ratio *= gridStep
	}
	return reml, ml
}

// crossing adds to found the optimum between two neighbours of the grid, if the
// derivative rises through zero there; at l = 0 a derivative that is not
// negative makes zero itself one, and at an F of exactly 1 it is nothing but
// rounding, whatever its sign.
func (p *profile) crossing(found []point, left, right point, m method) []point {
	const rounding = 1e-13
	fl, fr := left.slope(m), right.slope(m)
	switch {
	case left.ratio == 0 && (fl > rounding*left.w1 || math.Abs(fl) <= rounding*left.w1 && fr > 0):
		return append(found, left)
	case fl < 0 && fr >= 0:
		l := rootfind.Brent(func(l float64) float64 {
			e := p.at(l)
			return e.slope(m)
		}, left.ratio, fl, right.ratio, fr)
		return append(found, p.at(l))
	}
	return found
}
