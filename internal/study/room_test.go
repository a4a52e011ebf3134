package study_test

import (
	"context"
	"errors"
	"testing"

	"holon/internal/fault"
	"holon/internal/study"
)

// after is what stands behind the release of so many weeks: a hundred people and twenty groups
// had one more row each week.
func after(week int, also ...string) *study.Standing {
	out := &study.Contributions{}
	for _, measure := range append([]string{"phq-9@1/total/member"}, also...) {
		m := study.MeasureContributions{Measure: measure}
		for i := range uint64(100) {
			m.People = append(m.People, study.Contribution{Of: i, Digest: uint64(week)*1000 + i, Around: uint64(week)*2000 + i})
		}
		for i := range uint64(20) {
			m.Groups = append(m.Groups, study.Contribution{Of: i, Digest: uint64(week)*3000 + i, Around: uint64(week)*4000 + i})
		}
		out.Measures = append(out.Measures, m)
	}
	return out.Standing()
}

// TestThereIsRoomForSoManyReleasesOfOtherRows and always for one of the very rows of an
// earlier one, also where that did not say what is missing.
func TestThereIsRoomForSoManyReleasesOfOtherRows(t *testing.T) {
	t.Parallel()
	var earlier []*study.Standing
	for week := range study.MostDifferent {
		if err := study.RoomFor(t.Context(), after(week+1), earlier); err != nil {
			t.Fatalf("week %d: %v", week+1, err)
		}
		earlier = append(earlier, after(week+1))
	}
	if err := study.RoomFor(t.Context(), after(study.MostDifferent+1), earlier); fault.RuleOf(err) != "too_many_different_releases" {
		t.Errorf("one more of other rows: %v", err)
	}
	for what, same := range map[string]*study.Standing{"the same": after(7), "with what is missing": after(7, "phq-9@1/total/member missing")} {
		if err := study.RoomFor(t.Context(), same, earlier); err != nil {
			t.Errorf("the rows of an earlier release, %s: %v", what, err)
		}
	}
}

// TestWhatReleasesTellTogetherIsNotSoughtAfterTheContextEnded though all lists are in
// memory, and reading them would go on.
func TestWhatReleasesTellTogetherIsNotSoughtAfterTheContextEnded(t *testing.T) {
	t.Parallel()
	earlier := []*study.Standing{after(1), after(2), after(3)}
	if err := study.CheckRelease(t.Context(), after(4), earlier, study.DefaultThreshold); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := study.CheckRelease(ctx, after(4), earlier, study.DefaultThreshold); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	const missing = "phq-9@1/total/member missing"
	if _, err := study.WithoutTelling(ctx, after(4, missing), []*study.Standing{after(1, missing), after(2, missing)}, study.DefaultThreshold); !errors.Is(err, context.Canceled) {
		t.Errorf("of what is missing, after the end: %v", err)
	}
}
