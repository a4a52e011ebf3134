package series_test

import (
	"math"
	"testing"

	"holon/internal/multilevel/series"
)

// near compares a number with one worked out by hand.
func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || !(math.Abs(*got-want) <= 1e-12*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}

// TestSpreadByHand pools two lines and one of a single value. Deviations of
// 2, 4, 6 from 4 have the sum of squares 8, those of 1, 2 from 1.5 have 0.5:
// 8.5 over 3. Differences 2, 2 and 1 have squares 9, over 2·3.
func TestSpreadByHand(t *testing.T) {
	t.Parallel()
	s := series.SpreadOf([][]float64{{2, 4, 6}, nil, {1, 2}, {5}})
	near(t, "within", s.Within, math.Sqrt(8.5/3))
	near(t, "successive", s.Successive, math.Sqrt(9.0/6))
	near(t, "mean", s.Mean, (4+1.5+5)/3.0)
	variance := (0.5*0.5 + 2*2 + 1.5*1.5) / 2 // of 4, 1.5 and 5 around 3.5
	near(t, "between", s.Between, math.Sqrt(variance-8.5/3*(1.0/3+1.0/2+1)/3))
	if s.Lines != 2 || s.Values != 5 || s.DF != 3 || s.Means != 3 {
		t.Errorf("counts %+v", s)
	}
}

// TestSpreadOfTooLittle is undefined and never zero.
func TestSpreadOfTooLittle(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][][]float64{"nothing": nil, "one value": {{3}}, "single values": {{3}, {4}}} {
		if s := series.SpreadOf(lines); s.Within != nil || s.Successive != nil || s.Between != nil || s.DF != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestAConstantOnlyMovesTheMean holds at an offset where one-pass sums lose
// every digit; the values are binary fractions, so nothing is rounded.
func TestAConstantOnlyMovesTheMean(t *testing.T) {
	t.Parallel()
	lines := [][]float64{{1.5, 2.25, 4}, {3, 2.5, 2.75, 3.5}}
	moved := make([][]float64, len(lines))
	for i, line := range lines {
		for _, v := range line {
			moved[i] = append(moved[i], v+1<<27)
		}
	}
	a, b := series.SpreadOf(lines), series.SpreadOf(moved)
	if *a.Within != *b.Within || *a.Successive != *b.Successive {
		t.Errorf("within %v and %v, successive %v and %v", *a.Within, *b.Within, *a.Successive, *b.Successive)
	}
	near(t, "between", b.Between, *a.Between)
	near(t, "mean", b.Mean, *a.Mean+1<<27)
}
