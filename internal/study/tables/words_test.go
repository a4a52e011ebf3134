package tables

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"holon/internal/study"
)

// TestEveryReasonHasWords reads from the code which reasons the analyses of a study
// may give, so that a new one without words is noticed.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	reason := regexp.MustCompile(`(?m)Reason\s*= "([a-z_]+)"|(?:Leave|[Ee]xcluded\.Add|left\.Add)\("([a-z_]+)"|^\s+Left\w+\s+= "([a-z_]+)"`)
	words := newDictionary()
	found := 0
	for _, dir := range []string{
		"multilevel", "multilevel/grouplevel", "multilevel/agreement", "multilevel/onewithmany", "multilevel/roundrobin", "multilevel/lagged", "multilevel/rupture",
		"multilevel/split", "multilevel/decomposition", "multilevel/clustered", "instrument", "dyad", "cohesion", "system", "outcome", "session/measure.go",
	} {
		pattern := filepath.Join("..", "..", dir)
		if !strings.HasSuffix(dir, ".go") {
			pattern = filepath.Join(pattern, "*.go")
		}
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files: %v", dir, err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, m := range reason.FindAllStringSubmatch(string(text), -1) {
				code := m[1] + m[2] + m[3]
				found++
				if strings.HasSuffix(code, "_") {
					continue // the first part of one
				}
				if _, ok := words.words(code); !ok {
					t.Errorf("%s: %s has no words", filepath.Base(name), code)
				}
			}
		}
	}
	if found < 90 {
		t.Errorf("%d reasons were found: the search is broken", found)
	}
	for _, code := range []string{
		study.NoConsent, study.OtherInstrument, study.OutsideDates, study.NotClosed, study.Void, study.Unfinished, study.Redacted, study.Damaged, study.Empty,
		reasonNotSelected, reasonFewFamilies, reasonNotRated, reasonUndefined,
	} {
		if _, ok := words.words(code); !ok {
			t.Errorf("%s has no words", code)
		}
	}
	for code, want := range map[string]string{
		"missing_score_total_only":        "There is no score. Only a total",
		"first_missing_score_total_only":  "Of the first measure: There is no score. Only a total",
		"missing_items_declined":          "The items are not complete. The rater declined",
		"second_no_form":                  "Of the second measure: The member came",
		"fewer_families_than_threshold":   "The selection holds fewer",
		"missing_score_nothing_of_a_kind": "",
	} {
		if said, ok := words.words(code); !strings.HasPrefix(said, want) || ok == (want == "") {
			t.Errorf("%s says %q", code, said)
		}
	}
}
