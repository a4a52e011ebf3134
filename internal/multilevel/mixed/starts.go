package mixed

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Fit maximises the likelihood: from several starts and from every face of the
// parameter space on which a term vanishes, of which the best optimum is kept.
// Its error is a *Refusal, or that of the context.
func (m *Model) Fit(ctx context.Context, o Options) (*Fit, error) {
	found, evaluations, err := m.optima(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, &Refusal{Reason: NoOptimum}
	}
	best := found[0]
	const drifting, rising = 1e4, 1e-3 // relative variance and change of deviance of a search that found no end
	if best.unbounded || m.largest(best.at) > drifting && (!best.optimal() || m.beyond(best, o.Method) < rising) {
		return nil, &Refusal{Reason: Unbounded}
	}
	if !best.optimal() {
		return nil, &Refusal{Reason: NoOptimum}
	}
	f := m.report(best, o.Method)
	if !f.expressible() {
		return nil, &Refusal{Reason: OutOfRange}
	}
	f.Evaluations, f.Optima = evaluations, len(found)
	if len(found) > 1 {
		f.Margin = new(math.Max(0, found[1].ev.deviance-best.ev.deviance))
	}
	return f, nil
}

// optima returns the different local optima that were met, best first.
func (m *Model) optima(ctx context.Context, o Options) (found []*point, evaluations int, err error) {
	const enough = 2500 // evaluations: such data say nothing
	none := restriction{zero: make([]bool, len(m.terms)), tied: -1}
	search := func(start []covariance, r restriction, enough func(*point) bool) (*point, error) {
		p, err := m.minimise(ctx, o.Method, start, r, enough)
		if p != nil {
			evaluations += p.evaluations
		}
		if err == nil && p != nil && p.unbounded && m.beyond(p, o.Method) < -1 {
			err = &Refusal{Reason: Unbounded}
		}
		return p, err
	}
	known := func(p *point) bool {
		return p.decrement < nearby && slices.ContainsFunc(found, func(k *point) bool { return k.optimal() && m.same(k, p, 1e-2) })
	}
	for _, start := range m.starts(o) {
		p, err := search(start, none, known)
		if err != nil {
			return nil, 0, err
		}
		if p != nil && !p.cut {
			found = append(found, p)
		}
	}
	for k := range m.terms {
		if o.Quick || evaluations > enough {
			break
		}
		r := restriction{zero: slices.Clone(none.zero), tied: -1}
		r.zero[k] = true
		start := m.even(middling)
		if len(found) > 0 {
			start = slices.Clone(found[0].at)
		}
		start[k] = m.nothing()[k]
		p, err := search(start, r, func(p *point) bool { return p.decrement < nearby })
		if err != nil {
			return nil, 0, err
		}
		if p == nil || hopeless(p, found) {
			continue
		}
		if p.unbounded {
			found = append(found, p)
			continue
		}
		if p, err = search(p.at, none, known); err != nil {
			return nil, 0, err
		}
		if p != nil && !p.cut {
			found = append(found, p)
		}
	}
	return m.different(found), evaluations, nil
}

// beyond returns how much the deviance changes when all variances grow tenfold
// beside the residual one, from a place or from as near to it as float64 can tell;
// minus infinity where it cannot. With a residual variance near zero the deviance
// falls by log 10 for every degree of freedom that the terms leave, and stays where
// they leave none.
func (m *Model) beyond(p *point, method Method) float64 {
	near := math.Min(1, boundless/m.largest(p.at))
	here, ok := m.evaluate(m.stretched(p.at, near), method)
	if !ok {
		return math.Inf(-1)
	}
	there, ok := m.evaluate(m.stretched(p.at, 10*near), method)
	if !ok {
		return math.Inf(-1)
	}
	return there.deviance - here.deviance
}

// stretched returns multiples of covariances.
func (m *Model) stretched(at []covariance, by float64) []covariance {
	out := make([]covariance, len(at))
	for k, c := range at {
		s := slices.Clone(c.s)
		for i := range s {
			s[i] *= by
		}
		out[k] = newCovariance(s, c.q, m.floor(k))
	}
	return out
}

// hopeless tells whether the best of a face lies so much above an optimum already
// found that the way down from it need not be followed again.
func hopeless(p *point, found []*point) bool {
	const far = 25 // in deviance
	return slices.ContainsFunc(found, func(k *point) bool { return k.optimal() && p.ev.deviance > k.ev.deviance+far })
}

// nearby is the decrement below which a search has all but arrived.
const nearby = 0.1

// optimal tells whether the search ended at an optimum.
func (p *point) optimal() bool {
	const decrement = 1e-6
	return p.decrement < decrement && !p.unbounded
}

// middling is the sum of the relative variances of an ordinary start.
const middling = 0.5

// starts returns the places from which the search starts on no face.
func (m *Model) starts(o Options) [][]covariance {
	if o.From != nil && len(o.From.at.at) == len(m.terms) {
		first := m.lifted(o.From.at.at)
		if o.Quick {
			return [][]covariance{first}
		}
		return [][]covariance{first, m.even(middling)}
	}
	if o.Quick || len(m.terms) == 0 || m.lay.broad() {
		return [][]covariance{m.even(middling)}
	}
	const small, large = 0.02, 20
	return [][]covariance{m.even(middling), m.even(small), m.even(large)}
}

// even returns covariances without correlation whose variances, of effects at
// the size they typically have, are equal and add up to a total.
func (m *Model) even(total float64) []covariance {
	at := make([]covariance, len(m.terms))
	for k, t := range m.terms {
		s := make([]float64, t.q*t.q)
		for a := range t.q {
			s[a*t.q+a] = total / float64(len(m.terms)*t.q)
		}
		at[k] = newCovariance(s, t.q, 0)
	}
	return at
}

// lifted returns covariances that are off every face, near given ones.
func (m *Model) lifted(from []covariance) []covariance {
	at := make([]covariance, len(from))
	for k, c := range from {
		s := slices.Clone(c.s)
		for a := range c.q {
			s[a*c.q+a] = math.Max(s[a*c.q+a]*1.01, 0.01)
		}
		at[k] = newCovariance(s, c.q, 0)
	}
	return at
}

// different drops what is no optimum and the repetitions of one, and sorts by
// deviance.
func (m *Model) different(points []*point) []*point {
	slices.SortStableFunc(points, func(a, b *point) int { return cmp.Compare(a.ev.deviance, b.ev.deviance) })
	var out []*point
	for i, p := range points {
		if i > 0 && !p.optimal() {
			continue
		}
		if !slices.ContainsFunc(out, func(o *point) bool { return m.same(o, p, 1e-3) }) {
			out = append(out, p)
		}
	}
	return out
}

// same tells whether two places are alike: where no variance, as a part of
// itself and the residual one, differs by more.
func (m *Model) same(a, b *point, alike float64) bool {
	x, y := m.values(a.at), m.values(b.at)
	for i := range x {
		if math.Abs(x[i]/(1+math.Abs(x[i]))-y[i]/(1+math.Abs(y[i]))) > alike {
			return false
		}
	}
	return true
}
