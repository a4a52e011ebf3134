package multilevel_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/totals"
)

// TestTotalsOfPartsGiveTheTestOfTheWhole deals the groups of random unbalanced
// tables to practices, pools their totals and compares every number with the test
// of all rows, offsets of a hundred million included.
func TestTotalsOfPartsGiveTheTestOfTheWhole(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(7, seed))
		offset := []float64{0, 1e8, -1e8, 3.7}[seed%4]
		whole, parts := dealt(rng, offset)
		want := multilevel.TestGroupLevel(whole, multilevel.Options{})
		var tables []totals.Table
		for _, part := range parts {
			if len(part.Y) == 0 {
				continue
			}
			table, ok := multilevel.TotalsOf(part)
			if !ok {
				t.Fatal("no totals")
			}
			tables = append(tables, table.Rebased())
		}
		got := multilevel.TestTotals(totals.Pool(tables), multilevel.Options{})
		want.BLUP, want.ICCGroupMean.PerGroup = nil, nil
		got.ICCGroupMean.PerGroup = nil
		want.Caveats, got.Caveats = caveat.Set{}, caveat.Set{}
		compare(t, fmt.Sprint("seed ", seed), leaves(t, got), leaves(t, want), 1e-9)
	}
}

// dealt draws a one-way table and deals its groups to three practices.
func dealt(rng *rand.Rand, offset float64) (whole multilevel.OneWay, parts [3]multilevel.OneWay) {
	between := math.Exp(rng.NormFloat64())
	for g := range 6 + rng.IntN(40) {
		name, effect, to := fmt.Sprint("g", g), between*rng.NormFloat64(), &parts[rng.IntN(3)]
		for range 1 + rng.IntN(9) {
			y := offset + effect + rng.NormFloat64()
			if math.Abs(offset) > 1e6 {
				y = math.Round(16*y) / 16 // what is on no grid has no exact distances there
			}
			whole.Group, whole.Y = append(whole.Group, name), append(whole.Y, y)
			to.Group, to.Y = append(to.Group, name), append(to.Y, y)
		}
	}
	return whole, parts
}

// leaves flattens a result.
func leaves(t *testing.T, g multilevel.GroupLevel) map[string]any {
	t.Helper()
	text, err := json.Marshal(g) //nolint:musttag // written to be compared with another, and by no one else read
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	flatten("", all, out)
	return out
}

// flatten writes the leaves of a value under their paths.
func flatten(at string, v any, out map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flatten(at+"."+k, x, out)
		}
	case []any:
		for i, x := range v {
			flatten(fmt.Sprintf("%s[%d]", at, i), x, out)
		}
	default:
		out[at] = v
	}
}

// compare holds two results against each other, number by number.
func compare(t *testing.T, name string, got, want map[string]any, tolerance float64) {
	t.Helper()
	if len(want) < 50 {
		t.Fatalf("%s: only %d numbers", name, len(want))
	}
	for at, w := range want {
		a, isNumber := w.(float64)
		b, both := got[at].(float64)
		if isNumber && both && math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b), 1e-12) {
			continue
		}
		if w != got[at] {
			t.Errorf("%s: %s is %v, want %v", name, at, got[at], w)
		}
	}
	for at := range got {
		if _, is := want[at]; !is {
			t.Errorf("%s: %s is not there of rows", name, at)
		}
	}
}

// TestTotalsInFullMakesTheSameDraws compares the tests by simulation, which draw
// what depends on the group sizes alone.
func TestTotalsInFullMakesTheSameDraws(t *testing.T) {
	t.Parallel()
	whole, _ := dealt(rand.New(rand.NewPCG(1, 2)), 0)
	o := multilevel.Options{Draws: 400}
	want, err := multilevel.TestGroupLevelInFull(t.Context(), whole, o)
	if err != nil {
		t.Fatal(err)
	}
	table, _ := multilevel.TotalsOf(whole)
	got, err := multilevel.TestTotalsInFull(t.Context(), table.Rebased(), o)
	if err != nil {
		t.Fatal(err)
	}
	want.Tests = slices.DeleteFunc(want.Tests, func(x multilevel.ComponentTest) bool { return x.Method == multilevel.MethodPermutation })
	if len(got.Tests) != 5 || len(want.Tests) != 5 {
		t.Fatalf("%d and %d tests", len(got.Tests), len(want.Tests))
	}
	for i := range got.Tests {
		if got.Tests[i].Method != want.Tests[i].Method || math.Abs(*got.Tests[i].P-*want.Tests[i].P) > 1e-9 {
			t.Errorf("%s: p %v, want %v", got.Tests[i].Method, *got.Tests[i].P, *want.Tests[i].P)
		}
	}
}

// TestTotalsOfExtremeRatings goes to the ends of what can be written.
func TestTotalsOfExtremeRatings(t *testing.T) {
	t.Parallel()
	for _, unit := range []float64{1e-120, 1, 1e120} {
		d := multilevel.OneWay{Group: []string{"a", "a", "b", "b", "c", "c", "d", "d"}, Y: []float64{1, 2, 3, 5, 8, 13, 2, 2}}
		for i := range d.Y {
			d.Y[i] *= unit
		}
		want := multilevel.TestGroupLevel(d, multilevel.Options{})
		table, ok := multilevel.TotalsOf(d)
		if !ok {
			t.Fatal("no totals")
		}
		got := multilevel.TestTotals(table.Rebased(), multilevel.Options{})
		if math.Abs(*got.ANOVA.F-*want.ANOVA.F) > 1e-12**want.ANOVA.F || math.Abs(*got.REML.Deviance-*want.REML.Deviance) > 1e-9 {
			t.Errorf("unit %g: F %v and %v, deviance %v and %v", unit, *got.ANOVA.F, *want.ANOVA.F, *got.REML.Deviance, *want.REML.Deviance)
		}
	}
	if _, ok := multilevel.TotalsOf(multilevel.OneWay{Group: []string{"a", "a", "b"}, Y: []float64{-1e300, 1e300, 0}}); ok {
		t.Error("a sum of squares that no number can hold was written")
	}
}

// TestReferenceCasesFromTotals deals the groups of every case with a likelihood to
// two practices and compares what their totals give with the expected values.
func TestReferenceCasesFromTotals(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"icc-balanced-dyestuff", "icc-zero-variance-dyestuff2", "icc-unbalanced-14-groups", "icc-tiny-groups-singletons", "icc-offset-1e8",
		"icc-simon-lesage-1e6", "icc-missing-outcomes", "reml-bimodal-zero-wins", "reml-bimodal-interior-wins",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			c, rows := readCase(t, "testdata/reference", id)
			var want oneWayExpected
			decode(t, c.Expected, &want)
			whole := complete(t, c, c.Roles.Outcome, rows)
			for seed := range uint64(5) {
				r := fromTwoPractices(whole, seed)
				compareANOVA(t, r, want.ANOVA, c.Tolerance.ClosedForm)
				compareLikelihood(t, r, want.TwoLevel, c.Tolerance.Likelihood)
				if r.BLUP != nil || len(r.ICCGroupMean.PerGroup) > 0 {
					t.Error("single groups of totals")
				}
			}
		})
	}
}

// fromTwoPractices deals the groups of a table to two practices and tests their
// totals.
func fromTwoPractices(whole multilevel.OneWay, seed uint64) multilevel.GroupLevel {
	rng := rand.New(rand.NewPCG(3, seed))
	at := map[string]int{}
	var parts [2]multilevel.OneWay
	for i, g := range whole.Group {
		if _, known := at[g]; !known {
			at[g] = rng.IntN(2)
		}
		to := &parts[at[g]]
		to.Group, to.Y = append(to.Group, g), append(to.Y, whole.Y[i])
	}
	var tables []totals.Table
	for _, part := range parts {
		if table, ok := multilevel.TotalsOf(part); ok {
			tables = append(tables, table.Rebased())
		}
	}
	return multilevel.TestTotals(totals.Pool(tables), multilevel.Options{})
}

// TestLargePublishedDataFromTotals does the same with bh1996, which is not kept
// here.
func TestLargePublishedDataFromTotals(t *testing.T) {
	t.Parallel()
	const id = "icc-large-bh1996"
	dir := findReference(id)
	if dir == "" {
		t.Skip("case " + id + " is not on this machine")
	}
	c, rows := readCase(t, dir, id)
	var want map[string]oneWayExpected
	decode(t, c.Expected, &want)
	for _, outcome := range c.Roles.Outcomes {
		r := fromTwoPractices(complete(t, c, outcome, rows), 1)
		compareANOVA(t, r, want[outcome].ANOVA, c.Tolerance.ClosedForm)
		compareLikelihood(t, r, want[outcome].TwoLevel, c.Tolerance.Likelihood)
	}
}
