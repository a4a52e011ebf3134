package multilevel_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
)

// drawGroups draws two to nine groups of one to eight ratings on a seven-point
// scale with halves.
func drawGroups(t *rapid.T) [][]float64 {
	rating := rapid.Map(rapid.IntRange(2, 14), func(i int) float64 { return float64(i) / 2 })
	return rapid.SliceOfN(rapid.SliceOfN(rating, 1, 8), 2, 9).Draw(t, "groups")
}

// numbers are what must not depend on how a table is written down.
func numbers(r multilevel.GroupLevel) map[string]*float64 {
	m := map[string]*float64{
		"F": r.ANOVA.F, "p": r.ANOVA.P, "lower p": r.ANOVA.PLower, "ICC(1)": r.ICC1.Estimate, "group mean": r.ICCGroupMean.Estimate,
		"REML share": r.REML.Share.Group, "ML share": r.ML.Share.Group, "n0": r.GroupSize.N0, "power": r.Settle.PowerNow,
		"REML optima": whole(r.REML.LocalOptima), "ML optima": whole(r.ML.LocalOptima),
	}
	for _, test := range r.Tests {
		m[test.Method+" statistic"], m[test.Method+" p"] = test.Statistic, test.P
	}
	for _, iv := range r.ICC1.CI {
		m[fmt.Sprint("lower ", iv.Level)], m[fmt.Sprint("upper ", iv.Level)] = iv.Lower, iv.Upper
	}
	c := &r.Comparison
	maps.Copy(m, map[string]*float64{
		"eta": c.EtaSquared, "omega": c.OmegaSquared, "F of means": c.FUnweightedMeans, "mean size": c.ICC1ArithmeticSize, "SE": c.ICC1SE,
		"harmonic size": c.ICC1HarmonicSize, "design effect": c.DesignEffect, "mean k": c.GroupMeanREMLSize, "chi-square": c.REMLChiSquareP,
		"degrees of freedom": c.SatterthwaiteDF,
	})
	intervals := slices.Concat(c.VarianceRatio, c.ICC1, c.GroupMean)
	for _, f := range []multilevel.Fit{r.REML, r.ML} {
		for _, iv := range f.ShareCI.Group {
			intervals = append(intervals, multilevel.ComparedInterval{Interval: iv})
		}
	}
	for i, iv := range intervals {
		m[fmt.Sprint("lower ", i, iv.Method)], m[fmt.Sprint("upper ", i, iv.Method)] = iv.Lower, iv.Upper
	}
	return m
}

// agree compares two results number by number.
func agree(t *rapid.T, what string, a, b multilevel.GroupLevel, tol float64) {
	t.Helper()
	if a.Answer != b.Answer || a.Reason != b.Reason {
		t.Errorf("%s: answer %s because %s, before %s because %s", what, b.Answer, b.Reason, a.Answer, a.Reason)
	}
	after := numbers(b)
	for name, x := range numbers(a) {
		y := after[name]
		if (x == nil) != (y == nil) || x != nil && !scalar.EqualWithinAbsOrRel(*x, *y, tol, tol) {
			t.Errorf("%s: %s was %s, is %s", what, name, show(x), show(y))
		}
	}
}

// show writes a number that may be undefined.
func show(v *float64) string {
	if v == nil {
		return "undefined"
	}
	return fmt.Sprint(*v)
}

// TestInvariances: an exact shift, a change of unit, another order of rows and
// other names of groups change nothing that has no unit; the same call gives
// the same bits.
func TestInvariances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t)
		d := table(groups...)
		r := multilevel.TestGroupLevel(d, multilevel.Options{})
		if diff := equalResults(r, multilevel.TestGroupLevel(d, multilevel.Options{})); diff != "" {
			t.Errorf("the same call gives another result: %s", diff)
		}
		changed := func(f func(y float64) float64) multilevel.OneWay {
			out := multilevel.OneWay{Group: d.Group, Y: make([]float64, len(d.Y))}
			for i, y := range d.Y {
				out.Y[i] = f(y)
			}
			return out
		}
		shift := float64(rapid.IntRange(-1_000_000, 1_000_000).Draw(t, "shift"))
		agree(t, "shift", r, multilevel.TestGroupLevel(changed(func(y float64) float64 { return y + shift }), multilevel.Options{}), 0)
		agree(t, "turned round", r, multilevel.TestGroupLevel(changed(func(y float64) float64 { return -y }), multilevel.Options{}), 1e-7)
		factor := rapid.Float64Range(1e-3, 1e3).Draw(t, "factor")
		agree(t, "scale", r, multilevel.TestGroupLevel(changed(func(y float64) float64 { return factor * y }), multilevel.Options{}), 1e-7)
		power := rapid.IntRange(-900, 900).Draw(t, "power of two")
		scaled := multilevel.TestGroupLevel(changed(func(y float64) float64 { return math.Ldexp(y, power) }), multilevel.Options{})
		agree(t, "power of two", r, scaled, 0)
		agreeInUnit(t, r, scaled, power)

		order := rapid.Permutation(indices(len(d.Y))).Draw(t, "order")
		moved := multilevel.OneWay{Group: make([]string, len(d.Y)), Y: make([]float64, len(d.Y))}
		names := rapid.Permutation([]string{"q", "z", "a", "m", "b", "y", "c", "x", "p"}).Draw(t, "names")
		for i, j := range order {
			moved.Group[i], moved.Y[i] = names[d.Group[j][0]-'A'], d.Y[j]
		}
		agree(t, "order of rows and names", r, multilevel.TestGroupLevel(moved, multilevel.Options{}), 1e-7)
	})
}

// agreeInUnit compares what has a unit after a change of it by 2^power: places
// and widths grow by that, variances by its square where they can be written
// at all, and deviances by 2 nu log 2^power.
func agreeInUnit(t *rapid.T, a, b multilevel.GroupLevel, power int) {
	t.Helper()
	width := func(name string, x, y *float64, times int) {
		t.Helper()
		if x == nil {
			if y != nil {
				t.Errorf("%s appears with another unit: %v", name, *y)
			}
			return
		}
		want := math.Ldexp(*x, times)
		if writable := *x == 0 || math.Abs(want) >= 0x1p-1022 && !math.IsInf(want, 0); writable != (y != nil) || y != nil && *y != want {
			t.Errorf("%s is %s, want %v", name, show(y), want)
		}
		if y == nil && !b.Caveats.Has("beyond_range") {
			t.Errorf("%s is undefined without a caveat", name)
		}
	}
	width("grand mean", a.GrandMean, b.GrandMean, power)
	width("SSB", a.ANOVA.SSBetween, b.ANOVA.SSBetween, 2*power)
	width("MSW", a.ANOVA.MSWithin, b.ANOVA.MSWithin, 2*power)
	width("group variance", a.REML.Variance.Group, b.REML.Variance.Group, 2*power)
	width("residual variance", a.ML.Variance.Residual, b.ML.Variance.Residual, 2*power)
	for i, iv := range b.Comparison.VarianceWithin {
		width("lower limit within", a.Comparison.VarianceWithin[i].Lower, iv.Lower, 2*power)
		width("upper limit within", a.Comparison.VarianceWithin[i].Upper, iv.Upper, 2*power)
	}
	for i, iv := range b.Comparison.VarianceBetween {
		width("lower limit between", a.Comparison.VarianceBetween[i].Lower, iv.Lower, 2*power)
		width("upper limit between", a.Comparison.VarianceBetween[i].Upper, iv.Upper, 2*power)
	}
	width("SE of the mean", a.REML.MeanSE, b.REML.MeanSE, power)
	for i := range b.BLUP {
		width("BLUP", &a.BLUP[i].BLUP, &b.BLUP[i].BLUP, power)
		width("shrunken mean", &a.BLUP[i].ShrunkenMean, &b.BLUP[i].ShrunkenMean, power)
		width("predicted SE", &a.BLUP[i].PredSE, &b.BLUP[i].PredSE, power)
	}
	for name, f := range map[string][2]multilevel.Fit{"REML": {a.REML, b.REML}, "ML": {a.ML, b.ML}} {
		if f[0].Deviance == nil {
			continue
		}
		nu := float64(a.Counts.Ratings)
		if name == "REML" {
			nu--
		}
		moved := 2 * nu * float64(power) * math.Ln2
		for i, pair := range [][2]*float64{{f[0].Deviance, f[1].Deviance}, {f[0].DevianceNull, f[1].DevianceNull}} {
			if pair[1] == nil || !scalar.EqualWithinAbsOrRel(*pair[1], *pair[0]+moved, 1e-8, 1e-12) {
				t.Errorf("%s deviance %d is %s, want %v", name, i, show(pair[1]), *pair[0]+moved)
			}
		}
	}
}

// indices returns 0 to n-1.
func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestRowOrderKeepsEveryBit: whole halves add up exactly, so that another order
// of the rows must give the very same result, groups sorted by key.
func TestRowOrderKeepsEveryBit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{2, 4, 8}).Draw(t, "size") // means of 2^i halves are exact
		rating := rapid.Map(rapid.IntRange(2, 14), func(i int) float64 { return float64(i) / 2 })
		d := table(rapid.SliceOfN(rapid.SliceOfN(rating, n, n), 2, 9).Draw(t, "groups")...)
		order := rapid.Permutation(indices(len(d.Y))).Draw(t, "order")
		moved := multilevel.OneWay{Group: make([]string, len(d.Y)), Y: make([]float64, len(d.Y))}
		for i, j := range order {
			moved.Group[i], moved.Y[i] = d.Group[j], d.Y[j]
		}
		if diff := equalResults(multilevel.TestGroupLevel(d, multilevel.Options{}), multilevel.TestGroupLevel(moved, multilevel.Options{})); diff != "" {
			t.Error(diff)
		}
	})
}

// TestBalancedREMLIsANOVA: with equal sizes and MSB above MSW the REML
// estimates are the ANOVA estimates, and at MSB below MSW they are zero; there
// is one optimum.
func TestBalancedREMLIsANOVA(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "size")
		rating := rapid.Map(rapid.IntRange(0, 40), func(i int) float64 { return float64(i) / 8 })
		groups := rapid.SliceOfN(rapid.SliceOfN(rating, n, n), 2, 9).Draw(t, "groups")
		r := multilevel.TestGroupLevel(table(groups...), multilevel.Options{})
		if r.ANOVA.F == nil || math.Abs(*r.ANOVA.F-1) < 1e-9 {
			t.Skip("no variance, or on the very edge")
		}
		if *r.REML.LocalOptima != 1 {
			t.Errorf("%d optima of a balanced likelihood", *r.REML.LocalOptima)
		}
		if *r.REML.Singular != (*r.ANOVA.F < 1) {
			t.Errorf("singular %v at F %v", *r.REML.Singular, *r.ANOVA.F)
		}
		if want := max(0, *r.ANOVA.VarianceBetween); !scalar.EqualWithinAbsOrRel(*r.REML.Variance.Group, want, 1e-12, 1e-9) {
			t.Errorf("group variance %v, ANOVA %v", *r.REML.Variance.Group, want)
		}
		if *r.ANOVA.F > 1 && !scalar.EqualWithinAbsOrRel(*r.REML.Variance.Residual, *r.ANOVA.MSWithin, 0, 1e-9) {
			t.Errorf("residual %v, ANOVA %v", *r.REML.Variance.Residual, *r.ANOVA.MSWithin)
		}
	})
}

// TestAgreementLeavesNoDust: groups of equal ratings have no variance within,
// whatever number the members agree on.
func TestAgreementLeavesNoDust(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfNDistinct(rapid.Float64Range(-10, 10), 2, 6, rapid.ID).Draw(t, "values")
		var groups [][]float64
		for _, v := range values {
			groups = append(groups, slices.Repeat([]float64{v}, rapid.IntRange(2, 60).Draw(t, "size")))
		}
		r := multilevel.TestGroupLevel(table(groups...), multilevel.Options{})
		if r.REML.Unbounded == nil || !*r.REML.Unbounded || *r.ANOVA.SSWithin != 0 {
			t.Errorf("sum of squares within is %s", show(r.ANOVA.SSWithin))
		}
	})
}

// TestFitIsNoWorseThanNeighbours: no ratio of variances on a grid, written out
// with another formula, has a smaller deviance than the fit.
func TestFitIsNoWorseThanNeighbours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t)
		r := multilevel.TestGroupLevel(table(groups...), multilevel.Options{})
		if r.REML.Deviance == nil {
			t.Skip("nothing to fit")
		}
		for _, fit := range []struct {
			name string
			fit  multilevel.Fit
			reml bool
		}{{"REML", r.REML, true}, {"ML", r.ML, false}} {
			at := *fit.fit.Variance.Group / *fit.fit.Variance.Residual
			if got := plainDeviance(groups, at, fit.reml); !scalar.EqualWithinAbs(got, *fit.fit.Deviance, 1e-7) {
				t.Errorf("%s deviance %v, by the plain formula %v", fit.name, *fit.fit.Deviance, got)
			}
			for ratio := 0.0; ratio < 1e4; ratio = 1.1*ratio + 1e-4 {
				if other := plainDeviance(groups, ratio, fit.reml); !(other >= *fit.fit.Deviance-1e-7) {
					t.Errorf("%s deviance %v at ratio %v, better than %v at %v", fit.name, other, ratio, *fit.fit.Deviance, at)
				}
			}
		}
	})
}

// plainDeviance is the deviance with the residual variance at its best, rating
// by rating: log|V| and r'V^-1r from V = e(I + l 11') per group.
func plainDeviance(groups [][]float64, ratio float64, reml bool) float64 {
	var n, logDet, xx, xy float64
	for _, g := range groups {
		size := float64(len(g))
		n += size
		logDet += math.Log(1 + size*ratio)
		for _, y := range g {
			xx += 1 / (1 + size*ratio)
			xy += y / (1 + size*ratio)
		}
	}
	var q float64
	for _, g := range groups {
		var sum float64
		for _, y := range g {
			sum += y - xy/xx
			q += (y - xy/xx) * (y - xy/xx)
		}
		q -= ratio / (1 + float64(len(g))*ratio) * sum * sum
	}
	nu := n
	if reml {
		nu--
		logDet += math.Log(xx)
	}
	return nu*math.Log(2*math.Pi*q/nu) + nu + logDet
}

// FuzzTestGroupLevel: any finite ratings get an answer, without a panic and
// without a number that is not finite.
func FuzzTestGroupLevel(f *testing.F) {
	huge, tiny := math.MaxFloat64, math.SmallestNonzeroFloat64
	for _, seed := range [][]float64{
		{1, 2, 3, 4, 5, 6},
		{huge, -huge, huge, 0, 1, -huge},
		{tiny, 0, tiny, 2 * tiny, 5 * tiny, 0},
		{1e300, 1e-300, 1, -1e300, 3, 1e300},
		{0.1, 0.1, 0.1, 0.1},
		{1e8, 1e8 + 1, 1e8, 1e8 + 2},
		{0, 0, 1e-200, 1, 1, 1},
		{1e154, 1e154, -1e154, 1e155, 7, 8},
	} {
		for _, size := range []byte{1, 2, 3} {
			var raw []byte
			for _, y := range seed {
				raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(y))
			}
			f.Add(raw, size)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, size byte) {
		var d multilevel.OneWay
		for ; len(raw) >= 8 && len(d.Y) < 512; raw = raw[8:] {
			y := math.Float64frombits(binary.LittleEndian.Uint64(raw))
			if math.IsNaN(y) || math.IsInf(y, 0) {
				continue
			}
			g := len(d.Y)
			if size > 0 {
				g = g * g / int(size) % (int(size) + 3)
			}
			d.Group, d.Y = append(d.Group, fmt.Sprint(g)), append(d.Y, y)
		}
		r := inFull(t.Context(), t, d, multilevel.Options{Draws: 19})
		if bad := notFinite(r); bad != "" {
			t.Errorf("%s is not finite", bad)
		}
		sensible(t, &r)
		if r.Answer == "" || r.Reason == "" || r.Answer == multilevel.Refused {
			t.Errorf("answer %q because %q", r.Answer, r.Reason)
		}
		for _, iv := range r.ICC1.CI {
			if iv.Lower != nil && !(*iv.Lower <= *iv.Upper && *iv.Lower >= -1 && *iv.Upper <= 1) {
				t.Errorf("interval %v to %v", *iv.Lower, *iv.Upper)
			}
		}
	})
}

// sensible checks that every p lies in its range, those by simulation above
// zero, and that no interval stands on its head.
func sensible(t *testing.T, r *multilevel.GroupLevel) {
	t.Helper()
	for _, test := range r.Tests {
		if test.P != nil && !(*test.P >= 0 && *test.P <= 1) || test.MonteCarlo != nil && !(*test.P > 0 && test.MonteCarlo.SE >= 0) {
			t.Errorf("%s: p %s", test.Method, show(test.P))
		}
		if test.Method == multilevel.MethodPermutation && !(*test.P > 0) {
			t.Errorf("%s: p %s", test.Method, show(test.P))
		}
	}
	c := &r.Comparison
	lists := [][]multilevel.ComparedInterval{c.VarianceRatio, c.ICC1, c.GroupMean, c.VarianceBetween, c.VarianceWithin}
	for _, f := range []multilevel.Fit{r.REML, r.ML} {
		for _, iv := range f.ShareCI.Group {
			lists = append(lists, []multilevel.ComparedInterval{{Interval: iv}})
			if iv.Lower == nil || iv.Upper == nil || *iv.Lower < 0 || *iv.Upper > 1 {
				t.Errorf("profile interval %s to %s", show(iv.Lower), show(iv.Upper))
			}
		}
	}
	for _, list := range lists {
		for _, iv := range list {
			if iv.Lower != nil && iv.Upper != nil && !(*iv.Lower <= *iv.Upper) || iv.Level != 0.95 || iv.Method == "" {
				t.Errorf("%s: %s to %s", iv.Method, show(iv.Lower), show(iv.Upper))
			}
		}
	}
}
