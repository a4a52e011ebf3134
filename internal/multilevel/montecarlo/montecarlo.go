// Package montecarlo repeats a computation with numbers drawn at random: on all
// cores, with the same result whatever their number, cancellable, and telling
// how far it has come.
package montecarlo

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"

	"holon/internal/parallel"
)

// Plan says how many draws are made, from which seed, and who hears how far
// they are. Progress may be nil; it is called from one goroutine at a time,
// with rising numbers, and last with done == total.
type Plan struct {
	Draws    int
	Seed     uint64
	Progress func(done, total int)
}

// chunk is how many draws share one source of random numbers. It is part of
// what a seed means: another size would give other draws.
const chunk = 64

// Run makes the draws of the plan. Every worker takes its own draw function
// from start, so that it can keep scratch memory; the function is given the
// number of the draw, from 0, and a source that depends on the seed and that
// number's chunk alone. What it finds it stores under its number. Run returns
// the error of the context when that ends first; the draws are then incomplete.
func Run(ctx context.Context, plan Plan, start func() func(draw int, rng *rand.Rand)) error {
	chunks := (plan.Draws + chunk - 1) / chunk
	workers := min(runtime.GOMAXPROCS(0), chunks)
	var next atomic.Int64
	var work parallel.Group
	tell := teller{plan: plan}
	for range workers {
		work.Go(func() {
			draw := start()
			for {
				c := int(next.Add(1)) - 1
				if c >= chunks || ctx.Err() != nil || work.Panicked() {
					return
				}
				rng := rand.New(rand.NewPCG(plan.Seed, uint64(c))) //nolint:gosec // c counts from 0
				last := min(plan.Draws, (c+1)*chunk)
				for i := c * chunk; i < last; i++ {
					draw(i, rng)
				}
				tell.add(last - c*chunk)
			}
		})
	}
	work.Wait()
	return ctx.Err()
}

// teller passes on how many draws are done.
type teller struct {
	plan Plan
	mu   sync.Mutex
	done int
}

// add counts draws and tells of them.
func (t *teller) add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done += n
	if t.plan.Progress != nil {
		t.plan.Progress(t.done, t.plan.Draws)
	}
}

// PValue returns the Monte Carlo p value (1+exceed)/(draws+1) of a statistic
// that was reached or exceeded in so many of the draws from its null
// distribution, and its standard error (Davison and Hinkley 1997, equation
// 4.11). It is never zero: the observed data are one of the draws.
func PValue(exceed, draws int) (p, se float64) {
	p = float64(1+exceed) / float64(draws+1)
	return p, math.Sqrt(p * (1 - p) / float64(draws+1))
}
