package agreement

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/montecarlo"
)

// correlated holds a lower triangular L with L L' the correlations of items
// over all members. Items without variation correlate with nothing.
type correlated struct {
	items    int
	lower    []float64
	constant int // items without variation
}

// correlations returns the factor of the observed item correlations. They are
// those over all members, as in Cohen, Doveh and Nahum-Shani (2009).
func (g *grid) correlations() correlated {
	n, j := int64(g.rows()), g.items
	sums, products := make([]int64, j), make([]int64, j*j)
	for i := range g.rows() {
		row := g.row(i)
		for a, x := range row {
			sums[a] += x
			for b, y := range row[:a+1] {
				products[a*j+b] += x * y
			}
		}
	}
	scatter := func(a, b int) float64 { return float64(n*products[a*j+b] - sums[a]*sums[b]) }
	r := make([]float64, j*j)
	c := correlated{items: j}
	for a := range j {
		r[a*j+a] = 1
		if scatter(a, a) == 0 {
			c.constant++
			continue
		}
		for b := range a {
			if scatter(b, b) > 0 {
				r[a*j+b] = scatter(a, b) / math.Sqrt(scatter(a, a)) / math.Sqrt(scatter(b, b))
			}
		}
	}
	c.lower = factor(r, j)
	return c
}

// factor returns L with L L' = r for a correlation matrix given by its lower
// triangle, which may be singular: an item that others determine adds nothing.
func factor(r []float64, j int) []float64 {
	const nothing = 1e-10
	l := make([]float64, j*j)
	for a := range j {
		for b := range a + 1 {
			rest := r[a*j+b]
			for k := range b {
				rest -= float64(l[a*j+k] * l[b*j+k])
			}
			switch pivot := l[b*j+b]; {
			case a == b && rest > nothing:
				l[a*j+a] = math.Sqrt(rest)
			case a != b && pivot > 0:
				l[a*j+b] = rest / pivot
			}
		}
	}
	return l
}

// draw fills z with the latent answers of one member.
func (c *correlated) draw(z []float64, rng *rand.Rand) {
	for k := range z {
		z[k] = rng.NormFloat64()
	}
	for a := c.items - 1; a >= 0; a-- {
		sum := 0.0
		for b, l := range c.lower[a*c.items : a*c.items+a+1] {
			sum += float64(l * z[b])
		}
		z[a] = sum
	}
}

// thresholds returns the normal deviates between the options of a null.
func thresholds(null Null) []float64 {
	z := make([]float64, len(null.Proportions)-1)
	sum := 0.0
	for c := range z {
		sum += null.Proportions[c]
		switch {
		case sum <= 0:
			z[c] = math.Inf(-1)
		case sum >= 1-slack:
			z[c] = math.Inf(1)
		default:
			z[c] = distuv.UnitNormal.Quantile(sum)
		}
	}
	return z
}

// drawnLaws returns, for every null and size, the law of V for members whose
// answers to each item follow the null and are correlated between items as the
// normal deviates behind them are, and independent between members. All sizes
// and nulls are made from the same deviates: a group of five is the first five
// of a group of eight.
func drawnLaws(ctx context.Context, plan montecarlo.Plan, c correlated, nulls []Null, sizes []int) ([][]law, error) {
	cuts := make([][]float64, len(nulls))
	draws := make([][][]int64, len(nulls)) // by null, size, draw
	for i, null := range nulls {
		cuts[i] = thresholds(null)
		draws[i] = make([][]int64, len(sizes))
		for s := range sizes {
			draws[i][s] = make([]int64, plan.Draws)
		}
	}
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		z := make([]float64, c.items)
		sums := make([]int64, len(nulls)*c.items)
		squares := make([]int64, len(nulls))
		return func(draw int, rng *rand.Rand) {
			clear(sums)
			clear(squares)
			s := 0
			for member := 1; s < len(sizes); member++ {
				c.draw(z, rng)
				for i, cut := range cuts {
					own := sums[i*c.items : (i+1)*c.items]
					for k, x := range z {
						at, _ := slices.BinarySearch(cut, x)
						own[k] += int64(at)
						squares[i] += int64(at) * int64(at)
					}
				}
				if member != sizes[s] {
					continue
				}
				for i := range nulls {
					draws[i][s][draw] = spread(int64(member), squares[i], sums[i*c.items:(i+1)*c.items])
				}
				s++
			}
		}
	})
	if err != nil {
		return nil, err
	}
	laws := make([][]law, len(nulls))
	for i := range nulls {
		for s := range sizes {
			laws[i] = append(laws[i], drawnLaw(draws[i][s]))
		}
	}
	return laws, nil
}

// spread returns V from the sum of all squares and the sums of the items.
func spread(n, squares int64, sums []int64) int64 {
	v := n * squares
	for _, s := range sums {
		v -= s * s
	}
	return v
}
