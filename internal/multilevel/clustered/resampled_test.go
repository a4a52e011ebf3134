package clustered_test

import (
	"math"
	"testing"

	"holon/internal/multilevel/clustered"
)

// TestLimitsAreRsQuantiles: R's quantile(c(1:20, 40), c(.025, .975, .05, .95)) is
// 1.5, 30, 2, 20.
func TestLimitsAreRsQuantiles(t *testing.T) {
	t.Parallel()
	drawn := []float64{40, math.NaN()}
	for i := 20; i > 0; i-- {
		drawn = append(drawn, float64(i))
	}
	ci, failed := clustered.Limits(drawn)
	if failed != 1 || len(ci) != 2 {
		t.Fatalf("%d failed, limits %v", failed, ci)
	}
	for i, got := range []float64{*ci[0].Lower, *ci[0].Upper, *ci[1].Lower, *ci[1].Upper} {
		if want := []float64{1.5, 30, 2, 20}[i]; !(math.Abs(got-want) < 1e-12) {
			t.Errorf("limit %d is %v, want %v", i, got, want)
		}
	}
}

// TestTooManyFailuresGiveNoLimits: more than one in ten, or fewer than 19 left.
func TestTooManyFailuresGiveNoLimits(t *testing.T) {
	t.Parallel()
	for draws, failures := range map[int]int{30: 4, 18: 0} {
		drawn := make([]float64, draws)
		for i := range failures {
			drawn[i] = math.NaN()
		}
		if ci, failed := clustered.Limits(drawn); ci != nil || failed != failures {
			t.Errorf("%d of %d failed: %v", failed, draws, ci)
		}
	}
}

// TestCentreKnowsRounding: thirds and their sum leave rounding alone.
func TestCentreKnowsRounding(t *testing.T) {
	t.Parallel()
	v := []float64{0.1 + 0.2, 0.3, 0.3}
	if mean, varies := clustered.Centre(v); varies || v[0] != 0 || !(math.Abs(mean-0.3) < 1e-15) {
		t.Errorf("mean %v, varies %v, left %v", mean, varies, v)
	}
	w := []float64{1, 2, 6}
	if mean, varies := clustered.Centre(w); !varies || mean != 3 || w[0] != -2 || w[2] != 3 {
		t.Errorf("mean %v, varies %v, left %v", mean, varies, w)
	}
}
