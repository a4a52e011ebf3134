package fdist_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/fdist"
)

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
				x := fdist.Quantile(p, d1, d2)
				if d2 > 2 && !scalar.EqualWithinRel(x, distuv.F{D1: d1, D2: d2}.Quantile(p), 1e-10) {
					t.Errorf("F(%v, %v) quantile %v = %v, by gonum %v", d1, d2, p, x, distuv.F{D1: d1, D2: d2}.Quantile(p))
				}
				if got := fdist.Lower(x, d1, d2); !scalar.EqualWithinRel(got, p, tol) {
					t.Errorf("F(%v, %v) at its %v quantile %v has %v below", d1, d2, p, x, got)
				}
				if got := fdist.Upper(x, d1, d2); !scalar.EqualWithinRel(got, 1-p, tol) {
					t.Errorf("F(%v, %v) at its %v quantile %v has %v above", d1, d2, p, x, got)
				}
			}
		}
	}
	// With two degrees of freedom above, P(F > x) = (1 + 2x/d2)^(-d2/2).
	if got, want := fdist.Upper(1e6, 2, 100), math.Pow(1+2e4, -50); !scalar.EqualWithinRel(got, want, 1e-10) {
		t.Errorf("tail %v, want %v", got, want)
	}
	// F(1, many) is the square of a normal deviate; many = 1e9 is within 1e-6.
	if got, want := fdist.Upper(50, 1, 1e9), math.Erfc(5); !scalar.EqualWithinRel(got, want, 2e-6) {
		t.Errorf("tail %v, want %v", got, want)
	}
	if fdist.Upper(0, 3, 4) != 1 || fdist.Lower(0, 3, 4) != 0 || fdist.Boundary(0) != 1 {
		t.Error("a statistic of zero")
	}
}
