package store_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/study"
)

// brought is what so many people of therapy groups brought in, and eleven of families.
func brought(people int, seed uint64) []study.MeasureContributions {
	rng := rand.New(rand.NewPCG(seed, 5))
	var list, groups []study.Contribution
	for n := range uint64(people) {
		list = append(list, study.Contribution{Of: n + 1, Digest: rng.Uint64() >> 4, Around: rng.Uint64() >> 4})
	}
	for n := range uint64(11) {
		list = append(list, study.Contribution{Of: study.Whose(n+1, true), Digest: rng.Uint64() >> 4})
		groups = append(groups, study.Contribution{Of: n + 1, Digest: rng.Uint64() >> 4})
	}
	return []study.MeasureContributions{{Measure: "wai-sr@1/total/member", People: list, Groups: groups}, {Measure: "wai-sr@1/total/member missing"}}
}

// inMemory are lists of what was counted.
func inMemory(counted []study.MeasureContributions) *study.Standing {
	return (&study.Contributions{Measures: counted}).Standing()
}

// all reads a list.
func all(t *testing.T, l study.List) []study.Contribution {
	t.Helper()
	var out []study.Contribution
	for i := 0; len(out) < l.Len; i++ {
		part, err := l.Part(t.Context(), i)
		must(t, err)
		if len(part) == 0 {
			t.Fatalf("%d of %d are in the list", len(out), l.Len)
		}
		out = append(out, part...)
	}
	return out
}

// TestWhatStandsBehindAReleaseIsReadInParts keeps lists of several parts, reads them with
// the release that stands on them, and compares another release with it.
func TestWhatStandsBehindAReleaseIsReadInParts(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		counted := brought(5000, 1)
		kept := store.NewContributions(e)
		next, err := kept.Keep(t.Context(), "st-1", inMemory(counted))
		must(t, err)
		again, err := kept.Keep(t.Context(), "st-1", inMemory(counted))
		must(t, err)
		same, err := next.Equal(t.Context(), again)
		must(t, err)
		wantSame(t, "kept twice is the same", true, same)
		x := store.FullRelease()
		x.Standing = *next
		must(t, store.NewReleases(e).Insert(t.Context(), x))
		got, _ := collect(store.NewReleases(e).Of(t.Context(), "st-1", true))
		m := got[0].Standing.Measures[0]
		therapy, families := study.ByHome(counted[0].People)
		wantSame(t, "people of therapy groups", therapy, all(t, m.People.Therapy))
		wantSame(t, "people of families", families, all(t, m.People.Families))
		wantSame(t, "therapy groups", counted[0].Groups, all(t, m.Groups.Therapy))
		wantSame(t, "of what is missing", 0, got[0].Standing.Measures[1].People.Therapy.Len)

		earlier := []*study.Standing{&got[0].Standing}
		must(t, study.CheckRelease(t.Context(), next, earlier, study.DefaultThreshold))
		few := brought(5000, 1)
		few[0].People[4999].Digest++
		other, err := kept.Keep(t.Context(), "st-1", inMemory(few))
		must(t, err)
		wantFault(t, "one differs, in the last part", study.CheckRelease(t.Context(), other, earlier, study.DefaultThreshold), fault.Conflict, "differs_by_few")

		// A part that is gone must not pass for a list that is shorter.
		c := collectionNamed(t, "contributions")
		lost := "st-1." + m.People.Therapy.SHA256 + ".000003"
		must(t, e.Delete(t.Context(), c, lost, 1))
		if err := study.CheckRelease(t.Context(), other, earlier, study.DefaultThreshold); !fault.Is(err, fault.NotFound) {
			t.Errorf("with a part that is gone: %v", err)
		}
		if _, err := study.WithoutTelling(t.Context(), other, earlier, study.DefaultThreshold); err != nil {
			t.Errorf("nothing of what is missing needs the part: %v", err)
		}
	})
}

// standing is the write of a release with its lists.
func standing() write {
	counted := brought(3000, 2)
	return write{
		name: "release with its lists",
		do: func(ctx context.Context, e store.Engine) error {
			next, err := store.NewContributions(e).Keep(ctx, "st-1", inMemory(counted))
			if err != nil {
				return err
			}
			x := store.FullRelease()
			x.Standing = *next
			return store.NewReleases(e).Insert(ctx, x)
		},
		done: func(t *testing.T, e store.Engine) bool {
			t.Helper()
			got, err := store.NewReleases(e).Get(t.Context(), store.FullRelease().ID)
			if fault.Is(err, fault.NotFound) {
				return false
			}
			must(t, err)
			m := got.Standing.Measures[0]
			wantSame(t, "people", counted[0].People, slices.Concat(all(t, m.People.Therapy), all(t, m.People.Families)))
			wantSame(t, "groups", counted[0].Groups, all(t, m.Groups.Therapy))
			return true
		},
	}
}
