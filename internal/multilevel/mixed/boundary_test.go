package mixed_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel/mixed"
)

// cells makes the weekly model of ratings of members in sessions of groups.
func cells(group, member, session []int, y []float64) mixed.Data {
	of := func(name string, unit []int) mixed.Term {
		keys := make([]string, len(y))
		for i := range keys {
			keys[i] = fmt.Sprint(group[i])
			if unit != nil {
				keys[i] += fmt.Sprint(" ", unit[i])
			}
		}
		return mixed.ByUnit(name, keys)
	}
	return mixed.Data{Y: y, X: []mixed.Column{mixed.Intercept(len(y))}, Terms: []mixed.Term{of("group", nil), of("member", member), of("session", session)}}
}

// TestNothingLeftForTheResidual: tables with as many ratings as members and
// sessions less one each group, whose likelihood is largest without a residual
// variance, or rises without limit where there is no session variance because
// the only member with two ratings rated alike, though there is an optimum elsewhere.
func TestNothingLeftForTheResidual(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]mixed.Data{
		"largest at zero": cells([]int{0, 0, 0, 0, 0, 0, 0, 0, 1}, []int{0, 1, 2, 2, 4, 5, 5, 6, 0}, []int{5, 5, 1, 4, 2, 2, 3, 3, 2},
			[]float64{-7.4, -1.5, -3, 4.9, 1.6, 5.7, 9.2, 8.3, -2.9}),
		"no limit beside an optimum": cells([]int{0, 0, 0, 0, 0, 0, 0, 1}, []int{0, 1, 2, 3, 4, 4, 6, 0}, []int{2, 1, 1, 3, 2, 3, 2, 0},
			[]float64{2, 5, 4, 1, 1, 1, 2, 1}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, name, mixed.Unbounded, func() error {
				_, err := prepare(t, d).Fit(t.Context(), mixed.Options{})
				return err
			})
		})
	}
}

// TestOptimumBesideALongStep: a search that steps far beyond any variance, of a
// likelihood with a limit there and an optimum elsewhere. The deviance is that of
// lme4's optimum and of a search by simplex over the likelihood written out.
func TestOptimumBesideALongStep(t *testing.T) {
	t.Parallel()
	d := cells([]int{0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5},
		[]int{0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 0, 0, 1, 1, 2, 0, 0, 1, 1, 2, 2, 3, 0, 0, 1, 1, 2, 2, 0, 0},
		[]int{0, 1, 1, 2, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 1, 1, 2, 2, 0, 1, 1, 2, 2, 3, 3, 0, 1, 1, 2, 2, 3, 0, 1},
		[]float64{1, 3, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 5, 5, 5, 5, 1, 1, 1, 1, 3, 1, 1, 2, 2, 1, 2, 4, 4, 4, 4})
	f := fit(t, prepare(t, d), mixed.ML)
	near(t, "deviance", f.Deviance, 88.47304388, 0, 1e-7)
}

// TestUnitsAtTheEdge scales ratings and a slope's covariate: estimates are the same
// numbers on their scale as long as float64 holds them, else a refusal.
func TestUnitsAtTheEdge(t *testing.T) {
	t.Parallel()
	const n = 40
	data := func(ofY, ofX float64) mixed.Data {
		rng := rand.New(rand.NewPCG(1, 2))
		x, y, keys := make([]float64, n), make([]float64, n), make([]string, n)
		for i := range n {
			keys[i] = fmt.Sprint(i / 5)
			z := rng.NormFloat64()
			x[i], y[i] = ofX*z, ofY*(float64(i/5)*0.3+0.4*z+rng.NormFloat64())
		}
		column := mixed.Column{Name: "x", Values: x}
		return mixed.Data{Y: y, X: []mixed.Column{mixed.Intercept(n), column}, Terms: []mixed.Term{mixed.ByUnit("group", keys).WithSlopes(column)}}
	}
	want := fit(t, prepare(t, data(1, 1)), mixed.REML)
	for _, unit := range []struct{ y, x float64 }{{1, 0x1p298}, {1, 0x1p-298}, {0x1p500, 1}, {0x1p-500, 1}, {0x1p-500, 0x1p-298}} {
		got := fit(t, prepare(t, data(unit.y, unit.x)), mixed.REML)
		ratio := unit.y / unit.x
		near(t, "residual", got.Residual/unit.y/unit.y, want.Residual, 1e-9, 0)
		near(t, "slope variance", got.Terms[0].Covariance[1][1]/ratio/ratio, want.Terms[0].Covariance[1][1], 1e-9, 0)
		near(t, "its standard error", got.Terms[0].CovarianceSE[1][1]/ratio/ratio, want.Terms[0].CovarianceSE[1][1], 1e-9, 0)
		near(t, "fixed slope", got.Fixed[1].Estimate/ratio, want.Fixed[1].Estimate, 1e-9, 0)
		near(t, "its standard error", math.Sqrt(got.FixedCov[1][1])/ratio, want.Fixed[1].SE, 1e-9, 0)
	}
	for _, unit := range []struct{ y, x float64 }{{1e300, 1}, {1e-300, 1}, {1e150, 1e-80}, {1e-150, 1e80}} {
		refused(t, fmt.Sprint(unit), mixed.OutOfRange, func() error {
			_, err := prepare(t, data(unit.y, unit.x)).Fit(t.Context(), mixed.Options{})
			return err
		})
	}
}
