package multilevel

import (
	"context"
	"math"
	"math/rand/v2"

	"holon/internal/multilevel/montecarlo"
)

// bootstrapRLRT tests the restricted likelihood ratio against refits of tables
// drawn without group variance: of each only the means and sizes of the groups
// and the sum of squares within are drawn, which is all a fit looks at, and
// those means pooled by size. The statistic does not depend on the mean and the
// residual variance of the fit drawn from, which are 0 and 1.
func bootstrapRLRT(ctx context.Context, s *strata, statistic float64, plan montecarlo.Plan) (ComponentTest, error) {
	_, dfW := s.freedoms()
	null := make([]float64, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		model := profileOf(s)
		model.classes = make([]class, len(s.classes))
		return func(i int, rng *rand.Rand) {
			for k, c := range s.classes {
				model.classes[k] = c.drawn(rng)
			}
			model.within = chiSquare(dfW, rng)
			null[i] = model.refit()
		}
	})
	if err != nil {
		return ComponentTest{}, err
	}
	return simulatedRLRT(MethodBootstrap, "restricted likelihood ratio of tables drawn from the fit without group variance", statistic, null, plan), nil
}

// drawn returns a class of as many groups of this size whose means vary by the
// residual variance 1 over the size alone.
func (c class) drawn(rng *rand.Rand) class {
	out := class{size: c.size, count: c.count, mean: rng.NormFloat64() / math.Sqrt(c.size*c.count)}
	if c.count > 1 {
		out.ss = chiSquare(c.count-1, rng) / c.size
	}
	return out
}

// refit returns the restricted likelihood ratio of the model; NaN where no
// optimum is found.
func (p *profile) refit() float64 {
	found, _ := p.optima()
	if len(found) == 0 {
		return math.NaN()
	}
	best, _ := p.best(found, restricted)
	return best.drop
}
