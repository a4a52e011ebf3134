package guess_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/guess"
)

// near compares a number with the one that R gives.
func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || !(math.Abs(*got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}

// limits compares an interval with R's.
func limits(t *testing.T, what string, ci []multilevel.Interval, place int, want []float64) {
	t.Helper()
	if len(ci) != 2 || ci[0].Level != .95 || ci[1].Level != .90 {
		t.Fatalf("%s: %+v", what, ci)
	}
	near(t, what+" lower", ci[place].Lower, want[0])
	near(t, what+" upper", ci[place].Upper, want[1])
}

// expected are the values of testdata/guess.R.
type expected struct {
	Pairs []struct {
		N       int       `json:"n"`
		Alike   float64   `json:"alike"`
		WeeksCI []float64 `json:"weeks_ci95"`
		Bias    float64   `json:"bias"`
		SE      float64   `json:"se"`
		CI95    []float64 `json:"ci95"`
		CI90    []float64 `json:"ci90"`
		R       float64   `json:"r"`
		RCI95   []float64 `json:"r_ci95"`
		Partial float64   `json:"partial"`
	} `json:"pairs"`
	MeanPartial float64   `json:"mean_partial"`
	MeanCI95    []float64 `json:"mean_ci95"`
	Own         []float64 `json:"own"`
	Others      []float64 `json:"others"`
}

// table reads testdata/guess.csv.
func table(t *testing.T) []guess.Row {
	t.Helper()
	f, err := os.Open("testdata/guess.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []guess.Row
	for _, line := range lines[1:] {
		var v [5]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(line[i], 64); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, guess.Row{Session: int(v[0]), Member: int(v[1]), Own: v[2], Others: v[3], Guess: v[4]})
	}
	return out
}

// TestNumbersAreThoseOfR holds biases to t.test, correlations to cor.test and lm,
// and the pull to lm with clubSandwich's CR2 (testdata/guess.R).
func TestNumbersAreThoseOfR(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/guess.json")
	if err != nil {
		t.Fatal(err)
	}
	var want expected
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	rows := table(t)
	var partials []float64
	widened := 0
	for m, w := range want.Pairs {
		var numbers, guesses, answers, d []float64
		for _, r := range rows {
			if r.Member == m+1 {
				numbers, guesses, answers = append(numbers, float64(r.Session)), append(guesses, r.Guess), append(answers, r.Own)
				d = append(d, r.Guess-r.Own)
			}
		}
		bias := guess.DifferenceOf(d)
		if bias.N != w.N || bias.DF != float64(w.N-1) || bias.Reason != "" {
			t.Errorf("counts %+v", bias)
		}
		near(t, "bias", bias.Mean, w.Bias)
		near(t, "standard error", bias.SE, w.SE)
		limits(t, "bias", bias.CI, 0, w.CI95)
		limits(t, "bias", bias.CI, 1, w.CI90)
		weekly := guess.OverWeeks(d)
		near(t, "weekly bias", weekly.Mean, w.Bias)
		near(t, "neighbours alike", weekly.Alike, w.Alike)
		limits(t, "weekly bias", weekly.CI, 0, w.WeeksCI)
		widened += int(math.Ceil(*weekly.Alike))
		tracking := guess.TrackingOf(numbers, guesses, answers)
		near(t, "r", tracking.Raw.R, w.R)
		limits(t, "r", tracking.Raw.CI, 0, w.RCI95)
		near(t, "partial r", tracking.Detrended.R, w.Partial)
		partials = append(partials, *tracking.Detrended.R)
	}
	if widened == 0 || widened == len(want.Pairs) {
		t.Errorf("%d of the intervals are widened", widened)
	}
	mean, members := guess.MeanOf(partials)
	if members != 5 {
		t.Errorf("%d members", members)
	}
	near(t, "mean r", mean.R, want.MeanPartial)
	limits(t, "mean r", mean.CI, 0, want.MeanCI95)
	pull := guess.PullOf(rows)
	if pull.Reason != "" || pull.Members != 5 || pull.Sessions != 14 || pull.Rows != len(rows) {
		t.Errorf("%+v", pull)
	}
	near(t, "own", pull.Own.Estimate, want.Own[0])
	near(t, "own's error", pull.Own.ClusterSE, want.Own[1])
	near(t, "own's df", pull.Own.ClusterDF, want.Own[2])
	near(t, "others", pull.Others.Estimate, want.Others[0])
	near(t, "others' error", pull.Others.ClusterSE, want.Others[1])
	near(t, "others' df", pull.Others.ClusterDF, want.Others[2])
}

// TestTooLittleIsNoNumber gives a reason wherever there is no number.
func TestTooLittleIsNoNumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		got, want multilevel.Reason
		number    bool
	}{
		"no difference":   {guess.DifferenceOf(nil).Reason, guess.NoPairs, guess.DifferenceOf(nil).Mean != nil},
		"one difference":  {guess.DifferenceOf([]float64{3}).Reason, guess.OneValue, guess.DifferenceOf([]float64{3}).CI != nil},
		"the same always": {guess.DifferenceOf([]float64{.1, .1, .1}).Reason, guess.NoVariation, guess.DifferenceOf([]float64{.1, .1, .1}).CI != nil},
		"five weeks":      {guess.TrackingOf(weeks(5), weeks(5), weeks(5)).Raw.Reason, guess.FewWeeks, guess.TrackingOf(weeks(5), weeks(5), weeks(5)).Raw.R != nil},
		"a line":          {guess.TrackingOf(weeks(9), weeks(9), uneven(9)).Detrended.Reason, guess.NoVariation, guess.TrackingOf(weeks(9), weeks(9), uneven(9)).Detrended.R != nil},
		"always the same": {guess.TrackingOf(weeks(9), make([]float64, 9), uneven(9)).Raw.Reason, guess.NoVariation, false},
		"two members":     {meanReason(.1, .2), guess.FewPairs, false},
		"exactly one":     {meanReason(.1, .2, 1), guess.FewPairs, false},
		"no rows":         {guess.PullOf(nil).Reason, guess.FewPairs, guess.PullOf(nil).Own.Estimate != nil},
		"others as own":   {guess.PullOf(rows(8, func(r *guess.Row) { r.Others = r.Own })).Reason, guess.NotSeparate, false},
		"no guess varies": {guess.PullOf(rows(8, func(r *guess.Row) { r.Guess = 4 })).Reason, guess.NotSeparate, false},
		"four sessions":   {guess.PullOf(rows(4, nil)).Reason, guess.FewWeeks, false},
	} {
		if c.got != c.want || c.number || guess.Sentence(c.want) == "" {
			t.Errorf("%s: reason %q, number %v", name, c.got, c.number)
		}
	}
}

func meanReason(r ...float64) multilevel.Reason { m, _ := guess.MeanOf(r); return m.Reason }

// weeks counts from 1.
func weeks(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i + 1)
	}
	return out
}

// uneven goes up and down.
func uneven(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i * i % 7)
	}
	return out
}

// rows makes rows of five members without order and changes each.
func rows(sessions int, change func(*guess.Row)) []guess.Row {
	var out []guess.Row
	for m := range 5 {
		for s := range sessions {
			r := guess.Row{Member: m, Session: s, Own: float64((3*m + 5*s + m*s) % 7), Others: float64((2*m*m + 3*s*s) % 5), Guess: float64((m + 2*s + m*m*s) % 9)}
			if change != nil {
				change(&r)
			}
			out = append(out, r)
		}
	}
	return out
}

// TestWhatChangesNothing: a constant moves biases and nothing else, other units
// of both sides change no correlation, and who is called what changes nothing.
func TestWhatChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(guess.FewestWeeks, 20).Draw(rt, "n")
		value := rapid.Float64Range(-9, 9)
		g, a := rapid.SliceOfN(value, n, n).Draw(rt, "g"), rapid.SliceOfN(value, n, n).Draw(rt, "a")
		c, k := rapid.Float64Range(-5, 5).Draw(rt, "c"), rapid.Float64Range(.5, 3).Draw(rt, "k")
		moved, scaled, d, dMoved := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range g {
			moved[i], scaled[i] = g[i]+c, k*a[i]
			d[i], dMoved[i] = g[i]-a[i], moved[i]-a[i]
		}
		x, y := guess.DifferenceOf(d), guess.DifferenceOf(dMoved)
		if !(math.Abs(*x.Mean+c-*y.Mean) < 1e-9 && math.Abs(*x.SD-*y.SD) < 1e-9) {
			rt.Errorf("%v and %v", x, y)
		}
		one, two := guess.TrackingOf(weeks(n), g, a), guess.TrackingOf(weeks(n), moved, scaled)
		for _, pair := range [][2]*float64{{one.Raw.R, two.Raw.R}, {one.Detrended.R, two.Detrended.R}} {
			if pair[0] != nil && pair[1] != nil && !(math.Abs(*pair[0]-*pair[1]) < 1e-6 && math.Abs(*pair[0]) <= 1) {
				rt.Errorf("%v and %v", *pair[0], *pair[1])
			}
		}
	})
	plain, named := guess.PullOf(rows(9, nil)), guess.PullOf(rows(9, func(r *guess.Row) { r.Member = (r.Member + 2) % 5; r.Session = 100 - r.Session }))
	other := guess.PullOf(rows(9, func(r *guess.Row) { r.Guess += float64(10 * r.Member) }))
	if plain.Reason != "" || named.Reason != "" || !(math.Abs(*plain.Others.Estimate-*other.Others.Estimate) < 1e-9) || plain.Rows != named.Rows {
		t.Errorf("%+v, %+v, %+v", plain, named, other)
	}
}
