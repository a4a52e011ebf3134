package montecarlo_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"holon/internal/multilevel/montecarlo"
	"holon/internal/parallel"
)

// draws returns what a plan draws, one number for each draw.
func draws(t *testing.T, plan montecarlo.Plan) []float64 {
	t.Helper()
	out := make([]float64, plan.Draws)
	err := montecarlo.Run(t.Context(), plan, func() func(int, *rand.Rand) {
		return func(i int, rng *rand.Rand) { out[i] = rng.NormFloat64() }
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRunIsTheSameOnAnyNumberOfCores compares the draws on one core and on all.
func TestRunIsTheSameOnAnyNumberOfCores(t *testing.T) {
	plan := montecarlo.Plan{Draws: 1000, Seed: 7}
	many := draws(t, plan)
	before := runtime.GOMAXPROCS(1)
	one := draws(t, plan)
	runtime.GOMAXPROCS(before)
	if !slices.Equal(one, many) {
		t.Error("draws depend on the number of cores")
	}
	plan.Seed++
	if slices.Equal(one, draws(t, plan)) {
		t.Error("another seed gives the same draws")
	}
	slices.Sort(one)
	if len(slices.Compact(one)) != plan.Draws {
		t.Error("two draws are the same number")
	}
}

// TestProgressRisesToTheEnd looks at every number that is told.
func TestProgressRisesToTheEnd(t *testing.T) {
	t.Parallel()
	last := 0
	draws(t, montecarlo.Plan{Draws: 333, Progress: func(done, total int) {
		if done <= last || total != 333 {
			t.Errorf("told %d of %d after %d", done, total, last)
		}
		last = done
	}})
	if last != 333 {
		t.Errorf("ended at %d", last)
	}
	draws(t, montecarlo.Plan{}) // nothing to do is done at once
}

// TestRunCanBeCancelled ends the context during the draws.
func TestRunCanBeCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	plan := montecarlo.Plan{Draws: 1_000_000, Progress: func(int, int) { cancel() }}
	done := make([]bool, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		return func(i int, _ *rand.Rand) { done[i] = true }
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if !slices.Contains(done, false) {
		t.Error("all draws were made")
	}
}

// TestPValue is never zero and at most one.
func TestPValue(t *testing.T) {
	t.Parallel()
	if p, se := montecarlo.PValue(0, 999); p != 0.001 || se <= 0 {
		t.Errorf("p %v, standard error %v", p, se)
	}
	if p, se := montecarlo.PValue(999, 999); p != 1 || se != 0 {
		t.Errorf("p %v, standard error %v", p, se)
	}
}

// TestAPanicInADrawComesUpWithWhoAsked on whichever core it was, and ends the rest.
func TestAPanicInADrawComesUpWithWhoAsked(t *testing.T) {
	t.Parallel()
	const all = 1 << 25
	var done atomic.Int64
	defer func() {
		if what, _ := parallel.Recovered(recover()); !strings.Contains(what, "index out of range") {
			t.Errorf("came up: %q", what)
		}
		if n := done.Load(); n > all/2 {
			t.Errorf("%d draws were made after it", n)
		}
	}()
	err := montecarlo.Run(t.Context(), montecarlo.Plan{Draws: all}, func() func(int, *rand.Rand) {
		return func(i int, _ *rand.Rand) {
			if done.Add(1); i < 64 {
				_ = make([]int, 3)[i]
			}
		}
	})
	t.Errorf("nothing came up, but %v", err)
}
