package lagged

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"holon/internal/multilevel/clustered"
	"holon/internal/multilevel/montecarlo"
)

// moments are the sums of squares and products of the two adjusted models, by
// cluster: of X and Y in the earlier session, covariates, and X and Y in the
// later one; and what their bias is computed from. Members' effects were taken
// out within clusters, so that a cluster drawn twice adds the same sums twice.
type moments struct {
	width    int
	clusters []int // names, in order
	sums     [][]float64
	apart    []apart
}

// momentsOf sums up the columns of both directions, which have the same pairs.
func momentsOf(forward, backward *columns, trend bool) moments {
	all := append(slices.Clone(forward.x), backward.y, forward.y)
	m := moments{width: len(all)}
	at := map[int]int{}
	for first := 0; first < len(forward.pairs); {
		last := first
		for last < len(forward.pairs) && forward.pairs[last].member == forward.pairs[first].member {
			last++
		}
		name := forward.cluster[first]
		k, ok := at[name]
		if !ok {
			k = len(m.sums)
			at[name] = k
			m.clusters = append(m.clusters, name)
			m.sums = append(m.sums, make([]float64, m.width*m.width))
			m.apart = append(m.apart, nil)
		}
		m.apart[k] = m.apart[k].with(forward.pairs[first:last], trend)
		for a := range all {
			for b := range all {
				m.sums[k][a*m.width+b] += products(all[a][first:last], all[b][first:last])
			}
		}
		first = last
	}
	return m
}

// difference returns the forward arrow less the backward one, both with their
// bias taken out and in standard deviations, with each cluster counted so many
// times; NaN where there is none.
func (m *moments) difference(times []int) float64 {
	w := m.width
	sum := make([]float64, w*w)
	var c apart
	for k, n := range times {
		if n == 0 {
			continue
		}
		for j, v := range m.sums[k] {
			sum[j] += float64(n) * v
		}
		for h, v := range m.apart[k] {
			for len(c) <= h {
				c = append(c, 0)
			}
			c[h] += float64(n) * v
		}
	}
	p := w - 2
	s, xy := mat.NewSymDense(p, nil), mat.NewDense(p, 2, nil)
	scale := make([]float64, w)
	for a := range w {
		scale[a] = math.Sqrt(sum[a*w+a])
		if !(scale[a] > 0) {
			return math.NaN()
		}
	}
	for a := range p {
		for b := a; b < p; b++ {
			s.SetSym(a, b, sum[a*w+b]/scale[a]/scale[b])
		}
		for next := range 2 {
			xy.Set(a, next, sum[a*w+p+next]/scale[a])
		}
	}
	var chol mat.Cholesky
	var b mat.Dense
	if !chol.Factorize(s) || chol.SolveTo(&b, xy) != nil {
		return math.NaN()
	}
	var found, left square
	for i := range 2 {
		for j := range 2 {
			found[i][j] = b.At(j, i) / scale[j]
			left[i][j] = sum[(p+i)*w+p+j]
			for a := range p {
				left[i][j] -= b.At(a, i) * xy.At(a, j)
			}
		}
	}
	a, ok := c.correct(found, left)
	if !ok {
		return math.NaN()
	}
	return a[1][0]*scale[0]/scale[p+1] - a[0][1]*scale[1]/scale[p]
}

// compare compares the two arrows, and draws clusters with replacement to say
// how sure that is.
func compare(ctx context.Context, m moments, o Options) (Difference, error) {
	out := Difference{Seed: o.Seed}
	size := len(m.clusters)
	once := make([]int, size)
	for k := range once {
		once[k] = 1
	}
	out.Estimate = finite(m.difference(once))
	if out.Estimate == nil || size < fewestClusters || o.Draws < 1 {
		return out, nil
	}
	out.Draws = o.Draws
	drawn := make([]float64, o.Draws)
	err := montecarlo.Run(ctx, montecarlo.Plan{Draws: o.Draws, Seed: o.Seed, Progress: o.Progress}, func() func(int, *rand.Rand) {
		times := make([]int, size)
		return func(draw int, rng *rand.Rand) {
			clear(times)
			for range times {
				times[rng.IntN(size)]++
			}
			drawn[draw] = m.difference(times)
		}
	})
	if err != nil {
		return out, err
	}
	out.CI, out.Failed = clustered.Limits(drawn)
	return out, nil
}
