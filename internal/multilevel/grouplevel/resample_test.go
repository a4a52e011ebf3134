package grouplevel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// TestBootstrapAgreesWithTheExactF: the restricted likelihood ratio of balanced
// nested tables rises with F, so that drawn from the null fit its p is that of the F
// test to Monte Carlo error.
func TestBootstrapAgreesWithTheExactF(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 9))
		w := weekly{groups: 8, members: 5, sessions: 3, groupVar: 0.15, memberVar: 0.5, residualVariance: 0.4}
		rows := w.rows(rng)
		for i := range rows {
			rows[i].Session = ""
		}
		o := grouplevel.Options{Detail: grouplevel.Full}
		o.Draws, o.Seed = 1999, seed+1
		r := result(t, grouplevel.Table{Rows: rows}, o)
		exact, drawn := testOf(&r, "group", multilevel.MethodF), testOf(&r, "group", multilevel.MethodBootstrap)
		if r.Tests[0].Method != multilevel.MethodF || exact.P == nil {
			t.Fatalf("the primary test is %s", r.Tests[0].Method)
		}
		if drawn.MonteCarlo == nil {
			if *drawn.Statistic != 0 || *drawn.P != 1 {
				t.Errorf("statistic %v, p %v and nothing drawn", *drawn.Statistic, *drawn.P)
			}
			continue
		}
		if drawn.MonteCarlo.Failed != 0 || !(math.Abs(*drawn.P-*exact.P) <= 4*drawn.MonteCarlo.SE+0.003) {
			t.Errorf("bootstrap %v ± %v (%+v), exact %v", *drawn.P, drawn.MonteCarlo.SE, *drawn.MonteCarlo, *exact.P)
		}
	}
}

// TestPermutationAgreesWithEnumeration of all 15 ways to deal six members to
// three groups of two, each with F of its own.
func TestPermutationAgreesWithEnumeration(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(6, 2))
	series := make([][2]float64, 6)
	for i := range series {
		level := 1.5*float64(i/2) + rng.NormFloat64()
		series[i] = [2]float64{level + rng.NormFloat64(), level + rng.NormFloat64()}
	}
	table := func(order []int) grouplevel.Table {
		var out grouplevel.Table
		for place, i := range order {
			for _, y := range series[i] {
				out.Rows = append(out.Rows, multilevel.Row{Group: fmt.Sprint(place / 2), Member: fmt.Sprint(i), Value: y})
			}
		}
		return out
	}
	statistic := func(order []int) float64 {
		r := result(t, table(order), grouplevel.Options{Detail: grouplevel.AnswerOnly})
		return *testOf(&r, "group", multilevel.MethodF).Statistic
	}
	observed := statistic([]int{0, 1, 2, 3, 4, 5})
	reached, ways := 0, 0
	for a := 1; a < 6; a++ { // 0 sits with a; the least of the rest with b
		var rest []int
		for i := 1; i < 6; i++ {
			if i != a {
				rest = append(rest, i)
			}
		}
		for b := 1; b < 4; b++ {
			order := []int{0, a, rest[0], rest[b]}
			for i := 1; i < 4; i++ {
				if i != b {
					order = append(order, rest[i])
				}
			}
			ways++
			if statistic(order) >= observed*(1-1e-9) {
				reached++
			}
		}
	}
	o := grouplevel.Options{Detail: grouplevel.Full}
	o.Draws = 4000
	r := result(t, table([]int{0, 1, 2, 3, 4, 5}), o)
	drawn := testOf(&r, "group", multilevel.MethodPermutation)
	want := float64(reached) / float64(ways)
	if ways != 15 || drawn.P == nil || !(math.Abs(*drawn.P-want) <= 4*drawn.MonteCarlo.SE) {
		t.Errorf("p %v, by %d ways %v", *drawn.P, ways, want)
	}
}

// TestPermutationIsRefusedWhereSeriesAreNotExchangeable.
func TestPermutationIsRefusedWhereSeriesAreNotExchangeable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		table weekly
		valid bool
	}{
		"sessions carry variance": {weekly{groups: 6, members: 5, sessions: 6, memberVar: 0.5, sessionVar: 1, residualVariance: 0.3}, false},
		"cells are empty":         {weekly{groups: 6, members: 5, sessions: 6, missing: 0.2, memberVar: 0.5, residualVariance: 0.3}, false},
		"sessions are all alike":  {weekly{groups: 6, members: 5, sessions: 6, memberVar: 0.5, residualVariance: 0.3}, true},
	} {
		o := grouplevel.Options{Detail: grouplevel.Full}
		o.Draws = 99
		r := result(t, grouplevel.Table{Rows: c.table.rows(rand.New(rand.NewPCG(14, 1))), Shared: true}, o)
		if got := testOf(&r, "group", multilevel.MethodPermutation).P != nil; got != c.valid || r.Caveats.Has("permutation_not_valid") == c.valid {
			t.Errorf("%s: computed %v, want %v", name, got, c.valid)
		}
		if c.valid && !r.Caveats.Has("permutation_of_series") {
			t.Errorf("%s: nothing says what it rests on", name)
		}
	}
}

// TestNaiveTestsAreNeverThere: no F between groups of weekly ratings has the
// degrees of freedom of all ratings or, with sessions, of member means.
func TestNaiveTestsAreNeverThere(t *testing.T) {
	t.Parallel()
	for _, missing := range []float64{0, 0.2} {
		o := grouplevel.Options{Detail: grouplevel.Full}
		o.Draws = 19
		r := result(t, grouplevel.Table{Rows: usual(missing).rows(rand.New(rand.NewPCG(1, 2))), Shared: true}, o)
		if r.ANOVA.F != nil || r.ICC1.Estimate != nil || r.ICCGroupMean.Estimate != nil {
			t.Error("a one-way analysis of weekly ratings")
		}
		for _, test := range r.Tests {
			if test.Component == "group" && test.Method == multilevel.MethodF {
				t.Errorf("F(%v, %v) of the group", *test.DF1, *test.DF2)
			}
		}
	}
}

// TestDrawsEndEarlyOnlyWhereNothingIsFound: no p up to .2 rests on the first
// draws alone.
func TestDrawsEndEarlyOnlyWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	early, all := 0, 0
	for seed := range uint64(40) {
		rows := weekly{groups: 6, members: 3, sessions: 3, missing: 0.2, groupVar: 0.1, memberVar: 0.3, sessionVar: 0.1, residualVariance: 0.5}.rows(rand.New(rand.NewPCG(seed, 6)))
		r := result(t, grouplevel.Table{Rows: rows, Shared: true}, grouplevel.Options{Detail: grouplevel.AnswerOnly, Options: multilevel.Options{Draws: 600}})
		first := r.Tests[0]
		switch {
		case first.MonteCarlo == nil:
		case first.MonteCarlo.Draws == 600:
			all++
		case *first.P <= 0.2:
			t.Errorf("seed %d: p = %v of %d draws", seed, *first.P, first.MonteCarlo.Draws)
		default:
			early++
		}
	}
	if early == 0 || all == 0 {
		t.Errorf("%d ended early, %d did not", early, all)
	}
}
