package agreement_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
)

// tableFrom makes a table of groups given as members' ratings on 1 to 5.
func tableFrom(groups ...[][]float64) *agreement.Table {
	table := &agreement.Table{Scale: agreement.Scale{Low: 1, High: 5, Step: 1}}
	for k := range groups[0][0] {
		table.Items = append(table.Items, "i"+strconv.Itoa(k))
	}
	for g, members := range groups {
		for _, values := range members {
			table.Rows = append(table.Rows, agreement.Row{Group: "g" + strconv.Itoa(g), Values: values})
		}
	}
	return table
}

// noise makes a table of random ratings in groups that mean nothing, each
// rating around center, cut at the ends of 1 to 5.
func noise(groups, members, items int, center, sd float64, seed uint64) *agreement.Table {
	rng := rand.New(rand.NewPCG(seed, 1))
	all := make([][][]float64, groups)
	for g := range all {
		for range members {
			person := rng.NormFloat64() * sd
			values := make([]float64, items)
			for k := range values {
				values[k] = min(5, max(1, math.Round(center+person+rng.NormFloat64()*sd)))
			}
			all[g] = append(all[g], values)
		}
	}
	return tableFrom(all...)
}

// TestTablesThatAreRefused name why, in a sentence, and hold no number.
func TestTablesThatAreRefused(t *testing.T) {
	t.Parallel()
	good := func() *agreement.Table { return tableFrom([][]float64{{1, 2}, {2, 3}}, [][]float64{{4, 5}, {5, 5}}) }
	for name, c := range map[string]struct {
		spoil  func(*agreement.Table)
		reason multilevel.Reason
	}{
		"no rows":                {func(x *agreement.Table) { x.Rows = nil }, multilevel.NoData},
		"no items":               {func(x *agreement.Table) { x.Items = nil }, agreement.NoItems},
		"a short form":           {func(x *agreement.Table) { x.Rows[0].Values = x.Rows[0].Values[:1] }, agreement.IncompleteRow},
		"NaN":                    {func(x *agreement.Table) { x.Rows[0].Values[0] = math.NaN() }, multilevel.NonFiniteRating},
		"infinity":               {func(x *agreement.Table) { x.Rows[0].Values[0] = math.Inf(1) }, multilevel.NonFiniteRating},
		"above the scale":        {func(x *agreement.Table) { x.Rows[0].Values[0] = 6 }, agreement.RatingOffScale},
		"between options":        {func(x *agreement.Table) { x.Rows[0].Values[0] = 2.5 }, agreement.RatingOffScale},
		"a step of zero":         {func(x *agreement.Table) { x.Scale.Step = 0 }, agreement.BadScale},
		"a step of NaN":          {func(x *agreement.Table) { x.Scale.Step = math.NaN() }, agreement.BadScale},
		"a step beside the ends": {func(x *agreement.Table) { x.Scale.Step = .3 }, agreement.BadScale},
		"ends reversed":          {func(x *agreement.Table) { x.Scale.Low, x.Scale.High = 5, 1 }, agreement.BadScale},
		"one option":             {func(x *agreement.Table) { x.Scale.High = 1 }, agreement.BadScale},
		"options without number": {func(x *agreement.Table) { x.Scale.High = 1e300 }, agreement.BadScale},
		"a step too small":       {func(x *agreement.Table) { x.Scale = agreement.Scale{Low: 1e17, High: 1e17 + 64, Step: 1} }, agreement.BadScale},
		"a member twice":         {func(x *agreement.Table) { x.Rows[0].Member, x.Rows[1].Member = "m", "m" }, agreement.SeveralForms},
		"two sessions":           {func(x *agreement.Table) { x.Rows[0].Session = "s2" }, agreement.SeveralSessions},
	} {
		table := good()
		c.spoil(table)
		r := analyse(t, table, agreement.Options{})
		if r.Reason != c.reason || agreement.Sentence(r.Reason) == "" || r.Groups != nil || r.Nulls != nil {
			t.Errorf("%s: reason %q, want %q", name, r.Reason, c.reason)
		}
	}
	if r := analyse(t, good(), few); r.Reason != "" {
		t.Errorf("a good table is refused: %s", r.Reason)
	}
	_, err := agreement.Analyse(t.Context(), good(), agreement.Options{Nulls: []agreement.Null{agreement.Uniform(7)}})
	if !errors.Is(err, agreement.ErrProportions) {
		t.Errorf("a null of seven options: %v", err)
	}
}

// TestNulls have the published variances, and refuse what is no distribution.
func TestNulls(t *testing.T) {
	t.Parallel()
	for _, a := range []int{2, 3, 4, 5, 6, 7, 10, 11, 101} {
		n := float64(a)
		same(t, "uniform", new(agreement.Uniform(a).Variance()), (n*n-1)/12)
		triangular := (n*n + 2*n - 3) / 24
		if a%2 == 0 {
			triangular = (n*n + 2*n - 2) / 24
		}
		same(t, "triangular", new(agreement.Triangular(a).Variance()), triangular)
		same(t, "max dissensus", new(agreement.MaxDissensus(a).Variance()), (n-1)*(n-1)/4)
	}
	var skewed []float64
	for _, null := range agreement.Published(5) {
		skewed = append(skewed, math.Round(null.Variance()*100)/100)
	}
	if !slices.Equal(skewed, []float64{1.34, .90, .44}) || agreement.Published(7) != nil {
		t.Errorf("published variances %v", skewed)
	}
	for name, p := range map[string][]float64{
		"too few": {.5, .5}, "negative": {-.5, 1, .5}, "not one": {.3, .3, .3}, "one option": {0, 1, 0}, "NaN": {math.NaN(), .5, .5}, "infinite": {math.Inf(1), 0, 0},
	} {
		if _, err := agreement.Given(name, p, 3); !errors.Is(err, agreement.ErrProportions) {
			t.Errorf("%s: %v", name, err)
		}
	}
	own, err := agreement.Given("own", []float64{.2, .3, .5, 0, 0}, 5)
	if err != nil {
		t.Fatal(err)
	}
	r := analyse(t, noise(3, 4, 2, 3, 1, 5), agreement.Options{Draws: 40, Nulls: []agreement.Null{own}})
	if last := r.Nulls[len(r.Nulls)-1]; last.Name != "own" || math.Abs(last.E-.61) > 1e-12 || len(r.Groups[0].ByNull) != 6 {
		t.Errorf("own null %+v", last)
	}
}

// TestStrangersAreAllSubsets compares the p of a group with the share of all
// subsets of its size that agree as much.
func TestStrangersAreAllSubsets(t *testing.T) {
	t.Parallel()
	table := tableFrom([][]float64{{4, 4}, {4, 5}, {5, 4}}, [][]float64{{2, 1}, {3, 2}, {2, 4}}, [][]float64{{1, 5}, {3, 3}})
	const draws = 20000
	r := analyse(t, table, agreement.Options{Draws: draws})
	for i, g := range r.Groups {
		own, reach, reachAD, reachAWG, subsets := []int{}, 0, 0, 0, 0
		for k, row := range table.Rows {
			if row.Group == g.Key {
				own = append(own, k)
			}
		}
		observed := meanVariance(table, own)
		same(t, "mean variance", g.MeanVariance, observed)
		for code := range 1 << len(table.Rows) {
			var members []int
			for k := range table.Rows {
				if code>>k&1 == 1 {
					members = append(members, k)
				}
			}
			if len(members) == len(own) {
				subsets++
				if meanVariance(table, members) <= observed+1e-12 {
					reach++
				}
				ad, awg := others(t, table, members)
				if ad <= *g.ADMean+1e-12 {
					reachAD++
				}
				if awg != nil && g.AWG != nil && *awg >= *g.AWG-1e-12 {
					reachAWG++
				}
			}
		}
		for _, x := range []struct {
			name  string
			got   agreement.Chance
			reach int
		}{{"variance", g.Strangers.Variance, reach}, {"AD", g.Strangers.ADMean, reachAD}, {"a_wg", g.Strangers.AWG, reachAWG}} {
			if x.name == "a_wg" && g.AWG == nil {
				same(t, "p of no a_wg", x.got.P, nil)
				continue
			}
			exact := float64(x.reach) / float64(subsets)
			if mc := x.got.MonteCarlo; !(math.Abs(*x.got.P-exact) < 4*mc.SE+1.0/draws) || mc.Draws != draws || mc.Seed != 1 {
				t.Errorf("group %d, %s: p %v (standard error %v), exact %v", i, x.name, *x.got.P, mc.SE, exact)
			}
		}
	}
}

// others returns AD about the means and a_wg of members taken for a group, which
// the reference cases check.
func others(t *testing.T, table *agreement.Table, members []int) (ad float64, awg *float64) {
	t.Helper()
	var group [][]float64
	for _, i := range members {
		group = append(group, table.Rows[i].Values)
	}
	g := analyse(t, tableFrom(group), agreement.Options{Draws: 1}).Groups[0]
	return *g.ADMean, g.AWG
}

// meanVariance is the mean item variance of members, the textbook way.
func meanVariance(table *agreement.Table, members []int) float64 {
	total := 0.0
	for k := range table.Items {
		mean, ss := 0.0, 0.0
		for _, i := range members {
			mean += table.Rows[i].Values[k] / float64(len(members))
		}
		for _, i := range members {
			d := table.Rows[i].Values[k] - mean
			ss += d * d
		}
		total += ss / float64(len(members)-1)
	}
	return total / float64(len(table.Items))
}

// TestLimitAndPAgree: a group passes the limit of strangers exactly when its p
// is at most .05.
func TestLimitAndPAgree(t *testing.T) {
	t.Parallel()
	r := analyse(t, noise(600, 4, 3, 3, 1, 11), agreement.Options{Draws: 79})
	limit := r.Strangers[0]
	above := 0
	for _, g := range r.Groups {
		small := *g.Strangers.Variance.P <= 0.05
		if (*g.MeanVariance < *limit.Variance.Value-1e-12) != small {
			t.Errorf("group %s: variance %v, limit %v, p %v", g.Key, *g.MeanVariance, *limit.Variance.Value, *g.Strangers.Variance.P)
		}
		if (*g.ByNull[0].RWGJ > *limit.RWGJ[0].Value+1e-12) != (small && *limit.RWGJ[0].Value < 1) {
			t.Errorf("group %s: r_wg(J) %v, limit %v, p %v", g.Key, *g.ByNull[0].RWGJ, *limit.RWGJ[0].Value, *g.Strangers.Variance.P)
		}
		if (*g.ADMean < *limit.ADMean.Value-1e-12) != (*g.Strangers.ADMean.P <= 0.05) {
			t.Errorf("group %s: AD %v, limit %v, p %v", g.Key, *g.ADMean, *limit.ADMean.Value, *g.Strangers.ADMean.P)
		}
		if g.AWG != nil && (*g.AWG > *limit.AWG.Value+1e-9) != (*g.Strangers.AWG.P <= 0.05) {
			t.Errorf("group %s: a_wg %v, limit %v, p %v", g.Key, *g.AWG, *limit.AWG.Value, *g.Strangers.AWG.P)
		}
		if small {
			above++
		}
	}
	if *r.Summary.Above != above || math.Abs(*r.Summary.AboveByChance-30) > 1e-12 {
		t.Errorf("%d above, %v by chance, counted %d", *r.Summary.Above, *r.Summary.AboveByChance, above)
	}
}

// TestPseudoAgreement has nearly everybody near the top: high r_wg(J), an ICC of
// nothing, and the caveats that say so. Groups that differ have none of them.
func TestPseudoAgreement(t *testing.T) {
	t.Parallel()
	r := analyse(t, noise(20, 8, 7, 4.6, .4, 2), agreement.Options{Draws: 199})
	if *r.Summary.ByNull[0].Mean < .9 || r.Summary.ICC.Answer == multilevel.Supported {
		t.Fatalf("mean r_wg(J) %v, answer %s", *r.Summary.ByNull[0].Mean, r.Summary.ICC.Answer)
	}
	for _, code := range []string{"agreement_without_group_level", "strangers_agree_as_much", "ratings_at_the_end"} {
		if !r.Caveats.Has(code) {
			t.Errorf("no caveat %s", code)
		}
	}
	table := noise(20, 8, 7, 3, .3, 2)
	for i := range table.Rows {
		for k := range table.Rows[i].Values {
			group, err := strconv.Atoi(table.Rows[i].Group[1:])
			if err != nil {
				t.Fatal(err)
			}
			table.Rows[i].Values[k] += float64(group%3 - 1)
		}
	}
	r = analyse(t, table, agreement.Options{Draws: 199})
	for _, code := range []string{"agreement_without_group_level", "strangers_agree_as_much", "ratings_at_the_end"} {
		if r.Caveats.Has(code) {
			t.Errorf("caveat %s where groups differ", code)
		}
	}
	if r.Summary.ICC.Answer != multilevel.Supported || *r.Summary.Above < 15 {
		t.Errorf("%d above, ICC %s", *r.Summary.Above, r.Summary.ICC.Answer)
	}
}

// TestGroupsOfOne are counted and averaged nowhere, and one group has no
// strangers.
func TestGroupsOfOne(t *testing.T) {
	t.Parallel()
	r := analyse(t, tableFrom([][]float64{{1}}, [][]float64{{5}}), few)
	if r.Summary.Alone != 2 || r.Summary.ByNull[0].Mean != nil || r.Summary.Above != nil || r.Groups[0].Reason != agreement.OneMember ||
		!r.Caveats.Has("groups_of_one") || notFinite(r) != "" {
		t.Errorf("%+v", r.Summary)
	}
	r = analyse(t, tableFrom([][]float64{{4, 5}, {5, 5}, {4, 4}}), few)
	if r.Strangers != nil || r.Summary.Above != nil || r.Groups[0].Strangers.Variance.P != nil || r.Groups[0].ByNull[0].P == nil ||
		r.Summary.ICC.Reason != multilevel.OneGroup || !r.Caveats.Has("one_group") || notFinite(r) != "" {
		t.Errorf("one group: %+v", r.Summary)
	}
}

// TestConstantRatings agree perfectly and show nothing.
func TestConstantRatings(t *testing.T) {
	t.Parallel()
	r := analyse(t, tableFrom([][]float64{{5, 5}, {5, 5}}, [][]float64{{5, 5}, {5, 5}, {5, 5}}), few)
	// Two members agree on two independent items with probability 1/25 under the uniform null.
	if p := r.Groups[0].ByNull[0].P; *p > .2 || *r.Summary.MeanChance.P != 1 {
		t.Errorf("p %v under the uniform null, %v among strangers", *p, *r.Summary.MeanChance.P)
	}
	if *r.Summary.ByNull[0].Mean != 1 || *r.Groups[0].Strangers.Variance.P != 1 || r.Summary.ICC.Reason != multilevel.NoVariation ||
		!r.Caveats.Has("agreement_without_group_level") || !r.Caveats.Has("items_without_variation") || notFinite(r) != "" {
		t.Errorf("%+v, caveats %v", r.Summary.ByNull[0], r.Caveats.List())
	}
}

// TestSmallPublishedExample is the group of five and the lone dissenter of the
// domain notes, whose numbers were computed with R's multilevel.
func TestSmallPublishedExample(t *testing.T) {
	t.Parallel()
	r := analyse(t, tableFrom([][]float64{{4, 5, 4}, {4, 4, 3}, {5, 5, 4}, {4, 4, 4}, {3, 4, 4}}), few)
	g := r.Groups[0]
	same(t, "r_wg", g.Items[0].RWG[0].RWG, .75)
	same(t, "r_wg(J)", g.ByNull[0].RWGJ, .9375)
	same(t, "r*_wg(J)", g.ByNull[0].RStar, .8333333333333334)
	if math.Abs(*g.AWG-.819048) > 1e-6 {
		t.Errorf("a_wg %v", *g.AWG)
	}
	same(t, "AD about means", g.ADMean, .4)
	same(t, "AD about medians", g.ADMedian, 1.0/3)
	same(t, "practical limit of AD", r.ADCut, 5.0/6)
	r = analyse(t, tableFrom([][]float64{{5}, {5}, {5}, {5}, {4}}, [][]float64{{1}, {5}, {1}, {5}}), few)
	same(t, "r_wg", r.Groups[0].Items[0].RWG[0].RWG, .9)
	same(t, "a_wg", r.Groups[0].AWG, nil)
	same(t, "raw r_wg", r.Groups[1].Items[0].RWG[0].Raw, 1-16.0/3/2)
	same(t, "r_wg", r.Groups[1].ByNull[0].RWGJ, 0.0)
	if !r.Groups[1].ByNull[0].Truncated || !r.Caveats.Has("variance_beyond_null") {
		t.Error("the cut is not said")
	}
}

// TestSameSeedSameResult, progress to the end, and an end of the context.
func TestSameSeedSameResult(t *testing.T) {
	t.Parallel()
	table := noise(5, 4, 3, 3, 1, 9)
	last, total := 0, 0
	o := agreement.Options{Draws: 300, Seed: 7, Progress: func(done, of int) { last, total = max(last, done), of }}
	a := analyse(t, table, o)
	if last != 600 || total != 600 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	if diff := cmp.Diff(a.Groups, analyse(t, table, agreement.Options{Draws: 300, Seed: 7}).Groups); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(a.Strangers, analyse(t, table, agreement.Options{Draws: 300, Seed: 8}).Strangers) {
		t.Error("another seed draws the same")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := agreement.Analyse(ctx, table, agreement.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestFineScalesAreDrawn falls back to draws where counting costs too much, and
// then agrees with the exact limit of a size where it does not.
func TestFineScalesAreDrawn(t *testing.T) {
	t.Parallel()
	got, err := agreement.ItemCutoffs(t.Context(), agreement.Uniform(101), []int{3, 1, 8, 3}, agreement.Options{Draws: 20000})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Exact || got[1].MonteCarlo == nil {
		t.Fatalf("%+v", got)
	}
	exact, err := agreement.ItemCutoffs(t.Context(), agreement.Uniform(101), []int{3}, agreement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !exact[0].Exact || !(math.Abs(*exact[0].Variance-*got[0].Variance) < .1*(*exact[0].Variance)) || !(math.Abs(*got[0].MeanVar-850) < 15) {
		t.Errorf("exact %v, drawn %v, mean %v", *exact[0].Variance, *got[0].Variance, *got[0].MeanVar)
	}
}

// TestTwoOptionsHaveOneNull: with yes and no the triangular null is the uniform
// one, and it is said that nothing stands beside it.
func TestTwoOptionsHaveOneNull(t *testing.T) {
	t.Parallel()
	own, err := agreement.Given("own", []float64{.2, .8}, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		options float64
		nulls   []agreement.Null
		alone   bool
	}{{2, nil, true}, {2, []agreement.Null{own}, false}, {3, nil, false}} {
		table := agreement.Table{Scale: agreement.Scale{Low: 1, High: c.options, Step: 1}, Items: []string{"a"}}
		for _, y := range []float64{1, 2, 2} {
			table.Rows = append(table.Rows, agreement.Row{Group: "g", Values: []float64{y}})
		}
		if r := analyse(t, &table, agreement.Options{Draws: 19, Nulls: c.nulls}); r.Caveats.Has("one_null") != c.alone {
			t.Errorf("%g options, %d nulls given: %v", c.options, len(c.nulls), r.Caveats)
		}
	}
}
