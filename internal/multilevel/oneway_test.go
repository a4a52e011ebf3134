package multilevel_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// table writes groups of ratings as rows.
func table(groups ...[]float64) multilevel.OneWay {
	var d multilevel.OneWay
	for g, ratings := range groups {
		for _, y := range ratings {
			d.Group = append(d.Group, string(rune('A'+g)))
			d.Y = append(d.Y, y)
		}
	}
	return d
}

// equalResults compares two results bit by bit, caveats included.
func equalResults(a, b multilevel.GroupLevel) string {
	return cmp.Diff(a, b, cmp.Comparer(func(x, y caveat.Set) bool { return cmp.Equal(x.List(), y.List()) }))
}

// TestUnbalancedEightFiveThree has the values that R 4.2 gives for groups of 8,
// 5 and 3 (aov, lme4).
func TestUnbalancedEightFiveThree(t *testing.T) {
	t.Parallel()
	r := multilevel.TestGroupLevel(table(
		[]float64{4.2, 4.0, 4.6, 3.8, 4.4, 4.1, 4.3, 3.9},
		[]float64{3.1, 3.6, 2.9, 3.3, 3.0},
		[]float64{4.8, 4.5, 4.9},
	), multilevel.Options{})
	same(t, "MSB", r.ANOVA.MSBetween, 2.58204167, 0, 5e-9)
	same(t, "MSW", r.ANOVA.MSWithin, 0.06872436, 0, 5e-9)
	same(t, "F", r.ANOVA.F, 37.57098, 0, 5e-6)
	same(t, "p", r.ANOVA.P, 3.95e-6, 0, 5e-9)
	same(t, "n0", r.GroupSize.N0, 4.9375, 1e-15, 0)
	same(t, "ICC(1)", r.ICC1.Estimate, 0.881048, 0, 5e-7)
	same(t, "REML share", r.REML.Share.Group, 0.896815, 0, 5e-7)
	same(t, "group mean", r.ICCGroupMean.Estimate, 0.973384, 0, 5e-7)
	if r.Answer != multilevel.CannotTell || r.Reason != multilevel.FewGroups {
		t.Errorf("three groups answered %s because %s", r.Answer, r.Reason)
	}
	if r.Settle.PowerNow == nil || *r.Settle.PowerNow != 0 {
		t.Errorf("three groups can never be answered supported, yet power is %v", r.Settle.PowerNow)
	}
}

// TestEqualMeans has groups with one mean: ICC(1) is -1/(n-1) and the
// reliability of a group mean is a division by zero.
func TestEqualMeans(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]multilevel.OneWay{
		"whole numbers": table([]float64{1, 5, 3}, []float64{2, 4, 3}, []float64{5, 1, 3}, []float64{4, 2, 3}),
		"tenths":        table([]float64{0.1, 0.5, 0.3}, []float64{0.2, 0.4, 0.3}, []float64{0.5, 0.1, 0.3}, []float64{0.4, 0.2, 0.3}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := multilevel.TestGroupLevel(d, multilevel.Options{})
			same(t, "MSB", r.ANOVA.MSBetween, 0.0, 0, 0)
			same(t, "F", r.ANOVA.F, 0.0, 0, 0)
			same(t, "p", r.ANOVA.P, 1.0, 0, 0)
			same(t, "lower p", r.ANOVA.PLower, 0.0, 0, 0)
			same(t, "ICC(1)", r.ICC1.Estimate, -0.5, 1e-15, 0)
			same(t, "group mean", r.ICCGroupMean.Estimate, nil, 0, 0)
			same(t, "share", r.REML.Share.Group, 0.0, 0, 0)
			if !r.Caveats.Has("reliability_undefined") || !r.Caveats.Has("interval_at_limit") || !r.Caveats.Has("members_differ_more_than_strangers") || r.Caveats.Has("beyond_range") {
				t.Errorf("caveats %v", r.Caveats.List())
			}
			for _, iv := range r.ICC1.CI {
				same(t, "lower", iv.Lower, -0.5, 1e-15, 0)
				same(t, "upper", iv.Upper, -0.5, 1e-15, 0)
			}
			if r.Answer != multilevel.NotSupported {
				t.Errorf("answer %s", r.Answer)
			}
		})
	}
}

// TestNothingToTest names why nothing can be shown.
func TestNothingToTest(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data   multilevel.OneWay
		answer multilevel.Answer
		reason multilevel.Reason
		counts multilevel.Counts
	}{
		"no data":            {multilevel.OneWay{}, multilevel.NotIdentifiable, multilevel.NoData, multilevel.Counts{}},
		"one rating":         {table([]float64{3}), multilevel.NotIdentifiable, multilevel.OneGroup, multilevel.Counts{Ratings: 1, Groups: 1}},
		"one group":          {table([]float64{3, 4}), multilevel.NotIdentifiable, multilevel.OneGroup, multilevel.Counts{Ratings: 2, Groups: 1}},
		"one constant group": {table([]float64{3, 3}), multilevel.NotIdentifiable, multilevel.OneGroup, multilevel.Counts{Ratings: 2, Groups: 1}},
		"one rating each":    {table([]float64{3}, []float64{4}), multilevel.NotIdentifiable, multilevel.OneRatingPerGroup, multilevel.Counts{Ratings: 2, Groups: 2}},
		"constant":           {table([]float64{0.1, 0.1}, []float64{0.1, 0.1, 0.1}), multilevel.NotIdentifiable, multilevel.NoVariation, multilevel.Counts{Ratings: 5, Groups: 2}},
		"not a number":       {table([]float64{3, math.NaN()}, []float64{4, 5}), multilevel.Refused, multilevel.NonFiniteRating, multilevel.Counts{Ratings: 4, Groups: 2}},
		"infinite":           {table([]float64{3, math.Inf(-1)}, []float64{4, 5}), multilevel.Refused, multilevel.NonFiniteRating, multilevel.Counts{Ratings: 4, Groups: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := multilevel.TestGroupLevel(tt.data, multilevel.Options{})
			if r.Answer != tt.answer || r.Reason != tt.reason {
				t.Errorf("%s because %s, want %s because %s", r.Answer, r.Reason, tt.answer, tt.reason)
			}
			if diff := cmp.Diff(tt.counts, r.Counts); diff != "" {
				t.Error(diff)
			}
			if r.Reason.Sentence() == "" {
				t.Error("the reason has no sentence")
			}
			if r.ICC1.Estimate != nil || r.ANOVA.P != nil || r.REML.Deviance != nil || r.ICC1.CI[0].Lower != nil || len(r.Tests) != 3 || r.Tests[1].P != nil {
				t.Errorf("numbers where none are defined: %+v", r)
			}
			if len(r.ICCGroupMean.PerGroup) > tt.counts.Groups || len(r.ICC1.CI) != 2 {
				t.Errorf("shape of the result: %+v", r)
			}
			if bad := notFinite(r); bad != "" {
				t.Errorf("%s is not finite", bad)
			}
			for _, test := range r.Tests {
				if test.Null != nil {
					t.Errorf("%s without a p refers it to %s", test.Method, *test.Null)
				}
			}
			if !cmp.Equal(r.REML, multilevel.Fit{}) || !cmp.Equal(r.ML, multilevel.Fit{}) {
				t.Errorf("a fit where nothing was fitted: %+v", r.REML)
			}
			// Sizes and degrees of freedom are facts of a table that could be read.
			described := tt.counts.Ratings > 0 && tt.answer != multilevel.Refused
			if got := r.GroupSize != (multilevel.GroupSize{}); got != described {
				t.Errorf("group sizes %+v", r.GroupSize)
			}
			if (r.ANOVA.DFBetween != nil) != described || (r.ANOVA.DFWithin != nil) != described {
				t.Errorf("degrees of freedom %v and %v", r.ANOVA.DFBetween, r.ANOVA.DFWithin)
			}
		})
	}
}

// tenths returns the sum of 0.1 and 0.2, which is not 0.3 in binary.
func tenths() float64 {
	sum := 0.1
	return sum + 0.2
}

// TestPerfectAgreement is answered by the chance that ratings dealt at random
// agree as they do.
func TestPerfectAgreement(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data   multilevel.OneWay
		p      float64
		answer multilevel.Answer
		reason multilevel.Reason
	}{
		// 4! of the 8!/2^4 ways to deal four pairs
		"four pairs": {table([]float64{1, 1}, []float64{2, 2}, []float64{3, 3}, []float64{4, 4}), 24. / 2520, multilevel.Supported, multilevel.BeyondChance},
		// 3! of the 5!/2 ways: one pair may agree by chance
		"one pair": {table([]float64{1}, []float64{2}, []float64{3}, []float64{4, 4}), 0.1, multilevel.CannotTell, multilevel.LimitsUndefined},
		// two values: at most 2^4 ways to name them, each with 4! 4! of 8! deals
		"two values": {table([]float64{1, 1}, []float64{2, 2}, []float64{1, 1}, []float64{2, 2}), 16. * 576 / 40320, multilevel.CannotTell, multilevel.LimitsUndefined},
		// sums of tenths and sevenths leave dust, which is not variance within
		"broken numbers": {table([]float64{0, 0, 0}, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, []float64{0.7, 0.7, 0.7}, []float64{5. / 7, 5. / 7, 5. / 7, 5. / 7, 5. / 7, 5. / 7}), 2. / 931170240, multilevel.Supported, multilevel.BeyondChance},
		// two values that were added up in another order are the same two values
		"dust of sums": {table([]float64{0.3, tenths()}, []float64{1.3, 1 + tenths()}, []float64{tenths(), tenths()}, []float64{1.3, 1.3}), 16. * 576 / 40320, multilevel.CannotTell, multilevel.LimitsUndefined},
		"two groups":   {table([]float64{1, 1, 1, 1, 1}, []float64{2, 2, 2, 2, 2}), 2. / 252, multilevel.CannotTell, multilevel.FewGroups},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := multilevel.TestGroupLevel(tt.data, multilevel.Options{})
			if len(r.Tests) != 4 || r.Tests[3].Method != multilevel.MethodPermutationBound {
				t.Fatalf("tests %+v", r.Tests)
			}
			same(t, "p", r.Tests[3].P, tt.p, 1e-12, 0)
			same(t, "ICC(1)", r.ICC1.Estimate, 1.0, 0, 0)
			same(t, "F", r.ANOVA.F, nil, 0, 0)
			if r.Answer != tt.answer || r.Reason != tt.reason {
				t.Errorf("%s because %s, want %s because %s", r.Answer, r.Reason, tt.answer, tt.reason)
			}
			if r.REML.Unbounded == nil || !*r.REML.Unbounded || r.ML.Unbounded == nil || !*r.ML.Unbounded || r.REML.Singular != nil || r.REML.LocalOptima != nil || r.REML.Deviance != nil || !r.Caveats.Has("perfect_agreement") {
				t.Errorf("the likelihood is unbounded, and that is not said: %+v %v", r.REML, r.Caveats.List())
			}
		})
	}
}

// TestOffsetChangesNoVariance adds 1e8 to exact binary fractions: what does
// not speak of a place on the scale stays the same bit by bit.
func TestOffsetChangesNoVariance(t *testing.T) {
	t.Parallel()
	c, rows := readCase(t, "testdata/reference", "icc-offset-1e8")
	d := complete(t, c, c.Roles.Outcome, rows)
	plain := multilevel.OneWay{Group: d.Group, Y: make([]float64, len(d.Y))}
	for i, y := range d.Y {
		plain.Y[i] = y - 1e8
	}
	want, got := multilevel.TestGroupLevel(plain, multilevel.Options{}), multilevel.TestGroupLevel(d, multilevel.Options{})
	for _, r := range []*multilevel.GroupLevel{&want, &got} {
		r.GrandMean, r.MeanOfMeans, r.REML.Mean, r.ML.Mean = nil, nil, nil, nil
		for i := range r.BLUP {
			r.BLUP[i].Mean, r.BLUP[i].ShrunkenMean = 0, 0
		}
	}
	if diff := equalResults(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLongSums compares the mean of 50,000 ratings with exact arithmetic: the
// dust of a long sum is taken out again.
func TestLongSums(t *testing.T) {
	t.Parallel()
	const n = 50_000
	far := make([]float64, n)
	exact := new(big.Rat)
	for i := range far {
		far[i] = 1e6 + float64(i%10)/10
		exact.Add(exact, new(big.Rat).SetFloat64(far[i]))
	}
	want, _ := exact.Quo(exact, big.NewRat(n, 1)).Float64()
	r := multilevel.TestGroupLevel(table([]float64{0, 0}, far), multilevel.Options{})
	same(t, "mean", &r.BLUP[1].Mean, want, 3e-16, 0)
}

// TestFOfExactlyOne: REML puts the group variance at zero whatever the rounding
// of the unit makes of the derivative there.
func TestFOfExactlyOne(t *testing.T) {
	t.Parallel()
	for unit := 0.1; unit < 3; unit += 0.1 {
		r := multilevel.TestGroupLevel(table([]float64{2 * unit}, []float64{2 * unit, 5.5 * unit, 5.5 * unit}), multilevel.Options{})
		same(t, "F", r.ANOVA.F, 1.0, 1e-12, 0)
		same(t, "p", r.Tests[1].P, 1.0, 0, 0)
		if !*r.REML.Singular || *r.REML.LocalOptima != 1 {
			t.Errorf("in a unit of %v: singular %v, %d optima", unit, *r.REML.Singular, *r.REML.LocalOptima)
		}
	}
}

// TestSecondOptimumIsMeasured: where zero is the best, the caveat says by how
// much the other optimum is worse, found here by small steps of another formula.
func TestSecondOptimumIsMeasured(t *testing.T) {
	t.Parallel()
	c, rows := readCase(t, "testdata/reference", "reml-bimodal-zero-wins")
	d := complete(t, c, c.Roles.Outcome, rows)
	var groups [][]float64
	for i, y := range d.Y {
		if i == 0 || d.Group[i] != d.Group[i-1] {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], y)
	}
	null, top, second := plainDeviance(groups, 0, true), math.Inf(-1), math.Inf(1)
	for ratio := 1e-4; ratio < 1e3; ratio *= 1.001 {
		dev := plainDeviance(groups, ratio, true)
		if top = max(top, dev); dev < top { // beyond the hill
			second = min(second, dev)
		}
	}
	if !(second > null+0.001) {
		t.Fatalf("the second optimum is at %v, no group variance at %v", second, null)
	}
	want := fmt.Sprintf("the next is worse by %.3g in deviance", second-null)
	r := multilevel.TestGroupLevel(d, multilevel.Options{})
	said := ""
	for _, c := range r.Caveats.List() {
		if c.Code == "several_optima" {
			said += c.Detail
		}
	}
	if !strings.Contains(said, want) {
		t.Errorf("%q does not say %q", said, want)
	}
}

// TestBimodalLikelihood names the second optimum.
func TestBimodalLikelihood(t *testing.T) {
	t.Parallel()
	c, rows := readCase(t, "testdata/reference", "reml-bimodal-interior-wins")
	r := multilevel.TestGroupLevel(complete(t, c, c.Roles.Outcome, rows), multilevel.Options{})
	if !r.Caveats.Has("several_optima") {
		t.Errorf("two optima are not named: %v", r.Caveats.List())
	}
}

// TestVeryUnequalVariances lies far beyond any grid fixed in advance: members
// agree to a millionth of what groups differ by.
func TestVeryUnequalVariances(t *testing.T) {
	t.Parallel()
	r := multilevel.TestGroupLevel(table(
		[]float64{0, 1e-6, 2e-6}, []float64{100, 100 + 1e-6, 100 - 1e-6}, []float64{250, 250 + 2e-6, 250}, []float64{-70, -70, -70 + 1e-6},
	), multilevel.Options{})
	// Balanced and interior: REML is the ANOVA.
	same(t, "group variance", r.REML.Variance.Group, *r.ANOVA.VarianceBetween, 1e-9, 0)
	same(t, "residual variance", r.REML.Variance.Residual, *r.ANOVA.MSWithin, 1e-9, 0)
	if *r.REML.LocalOptima != 1 {
		t.Errorf("%d optima", *r.REML.LocalOptima)
	}
}

// TestWaldIntervalCovers draws data of very unequal sizes: the share of 95 %
// intervals that hold the true ICC lies within four standard errors of .95.
func TestWaldIntervalCovers(t *testing.T) {
	t.Parallel()
	const runs, icc = 2000, 0.2
	r := rand.New(rand.NewPCG(19, 40))
	held := 0
	for range runs {
		var groups [][]float64
		for _, n := range []int{2, 2, 3, 4, 5, 6, 8, 15} {
			shared := math.Sqrt(icc) * r.NormFloat64()
			ratings := make([]float64, n)
			for i := range ratings {
				ratings[i] = shared + math.Sqrt(1-icc)*r.NormFloat64()
			}
			groups = append(groups, ratings)
		}
		ci := multilevel.TestGroupLevel(table(groups...), multilevel.Options{}).ICC1.CI[0]
		if *ci.Lower <= icc && icc <= *ci.Upper {
			held++
		}
	}
	covered, margin := float64(held)/runs, 4*math.Sqrt(0.95*0.05/runs)
	if !(math.Abs(covered-0.95) <= margin) {
		t.Errorf("coverage %.3f, want .95 within %.3f", covered, margin)
	}
}

// TestMismatchedColumnsPanic holds callers to one key per rating, and to
// shares inside (0, 1).
func TestMismatchedColumnsPanic(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(){
		"columns":    func() { multilevel.TestGroupLevel(multilevel.OneWay{Group: []string{"a"}}, multilevel.Options{}) },
		"bound":      func() { multilevel.TestGroupLevel(table([]float64{1}), multilevel.Options{Bound: 1}) },
		"planned":    func() { multilevel.TestGroupLevel(table([]float64{1}), multilevel.Options{PlanICC: -0.1}) },
		"not number": func() { multilevel.TestGroupLevel(table([]float64{1}), multilevel.Options{Bound: math.NaN()}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		})
	}
}
