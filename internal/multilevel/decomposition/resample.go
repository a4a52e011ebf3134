package decomposition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/montecarlo"
)

// triangle is the lower Cholesky factor of a positive semidefinite matrix.
type triangle struct{ a, b, c float64 }

// factorOf returns the factor of a matrix.
func factorOf(s sym) triangle {
	if !(s.xx > 0) {
		return triangle{c: math.Sqrt(max(0, s.yy))}
	}
	a := math.Sqrt(s.xx)
	b := s.xy / a
	return triangle{a, b, math.Sqrt(max(0, s.yy-b*b))}
}

// normal draws a vector with this covariance.
func (t triangle) normal(rng *rand.Rand) [2]float64 {
	u, v := rng.NormFloat64(), rng.NormFloat64()
	return [2]float64{t.a * u, t.b*u + t.c*v}
}

// wishart draws a sum of df outer products of such vectors (Bartlett 1933).
func (t triangle) wishart(df float64, rng *rand.Rand) sym {
	if df < 3 {
		var s sym
		for range int(df) {
			s = s.plus(1, outer(t.normal(rng)))
		}
		return s
	}
	p := math.Sqrt(distuv.ChiSquared{K: df, Src: rng}.Rand())
	q := math.Sqrt(distuv.ChiSquared{K: df - 1, Src: rng}.Rand())
	r := rng.NormFloat64()
	x, y, z := t.a*p, t.b*p+t.c*r, t.c*q
	return sym{x * x, x * y, y*y + z*z}
}

// simulate draws the sufficient statistics of ratings from the model, for
// groups of the same sizes, into out.
func (s *sample) simulate(t theta, out *sample, rng *rand.Rand) {
	out.rows, out.groups = s.rows, s.groups
	out.within = factorOf(t.within).wishart(s.dfW(), rng)
	out.pools = out.pools[:0]
	for _, c := range s.pools {
		spread := factorOf(t.within.plus(c.size, t.between).times(1 / c.size))
		mean := spread.normal(rng)
		root := math.Sqrt(c.count)
		out.pools = append(out.pools, pool{
			c.size, c.count, [2]float64{mean[0] / root, mean[1] / root}, spread.wishart(c.count-1, rng),
		})
	}
}

// bootstrap adds percentile intervals of refits to ratings simulated from the
// REML fit. A draw in which a number is undefined, or which could not be
// fitted, is taken for the lowest when the lower limit is read and for the
// highest when the upper one is: an interval never gets shorter by draws that
// say nothing.
func (p *pairing) bootstrap(ctx context.Context, f *Fit, o *optimum, plan montecarlo.Plan) error {
	draws := make([][functions]float64, plan.Draws)
	run := Resampling{Draws: plan.Draws, Seed: plan.Seed}
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		scratch := &sample{}
		return func(i int, rng *rand.Rand) {
			p.sample.simulate(o.theta, scratch, rng)
			best, ok := scratch.fit(restricted, profiled, true)
			best.theta.snap()
			for of := range functions {
				v, _, defined := best.theta.value(of)
				if !ok || !defined {
					v = math.NaN()
				}
				draws[i][of] = v
			}
		}
	})
	if err != nil {
		return err
	}
	for of := range functions {
		values := make([]float64, 0, len(draws))
		for i := range draws {
			if v := draws[i][of]; !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		missing := len(draws) - len(values)
		switch of {
		case rBetween:
			run.Undefined = missing
		case rWithin:
			run.Failed = missing // it is defined in every fit
		default:
		}
		slices.Sort(values)
		q := f.quantity(of)
		if q.Estimate == nil {
			continue
		}
		for _, level := range confidences() {
			lower, upper := percentiles(values, missing, level)
			p.percentile(q, of, level, lower, upper)
		}
	}
	run.Undefined -= run.Failed
	f.Resampled = &run
	if run.Undefined+run.Failed > 0 {
		p.notes.Add("bootstrap_gaps", fmt.Sprintf("In %d of %d simulated data sets a measure had no variance between groups, and %d could not be fitted; "+
			"these count as reaching both ends of the intervals.", run.Undefined, run.Draws, run.Failed))
	}
	return nil
}

// percentile adds a percentile interval, in the units of the ratings. A limit
// beyond all draws is the end of the range where the number has one; without
// such an end there is no interval.
func (p *pairing) percentile(q *Quantity, of function, level, lower, upper float64) {
	least, most := math.Inf(-1), math.Inf(1)
	switch of {
	case rBetween, rWithin:
		least, most = -1, 1
	case residual:
		least = 0
	case residualShare, iccX, iccY:
		least, most = 0, 1
	default:
	}
	lower, upper = max(least, lower), min(most, upper)
	if !finite(lower) || !finite(upper) {
		return
	}
	a, b := p.writer.power(lower, p.exponent(of)), p.writer.power(upper, p.exponent(of))
	if a != nil && b != nil {
		q.interval(MethodBootstrap, level, *a, *b)
	}
}

// percentiles returns the limits of an interval from sorted values with some
// missing, which lie below all for the lower limit and above all for the upper.
func percentiles(sorted []float64, missing int, level float64) (lower, upper float64) {
	total := float64(len(sorted) + missing)
	tail := (1 - level) / 2 * (total + 1)
	at := func(rank float64) float64 {
		i := int(rank+0.5) - 1
		switch {
		case len(sorted) == 0 || (i < 0 && missing > 0):
			return math.Inf(-1)
		case i >= len(sorted) && missing > 0:
			return math.Inf(1)
		}
		return sorted[max(0, min(i, len(sorted)-1))]
	}
	lower, upper = at(tail-float64(missing)), at(total+1-tail)
	if len(sorted) == 0 {
		upper = math.Inf(1)
	}
	return lower, upper
}
