package analysis_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/analysis"
)

// reference is where the published and computed cases lie; their README says
// where they come from.
const reference = "../multilevel/testdata/reference"

// runReference runs a reference case as a plan, to the bytes that are written,
// and returns them decoded, with the case's expected values.
func runReference(t *testing.T, dir fs.FS, id string, edit func(*analysis.Plan)) (docs []map[string]any, expected map[string]any, rel float64) {
	t.Helper()
	raw, err := fs.ReadFile(dir, id+".json")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := analysis.ParsePlan(raw)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(&plan)
	}
	reports, err := analysis.RunPlan(t.Context(), dir, plan)
	if err != nil {
		t.Fatal(err)
	}
	body, err := analysis.EncodeAll(reports)
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Reports []map[string]any `json:"reports"`
	}
	if err := json.Unmarshal(body, &written); err != nil {
		t.Fatal(err)
	}
	var file struct {
		Expected  map[string]any `json:"expected"`
		Tolerance struct {
			ClosedForm float64 `json:"closed_form"`
		} `json:"relative_tolerance"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return written.Reports, file.Expected, file.Tolerance.ClosedForm
}

// at returns the value at a slash-separated path, failing where there is none:
// a null and a missing key are different things.
func at(t *testing.T, doc any, path string) any {
	t.Helper()
	for step := range strings.SplitSeq(path, "/") {
		switch here := doc.(type) {
		case map[string]any:
			next, ok := here[step]
			if !ok {
				t.Fatalf("no %s in %s", step, path)
			}
			doc = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(here) {
				t.Fatalf("no %s in %s", step, path)
			}
			doc = here[i]
		default:
			t.Fatalf("nothing below %s in %s", step, path)
		}
	}
	return doc
}

// compare checks that the document has what the case expects, null for null.
func compare(t *testing.T, doc, want any, docPath, wantPath string, rel, abs float64) {
	t.Helper()
	got, expected := at(t, doc, docPath), at(t, want, wantPath)
	switch e := expected.(type) {
	case float64:
		g, ok := got.(float64)
		if !ok || !scalar.EqualWithinAbsOrRel(g, e, abs, rel) {
			t.Errorf("%s = %v, want %.15g", docPath, got, e)
		}
	default:
		if got != expected {
			t.Errorf("%s = %v, want %v", docPath, got, expected)
		}
	}
}

// compareANOVA compares the closed forms.
func compareANOVA(t *testing.T, doc, anova map[string]any, rel float64) {
	t.Helper()
	for docPath, key := range map[string]string{
		"counts/ratings": "n_obs", "counts/groups": "n_groups", "result/group_size/singletons": "n_groups_size1",
		"result/mean/ratings": "grand_mean", "result/mean/groups": "mean_of_group_means",
		"result/anova/ss_between": "SSB", "result/anova/ss_within": "SSW", "result/anova/df_between": "dfB", "result/anova/df_within": "dfW",
		"result/anova/ms_between": "MSB", "result/anova/ms_within": "MSW", "result/anova/f": "F", "result/anova/p": "p",
		"result/anova/variance_between": "var_between_anova", "result/group_size/mean": "k_arithmetic",
		"result/group_size/harmonic": "k_harmonic", "result/group_size/n0": "n0",
		"result/icc1/estimate": "icc1_n0", "result/icc_group_mean/estimate": "icc2_msb",
	} {
		compare(t, doc, anova, docPath, key, rel, 1e-12)
	}
	if _, ok := anova["icc1_ci_wald_exact"]; ok {
		compare(t, doc, anova, "result/icc1/ci/0/lower", "icc1_ci_wald_exact/0", rel, 1e-12)
		compare(t, doc, anova, "result/icc1/ci/0/upper", "icc1_ci_wald_exact/1", rel, 1e-12)
	}
}

// compareLikelihood compares the fits, their tests and the predictions.
func compareLikelihood(t *testing.T, doc, two map[string]any) {
	t.Helper()
	for i, fit := range []string{"reml", "ml"} {
		for docKey, key := range map[string]string{
			"variance/group": "var_group", "variance/residual": "var_residual", "share/group": "icc", "mean": "intercept", "mean_se": "se_intercept",
			"log_likelihood": "logLik", "deviance": "deviance", "deviance_null": "deviance_null", "singular": "singular", "local_optima": "n_local_optima",
		} {
			compare(t, doc, two, "result/"+fit+"/"+docKey, fit+"/"+key, 1e-6, 1e-9)
		}
		test := "result/tests/" + strconv.Itoa(i+1)
		compare(t, doc, two, test+"/statistic", "lrt_"+fit+"/statistic", 1e-6, 2e-6)
		compare(t, doc, two, test+"/p", "lrt_"+fit+"/p_mixture_50_50", 1e-6, 0)
	}
	groups, ok := at(t, doc, "result/group_effects").([]any)
	blup, expects := two["blup_reml"].(map[string]any)
	if !expects {
		return
	}
	names, _ := at(t, blup, "group").([]any)
	if !ok || len(groups) == 0 || len(groups) != len(names) {
		t.Fatalf("%d group effects, want %d", len(groups), len(names))
	}
	for i := range groups {
		for docKey, key := range map[string]string{
			"group": "group", "size": "n", "mean": "group_mean", "reliability": "shrinkage", "blup": "blup",
			"cond_sd": "cond_sd", "pred_se": "pred_se", "shrunken_mean": "shrunken_mean", "shrunken_mean_se": "shrunken_mean_se",
		} {
			n := strconv.Itoa(i)
			compare(t, doc, blup, "result/group_effects/"+n+"/"+docKey, key+"/"+n, 1e-6, 1e-9)
		}
	}
}

// TestReferenceCases runs every one-way case from its files to the bytes that
// are written. Expected values: computed in R, see the cases' README.
func TestReferenceCases(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct{ answer, reason string }{
		"icc-balanced-dyestuff":       {"supported", "beyond_chance"},
		"icc-constant":                {"not_identifiable", "no_variation"},
		"icc-constant-0.1":            {"not_identifiable", "no_variation"},
		"icc-missing-outcomes":        {"cannot_tell", "limits_include_zero_and_bound"},
		"icc-offset-1e8":              {"supported", "beyond_chance"},
		"icc-one-group":               {"not_identifiable", "one_group"},
		"icc-one-member-per-group":    {"not_identifiable", "one_rating_per_group"},
		"icc-perfect-agreement":       {"supported", "beyond_chance"},
		"icc-simon-lesage-1e6":        {"supported", "beyond_chance"},
		"icc-tiny-groups-singletons":  {"cannot_tell", "limits_include_zero_and_bound"},
		"icc-unbalanced-14-groups":    {"supported", "beyond_chance"},
		"icc-zero-variance-dyestuff2": {"cannot_tell", "limits_include_zero_and_bound"},
		"permutation-exact-3x3":       {"cannot_tell", "limits_include_zero_and_bound"},
		"reml-bimodal-interior-wins":  {"supported", "beyond_chance"},
		"reml-bimodal-zero-wins":      {"cannot_tell", "limits_include_zero_and_bound"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			docs, expected, rel := runReference(t, os.DirFS(reference), id, nil)
			if len(docs) != 1 {
				t.Fatalf("%d reports, want 1", len(docs))
			}
			if docs[0]["answer"] != want.answer || docs[0]["reason"] != want.reason {
				t.Errorf("answer %v because %v, want %v because %v", docs[0]["answer"], docs[0]["reason"], want.answer, want.reason)
			}
			anova, ok := expected["anova"].(map[string]any)
			if !ok {
				t.Fatal("the case expects no analysis of variance")
			}
			compareANOVA(t, docs[0], anova, rel)
			if two, ok := expected["two_level"].(map[string]any); ok {
				compareLikelihood(t, docs[0], two)
			}
			checkNullsHaveReasons(t, docs[0])
		})
	}
}

// TestDuplicatesInTheReferenceCase shows that nothing is computed before
// somebody has said what to do, and that each way gives the expected numbers.
func TestDuplicatesInTheReferenceCase(t *testing.T) {
	t.Parallel()
	for way, key := range map[analysis.Duplicates]string{
		analysis.Keep: "if_all_rows_kept", analysis.DropExact: "if_exact_duplicates_dropped", analysis.Average: "if_keys_averaged",
	} {
		docs, expected, rel := runReference(t, os.DirFS(reference), "icc-duplicates", func(p *analysis.Plan) { p.Duplicates = way })
		anova, ok := expected[key].(map[string]any)
		if !ok {
			t.Fatalf("the case does not expect %s", key)
		}
		compareANOVA(t, docs[0], anova, rel)
	}
	docs, expected, _ := runReference(t, os.DirFS(reference), "icc-duplicates", nil)
	if docs[0]["answer"] != "refused" || docs[0]["reason"] != "duplicate_rows" || at(t, docs[0], "result/anova/f") != nil {
		t.Errorf("by default: %v because %v", docs[0]["answer"], docs[0]["reason"])
	}
	detail := caveatDetail(t, docs[0], "duplicate_rows")
	if expected["n_exact_duplicates"] != 3.0 || expected["n_conflicting_keys"] != 1.0 || !strings.HasPrefix(detail, "3 rows repeat another row exactly, and 1 members") {
		t.Errorf("the duplicates are not counted: %s", detail)
	}
	checkNullsHaveReasons(t, docs[0])
}

// caveatDetail returns the sentence of a caveat.
func caveatDetail(t *testing.T, doc map[string]any, code string) string {
	t.Helper()
	list, _ := doc["caveats"].([]any)
	for _, c := range list {
		if m, ok := c.(map[string]any); ok && m["code"] == code {
			s, _ := m["detail"].(string)
			return s
		}
	}
	t.Fatalf("no caveat %s in %v", code, list)
	return ""
}

// checkNullsHaveReasons checks that a report with undefined numbers says why.
func checkNullsHaveReasons(t *testing.T, doc map[string]any) {
	t.Helper()
	nulls := 0
	var walk func(any)
	walk = func(v any) {
		switch x := v.(type) {
		case nil:
			nulls++
		case map[string]any:
			for _, y := range x {
				walk(y)
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(doc["result"])
	list, _ := doc["caveats"].([]any)
	if nulls > 0 && len(list) == 0 {
		t.Errorf("%d undefined numbers and not one caveat", nulls)
	}
	if a := doc["answer"]; a == "refused" || a == "not_identifiable" {
		reason, _ := doc["reason"].(string)
		caveatDetail(t, doc, reason)
	}
}

// sharedReference looks for reference data above this directory.
func sharedReference(t *testing.T, id string) fs.FS {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, "shared", "reference")
		if _, err := os.Stat(filepath.Join(candidate, id+".json")); err == nil {
			return os.DirFS(candidate)
		}
	}
	t.Skip("case " + id + " is not on this machine")
	return nil
}

// TestSeveralOutcomes gives one report for each outcome of a published table
// (Bliese and Halverson 1996).
func TestSeveralOutcomes(t *testing.T) {
	t.Parallel()
	const id = "icc-large-bh1996"
	docs, expected, rel := runReference(t, sharedReference(t, id), id, nil)
	outcomes := []string{"cohesion", "leadership", "hours", "wellbeing"}
	if len(docs) != len(outcomes) {
		t.Fatalf("%d reports, want %d", len(docs), len(outcomes))
	}
	for i, name := range outcomes {
		if docs[i]["outcome"] != name {
			t.Errorf("report %d is of %v, want %s", i, docs[i]["outcome"], name)
		}
		want, ok := expected[name].(map[string]any)
		if !ok {
			t.Fatalf("the case does not expect %s", name)
		}
		anova, _ := want["anova"].(map[string]any)
		two, _ := want["two_level"].(map[string]any)
		compareANOVA(t, docs[i], anova, rel)
		compareLikelihood(t, docs[i], two)
	}
}
