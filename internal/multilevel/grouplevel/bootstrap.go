package grouplevel

import (
	"context"
	"math/rand/v2"
	"sync/atomic"

	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

// bootstrap tests one level by the restricted likelihood ratio against its
// distribution in ratings drawn from the fit without the level: p = (1 + how
// many reach the statistic)/(draws + 1). Draws that cannot be fitted count as
// reaching it. A statistic of zero is reached by every draw; its p is 1 without
// any.
func bootstrap(ctx context.Context, e engine, null, larger fitted, l level, plan montecarlo.Plan) (multilevel.ComponentTest, error) {
	observed := larger.drop(l, &null)
	out := multilevel.ComponentTest{Component: l.String(), Method: multilevel.MethodBootstrap, Statistic: &observed}
	if observed == 0 {
		out.P, out.Null = new(1.0), new("every restricted likelihood ratio is at least zero")
		return out, nil
	}
	// What rounding leaves of two equal deviances must not decide a tie.
	b := sampler{engine: e, null: null, larger: larger, least: observed - 1e-8}
	first := plan
	if plan.Draws > 4*enoughToStop {
		first.Draws = enoughToStop
	}
	if err := b.run(ctx, first); err != nil {
		return out, err
	}
	made := first.Draws
	if rest := plan.Draws - made; rest > 0 && b.reached.Load() < plainlyNot {
		second := montecarlo.Plan{Draws: rest, Seed: ^plan.Seed}
		if plan.Progress != nil {
			second.Progress = func(done, _ int) { plan.Progress(made+done, plan.Draws) }
		}
		if err := b.run(ctx, second); err != nil {
			return out, err
		}
		made += rest
	}
	p, se := montecarlo.PValue(int(b.reached.Load()), made)
	out.P, out.Null = &p, new("restricted likelihood ratios of ratings drawn from the fit without the component")
	out.MonteCarlo = &multilevel.MonteCarlo{Draws: made, Seed: plan.Seed, SE: se, Failed: int(b.failed.Load())}
	return out, nil
}

// Where so many of the first draws reach the statistic that p is above .2, the
// rest is not made. Such a p is never small, so that no level up to .2 is
// exceeded (as with the sequential tests of Besag and Clifford 1991).
const (
	enoughToStop = 128
	plainlyNot   = 26
)

// sampler counts the draws that reach a statistic.
type sampler struct {
	engine          engine
	null, larger    fitted
	least           float64
	reached, failed atomic.Int64
}

// run makes the draws of a plan.
func (b *sampler) run(ctx context.Context, plan montecarlo.Plan) error {
	return montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		next := b.engine.redraw(ctx, b.null, b.larger)
		return func(_ int, rng *rand.Rand) {
			drop, err := next(rng)
			switch {
			case err != nil:
				b.failed.Add(1)
				b.reached.Add(1)
			case !(drop < b.least):
				b.reached.Add(1)
			}
		}
	})
}
