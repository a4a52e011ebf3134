package objective_test

import (
	"path/filepath"
	"testing"

	"holon/internal/objective"
)

// TestTheSevenExamplesAnswerAsWorkedByHand looks at each at several moments.
func TestTheSevenExamplesAnswerAsWorkedByHand(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	must(t, err)
	if len(files) != 7 {
		t.Fatalf("%d examples", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			r := registry(t)
			f := readRecorded(t, file)
			rule, err := objective.Parse(f.Objective, r.Lookup)
			must(t, err)
			for _, m := range f.Moments {
				results := rule.Evaluate(f.courseOn(t, m.Today, r))
				if len(results) != len(m.Want) {
					t.Errorf("%s: %d results, want %d", m.Today, len(results), len(m.Want))
				}
				for _, got := range results {
					want := m.Want[got.Member]
					if got.Answer != want.Answer || got.Reason != want.Reason {
						t.Errorf("%s, %s: %s (%s), want %s (%s): %s\n%s\n%+v\n%+v", m.Today, got.Member, got.Answer, got.Reason, want.Answer, want.Reason, m.Because, got.Sentence, got.Used, got.LeftOut)
					}
				}
			}
		})
	}
}
