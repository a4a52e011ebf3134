package objective_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/objective"
)

// worked is one example of the page: what it says, its rule and its answers.
var worked = regexp.MustCompile("(?s)\n> ([^\n]+)\n\n```json\n(.*?)\n```\n.*?\n(\\| on \\|.*?\n)\n")

// TestTheExamplesOfTheDocsAreThoseThatAreTested reads the page: each rule, its
// sentence and every answer in its table.
func TestTheExamplesOfTheDocsAreThoseThatAreTested(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "objectives.md"))
	must(t, err)
	r := registry(t)
	found := worked.FindAllStringSubmatch(string(page), -1)
	if len(found) != 7 || strings.Count(string(page), "```json") != 7 {
		t.Fatalf("%d examples", len(found))
	}
	for _, x := range found {
		rule, err := objective.Parse([]byte(x[2]), r.Lookup)
		must(t, err)
		if got := rule.Sentence(); got != x[1] {
			t.Errorf("%s: the page says\n%s\nthe rule\n%s", rule.Code, x[1], got)
		}
		f := readRecorded(t, filepath.Join("testdata", rule.Code+".json"))
		tested, err := objective.Parse(f.Objective, r.Lookup)
		must(t, err)
		if a, b := canonical(t, rule), canonical(t, tested); !bytes.Equal(a, b) {
			t.Errorf("the page's rule is\n%s\nthe one that is tested\n%s", a, b)
		}
		if diff := cmp.Diff(f.table(t, rule, x[3]), x[3]); diff != "" {
			t.Errorf("%s: (-answered +on the page)\n%s", rule.Code, diff)
		}
	}
}

// canonical writes a rule.
func canonical(t *testing.T, r *objective.Rule) []byte {
	t.Helper()
	text, err := r.Canonical()
	must(t, err)
	return text
}

// table writes the answers at every moment as the page does.
func (f *recorded) table(t *testing.T, rule *objective.Rule, page string) string {
	t.Helper()
	r := registry(t)
	lines := strings.SplitAfterN(page, "\n", 3)
	out := lines[0] + lines[1]
	for _, m := range f.Moments {
		out += "| " + string(m.Today)
		for _, x := range rule.Evaluate(f.courseOn(t, m.Today, r)) {
			out += " | " + string(x.Answer)
		}
		out += " |\n"
	}
	return out
}
