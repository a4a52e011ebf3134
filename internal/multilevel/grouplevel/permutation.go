package grouplevel

import (
	"context"
	"math/rand/v2"
	"sync/atomic"

	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

// permuteSeries deals the members of balanced tables, each with the whole
// series of its ratings, into groups of the same sizes at random. Series are
// exchangeable when groups have no variance and, of crossed tables, sessions
// have none either: members of one group share its evenings. The statistic is
// the primary test's: quasi-F of crossed tables, MSg/MSm of nested ones.
func permuteSeries(ctx context.Context, x *index, crossedTable bool, sh shape, plan montecarlo.Plan) (multilevel.ComponentTest, error) {
	out := multilevel.ComponentTest{Component: group.String(), Method: multilevel.MethodPermutation}
	series := seriesOf(x, sh)
	statistic := func(grids [][]float64) (float64, bool) {
		a := crossedStrata(grids, sh)
		if crossedTable {
			q := sumForm(a)
			return q.f, q.ok
		}
		return a[0].ms() / a[1].ms(), a[1].ss > 0
	}
	observed, ok := statistic(gridsOf(series, sh))
	if !ok || !finite(observed) {
		return out, nil
	}
	var reached atomic.Int64
	least := observed * (1 - 1e-9)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		mine := append([][]float64(nil), series...)
		return func(_ int, rng *rand.Rand) {
			copy(mine, series)
			rng.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			if v, ok := statistic(gridsOf(mine, sh)); !ok || !(v < least) {
				reached.Add(1)
			}
		}
	})
	if err != nil {
		return out, err
	}
	p, se := montecarlo.PValue(int(reached.Load()), plan.Draws)
	out.Statistic, out.P = &observed, &p
	out.Null = new("members with the whole series of their ratings dealt to groups of these sizes at random")
	out.MonteCarlo = &multilevel.MonteCarlo{Draws: plan.Draws, Seed: plan.Seed, SE: se}
	return out, nil
}

// seriesOf returns the ratings of each member, group after group.
func seriesOf(x *index, sh shape) [][]float64 {
	series := make([][]float64, 0, sh.groups*sh.members)
	for i := range x.blocks {
		cells := x.blocks[i].cells
		for len(cells) > 0 {
			one := make([]float64, sh.sessions)
			for k := range one {
				one[k] = cells[k].z
			}
			series, cells = append(series, one), cells[sh.sessions:]
		}
	}
	return series
}

// gridsOf joins series to tables of as many members as groups have.
func gridsOf(series [][]float64, sh shape) [][]float64 {
	grids := make([][]float64, 0, sh.groups)
	for len(series) > 0 {
		grid := make([]float64, 0, sh.members*sh.sessions)
		for _, one := range series[:sh.members] {
			grid = append(grid, one...)
		}
		grids, series = append(grids, grid), series[sh.members:]
	}
	return grids
}
