package agreement

import (
	"context"
	"math"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

// ItemCutoffs returns the limits of r_wg of one item under a null, in steps of
// its scale, for groups of these sizes, each once and rising. Sizes below two
// have none. They are exact where that is affordable, and drawn beyond, where
// groups are large and the scale is fine. The error is that of the context, or
// ErrProportions.
func ItemCutoffs(ctx context.Context, null Null, sizes []int, o Options) ([]Cutoff, error) {
	o = o.withDefaults()
	if _, err := Given(null.Name, null.Proportions, len(null.Proportions)); err != nil {
		return nil, err
	}
	sizes = slices.DeleteFunc(slices.Sorted(slices.Values(sizes)), func(n int) bool { return n < 2 })
	sizes = slices.Compact(sizes)
	if len(sizes) == 0 {
		return nil, nil
	}
	laws, drawn, err := itemLaws(ctx, o, []Null{null}, sizes)
	if err != nil {
		return nil, err
	}
	return cutoffs(laws, []Null{null}, sizes, 1, 1, drawn, o), nil
}

// itemLaws returns the laws of one item by null and size: exact where that costs
// no more than mostWork, else drawn.
func itemLaws(ctx context.Context, o Options, nulls []Null, sizes []int) (laws [][]law, drawn []bool, err error) {
	for _, null := range nulls {
		if exactWork(sizes[len(sizes)-1], len(null.Proportions)) <= mostWork {
			exact, err := exactLaws(ctx, null, sizes)
			if err != nil {
				return nil, nil, err
			}
			laws, drawn = append(laws, exact), append(drawn, false)
			continue
		}
		one := correlated{items: 1, lower: []float64{1}}
		random, err := drawnLaws(ctx, montecarlo.Plan{Draws: o.Draws, Seed: o.Seed ^ 2<<32}, one, []Null{null}, sizes)
		if err != nil {
			return nil, nil, err
		}
		laws, drawn = append(laws, random[0]), append(drawn, true)
	}
	return laws, drawn, nil
}

// cutoffs lists the limits that laws of so many items give.
func cutoffs(laws [][]law, nulls []Null, sizes []int, step float64, items int, drawn []bool, o Options) []Cutoff {
	var out []Cutoff
	for i, null := range nulls {
		for s, n := range sizes {
			c := cutoff(&laws[i][s], null, n, items, level)
			c.scale(step)
			if drawn[i] {
				c.Exact = false
				c.MonteCarlo = monteCarlo(c.Attained, o)
			}
			out = append(out, c)
		}
	}
	return out
}

// cutoff reads the limit of a law in steps.
func cutoff(l *law, null Null, n, items int, level float64) Cutoff {
	unit := float64(n) * float64(n-1) * float64(items)
	out := Cutoff{Null: null.Name, N: n, Level: level, Exact: true, Perfect: new(l.upTo(0)), MeanVar: new(l.mean / unit)}
	if v, attained, ok := l.critical(level); ok {
		variance := float64(v) / unit
		out.Variance, out.Attained = &variance, new(min(1, attained))
		out.RWG = new(rwgJ(variance, null.Variance(), items))
	}
	return out
}

// scale puts the variances into the unit of the ratings.
func (c *Cutoff) scale(step float64) {
	*c.MeanVar *= step * step
	if c.Variance != nil {
		*c.Variance *= step * step
	}
}

// monteCarlo says how a probability was drawn.
func monteCarlo(p *float64, o Options) *multilevel.MonteCarlo {
	m := multilevel.MonteCarlo{Draws: o.Draws, Seed: o.Seed}
	if p != nil {
		m.SE = math.Sqrt(*p * (1 - *p) / float64(o.Draws))
	}
	return &m
}
