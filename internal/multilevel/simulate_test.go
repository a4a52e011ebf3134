package multilevel_test

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
)

// exactRLRT is an expected null distribution of the restricted likelihood
// ratio, simulated by R's RLRsim.
type exactRLRT struct {
	Statistic float64 `json:"statistic"`
	P         float64 `json:"p_monte_carlo"`
	SE        float64 `json:"p_monte_carlo_se"`
	Zero      float64 `json:"prob_statistic_zero"`
	Draws     int     `json:"nsim"`
	Tolerance float64 `json:"absolute_tolerance"`
}

// permutation is an expected permutation test.
type permutation struct {
	Assignments int     `json:"n_assignments"`
	AtLeast     int     `json:"n_at_least_as_extreme"`
	P           float64 `json:"p_exact"`
}

// testOf returns the test by a method, nil for none.
func testOf(r *multilevel.GroupLevel, method string) *multilevel.ComponentTest {
	for i := range r.Tests {
		if r.Tests[i].Method == method {
			return &r.Tests[i]
		}
	}
	return nil
}

// inFull makes all the tests.
func inFull(ctx context.Context, t interface {
	Helper()
	Fatal(args ...any)
}, d multilevel.OneWay, o multilevel.Options,
) multilevel.GroupLevel {
	t.Helper()
	r, err := multilevel.TestGroupLevelInFull(ctx, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// compareSimulated checks the tests by simulation, with as many draws as their
// tolerance needs.
func compareSimulated(t *testing.T, d multilevel.OneWay, want oneWayExpected) {
	t.Helper()
	if want.ExactRLRT == nil && want.Permutation == nil {
		return
	}
	r := inFull(t.Context(), t, d, multilevel.Options{Draws: 100_000})
	if w := want.ExactRLRT; w != nil {
		for _, method := range []string{multilevel.MethodExactREML, multilevel.MethodBootstrap} {
			test := testOf(&r, method)
			if test == nil {
				t.Fatalf("no %s", method)
			}
			same(t, method+" statistic", test.Statistic, w.Statistic, 1e-6, 2e-6)
			same(t, method+" p", test.P, w.P, 0, w.Tolerance)
			same(t, method+" mass at zero", test.NullAtZero, w.Zero, 0, w.Tolerance)
		}
	}
	if w := want.Permutation; w != nil {
		test := testOf(&r, multilevel.MethodPermutation)
		if test == nil || test.MonteCarlo != nil || test.Null == nil {
			t.Fatalf("permutation %+v", test)
		}
		same(t, "permutation p", test.P, w.P, 1e-12, 0)
		if got := int(math.Round(*test.P * float64(w.Assignments))); got != w.AtLeast {
			t.Errorf("%d of %d assignments, want %d", got, w.Assignments, w.AtLeast)
		}
	}
}

// TestBalancedExactRLRTIsF: for groups of one size the exact restricted test
// and its bootstrap have the p of the F test, unless F is at most 1, where the
// statistic is zero and p is 1.
func TestBalancedExactRLRTIsF(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		d := drawnTable(seed, []int{6, 6, 6, 6, 6, 6}, 0.4)
		r := inFull(t.Context(), t, d, multilevel.Options{Draws: 40_000, Seed: seed + 1})
		want := *r.ANOVA.P
		if *r.ANOVA.F <= 1 {
			want = 1
		}
		for _, method := range []string{multilevel.MethodExactREML, multilevel.MethodBootstrap} {
			// four and a half standard errors at p = .5
			same(t, method, testOf(&r, method).P, want, 0, 4.5*math.Sqrt(want*(1-want)/40_000)+1e-4)
		}
		dfB, dfW := float64(*r.ANOVA.DFBetween), float64(*r.ANOVA.DFWithin)
		same(t, "mass at zero", testOf(&r, multilevel.MethodExactREML).NullAtZero, fdist.Lower(1, dfB, dfW), 0, 0.012)
	}
}

// TestSpectrumAndRefitsAgree: for unequal sizes the null distribution from the
// eigenvalues and the one from refits of drawn tables are the same.
func TestSpectrumAndRefitsAgree(t *testing.T) {
	t.Parallel()
	for name, sizes := range map[string][]int{
		"all different":        {1, 2, 3, 5, 8, 13},
		"many of one size":     {4, 4, 4, 4, 4, 4, 4, 11},
		"very unequal":         {1, 1, 2, 2, 3, 30},
		"two sizes":            {3, 9, 3, 9},
		"two groups":           {3, 12},
		"one degree of within": {1, 1, 1, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3) {
				r := inFull(t.Context(), t, drawnTable(seed, sizes, 0.5), multilevel.Options{Draws: 20_000, Seed: 100 + seed})
				exact, boot := testOf(&r, multilevel.MethodExactREML), testOf(&r, multilevel.MethodBootstrap)
				margin := 4.5*math.Hypot(exact.MonteCarlo.SE, boot.MonteCarlo.SE) + 1e-4
				same(t, "p", boot.P, *exact.P, 0, margin)
				same(t, "mass at zero", boot.NullAtZero, *exact.NullAtZero, 0, 4.5*math.Sqrt(0.5/20_000))
				if boot.MonteCarlo.Failed != 0 || exact.MonteCarlo.Failed != 0 {
					t.Errorf("failed draws: %d and %d", exact.MonteCarlo.Failed, boot.MonteCarlo.Failed)
				}
			}
		})
	}
}

// drawnTable draws groups of these sizes with a shared part of this standard
// deviation.
func drawnTable(seed uint64, sizes []int, shared float64) multilevel.OneWay {
	r := rand.New(rand.NewPCG(seed, 77))
	groups := make([][]float64, len(sizes))
	for g, n := range sizes {
		mean := shared * r.NormFloat64()
		for range n {
			groups[g] = append(groups[g], mean+r.NormFloat64())
		}
	}
	return table(groups...)
}

// TestPermutationCountsByHand has tables whose six deals can be counted on paper.
func TestPermutationCountsByHand(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		d multilevel.OneWay
		p float64
	}{
		// {1,2}{5,7}: the sum of the first pair is 3, 6, 8, 7, 9 or 12 of 15; only 3 and 12 are so far from 7.5
		"two pairs": {table([]float64{1, 2}, []float64{5, 7}), 2. / 6},
		// {1,5}{1,6}: sums 6 and 7, as near as can be; all of the six deals are at least as far
		"nearest": {table([]float64{1, 5}, []float64{1, 6}), 1},
		// {1,1}{5,1}: three ones; the five is in one pair or the other, always as far
		"ties": {table([]float64{1, 1}, []float64{5, 1}), 1},
		// tenths, whose sums differ by order of adding: {.1,.2}{.3,.4}
		"broken numbers": {table([]float64{0.1, 0.2}, []float64{0.3, 0.4}), 2. / 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := inFull(t.Context(), t, tt.d, multilevel.Options{Draws: 99})
			same(t, "p", testOf(&r, multilevel.MethodPermutation).P, tt.p, 1e-12, 0)
		})
	}
}

// TestPermutationDrawnIsPermutationCounted compares a table whose deals are
// counted and one with too many, which are drawn, with counting by another
// algorithm.
func TestPermutationDrawnIsPermutationCounted(t *testing.T) {
	t.Parallel()
	// 12!/(6! 3! 2! 1!) = 55440 deals are counted, 14!/(5! 4! 3! 2!) = 2522520 drawn.
	counted := drawnTable(5, []int{6, 3, 2, 1}, 0.8)
	drawn := drawnTable(6, []int{5, 4, 3, 2}, 0.8)
	for name, d := range map[string]multilevel.OneWay{"counted": counted, "drawn": drawn} {
		r := inFull(t.Context(), t, d, multilevel.Options{Draws: 40_000})
		test := testOf(&r, multilevel.MethodPermutation)
		if (test.MonteCarlo != nil) != (name == "drawn") {
			t.Errorf("%s: %+v", name, test.MonteCarlo)
		}
		want, deals := countDeals(d)
		se := 0.0
		if name == "drawn" {
			se = 4.5 * math.Sqrt(want*(1-want)/40_000)
		}
		same(t, name, test.P, want, 1e-12, se)
		if name == "counted" && deals != 55440 {
			t.Errorf("%d deals", deals)
		}
	}
}

// countDeals returns the share of deals with at least the observed F, going
// through subsets of the ratings as bits, group after group.
func countDeals(d multilevel.OneWay) (share float64, deals int) {
	sizes, observed := map[string]int{}, map[string]float64{}
	for i, g := range d.Group {
		sizes[g]++
		observed[g] += d.Y[i]
	}
	names := slices.Sorted(maps.Keys(sizes))
	var at float64
	for _, g := range names {
		at += observed[g] * observed[g] / float64(sizes[g])
	}
	reached := 0
	var deal func(left uint, group int, sum float64)
	deal = func(left uint, group int, sum float64) {
		if group == len(names) {
			deals++
			if sum >= at-1e-9 {
				reached++
			}
			return
		}
		n := sizes[names[group]]
		for pick := left; pick > 0; pick = (pick - 1) & left {
			if bits.OnesCount(pick) != n {
				continue
			}
			var s float64
			for rest := pick; rest > 0; rest &= rest - 1 {
				s += d.Y[bits.TrailingZeros(rest)]
			}
			deal(left&^pick, group+1, sum+s*s/float64(n))
		}
	}
	deal(1<<len(d.Y)-1, 0, 0)
	return float64(reached) / float64(deals), deals
}

// TestFullIsQuickAndMore: everything that is computed stays the same bit by
// bit, the same call gives the same bits, and another seed other draws.
func TestFullIsQuickAndMore(t *testing.T) {
	t.Parallel()
	d := drawnTable(8, []int{3, 5, 7, 9, 11, 4, 6}, 0.3)
	quick, full := multilevel.TestGroupLevel(d, multilevel.Options{}), inFull(t.Context(), t, d, multilevel.Options{})
	if diff := equalResults(full, inFull(t.Context(), t, d, multilevel.Options{})); diff != "" {
		t.Error(diff)
	}
	other := inFull(t.Context(), t, d, multilevel.Options{Seed: 5})
	if *testOf(&other, multilevel.MethodBootstrap).P == *testOf(&full, multilevel.MethodBootstrap).P {
		t.Error("another seed gives the same p")
	}
	want := []string{multilevel.MethodExactREML, multilevel.MethodBootstrap, multilevel.MethodPermutation}
	for i, test := range full.Tests[len(quick.Tests):] {
		if test.Method != want[i] || test.Component != "group" || test.MonteCarlo == nil || test.MonteCarlo.Draws != multilevel.DefaultDraws ||
			test.MonteCarlo.Seed != multilevel.DefaultSeed+uint64(i) || !(test.MonteCarlo.SE > 0) || !(*test.P > 0) || test.Null == nil {
			t.Errorf("test %d: %+v %+v", i, test, test.MonteCarlo)
		}
	}
	full.Tests = full.Tests[:len(quick.Tests)]
	if diff := equalResults(quick, full); diff != "" {
		t.Error(diff)
	}
}

// TestFullWithoutNumbers has no simulation where F is undefined.
func TestFullWithoutNumbers(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]multilevel.OneWay{
		"no data": {}, "one group": table([]float64{1, 2}), "constant": table([]float64{1, 1}, []float64{1, 1}),
		"perfect": table([]float64{1, 1}, []float64{2, 2}), "infinite": table([]float64{math.Inf(1), 1}, []float64{2, 2}),
	} {
		if diff := equalResults(multilevel.TestGroupLevel(d, multilevel.Options{}), inFull(t.Context(), t, d, multilevel.Options{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestFullInvariances: an exact shift, a power of two, another order of rows
// and other names of groups leave the drawn numbers bit by bit where the sums
// are exact.
func TestFullInvariances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := table(drawGroups(t)...)
		o := multilevel.Options{Draws: 199}
		r := inFull(t.Context(), t, d, o)
		shift, power := float64(rapid.IntRange(-1_000_000, 1_000_000).Draw(t, "shift")), rapid.IntRange(-900, 900).Draw(t, "power of two")
		shifted := multilevel.OneWay{Group: d.Group, Y: make([]float64, len(d.Y))}
		scaled := multilevel.OneWay{Group: d.Group, Y: make([]float64, len(d.Y))}
		moved := multilevel.OneWay{Group: make([]string, len(d.Y)), Y: make([]float64, len(d.Y))}
		names := rapid.Permutation([]string{"q", "z", "a", "m", "b", "y", "c", "x", "p"}).Draw(t, "names")
		for i, j := range rapid.Permutation(indices(len(d.Y))).Draw(t, "order") {
			shifted.Y[i], scaled.Y[i] = d.Y[i]+shift, math.Ldexp(d.Y[i], power)
			moved.Group[i], moved.Y[i] = names[d.Group[j][0]-'A'], d.Y[j]
		}
		agree(t, "shift", r, inFull(t.Context(), t, shifted, o), 0)
		agree(t, "power of two", r, inFull(t.Context(), t, scaled, o), 0)
		agree(t, "order and names", r, inFull(t.Context(), t, moved, o), 1e-7)
	})
}

// TestFullCanBeCancelled ends the context during the draws, and tells of them
// in rising numbers up to the end otherwise.
func TestFullCanBeCancelled(t *testing.T) {
	t.Parallel()
	d := drawnTable(9, []int{8, 8, 8, 8, 7}, 0.3)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := multilevel.Options{Draws: 1_000_000, Progress: func(int, int) { cancel() }}
	if _, err := multilevel.TestGroupLevelInFull(ctx, d, o); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := multilevel.TestGroupLevelInFull(ctx, multilevel.OneWay{}, o); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of nothing", err)
	}
	for name, d := range map[string]multilevel.OneWay{"drawn": d, "counted": table([]float64{1, 2}, []float64{3, 5})} {
		last := 0
		inFull(t.Context(), t, d, multilevel.Options{Draws: 300, Progress: func(done, total int) {
			if done <= last || total != 900 {
				t.Errorf("%s: told %d of %d after %d", name, done, total, last)
			}
			last = done
		}})
		if last != 900 {
			t.Errorf("%s: ended at %d", name, last)
		}
	}
}
