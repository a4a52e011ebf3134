package multilevel_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
)

// whole returns a whole number as a float64, and nil for none.
func whole(v *int) *float64 {
	if v == nil {
		return nil
	}
	return new(float64(*v))
}

// single returns the numbers of a one-way result by the keys of the cases.
func single(r *multilevel.GroupLevel) map[string]*float64 {
	c := &r.Comparison
	return map[string]*float64{
		"n_obs": new(float64(r.Counts.Ratings)), "n_groups": new(float64(r.Counts.Groups)), "n_groups_size1": whole(r.GroupSize.Singletons),
		"grand_mean": r.GrandMean, "mean_of_group_means": r.MeanOfMeans,
		"SSB": r.ANOVA.SSBetween, "SSW": r.ANOVA.SSWithin, "SST": r.ANOVA.SSTotal, "dfB": whole(r.ANOVA.DFBetween), "dfW": whole(r.ANOVA.DFWithin),
		"MSB": r.ANOVA.MSBetween, "MSW": r.ANOVA.MSWithin, "F": r.ANOVA.F, "p": r.ANOVA.P,
		"k_arithmetic": r.GroupSize.Mean, "k_harmonic": r.GroupSize.Harmonic, "n0": r.GroupSize.N0,
		"var_between_anova": r.ANOVA.VarianceBetween, "var_within_anova": r.ANOVA.MSWithin,
		"icc1_n0": r.ICC1.Estimate, "icc1_arithmetic_k": c.ICC1ArithmeticSize, "icc1_harmonic_k": c.ICC1HarmonicSize,
		"icc2_msb": r.ICCGroupMean.Estimate, "icc2_sb_arithmetic": c.GroupMeanArithmeticSize, "icc2_sb_harmonic": c.GroupMeanHarmonicSize,
		"eta_squared": c.EtaSquared, "omega_squared": c.OmegaSquared, "F_unweighted_means": c.FUnweightedMeans, "icc1_se_smith": c.ICC1SE,
		"design_effect_kish": c.DesignEffect, "design_effect_mean_k": c.DesignEffectMeanSize, "n_effective": c.EffectiveRatings,
		"var_between_satterthwaite_df": c.SatterthwaiteDF,
	}
}

// among returns the interval of a method.
func among(list []multilevel.ComparedInterval, method string) multilevel.Interval {
	for _, iv := range list {
		if iv.Method == method {
			return iv.Interval
		}
	}
	return multilevel.Interval{}
}

// pairs returns the intervals of a one-way result by the keys of the cases.
func pairs(r *multilevel.GroupLevel) map[string]multilevel.Interval {
	c := &r.Comparison
	return map[string]multilevel.Interval{
		"icc1_ci_wald_exact":           r.ICC1.CI[0],
		"ratio_ci_wald_exact":          among(c.VarianceRatio, multilevel.IntervalWald),
		"icc1_ci_exact":                among(c.ICC1, multilevel.IntervalF),
		"icc2_ci_exact":                among(c.GroupMean, multilevel.IntervalF),
		"icc1_ci_searle_n0":            among(c.ICC1, multilevel.IntervalSearle),
		"icc1_ci_thomas_hultquist":     among(c.ICC1, multilevel.IntervalThomasHultquist),
		"icc1_ci_smith":                among(c.ICC1, multilevel.IntervalSmith),
		"var_within_ci":                among(c.VarianceWithin, multilevel.IntervalChiSquare),
		"var_between_ci_satterthwaite": among(c.VarianceBetween, multilevel.IntervalSatterthwaite),
		"var_between_ci_mls":           among(c.VarianceBetween, multilevel.IntervalMLS),
	}
}

// compareANOVA checks the closed forms, every key of the case. What a case
// leaves out must be undefined.
func compareANOVA(t *testing.T, r multilevel.GroupLevel, want map[string]any, rel float64) {
	t.Helper()
	const near = 1e-12
	numbers, intervals := single(&r), pairs(&r)
	for key, w := range want {
		if key == "balanced" {
			if balanced := *r.GroupSize.Min == *r.GroupSize.Max; w != balanced {
				t.Errorf("balanced %v, want %v", balanced, w)
			}
			continue
		}
		if got, ok := numbers[key]; ok {
			abs := near
			if key == "p" {
				abs = 0
			}
			same(t, key, got, w, rel, abs)
			continue
		}
		iv, known := intervals[key]
		ci, ok := w.([]any)
		if !known || !ok || len(ci) != 2 {
			t.Errorf("the key %s is not compared", key)
			continue
		}
		if iv.Level != 0.95 {
			t.Errorf("%s is of level %v", key, iv.Level)
		}
		same(t, key+" lower", iv.Lower, ci[0], rel, near)
		same(t, key+" upper", iv.Upper, ci[1], rel, near)
	}
	for key, iv := range intervals {
		if _, expected := want[key]; !expected && (iv.Lower != nil || iv.Upper != nil) {
			t.Errorf("%s where none is defined: %+v", key, iv)
		}
	}
	for key, got := range numbers {
		if _, expected := want[key]; !expected && got != nil {
			t.Errorf("%s = %v where it is not defined", key, *got)
		}
	}
}

// profileExpected is an expected profile-likelihood interval.
type profileExpected struct {
	ICC             float64    `json:"icc"`
	CI              [2]float64 `json:"ci"`
	LowerAtBoundary bool       `json:"lower_at_boundary"`
}

// compareProfile checks the profile-likelihood interval of the share.
func compareProfile(t *testing.T, name string, f *multilevel.Fit, want *profileExpected, rel float64) {
	t.Helper()
	if want == nil || len(f.ShareCI.Group) != 1 {
		t.Errorf("%s profile intervals %+v, want %+v", name, f.ShareCI.Group, want)
		return
	}
	iv := f.ShareCI.Group[0]
	same(t, name+" profile share", f.Share.Group, want.ICC, rel, 0)
	same(t, name+" profile lower", iv.Lower, want.CI[0], rel, 0)
	same(t, name+" profile upper", iv.Upper, want.CI[1], rel, 0)
	if iv.Method != multilevel.IntervalProfile || iv.Level != 0.95 || iv.Lower == nil || (*iv.Lower == 0) != want.LowerAtBoundary {
		t.Errorf("%s profile interval %+v, at the boundary: %v", name, iv, want.LowerAtBoundary)
	}
}

// TestBalancedIntervalsAgree: for groups of one size the exact interval of F,
// Searle's, Thomas and Hultquist's and Wald's are one; so are the intervals of
// the group mean.
func TestBalancedIntervalsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "size")
		rating := rapid.Map(rapid.IntRange(0, 40), func(i int) float64 { return float64(i) / 8 })
		r := multilevel.TestGroupLevel(table(rapid.SliceOfN(rapid.SliceOfN(rating, n, n), 2, 9).Draw(t, "groups")...), multilevel.Options{})
		if r.ANOVA.F == nil || r.Caveats.Has("interval_at_limit") {
			t.Skip("no variance, or a limit that is cut")
		}
		alike := func(name string, a, b multilevel.Interval) {
			t.Helper()
			for _, pair := range [][2]*float64{{a.Lower, b.Lower}, {a.Upper, b.Upper}} {
				if pair[0] == nil || pair[1] == nil || !scalar.EqualWithinAbsOrRel(*pair[0], *pair[1], 1e-9, 1e-9) {
					t.Errorf("%s: limits %s and %s", name, show(pair[0]), show(pair[1]))
				}
			}
		}
		wald := r.ICC1.CI[0]
		for _, method := range []string{multilevel.IntervalF, multilevel.IntervalSearle, multilevel.IntervalThomasHultquist} {
			alike(method, wald, among(r.Comparison.ICC1, method))
		}
		alike("group mean", among(r.Comparison.GroupMean, multilevel.IntervalWald), among(r.Comparison.GroupMean, multilevel.IntervalF))
		alike("same F", multilevel.Interval{Lower: r.ANOVA.F, Upper: r.ANOVA.F}, multilevel.Interval{Lower: r.Comparison.FUnweightedMeans, Upper: r.Comparison.FUnweightedMeans})
	})
}

// TestProfileIntervalByItsDefinition: at its limits the deviance, written out
// rating by rating, is 3.84 above the best; inside it is less.
func TestProfileIntervalByItsDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t)
		r := multilevel.TestGroupLevel(table(groups...), multilevel.Options{})
		for _, x := range []struct {
			fit  *multilevel.Fit
			reml bool
		}{{&r.REML, true}, {&r.ML, false}} {
			if x.fit.Deviance == nil {
				continue
			}
			iv := x.fit.ShareCI.Group[0]
			excess := func(share float64) float64 {
				return plainDeviance(groups, share/(1-share), x.reml) - *x.fit.Deviance - 3.841458820694124
			}
			if *iv.Upper < 0.9999 && math.Abs(excess(*iv.Upper)) > 1e-6 {
				t.Errorf("upper limit %v is off the cut by %v", *iv.Upper, excess(*iv.Upper))
			}
			if lower := excess(*iv.Lower); *iv.Lower > 0 && math.Abs(lower) > 1e-6 || *iv.Lower == 0 && lower > 1e-6 {
				t.Errorf("lower limit %v is off the cut by %v", *iv.Lower, lower)
			}
			for i := 1; i < 50; i++ {
				if at := *iv.Lower + (*iv.Upper-*iv.Lower)*float64(i)/50; at < 0.9999 && excess(at) > 1e-6 {
					t.Errorf("at %v inside %v to %v the deviance is %v beyond the cut", at, *iv.Lower, *iv.Upper, excess(at))
				}
			}
			if at := *x.fit.Share.Group; at < *iv.Lower || at > *iv.Upper {
				t.Errorf("the estimate %v is outside %v to %v", at, *iv.Lower, *iv.Upper)
			}
		}
	})
}
