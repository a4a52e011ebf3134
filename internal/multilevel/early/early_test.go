package early_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/early"
)

// near compares with a number that something else computed.
func near(t *testing.T, what string, got *float64, want, relative float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is undefined, want %v", what, want)
		return
	}
	if !(math.Abs(*got-want) <= relative*max(math.Abs(want), 1e-3)) {
		t.Errorf("%s is %.15g, want %.15g", what, *got, want)
	}
}

// model holds what R has for one line.
type model struct {
	N         int     `json:"n"`
	B         float64 `json:"b"`
	SE        float64 `json:"se"`
	DF        int     `json:"df"`
	CR2       float64 `json:"cr2"`
	NU        float64 `json:"cr2_df"`
	Beta      float64 `json:"beta"`
	Partial   float64 `json:"partial"`
	Increment float64 `json:"increment"`
}

// models are the three lines of one rating.
type models struct {
	Whole   model `json:"whole"`
	Within  model `json:"within"`
	Between model `json:"between"`
}

// compare compares one line.
func (w model) compare(t *testing.T, what string, m *early.Model) {
	t.Helper()
	near(t, what, m.Alliance.Estimate, w.B, 1e-9)
	near(t, what+" classical error", m.Alliance.SE, w.SE, 1e-9)
	near(t, what+" clustered error", m.Alliance.ClusterSE, w.CR2, 1e-7)
	near(t, what+" degrees", m.Alliance.ClusterDF, w.NU, 1e-6)
	near(t, what+" standardised", m.Standard.Estimate, w.Beta, 1e-9)
	near(t, what+" partial", m.Partial, w.Partial, 1e-8)
	if w.Increment != 0 {
		near(t, what+" increment", m.Increment.Estimate, w.Increment, 1e-8)
	}
	if m.DF != w.DF {
		t.Errorf("%s: %d degrees, want %d", what, m.DF, w.DF)
	}
}

// table reads the members of testdata/early.csv.
func table(t *testing.T) early.Table {
	t.Helper()
	f, err := os.Open("testdata/early.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	out := early.Table{
		Predictors: []early.Predictor{{Score: "bond", Rater: "member"}, {Score: "task", Rater: "member"}, {Score: "bond", Rater: "therapist"}},
		Parts:      []string{"bond", "task"},
	}
	number := func(cell string) float64 {
		if cell == "" {
			return math.NaN()
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, r := range rows[1:] {
		out.Members = append(out.Members, early.Member{
			Group: r[0], Name: r[0] + r[1], Alliance: []float64{number(r[2]), number(r[3]), number(r[4])}, Baseline: number(r[5]), Change: number(r[6]), Final: number(r[7]),
		})
	}
	return out
}

// TestAgainstR agrees with testdata/early.R.
func TestAgainstR(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/early.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Bond       models    `json:"bond"`
		Therapist  models    `json:"therapist"`
		Raters     float64   `json:"raters"`
		Parts      []float64 `json:"parts"`
		Gone       int       `json:"gone"`
		Difference float64   `json:"difference"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	r, err := early.Analyse(t.Context(), table(t), early.Options{Draws: 199})
	if err != nil {
		t.Fatal(err)
	}
	bond, therapist := &r.Measures[0], &r.Measures[2]
	want.Bond.Whole.compare(t, "bond, whole", &bond.Whole)
	want.Bond.Within.compare(t, "bond, within", &bond.Within)
	want.Bond.Between.compare(t, "bond, between", &bond.Between)
	want.Therapist.Whole.compare(t, "therapist, whole", &therapist.Whole)
	want.Therapist.Within.compare(t, "therapist, within", &therapist.Within)
	want.Therapist.Between.compare(t, "therapist, between", &therapist.Between)
	near(t, "raters", r.Raters[0].Difference.Estimate, want.Raters, 1e-8)
	for j, s := range r.SideBySide[0].Slopes {
		near(t, "part "+r.SideBySide[0].Scores[j], s.Estimate, want.Parts[j], 1e-9)
	}
	near(t, "those who are gone", bond.Dropped.Difference.Estimate, want.Difference, 1e-9)
	if bond.Dropped.Members != want.Gone || bond.Whole.Members != want.Bond.Whole.N || len(r.SideBySide) != 1 || len(r.Raters) != 1 {
		t.Errorf("%d gone, %d members, %d side by side, %d raters", bond.Dropped.Members, bond.Whole.Members, len(r.SideBySide), len(r.Raters))
	}
	for what, x := range map[string]early.Resampled{"increment": bond.Within.Increment, "raters": r.Raters[0].Difference, "parts": r.SideBySide[0].Increment} {
		if len(x.CI) != 2 || !(*x.CI[0].Lower <= *x.CI[1].Lower && *x.CI[1].Upper <= *x.CI[0].Upper) {
			t.Errorf("%s: limits %+v", what, x.CI)
		}
	}
}

// drawn draws groups whose final outcome goes with the alliance by slope, beside
// a baseline, a change and a part that only the baseline shares.
func drawn(rng *rand.Rand, groups, members int, slope float64) early.Table {
	out := early.Table{Predictors: []early.Predictor{{Score: "total", Rater: "member"}}}
	for g := range groups {
		shared := rng.NormFloat64()
		for m := range members {
			base, change := rng.NormFloat64(), rng.NormFloat64()
			alliance := 0.5*change + rng.NormFloat64() + shared
			out.Members = append(out.Members, early.Member{
				Group: fmt.Sprint(g), Name: fmt.Sprint(g, " ", m), Alliance: []float64{alliance}, Baseline: base, Change: change,
				Final: base + 0.7*change + slope*alliance + rng.NormFloat64() + 2*shared,
			})
		}
	}
	return out
}

// TestTheAnswer: an alliance that only goes with what had changed already, and
// with what a whole group shares, is not called telling; a real one is; little
// says that it is little, with the number of members that it would take.
func TestTheAnswer(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	count := func(groups, members int, slope float64, answer multilevel.Answer) (n int) {
		for range 200 {
			r, err := early.Analyse(t.Context(), drawn(rng, groups, members, slope), early.Options{Draws: -1})
			if err != nil {
				t.Fatal(err)
			}
			if r.Answer == answer {
				n++
			}
		}
		return n
	}
	if n := count(12, 8, 0, multilevel.Supported); n > 15 { // 10 expected at .05, fewer by the larger p
		t.Errorf("an alliance that tells nothing was supported %d times of 200", n)
	}
	if n := count(20, 8, 0.5, multilevel.Supported); n < 190 {
		t.Errorf("one that does was supported %d times of 200", n)
	}
	r, err := early.Analyse(t.Context(), drawn(rng, 3, 8, 1), early.Options{Draws: 99})
	if err != nil || r.Answer != multilevel.CannotTell || r.Reason != early.TooFewGroups || r.Needed != 542 || len(r.Measures[0].Within.Increment.CI) != 0 {
		t.Errorf("three groups: %s because %s, %d members, %v", r.Answer, r.Reason, r.Needed, err)
	}
	if b := r.Measures[0].Between; b.Reason != early.TooFewGroups || b.Alliance.Estimate != nil {
		t.Errorf("a line between three groups: %+v", b)
	}
	for reason, table := range map[multilevel.Reason]early.Table{
		multilevel.NoData: {Predictors: []early.Predictor{{Score: "total", Rater: "member"}}},
		"too_few_rows":    drawn(rng, 5, 1, 1),
	} {
		r, err := early.Analyse(t.Context(), table, early.Options{Draws: -1})
		if err != nil || r.Answer != multilevel.NotIdentifiable || r.Reason != reason || !r.Caveats.Has(string(reason)) || early.Sentence(reason) == "" {
			t.Errorf("%s: %s because %s, %v", reason, r.Answer, r.Reason, err)
		}
	}
}

// TestConstantsOfGroupsAndUnitsMeanNothingWithin adds a constant to every group
// and measures the alliance in other units.
func TestConstantsOfGroupsAndUnitsMeanNothingWithin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plain := drawn(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), 5, 5, 0.3)
		units, level := rapid.Float64Range(0.01, 100).Draw(t, "units"), rapid.Float64Range(-50, 50).Draw(t, "level")
		other := plain
		other.Members = nil
		for i := range plain.Members {
			m := plain.Members[len(plain.Members)-1-i]
			m.Alliance = []float64{m.Alliance[0]*units + level*float64(m.Group[0]%7)}
			m.Final += level * float64(m.Group[0]%5)
			m.Baseline -= level * float64(m.Group[0]%3)
			m.Group, m.Name = "z"+m.Group, "q"+m.Name
			other.Members = append(other.Members, m)
		}
		a, err := early.Analyse(t.Context(), plain, early.Options{Draws: -1})
		b, err2 := early.Analyse(t.Context(), other, early.Options{Draws: -1})
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		x, y := &a.Measures[0].Within, &b.Measures[0].Within
		if !(math.Abs(*x.Standard.Estimate-*y.Standard.Estimate) <= 1e-7) || !(math.Abs(*x.Alliance.Estimate-*y.Alliance.Estimate*units) <= 1e-7*max(1, units)) ||
			!(math.Abs(*x.Increment.Estimate-*y.Increment.Estimate) <= 1e-7) || a.Answer != b.Answer {
			t.Fatalf("%v and %v", *x.Standard.Estimate, *y.Standard.Estimate)
		}
	})
}
