package multilevel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
)

// TestPowerReference compares with the exact numbers of balanced designs.
func TestPowerReference(t *testing.T) {
	t.Parallel()
	c, _ := readCase(t, "testdata/reference", "design-power")
	var want []struct {
		Groups       int     `json:"groups"`
		Members      int     `json:"members"`
		ICC          float64 `json:"icc"`
		FCritical    float64 `json:"F_critical"`
		Power        float64 `json:"power"`
		ICC2         float64 `json:"icc2"`
		DesignEffect float64 `json:"design_effect"`
	}
	decode(t, c.Expected, &want)
	if len(want) != 32 {
		t.Fatalf("%d designs, want 32", len(want))
	}
	for _, w := range want {
		d := multilevel.Balanced(w.Groups, float64(w.Members))
		p := d.Prospect(w.ICC, 0.8)
		same(t, "F critical", p.FCritical, w.FCritical, 1e-9, 0)
		same(t, "power", p.Power, w.Power, 1e-9, 0)
		same(t, "icc2", p.ICCGroupMean, w.ICC2, 1e-9, 0)
		same(t, "design effect", p.DesignEffect, w.DesignEffect, 1e-9, 0)
		if p.ICC != w.ICC || p.Groups != w.Groups || p.MeanSize != float64(w.Members) || p.GroupsNeeded == nil || (*p.GroupsNeeded <= w.Groups) != (w.Power >= 0.8) {
			t.Errorf("prospect %+v of %+v", p, w)
		}
	}
}

// TestGroupsNeededTable has the groups of seven that give 80 % power, and the
// interval at the median of F for a true ICC of .20, from tables made in R.
func TestGroupsNeededTable(t *testing.T) {
	t.Parallel()
	for icc, want := range map[float64]int{0.05: 145, 0.06: 105, 0.10: 44, 0.15: 23, 0.20: 15, 0.30: 9} {
		if got := multilevel.Balanced(10, 7).GroupsFor(icc, 0.8); got == nil || *got != want {
			t.Errorf("ICC %v: %v groups, want %d", icc, show(whole(got)), want)
		}
	}
	for groups, want := range map[int][2]float64{4: {-0.06, 0.81}, 8: {0, 0.58}, 12: {0.03, 0.49}, 20: {0.06, 0.41}, 40: {0.10, 0.34}} {
		p := multilevel.Balanced(groups, 7).Prospect(0.2, 0.8)
		same(t, "typical lower", p.Typical.Lower, want[0], 0, 0.00501)
		same(t, "typical upper", p.Typical.Upper, want[1], 0, 0.00501)
	}
	if p := multilevel.Balanced(1, 7).Prospect(0.2, 0.8); p.Power != nil || p.FCritical != nil || p.GroupsNeeded == nil {
		t.Errorf("one group: %+v", p)
	}
	if p := multilevel.Balanced(9, 1).Prospect(0.2, 0.8); p.Power != nil || p.GroupsNeeded != nil {
		t.Errorf("groups of one: %+v", p)
	}
	if p := multilevel.Balanced(9, 7).Prospect(0, 0.8); p.GroupsNeeded != nil || *p.DesignEffect != 1 {
		t.Errorf("no group variance: %+v", p)
	}
	uneven := multilevel.DesignOf([]int{2, 2, 3, 4, 5, 6, 8, 15})
	p := uneven.Prospect(0.2, 0.9)
	same(t, "design effect", p.DesignEffect, 1+(383./45-1)*0.2, 1e-12, 0)
	n0 := (45 - 383./45) / 7
	same(t, "icc2", p.ICCGroupMean, n0*0.2/(1+(n0-1)*0.2), 1e-12, 0)
	if p.Typical.Lower != nil || p.Wanted != 0.9 {
		t.Errorf("unequal sizes: %+v", p)
	}
}

// TestChanceOfZeroTable compares with tables made in R (pf, qf) of exact power and
// of the chance that the estimate is not positive, to their two decimals.
func TestChanceOfZeroTable(t *testing.T) {
	t.Parallel()
	for _, w := range []struct {
		groups           int
		size, icc        float64
		power, noVerdict float64
	}{
		{3, 8, 0.05, 0.11, 0.49},
		{5, 8, 0.10, 0.25, 0.29},
		{10, 8, 0.20, 0.73, 0.04},
		{30, 8, 0.10, 0.75, 0.02},
		{100, 8, 0.05, 0.76, 0.01},
		{5, 3, 0.10, 0.10, 0.42},
		{20, 3, 0.30, 0.68, 0.03},
		{100, 3, 0.10, 0.51, 0.05},
		{8, 7, 0.06, 0.18, 0.32},
		{4, 7, 0.30, 0.53, 0.14},
		{40, 7, 0.10, 0.77, 0.02},
		{4, 7, 0.06, 0.13, 0.43},
		{4, 7, 0.10, 0.20, 0.36},
		{4, 7, 0.20, 0.37, 0.22},
		{8, 7, 0.10, 0.30, 0.22},
		{8, 7, 0.20, 0.59, 0.08},
		{8, 7, 0.30, 0.79, 0.03},
		{12, 7, 0.06, 0.23, 0.26},
		{12, 7, 0.10, 0.39, 0.15},
		{12, 7, 0.20, 0.73, 0.03},
		{12, 7, 0.30, 0.91, 0.01},
		{20, 7, 0.06, 0.31, 0.18},
		{20, 7, 0.10, 0.53, 0.07},
		{20, 7, 0.20, 0.89, 0.01},
		{20, 7, 0.30, 0.98, 0.00},
		{40, 7, 0.06, 0.47, 0.08},
		{40, 7, 0.20, 0.99, 0.00},
		{40, 7, 0.30, 1.00, 0.00},
	} {
		d := multilevel.Balanced(w.groups, w.size)
		same(t, "power", new(d.Power(w.icc)), w.power, 0, 0.00501)
		same(t, "not positive", new(d.ChanceNotPositive(w.icc)), w.noVerdict, 0, 0.00501)
	}
}

// fewestByCounting is the smallest number of groups from four on that is enough.
func fewestByCounting(enough func(k int) bool) int {
	k := 4
	for !enough(k) {
		k++
	}
	return k
}

// TestSettleCounts compares the counts for groups of one size with tables of
// the groups needed for 80 % power, and with counting up one by one.
func TestSettleCounts(t *testing.T) {
	t.Parallel()
	for _, w := range []struct {
		size          int
		icc           float64
		show, ruleOut int // ruleOut is 0 where no table gives it
	}{
		{8, 0.05, 113, 0},
		{8, 0.06, 82, 0},
		{8, 0.10, 35, 39},
		{8, 0.20, 13, 0},
		{8, 0.30, 8, 0},
		{7, 0.05, 145, 152},
		{7, 0.06, 105, 0},
		{7, 0.10, 44, 0},
		{7, 0.15, 23, 0},
		{7, 0.30, 9, 0},
		{5, 0.10, 79, 0},
		{3, 0.05, 860, 0},
		{3, 0.20, 60, 0},
	} {
		groups := make([][]float64, 5)
		r := rand.New(rand.NewPCG(3, uint64(w.size)))
		for g := range groups {
			groups[g] = make([]float64, w.size)
			for i := range groups[g] {
				groups[g][i] = r.NormFloat64()
			}
		}
		s := multilevel.TestGroupLevel(table(groups...), multilevel.Options{PlanICC: w.icc, Bound: w.icc}).Settle
		if s.GroupsToShow == nil || s.GroupsToRuleOut == nil {
			t.Fatalf("size %d, ICC %g: no counts", w.size, w.icc)
		}
		if *s.GroupsToShow != w.show {
			t.Errorf("size %d, ICC %g: %d groups to show, want %d", w.size, w.icc, *s.GroupsToShow, w.show)
		}
		counted := fewestByCounting(func(k int) bool { return multilevel.Balanced(k, float64(w.size)).ChanceRuledOut(w.icc) >= 0.8 })
		if w.ruleOut != 0 && counted != w.ruleOut {
			t.Errorf("size %d, ICC %g: counting finds %d groups to rule out, want %d", w.size, w.icc, counted, w.ruleOut)
		}
		if *s.GroupsToRuleOut != counted {
			t.Errorf("size %d, ICC %g: %d groups to rule out, counting finds %d", w.size, w.icc, *s.GroupsToRuleOut, counted)
		}
		same(t, "power now", s.PowerNow, multilevel.Balanced(5, float64(w.size)).Power(w.icc), 1e-12, 0)
	}
}

// TestRuleOutByDrawing draws data without group variance and applies the rule
// of the answer itself: Balanced(39, 8) rules out .10 in 80 % of them.
func TestRuleOutByDrawing(t *testing.T) {
	t.Parallel()
	const runs = 1500
	r := rand.New(rand.NewPCG(39, 8))
	said := 0
	for range runs {
		groups := make([][]float64, 39)
		for g := range groups {
			groups[g] = make([]float64, 8)
			for i := range groups[g] {
				groups[g][i] = r.NormFloat64()
			}
		}
		if multilevel.TestGroupLevel(table(groups...), multilevel.Options{Bound: 0.10}).Answer == multilevel.NotSupported {
			said++
		}
	}
	want := multilevel.Balanced(39, 8).ChanceRuledOut(0.10)
	if got := float64(said) / runs; !(math.Abs(got-want) <= 4*math.Sqrt(want*(1-want)/runs)) {
		t.Errorf("ruled out in %.3f of the data sets, computed %.3f", got, want)
	}
}

// TestUnequalSizesByDrawing compares the approximations for unequal sizes with
// draws of group means and of the variance within.
func TestUnequalSizesByDrawing(t *testing.T) {
	t.Parallel()
	const runs, icc, bound = 40000, 0.1, 0.15
	sizes := []int{2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 8, 12, 16, 24}
	var rows multilevel.OneWay
	n := 0.0
	for g, size := range sizes {
		n += float64(size)
		for i := range size {
			rows.Group = append(rows.Group, string(rune('A'+g)))
			rows.Y = append(rows.Y, float64((i+g)%3))
		}
	}
	k := float64(len(sizes))
	within := distuv.ChiSquared{K: n - k, Src: rand.NewPCG(4, 4)}
	r := rand.New(rand.NewPCG(5, 5))
	// form draws sum w (ybar-mu)^2/((k-1) MSW), w = n/(1+n tested)
	form := func(tested, truth float64) float64 {
		var sw, swy, swyy float64
		for _, size := range sizes {
			w := float64(size) / (1 + float64(size)*tested)
			y := r.NormFloat64() * math.Sqrt(1/float64(size)+truth)
			sw, swy, swyy = sw+w, swy+w*y, swyy+w*y*y
		}
		return (swyy - swy*swy/sw) / (k - 1) / (within.Rand() / (n - k))
	}
	f := distuv.F{D1: k - 1, D2: n - k}
	critical, low := f.Quantile(0.95), f.Quantile(0.05)
	var found, ruledOut, notPositive float64
	for range runs {
		if x := form(0, icc/(1-icc)); x > critical {
			found++
		} else if x <= 1 {
			notPositive++
		}
		if form(bound/(1-bound), 0) < low {
			ruledOut++
		}
	}
	s := multilevel.TestGroupLevel(rows, multilevel.Options{PlanICC: icc}).Settle
	const near = 0.012 // four standard errors of the draws and the error of the approximation
	same(t, "power", s.PowerNow, found/runs, 0, near)
	same(t, "not positive", s.ChanceNotPositive, notPositive/runs, 0, near)
	design := multilevel.DesignOf(sizes)
	same(t, "power of the design", new(design.Power(icc)), *s.PowerNow, 1e-12, 0)
	same(t, "ruled out", new(design.ChanceRuledOut(bound)), ruledOut/runs, 0, near)
}

// TestSettleOfVeryUnequalSizes: the number of groups to show an ICC lies on the
// side of the groups at hand that their own power is on, however unlike the
// groups are. Four groups cannot be mixed as nine of one and one of fifty are,
// and must not pass for enough.
func TestSettleOfVeryUnequalSizes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(1, 8), rapid.SampledFrom([]int{30, 50, 200, 3000}))
		sizes := rapid.SliceOfN(size, 4, 60).Draw(t, "sizes")
		d := multilevel.OneWay{Group: []string{"aa"}, Y: []float64{0.5}}
		for g, n := range sizes {
			for i := range n {
				d.Group, d.Y = append(d.Group, fmt.Sprintf("a%02d", g)), append(d.Y, float64((i+g)%3))
			}
		}
		s := multilevel.TestGroupLevel(d, multilevel.Options{PlanICC: rapid.SampledFrom([]float64{0.01, 0.1, 0.3}).Draw(t, "icc")}).Settle
		if s.PowerNow == nil || s.GroupsToShow == nil {
			return // one member per group, or beyond reach
		}
		if now := len(sizes) + 1; (*s.PowerNow >= 0.8) != (*s.GroupsToShow <= now) {
			t.Errorf("%d groups have power %v, and %d are enough", now, *s.PowerNow, *s.GroupsToShow)
		}
	})
}

// TestCountsBeyondReach says so instead of naming a number.
func TestCountsBeyondReach(t *testing.T) {
	t.Parallel()
	d := table([]float64{1, 2}, []float64{2, 4}, []float64{3, 1}, []float64{5, 2})
	r := multilevel.TestGroupLevel(d, multilevel.Options{Bound: 1e-5, PlanICC: 1e-5})
	if r.Settle.GroupsToShow != nil || r.Settle.GroupsToRuleOut != nil || !r.Caveats.Has("groups_beyond_reach") {
		t.Errorf("settle %+v, caveats %v", r.Settle, r.Caveats.List())
	}
	if one := multilevel.TestGroupLevel(table([]float64{1, 2, 3, 4, 5, 6, 7, 8}), multilevel.Options{}); one.Settle.GroupsToShow == nil || *one.Settle.GroupsToShow != 35 || one.Settle.PowerNow != nil {
		t.Errorf("one group of eight is planned as %+v", one.Settle)
	}
}

// TestDesignsWithoutTest have neither power nor verdict.
func TestDesignsWithoutTest(t *testing.T) {
	t.Parallel()
	for _, d := range []multilevel.Design{multilevel.Balanced(1, 8), multilevel.Balanced(10, 1), multilevel.Balanced(0, 3)} {
		if d.Power(0.9) != 0 || d.ChanceNotPositive(0.9) != 1 || d.ChanceRuledOut(0.9) != 0 {
			t.Errorf("%+v has chances", d)
		}
	}
}
