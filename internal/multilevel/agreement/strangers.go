package agreement

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

// strangers holds what groups drawn at random over all members came to. Every
// draw deals all members out anew, without replacement, to groups of the sizes
// there are; of each size one group is kept, and over all groups the mean of
// r_wg(J) against the uniform null.
type strangers struct {
	plan  montecarlo.Plan
	sizes []int
	v     [][]int64   // by size and draw
	adM   [][]int64   // Σ over items of Σ|n c - Σc|
	awg   [][]float64 // +Inf stands for undefined
	mean  []float64   // by draw
}

// meet makes the draws.
func (g *grid) meet(ctx context.Context, plan montecarlo.Plan, e float64) (*strangers, error) {
	st := &strangers{plan: plan, sizes: g.sizes, mean: make([]float64, plan.Draws)}
	for range g.sizes {
		st.v = append(st.v, make([]int64, plan.Draws))
		st.adM = append(st.adM, make([]int64, plan.Draws))
		st.awg = append(st.awg, make([]float64, plan.Draws))
	}
	kept := make([]int, len(g.groups)) // which size a group is kept for, -1 for none
	last := 0                          // the groups up to here have members enough to matter
	seen := map[int]bool{}
	for i, b := range g.groups {
		kept[i] = -1
		if s, ok := slices.BinarySearch(g.sizes, b.size()); ok {
			last = i + 1
			if !seen[s] {
				kept[i], seen[s] = s, true
			}
		}
	}
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		hand := make([]int, g.rows())
		sums, variances := make([]int64, g.items), make([]int64, g.items)
		return func(draw int, rng *rand.Rand) {
			for i := range hand {
				hand[i] = i
			}
			rng.Shuffle(len(hand), func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
			total, groups := 0.0, 0
			for i, b := range g.groups[:last] {
				if b.size() < 2 {
					continue
				}
				own := hand[b.first:b.end]
				v := g.deal(own, sums)
				total += rwgJ(g.variance(v, len(own)), e, g.items)
				groups++
				if s := kept[i]; s >= 0 {
					st.v[s][draw] = v
					st.adM[s][draw] = g.absolute(own, sums, variances)
					a, defined := g.meanAWG(variances, sums, len(own))
					if defined == 0 {
						a = math.Inf(1)
					}
					st.awg[s][draw] = a
				}
			}
			st.mean[draw] = total / float64(groups)
		}
	})
	if err != nil {
		return nil, err
	}
	for s := range st.sizes {
		slices.Sort(st.v[s])
		slices.Sort(st.adM[s])
		slices.Sort(st.awg[s])
	}
	return st, nil
}

// deal fills in the sums of the members dealt and returns their V.
func (g *grid) deal(own []int, sums []int64) int64 {
	clear(sums)
	squares := int64(0)
	for _, i := range own {
		squares += g.squares[i]
		for k, c := range g.row(i) {
			sums[k] += c
		}
	}
	return spread(int64(len(own)), squares, sums)
}

// absolute returns Σ|n c - Σc| over members and items, given the sums, and
// fills in the V of each item.
func (g *grid) absolute(own []int, sums, variances []int64) int64 {
	n, total := int64(len(own)), int64(0)
	for k, s := range sums {
		variances[k] = -s * s
	}
	for _, i := range own {
		for k, c := range g.row(i) {
			total += distance(n*c, sums[k])
			variances[k] += n * c * c
		}
	}
	return total
}

// undefined returns in how many draws of a size a_wg is defined for no item.
func (st *strangers) undefined(s int) int {
	defined, _ := slices.BinarySearch(st.awg[s], math.Inf(1))
	return st.plan.Draws - defined
}

// against sets a group beside the strangers of its size.
func (st *strangers) against(m *moments, awg *float64) Against {
	s, _ := slices.BinarySearch(st.sizes, m.n)
	after := func(x, y int64) int { // so that equal ones are counted in
		if x <= y {
			return -1
		}
		return 1
	}
	v, _ := slices.BinarySearchFunc(st.v[s], m.v, after)
	ad, _ := slices.BinarySearchFunc(st.adM[s], m.adM, after)
	out := Against{Variance: st.chance(v), ADMean: st.chance(ad)}
	if awg != nil {
		below, _ := slices.BinarySearch(st.awg[s], *awg-slack)
		out.AWG = st.chance(st.plan.Draws - st.undefined(s) - below)
	}
	return out
}

// chance returns the p value of so many draws that reach the observed one.
func (st *strangers) chance(reach int) Chance {
	p, se := montecarlo.PValue(reach, st.plan.Draws)
	return Chance{P: &p, MonteCarlo: &multilevel.MonteCarlo{Draws: st.plan.Draws, Seed: st.plan.Seed, SE: se}}
}

// limit returns the draw that a group must pass to have p at most level, from
// values rising in disagreement, and its standard error: half the distance between the draws one
// binomial standard deviation of the rank to each side.
func (st *strangers) limit(at func(i int) float64) Limit {
	rank := int(level * float64(st.plan.Draws+1) * (1 + slack)) // fewer draws than this may agree as much
	if rank < 1 {
		return Limit{}
	}
	width := int(math.Ceil(math.Sqrt(float64(st.plan.Draws) * level * (1 - level))))
	low, high := max(0, rank-1-width), min(st.plan.Draws-1, rank-1+width)
	value, se := at(rank-1), math.Abs(at(high)-at(low))/2
	if math.IsInf(value, 0) || math.IsNaN(se) || math.IsInf(se, 0) {
		return Limit{}
	}
	return Limit{Value: &value, SE: &se}
}
