package linear

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel/montecarlo"
)

// Quantity is a number made of the parameters; ok is false where it is not
// defined.
type Quantity func(theta []float64) (value float64, ok bool)

// Resampled holds what refits to simulated ratings gave.
type Resampled struct {
	Draws   int
	Seed    uint64
	Failed  int         // simulated ratings that could not be fitted
	Values  [][]float64 // of every quantity, ascending, where it was defined
	Missing []int       // of every quantity, how often it was not
}

// Bootstrap simulates ratings from the fit, of the same patterns, fits each and
// gathers the quantities (parametric bootstrap; Davison and Hinkley 1997,
// section 2.2). The same seed gives the same draws on any number of cores.
func (f *Fit) Bootstrap(ctx context.Context, plan montecarlo.Plan, quantities []Quantity) (*Resampled, error) {
	draws := make([][]float64, plan.Draws)
	factors := f.sample.factors(f.best.theta)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		return func(i int, rng *rand.Rand) {
			theta, ok := f.redraw(ctx, factors, rng)
			if !ok {
				return
			}
			draws[i] = make([]float64, len(quantities))
			for q, of := range quantities {
				v, defined := of(theta)
				if !defined {
					v = math.NaN()
				}
				draws[i][q] = v
			}
		}
	})
	if err != nil {
		return nil, err
	}
	r := &Resampled{Draws: plan.Draws, Seed: plan.Seed, Values: make([][]float64, len(quantities)), Missing: make([]int, len(quantities))}
	for _, d := range draws {
		if d == nil {
			r.Failed++
			for q := range quantities {
				r.Missing[q]++
			}
			continue
		}
		for q, v := range d {
			if math.IsNaN(v) {
				r.Missing[q]++
				continue
			}
			r.Values[q] = append(r.Values[q], v)
		}
	}
	for _, v := range r.Values {
		slices.Sort(v)
	}
	return r, nil
}

// Percentile returns the limits of an interval of a quantity. A draw in which it
// was not defined is taken for the lowest when the lower limit is read and for
// the highest when the upper one is; ok is false where a limit falls on one.
func (r *Resampled) Percentile(quantity int, level float64) (lower, upper float64, ok bool) {
	v := r.Values[quantity]
	tail := int(math.Floor((1 - level) / 2 * float64(r.Draws+1)))
	low, high := tail-1-r.Missing[quantity], len(v)-tail+r.Missing[quantity]
	if low < 0 || high >= len(v) {
		return 0, 0, false
	}
	return v[low], v[high], true
}

// factors returns the factor of every pattern's covariance.
func (s *sample) factors(theta []float64) [][]float64 {
	out := make([][]float64, len(s.patterns))
	for i, p := range s.patterns {
		out[i] = p.covariance(theta)
		choleskyOf(out[i], p.rows)
	}
	return out
}

// redraw simulates ratings and returns the parameters that fit them.
func (f *Fit) redraw(ctx context.Context, factors [][]float64, rng *rand.Rand) ([]float64, bool) {
	s := *f.sample
	s.shift = nil
	s.y = make([][]float64, len(f.sample.y))
	for i, p := range s.patterns {
		for _, b := range s.of[i] {
			z := make([]float64, p.rows)
			for r := range z {
				z[r] = rng.NormFloat64()
			}
			y := make([]float64, p.rows)
			for r := range y {
				y[r] = dot(factors[i][r*p.rows:r*p.rows+r+1], z[:r+1])
			}
			s.y[b] = y
		}
	}
	o, err := s.descend(ctx, f.best.theta)
	if err != nil {
		return nil, false
	}
	if !o.ok || o.atZero(s.model) {
		// A start on a face stays there where nothing draws it away.
		again, err := s.descend(ctx, s.model.starts()[0])
		if err == nil && again.ok && (!o.ok || again.deviance < o.deviance) {
			o = again
		}
	}
	if !o.ok {
		return nil, false
	}
	return scaled(o.theta, s.scale*s.scale), true
}

// atZero tells whether a search ended on a boundary.
func (o *optimum) atZero(m *Model) bool { return len(m.edges(o.theta)) > 0 }
