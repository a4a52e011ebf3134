package decomposition

import (
	"cmp"
	"math"
	"slices"
)

// meanSquares returns MSCP between and within groups, and n0.
func (s *sample) meanSquares() (msb, msw sym, n0 float64) {
	var grand [2]float64
	var squares float64
	for _, c := range s.pools {
		for i := range grand {
			grand[i] += c.count * c.size / s.rows * c.mean[i]
		}
		squares += c.count * c.size * c.size
	}
	var ssb sym
	for _, c := range s.pools {
		d := [2]float64{c.mean[0] - grand[0], c.mean[1] - grand[1]}
		ssb = ssb.plus(c.size, c.ss.plus(c.count, outer(d)))
	}
	return ssb.times(1 / (s.groups - 1)), s.within.times(1 / s.dfW()), (s.rows - squares/s.rows) / (s.groups - 1)
}

// principal holds the between covariances of each rank that moments suggest:
// with equal group sizes and Sigma_W left at MSCP_W, clipping the eigenvalues
// of MSCP_B in the metric of MSCP_W at 1 is what the likelihood does (Anderson,
// Anderson and Olkin 1986).
type principal struct {
	within   sym
	between  sym    // positive definite
	rankOne  [2]sym // by the larger and by the smaller eigenvalue
	positive [2]bool
}

// principal computes the starting points of a search; ok is false where the
// covariance within groups is singular.
func (s *sample) principal() (p principal, ok bool) {
	msb, msw, n0 := s.meanSquares()
	if _, _, ok := msw.inverse(); !ok || !(n0 > 0) {
		return p, false
	}
	// MSCP_W = C C', C lower triangular; C^-1 MSCP_B C^-T has the eigenvalues.
	c11 := math.Sqrt(msw.xx)
	c21 := msw.xy / c11
	c22 := math.Sqrt(msw.yy - c21*c21)
	a := msb.xx / (c11 * c11)
	b := (msb.xy - c21/c11*msb.xx) / (c11 * c22)
	d := (msb.yy - 2*c21/c11*msb.xy + c21*c21/(c11*c11)*msb.xx) / (c22 * c22)
	values, vectors := sym{a, b, d}.eigen()
	const least = 0.05 // of a variance within, so that a start is never stuck at zero
	p.within = msw
	for i, v := range values {
		u := vectors[i]
		direction := [2]float64{c11 * u[0], c21*u[0] + c22*u[1]}
		p.rankOne[i] = outer(direction).times(max(v-1, least) / n0)
		p.positive[i] = v > 1
		p.between = p.between.plus(1, p.rankOne[i])
	}
	return p, true
}

// zero returns the fit without covariance between groups.
func (s *sample) zero(m method) optimum {
	msb, msw, _ := s.meanSquares()
	free := s.rows
	if m == restricted {
		free--
	}
	o := optimum{theta: theta{within: msb.times((s.groups-1)/free).plus(s.dfW()/free, msw)}}
	o.place, o.ok = s.at(o.theta, m)
	return o
}

// allowed tells whether no small step into the cone of positive semidefinite
// matrices Sigma_B would lower the deviance (Karush, Kuhn and Tucker): the
// gradient itself is positive semidefinite, on a scale on which Sigma_W is 1,
// but for what the end of a search leaves of the terms that cancel in it.
func (o *optimum) allowed(s *sample) bool {
	const remainder = 1e-5 // of one term for each row
	w, g := o.theta.within, o.place.gB
	scaled := sym{g.xx * w.xx, g.xy * math.Sqrt(w.xx) * math.Sqrt(w.yy), g.yy * w.yy}
	values, _ := scaled.eigen()
	return values[1] >= -remainder*s.rows
}

// alike is the difference of deviances below which two optima are one.
const alike = 1e-7

// solution is the best of the optima that were found.
type solution struct {
	optimum
	deviances []float64 // of the different local optima met, the best first
}

// bestOf keeps the best optimum and counts different ones.
func bestOf(found []optimum) (s solution, ok bool) {
	slices.SortStableFunc(found, func(a, b optimum) int { return cmp.Compare(a.place.deviance, b.place.deviance) })
	for i, o := range found {
		if i == 0 {
			s.optimum = o
		}
		if last := len(s.deviances) - 1; last < 0 || o.place.deviance > s.deviances[last]+alike {
			s.deviances = append(s.deviances, o.place.deviance)
		}
		if o.place.deviance < found[0].place.deviance+alike && o.decrement < s.decrement {
			s.optimum = o
		}
	}
	return s, len(found) > 0
}

// fit finds the maximum of the likelihood over all positive semidefinite
// Sigma_B. It searches from inside, from the faces of rank one and from the
// moments, compares with no covariance at all, and keeps the best that no step
// into the cone improves. quick starts only where the moments point, and is for
// refits of simulated ratings.
func (s *sample) fit(m method, tol float64, quick bool) (solution, bool) {
	p, ok := s.principal()
	if !ok {
		return solution{}, false
	}
	var found []optimum
	c := chart{kind: whole}
	starts := []theta{{p.between, p.within}}
	if !quick {
		starts = append(starts, p.faces()...)
		starts = append(starts, theta{p.within.times(0.5), p.within})
	}
	for _, t := range starts {
		o := s.descend(m, c, c.start(t), tol)
		if o.ok && o.allowed(s) {
			found = append(found, o)
		}
	}
	if z := s.zero(m); z.ok && z.allowed(s) {
		found = append(found, z)
	}
	if len(found) == 0 && quick {
		return s.fit(m, tol, false)
	}
	return bestOf(found)
}

// faces returns starts on the face of correlation 1 or -1.
func (p *principal) faces() []theta {
	out := []theta{{p.rankOne[0], p.within}, {p.rankOne[1], p.within}}
	for _, sign := range []float64{1, -1} {
		both := [2]float64{math.Sqrt(p.within.xx / 10), sign * math.Sqrt(p.within.yy/10)}
		out = append(out, theta{outer(both), p.within})
	}
	return out
}

// constrained fits a chart of five coordinates by REML; warm, if any, is tried first,
// and alone where quick.
func (s *sample) constrained(c chart, tol float64, quick bool, warm ...theta) (optimum, bool) {
	p, ok := s.principal()
	if !ok {
		return optimum{}, false
	}
	starts := append([]theta{}, warm...)
	if !quick || len(warm) == 0 {
		starts = append(starts, p.faces()...)
		starts = append(starts, theta{p.between, p.within})
	}
	starts = append(starts, theta{within: p.within}) // without a shared direction
	best, lowest := optimum{}, math.Inf(1)
	for _, t := range starts {
		o := s.descend(restricted, c, c.start(t), tol)
		if o.rounds > 0 || o.ok {
			lowest = min(lowest, o.place.deviance)
		}
		if o.ok && (!best.ok || o.place.deviance < best.place.deviance) {
			best = o
		}
	}
	return best, best.ok && best.place.deviance <= lowest+1e-6
}
