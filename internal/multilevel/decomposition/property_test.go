package decomposition

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"
)

// relate is Relate without simulation.
func relate(t *testing.T, table Table) Relation {
	t.Helper()
	r, _, _ := related(table)
	return r
}

// balanced draws a table of equal groups.
func balanced(rng *rand.Rand, groups, size int, between, within sym) Table {
	return randomTable(rng, groups, size, size, between, within)
}

// closeTo tells whether two numbers agree; both must be defined.
func closeTo(a, b *float64, rel float64) bool {
	return a != nil && b != nil && scalar.EqualWithinAbsOrRel(*a, *b, 1e-9, rel)
}

// TestBalancedLikelihoodIsClosed compares REML of equal groups with its closed
// form (Anderson, Anderson and Olkin 1986): in the metric of MSCP_W the
// eigenvalues d of MSCP_B above 1 stay, the others are pooled with the
// variance within, (dfB d + dfW)/(dfB + dfW).
func TestBalancedLikelihoodIsClosed(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	seen := map[Boundary]int{}
	for i := range 150 {
		scale := []float64{0, 0.02, 0.1, 0.5}[i%4]
		table := balanced(rng, 4+i%9, 2+i%6, sym{scale, 0.3 * scale, 2 * scale}, sym{1, -0.4, 0.8})
		b, why := arrange(table)
		if why != "" {
			t.Fatal(why)
		}
		s := sampleOf(reduce(b))
		best, ok := s.fit(restricted, settled, false)
		if !ok {
			t.Fatalf("table %d: no optimum", i)
		}
		want := closedBalanced(s)
		got := best.theta
		for name, pair := range map[string][2]float64{
			"between xx": {got.between.xx, want.between.xx}, "between xy": {got.between.xy, want.between.xy}, "between yy": {got.between.yy, want.between.yy},
			"within xx": {got.within.xx, want.within.xx}, "within xy": {got.within.xy, want.within.xy}, "within yy": {got.within.yy, want.within.yy},
		} {
			if !scalar.EqualWithinAbsOrRel(pair[0], pair[1], 1e-8, 1e-6) {
				t.Errorf("table %d, %s: %v, closed form %v (%v)", i, name, pair[0], pair[1], best.theta)
			}
		}
		seen[best.theta.snap()]++
	}
	for _, b := range []Boundary{Interior, CorrelationOne, CorrelationMinusOne, NoVariance} {
		if seen[b] == 0 {
			t.Errorf("no table ends at %s: %v", b, seen)
		}
	}
}

// closedBalanced is the closed form.
func closedBalanced(s *sample) theta {
	msb, msw, n := s.meanSquares()
	f := factorOf(msw)
	back := func(m sym) sym { // C m C'
		p := [2]float64{f.a * m.xx, f.b*m.xx + f.c*m.xy}
		q := [2]float64{f.a * m.xy, f.b*m.xy + f.c*m.yy}
		return sym{f.a * p[0], f.b*p[0] + f.c*q[0], f.b*p[1] + f.c*q[1]}
	}
	forth := sym{msb.xx / (f.a * f.a), 0, 0}
	forth.xy = (msb.xy/f.a - f.b*forth.xx) / f.c
	forth.yy = (msb.yy - 2*f.b*f.c*forth.xy - f.b*f.b*forth.xx) / (f.c * f.c)
	values, vectors := forth.eigen()
	dfB, dfW := s.groups-1, s.dfW()
	var between, within sym
	for i, d := range values {
		inside := 1.0
		if d <= 1 {
			inside = (dfB*d + dfW) / (dfB + dfW)
			d = inside
		}
		within = within.plus(inside, outer(vectors[i]))
		between = between.plus((d-inside)/n, outer(vectors[i]))
	}
	return theta{back(between), back(within)}
}

// TestNothingNearIsBetter looks for a better likelihood around optima and far
// from them, inside the cone.
func TestNothingNearIsBetter(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(21, 22))
	for i := range 60 {
		scale := []float64{0, 0.05, 0.4}[i%3]
		b, _ := arrange(randomTable(rng, 3+i%8, 1, 7, sym{scale, 0.8 * scale, scale}, sym{1, 0.5, 1}))
		m := reduce(b)
		if m.structure() != "" {
			continue
		}
		s := sampleOf(m)
		for _, which := range []method{restricted, full} {
			best, ok := s.fit(which, settled, false)
			if !ok {
				if s.dfW() >= 2 {
					t.Errorf("table %d: no optimum", i)
				}
				continue
			}
			for range 400 {
				width := math.Pow(10, -4*rng.Float64())
				try := best.theta
				v := [2]float64{rng.NormFloat64(), rng.NormFloat64()}
				u := [2]float64{rng.NormFloat64(), rng.NormFloat64()}
				try.between = try.between.times(1-width*rng.Float64()).plus(0.1*width, outer(v))
				try.within = try.within.times(1+width*(rng.Float64()-0.7)).plus(0.1*width, outer(u))
				if p, ok := s.at(try, which); ok && p.deviance < best.place.deviance-1e-8 {
					t.Fatalf("table %d, %s: %v below %v at %v, optimum %v", i, which.name(), p.deviance, best.place.deviance, try, best.theta)
				}
			}
		}
	}
}

// TestShiftAndScale: the units of the measures are theirs alone.
func TestShiftAndScale(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(31, 32))
	base := randomTable(rng, 15, 2, 8, sym{0.5, 0.2, 0.4}, sym{1, 0.3, 0.6})
	moved := Table{Group: base.Group}
	factors, shifts := [2]float64{8, 0.25}, [2]float64{1 << 20, -3}
	for i, m := range base.Measures {
		values := slices.Clone(m.Values)
		for r := range values {
			values[r] = math.Round(values[r]*(1<<20)) / (1 << 20)
			base.Measures[i].Values[r] = values[r]
			values[r] = values[r]*factors[i] + shifts[i]
		}
		moved.Measures = append(moved.Measures, Measure{m.Name, values})
	}
	a, b := relate(t, base), relate(t, moved)
	fx, fy := factors[0], factors[1]
	equal := func(name string, got, want *float64, by float64) {
		t.Helper()
		if !closeTo(got, new(*want*by), 1e-12) {
			t.Errorf("%s: %v, want %v", name, *got, *want*by)
		}
	}
	equal("r latent", b.Moments.RBetween.Estimate, a.Moments.RBetween.Estimate, 1)
	equal("slope latent", b.Moments.SlopeBetween.Estimate, a.Moments.SlopeBetween.Estimate, fy/fx)
	equal("covariance between", b.Moments.BetweenLatent.XY, a.Moments.BetweenLatent.XY, fx*fy)
	equal("REML between xx", b.REML.Between.XX, a.REML.Between.XX, fx*fx)
	equal("REML r", b.REML.RBetween.Estimate, a.REML.RBetween.Estimate, 1)
	equal("REML residual", b.REML.ResidualBetween.Estimate, a.REML.ResidualBetween.Estimate, fy*fy)
	equal("REML contextual", b.REML.Contextual.SE, a.REML.Contextual.SE, fy/fx)
	n := float64(a.Counts.Rows)
	want := *a.REML.Deviance + 2*(n-1)*math.Log(fx*fy)
	if !closeTo(b.REML.Deviance, &want, 1e-12) {
		t.Errorf("deviance %v, want %v", *b.REML.Deviance, want)
	}
}

// TestSwapOfMeasures: which measure comes first changes names only.
func TestSwapOfMeasures(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(41, 42))
	for i := range 20 {
		scale := []float64{0, 0.1, 0.5}[i%3]
		base := randomTable(rng, 10, 2, 8, sym{scale, -0.5 * scale, scale}, sym{1, 0.3, 0.6})
		swapped := Table{Group: base.Group, Measures: []Measure{base.Measures[1], base.Measures[0]}}
		a, b := relate(t, base), relate(t, swapped)
		for name, pair := range map[string][2]*float64{
			"deviance": {a.REML.Deviance, b.REML.Deviance}, "within": {a.REML.Within.XX, b.REML.Within.YY},
			"moments": {a.Moments.BetweenLatent.XX, b.Moments.BetweenLatent.YY}, "r within": {a.REML.RWithin.Estimate, b.REML.RWithin.Estimate},
			"between": {a.REML.Between.YY, b.REML.Between.XX}, "covariance": {a.ML.Between.XY, b.ML.Between.XY},
		} {
			if pair[0] == nil || pair[1] == nil || !scalar.EqualWithinAbsOrRel(*pair[0], *pair[1], 1e-8, 1e-7) {
				t.Errorf("table %d, %s: %v and %v", i, name, *pair[0], *pair[1])
			}
		}
		if a.REML.Boundary != b.REML.Boundary {
			t.Errorf("table %d: %s and %s", i, a.REML.Boundary, b.REML.Boundary)
		}
	}
}

// TestOrderOfRows: rows in any order give the same digits, and so do two runs.
func TestOrderOfRows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(51, 52))
	base := randomTable(rng, 12, 1, 7, sym{0.3, 0.2, 0.4}, sym{1, 0.3, 0.6})
	order := rng.Perm(len(base.Group))
	mixed := Table{Measures: []Measure{{Name: "x"}, {Name: "y"}}}
	for _, i := range order {
		mixed.Group = append(mixed.Group, base.Group[i])
		for m := range 2 {
			mixed.Measures[m].Values = append(mixed.Measures[m].Values, base.Measures[m].Values[i])
		}
	}
	o := Options{Draws: 99, Seed: 3}
	a, err := IsBeyond(t.Context(), base, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := IsBeyond(t.Context(), mixed, o)
	if err != nil {
		t.Fatal(err)
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(a, b, all); diff != "" {
		t.Error("the order of rows changes the result:", diff)
	}
	c, _ := Alpha(t.Context(), base, o)
	d, _ := Alpha(t.Context(), mixed, o)
	if diff := cmp.Diff(c, d, all); diff != "" {
		t.Error("the order of rows changes alpha:", diff)
	}
}

// TestExtremeInput: whatever is finite gets an answer, and no number that is
// not one.
func TestExtremeInput(t *testing.T) {
	t.Parallel()
	value := rapid.OneOf(
		rapid.Float64Range(-5, 5), rapid.SampledFrom([]float64{0, 1, 2, 3, 4, 5}), rapid.SampledFrom([]float64{0.1}),
		rapid.Float64(), rapid.SampledFrom([]float64{math.MaxFloat64, -math.MaxFloat64, 1e300, 1e-300, 5e-324, 1e8, 1e8 + 1, 1e10}),
	)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 14).Draw(rt, "rows")
		table := Table{Group: make([]string, n), Measures: []Measure{{Name: "x", Values: make([]float64, n)}, {Name: "y", Values: make([]float64, n)}}}
		tame := rapid.Bool().Draw(rt, "tame")
		for i := range n {
			table.Group[i] = rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "group")
			for m := range table.Measures {
				v := value.Draw(rt, "value")
				if tame {
					v = math.Mod(v, 7)
				}
				table.Measures[m].Values[i] = v
			}
		}
		everything(t, rt, table)
	})
}

// everything runs every analysis and looks for numbers that are none.
func everything(t *testing.T, fail interface{ Fatalf(string, ...any) }, table Table) {
	t.Helper()
	o := Options{Draws: 5}
	beyond, err := IsBeyond(t.Context(), table, o)
	if err != nil {
		fail.Fatalf("%v", err)
	}
	alpha, err := Alpha(t.Context(), table, o)
	if err != nil {
		fail.Fatalf("%v", err)
	}
	if beyond.Answer == "" || beyond.Reason == "" {
		fail.Fatalf("no answer: %+v", beyond)
	}
	for _, v := range []any{beyond, alpha, Correlate(table)} {
		if bad := notFinite(reflect.ValueOf(v), "result"); bad != "" {
			fail.Fatalf("%s", bad)
		}
	}
}

// notFinite returns the path of the first number that is not finite, or "".
func notFinite(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Sprintf("%s is %v", path, f)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return notFinite(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if bad := notFinite(v.Field(i), path+"."+v.Type().Field(i).Name); bad != "" {
				return bad
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if bad := notFinite(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); bad != "" {
				return bad
			}
		}
	default:
	}
	return ""
}

// FuzzFinite reads groups and values from bytes.
func FuzzFinite(f *testing.F) {
	f.Add([]byte("aabbccdd"), int64(3), 1.0, 2.0)
	f.Add([]byte("aaabbbccc"), int64(9), 1e300, -1e-300)
	f.Add([]byte("ab"), int64(0), 0.0, 0.0)
	f.Fuzz(func(t *testing.T, groups []byte, seed int64, a, b float64) {
		if len(groups) > 40 || !finite(a) || !finite(b) {
			t.Skip()
		}
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		table := Table{Measures: []Measure{{Name: "x"}, {Name: "y"}}}
		for _, g := range groups {
			table.Group = append(table.Group, string(rune(g%7)))
			for m := range table.Measures {
				v := []float64{a, b, a + b, rng.NormFloat64(), a * rng.Float64(), float64(rng.IntN(5))}[rng.IntN(6)]
				if !finite(v) {
					v = a
				}
				table.Measures[m].Values = append(table.Measures[m].Values, v)
			}
		}
		everything(t, t, table)
	})
}
