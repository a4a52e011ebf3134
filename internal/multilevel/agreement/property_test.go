package agreement_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel/agreement"
)

// drawTable draws a table of a few groups.
func drawTable(t *rapid.T) *agreement.Table {
	options := rapid.IntRange(2, 7).Draw(t, "options")
	table := &agreement.Table{Scale: agreement.Scale{Low: 1, High: float64(options), Step: 1}}
	for k := range rapid.IntRange(1, 3).Draw(t, "items") {
		table.Items = append(table.Items, "i"+strconv.Itoa(k))
	}
	for g, size := range rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(t, "sizes") {
		for m := range size {
			row := agreement.Row{Group: "g" + strconv.Itoa(g), Member: "m" + strconv.Itoa(m)}
			for range table.Items {
				row.Values = append(row.Values, float64(rapid.IntRange(1, options).Draw(t, "rating")))
			}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// changed returns a copy of a table with every rating changed.
func changed(table *agreement.Table, f func(float64) float64) *agreement.Table {
	out := *table
	out.Rows = slices.Clone(table.Rows)
	for i := range out.Rows {
		out.Rows[i].Values = slices.Clone(out.Rows[i].Values)
		for k := range out.Rows[i].Values {
			out.Rows[i].Values[k] = f(out.Rows[i].Values[k])
		}
	}
	return &out
}

// few are draws enough for every number to be there.
var few = agreement.Options{Draws: 40}

// unchanged compares all numbers of results up to rounding, and everything else
// exactly.
func unchanged(t *rapid.T, what string, a, b any) {
	t.Helper()
	near := cmp.Comparer(func(x, y float64) bool { return scalar.EqualWithinAbsOrRel(x, y, 1e-9, 1e-9) })
	if diff := cmp.Diff(a, b, near); diff != "" {
		t.Errorf("%s changes the result: %s", what, diff)
	}
}

// TestOrderDoesNotMatter shuffles members and groups (same bytes) and items.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		table := drawTable(rt)
		want := analyse(t, table, few)
		rows := *table
		rows.Rows = rapid.Permutation(table.Rows).Draw(rt, "rows")
		got := analyse(t, &rows, few)
		unchanged(rt, "order of rows", want.Groups, got.Groups)
		if !cmp.Equal(want.Strangers, got.Strangers) || !cmp.Equal(want.Cutoffs, got.Cutoffs) {
			rt.Error("order of rows changes draws")
		}
		order := make([]int, len(table.Items))
		for k := range order {
			order[k] = k
		}
		order = rapid.Permutation(order).Draw(rt, "items")
		items := changed(table, func(y float64) float64 { return y })
		for k, from := range order {
			items.Items = slices.Clone(items.Items)
			items.Items[k] = table.Items[from]
			for i := range items.Rows {
				items.Rows[i].Values[k] = table.Rows[i].Values[from]
			}
		}
		got = analyse(t, items, few)
		for i := range got.Groups {
			slices.SortFunc(got.Groups[i].Items, func(a, b agreement.Item) int { return cmpString(a.Name, b.Name) })
		}
		unchanged(rt, "order of items", want.Groups, got.Groups)
		unchanged(rt, "order of items", want.Summary.ByNull, got.Summary.ByNull)
		if !cmp.Equal(want.Strangers, got.Strangers) || !cmp.Equal(want.Cutoffs, got.Cutoffs) {
			rt.Error("order of items changes draws")
		}
	})
}

// cmpString compares names.
func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// TestPlaceAndUnitOfTheScale moves and stretches the scale with its ratings:
// shares and probabilities stay, deviations stretch, variances stretch squared.
func TestPlaceAndUnitOfTheScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		table := drawTable(rt)
		unit := rapid.SampledFrom([]float64{0.1, 0.5, 1, 3}).Draw(rt, "unit")
		shift := float64(rapid.IntRange(-50, 50).Draw(rt, "shift"))
		moved := changed(table, func(y float64) float64 { return shift + y*unit })
		moved.Scale = agreement.Scale{Low: shift + unit, High: shift + table.Scale.High*unit, Step: unit}
		a, b := analyse(t, table, few), analyse(t, moved, few)
		if a.Reason != "" || b.Reason != "" {
			rt.Fatalf("reasons %q, %q", a.Reason, b.Reason)
		}
		for i := range a.Groups {
			x, y := a.Groups[i], b.Groups[i]
			unchanged(rt, "place of the scale", x.ByNull, y.ByNull)
			unchanged(rt, "place of the scale", x.AWG, y.AWG)
			unchanged(rt, "place of the scale", x.Strangers, y.Strangers)
			if x.ADMean != nil {
				unchanged(rt, "unit of the scale", *x.ADMean*unit, *y.ADMean)
				unchanged(rt, "unit of the scale", *x.MeanVariance*unit*unit, *y.MeanVariance)
				unchanged(rt, "unit of the scale", *x.AWGFrom*unit+shift, *y.AWGFrom)
			}
		}
		unchanged(rt, "place of the scale", a.Summary.ByNull, b.Summary.ByNull)
	})
}

// TestReversalOfTheScale leaves every index as it is and swaps the ends.
func TestReversalOfTheScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		table := drawTable(rt)
		a, b := analyse(t, table, few), analyse(t, changed(table, func(y float64) float64 { return 1 + table.Scale.High - y }), few)
		for i := range a.Groups {
			x, y := a.Groups[i], b.Groups[i]
			for k := range x.ByNull[:min(2, len(x.ByNull))] { // the symmetric nulls
				unchanged(rt, "reversal", *x.ByNull[k].RWGJ, *y.ByNull[k].RWGJ)
				unchanged(rt, "reversal", *x.ByNull[k].RStar, *y.ByNull[k].RStar)
			}
			unchanged(rt, "reversal", x.AWG, y.AWG)
			unchanged(rt, "reversal", x.ADMean, y.ADMean)
			unchanged(rt, "reversal", x.ADMedian, y.ADMedian)
			if x.Ends.Top != y.Ends.Bottom || x.Ends.Bottom != y.Ends.Top {
				rt.Error("the ends are not swapped")
			}
		}
	})
}

// TestAgreementIsOneOnlyWhenAllAreEqual, of items and of the whole, and lies
// between 0 and 1; a_wg is at least -1, and no number is NaN.
func TestAgreementIsOneOnlyWhenAllAreEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		table := drawTable(rt)
		r := analyse(t, table, few)
		if at := notFinite(r); at != "" {
			rt.Fatalf("%s", at)
		}
		for _, g := range r.Groups {
			if g.Reason != "" {
				continue
			}
			all := true
			for k, item := range g.Items {
				var values []float64
				for _, row := range table.Rows {
					if row.Group == g.Key {
						values = append(values, row.Values[k])
					}
				}
				equal := slices.Min(values) == slices.Max(values)
				all = all && equal
				for _, x := range item.RWG {
					if (*x.RWG == 1) != equal || *x.RWG < 0 || *x.RWG > 1 || x.Truncated != (*x.Raw < 0) || *x.P < 0 || *x.P > 1 {
						rt.Errorf("r_wg %v, raw %v, p %v of %v", *x.RWG, *x.Raw, *x.P, values)
					}
				}
				if item.AWG != nil && (*item.AWG < -1-1e-12 || *item.AWG > 1 || (*item.AWG == 1) != equal) {
					rt.Errorf("a_wg %v of %v", *item.AWG, values)
				}
			}
			for _, x := range g.ByNull {
				if (*x.RWGJ == 1) != all || *x.RWGJ < 0 || *x.RWGJ > 1 {
					rt.Errorf("r_wg(J) %v", *x.RWGJ)
				}
			}
			if (*g.ADMean == 0) != all || *g.ADMedian > *g.ADMean+1e-12 {
				rt.Errorf("AD %v, about medians %v", *g.ADMean, *g.ADMedian)
			}
		}
	})
}

// TestExactLawAgreesWithEveryTable compares the exact limit with that of all
// A^n tables of ratings, by brute force.
func TestExactLawAgreesWithEveryTable(t *testing.T) {
	t.Parallel()
	for _, null := range []agreement.Null{agreement.Uniform(4), agreement.Triangular(5), agreement.Published(5)[2], agreement.Uniform(2)} {
		for n := 2; n <= 6; n++ {
			got, err := agreement.ItemCutoffs(t.Context(), null, []int{n}, agreement.Options{})
			if err != nil {
				t.Fatal(err)
			}
			law := bruteForce(null, n)
			below, critical, attained, found := 0.0, 0.0, 0.0, false
			for _, v := range slices.Sorted(keys(law)) {
				below += law[v]
				if below <= 0.05+1e-12 {
					critical, attained, found = float64(v)/float64(n*(n-1)), below, true
				}
			}
			c := got[0]
			same(t, "perfect agreement", c.Perfect, law[0])
			same(t, "mean variance", c.MeanVar, null.Variance())
			if !found {
				same(t, "variance", c.Variance, nil)
				same(t, "attained", c.Attained, nil)
				continue
			}
			same(t, "variance", c.Variance, critical)
			same(t, "attained", c.Attained, attained)
		}
	}
}

// keys yields the values of a law.
func keys(law map[int]float64) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for v := range law {
			if !yield(v) {
				return
			}
		}
	}
}

// bruteForce returns the probability of every n Σc² - (Σc)².
func bruteForce(null agreement.Null, n int) map[int]float64 {
	law := map[int]float64{}
	total := int(math.Pow(float64(len(null.Proportions)), float64(n)))
	for code := range total {
		p, sum, square := 1.0, 0, 0
		for i, rest := 0, code; i < n; i, rest = i+1, rest/len(null.Proportions) {
			c := rest % len(null.Proportions)
			p *= null.Proportions[c]
			sum, square = sum+c, square+c*c
		}
		law[n*square-sum*sum] += p
	}
	return law
}
