package multilevel_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
)

// referenceCase is one file of expected values.
type referenceCase struct {
	ID    string `json:"id"`
	Data  string `json:"data"`
	Roles struct {
		Group    string   `json:"group"`
		Member   string   `json:"member"`
		Outcome  string   `json:"outcome"`
		Outcomes []string `json:"outcomes"`
	} `json:"roles"`
	Tolerance struct {
		ClosedForm float64 `json:"closed_form"`
		Likelihood float64 `json:"likelihood"`
	} `json:"relative_tolerance"`
	Expected json.RawMessage `json:"expected"`
}

// oneWayExpected is what a case expects; a part that is not named here fails.
type oneWayExpected struct {
	ANOVA       map[string]any `json:"anova"`
	TwoLevel    *twoLevel      `json:"two_level"`
	ExactRLRT   *exactRLRT     `json:"exact_rlrt"`
	Permutation *permutation   `json:"permutation"`
}

// twoLevel holds the expected values of the likelihood.
type twoLevel struct {
	REML          map[string]any       `json:"reml"`
	ML            map[string]any       `json:"ml"`
	LRTREML       map[string]float64   `json:"lrt_reml"`
	LRTML         map[string]float64   `json:"lrt_ml"`
	ProfileML     *profileExpected     `json:"profile_ci_icc_ml"`
	ProfileREML   *profileExpected     `json:"profile_ci_icc_reml"`
	ICC2REMLMean  float64              `json:"icc2_reml_mean"`
	ICC2REMLMeanK float64              `json:"icc2_reml_mean_k"`
	BLUP          map[string]listOrOne `json:"blup_reml"`
}

// decode reads expected values and lets no key pass that it does not know.
func decode(t *testing.T, raw []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// listOrOne reads a list that may be written as its only value.
type listOrOne []any

// UnmarshalJSON reads either form.
func (l *listOrOne) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '[' {
		b = append(append([]byte{'['}, b...), ']')
	}
	var list []any
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*l = list
	return nil
}

// readCase reads a case and its rows.
func readCase(t *testing.T, dir, id string) (c referenceCase, rows []map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, c.Data))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := make(map[string]string)
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return c, rows
}

// complete makes the table of one outcome: rows without a rating are left out
// and group sizes counted from what remains, as a caller does.
func complete(t *testing.T, c referenceCase, outcome string, rows []map[string]string) multilevel.OneWay {
	t.Helper()
	var d multilevel.OneWay
	for _, row := range rows {
		if row[outcome] == "" {
			continue
		}
		y, err := strconv.ParseFloat(row[outcome], 64)
		if err != nil {
			t.Fatal(err)
		}
		d.Group = append(d.Group, row[c.Roles.Group])
		d.Y = append(d.Y, y)
	}
	return d
}

// same compares a number that may be undefined; want is nil or a float64.
func same(t *testing.T, name string, got *float64, want any, rel, abs float64) {
	t.Helper()
	if want == nil {
		if got != nil {
			t.Errorf("%s = %v, want undefined", name, *got)
		}
		return
	}
	w, ok := want.(float64)
	if !ok {
		t.Errorf("%s: expected value %v is no number", name, want)
		return
	}
	if got == nil {
		t.Errorf("%s is undefined, want %v", name, w)
		return
	}
	if !scalar.EqualWithinAbsOrRel(*got, w, abs, rel) {
		t.Errorf("%s = %.15g, want %.15g (off by %.2g)", name, *got, w, *got-w)
	}
}

// field returns an expected value that must be present.
func field(t *testing.T, m map[string]any, key string) any {
	t.Helper()
	v, ok := m[key]
	if !ok {
		t.Errorf("the case does not expect %s", key)
	}
	return v
}

// compareFit checks REML or ML.
func compareFit(t *testing.T, name string, f multilevel.Fit, want map[string]any, rel float64) {
	t.Helper()
	checked := map[string]bool{"singular": true}
	check := func(key string, got *float64, abs float64) {
		t.Helper()
		checked[key] = true
		same(t, name+" "+key, got, field(t, want, key), rel, abs)
	}
	check("var_group", f.Variance.Group, 0)
	check("var_residual", f.Variance.Residual, 0)
	check("icc", f.Share.Group, 0)
	check("intercept", f.Mean, 0)
	check("se_intercept", f.MeanSE, 0)
	check("logLik", f.LogLikelihood, 1e-6)
	check("deviance", f.Deviance, 2e-6)
	check("deviance_null", f.DevianceNull, 2e-6)
	check("n_local_optima", whole(f.LocalOptima), 0)
	if f.Singular == nil || *f.Singular != field(t, want, "singular") {
		t.Errorf("%s singular = %v, want %v", name, f.Singular, want["singular"])
	}
	for key := range want {
		if !checked[key] {
			t.Errorf("%s %s is not compared", name, key)
		}
	}
}

// compareTwoLevel checks the likelihood, its tests and the predictions.
func compareTwoLevel(t *testing.T, r multilevel.GroupLevel, want *twoLevel, rel float64) {
	t.Helper()
	compareLikelihood(t, r, want, rel)
	compareBLUP(t, r, want, rel)
}

// compareLikelihood checks the likelihood and its tests.
func compareLikelihood(t *testing.T, r multilevel.GroupLevel, want *twoLevel, rel float64) {
	t.Helper()
	compareFit(t, "reml", r.REML, want.REML, rel)
	compareFit(t, "ml", r.ML, want.ML, rel)
	for i, lrt := range []map[string]float64{want.LRTREML, want.LRTML} {
		test := r.Tests[i+1]
		same(t, test.Method+" statistic", test.Statistic, lrt["statistic"], rel, 2e-6)
		same(t, test.Method+" p", test.P, lrt["p_mixture_50_50"], rel, 0)
	}
	same(t, "icc2_reml_mean", r.ICCGroupMean.MeanREML, want.ICC2REMLMean, rel, 0)
	same(t, "icc2_reml_mean_k", r.Comparison.GroupMeanREMLSize, want.ICC2REMLMeanK, rel, 0)
	same(t, "reml p_chisq1", r.Comparison.REMLChiSquareP, want.LRTREML["p_chisq1"], rel, 0)
	same(t, "ml p_chisq1", r.Comparison.MLChiSquareP, want.LRTML["p_chisq1"], rel, 0)
	compareProfile(t, "reml", &r.REML, want.ProfileREML, rel)
	compareProfile(t, "ml", &r.ML, want.ProfileML, rel)
}

// compareBLUP checks the predictions, where the case has any.
func compareBLUP(t *testing.T, r multilevel.GroupLevel, want *twoLevel, rel float64) {
	t.Helper()
	if want.BLUP == nil {
		if len(r.BLUP) != r.Counts.Groups {
			t.Errorf("%d predictions for %d groups", len(r.BLUP), r.Counts.Groups)
		}
		return
	}
	if len(r.BLUP) != len(want.BLUP["group"]) {
		t.Fatalf("%d predictions, want %d", len(r.BLUP), len(want.BLUP["group"]))
	}
	for i, b := range r.BLUP {
		if b.Group != want.BLUP["group"][i] {
			t.Errorf("prediction %d is of group %s, want %v", i, b.Group, want.BLUP["group"][i])
		}
		for key, got := range map[string]float64{
			"n": float64(b.Size), "group_mean": b.Mean, "shrinkage": b.Reliability, "blup": b.BLUP,
			"shrunken_mean": b.ShrunkenMean, "cond_sd": b.CondSD, "pred_se": b.PredSE, "shrunken_mean_se": b.ShrunkenMeanSE,
		} {
			// A deviation is small beside the mean it was taken from.
			same(t, fmt.Sprintf("blup %s %s", b.Group, key), &got, want.BLUP[key][i], rel, rel*math.Abs(b.CondSD))
		}
	}
}

// TestReferenceCases compares with every one-way case that may be kept here.
func TestReferenceCases(t *testing.T) {
	t.Parallel()
	answers := map[string]multilevel.Reason{
		"icc-balanced-dyestuff":       multilevel.BeyondChance,
		"icc-zero-variance-dyestuff2": multilevel.LimitsIncludeBoth,
		"icc-unbalanced-14-groups":    multilevel.BeyondChance,
		"icc-tiny-groups-singletons":  multilevel.LimitsIncludeBoth,
		"icc-offset-1e8":              multilevel.BeyondChance,
		"icc-simon-lesage-1e6":        multilevel.BeyondChance,
		"icc-constant":                multilevel.NoVariation,
		"icc-constant-0.1":            multilevel.NoVariation,
		"icc-one-group":               multilevel.OneGroup,
		"icc-one-member-per-group":    multilevel.OneRatingPerGroup,
		"icc-perfect-agreement":       multilevel.BeyondChance,
		"icc-missing-outcomes":        multilevel.LimitsIncludeBoth,
		"reml-bimodal-zero-wins":      multilevel.LimitsIncludeBoth,
		"reml-bimodal-interior-wins":  multilevel.BeyondChance,
		"permutation-exact-3x3":       multilevel.LimitsIncludeBoth,
	}
	for id, reason := range answers {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			c, rows := readCase(t, "testdata/reference", id)
			var want oneWayExpected
			decode(t, c.Expected, &want)
			d := complete(t, c, c.Roles.Outcome, rows)
			r := multilevel.TestGroupLevel(d, multilevel.Options{})
			compareSimulated(t, d, want)
			compareANOVA(t, r, want.ANOVA, c.Tolerance.ClosedForm)
			if want.TwoLevel != nil {
				if want.TwoLevel.BLUP == nil {
					t.Error("the case expects no predictions")
				}
				compareTwoLevel(t, r, want.TwoLevel, c.Tolerance.Likelihood)
			} else if r.REML.Variance.Group != nil || r.BLUP != nil {
				t.Error("a fit where none is defined")
			}
			if r.Reason != reason {
				t.Errorf("answer %s because %s, want because %s", r.Answer, r.Reason, reason)
			}
			if name := notFinite(r); name != "" {
				t.Errorf("%s is not finite", name)
			}
		})
	}
}

// TestLargePublishedData compares with bh1996, which is not kept here.
func TestLargePublishedData(t *testing.T) {
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
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := multilevel.TestGroupLevel(complete(t, c, outcome, rows), multilevel.Options{})
			compareANOVA(t, r, want[outcome].ANOVA, c.Tolerance.ClosedForm)
			if want[outcome].TwoLevel == nil {
				t.Fatal("the case expects no likelihood")
			}
			compareTwoLevel(t, r, want[outcome].TwoLevel, c.Tolerance.Likelihood)
		})
	}
}

// findReference looks for shared reference data above this directory.
func findReference(id string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, "shared", "reference")
		if _, err := os.Stat(filepath.Join(candidate, id+".json")); err == nil {
			return candidate
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// TestDuplicateRows shows that three policies give three answers; the caller
// has to choose one and say so.
func TestDuplicateRows(t *testing.T) {
	t.Parallel()
	c, rows := readCase(t, "testdata/reference", "icc-duplicates")
	var want map[string]json.RawMessage
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	type row struct{ group, member, y string }
	type key struct{ group, member string }
	var exact []map[string]string
	seen := make(map[row]bool)
	for _, r := range rows {
		k := row{r[c.Roles.Group], r[c.Roles.Member], r[c.Roles.Outcome]}
		if !seen[k] {
			exact = append(exact, r)
		}
		seen[k] = true
	}
	average := func(d multilevel.OneWay, from []map[string]string) multilevel.OneWay {
		place := make(map[key]int)
		var out multilevel.OneWay
		var count []float64
		for i, r := range from {
			k := key{r[c.Roles.Group], r[c.Roles.Member]}
			at, ok := place[k]
			if !ok {
				at = len(out.Y)
				place[k] = at
				out.Group, out.Y, count = append(out.Group, d.Group[i]), append(out.Y, 0), append(count, 0)
			}
			out.Y[at] += d.Y[i]
			count[at]++
		}
		for i := range out.Y {
			out.Y[i] /= count[i]
		}
		return out
	}
	all := complete(t, c, c.Roles.Outcome, rows)
	dropped := complete(t, c, c.Roles.Outcome, exact)
	for policy, d := range map[string]multilevel.OneWay{
		"if_all_rows_kept": all, "if_exact_duplicates_dropped": dropped, "if_keys_averaged": average(dropped, exact),
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			var anova map[string]any
			if err := json.Unmarshal(want[policy], &anova); err != nil {
				t.Fatal(err)
			}
			compareANOVA(t, multilevel.TestGroupLevel(d, multilevel.Options{}), anova, c.Tolerance.ClosedForm)
		})
	}
}
