package instrument_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/instrument"
)

// TestScoresReachTheirRange: the best and the worst answers to a score's items
// give the ends that its definition names.
func TestScoresReachTheirRange(t *testing.T) {
	t.Parallel()
	for _, d := range attestAll(t, load(t)).List() {
		for _, s := range d.Scores {
			for _, end := range []struct {
				low  bool
				want float64
			}{{true, s.Min}, {false, s.Max}} {
				sheet := make([]float64, len(d.Items))
				for i, it := range d.Items {
					if sheet[i] = it.Max; end.low != it.Reverse {
						sheet[i] = it.Min
					}
				}
				got, _ := scoreOf(d, s.ID, sheet)
				if !scalar.EqualWithinAbs(got, end.want, 1e-9) {
					t.Errorf("%s, %s: %v, want %v", d.Ref, s.ID, got, end.want)
				}
			}
		}
	}
}

// scoreOf makes one score of a full sheet; ok is false where there is none.
func scoreOf(d *instrument.Definition, id string, sheet []float64) (value float64, ok bool) {
	for _, s := range d.Score(answers(sheet...)) {
		if s.ScoreID == id && s.Value != nil {
			return *s.Value, true
		}
	}
	return 0, false
}

// TestAnswersTurnedRoundTurnScoresRound: whoever takes every answer from the
// other end of its scale gets every score from the other end of its own. A
// score that misses an item, or has one twice, does not pass.
func TestAnswersTurnedRoundTurnScoresRound(t *testing.T) {
	t.Parallel()
	defs := attestAll(t, load(t)).List()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(defs).Draw(t, "version")
		sheet, turned := make([]float64, len(d.Items)), make([]float64, len(d.Items))
		for i, it := range d.Items {
			steps := int((it.Max-it.Min)/it.Step + 0.5)
			k := rapid.IntRange(0, steps).Draw(t, "answer")
			sheet[i] = it.Min + float64(k)*it.Step
			turned[i] = it.Min + float64(steps-k)*it.Step
		}
		for _, s := range d.Scores {
			got, ok := scoreOf(d, s.ID, sheet)
			other, okToo := scoreOf(d, s.ID, turned)
			if !ok || !okToo || !scalar.EqualWithinAbs(got+other, s.Min+s.Max, 1e-9) {
				t.Fatalf("%s, %s: %v and %v, range %v to %v", d.Ref, s.ID, got, other, s.Min, s.Max)
			}
		}
	})
}

// TestNoScoreMixesLevels: what comes with Holon never adds up items of two
// levels or two referents.
func TestNoScoreMixesLevels(t *testing.T) {
	t.Parallel()
	for _, d := range load(t).List() {
		for _, s := range d.Scores {
			for _, n := range s.Items {
				if it, _ := d.Item(n); it.Level != s.Level || it.Referent != s.Referent {
					t.Errorf("%s, %s: item %d is %s of %s", d.Ref, s.ID, n, it.Level, it.Referent)
				}
			}
		}
	}
}

// TestMemoryIsSaid: where a fact that numbers may rest on is from memory, some
// score of the version is refused for it, or none is made at all.
func TestMemoryIsSaid(t *testing.T) {
	t.Parallel()
	harmless := map[string][]string{ // facts from memory that no number rests on
		"gcq-s@1":       {"item 12 is often dropped"},
		"gsrs@1":        {"36 is used in practice as a cut-off; it is not preset"},
		"fad-gf@camide": {"the usual order has other reversed items; it is the version standalone"},
		// Published so, and checked since: rdrr.io, cliot, gad7_anxiety_screen; docs.rs, clincalc, gad7.
		"gad-7@1": {"seven items of 0 to 3, total 0 to 21"},
	}
	seen := map[string]bool{}
	for _, d := range load(t).List() {
		_, unscored := d.Unscored()
		for _, f := range d.Facts {
			about := func(prefix string) bool { return strings.HasPrefix(f.About, prefix) }
			switch {
			case f.Verified || about("licence") || about("cut-off"):
			case slices.Contains(harmless[d.Ref.String()], f.About):
				seen[d.Ref.String()] = true
			case !unscored && len(d.Attestable()) == 0:
				t.Errorf("%s makes numbers, and this is from memory: %s", d.Ref, f.About)
			}
		}
		for _, s := range d.Scores {
			if s.Key.Status != "" && (s.Key.About == "" || s.Key.Source == "") {
				t.Errorf("%s, %s: the key does not say what is from memory", d.Ref, s.ID)
			}
		}
	}
	if len(seen) != len(harmless) {
		t.Errorf("exceptions that are none: %v of %v", seen, slices.Sorted(maps.Keys(harmless)))
	}
}

// TestPublicCodes pins the terminology's codes, and that a code of an average
// never stands at a total.
func TestPublicCodes(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"core-10@1 total": "718583008", "core-10@1.printed total": "718583008", "phq-9@1 total": "720433000", "srs@3.0 total": "720482000",
		"csrs@1 total": "718762000", "gsrs@1 total": "718441000", "ors@1 total": "716613004", "cors@1 total": "718458005",
		"score-15@1 total": "718455008", "score-15@1 average": "720197006",
		"score-15@1 strengths_total": "720200007", "score-15@1 strengths_average": "718434006",
		"score-15@1 difficulties_total": "720196002", "score-15@1 difficulties_average": "718456009",
		"score-15@1 communication_total": "720594007", "score-15@1 communication_average": "721955008",
	}
	for _, d := range load(t).List() {
		for _, s := range d.Scores {
			place := d.Ref.String() + " " + s.ID
			for _, c := range s.Codes {
				if c.System != "http://snomed.info/sct" || c.Code != want[place] || !c.Verified || c.Source == "" {
					t.Errorf("%s: %+v", place, c)
				}
				if average := strings.HasSuffix(s.ID, "average"); average != (c.Of == instrument.CodeOfAverage) {
					t.Errorf("%s: a code of the %s", place, c.Of)
				}
				delete(want, place)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("no code: %v", want)
	}
}
