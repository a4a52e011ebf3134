package multilevel

import (
	"context"

	"holon/internal/multilevel/montecarlo"
)

const (
	// DefaultSeed is where simulations start unless another seed is given, so
	// that the same ratings give the same bytes.
	DefaultSeed = 20_040_901
	// DefaultDraws is how many draws a simulation makes unless a number is
	// given: with the data themselves ten thousand, so that a p near .05 has a
	// standard error of .002.
	DefaultDraws = 9_999
	// leastDraws is how many are made by default however much one costs; the
	// smallest p is then .001.
	leastDraws = 999
	// affordable is the cost up to which a simulation makes DefaultDraws by
	// default, in steps of a few nanoseconds: together well under half a second
	// on two cores.
	affordable = 60_000_000
)

// tested is what is needed of a table, beyond its result, for simulations.
type tested struct {
	*strata
	table *table  // nil of totals
	f     float64 // F
	ratio float64 // restricted likelihood ratio
}

// draws returns the number of draws of a simulation, of which one takes cost
// steps.
func (o Options) draws(cost int) int {
	if o.Draws > 0 {
		return o.Draws
	}
	return min(DefaultDraws, max(leastDraws, affordable/max(1, cost)))
}

// TestGroupLevelInFull is TestGroupLevel with the tests that are made by
// simulation, beside the primary one: the restricted likelihood ratio against
// its exact null distribution and by parametric bootstrap, and the permutation
// of members over groups. The draws and the seed of each stand with it; the
// seeds are Options.Seed and the numbers after it. The answer does not depend
// on them. Where F is undefined nothing is simulated. It returns the error of
// the context when that ends first, and no result.
func TestGroupLevelInFull(ctx context.Context, d OneWay, o Options) (GroupLevel, error) {
	o = o.withDefaults()
	r, t := testGroupLevel(d, o)
	return inFull(ctx, r, t, o)
}

// inFull adds the tests by simulation to a result.
func inFull(ctx context.Context, r GroupLevel, t *tested, o Options) (GroupLevel, error) {
	if t == nil {
		return r, ctx.Err()
	}
	tests, err := t.simulate(ctx, o)
	if err != nil {
		return GroupLevel{}, err
	}
	r.Tests = append(r.Tests, tests...)
	return r, nil
}

// simulation is a test that is made by drawing, and what one draw costs.
type simulation struct {
	cost int
	test func(ctx context.Context, plan montecarlo.Plan) (ComponentTest, error)
}

// simulate makes the tests by simulation one after the other.
func (t *tested) simulate(ctx context.Context, o Options) ([]ComponentTest, error) {
	const evaluations = 100 // of the derivative in one fit
	spectrum := 2*len(t.classes) - 1
	runs := []simulation{
		{evaluations * spectrum, func(ctx context.Context, plan montecarlo.Plan) (ComponentTest, error) {
			return exactRLRT(ctx, t.strata, t.ratio, plan)
		}},
		{evaluations * 4 * len(t.classes), func(ctx context.Context, plan montecarlo.Plan) (ComponentTest, error) {
			return bootstrapRLRT(ctx, t.strata, t.ratio, plan)
		}},
	}
	if t.table != nil {
		cards := dealOf(t.strata, t.table.z, t.table.starts)
		runs = append(runs, simulation{t.ratings, func(ctx context.Context, plan montecarlo.Plan) (ComponentTest, error) {
			return permutationTest(ctx, &cards, t.f, plan)
		}})
	}
	total, before := 0, 0
	for _, run := range runs {
		total += o.draws(run.cost)
	}
	tests := make([]ComponentTest, 0, len(runs))
	for i, run := range runs {
		plan := montecarlo.Plan{Draws: o.draws(run.cost), Seed: o.Seed + uint64(i)}
		if o.Progress != nil {
			plan.Progress = func(done, _ int) { o.Progress(before+done, total) }
		}
		test, err := run.test(ctx, plan)
		if err != nil {
			return nil, err
		}
		before += plan.Draws
		tests = append(tests, test)
	}
	return tests, nil
}
