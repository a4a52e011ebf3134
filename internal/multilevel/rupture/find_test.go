package rupture_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel/rupture"
)

// scale is one within, two between.
func scale() rupture.Scale { return rupture.Scale{Within: 1, Between: 2} }

// TestAFallByHand: 7, 8, 7, 8, then 3, 4, 7, and back at 7.5. The level before is
// the mean of 8, 7 and 8, and a value is back from half a point below it, 7.17, on.
func TestAFallByHand(t *testing.T) {
	t.Parallel()
	found := rupture.Find([]float64{7, 8, 7, 8, 3, 4, 7, 7.5, 8}, scale())
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	e := &found[0]
	if e.Onset != 4 || e.Nadir != 4 || e.Return != 7 || e.Later != 4 || e.Before != 23.0/3 || e.Depth != 23.0/3-3 || *e.After != 7.75 {
		t.Errorf("%+v", e)
	}
	// Of 7, 8, 7, 8: mean 7.5, standard deviation √(1/3), mean moving range 1. 3 is
	// below 7.5 − 2.66, 5 below the value before, and 4.5 below the mean: 2·2 is 4.
	if want := []rupture.RuleID{rupture.DropFromPrevious, rupture.ControlChart, rupture.StricterSD}; !slices.Equal(e.Fired, want) {
		t.Errorf("fired %v", e.Fired)
	}
	if !(math.Abs(*e.OwnSDs-(23.0/3-3)*math.Sqrt(3)) < 1e-12) {
		t.Errorf("depth %v own standard deviations", *e.OwnSDs)
	}
}

// TestEachRuleByItself has falls that only one of them finds.
func TestEachRuleByItself(t *testing.T) {
	t.Parallel()
	for rule, x := range map[rupture.RuleID]struct {
		values []float64
		scale  rupture.Scale
	}{
		rupture.DropFromPrevious: {[]float64{7, 5}, scale()},
		rupture.ControlChart:     {[]float64{7, 7.1, 7, 7.1, 6.5}, rupture.Scale{Within: 1, Between: 2}},
		rupture.StricterSD:       {[]float64{7, 9, 7, 9, 7, 5.5}, rupture.Scale{Within: 2, Between: 1}},
	} {
		found := rupture.Find(x.values, x.scale)
		if len(found) != 1 || !slices.Equal(found[0].Fired, []rupture.RuleID{rule}) {
			t.Errorf("%s: %+v", rule, found)
		}
	}
}

// TestTheStricterOfBothDecides: two own standard deviations are not enough where
// members differ more.
func TestTheStricterOfBothDecides(t *testing.T) {
	t.Parallel()
	values := []float64{7, 9, 7, 9, 7, 5.5}
	if found := rupture.Find(values, rupture.Scale{Within: 2, Between: 1.2}); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	if found := rupture.Find(values, rupture.Scale{Within: 2, Between: 1.1}); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// TestMembersWhoDoNotDifferAreComparedWithThemselves: a spread between members of zero
// is known, and the own one is the larger; an unknown one leaves the rule out.
func TestMembersWhoDoNotDifferAreComparedWithThemselves(t *testing.T) {
	t.Parallel()
	values := []float64{7, 9, 7, 9, 7, 5.5}
	if found := rupture.Find(values, rupture.Scale{Within: 2}); len(found) != 1 || !slices.Equal(found[0].Fired, []rupture.RuleID{rupture.StricterSD}) {
		t.Errorf("zero: %+v", found)
	}
	unknown := rupture.Scale{Within: 2, Between: math.NaN()}
	if found := rupture.Find(values, unknown); len(found) != 0 {
		t.Errorf("unknown: %+v", found)
	}
	got, err := rupture.ChanceOf(t.Context(), []int{12, 12}, unknown, 200, 1, nil)
	if err != nil || !(got.Episodes > 0) || got.ByRule[rupture.StricterSD] != 0 {
		t.Errorf("by chance %+v, %v", got, err)
	}
}

// TestASpreadOfZeroFindsNothingAndDividesNothing: values that are all the same
// before a fall have no own standard deviation and no chart.
func TestASpreadOfZeroFindsNothingAndDividesNothing(t *testing.T) {
	t.Parallel()
	values := []float64{40, 40, 40, 40, 40, 36}
	if found := rupture.Find(values, rupture.Scale{}); len(found) != 0 {
		t.Errorf("without a scale: %+v", found)
	}
	for _, s := range []rupture.Scale{{Within: math.NaN(), Between: math.NaN()}, {Within: math.Inf(1), Between: 1}} {
		if found := rupture.Find(values, s); len(found) != 0 {
			t.Errorf("%v: %+v", s, found)
		}
	}
	found := rupture.Find(values, rupture.Scale{Within: 1, Between: 1})
	if len(found) != 1 || found[0].OwnSDs != nil || !slices.Equal(found[0].Fired, []rupture.RuleID{rupture.DropFromPrevious}) || found[0].Return != -1 {
		t.Errorf("%+v", found)
	}
}

// TestAValueAtTheLevelBeforeIsNoFall: after one high value a usual one is no fall.
func TestAValueAtTheLevelBeforeIsNoFall(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		values []float64
		scale  rupture.Scale
	}{
		{[]float64{5, 5, 5, 8, 6}, scale()},    // 6 is the mean of 5, 5 and 8
		{[]float64{5, 5, 5, 8, 5.5}, scale()},  // half a standard deviation below it is still there
		{[]float64{5, 6, 5, 9, 6.6}, scale()},  // 6.67 before
		{[]float64{2, 2, 2, 9, 7, 9}, scale()}, // 4.33 before
	} {
		if found := rupture.Find(x.values, x.scale); len(found) != 0 {
			t.Errorf("%v: %+v", x.values, found)
		}
	}
	if found := rupture.Find([]float64{5, 5, 5, 8, 5.4}, scale()); len(found) != 1 || !(found[0].Depth > 0.5) {
		t.Errorf("below it: %+v", found)
	}
}

// TestAFallIsNoPartOfWhatComesLater: after the first fall the second is found from
// the values outside of it.
func TestAFallIsNoPartOfWhatComesLater(t *testing.T) {
	t.Parallel()
	found := rupture.Find([]float64{8, 8, 7, 8, 2, 2, 8, 7, 2, 3, 2, 3, 2, 3, 2, 3}, scale())
	if len(found) != 2 || found[0].Return != 6 || found[1].Onset != 8 || found[1].Before != 23.0/3 || !found[1].Long() || found[0].Long() {
		t.Errorf("%+v", found)
	}
}

// TestAFallThatLastsIsTheLevelFromThenOn: six values stay down, and the next fall
// is one from there; a return after six values is none.
func TestAFallThatLastsIsTheLevelFromThenOn(t *testing.T) {
	t.Parallel()
	found := rupture.Find([]float64{8, 8, 7, 8, 4, 4, 5, 4, 5, 4, 5, 8, 5, 1}, scale())
	if len(found) != 2 || found[0].Onset != 4 || found[0].Return != -1 || !found[0].Long() || found[1].Onset != 12 && found[1].Onset != 13 {
		t.Fatalf("%+v", found)
	}
	if after := rupture.Find([]float64{8, 8, 7, 8, 4, 4, 5, 4, 5, 4, 5, 5, 4, 5}, scale()); len(after) != 1 || after[0].Nadir != 4 || !(math.Abs(after[0].Depth-(23.0/3-4)) < 1e-12) {
		t.Errorf("%+v", after)
	}
}

// TestFallsDoNotHangOnPlaceAndUnit adds a constant and multiplies.
func TestFallsDoNotHangOnPlaceAndUnit(t *testing.T) {
	t.Parallel()
	fell := 0
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 40), func(i int) float64 { return float64(i) / 4 }), 0, 20).Draw(rt, "values")
		by, shift := rapid.SampledFrom([]float64{0.5, 1, 4}).Draw(rt, "by"), float64(rapid.IntRange(-64, 64).Draw(rt, "shift"))
		moved := make([]float64, len(values))
		for i, v := range values {
			moved[i] = by*v + shift
		}
		s := rupture.Scale{Within: 1.1, Between: 1.3}
		a, b := rupture.Find(values, s), rupture.Find(moved, rupture.Scale{Within: 1.1 * by, Between: 1.3 * by})
		if len(a) != len(b) {
			rt.Fatalf("%d falls, then %d", len(a), len(b))
		}
		fell += len(a)
		for i := range a {
			x, y := &a[i], &b[i]
			if x.Onset != y.Onset || x.Return != y.Return || !slices.Equal(x.Fired, y.Fired) || !(math.Abs(by*x.Depth-y.Depth) < 1e-9) || !(x.Depth > 0.5*s.Within) || x.Return >= 0 && x.Return <= x.Onset {
				rt.Fatalf("%+v, then %+v", x, y)
			}
		}
		if x, y := rupture.ShapeOf(values, a, s), rupture.ShapeOf(moved, b, rupture.Scale{Within: 1.1 * by, Between: 1.3 * by}); x != y {
			rt.Fatalf("%s, then %s", x, y)
		}
	})
	if fell == 0 {
		t.Error("nothing ever fell")
	}
}

// TestShapes names a course of each kind.
func TestShapes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	noisy := func(f func(i int) float64, sd float64) []float64 {
		out := make([]float64, 12)
		for i := range out {
			out[i] = f(i) + sd*rng.NormFloat64()
		}
		return out
	}
	s := rupture.Scale{Within: 1, Between: 3}
	for want, values := range map[rupture.Shape][]float64{
		rupture.TooFew:   {1, 2, 3},
		rupture.Flat:     noisy(func(int) float64 { return 5 }, 0.3),
		rupture.Rising:   noisy(func(i int) float64 { return float64(i) / 3 }, 0.3),
		rupture.Falling:  noisy(func(i int) float64 { return -float64(i) / 3 }, 0.3),
		rupture.Unstable: {5, 7, 5, 7, 5, 7, 5, 7, 5, 7},
	} {
		scale := s
		if want == rupture.Unstable {
			scale.Within = 0.7
		}
		if got := rupture.ShapeOf(values, nil, scale); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for values, want := range map[int]rupture.Shape{3: rupture.TooFew, 4: rupture.Falling} {
		if got := rupture.ShapeOf([]float64{9, 8, 7, 6}[:values], nil, s); got != want {
			t.Errorf("%d values are %s, want %s", values, got, want)
		}
	}
	fell := []float64{7, 7, 8, 7, 3, 7, 8, 7}
	if got := rupture.ShapeOf(fell, rupture.Find(fell, s), s); got != rupture.RuptureReturn {
		t.Errorf("a fall that came back is %s", got)
	}
}
