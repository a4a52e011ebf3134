package objective_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/objective"
)

// everyFallAnswered judges a course in which every score is known.
func everyFallAnswered(scores []int, done []bool, fall int) bool {
	for i := 1; i < len(scores); i++ {
		if scores[i-1]-scores[i] >= fall && !done[i] {
			return false
		}
	}
	return true
}

// completions calls f with every way in which the missing scores (0) may have
// been.
func completions(scores []int, f func([]int)) {
	i := slices.Index(scores, 0)
	if i < 0 {
		f(scores)
		return
	}
	for v := 1; v <= 5; v++ {
		next := slices.Clone(scores)
		next[i] = v
		completions(next, f)
	}
}

// TestWhatIsSaidOfFallsIsSoHoweverTheMissingScoresWere goes through all of them.
func TestWhatIsSaidOfFallsIsSoHoweverTheMissingScoresWere(t *testing.T) {
	t.Parallel()
	r := registry(t)
	parsed, err := objective.Parse([]byte(rule("each_member", `{"sessions":"attended","days":60}`,
		`{"drop_addressed":{"instrument":{"id":"understood","version":"1"},"score":"rating","rater":"member","scale":"score","drop":2,"out_of":5,"codes":["adapted"]},"needed":{"every":true}}`)), r.Lookup)
	must(t, err)
	answers := map[objective.Answer]int{}
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 5).Draw(t, "scores")
		letters := ""
		done := make([]bool, len(scores))
		for i, v := range scores {
			letters += string("p12345"[v])
			done[i] = rapid.IntRange(0, 3).Draw(t, "done") == 0
		}
		f := course(letters)
		for i, is := range done {
			if is {
				answered(f, i+1)
			}
		}
		got := parsed.Evaluate(f.courseOn(t, "2026-06-30", r))[0].Answer
		good, bad := 0, 0
		completions(scores, func(all []int) {
			if everyFallAnswered(all, done, 2) {
				good++
			} else {
				bad++
			}
		})
		if (got == objective.Met && bad > 0) || (got == objective.NotMet && good > 0) || got == objective.Open {
			t.Fatalf("%s: %s, and %d completions are good and %d bad", letters, got, good, bad)
		}
		if !slices.Contains(scores, 0) && got == objective.CannotBeJudged {
			t.Fatalf("%s: nothing is missing", letters)
		}
		answers[got]++
	})
	if len(answers) != 3 {
		t.Errorf("only these were tested: %v", answers)
	}
}
