package analysis_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
)

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
			docs, expected := runCase(t, id, nil)
			doc, ok := docs[0].(map[string]any)
			if !ok || len(docs) != 1 {
				t.Fatalf("%d reports, want 1", len(docs))
			}
			if doc["answer"] != want.answer || doc["reason"] != want.reason {
				t.Errorf("answer %v because %v, want %v because %v", doc["answer"], doc["reason"], want.answer, want.reason)
			}
			checkExpected(t, doc, expected, oneWayRules())
			checkNullsHaveReasons(t, doc)
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
		docs, expected := runCase(t, "icc-duplicates", func(p *analysis.Plan) { p.Duplicates, p.Detail = way, analysis.Quick })
		checkExpected(t, docs[0], at(t, expected, key), oneWayRules())
	}
	docs, expected := runCase(t, "icc-duplicates", nil)
	doc, ok := docs[0].(map[string]any)
	if !ok || doc["answer"] != "refused" || doc["reason"] != "duplicate_rows" || at(t, doc, "result/anova/f") != nil {
		t.Errorf("by default: %v", docs[0])
	}
	detail := caveatDetail(t, doc, "duplicate_rows")
	if at(t, expected, "n_exact_duplicates") != 3.0 || at(t, expected, "n_conflicting_keys") != 1.0 ||
		!strings.HasPrefix(detail, "3 rows repeat another row exactly, and 1 member has ratings") {
		t.Errorf("the duplicates are not counted: %s", detail)
	}
	checkNullsHaveReasons(t, doc)
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
	docs, expected := runCase(t, "icc-large-bh1996", func(p *analysis.Plan) { p.Detail = analysis.Quick }) // the case expects nothing that is drawn
	outcomes := []string{"cohesion", "leadership", "hours", "wellbeing"}
	if len(docs) != len(outcomes) {
		t.Fatalf("%d reports, want %d", len(docs), len(outcomes))
	}
	for i, name := range outcomes {
		if got := at(t, docs[i], "outcome"); got != name {
			t.Errorf("report %d is of %v, want %s", i, got, name)
		}
		checkExpected(t, docs[i], at(t, expected, name), oneWayRules())
	}
}
