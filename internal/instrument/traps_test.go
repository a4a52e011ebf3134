package instrument_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
)

// sheetOf returns the scores of a version that comes with Holon, as a practice
// has them that attested the keys from memory: "score value n=items" or
// "score reason".
func sheetOf(t *testing.T, id, version string, values ...float64) map[string]string {
	t.Helper()
	d, ok := attestAll(t, load(t)).Lookup(instrument.Ref{ID: id, Version: version})
	if !ok {
		t.Fatalf("%s@%s does not come with Holon", id, version)
	}
	return shown(d.Score(answers(values...)))
}

// shown writes scores as lines, by their ids.
func shown(scores []instrument.ScoreValue) map[string]string {
	out := map[string]string{}
	for _, s := range scores {
		out[s.ScoreID] = show(s)
	}
	return out
}

// The tests below are the mistakes that scoring in the field has made, each with
// what is right.

// TestTrapWAISRWithTheKeysOfTheWAIS: both forms have twelve items; the version decides, and an
// answer that only the other form has is refused.
func TestTrapWAISRWithTheKeysOfTheWAIS(t *testing.T) {
	t.Parallel()
	sheet := []float64{1, 2, 3, 4, 5, 4, 3, 2, 1, 5, 4, 3}
	want := map[string]string{ // 1+2+5+3, 4+4+2+4, 3+5+3+1
		"task": "11.0000 n=4", "goal": "14.0000 n=4", "bond": "12.0000 n=4", "total": "37.0000 n=12",
	}
	if diff := cmp.Diff(want, sheetOf(t, "wai-sr", "1", sheet...)); diff != "" {
		t.Error("WAI-SR", diff)
	}
	want = map[string]string{ // 1+2+2+3, (8-4)+4+(8-5)+4, 3+5+3+1, all with items 4 and 10 reversed
		"task": "8.0000 n=4", "goal": "15.0000 n=4", "bond": "12.0000 n=4", "total": "35.0000 n=12",
	}
	if diff := cmp.Diff(want, sheetOf(t, "wai-s", "1", sheet...)); diff != "" {
		t.Error("WAI-S", diff)
	}
	revised := lookup(t, "wai-sr", "1")
	for _, answer := range []float64{6, 7} {
		for _, it := range revised.Items {
			if rule, _, ok := it.Check(answer); ok || rule != "out_of_range" {
				t.Errorf("item %d of the WAI-SR takes %v", it.Number, answer)
			}
		}
		for _, it := range lookup(t, "wai-s", "1").Items {
			if _, _, ok := it.Check(answer); !ok {
				t.Errorf("item %d of the WAI-S does not take %v", it.Number, answer)
			}
		}
		sheet[0] = answer
		if got := sheetOf(t, "wai-sr", "1", sheet...)["task"]; !strings.HasPrefix(got, "answer_out_of_range") {
			t.Errorf("a stored %v is scored: %s", answer, got)
		}
	}
}

// TestTrapSRSAtTheCutoff: the rule is "below 36", and there is none but the practice's.
func TestTrapSRSAtTheCutoff(t *testing.T) {
	t.Parallel()
	ref := instrument.Ref{ID: "srs", Version: "3.0"}
	r, err := instrument.Load(os.DirFS("testdata/site-good"))
	if err != nil {
		t.Fatal(err)
	}
	cutoffs, _ := r.Cutoffs(ref, "total")
	if len(cutoffs) != 1 || cutoffs[0].Value != 36 {
		t.Fatalf("the practice entered 36, got %v", cutoffs)
	}
	srs, _ := r.Lookup(ref)
	for line, alarm := range map[float64]bool{9.0: false, 8.9: true, 10: false} {
		got := srs.Score(answers(all(4, line)...))[0].Value
		if got == nil || cutoffs[0].Applies(*got) != alarm {
			t.Errorf("four times %v: %v, want alarm %v", line, got, alarm)
		}
	}
	for _, id := range []string{"srs", "csrs", "gsrs", "ors", "ors-collateral", "cors", "cors-carer"} {
		version := "1"
		if id == "srs" {
			version = "3.0"
		}
		preset, reason := load(t).Cutoffs(instrument.Ref{ID: id, Version: version}, "total")
		if len(preset) != 0 || !strings.Contains(reason, "comes with the practice's licence") {
			t.Errorf("%s has a cut-off of its own: %v %q", id, preset, reason)
		}
		if changes := lookup(t, id, version).Scores[0].Changes; len(changes) != 0 {
			t.Errorf("%s has a change value of its own: %v", id, changes)
		}
	}
}

// TestTrapSRSAndGSRSTheWrongWayRound: 40 is the best there is, whatever a national table says.
func TestTrapSRSAndGSRSTheWrongWayRound(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"srs@3.0", "csrs@1", "gsrs@1", "ors@1", "cors@1"} {
		name, version, _ := strings.Cut(id, "@")
		s, _ := lookup(t, name, version).ScoreRule("total")
		if s.Direction != instrument.HigherBetter || s.Min != 0 || s.Max != 40 {
			t.Errorf("%s: %s from %v to %v", id, s.Direction, s.Min, s.Max)
		}
		if got := sheetOf(t, name, version, all(4, 10)...)["total"]; got != "40.0000 n=4" {
			t.Errorf("%s: four tens are %s", id, got)
		}
	}
	for _, s := range lookup(t, "score-15", "1").Scores {
		if s.Direction != instrument.HigherWorse {
			t.Errorf("SCORE-15 %s: %s", s.ID, s.Direction)
		}
	}
}

// TestTrapSRSWithATotalOnly: a total is kept as it is; no line is made of it, and no score.
func TestTrapSRSWithATotalOnly(t *testing.T) {
	t.Parallel()
	a := answers(all(4, na)...)
	a.TotalOnly = true
	for _, id := range []string{"srs@3.0", "csrs@1", "gsrs@1", "ors@1", "cors@1"} {
		name, version, _ := strings.Cut(id, "@")
		for _, s := range lookup(t, name, version).Score(a) {
			if s.Value != nil || s.NItems != 0 || s.Reason != instrument.ReasonTotalOnly {
				t.Errorf("%s: %s", id, show(s))
			}
		}
	}
}

// TestTrapCORE10WithTwoMissing: prorated for one missing item and for no more.
func TestTrapCORE10WithTwoMissing(t *testing.T) {
	t.Parallel()
	want := map[string]string{"total": "too_many_missing: 2 of 10 missing, limit 1 n=8"}
	if diff := cmp.Diff(want, sheetOf(t, "core-10", "1", without(all(10, 1), 2, 7)...)); diff != "" {
		t.Error(diff)
	}
}

// TestTrapCORE10WithNothingAnswered: no division by zero.
func TestTrapCORE10WithNothingAnswered(t *testing.T) {
	t.Parallel()
	want := map[string]string{"total": "none_answered: None of the form's 10 items was answered. n=0"}
	if diff := cmp.Diff(want, sheetOf(t, "core-10", "1", all(10, na)...)); diff != "" {
		t.Error(diff)
	}
}

// TestTrapCORE10WithAllZero: a raw 0 on the reversed items 2 and 3 counts 4 each.
func TestTrapCORE10WithAllZero(t *testing.T) {
	t.Parallel()
	if got := sheetOf(t, "core-10", "1", all(10, 0)...)["total"]; got != "8.0000 n=10" {
		t.Errorf("got %s", got)
	}
}

// TestTrapGCQSWithFiveMissing: the whole form is void, scales without a missing item too.
func TestTrapGCQSWithFiveMissing(t *testing.T) {
	t.Parallel()
	const void = "form_invalid: 5 of 12 missing on the form, limit 4 n="
	want := map[string]string{"engaged": void + "0", "avoiding": void + "3", "conflict": void + "4"}
	if diff := cmp.Diff(want, sheetOf(t, "gcq-s", "1", without(all(12, 3), 1, 2, 4, 8, 11)...)); diff != "" {
		t.Error(diff)
	}
}

// TestTrapGCQSAvoidingFromOneItem: the publisher's rule gives a value; that it is of one item is
// said with it.
func TestTrapGCQSAvoidingFromOneItem(t *testing.T) {
	t.Parallel()
	want := map[string]string{"engaged": "3.0000 n=5", "avoiding": "5.0000 n=1 prorated", "conflict": "3.0000 n=4"}
	sheet := without(all(12, 3), 3, 5)
	sheet[8] = 5
	if diff := cmp.Diff(want, sheetOf(t, "gcq-s", "1", sheet...)); diff != "" {
		t.Error(diff)
	}
}

// subscales is a practice's own definition with the missing rule of the OQ-45:
// two subscales of made-up items, and their sum. The publisher's key is not
// here; the rule is.
const subscales = `{
  "schema": 1, "id": "own-subscales", "version": "1", "title": "Two subscales", "construct": "Made up for tests.", "language": "und",
  "licence": {"status": "commercial", "holder": "nobody", "wording_included": false},
  "facts": [{"about": "everything", "source": "made up for tests", "verified": false}],
  "items": [%ITEMS%],
  "scores": [
    {"id": "first", "title": "First", "level": "outcome", "items": [1, 3, 5, 7], "method": "sum_mean_rounded", "max_missing": 3, "direction": "higher_worse", "min": 0, "max": 16},
    {"id": "second", "title": "Second", "level": "outcome", "items": [2, 4, 6], "method": "sum_mean_rounded", "max_missing": 2, "direction": "higher_worse", "min": 0, "max": 12},
    {"id": "total", "title": "Total", "level": "outcome", "items": [1, 2, 3, 4, 5, 6, 7], "parts": ["first", "second"], "method": "sum_of_scores", "max_missing": 0, "direction": "higher_worse", "min": 0, "max": 28}
  ]
}`

// TestTrapOQ45RoundedBySubscale: a missing answer counts as the mean of its own
// subscale's answers, rounded to a whole number, before anything is added up.
func TestTrapOQ45RoundedBySubscale(t *testing.T) {
	t.Parallel()
	items := make([]string, 7)
	for i := range items {
		items[i] = `{"number": ` + strconv.Itoa(i+1) + `, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": 4, "step": 1}`
	}
	d, err := instrument.Parse([]byte(strings.Replace(subscales, "%ITEMS%", strings.Join(items, ", "), 1)))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		sheet []float64
		want  map[string]string
	}{
		"one missing in each": {[]float64{4, 1, 3, na, 4, 0, na}, map[string]string{
			"first":  "15.0000 n=3 prorated", // 4+3+4 and round(11/3)=4, where 11/3 itself would give 14.67
			"second": "2.0000 n=2 prorated",  // 1+0 and round(0.5)=1
			"total":  "17.0000 n=5 prorated", // over all five answers it would be 12+2·round(2.4)=16
		}},
		"a half is rounded away from zero": {[]float64{1, 0, 2, 0, na, 0, na}, map[string]string{
			"first": "7.0000 n=2 prorated", "second": "0.0000 n=3", "total": "7.0000 n=5 prorated", // 1+2 and twice round(1.5)=2
		}},
		"a subscale without an answer": {[]float64{1, na, 2, na, 3, na, 4}, map[string]string{
			"first":  "10.0000 n=4",
			"second": "none_answered: None of this score's 3 items was answered. n=0",
			"total":  "part_missing: A score it is the sum of has no value: second. n=4",
		}},
	} {
		if diff := cmp.Diff(tc.want, shown(d.Score(answers(tc.sheet...)))); diff != "" {
			t.Error(name, diff)
		}
	}
}

// TestTrapOQ45WithoutItsSubscales: which items the subscales of the OQ-45 have is not known
// here, so that rule cannot be followed, and no other is put in its place.
func TestTrapOQ45WithoutItsSubscales(t *testing.T) {
	t.Parallel()
	d := lookup(t, "oq-45", "2")
	if got := sheetOf(t, "oq-45", "2", without(all(45, 2), 17)...)["total"]; got != "too_many_missing: 1 of 45 missing, limit 0 n=44" {
		t.Errorf("got %s", got)
	}
	if got := sheetOf(t, "oq-45", "2", all(45, 0)...)["total"]; got != "36.0000 n=45" { // nine reversed items, 4 each
		t.Errorf("got %s", got)
	}
	if d.WithoutKeys == nil || len(d.WithoutKeys.Scores) != 3 {
		t.Errorf("the three subscales that cannot be made are not named: %+v", d.WithoutKeys)
	}
}

// TestTrapCORE10PrintedNumbers: so it is with items 2 and 3 of the CORE-10, whose score is then the
// plain sum.
func TestTrapCORE10PrintedNumbers(t *testing.T) {
	t.Parallel()
	counted := []float64{1, 3, 3, 1, 1, 0, 1, 1, 1, 1} // support and coping often, the rest seldom
	printed := []float64{1, 1, 1, 1, 1, 0, 1, 1, 1, 1}
	for version, sheet := range map[string][]float64{"1": counted, "1.printed": printed} {
		if got := sheetOf(t, "core-10", version, sheet...)["total"]; got != "9.0000 n=10" {
			t.Errorf("%s: got %s", version, got)
		}
	}
	if got := sheetOf(t, "core-10", "1", printed...)["total"]; got != "13.0000 n=10" { // over the cut-off of 11
		t.Errorf("turned twice: got %s", got)
	}
}

// TestTrapOQ45PrintedNumbers: the form prints the numbers of nine items turned round already. The
// same ticks make the same total in the version that takes them as printed, and reversed once more
// they make another one.
func TestTrapOQ45PrintedNumbers(t *testing.T) {
	t.Parallel()
	counted := all(45, 1) // rarely, everywhere
	printed := slices.Clone(counted)
	for _, n := range []int{1, 12, 13, 20, 21, 24, 31, 37, 43} {
		printed[n-1] = 3
	}
	const want = "63.0000 n=45" // 36 ones and 9 threes
	if got := sheetOf(t, "oq-45", "2", counted...)["total"]; got != want {
		t.Errorf("counted: got %s", got)
	}
	if got := sheetOf(t, "oq-45", "2.printed", printed...)["total"]; got != want {
		t.Errorf("as printed: got %s", got)
	}
	if got := sheetOf(t, "oq-45", "2", printed...)["total"]; got != "45.0000 n=45" {
		t.Errorf("turned twice: got %s", got)
	}
}

// TestTrapSCORE15WithoutReversal: adding all answers up as they stand gives another number.
func TestTrapSCORE15WithoutReversal(t *testing.T) {
	t.Parallel()
	d, _ := attestAll(t, load(t)).Lookup(instrument.Ref{ID: "score-15", Version: "1"})
	// A family at its best: every strength describes it very well (1), no problem does (5).
	best := all(15, 5)
	for _, n := range []int{1, 3, 6, 10, 15} {
		best[n-1] = 1
	}
	got := shown(d.Score(answers(best...)))
	if got["total"] != "15.0000 n=15" || got["average"] != "1.0000 n=15" || got["difficulties_total"] != "5.0000 n=5" {
		t.Errorf("a family at its best: %v", got)
	}
	plain := 0.0
	for _, a := range best {
		plain += a
	}
	if plain != 55 {
		t.Fatalf("the plain sum is %v", plain)
	}
	for _, n := range []int{2, 4, 5, 7, 8, 9, 11, 12, 13, 14} {
		if it, _ := d.Item(n); !it.Reverse {
			t.Errorf("item %d is not reversed", n)
		}
	}
}

// TestTrapFADGFInAnotherOrder: the twelve items are printed in two orders; each is a version with
// a key of its own, and neither stands for the other.
func TestTrapFADGFInAnotherOrder(t *testing.T) {
	t.Parallel()
	sheet := []float64{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}
	// 4+2+2+4+4+2+2+4+4+2+2+4 = 36 with items 1 3 5 7 9 11 reversed
	if got := sheetOf(t, "fad-gf", "standalone", sheet...)["mean"]; got != "3.0000 n=12" {
		t.Errorf("standalone: %s", got)
	}
	// 1+2+2+4+4+3+3+1+4+2+2+4 = 32 with items 3 5 6 8 9 11 reversed
	if got := sheetOf(t, "fad-gf", "camide", sheet...)["mean"]; got != "2.6667 n=12" {
		t.Errorf("camide: %s", got)
	}
	if _, ok := load(t).Lookup(instrument.Ref{ID: "fad-gf", Version: "1"}); ok {
		t.Error("there is a version that does not say its order")
	}
}

// TestTrapNegativeScalesInCohesion: conflict, avoidance and negative relationship are never
// part of a number that is called cohesion, and higher is worse.
func TestTrapNegativeScalesInCohesion(t *testing.T) {
	t.Parallel()
	for _, s := range lookup(t, "gcq-s", "1").Scores {
		negative := s.ID == "conflict" || s.ID == "avoiding"
		if negative != (s.Direction == instrument.HigherWorse) || len(s.Items) > 5 {
			t.Errorf("GCQ-S %s: %s of %d items", s.ID, s.Direction, len(s.Items))
		}
	}
	gq := lookup(t, "gq-30", "1")
	if _, unscored := gq.Unscored(); !unscored {
		t.Error("the GQ is scored without a key")
	}
	for _, d := range load(t).List() {
		for _, s := range d.Scores {
			if s.Level != instrument.Cohesion && s.Level != instrument.MemberGroup {
				continue
			}
			for _, n := range s.Items {
				for _, other := range d.Scores {
					if s.Direction != other.Direction && slices.Contains(other.Items, n) {
						t.Errorf("%s: item %d counts for better in %s and for worse in %s", d.Ref, n, s.ID, other.ID)
					}
				}
			}
		}
	}
}

// TestTrapGSRSTakenForCohesionOrAlliance: every line of the GSRS speaks of leader and group at once.
func TestTrapGSRSTakenForCohesionOrAlliance(t *testing.T) {
	t.Parallel()
	d := lookup(t, "gsrs", "1")
	if d.Mixed == "" {
		t.Error("nothing says that its lines are mixed")
	}
	if diff := cmp.Diff([]instrument.Level{instrument.MemberGroup}, d.Levels()); diff != "" {
		t.Error(diff)
	}
}

// TestTrapSOFTAsAddedUpOverItsLevels: a total over sixteen items would add up an alliance, a
// member's own safety and the family's purpose.
func TestTrapSOFTAsAddedUpOverItsLevels(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"softa-s-client", "softa-s-therapist"} {
		d := lookup(t, id, "1")
		if _, ok := d.ScoreRule("total"); ok || len(d.Scores) != 4 {
			t.Errorf("%s has %d scores", id, len(d.Scores))
		}
		for _, s := range d.Scores {
			if len(s.Items) != 4 {
				t.Errorf("%s, %s: %d items", id, s.ID, len(s.Items))
			}
		}
	}
}

// TestTrapKeysGuessedWhereNoneAreKnown: where no source gives the items of a scale, no number is
// made, the scales are named, and a reason is given.
func TestTrapKeysGuessedWhereNoneAreKnown(t *testing.T) {
	t.Parallel()
	unscored := map[string]bool{}
	for _, d := range load(t).List() {
		reason, none := d.Unscored()
		if !none {
			continue
		}
		unscored[d.Ref.String()] = true
		if reason == "" || d.WithoutKeys == nil || len(d.WithoutKeys.Scores) == 0 {
			t.Errorf("%s does not say what it cannot make, and why", d.Ref)
		}
		if got := d.Score(answers(all(len(d.Items), d.Items[0].Max)...)); len(got) != 0 {
			t.Errorf("%s makes %v", d.Ref, got)
		}
	}
	want := map[string]bool{
		"calpas-g@1": true, "calpas-p@1": true, "ctas-r@1": true, "ftas-r@1": true, "gcs@1": true, "gq-30@1": true,
		"rupture-resolution-3rs@1": true, "tfi-19@1": true, "tfi-8@1": true, "tfi-s@1": true, "vtas-r@1": true, "wai-srt@10": true,
	}
	if diff := cmp.Diff(want, unscored); diff != "" {
		t.Error(diff)
	}
}
