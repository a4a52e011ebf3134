package crossed

import "math"

// Effect is the prediction (BLUP) of one group, member or session.
type Effect struct {
	Group       int32
	Unit        int32 // code of the member or session; of a group, its own code
	Ratings     int
	BLUP        float64
	CondSD      float64  // its standard deviation given the fixed effects
	PredSE      float64  // with the uncertainty of the mean
	Reliability *float64 // 1 - CondSD^2/variance; nil where the variance is zero
}

// Effects holds the predictions by group code, and within a group by code; nil for
// a component that the model lacks.
type Effects struct {
	Group, Member, Session []Effect
}

// predictor predicts at one fit.
type predictor struct {
	s      *Summary
	v      Variances
	mu, xx float64
	factor *factor
	starts [2][]int // where each group's members and sessions begin
	to     Effects
	failed error
}

// Predict returns the best linear unbiased predictions of a fit,
// theta_k Z_k'V^-1 (y - mu), with their standard deviations.
func (s *Summary) Predict(fit Fit) (Effects, error) {
	if s.pooled {
		return Effects{}, NoRatings
	}
	p, err := s.evaluated(fit.Method, fit.Variance)
	if err != nil {
		return Effects{}, err
	}
	w := predictor{s: s, v: p.v, mu: p.mu, xx: p.xx}
	w.reserve(fit.Model)
	for i := range s.patterns {
		w.pattern(&s.patterns[i])
	}
	return w.to, w.failed
}

// reserve makes room for the predictions of a model.
func (w *predictor) reserve(m Model) {
	s := w.s
	dense, long := 0, 0
	w.starts[0], w.starts[1] = make([]int, len(s.groups)), make([]int, len(s.groups))
	members, sessions := 0, 0
	for i, place := range s.groups {
		p := &s.patterns[place.pattern]
		w.starts[0][i], w.starts[1][i] = members, sessions
		members += int(p.members)
		sessions += int(p.sessions)
		if s.shared {
			d, l := p.sides()
			dense, long = max(dense, d), max(long, l)
		}
	}
	w.factor = newFactor(dense, long)
	if m.Group {
		w.to.Group = make([]Effect, len(s.groups))
	}
	if m.Member {
		w.to.Member = make([]Effect, members)
	}
	if m.Session {
		w.to.Session = make([]Effect, sessions)
	}
}

// side is one kind of units of a pattern, under members and sessions alone.
type side struct {
	variance float64
	n        []float64 // ratings of each unit
	w        []float64 // Z'V0^-1 1
	diagonal []float64 // of W0
	p        []float64 // Z'V0^-1 r
}

// pattern predicts for all groups of one pattern.
func (w *predictor) pattern(p *pattern) {
	s, f := w.s, w.factor
	var b block
	var sides [2]side
	if s.shared {
		f.set(p, s.words, &w.v)
		if !f.compute(&b) {
			w.failed = BeyondRange
			return
		}
		sides[f.dense] = side{f.td, f.n[:f.k], f.wd[:f.k], f.denseDiagonal(), f.pd[:f.k]}
		sides[1-f.dense] = side{f.tb, f.m[:f.l], f.wb[:f.l], f.longDiagonal(), f.pb[:f.l]}
	} else {
		s.ownBlock(&b, p, &w.v)
		m := int(p.members)
		own := side{w.v[Member], make([]float64, m), make([]float64, m), make([]float64, m), make([]float64, m)}
		for i, count := range s.words[p.at : p.at+m] {
			own.n[i] = float64(count)
			own.w[i] = own.n[i] / (w.v[Residual] + own.n[i]*w.v[Member])
			own.diagonal[i] = own.w[i]
		}
		sides[0] = own
	}
	group := w.v[Group]
	change := 1 / (1 + group*b.h)
	for _, g := range s.order[p.from:p.to] {
		var r response
		s.respond(&r, f, p, int(g), &w.v)
		place := s.groups[g]
		if !s.shared {
			for i, t := range s.sums[place.at : place.at+int(p.members)] {
				sides[0].p[i] = t / (w.v[Residual] + sides[0].n[i]*w.v[Member])
			}
		}
		d := r.d - w.mu
		if w.to.Group != nil {
			w.set(&w.to.Group[g], Effect{Group: place.code, Unit: place.code, Ratings: int(p.cells)},
				group, change*(r.q+d*b.h), change*b.h, change*b.h)
		}
		c := d*change - group*change*r.q
		at := place.at
		for k, to := range [2][]Effect{w.to.Member, w.to.Session} {
			if to != nil {
				w.units(to[w.starts[k][g]:], &sides[k], place.code, s.units[at:], c, change, group*change)
			}
			at += int(p.members)
		}
	}
}

// units predicts for one kind of units of one group.
func (w *predictor) units(to []Effect, sd *side, group int32, codes []int32, c, change, g float64) {
	for i, n := range sd.n {
		w.set(&to[i], Effect{Group: group, Unit: codes[i], Ratings: int(n)},
			sd.variance, sd.p[i]+c*sd.w[i], change*sd.w[i], sd.diagonal[i]-g*sd.w[i]*sd.w[i])
	}
}

// set completes an effect, given its variance t, its p = Z'V^-1(y - mu), its
// w = Z'V^-1 1 and its diagonal element of W = Z'V^-1 Z.
func (w *predictor) set(to *Effect, e Effect, t, p, one, diagonal float64) {
	conditional := max(0, t-t*t*diagonal)
	predicted := conditional + t*one*t*one/w.xx
	var errs [3]error
	e.BLUP, errs[0] = w.s.scale.width(t * p)
	e.CondSD, errs[1] = w.s.scale.width(math.Sqrt(conditional))
	e.PredSE, errs[2] = w.s.scale.width(math.Sqrt(predicted))
	for _, err := range errs {
		if err != nil {
			w.failed = err
		}
	}
	if t > 0 {
		e.Reliability = new(min(1, max(0, t*diagonal)))
	}
	*to = e
}

// denseDiagonal returns the diagonal of H0 = Q^-1 C.
func (f *factor) denseDiagonal() []float64 {
	out := make([]float64, f.k)
	for i := range out {
		out[i] = dot(f.q[i*f.k:i*f.k+f.k], f.c[i*f.k:i*f.k+f.k])
	}
	return out
}

// longDiagonal returns m_s d_s - td d_s^2 times the sum of Q^-1 over the D units
// beside s.
func (f *factor) longDiagonal() []float64 {
	out := make([]float64, f.l)
	for s := range out {
		t := 0.0
		for _, i := range f.unit(s) {
			for _, j := range f.unit(s) {
				t += f.q[int(i)*f.k+int(j)]
			}
		}
		out[s] = f.m[s]*f.d[s] - f.td*f.d[s]*f.d[s]*t
	}
	return out
}
