package instrument_test

import (
	"encoding/json"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/instrument"
)

// filled is a file of testdata/filled: forms of one version, each with its
// scores worked outside this program.
type filled struct {
	Instrument string       `json:"instrument"`
	Version    string       `json:"version"`
	Forms      []filledForm `json:"forms"`
}

// filledForm is one form: the answers as they stand on paper, null where there
// is none.
type filledForm struct {
	Name    string        `json:"name"`
	Answers []*float64    `json:"answers"`
	Scores  []filledScore `json:"scores"`
}

// filledScore is what one score of a form must be: a value made of so many
// items, or a reason for none.
type filledScore struct {
	ID       string   `json:"id"`
	Value    *float64 `json:"value"`
	Items    int      `json:"items"`
	Prorated bool     `json:"prorated"`
	Reason   string   `json:"reason"`
	Worked   string   `json:"worked"` // "7 + (8-3) = 12", or why there is none
}

// answers gives the form's answers to the scoring.
func (f filledForm) answers() instrument.Answers {
	return instrument.Answers{Value: func(n int) (float64, bool) {
		if a := f.Answers[n-1]; a != nil {
			return *a, true
		}
		return 0, false
	}}
}

// filledForms reads every file of testdata/filled, by the version it is of.
func filledForms(t *testing.T) map[instrument.Ref][]filledForm {
	t.Helper()
	names, err := filepath.Glob("testdata/filled/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %d files", err, len(names))
	}
	out := map[instrument.Ref][]filledForm{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var f filled
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[instrument.Ref{ID: f.Instrument, Version: f.Version}] = f.Forms
	}
	return out
}

// attestAll returns the registry of a practice that has laid every key from
// memory beside its own form.
func attestAll(t *testing.T, r *instrument.Registry) *instrument.Registry {
	t.Helper()
	var all []instrument.Attestation
	for _, d := range r.List() {
		if scores := d.Attestable(); len(scores) > 0 {
			a, err := d.Attest(scores, instrument.StatementCompared, "lead", time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
	}
	return r.WithAttestations(all...)
}

// TestEveryScoredInstrumentHasThreeFilledForms: whoever adds an instrument adds
// forms worked by hand with it.
func TestEveryScoredInstrumentHasThreeFilledForms(t *testing.T) {
	t.Parallel()
	forms := filledForms(t)
	var want, got []string
	for _, d := range load(t).List() {
		if _, unscored := d.Unscored(); !unscored {
			want = append(want, d.Ref.String())
		}
	}
	for ref, f := range forms {
		got = append(got, ref.String())
		if len(f) < 3 {
			t.Errorf("%s has %d filled forms", ref, len(f))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFilledForms scores every filled form as a practice does that has attested
// the keys from memory.
func TestFilledForms(t *testing.T) {
	t.Parallel()
	r := attestAll(t, load(t))
	for ref, forms := range filledForms(t) {
		t.Run(ref.String(), func(t *testing.T) {
			t.Parallel()
			d, ok := r.Lookup(ref)
			if !ok {
				t.Fatal("not registered")
			}
			for _, f := range forms {
				checkFilled(t, d, f)
			}
		})
	}
}

// checkFilled compares one form's scores with those worked by hand.
func checkFilled(t *testing.T, d *instrument.Definition, f filledForm) {
	t.Helper()
	if len(f.Answers) != len(d.Items) {
		t.Fatalf("%s: %d answers to %d items", f.Name, len(f.Answers), len(d.Items))
	}
	for i, a := range f.Answers {
		if a == nil {
			continue
		}
		if rule, _, ok := d.Items[i].Check(*a); !ok {
			t.Errorf("%s: the answer to item %d is none that it has: %s", f.Name, i+1, rule)
		}
	}
	got := d.Score(f.answers())
	if len(got) != len(f.Scores) {
		t.Fatalf("%s: %d scores, worked %d", f.Name, len(got), len(f.Scores))
	}
	for i, want := range f.Scores {
		have := got[i]
		switch {
		case have.ScoreID != want.ID:
			t.Errorf("%s: score %d is %s, worked %s", f.Name, i, have.ScoreID, want.ID)
		case (want.Value == nil) != (want.Reason != ""):
			t.Errorf("%s, %s: a value or a reason, not both", f.Name, want.ID)
		case want.Value == nil:
			if have.Value != nil || string(have.Reason) != want.Reason {
				t.Errorf("%s, %s: got %s, worked %s (%s)", f.Name, want.ID, show(have), want.Reason, want.Worked)
			}
		case have.Value == nil || !scalar.EqualWithinAbs(*have.Value, *want.Value, 1e-9) || have.NItems != want.Items || have.Prorated != want.Prorated:
			t.Errorf("%s, %s: got %s, worked %s", f.Name, want.ID, show(have), want.Worked)
		}
	}
}

// TestWorkedArithmeticIsRight: what is written beside a value in the test data
// does come to that value, by exact arithmetic.
func TestWorkedArithmeticIsRight(t *testing.T) {
	t.Parallel()
	worked := 0
	for ref, forms := range filledForms(t) {
		for _, f := range forms {
			for _, s := range f.Scores {
				if s.Value == nil {
					continue
				}
				left, right, ok := strings.Cut(s.Worked, " = ")
				if !ok {
					t.Fatalf("%s, %s, %s: nothing worked", ref, f.Name, s.ID)
				}
				tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, left)
				if err != nil {
					t.Fatalf("%s, %s, %s: %v", ref, f.Name, s.ID, err)
				}
				exact, _ := constant.Float64Val(constant.ToFloat(tv.Value))
				printed, err := strconv.ParseFloat(right, 64)
				if err != nil || !scalar.EqualWithinAbs(exact, printed, 1e-9) || !scalar.EqualWithinAbs(exact, *s.Value, 1e-9) {
					t.Errorf("%s, %s, %s: %s comes to %v (%v)", ref, f.Name, s.ID, s.Worked, exact, err)
				}
				worked++
			}
		}
	}
	if worked < 150 {
		t.Errorf("only %d values are worked", worked)
	}
}

// TestKeysFromMemoryMakeNoNumber: without the practice's word every score that
// rests on memory is refused on every filled form, and all others are not.
func TestKeysFromMemoryMakeNoNumber(t *testing.T) {
	t.Parallel()
	r, refused := load(t), map[string]int{}
	for ref, forms := range filledForms(t) {
		d, ok := r.Lookup(ref)
		if !ok {
			t.Fatalf("%s is not registered", ref)
		}
		unsure := d.Attestable()
		for _, f := range forms {
			for _, s := range d.Score(f.answers()) {
				if slices.Contains(unsure, s.ScoreID) != (s.Reason == instrument.ReasonKeyNotAttested) {
					t.Errorf("%s, %s, %s: %s", ref, f.Name, s.ScoreID, show(s))
				}
			}
		}
		if len(unsure) > 0 {
			refused[ref.String()] = len(unsure)
		}
	}
	want := map[string]int{
		"cors-carer@1": 1, "fad-gf@standalone": 1, "haq-ii@1": 1, "haq-ii-t@1": 1, "ors-collateral@1": 1, "score-15@1": 6,
		"softa-s-client@1": 4, "softa-s-therapist@1": 4, "wai-36-c@1": 4, "wai-36-o@1": 4, "wai-36-t@1": 4,
		"wai-s@1": 4, "wai-s-t@1": 4, "wai-srt@12": 4,
	}
	if diff := cmp.Diff(want, maps.Clone(refused)); diff != "" {
		t.Error(diff)
	}
}
