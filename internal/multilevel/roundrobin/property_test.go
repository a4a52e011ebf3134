package roundrobin_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
)

// drawGroups draws one to four complete groups of four to seven.
func drawGroups(t *rapid.T) []roundrobin.Group {
	out := make([]roundrobin.Group, rapid.IntRange(1, 4).Draw(t, "groups"))
	for i := range out {
		g := &out[i]
		g.Name = fmt.Sprintf("g%d", i)
		n := rapid.IntRange(4, 7).Draw(t, "members")
		for m := range n {
			g.Members = append(g.Members, fmt.Sprintf("m%d", m))
		}
		for a := range n {
			for p := range n {
				if a != p {
					g.Cells = append(g.Cells, roundrobin.Cell{Actor: a, Partner: p, Value: float64(rapid.IntRange(0, 100).Draw(t, "y")) / 10})
				}
			}
		}
	}
	return out
}

// changed returns groups with every cell put through a function.
func changed(groups []roundrobin.Group, change func(roundrobin.Cell) roundrobin.Cell) []roundrobin.Group {
	out := slices.Clone(groups)
	for i := range out {
		out[i].Cells = slices.Clone(out[i].Cells)
		for k, c := range out[i].Cells {
			out[i].Cells[k] = change(c)
		}
	}
	return out
}

// near tells whether two numbers are the same to nine digits of the scale.
func near(a, b *float64, scale float64) bool {
	if (a == nil) != (b == nil) {
		return false
	}
	return a == nil || scalar.EqualWithinAbsOrRel(*a, *b, 1e-9*scale, 1e-9)
}

// places of the components when actor and partner change places.
func swapped(i int) int {
	switch i {
	case 0:
		return 1
	case 1:
		return 0
	default:
		return i
	}
}

// TestWhatChangesWithTheRatings checks how the answer follows its ratings: a
// constant moves the mean alone, a factor scales, transposing swaps actor and
// partner, another order of members permutes their effects.
func TestWhatChangesWithTheRatings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t)
		was := roundrobin.Analyse(groups)
		if was.Reason == multilevel.NoVariation {
			return
		}
		moved := roundrobin.Analyse(changed(groups, func(c roundrobin.Cell) roundrobin.Cell { c.Value += 8; return c }))
		larger := roundrobin.Analyse(changed(groups, func(c roundrobin.Cell) roundrobin.Cell { c.Value *= 3; return c }))
		turned := roundrobin.Analyse(changed(groups, func(c roundrobin.Cell) roundrobin.Cell {
			c.Actor, c.Partner = c.Partner, c.Actor
			return c
		}))
		for i, e := range was.Pooled.Estimates {
			if !near(e.Value, moved.Pooled.Estimates[i].Value, 1) {
				t.Errorf("%s moves with a constant", e.Component)
			}
			if !near(new(9**e.Value), larger.Pooled.Estimates[i].Value, 9) {
				t.Errorf("%s does not scale", e.Component)
			}
			if !near(e.Value, turned.Pooled.Estimates[swapped(i)].Value, 1) {
				t.Errorf("%s does not swap", e.Component)
			}
			for k, test := range e.Tests {
				for _, other := range []roundrobin.Test{moved.Pooled.Estimates[i].Tests[k], larger.Pooled.Estimates[i].Tests[k], turned.Pooled.Estimates[swapped(i)].Tests[k]} {
					if test.P != nil && other.P != nil && math.Abs(*test.P-*other.P) > 1e-6 {
						t.Errorf("%s: p %g and %g", e.Component, *test.P, *other.P)
					}
				}
			}
		}
		if !near(was.Pooled.GroupVariance, moved.Pooled.GroupVariance, 1) || !near(was.Pooled.GroupVariance, turned.Pooled.GroupVariance, 1) {
			t.Error("the variance of groups changes")
		}
		if !near(new(*was.Groups[0].Mean+8), moved.Groups[0].Mean, 1) {
			t.Error("the mean does not move")
		}
	})
}

// TestNamesDoNotMatter puts members and cells in another order.
func TestNamesDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroups(t)[0]
		n := len(g.Members)
		order := rapid.Permutation(indexes(n)).Draw(t, "order")
		other := roundrobin.Group{Name: g.Name, Members: make([]string, n)}
		for i, at := range order {
			other.Members[at] = g.Members[i]
		}
		for _, c := range slices.Backward(g.Cells) {
			other.Cells = append(other.Cells, roundrobin.Cell{Actor: order[c.Actor], Partner: order[c.Partner], Value: c.Value})
		}
		was, is := roundrobin.Analyse([]roundrobin.Group{g}), roundrobin.Analyse([]roundrobin.Group{other})
		for i, e := range was.Pooled.Estimates {
			if !near(e.Value, is.Pooled.Estimates[i].Value, 1) {
				t.Errorf("%s changes with the order", e.Component)
			}
		}
		for i, at := range order {
			if a, b := was.Groups[0].Members[i], is.Groups[0].Members[at]; a.Name != b.Name || !near(&a.Actor, &b.Actor, 1) || !near(&a.Partner, &b.Partner, 1) {
				t.Errorf("%v and %v", a, b)
			}
		}
	})
}

// indexes returns 0 to n−1.
func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestTheEstimatesAreUnbiased draws round robins from known components and
// compares means of estimates, and of squared standard errors with the variance of
// the estimates, within four of their own standard errors.
func TestTheEstimatesAreUnbiased(t *testing.T) {
	t.Parallel()
	const draws, n = 4000, 5
	random := rand.New(rand.NewPCG(5, 2))
	truth := [5]float64{0.6, 0.4, 1, 0.2, 0.5}
	var sum, squares, errors, errorSquares [5]float64
	for range draws {
		got := roundrobin.Analyse([]roundrobin.Group{drawn(random, n)})
		for i, e := range got.Groups[0].Estimates {
			sum[i] += *e.Value
			squares[i] += *e.Value * *e.Value
			if se := e.Tests[0].SE; se != nil {
				errors[i] += *se * *se
				errorSquares[i] += math.Pow(*se, 4)
			}
		}
	}
	for i, want := range truth {
		mean := sum[i] / draws
		variance := squares[i]/draws - mean*mean
		if !(math.Abs(mean-want) < 4*math.Sqrt(variance/draws)) {
			t.Errorf("component %d: mean %g, want %g", i, mean, want)
		}
		expected := errors[i] / draws
		spread := math.Sqrt(errorSquares[i]/draws - expected*expected)
		if !(math.Abs(expected-variance) < 4*(spread+2*variance)/math.Sqrt(draws)) {
			t.Errorf("component %d: mean squared error %g, variance %g", i, expected, variance)
		}
	}
}

// drawn draws one round robin with variances .6, .4 and 1 and covariances .2 and
// .5.
func drawn(random *rand.Rand, n int) roundrobin.Group {
	g := roundrobin.Group{Name: "g", Members: make([]string, n)}
	a, b := make([]float64, n), make([]float64, n)
	for i := range n {
		g.Members[i] = fmt.Sprint(i)
		x, y := random.NormFloat64(), random.NormFloat64()
		a[i] = math.Sqrt(0.6) * x
		c := 0.2 / math.Sqrt(0.6)
		b[i] = c*x + math.Sqrt(0.4-c*c)*y
	}
	for i := range n {
		for j := range i {
			x, y := random.NormFloat64(), random.NormFloat64()
			g.Cells = append(g.Cells,
				roundrobin.Cell{Actor: i, Partner: j, Value: 5 + a[i] + b[j] + x},
				roundrobin.Cell{Actor: j, Partner: i, Value: 5 + a[j] + b[i] + 0.5*x + math.Sqrt(0.75)*y})
		}
	}
	return g
}
