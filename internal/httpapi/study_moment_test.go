package httpapi_test

import (
	"testing"

	"holon/internal/store"
	"holon/internal/study"
)

// TestEachGroupOfASnapshotIsAsItWasAtOneMoment of its own: ratings of all groups are
// corrected after the first was copied.
func TestEachGroupOfASnapshotIsAsItWasAtOneMoment(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	taking, _, err := r.cases.TakeSnapshot(t.Context(), theOperator("snapshot"), study.ID(r.study))
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := taking.Take(t.Context(), func(done, _ int) {
		if done == 1 {
			r.correct(t, 16) // every rating of cohesion, to 0 or 1
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	first := frozen.Groups[0].ID
	for _, g := range frozen.Groups {
		ratings, corrected := 0, 0
		for s, err := range store.NewFrozen(r.engine).Sessions(t.Context(), frozen.ID, g.ID, 0, nil) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range s.Cohesion {
				if ratings++; s.Cohesion[i].Answers[0].Value <= 1 {
					corrected++
				}
			}
		}
		if ratings != 4 || (g.ID == first) != (corrected == 0) || (g.ID != first) != (corrected == ratings) {
			t.Errorf("of %d ratings of group %s %d are corrected", ratings, g.ID, corrected)
		}
	}
}
