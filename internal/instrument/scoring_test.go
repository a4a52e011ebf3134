package instrument_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/instrument"
)

// na stands for an item without an answer in the tables below.
const na = -99

// answers gives the items' values in form order.
func answers(values ...float64) instrument.Answers {
	return instrument.Answers{Value: func(n int) (float64, bool) { return values[n-1], values[n-1] != na }}
}

// all repeats one answer.
func all(n int, x float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}

// without copies values, items of these numbers left out.
func without(values []float64, items ...int) []float64 {
	out := append([]float64(nil), values...)
	for _, n := range items {
		out[n-1] = na
	}
	return out
}

// show writes a score as a line: value or reason, items used, prorated.
func show(s instrument.ScoreValue) string {
	if s.Value == nil {
		return fmt.Sprintf("%s: %s n=%d", s.Reason, s.Detail, s.NItems)
	}
	mark := ""
	if s.Prorated {
		mark = " prorated"
	}
	return fmt.Sprintf("%.4f n=%d%s", *s.Value, s.NItems, mark)
}

// oneToTwelve gives item n the answer n modulo 7, so that a wrong key shows.
func oneToTwelve() []float64 {
	return []float64{1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5}
}

// TestGoldenScores has sums made by hand from the keys printed in the sources
// named in the data files.
func TestGoldenScores(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id, version string
		values      []float64
		want        map[string]string
	}{
		"WAI-SR, an answer sheet that tells the keys of the two 12-item forms apart": {
			"wai-sr", "1", []float64{1, 2, 3, 4, 5, 4, 3, 2, 1, 5, 4, 3}, map[string]string{
				"task":  "11.0000 n=4", // 1+2+5+3; by the older form's key 1 2 8 12 it would be 8
				"goal":  "14.0000 n=4", // 4+4+2+4; by the older form's key 4 6 10 11 it would be 17
				"bond":  "12.0000 n=4", // 3+5+3+1
				"total": "37.0000 n=12",
			},
		},
		"WAI-SR, one missing": {
			"wai-sr", "1", without(all(12, 4), 12), map[string]string{
				"task": "too_many_missing: 1 of 4 missing, limit 0 n=3", "goal": "16.0000 n=4", "bond": "16.0000 n=4",
				"total": "too_many_missing: 1 of 12 missing, limit 0 n=11",
			},
		},
		"SRS, four times 9.0":                 {"srs", "3.0", all(4, 9.0), map[string]string{"total": "36.0000 n=4"}},
		"SRS, the best is 40":                 {"srs", "3.0", all(4, 10), map[string]string{"total": "40.0000 n=4"}},
		"SRS, a line missing":                 {"srs", "3.0", without(all(4, 9), 2), map[string]string{"total": "too_many_missing: 1 of 4 missing, limit 0 n=3"}},
		"CORE-10, all nought on a keyed form": {"core-10", "1", all(10, 0), map[string]string{"total": "8.0000 n=10"}},
		"CORE-10, all four": {
			"core-10", "1", all(10, 4), map[string]string{"total": "32.0000 n=10"}, // 8 items of 4, 2 of 0
		},
		"CORE-10, one missing": {
			"core-10", "1", without(all(10, 1), 1), map[string]string{"total": "14.4444 n=9 prorated"}, // 7 of 1, 2 of 3: 13/9×10
		},
		"CORE-10, two missing": {"core-10", "1", without(all(10, 1), 1, 6), map[string]string{"total": "too_many_missing: 2 of 10 missing, limit 1 n=8"}},
		"CORE-10, nothing":     {"core-10", "1", all(10, na), map[string]string{"total": "none_answered: None of the form's 10 items was answered. n=0"}},
		"GCQ-S, everything": {
			"gcq-s", "1", oneToTwelve(), map[string]string{
				"engaged":  "2.4000 n=5", // (1+2+4+1+4)/5
				"avoiding": "3.3333 n=3", // (3+5+2)/3
				"conflict": "3.5000 n=4", // (6+0+3+5)/4
			},
		},
		"GCQ-S, four missing": {
			"gcq-s", "1", without(oneToTwelve(), 1, 2, 6, 7), map[string]string{
				"engaged": "3.0000 n=3 prorated", "avoiding": "3.3333 n=3", "conflict": "4.0000 n=2 prorated",
			},
		},
		"GCQ-S, five missing": {
			"gcq-s", "1", without(oneToTwelve(), 1, 2, 4, 8, 6), map[string]string{
				"engaged":  "form_invalid: 5 of 12 missing on the form, limit 4 n=1",
				"avoiding": "form_invalid: 5 of 12 missing on the form, limit 4 n=3",
				"conflict": "form_invalid: 5 of 12 missing on the form, limit 4 n=3",
			},
		},
		"GCQ-S, one of three for avoiding": {
			"gcq-s", "1", without(oneToTwelve(), 3, 5), map[string]string{
				"engaged": "2.4000 n=5", "avoiding": "2.0000 n=1 prorated", "conflict": "3.5000 n=4",
			},
		},
		"GCQ-S, none of three for avoiding": {
			"gcq-s", "1", without(oneToTwelve(), 3, 5, 9), map[string]string{
				"engaged": "2.4000 n=5", "avoiding": "none_answered: None of this score's 3 items was answered. n=0", "conflict": "3.5000 n=4",
			},
		},
		"PHQ-9, the most":     {"phq-9", "1", all(9, 3), map[string]string{"total": "27.0000 n=9"}},
		"GAD-7, the most":     {"gad-7", "1", all(7, 3), map[string]string{"total": "21.0000 n=7"}},
		"our own rating":      {"holon-purpose-1", "1", []float64{7}, map[string]string{"rating": "7.0000 n=1"}},
		"a stored impossible": {"phq-9", "1", []float64{3, 3, 3, 3, 3, 3, 3, 3, 8}, map[string]string{"total": "answer_out_of_range: A stored answer is not one that the item has; correct the form. n=9"}},
		"a stored half": {"wai-sr", "1", []float64{3, 3, 3.5, 3, 3, 3, 3, 3, 3, 3, 3, 3}, map[string]string{
			"task": "12.0000 n=4", "goal": "12.0000 n=4",
			"bond":  "answer_out_of_range: A stored answer is not one that the item has; correct the form. n=4",
			"total": "answer_out_of_range: A stored answer is not one that the item has; correct the form. n=12",
		}},
		"a stored NaN": {"srs", "3.0", []float64{9, 9, math.NaN(), 9}, map[string]string{"total": "answer_out_of_range: A stored answer is not one that the item has; correct the form. n=4"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for _, s := range lookup(t, tc.id, tc.version).Score(answers(tc.values...)) {
				got[s.ScoreID] = show(s)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMissingRulesOfSeveralLevels works the methods on the synthetic form
// through by hand: alliance items 1, 5 (reversed, 6−x), 6 and 7.
func TestMissingRulesOfSeveralLevels(t *testing.T) {
	t.Parallel()
	d, err := instrument.Parse(read(t, "testdata/several-levels.json"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		values []float64
		want   map[string]string
	}{
		"everything": {[]float64{5, 1, 3, 2.5, 2, 3, 4, 4}, map[string]string{
			"engagement": "12.0000 n=3", "connection": "4.0000 n=1", "alliance": "16.0000 n=4", "prorated": "16.0000 n=4",
			"safety": "5.0000 n=1", "purpose": "3.0000 n=1", "cohesion": "3.2500 n=2",
		}},
		"a missing item counts as the rounded mean": {[]float64{5, 1, 3, 2.5, 2, na, 2, na}, map[string]string{
			"engagement": "14.0000 n=2 prorated",                           // 5+4 and round(4.5)=5
			"connection": "2.0000 n=1", "alliance": "16.0000 n=3 prorated", // of the parts, each by its own rule
			"prorated": "14.6667 n=3 prorated", // 11/3×4
			"safety":   "5.0000 n=1", "purpose": "3.0000 n=1", "cohesion": "2.5000 n=1 prorated",
		}},
		"a part missing": {[]float64{5, 1, 3, 2.5, 2, 3, na, 4}, map[string]string{
			"engagement": "12.0000 n=3", "connection": "none_answered: None of this score's 1 items was answered. n=0",
			"alliance": "part_missing: A score it is the sum of has no value: connection. n=3", "prorated": "16.0000 n=3 prorated",
			"safety": "5.0000 n=1", "purpose": "3.0000 n=1", "cohesion": "3.2500 n=2",
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for _, s := range d.Score(answers(tc.values...)) {
				got[s.ScoreID] = show(s)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestScoresOfOneLevelKnowTheWholeForm: a rating holds one level; the form's
// rule still counts all items.
func TestScoresOfOneLevelKnowTheWholeForm(t *testing.T) {
	t.Parallel()
	d, err := instrument.Parse(read(t, "testdata/several-levels.json"))
	if err != nil {
		t.Fatal(err)
	}
	cohesionOnly := func(n int) (float64, bool) { return 3, n == 4 || n == 8 }
	for missing, want := range map[int]string{0: "3.0000 n=2", 3: "3.0000 n=2", 4: "form_invalid: 4 of 8 missing on the form, limit 3 n=2"} {
		got := d.ScoreLevel(instrument.Cohesion, instrument.Answers{Value: cohesionOnly, FormMissing: missing})
		if len(got) != 1 || got[0].Level != instrument.Cohesion || show(got[0]) != want {
			t.Errorf("%d missing: got %+v, want %s", missing, got, want)
		}
	}
	if got := d.ScoreLevel(instrument.Bond, answers(all(8, 3)...)); len(got) != 0 {
		t.Errorf("a level the form does not have was scored: %+v", got)
	}
}

func TestTotalOnlyIsNeverSpreadOverTheLines(t *testing.T) {
	t.Parallel()
	a := answers(all(4, na)...)
	a.TotalOnly = true
	for _, s := range lookup(t, "srs", "3.0").Score(a) {
		if s.Value != nil || s.Reason != instrument.ReasonTotalOnly || s.Detail == "" {
			t.Errorf("got %s", show(s))
		}
	}
}

// TestCutoffSides pins "below 36": four times 9.0 is no alert, by any four
// lines of one decimal that add up to 36, and 35.9 is one.
func TestCutoffSides(t *testing.T) {
	t.Parallel()
	below := instrument.Cutoff{Value: 36}
	above := instrument.Cutoff{Value: 11, AtOrAbove: true}
	for score, want := range map[float64]bool{35.9: true, 36: false, 40: false} {
		if below.Applies(score) != want {
			t.Errorf("below 36: %v", score)
		}
	}
	for score, want := range map[float64]bool{10.99: false, 11: true, 40: true} {
		if above.Applies(score) != want {
			t.Errorf("from 11: %v", score)
		}
	}
	if below.Applies(math.NaN()) || above.Applies(math.NaN()) {
		t.Error("NaN has a label")
	}
	// Ten means of 9.1 do not add up to 91 in binary; no cut-off sees that.
	dust := 0.0
	for range 10 {
		dust += 9.1
	}
	if at := 91.0; dust == at || (instrument.Cutoff{Value: at}).Applies(dust) || !(instrument.Cutoff{Value: at, AtOrAbove: true}).Applies(dust) {
		t.Errorf("%v is not taken for 91", dust)
	}
	srs := lookup(t, "srs", "3.0")
	for a := 60; a <= 100; a++ {
		for b := 60; b <= 100; b++ {
			for c := 60; c <= 100; c += 3 {
				e := 360 - a - b - c
				if e < 0 || e > 100 {
					continue
				}
				s := srs.Score(answers(float64(a)/10, float64(b)/10, float64(c)/10, float64(e)/10))
				if *s[0].Value != 36 || below.Applies(*s[0].Value) {
					t.Fatalf("%d %d %d %d tenths are %v", a, b, c, e, *s[0].Value)
				}
			}
		}
	}
}

// TestScoresStayInTheirRange: whatever is answered or left out, a score is
// within its range or null with a reason, depends on its own items only and
// does not fall when a better answer is given.
func TestScoresStayInTheirRange(t *testing.T) {
	t.Parallel()
	several, err := instrument.Parse(read(t, "testdata/several-levels.json"))
	if err != nil {
		t.Fatal(err)
	}
	forms := append(load(t).List(), several)
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(forms).Draw(t, "form")
		values := make([]float64, len(d.Items))
		for i, it := range d.Items {
			steps := int(math.Round((it.Max - it.Min) / it.Step))
			values[i] = it.Min + it.Step*float64(rapid.IntRange(0, steps).Draw(t, "step"))
			if rapid.IntRange(0, 4).Draw(t, "left out") == 0 {
				values[i] = na
			}
		}
		changed := rapid.IntRange(1, len(values)).Draw(t, "changed item")
		before := d.Score(answers(values...))
		for i, s := range before {
			rule := d.Scores[i]
			if (s.Value == nil) != (s.Reason != "") || (s.Reason == "") != (s.Detail == "") {
				t.Fatalf("%s: %+v", s.ScoreID, s)
			}
			if s.Value != nil && (math.IsNaN(*s.Value) || *s.Value < rule.Min-1e-9 || *s.Value > rule.Max+1e-9) {
				t.Fatalf("%s is %v, outside [%v, %v]", s.ScoreID, *s.Value, rule.Min, rule.Max)
			}
		}
		if values[changed-1] == na {
			return
		}
		it := d.Items[changed-1]
		higher := append([]float64(nil), values...)
		higher[changed-1] = it.Max
		if it.Reverse {
			higher[changed-1] = it.Min
		}
		for i, s := range d.Score(answers(higher...)) {
			if (s.Value == nil) != (before[i].Value == nil) {
				t.Fatalf("%s: another answer changed what is missing", s.ScoreID)
			}
			if s.Value == nil {
				continue
			}
			holds := false
			for _, n := range d.Scores[i].Items {
				holds = holds || n == changed
			}
			if !holds && *s.Value != *before[i].Value {
				t.Fatalf("%s changed with an item that it does not have", s.ScoreID)
			}
			if *s.Value < *before[i].Value-1e-9 {
				t.Fatalf("%s fell from %v to %v by a higher keyed answer", s.ScoreID, *before[i].Value, *s.Value)
			}
		}
	})
}

// TestMethodsAgreeOnFullForms: with nothing missing all sums are the sum, and
// the mean is the sum divided, by a second way of adding up.
func TestMethodsAgreeOnFullForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "items")
		d := &instrument.Definition{}
		var items []int
		var values []float64
		sum := 0
		for i := range n {
			reverse := rapid.Bool().Draw(t, "reverse")
			d.Items = append(d.Items, instrument.Item{Number: i + 1, Level: instrument.Outcome, Min: 0, Max: 1, Step: 0.1, Reverse: reverse})
			tenths := rapid.IntRange(0, 10).Draw(t, "tenths")
			values, items = append(values, float64(tenths)/10), append(items, i+1)
			if reverse {
				tenths = 10 - tenths
			}
			sum += tenths
		}
		for _, m := range []instrument.Method{instrument.Sum, instrument.SumProrated, instrument.SumMeanRounded, instrument.Mean} {
			d.Scores = append(d.Scores, instrument.Score{ID: string(m), Level: instrument.Outcome, Items: items, Method: m})
		}
		for _, s := range d.Score(answers(values...)) {
			want := float64(sum) / 10
			if s.ScoreID == string(instrument.Mean) {
				want /= float64(n)
			}
			if s.Value == nil || !scalar.EqualWithinAbsOrRel(*s.Value, want, 1e-12, 1e-12) {
				t.Fatalf("%s: got %s, want %v", s.ScoreID, show(s), want)
			}
		}
	})
}

// TestStepsOfDifferentSizeKeepTheirSum: quarters, tenths and thirds in one sum,
// and thousandths of coprime numbers, whose common part is too small to cut to.
func TestStepsOfDifferentSizeKeepTheirSum(t *testing.T) {
	t.Parallel()
	for want, parts := range map[float64][]float64{
		0.25 + 0.1: {4, 10}, 0.25 + 0.1 + 1.0/3: {4, 10, 3}, 1.5: {2, 1}, 1.0/999 + 1.0/997 + 1.0/991: {999, 997, 991},
	} {
		d := &instrument.Definition{Scores: []instrument.Score{{ID: "sum", Method: instrument.Sum}}}
		for i, q := range parts {
			d.Items = append(d.Items, instrument.Item{Number: i + 1, Min: 0, Max: 1, Step: 1 / q})
			d.Scores[0].Items = append(d.Scores[0].Items, i+1)
		}
		got := d.Score(instrument.Answers{Value: func(n int) (float64, bool) { return 1 / parts[n-1], true }})
		if got[0].Value == nil || !scalar.EqualWithinAbs(*got[0].Value, want, 1e-12) {
			t.Errorf("one step each of 1/%v: %s, want %v", parts, show(got[0]), want)
		}
	}
}

// BenchmarkScore scores one GCQ-S against plainly adding the same answers up;
// allocations must not grow with the items.
func BenchmarkScore(b *testing.B) {
	r, err := instrument.Load(nil)
	if err != nil {
		b.Fatal(err)
	}
	d, _ := r.Lookup(instrument.Ref{ID: "gcq-s", Version: "1"})
	a := answers(oneToTwelve()...)
	b.Run("scores", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.Score(a)
		}
	})
	b.Run("plain sum", func(b *testing.B) {
		for b.Loop() {
			sum := 0.0
			for n := range d.Items {
				x, _ := a.Value(n + 1)
				sum += x
			}
			if sum < 0 {
				b.Fatal(sum)
			}
		}
	})
}

// TestTheVersionDecidesTheKeys: two forms of twelve items and one answer
// sheet. Only id@version says which keys are meant.
func TestTheVersionDecidesTheKeys(t *testing.T) {
	t.Parallel()
	older := string(read(t, "data/wai-sr.json"))
	for from, to := range map[string]string{
		`"id": "wai-sr"`: `"id": "another-twelve"`, `[1, 2, 10, 12]`: `[1, 2, 8, 12]`, `[4, 6, 8, 11]`: `[4, 6, 10, 11]`,
	} {
		if !strings.Contains(older, from) {
			t.Fatalf("the file has no %s", from)
		}
		older = strings.Replace(older, from, to, 1)
	}
	r, err := instrument.Load(fstest.MapFS{"another.json": {Data: []byte(older)}})
	if err != nil {
		t.Fatal(err)
	}
	sheet := answers(1, 2, 3, 4, 5, 4, 3, 2, 1, 5, 4, 3)
	for ref, want := range map[instrument.Ref]string{
		{ID: "wai-sr", Version: "1"}:         "task 11 goal 14 bond 12 total 37 ",
		{ID: "another-twelve", Version: "1"}: "task 8 goal 17 bond 12 total 37 ",
	} {
		d, ok := r.Lookup(ref)
		if !ok {
			t.Fatalf("%s is not known", ref)
		}
		got := ""
		for _, s := range d.Score(sheet) {
			got += fmt.Sprintf("%s %v ", s.ScoreID, *s.Value)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", ref, got, want)
		}
	}
}
