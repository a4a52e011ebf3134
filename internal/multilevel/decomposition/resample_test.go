package decomposition

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/stat/distuv"
)

// TestSimulatedStatisticsHaveTheirExpectations: of pools of groups of one size
// the means have covariance (B + W/n)/count, and their squares about the pool's
// mean count-1 times B + W/n; those within N-J times W.
func TestSimulatedStatisticsHaveTheirExpectations(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(31, 32))
	s := &sample{rows: 4*2 + 6*5, groups: 10, pools: []pool{{size: 2, count: 4}, {size: 5, count: 6}}}
	at := theta{between: sym{0.5, 0.3, 0.4}, within: sym{1, -0.4, 2}}
	const draws = 20_000
	var within sym
	spread, means := make([]sym, 2), make([]sym, 2)
	out := &sample{}
	for range draws {
		s.simulate(at, out, rng)
		within = within.plus(1./draws, out.within)
		for i, p := range out.pools {
			spread[i] = spread[i].plus(1./draws, p.ss)
			means[i] = means[i].plus(1./draws, outer(p.mean))
		}
	}
	near := func(what string, got, want sym) {
		for i, v := range [3][2]float64{{got.xx, want.xx}, {got.xy, want.xy}, {got.yy, want.yy}} {
			if !scalar.EqualWithinAbsOrRel(v[0], v[1], 0.02, 0.04) {
				t.Errorf("%s: entry %d is %v, want %v", what, i, v[0], v[1])
			}
		}
	}
	near("within", within, at.within.times(s.dfW()))
	for i, p := range s.pools {
		each := at.within.times(1/p.size).plus(1, at.between)
		near("spread of means", spread[i], each.times(p.count-1))
		near("mean of means", means[i], each.times(1/p.count))
	}
}

// TestEveryGroupOnceIsTheTable: a draw that takes each group once has the alphas
// of the table.
func TestEveryGroupOnceIsTheTable(t *testing.T) {
	t.Parallel()
	table := randomTable(rand.New(rand.NewPCG(33, 34)), 12, 2, 7, sym{0.6, 0.5, 0.6}, sym{1, 0.4, 1})
	a, err := Alpha(t.Context(), table, Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := arrange(table)
	s := commonUnit(reduce(b))
	got := s.resampled(everyOne(12), make([]float64, 2*s.k))
	for i, q := range []Quantity{a.Within, a.Between, a.SingleLevel, a.GroupMeans} {
		if !closeTo(&got[i], q.Estimate, 1e-9) {
			t.Errorf("alpha %d: %v, want %v", i, got[i], *q.Estimate)
		}
	}
	// Feldt (1965) with k-1 = 1: 1 - (1-alpha)/F and its quantiles, by gonum's F.
	f := distuv.F{D1: s.dfW(), D2: s.dfW()}
	lower, upper := a.Within.Limits(MethodFeldt, 0.95)
	low, high := 1-(1-*a.Within.Estimate)/f.Quantile(0.025), 1-(1-*a.Within.Estimate)/f.Quantile(0.975)
	if !closeTo(lower, &low, 1e-6) || !closeTo(upper, &high, 1e-6) {
		t.Errorf("within %v to %v, want %v to %v", *lower, *upper, low, high)
	}
}

// everyOne lists groups by number.
func everyOne(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestFeldtKnowsTheNumberOfItems: the error of three items has twice the degrees
// of freedom of persons.
func TestFeldtKnowsTheNumberOfItems(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(35, 36))
	table := randomTable(rng, 12, 2, 7, sym{0.6, 0.5, 0.6}, sym{1, 0.4, 1})
	third := make([]float64, len(table.Group))
	for i := range third {
		third[i] = (table.Measures[0].Values[i]+table.Measures[1].Values[i])/2 + rng.NormFloat64()
	}
	table.Measures = append(table.Measures, Measure{Name: "z", Values: third})
	a, err := Alpha(t.Context(), table, Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	persons := float64(len(third) - 12)
	low := 1 - (1-*a.Within.Estimate)/distuv.F{D1: 2 * persons, D2: persons}.Quantile(0.025)
	if lower, _ := a.Within.Limits(MethodFeldt, 0.95); !closeTo(lower, &low, 1e-6) {
		t.Errorf("lower limit %v, want %v", *lower, low)
	}
}

// TestWhatIsLeftAndFisher: the part of y's group variance that is left is
// 1 - r², and the correlation of J group means has the standard error
// 1/sqrt(J-3) on Fisher's scale.
func TestWhatIsLeftAndFisher(t *testing.T) {
	t.Parallel()
	table := randomTable(rand.New(rand.NewPCG(37, 38)), 30, 3, 8, sym{0.5, 0.3, 0.6}, sym{1, 0.4, 1})
	b, err := IsBeyond(t.Context(), table, Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	r := *b.Relation.REML.RBetween.Estimate
	if left := 1 - r*r; !closeTo(b.Left, &left, 1e-9) || !(left > 0.01 && left < 0.99) {
		t.Errorf("left %v, want %v", *b.Left, left)
	}
	means := b.Relation.Moments.RBetweenMeans
	high := math.Tanh(math.Atanh(*means.Estimate) + 1.959963984540054/math.Sqrt(27))
	if _, upper := means.Limits(MethodFisherZ, 0.95); !closeTo(upper, &high, 1e-12) {
		t.Errorf("upper limit %v, want %v", *upper, high)
	}
}
