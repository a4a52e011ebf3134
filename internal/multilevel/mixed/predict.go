package mixed

import (
	"math"
	"math/rand/v2"
)

// Predict returns the predicted effects of the units of every term:
//
//	u = sigma2 S Z'V^-1 (y - X b),
//	var(u | y, b) = sigma2 (S - S W S), W = Z'V^-1 Z,
//
// and with the uncertainty of b also S U (X'V^-1 X)^-1 U'S, U = Z'V^-1 X.
func (f *Fit) Predict() []Prediction {
	m := f.model
	diagonal := m.unitBlocks(f.at.at)
	out := make([]Prediction, len(m.terms))
	for k, t := range m.terms {
		out[k] = Prediction{Term: t.name, Units: make([]UnitEffect, t.units)}
		for u := range t.units {
			out[k].Units[u] = f.unit(k, u, diagonal[k][u*t.q*t.q:(u+1)*t.q*t.q])
		}
	}
	return out
}

// unitBlocks returns the diagonal blocks of W of every unit of every term.
func (m *Model) unitBlocks(at []covariance) [][]float64 {
	out := make([][]float64, len(m.terms))
	whole := make([]*factor, len(m.lay.place))
	start := make([]int, len(m.lay.place))
	for _, c := range m.lay.classes {
		f, ok := newFactor(c, at)
		if !ok {
			continue // cannot be: it was factored when it was fitted
		}
		for _, base := range c.blocks {
			for i := range c.q {
				whole[base+i], start[base+i] = f, base
			}
		}
	}
	for k, t := range m.terms {
		out[k] = make([]float64, t.units*t.q*t.q)
		for u := range t.units {
			place := m.lay.place[t.first+u*t.q]
			f, row := whole[place], place-start[place]
			for a := range t.q {
				copy(out[k][(u*t.q+a)*t.q:], f.w[(row+a)*f.c.q+row:(row+a)*f.c.q+row+t.q])
			}
		}
	}
	return out
}

// unit predicts the effects of one unit; w is its block of W.
func (f *Fit) unit(k, u int, w []float64) UnitEffect {
	m := f.model
	t, s, ev := &m.terms[k], f.at.at[k].s, f.at.ev
	q, p := t.q, m.p
	place := m.lay.place[t.first+u*q]
	// load = back S turns what stands beside the ratings into effects.
	load := make([]float64, q*q)
	for a := range q {
		for b := range q {
			axpy(t.back[a*q+b], s[b*q:(b+1)*q], load[a*q:(a+1)*q])
		}
	}
	out := UnitEffect{Unit: m.data.Terms[k].units[u], Ratings: t.count[u]}
	for a := range q {
		row := load[a*q : (a+1)*q]
		explained := bilinear(w, row, row)
		prior := bilinear(s, t.back[a*q:(a+1)*q], t.back[a*q:(a+1)*q])
		reach := make([]float64, p) // of the fixed effects
		for b, v := range row {
			axpy(v, ev.u[(place+b)*p:(place+b+1)*p], reach)
		}
		within := math.Max(0, prior-explained)
		e := Effect{
			BLUP:   math.Ldexp(dot(row, ev.e[place:place+q]), m.exp),
			CondSD: math.Ldexp(math.Sqrt(ev.sigma2*within), m.exp),
			PredSE: math.Ldexp(math.Sqrt(ev.sigma2*(within+math.Max(0, bilinear(ev.s, reach, reach)))), m.exp),
		}
		if prior > 0 {
			e.Reliability = new(math.Min(1, math.Max(0, explained/prior)))
		}
		out.Effects = append(out.Effects, e)
	}
	return out
}

// Simulate draws ratings from the fitted model into dst, which it returns; nil
// makes room.
func (f *Fit) Simulate(rng *rand.Rand, dst []float64) []float64 {
	m := f.model
	if len(dst) != m.n {
		dst = make([]float64, m.n)
	}
	clear(dst)
	for j, q := range m.design.q {
		axpy(m.ols[j]+f.at.ev.beta[j], q, dst)
	}
	sd := math.Sqrt(f.at.ev.sigma2)
	effects := make([]float64, len(m.lay.place))
	for k, t := range m.terms {
		factor := f.at.at[k].f
		b := make([]float64, t.q)
		for u := range t.units {
			for a := range b {
				b[a] = sd * rng.NormFloat64()
			}
			for a := range t.q {
				effects[m.lay.place[t.first+u*t.q]+a] = dot(factor[a*t.q:(a+1)*t.q], b)
			}
		}
	}
	var at []int
	var w []float64
	for i := range dst {
		at, w = m.row(i, m.lay.place, at[:0], w[:0])
		for x, c := range at {
			dst[i] += float64(w[x] * effects[c])
		}
		dst[i] += sd * rng.NormFloat64()
		dst[i] = m.origin + math.Ldexp(dst[i], m.exp)
	}
	return dst
}
