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
	observed := max(0, null.deviance-larger.deviance)
	out := multilevel.ComponentTest{Component: l.String(), Method: multilevel.MethodBootstrap, Statistic: &observed}
	if observed == 0 {
		out.P, out.Null = new(1.0), new("every restricted likelihood ratio is at least zero")
		return out, nil
	}
	// What rounding leaves of two equal deviances must not decide a tie.
	least := observed - 1e-8
	var reached, failed atomic.Int64
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		next := e.redraw(ctx, null, larger)
		return func(_ int, rng *rand.Rand) {
			drop, err := next(rng)
			switch {
			case err != nil:
				failed.Add(1)
				reached.Add(1)
			case !(drop < least):
				reached.Add(1)
			}
		}
	})
	if err != nil {
		return out, err
	}
	p, se := montecarlo.PValue(int(reached.Load()), plan.Draws)
	out.P, out.Null = &p, new("restricted likelihood ratios of ratings drawn from the fit without the component")
	out.MonteCarlo = &multilevel.MonteCarlo{Draws: plan.Draws, Seed: plan.Seed, SE: se, Failed: int(failed.Load())}
	return out, nil
}
