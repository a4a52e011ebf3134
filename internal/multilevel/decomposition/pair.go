package decomposition

import (
	"fmt"
	"math"

	"holon/internal/multilevel"
)

// Moments is the decomposition of two measures by mean squares and products.
// No estimate is cut: a latent variance may come out negative, a latent
// correlation beyond 1.
type Moments struct {
	N0             *float64
	BetweenMS      Covariance // MSCP_B
	WithinMS       Covariance // MSCP_W, which estimates Sigma_W
	BetweenLatent  Covariance // (MSCP_B - MSCP_W)/n0, which estimates Sigma_B
	ICCX, ICCY     *float64   // (MSB-MSW)/(MSB+(n0-1)MSW)
	RTotal         *float64   // of all ratings, whatever their group
	RWithin        Quantity
	RBetweenMeans  Quantity // of group means weighted by size; holds what respondents share within groups
	RBetweenPlain  *float64 // of group means, each counting once; likewise
	RBetween       Quantity // latent; nil where a latent variance is not positive, and kept where beyond 1
	SlopeWithin    Quantity
	SlopeMeans     Quantity // of group means weighted by size
	SlopeBetween   Quantity // latent
	Contextual     Quantity // latent slope between minus slope within
	ContextualMean *float64 // slope of group means minus slope within
}

// pairMoments reports a pair of measures. jackknife asks for the intervals of
// the latent numbers, which cost one pass over the groups.
func (p *pairing) pairMoments(jackknife bool) Moments {
	l, w := p.pair(p.x, p.y), p.writer
	slope := func(s sym) *float64 {
		if !(s.xx > 0) {
			return nil
		}
		return w.slope(s.xy/s.xx, p.x, p.y)
	}
	r := Moments{
		N0:        new(p.n0()),
		BetweenMS: w.written(l.msb, p.x, p.y), WithinMS: w.written(l.msw, p.x, p.y), BetweenLatent: w.written(l.latent, p.x, p.y),
		ICCX: p.icc(p.x), ICCY: p.icc(p.y),
		RTotal:        unitCorrelation(l.total),
		RWithin:       Quantity{Estimate: unitCorrelation(l.msw)},
		RBetweenMeans: Quantity{Estimate: unitCorrelation(l.msb)},
		RBetweenPlain: unitCorrelation(l.unweighted),
		RBetween:      Quantity{Estimate: l.latent.correlation()},
		SlopeWithin:   Quantity{Estimate: slope(l.msw)},
		SlopeMeans:    Quantity{Estimate: slope(l.msb)},
		SlopeBetween:  Quantity{Estimate: slope(l.latent)},
	}
	r.Contextual.Estimate = difference(r.SlopeBetween.Estimate, r.SlopeWithin.Estimate)
	r.ContextualMean = difference(r.SlopeMeans.Estimate, r.SlopeWithin.Estimate)
	// The correlation within groups has N-J degrees of freedom, as one of N-J+1
	// independent pairs has.
	r.RWithin.fisher(MethodFisherZ, 1/math.Sqrt(p.dfW()-2), normalQuantile)
	r.RBetweenMeans.fisher(MethodFisherZ, 1/math.Sqrt(p.groups()-3), normalQuantile)
	p.regression(&r.SlopeWithin, l.msw, p.dfW())
	p.regression(&r.SlopeMeans, l.msb, p.groups()-1)
	p.remark(&r, l)
	if jackknife {
		p.jackknife(&r)
	}
	return r
}

// unitCorrelation is the correlation of a matrix of sums of squares, which
// cannot be beyond 1 but for rounding.
func unitCorrelation(s sym) *float64 {
	r := s.correlation()
	if r != nil {
		*r = max(-1, min(1, *r))
	}
	return r
}

// difference returns a - b where both are defined.
func difference(a, b *float64) *float64 {
	if a == nil || b == nil || !finite(*a-*b) {
		return nil
	}
	return new(*a - *b)
}

// regression adds the standard error of an ordinary slope from a matrix of mean
// squares with df degrees of freedom: sqrt(residual MS/SS of x), df-1.
func (p *pairing) regression(q *Quantity, ms sym, df float64) {
	if q.Estimate == nil || df < 2 {
		return
	}
	rest := max(0, ms.yy-ms.xy/ms.xx*ms.xy)
	q.SE = p.writer.slope(math.Sqrt(rest/ms.xx/(df-1)), p.x, p.y)
	q.around(MethodT, q.SE, func(level float64) float64 { return tQuantile(level, df-1) })
}

// remark adds what must be said of the moments.
func (p *pairing) remark(r *Moments, l levels) {
	x, y := p.names[p.x], p.names[p.y]
	for i, v := range []float64{l.latent.xx, l.latent.yy} {
		if v <= 0 {
			name := []string{x, y}[i]
			p.notes.Add("latent_variance_not_positive", fmt.Sprintf(
				"The moment estimate of the variance of %s between groups is %s, so its latent correlation is undefined.", name, signWord(v)))
		}
	}
	if e := r.RBetween.Estimate; e != nil && math.Abs(*e) > 1 {
		p.notes.Add("correlation_beyond_one", fmt.Sprintf("The moment estimate of the latent correlation of %s and %s is %.3g, beyond its range; "+
			"it is shown as it is, and says that the groups are too few or too alike to estimate it.", x, y, *e))
	}
}

// signWord says on which side a number that is not positive lies.
func signWord(v float64) string {
	if v < 0 {
		return "negative"
	}
	return "zero"
}

// jackknife adds standard errors and intervals of the latent numbers from
// leaving out one group at a time, in one pass: without group g, SSW falls by
// the group's own and SSB by N n/(N-n) d d', d its mean's deviation.
func (p *pairing) jackknife(r *Moments) {
	j := len(p.keys)
	if j < 3 {
		return
	}
	k := p.k
	all := p.pair(p.x, p.y)
	ssb, ssw := all.msb.times(p.groups()-1), all.msw.times(p.dfW())
	var squares float64
	for _, n := range p.sizes {
		squares += n * n
	}
	var rs, slopes, effects []float64
	for g, n := range p.sizes {
		d := [2]float64{p.means[g*k+p.x] - p.grand[p.x], p.means[g*k+p.y] - p.grand[p.y]}
		own := p.inside[g*k*k : (g+1)*k*k]
		rows, groups := p.rows-n, p.groups()-1
		if rows-groups < 1 {
			return
		}
		msb := ssb.plus(-p.rows*n/rows, outer(d)).times(1 / (groups - 1))
		msw := ssw.plus(-1, sym{own[p.x*k+p.x], own[p.x*k+p.y], own[p.y*k+p.y]}).times(1 / (rows - groups))
		n0 := (rows - (squares-n*n)/rows) / (groups - 1)
		latent := msb.plus(-1, msw).times(1 / n0)
		corr := latent.correlation()
		if corr == nil || !(msw.xx > 0) {
			return // the caveat of an undefined latent number says enough, and a jackknife with gaps is none
		}
		rs = append(rs, *corr)
		slopes = append(slopes, latent.xy/latent.xx)
		effects = append(effects, latent.xy/latent.xx-msw.xy/msw.xx)
	}
	quantile := func(level float64) float64 { return tQuantile(level, float64(j-1)) }
	if se, ok := jackknifeSE(rs, math.Atanh); ok {
		r.RBetween.fisher(MethodJackknifeZ, se, quantile)
	}
	if se, ok := jackknifeSE(rs, func(v float64) float64 { return v }); ok {
		r.RBetween.SE = &se
	}
	for q, values := range map[*Quantity][]float64{&r.SlopeBetween: slopes, &r.Contextual: effects} {
		if se, ok := jackknifeSE(values, func(v float64) float64 { return v }); ok {
			q.SE = p.writer.slope(se, p.x, p.y)
			q.around(MethodJackknife, q.SE, quantile)
		}
	}
}

// jackknifeSE returns sqrt((J-1)/J sum (v_g - vbar)^2) of transformed values.
func jackknifeSE(values []float64, by func(float64) float64) (se float64, ok bool) {
	var mean, ss float64
	n := float64(len(values))
	for _, v := range values {
		mean += by(v) / n
	}
	for _, v := range values {
		d := by(v) - mean
		ss += d * d
	}
	se = math.Sqrt((n - 1) / n * ss)
	return se, finite(se)
}

// usable returns why the likelihood of a pair cannot be maximised, or "".
func (p *pairing) usable() multilevel.Reason {
	l := p.pair(p.x, p.y)
	const alone = 1e-12 // of the variance of one measure within groups, left by the other
	switch r := l.msw.correlation(); {
	case p.units[p.x].flat || p.units[p.y].flat:
		return multilevel.NoVariation
	case r == nil:
		return NoWithinVariance
	case (1-math.Abs(*r))*2 <= alone || p.dfW() < 2:
		return WithinSingular
	}
	return ""
}
