package decomposition

import (
	"fmt"
	"math"

	"holon/internal/caveat"
)

// Fit is the bivariate two-level model fitted by REML or ML. Where nothing was
// fitted everything is nil.
type Fit struct {
	Between, Within     Covariance // Sigma_B and Sigma_W
	BetweenSE, WithinSE Covariance // from the expected information; nil on the boundary
	MeanX, MeanY        Quantity   // by generalised least squares, given the variances
	RBetween            Quantity   // latent
	RWithin             Quantity
	SlopeBetween        Quantity // latent, of y on x
	SlopeWithin         Quantity
	Contextual          Quantity // latent slope between minus slope within
	ResidualBetween     Quantity // Sigma_B22 - Sigma_B12^2/Sigma_B11: the group variance of y that x leaves
	ResidualShare       Quantity // the same as a part of all variance of y
	ICCX, ICCY          Quantity
	LogLikelihood       *float64 // with all constants
	Deviance            *float64 // -2 log-likelihood
	Boundary            Boundary // empty without a fit
	LocalOptima         *int     // different local optima that were met
	Decrement           *float64 // Newton's, where the search ended: what the deviance could still fall
	Resampled           *Resampling
}

// Resampling says how intervals of MethodBootstrap were drawn.
type Resampling struct {
	Draws     int
	Seed      uint64
	Failed    int // draws that could not be fitted; they count as reaching both ends
	Undefined int // draws without a correlation between groups, because a variance was zero; likewise
}

// pairing is a pair of measures of a table on its way to a result.
type pairing struct {
	*moments
	x, y   int
	sample *sample
	writer *writer
	notes  *caveat.Set
}

// exponent returns what a function in units of z is multiplied with, as a
// binary exponent, to be in the units of the ratings.
func (p *pairing) exponent(f function) int {
	ux, uy := p.units[p.x].exp, p.units[p.y].exp
	switch f {
	case slopeBetween, slopeWithin, contextual:
		return uy - ux
	case residual:
		return 2 * uy
	default:
		return 0
	}
}

// quantity returns where a function's quantity stands in a fit.
func (f *Fit) quantity(of function) *Quantity {
	return [functions]*Quantity{
		rBetween: &f.RBetween, rWithin: &f.RWithin, slopeBetween: &f.SlopeBetween, slopeWithin: &f.SlopeWithin,
		contextual: &f.Contextual, residual: &f.ResidualBetween, residualShare: &f.ResidualShare, iccX: &f.ICCX, iccY: &f.ICCY,
	}[of]
}

// name returns the name of a likelihood.
func (m method) name() string {
	if m == full {
		return "ML"
	}
	return "REML"
}

// fitted fits one likelihood and reports it.
func (p *pairing) fitted(m method) (Fit, *solution) {
	best, ok := p.sample.fit(m, settled, false)
	if !ok {
		p.notes.Add(string(LikelihoodNotFound), "No maximum of the "+m.name()+" likelihood was found.")
		return Fit{}, nil
	}
	count := len(best.deviances)
	if count > 1 {
		p.notes.Add("several_optima", fmt.Sprintf("The %s likelihood has %d local optima; the best was taken, the next is worse by %.3g in deviance.",
			m.name(), count, best.deviances[1]-best.deviances[0]))
	}
	f := Fit{LocalOptima: &count, Decrement: &best.decrement}
	f.Boundary = best.theta.snap()
	p.report(&f, &best.optimum, m)
	return f, &best
}

// report fills in the numbers of a fit.
func (p *pairing) report(f *Fit, o *optimum, m method) {
	// A change of unit by 2^e moves the deviance by twice the ratings' degrees of
	// freedom times e log 2.
	free := p.rows
	if m == restricted {
		free--
	}
	dev := o.place.deviance + 2*free*float64(p.units[p.x].exp+p.units[p.y].exp)*math.Ln2
	f.Deviance, f.LogLikelihood = p.writer.finite(dev), p.writer.finite(-dev/2)
	f.Between, f.Within = p.writer.written(o.theta.between, p.x, p.y), p.writer.written(o.theta.within, p.x, p.y)
	f.MeanX = p.mean(o.place.mu[0], o.place.cov.xx, p.x)
	f.MeanY = p.mean(o.place.mu[1], o.place.cov.yy, p.y)
	cov, informed := p.sample.uncertainty(o, m)
	informed = informed && f.Boundary == Interior
	if informed {
		se := func(i int) float64 { return math.Sqrt(max(0, cov[i][i])) }
		f.BetweenSE = p.writer.written(sym{se(0), se(1), se(2)}, p.x, p.y)
		f.WithinSE = p.writer.written(sym{se(3), se(4), se(5)}, p.x, p.y)
	} else {
		p.notes.Add("boundary", "The "+m.name()+" estimate of the covariance between groups stands on the boundary of its range ("+
			string(f.Boundary)+"), where standard errors from the information do not hold.")
	}
	for of := range functions {
		v, g, ok := o.theta.value(of)
		if !ok {
			continue
		}
		q := f.quantity(of)
		q.Estimate = p.writer.power(v, p.exponent(of))
		if !informed {
			continue
		}
		se := standardError(g, &cov)
		q.SE = p.writer.power(se, p.exponent(of))
		if of == rBetween || of == rWithin {
			q.fisher(MethodDeltaZ, se/((1-v)*(1+v)), normalQuantile)
		} else {
			q.around(MethodDelta, q.SE, normalQuantile)
		}
	}
}

// mean reports a mean with its standard error.
func (p *pairing) mean(mu, variance float64, measure int) Quantity {
	q := Quantity{Estimate: p.writer.location(mu, measure), SE: p.writer.width(math.Sqrt(variance), measure)}
	q.around(MethodDelta, q.SE, normalQuantile)
	return q
}
