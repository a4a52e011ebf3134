package study_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// listed are contributions of people of therapy groups by what each brought in.
func listed(digests map[uint64]uint64) []study.Contribution {
	var out []study.Contribution
	for who, digest := range digests {
		if digest != 0 {
			out = append(out, study.Contribution{Of: who, Digest: digest})
		}
	}
	slices.SortFunc(out, func(a, b study.Contribution) int { return int(a.Of) - int(b.Of) })
	return out
}

// release is a release of one or two measures, by what people brought in.
func release(measures ...map[uint64]uint64) *study.Contributions {
	out := &study.Contributions{}
	for i, m := range measures {
		out.Measures = append(out.Measures, study.MeasureContributions{Measure: fmt.Sprint("measure-", i), People: listed(m)})
	}
	return out
}

// refusal tells whether a release is refused, and fails of any other fault.
func refusal(t *testing.T, next *study.Contributions, earlier ...*study.Contributions) bool {
	t.Helper()
	var before []*study.Standing
	for _, e := range earlier {
		before = append(before, e.Standing())
	}
	return refused(t, next.Standing(), before...)
}

// refused is refusal of lists.
func refused(t *testing.T, next *study.Standing, earlier ...*study.Standing) bool {
	t.Helper()
	err := study.CheckRelease(t.Context(), next, earlier, study.DefaultThreshold)
	if err != nil && (fault.RuleOf(err) != "differs_by_few" || !fault.Is(err, fault.Conflict)) {
		t.Fatal(err)
	}
	return err != nil
}

// without is what stands behind a release without what would tell beside an earlier one.
func without(t *testing.T, next, earlier *study.Contributions) *study.Standing {
	t.Helper()
	out, err := study.WithoutTelling(t.Context(), next.Standing(), []*study.Standing{earlier.Standing()}, study.DefaultThreshold)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTwoMeasuresAreComparedInThoseWhoHaveBoth(t *testing.T) {
	t.Parallel()
	x, later, y := map[uint64]uint64{}, map[uint64]uint64{}, map[uint64]uint64{}
	rng := rand.New(rand.NewPCG(1, 2))
	for who := uint64(1); who <= 60; who++ {
		x[who] = rng.Uint64N(1 << 60)
		later[who] = x[who]
		if who <= 20 {
			later[who]++
		}
		if who > 15 { // five of those whose x differs
			y[who] = rng.Uint64N(1 << 60)
		}
	}
	if refusal(t, release(later), release(x)) {
		t.Error("twenty people differ in x, and nothing else is there")
	}
	if !refusal(t, release(later, y), release(x, y)) {
		t.Error("five people differ in what goes together of x and y")
	}
}

func TestPartsAndTheirWholeLeaveNoCorrection(t *testing.T) {
	t.Parallel()
	early, late, all := map[uint64]uint64{}, map[uint64]uint64{}, map[uint64]uint64{}
	rng := rand.New(rand.NewPCG(1, 3))
	for who := uint64(1); who <= 100; who++ {
		early[who], late[who] = rng.Uint64N(1<<59), rng.Uint64N(1<<59)
		all[who] = early[who] + late[who]
	}
	if refusal(t, release(all), release(early), release(late)) {
		t.Error("two parts and their whole tell nothing new")
	}
	for corrected := uint64(1); corrected <= 12; corrected++ {
		all[corrected]++
		if got, want := refusal(t, release(all), release(early), release(late)), corrected < study.DefaultThreshold; got != want {
			t.Errorf("%d corrected: refused %v", corrected, got)
		}
		if refusal(t, release(all), release(early)) || refusal(t, release(all), release(late)) {
			t.Errorf("%d corrected: two of them are of all people", corrected)
		}
	}
}

// What is a person's as a whole, such as a slope, is not the sum of its parts: where
// nearly everybody has rows of one part only, the few who have both are left over.
func TestWhoIsInBothPartsIsNotLeftOver(t *testing.T) {
	t.Parallel()
	for both := range 14 {
		early, late, all := map[uint64]uint64{}, map[uint64]uint64{}, map[uint64]uint64{}
		rng := rand.New(rand.NewPCG(1, 4))
		for who := uint64(1); who <= 100; who++ {
			if who <= 50 {
				early[who] = rng.Uint64N(1 << 59)
			}
			if who > uint64(50-both) {
				late[who] = rng.Uint64N(1 << 59)
			}
			all[who] = early[who] + late[who]
		}
		if got, want := refusal(t, release(all), release(early), release(late)), both > 0 && both < study.DefaultThreshold; got != want {
			t.Errorf("%d in both parts: refused %v", both, got)
		}
	}
}

func TestTheVeryReleaseFromBeforeIsNeverRefused(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		w, all, _ := releases(t, seed, 6)
		var earlier []*study.Standing
		for _, c := range all {
			if study.CheckRelease(t.Context(), c.behind, earlier, w.study.Threshold) == nil {
				earlier = append(earlier, c.behind)
			}
		}
		for i, c := range earlier {
			if err := study.CheckRelease(t.Context(), c, earlier, w.study.Threshold); err != nil {
				t.Errorf("study %d: release %d of %d: %v", seed, i, len(earlier), err)
			}
		}
	}
}

func TestARatingIsOfWhoGaveItAndOfWhomItIsAbout(t *testing.T) {
	t.Parallel()
	bond, guess := own("holon-bond-1", instrument.RaterMember), own("holon-alliance-1", instrument.RaterTherapist)
	c := study.NewCounting([]session.Measure{bond, guess}, definition)
	w := &world{rng: rand.New(rand.NewPCG(1, 5))}
	c.Add(&session.Session{
		ID: "s-1", GroupID: "g-1", GroupKind: session.KindFamily, HeldOn: "2000-01-03",
		Ratings: session.Ratings{
			Bonds:     []session.BondRating{{Rating: w.rating("holon-bond-1", session.Rater{Kind: instrument.RaterMember, ID: "m-1"}), From: "m-1", To: "m-2"}},
			Alliances: []session.AllianceRating{{Rating: w.rating("holon-alliance-1", session.Rater{Kind: instrument.RaterTherapist, ID: "t-1"}), TherapistID: "t-1", MemberID: "m-3"}},
		},
	})
	got := map[string]int{}
	for _, m := range c.Contributions().Measures {
		got[m.Measure] = len(m.People)
		for _, p := range slices.Concat(m.People, m.Groups) {
			if !p.Family() {
				t.Errorf("%s: of a therapy group", m.Measure)
			}
		}
	}
	if got[study.MeasureName(bond)] != 2 || got[study.MeasureName(guess)] != 1 {
		t.Errorf("%v people stand behind a bond and a therapist's guess", got)
	}
}

// manyReleases are twenty of a study of 8,000 people and four measures, the third of
// which is the sum of the first two.
func manyReleases() []*study.Contributions {
	const measures, people, size = 4, 8000, 1<<61 - 1
	rng := rand.New(rand.NewPCG(1, 6))
	var out []*study.Contributions
	for n := range 20 {
		lists := make([]map[uint64]uint64, measures)
		for m := range lists {
			lists[m] = map[uint64]uint64{}
			for who := uint64(1); who <= people; who++ {
				lists[m][who] = rng.Uint64N(size)
				if n == 2 {
					lists[m][who] = (out[0].Measures[m].People[who-1].Digest + out[1].Measures[m].People[who-1].Digest) % size
				}
			}
		}
		out = append(out, release(lists...))
	}
	return out
}

func TestManyReleasesOfEverybodyTellOfNobody(t *testing.T) {
	t.Parallel()
	all := manyReleases()
	if refusal(t, all[19], all[:19]...) {
		t.Error("refused: all of them are of everybody")
	}
	all[2].Measures[1].People[77].Digest++
	if !refusal(t, all[2], all[:2]...) {
		t.Error("one person's rows are no sum of the first two")
	}
}

// BenchmarkCheckRelease compares a release with nineteen.
func BenchmarkCheckRelease(b *testing.B) {
	all := manyReleases()
	var standing []*study.Standing
	for _, c := range all {
		standing = append(standing, c.Standing())
	}
	for b.Loop() {
		if err := study.CheckRelease(b.Context(), standing[19], standing[:19], study.DefaultThreshold); err != nil {
			b.Fatal(err)
		}
	}
}

// TestWhatIsMissingStaysUnsaidWhereItTells of few, and is said where it tells of many or
// of nobody; what was answered is refused all the same.
func TestWhatIsMissingStaysUnsaidWhereItTells(t *testing.T) {
	t.Parallel()
	const name = "wai-sr@1/total/member"
	of := func(values, absent map[uint64]uint64) *study.Contributions {
		return &study.Contributions{Measures: []study.MeasureContributions{
			{Measure: name, People: listed(values)}, {Measure: name + " missing", People: listed(absent)},
		}}
	}
	many := func(from, to, digest uint64) map[uint64]uint64 {
		out := map[uint64]uint64{}
		for who := from; who <= to; who++ {
			out[who] = digest
		}
		return out
	}
	earlier := of(many(1, 60, 5), many(1, 20, 7))
	for what, c := range map[string]struct {
		next          *study.Contributions
		says, refused bool
	}{
		"the same":                     {of(many(1, 60, 5), many(1, 20, 7)), true, false},
		"three more are missing":       {of(many(1, 60, 5), many(1, 23, 7)), false, false},
		"twenty more are missing":      {of(many(1, 60, 5), many(1, 40, 7)), true, false},
		"three more answered":          {of(many(1, 63, 5), many(1, 20, 7)), true, true},
		"three of those missing do so": {of(many(1, 63, 5), many(4, 20, 7)), false, true},
	} {
		behind := without(t, c.next, earlier)
		if got := behind.SaysMissing(name); got != c.says {
			t.Errorf("%s: says what is missing: %t", what, got)
		}
		if got := refused(t, behind, earlier.Standing()); got != c.refused {
			t.Errorf("%s: refused: %t", what, got)
		}
	}
}
