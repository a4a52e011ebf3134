package grouplevel_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/multilevel/totals"
)

// TestTotalsOfCompleteTablesGiveTheTestOfTheirRows deals the groups of random
// complete tables, of one shape and of several, to practices that know each other's
// totals only, and compares every number with the test of all rows.
func TestTotalsOfCompleteTablesGiveTheTestOfTheirRows(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(11, seed))
		shapes := [][2]int{{5, 8}, {6, 4}, {2, 3}, {3, 1}, {1, 4}}[:1+seed%5]
		offset := []float64{0, 1e8, -3.3}[seed%3]
		whole, parts := weeks(rng, 8+rng.IntN(12), shapes, offset)
		o := grouplevel.Options{Options: multilevel.Options{Draws: 99}}
		if seed%4 == 0 {
			o.Detail = grouplevel.Full
		}
		want, err := grouplevel.Test(t.Context(), grouplevel.Table{Rows: whole, Shared: true}, o)
		if err != nil {
			t.Fatal(err)
		}
		var tables []totals.Table
		for _, part := range parts {
			if len(part) == 0 {
				continue
			}
			found := grouplevel.TotalsOf(grouplevel.Table{Rows: part, Shared: true}, "", false)
			if found.Reason == multilevel.NoData || found.Structure != multilevel.MembersBySessions {
				continue
			}
			if found.Reason != "" || found.Incomplete != 0 {
				t.Fatalf("seed %d: %s, %d incomplete", seed, found.Reason, found.Incomplete)
			}
			mine := found.Pooled()
			tables = append(tables, mine.Rebased())
		}
		pooled := totals.Pool(tables)
		if pooled.Ratings() != len(whole) {
			continue // a practice had no group of several sessions
		}
		got, err := grouplevel.TestTotals(t.Context(), pooled, multilevel.Group, o)
		if err != nil {
			t.Fatal(err)
		}
		sameNumbers(t, fmt.Sprint("seed ", seed), got, want)
	}
}

// sameNumbers compares two results at 1e-9 of what they lie in, apart from what needs single
// groups or rows.
func sameNumbers(t *testing.T, name string, got, want multilevel.GroupLevel) {
	t.Helper()
	for _, g := range []*multilevel.GroupLevel{&got, &want} {
		g.BLUP, g.Effects, g.Caveats, g.Comparison.Caveats = nil, multilevel.Effects{}, caveat.Set{}, caveat.Set{}
		g.ICCGroupMean.PerGroup = nil
		var tests []multilevel.ComponentTest
		for _, x := range g.Tests {
			if x.Method != multilevel.MethodPermutation {
				tests = append(tests, x)
			}
		}
		g.Tests = tests
	}
	a, b := leaves(t, got), leaves(t, want)
	if len(b) < 60 {
		t.Fatalf("%s: only %d numbers", name, len(b))
	}
	for at, w := range b {
		x, isNumber := w.(float64)
		y, both := a[at].(float64)
		near := 1e-9 * max(math.Abs(x), math.Abs(y), 1) // a small variance is known against all of them, which are about one
		if strings.HasSuffix(at, ".P") {
			near = 1e-9 * math.Abs(y)
		}
		if isNumber && both && math.Abs(x-y) <= near {
			continue
		}
		if w != a[at] {
			t.Errorf("%s: %s is %v, want %v", name, at, a[at], w)
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d numbers, want %d", name, len(a), len(b))
	}
}

// leaves flattens a result to its numbers and words.
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
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(at+"."+k, x)
			}
		case []any:
			for i, x := range v {
				walk(fmt.Sprintf("%s[%d]", at, i), x)
			}
		default:
			out[at] = v
		}
	}
	walk("", all)
	return out
}

// weeks draws complete tables of these shapes and deals the groups to three
// practices.
func weeks(rng *rand.Rand, groups int, shapes [][2]int, offset float64) (whole []multilevel.Row, parts [3][]multilevel.Row) {
	g, m, s := math.Abs(rng.NormFloat64()), rng.Float64(), rng.Float64()
	grid := func(y float64) float64 { return offset + math.Round(1024*y)/1024 }
	for k := range groups {
		sh, to, ofGroup := shapes[k%len(shapes)], &parts[rng.IntN(3)], g*rng.NormFloat64()
		evenings := make([]float64, sh[1])
		for i := range evenings {
			evenings[i] = s * rng.NormFloat64()
		}
		for i := range sh[0] {
			ofMember := m * rng.NormFloat64()
			for j := range sh[1] {
				row := multilevel.Row{
					Group: fmt.Sprintf("%c%d", 'a'+rune(k%5), k), Member: fmt.Sprint("m", i), Session: fmt.Sprint(j + 1),
					Value: grid(ofGroup + ofMember + evenings[j] + rng.NormFloat64()),
				}
				whole, *to = append(whole, row), append(*to, row)
			}
		}
	}
	return whole, parts
}

// TestReferenceCasesFromTotals deals the groups of the balanced case, whose values
// lme4 computed, to two practices, and compares what their totals give.
func TestReferenceCasesFromTotals(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"crossed-in-group-balanced"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			c, table := readCase(t, id)
			rng := rand.New(rand.NewPCG(5, 6))
			at := map[string]int{}
			var parts [2][]multilevel.Row
			for _, row := range table.Rows {
				if _, known := at[row.Group]; !known {
					at[row.Group] = rng.IntN(2)
				}
				parts[at[row.Group]] = append(parts[at[row.Group]], row)
			}
			var tables []totals.Table
			for _, part := range parts {
				found := grouplevel.TotalsOf(grouplevel.Table{Rows: part}, "", false)
				if found.Reason != "" || found.Structure != multilevel.MembersBySessions {
					t.Fatalf("%s: %s", found.Structure, found.Reason)
				}
				mine := found.Pooled()
				tables = append(tables, mine.Rebased())
			}
			r, err := grouplevel.TestTotals(t.Context(), totals.Pool(tables), multilevel.Group, grouplevel.Options{})
			if err != nil {
				t.Fatal(err)
			}
			check := checker{t: t, c: c, seen: map[string]bool{}}
			check.fit(&r.REML, "reml")
			check.fit(&r.ML, "ml")
			check.anova(&r)
			if len(check.seen) < 20 || r.BLUP != nil || r.Effects.Member != nil {
				t.Errorf("%d values compared, predictions %v", len(check.seen), r.BLUP)
			}
		})
	}
}
