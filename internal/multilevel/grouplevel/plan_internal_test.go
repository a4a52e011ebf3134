package grouplevel

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
)

// TestChiSquareOfManyDegreesOfFreedom holds the cube to the exact quantile
// where it takes over.
func TestChiSquareOfManyDegreesOfFreedom(t *testing.T) {
	t.Parallel()
	for _, df := range []float64{60, 100, 1000} {
		for z := -2.0; z <= 2; z += 0.25 {
			want := 2 * mathext.GammaIncRegInv(df/2, math.Erfc(-z/math.Sqrt2)/2)
			if got := chiSquare(df, z); !(math.Abs(got/want-1) <= 3e-4) {
				t.Errorf("df %v, z %v: %v, want %v", df, z, got, want)
			}
		}
	}
}

// TestPowerOfNestedPlansIsThatOfTheF compares the chance of a significant test
// with P(F > crit/(1 + ratio)), which is exact for balanced nested tables.
func TestPowerOfNestedPlansIsThatOfTheF(t *testing.T) {
	t.Parallel()
	plan := nestedPlan(5, 4, 0.3, 0.6, 0)
	p := planner{plan: plan, seed: 3}
	for _, share := range []float64{0, 0.1, 0.3} {
		const k = 20
		got := p.chance(t.Context(), k, share, plan.significant)
		e := plan.expected(share)
		want := fdist.Upper(fdist.Quantile(0.95, k-1, 80)*e[1]/e[0], k-1, 80)
		if !(math.Abs(got-want) <= 4*math.Sqrt(want*(1-want)/planDraws)) {
			t.Errorf("share %v: chance %v, want %v", share, got, want)
		}
	}
}

// TestBestIsTheAnalysisOfVariance: with positive estimates REML of balanced
// tables fits every line exactly, and its deviance is sum df (log ms + 1).
func TestBestIsTheAnalysisOfVariance(t *testing.T) {
	t.Parallel()
	plan := crossedPlan(6, 8, 0.5, 0.2, 0.5, 0)
	df := plan.freedom(10)
	ms := []float64{14.07, 4.87, 1.83, 0.483}
	v, deviance := plan.solve(plan.coefficient, ms, df)
	var want float64
	for i := range ms {
		want += df[i] * (math.Log(ms[i]) + 1)
	}
	if !(math.Abs(deviance-want) <= 1e-8) {
		t.Errorf("deviance %v, want %v", deviance, want)
	}
	if want := (14.07 - 4.87 - 1.83 + 0.483) / 48; !(math.Abs(v[0]-want) <= 1e-6) {
		t.Errorf("group variance %v, want %v", v[0], want)
	}
}

// TestSolveIsNoWorseThanAGrid looks for a lower deviance on a grid of variances,
// zeros included, for mean squares of all kinds.
func TestSolveIsNoWorseThanAGrid(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	plan := crossedPlan(4, 3, 0.5, 0.2, 0.5, 0)
	df := plan.freedom(5)
	grid := []float64{0, 0.01, 0.03, 0.1, 0.3, 1, 3}
	for range 200 {
		ms := make([]float64, 4)
		for i := range ms {
			ms[i] = math.Exp(2 * rng.NormFloat64())
		}
		_, got := plan.solve(plan.coefficient, ms, df)
		for _, g := range grid {
			for _, m := range grid {
				for _, s := range grid {
					for _, e := range grid[1:] {
						if d := devianceAt(plan.coefficient, ms, df, []float64{g, m, s, e}); d < got-1e-6 {
							t.Fatalf("mean squares %v: %v found, %v at %v", ms, got, d, []float64{g, m, s, e})
						}
					}
				}
			}
		}
	}
}

// TestNumbersOfGroupsKeepTheirWord: what Settle plans has the chance it says,
// and one group fewer has not.
func TestNumbersOfGroupsKeepTheirWord(t *testing.T) {
	t.Parallel()
	plan := crossedPlan(7, 8, 0.5, 0.1, 0.4, 0)
	var notes caveat.Set
	o := Options{Options: multilevel.Options{Seed: 5}}.withDefaults()
	s := settle(t.Context(), plan, 10, o, &notes)
	if s.GroupsToShow == nil || s.GroupsToRuleOut == nil || s.PowerNow == nil || s.ChanceNotPositive == nil {
		t.Fatalf("not planned: %+v", s)
	}
	p := planner{plan: plan, seed: 5}
	if at, before := p.chance(t.Context(), *s.GroupsToShow, 0.1, plan.supported), p.chance(t.Context(), *s.GroupsToShow-1, 0.1, plan.supported); at < 0.8 || before >= 0.8 {
		t.Errorf("%d groups show it with chance %v, one fewer with %v", *s.GroupsToShow, at, before)
	}
	// An independent seed agrees within Monte Carlo error.
	other := planner{plan: plan, seed: 77}
	if c := other.chance(t.Context(), *s.GroupsToShow, 0.1, plan.supported); !(math.Abs(c-0.8) <= 0.05) {
		t.Errorf("by other draws the chance is %v", c)
	}
	if *s.PowerNow <= 0.05 || *s.PowerNow >= 0.8 || *s.GroupsToShow <= 10 {
		t.Errorf("power %v with 10 groups, %d to show", *s.PowerNow, *s.GroupsToShow)
	}
}

// TestSeparableLevels holds the counting of pairs to the covariance matrices
// themselves, written out with the mean taken out, for random small layouts: a
// variance is separable when the rank falls without its matrix.
func TestSeparableLevels(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 8))
	seen := map[model]int{}
	for range 3000 {
		var rows []multilevel.Row
		groups, members, sessions := 1+rng.IntN(3), 1+rng.IntN(3), 1+rng.IntN(3)
		for g := range groups {
			for m := range members {
				for s := range sessions {
					if rng.Float64() < 0.6 {
						rows = append(rows, multilevel.Row{Group: string(rune('a' + g)), Member: string(rune('1' + m)), Session: string(rune('1' + s)), Value: rng.Float64()})
					}
				}
			}
		}
		if len(rows) < 2 {
			continue
		}
		all := model{group: true, member: true, session: true, residual: true}
		got, want := pairsOf(indexOf(rows)).separable(all), byMatrices(rows)
		seen[want]++
		// The residual alone is never asked about: it is always in the model.
		got[residual], want[residual] = true, true
		if got != want {
			t.Fatalf("%v: separable %v, by the matrices %v", rows, got, want)
		}
	}
	if len(seen) < 6 {
		t.Errorf("only these came up: %v", seen)
	}
}

// byMatrices finds the separable levels from the projected covariance matrices.
func byMatrices(rows []multilevel.Row) (out model) {
	n := len(rows)
	levels := []level{group, member, session, residual}
	columns := mat.NewDense(n*n, len(levels), nil)
	for k, l := range levels {
		v := mat.NewDense(n, n, nil)
		for i, a := range rows {
			for j, b := range rows {
				same := a.Group == b.Group
				switch l {
				case member:
					same = same && a.Member == b.Member
				case session:
					same = same && a.Session == b.Session
				case residual:
					same = i == j
				default:
				}
				if same {
					v.Set(i, j, 1)
				}
			}
		}
		center := mat.NewDense(n, n, nil)
		for i := range n {
			for j := range n {
				center.Set(i, j, -1/float64(n))
			}
			center.Set(i, i, 1-1/float64(n))
		}
		var half, whole mat.Dense
		half.Mul(center, v)
		whole.Mul(&half, center)
		columns.SetCol(k, whole.RawMatrix().Data)
	}
	full := rankOfColumns(columns, -1)
	for k, l := range levels {
		out[l] = rankOfColumns(columns, k) < full
	}
	return out
}

// rankOfColumns returns the rank without one column.
func rankOfColumns(m *mat.Dense, without int) int {
	rows, cols := m.Dims()
	work := mat.NewDense(rows, cols, nil)
	work.Copy(m)
	if without >= 0 {
		for i := range rows {
			work.Set(i, without, 0)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(work, mat.SVDThin) {
		return -1
	}
	return svd.Rank(1e-9)
}
