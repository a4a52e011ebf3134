package tables

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
)

// TestEveryReasonHasWords reads from the code which reasons the analyses of a study
// may give, so that a new one without words is noticed.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	reason := regexp.MustCompile(`(?m)Reason\s*= "([a-z_]+)"|(?:Leave|[Ee]xcluded\.Add|left\.Add)\("([a-z_]+)"|^\s+(?:Left\w+|Gap\w+\s+Gap|notThere|earlierToday)\s+= "([a-z_]+)"`)
	words := newDictionary()
	found := 0
	for _, dir := range []string{
		"multilevel", "multilevel/grouplevel", "multilevel/agreement", "multilevel/onewithmany", "multilevel/roundrobin", "multilevel/lagged", "multilevel/rupture",
		"multilevel/split", "multilevel/decomposition", "multilevel/clustered", "instrument", "multilevel/series", "dyad", "cohesion", "system", "outcome", "session/measure.go", "session/series.go", "study/aggregate/splits_looked.go", "analysis",
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
			if strings.HasSuffix(name, "_test.go") || (dir == "analysis" && (ofOthers(name) || besideNumbers(name))) {
				continue
			}
			for _, m := range reason.FindAllStringSubmatch(string(text), -1) {
				code := m[1] + m[2] + m[3]
				found++
				if strings.HasSuffix(code, "_") || code == string(session.GapWithheld) {
					continue // the first part of one; and what nobody withholds from a study
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
		reasonNotSelected, FewFamilies, reasonNotRated, reasonUndefined,
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

// besideNumbers tells whether a file of the analyses has reasons that stand in no record:
// those of uploaded tables, of claims that a study does not make, of negative controls and
// of single families.
func besideNumbers(name string) bool {
	return slices.ContainsFunc([]string{"plan_", "result_", "claim.", "control.", "splits_therapists."}, func(x string) bool {
		return strings.HasPrefix(filepath.Base(name), x)
	})
}

// TestThePageSaysTheWordsOfStatistics holds docs/studies.md against what the codebook says.
func TestThePageSaysTheWordsOfStatistics(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "studies.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == 5 {
			rows[cells[0]+cells[1]] = cells[3] + "|" + cells[4]
		}
	}
	all := linesOf(kindStatistic)
	for _, x := range all {
		if at := "`" + x[0] + "``" + x[1] + "`"; rows[at] != x[2]+"|"+x[3] {
			t.Errorf("the page says of %s %q", at, rows[at])
		}
	}
	if len(all) < 50 || len(rows) != len(all)+2 { // and its two lines above
		t.Errorf("%d rows of %d statistics", len(rows), len(all))
	}
}
