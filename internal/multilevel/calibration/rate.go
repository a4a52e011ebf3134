package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"holon/internal/multilevel/montecarlo"
)

// rate counts how often something was so among how often it was defined.
type rate struct{ yes, of int }

// add counts one data set.
func (r *rate) add(yes bool) {
	r.of++
	if yes {
		r.yes++
	}
}

// value returns the share.
func (r *rate) value() float64 { return float64(r.yes) / float64(r.of) }

// String writes the share with its standard error, both to three decimals, or
// a dash where it never was defined.
func (r *rate) String() string {
	if r.of == 0 {
		return "–"
	}
	p := r.value()
	return short(p) + " ± " + short(math.Sqrt(p*(1-p)/float64(r.of)))
}

// short writes a share to three decimals without the zero before the point.
func short(p float64) string { return strings.TrimPrefix(fmt.Sprintf("%.3f", p), "0") }

// each draws data sets of a scenario, from a seed that is made of its number,
// and tests every one. What is found is stored under the number of the data
// set, so that it does not depend on how many cores there are.
func each[D, T any](ctx context.Context, draw func(*rand.Rand) D, number uint64, o settings, test func(ctx context.Context, d D, seed uint64) (T, error)) ([]T, error) {
	found, failed := make([]T, o.tables), make([]error, o.tables)
	plan := montecarlo.Plan{Draws: o.tables, Seed: rand.NewPCG(o.seed, number).Uint64()}
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		return func(i int, rng *rand.Rand) {
			d := draw(rng)
			found[i], failed[i] = test(ctx, d, 1+rng.Uint64()>>1)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// header writes the first two lines of a Markdown table.
func header(out *strings.Builder, cells ...string) {
	row(out, cells...)
	rule := make([]string, len(cells))
	for i := range rule {
		rule[i] = "---"
	}
	row(out, rule...)
}

// row writes one line of a Markdown table.
func row(out *strings.Builder, cells ...string) {
	out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}
