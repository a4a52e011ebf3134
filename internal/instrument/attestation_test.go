package instrument_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"holon/internal/instrument"
)

// keysFile is a form of four items whose halves rest on keys of these statuses
// and whose whole is their sum.
func keysFile(first, second string) []byte {
	key := func(status string) string {
		if status == "" {
			return ""
		}
		return `, "key": {"status": "` + status + `", "about": "which items", "source": "from memory"}`
	}
	return []byte(`{"schema": 1, "id": "halves", "version": "1", "title": "Halves", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [` + strings.Join([]string{halfItem("1"), halfItem("2"), halfItem("3"), halfItem("4")}, ",") + `],
  "scores": [
    {"id": "first", "title": "First", "level": "outcome", "items": [1, 2], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 6` + key(first) + `},
    {"id": "second", "title": "Second", "level": "outcome", "items": [3, 4], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 6` + key(second) + `},
    {"id": "whole", "title": "Whole", "level": "outcome", "items": [1, 2, 3, 4], "parts": ["first", "second"], "method": "sum_of_scores", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 12}
  ]}`)
}

// halfItem is one of its items.
func halfItem(n string) string {
	return `{"number": ` + n + `, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": 3, "step": 1}`
}

// halves is the version that keysFile gives, with the registry that has it.
func halves(t *testing.T, first, second string) (*instrument.Registry, *instrument.Definition) {
	t.Helper()
	r, err := instrument.Load(fstest.MapFS{"halves.json": {Data: keysFile(first, second)}})
	if err != nil {
		t.Fatal(err)
	}
	d, _ := r.Lookup(instrument.Ref{ID: "halves", Version: "1"})
	return r, d
}

// today is when the tests attest.
var today = time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)

// threes answers every item with 3.
func threes(int) (float64, bool) { return 3, true }

// scored returns the scores' values of a full form; -1 where a key stands in
// the way, and fails at any other reason.
func scored(t *testing.T, d *instrument.Definition) []float64 {
	t.Helper()
	var out []float64
	for _, s := range d.Score(instrument.Answers{Value: threes}) {
		switch {
		case s.Value != nil:
			out = append(out, *s.Value)
		case s.Reason == instrument.ReasonKeyNotAttested && strings.Contains(s.Detail, "own form"):
			out = append(out, -1)
		default:
			t.Fatalf("%s: %s %s", s.ScoreID, s.Reason, s.Detail)
		}
	}
	return out
}

// attest makes an attestation that must be in order.
func attest(t *testing.T, d *instrument.Definition, statement string, minute int, scores ...string) instrument.Attestation {
	t.Helper()
	a, err := d.Attest(scores, statement, "operator", today.Add(time.Duration(minute)*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAScoreWaitsForItsKeyAndASumForThoseOfItsParts(t *testing.T) {
	t.Parallel()
	r, d := halves(t, "unattested", "")
	if got := scored(t, d); !slices.Equal(got, []float64{-1, 6, -1}) {
		t.Errorf("before: %v", got)
	}
	one := attest(t, d, instrument.StatementCompared, 1, "first")
	with := r.WithAttestations(one)
	after, _ := with.Lookup(d.Ref)
	if got := scored(t, after); !slices.Equal(got, []float64{6, 6, 12}) {
		t.Errorf("attested: %v", got)
	}
	for id, want := range map[string]instrument.KeyStatus{"first": instrument.KeyAttested, "second": instrument.KeyVerified, "whole": instrument.KeyAttested, "none": instrument.KeyUnattested} {
		state := after.KeyOf(id)
		if state.Status != want || (want == instrument.KeyAttested) != (state.Attestation != nil) {
			t.Errorf("%s: %+v", id, state)
		}
	}
	if a := after.KeyOf("whole").Attestation; a.By != "operator" || !a.At.Equal(one.At) {
		t.Errorf("who and when: %+v", a)
	}
	if after.SHA256 != d.SHA256 || string(after.Canonical()) != string(d.Canonical()) {
		t.Error("an attestation changed the definition's content")
	}
	if got := scored(t, d); !slices.Equal(got, []float64{-1, 6, -1}) {
		t.Errorf("the registry before it was changed: %v", got)
	}
	withdrawn, _ := with.WithAttestations(one, attest(t, after, instrument.StatementWithdrawn, 2, "first")).Lookup(d.Ref)
	if got := scored(t, withdrawn); !slices.Equal(got, []float64{-1, 6, -1}) {
		t.Errorf("withdrawn: %v", got)
	}
}

func TestASumShowsTheLatestAttestationOfItsParts(t *testing.T) {
	t.Parallel()
	r, d := halves(t, "unattested", "unattested")
	first, second := attest(t, d, instrument.StatementCompared, 9, "first"), attest(t, d, instrument.StatementCompared, 5, "second")
	only, _ := r.WithAttestations(first).Lookup(d.Ref)
	if got := scored(t, only); !slices.Equal(got, []float64{6, -1, -1}) {
		t.Errorf("one of two: %v", got)
	}
	both, _ := r.WithAttestations(first, second).Lookup(d.Ref)
	if state := both.KeyOf("whole"); state.Status != instrument.KeyAttested || !state.Attestation.At.Equal(first.At) {
		t.Errorf("got %+v", state)
	}
}

// TestAnAttestationIsOfOneContent: what was compared is the content of then.
func TestAnAttestationIsOfOneContent(t *testing.T) {
	t.Parallel()
	_, before := halves(t, "unattested", "")
	r, now := halves(t, "unattested", "unattested")
	view, _ := r.WithAttestations(attest(t, before, instrument.StatementCompared, 1, "first")).Lookup(now.Ref)
	if state := view.KeyOf("first"); state.Status != instrument.KeyUnattested {
		t.Errorf("an attestation of another content holds: %+v", state)
	}
}

func TestAttestationsThatCannotBe(t *testing.T) {
	t.Parallel()
	_, d := halves(t, "unattested", "verified")
	_, err := d.Attest([]string{"first", "second", "whole", "none", "first"}, "looks_fine", "operator", today)
	want := []string{"/statement unknown_statement", "/scores/1 key_not_from_memory", "/scores/2 key_not_from_memory", "/scores/3 no_such_score", "/scores/4 repeated"}
	if got := places(t, err); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if _, err := d.Attest(nil, instrument.StatementCompared, "operator", today); !slices.Equal(places(t, err), []string{"/scores required"}) {
		t.Errorf("got %v", err)
	}
	if _, err := d.Attest([]string{"first"}, instrument.StatementWithdrawn, "operator", today); !slices.Equal(places(t, err), []string{"/scores/0 not_attested"}) {
		t.Errorf("got %v", err)
	}
	unscored, err := instrument.Parse(read(t, "testdata/unscored.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unscored.Attest([]string{"total"}, instrument.StatementCompared, "operator", today); !strings.Contains(detail(err), unscored.WithoutKeys.Reason) {
		t.Errorf("a form without keys: %v", err)
	}
}

// TestOfManyAttestationsTheLastAboutAScoreStands: whatever is attested and
// withdrawn in whatever order, a score has a value exactly if the last word
// about it, and about all its parts, is that its key was compared.
func TestOfManyAttestationsTheLastAboutAScoreStands(t *testing.T) {
	t.Parallel()
	r, d := halves(t, "unattested", "unattested")
	rapid.Check(t, func(rt *rapid.T) {
		last := map[string]bool{}
		var all []instrument.Attestation
		for range rapid.IntRange(0, 8).Draw(rt, "n") {
			a := instrument.Attestation{Ref: d.Ref, SHA256: d.SHA256, Statement: instrument.StatementCompared}
			a.Scores = rapid.SampledFrom([][]string{{"first"}, {"second"}, {"first", "second"}, {"whole"}}).Draw(rt, "scores")
			if rapid.Bool().Draw(rt, "withdrawn") {
				a.Statement = instrument.StatementWithdrawn
			}
			foreign := rapid.IntRange(0, 3).Draw(rt, "foreign") == 0
			if foreign {
				a.SHA256 = "another"
			}
			all = append(all, a)
			for _, id := range a.Scores {
				if !foreign {
					last[id] = a.Statement == instrument.StatementCompared
				}
			}
		}
		view, _ := r.WithAttestations(all...).Lookup(d.Ref)
		want := map[string]bool{"first": last["first"], "second": last["second"], "whole": last["first"] && last["second"]}
		for _, s := range view.Score(instrument.Answers{Value: threes}) {
			if (s.Value != nil) != want[s.ScoreID] {
				rt.Fatalf("%s after %v: %+v", s.ScoreID, all, s)
			}
		}
	})
}

// TestAStoredKeyOfALaterVersionIsNotTrusted: a status that is not known makes no
// numbers.
func TestAStoredKeyOfALaterVersionIsNotTrusted(t *testing.T) {
	t.Parallel()
	_, d := halves(t, "verified", "")
	later := strings.Replace(string(d.Canonical()), `"status":"verified"`, `"status":"rumoured"`, 1)
	if !json.Valid([]byte(later)) {
		t.Fatal("the copy is broken")
	}
	restored, err := instrument.Restore([]byte(later))
	if err != nil {
		t.Fatal(err)
	}
	if got := scored(t, restored); !slices.Equal(got, []float64{-1, 6, -1}) {
		t.Errorf("got %v", got)
	}
}
