package rootfind_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/rootfind"
)

// TestRoot finds known roots to the last digits, in far fewer evaluations than
// halving alone (52 for one unit of float64) would take.
func TestRoot(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		f          func(float64) float64
		a, b, want float64
		most       int
	}{
		"straight line":        {func(x float64) float64 { return 3*x - 1 }, -1, 50, 1. / 3, 8},
		"square root of two":   {func(x float64) float64 { return x*x - 2 }, 0, 2, math.Sqrt2, 14},
		"falling":              {func(x float64) float64 { return 2 - math.Exp(x) }, -3, 10, math.Ln2, 20},
		"very small root":      {func(x float64) float64 { return x - 1e-200 }, 0, 1, 1e-200, 8},
		"all of float64":       {func(x float64) float64 { return x - 1e-300 }, 0, 1e300, 1e-300, 2000},
		"at the left end":      {func(x float64) float64 { return x }, 0, 1, 0, 2},
		"at the right end":     {func(x float64) float64 { return x - 1 }, 0, 1, 1, 2},
		"very flat, then wall": {func(x float64) float64 { return math.Pow(x, 9) - 1e-9 }, 0, 1, 0.1, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			count := 0
			f := func(x float64) float64 { count++; return tt.f(x) }
			got := rootfind.Brent(f, tt.a, f(tt.a), tt.b, f(tt.b))
			if !scalar.EqualWithinAbsOrRel(got, tt.want, 0, 1e-15) {
				t.Errorf("root %v, want %v", got, tt.want)
			}
			if count > tt.most {
				t.Errorf("%d evaluations, want at most %d", count, tt.most)
			}
		})
	}
}
