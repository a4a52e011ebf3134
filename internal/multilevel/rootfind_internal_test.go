package multilevel

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/stat/distuv"
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
		"at the left end":      {func(x float64) float64 { return x }, 0, 1, 0, 2},
		"at the right end":     {func(x float64) float64 { return x - 1 }, 0, 1, 1, 2},
		"very flat, then wall": {func(x float64) float64 { return math.Pow(x, 9) - 1e-9 }, 0, 1, 0.1, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			count := 0
			f := func(x float64) float64 { count++; return tt.f(x) }
			got := root(f, tt.a, f(tt.a), tt.b, f(tt.b))
			if !scalar.EqualWithinAbsOrRel(got, tt.want, 0, 1e-15) {
				t.Errorf("root %v, want %v", got, tt.want)
			}
			if count > tt.most {
				t.Errorf("%d evaluations, want at most %d", count, tt.most)
			}
		})
	}
}

// TestF compares quantiles with gonum's where both keep their digits, undoes
// them everywhere, and has tail probabilities far below 1e-16.
func TestF(t *testing.T) {
	t.Parallel()
	for _, d1 := range []float64{1, 2, 7, 98, 999, 1e6} {
		for _, d2 := range []float64{1, 2, 30, 7283, 1e6} {
			tol := 1e-10
			if d1 == 1e6 && d2 == 1e6 { // as far as the incomplete beta function itself goes there
				tol = 1e-9
			}
			for _, p := range []float64{0.025, 0.05, 0.5, 0.95, 0.975} {
				x := quantileF(p, d1, d2)
				if d2 > 2 && !scalar.EqualWithinRel(x, distuv.F{D1: d1, D2: d2}.Quantile(p), 1e-10) {
					t.Errorf("F(%v, %v) quantile %v = %v, by gonum %v", d1, d2, p, x, distuv.F{D1: d1, D2: d2}.Quantile(p))
				}
				if got := lowerF(x, d1, d2); !scalar.EqualWithinRel(got, p, tol) {
					t.Errorf("F(%v, %v) at its %v quantile %v has %v below", d1, d2, p, x, got)
				}
				if got := upperF(x, d1, d2); !scalar.EqualWithinRel(got, 1-p, tol) {
					t.Errorf("F(%v, %v) at its %v quantile %v has %v above", d1, d2, p, x, got)
				}
			}
		}
	}
	// With two degrees of freedom above, P(F > x) = (1 + 2x/d2)^(-d2/2).
	if got, want := upperF(1e6, 2, 100), math.Pow(1+2e4, -50); !scalar.EqualWithinRel(got, want, 1e-10) {
		t.Errorf("tail %v, want %v", got, want)
	}
	// F(1, many) is the square of a normal deviate; many = 1e9 is within 1e-6.
	if got, want := upperF(50, 1, 1e9), math.Erfc(5); !scalar.EqualWithinRel(got, want, 2e-6) {
		t.Errorf("tail %v, want %v", got, want)
	}
	if upperF(0, 3, 4) != 1 || lowerF(0, 3, 4) != 0 || boundaryP(0) != 1 {
		t.Error("a statistic of zero")
	}
}
