package grouplevel_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/grouplevel"
)

// TestExactFOfTablesWithEmptyCells compares the F of members and sessions, each
// with the other taken out, with R 4.2.2's anova(lm(y ~ other + unit)), in which
// both are factors within groups.
func TestExactFOfTablesWithEmptyCells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, component string
		f, df1, df2   float64
	}{
		{"single-group-weekly-missing", "session", 3.55974282783734, 9, 48},
		{"single-group-weekly-missing", "member", 4.47888035667487, 7, 48},
		{"crossed-in-group-missing", "session", 1.89373431531409, 64, 246},
		{"crossed-in-group-missing", "member", 5.75578539309517, 66, 246},
		{"three-level-sessions", "member", 2.53384472834548, 50, 141},
	} {
		_, table := readCase(t, c.id)
		r := result(t, table, grouplevel.Options{Detail: grouplevel.AnswerOnly, Options: multilevel.Options{Draws: 9}})
		test := testOf(&r, c.component, multilevel.MethodF)
		equal(t, c.id+" F of "+c.component, test.Statistic, c.f, 1e-9, 0)
		equal(t, c.id+" df1", test.DF1, c.df1, 0, 0)
		equal(t, c.id+" df2", test.DF2, c.df2, 0, 0)
		if w := r.Weather; c.component == "session" {
			equal(t, c.id+" F of the weather", w.F, c.f, 1e-9, 0)
			equal(t, c.id+" p of the weather", w.P, fdist.Upper(c.f, c.df1, c.df2), 1e-9, 0)
		}
	}
}

// TestWeatherIntervalWithEmptyCells compares Wald's limits with those found in R
// from H(l) by dense matrices: the weighted residual sum of squares of lm(y ~
// member) under I + l ZZ', less the residual sum of squares of the full model.
func TestWeatherIntervalWithEmptyCells(t *testing.T) {
	t.Parallel()
	_, table := readCase(t, "single-group-weekly-missing")
	r := result(t, table, grouplevel.Options{})
	for i, want := range [][2]float64{{0.0880723186716, 0.701906391869}, {0.123990142483, 0.650111836824}} {
		equal(t, "lower", r.Weather.CI[i].Lower, want[0], 1e-8, 0)
		equal(t, "upper", r.Weather.CI[i].Upper, want[1], 1e-8, 0)
	}
	if r.Weather.Answer != multilevel.Supported || r.Answer != multilevel.NotIdentifiable || !r.Caveats.Has("weather_leads") {
		t.Errorf("weather %s, group %s", r.Weather.Answer, r.Answer)
	}
}

// TestWeatherIntervalOfCompleteTables is the F interval (Fx-1)/(Fx+m-1), Fx = F
// over a quantile.
func TestWeatherIntervalOfCompleteTables(t *testing.T) {
	t.Parallel()
	_, table := readCase(t, "crossed-in-group-balanced")
	r := result(t, table, grouplevel.Options{Detail: grouplevel.AnswerOnly})
	const members = 6
	for i, level := range []float64{0.95, 0.90} {
		limit := func(p float64) float64 {
			fx := *r.Weather.F / fdist.Quantile(p, *r.Weather.DF1, *r.Weather.DF2)
			return (fx - 1) / (fx + members - 1)
		}
		equal(t, "lower", r.Weather.CI[i].Lower, limit((1+level)/2), 1e-9, 0)
		equal(t, "upper", r.Weather.CI[i].Upper, limit((1-level)/2), 1e-9, 0)
	}
}

// TestWeatherOfFewSessions is not decided, however plain it is.
func TestWeatherOfFewSessions(t *testing.T) {
	t.Parallel()
	w := weekly{groups: 1, members: 12, sessions: 3, memberVar: 0.1, sessionVar: 40, residualVariance: 0.1}
	r := result(t, grouplevel.Table{Rows: w.rows(rand.New(rand.NewPCG(3, 3)))}, grouplevel.Options{})
	if r.Weather.Answer != multilevel.CannotTell || r.Weather.Reason != grouplevel.FewSessions || !(*r.Weather.P < 1e-6) {
		t.Errorf("%s, %s, p %v", r.Weather.Answer, r.Weather.Reason, *r.Weather.P)
	}
}

// TestLoneRatingsAreNoSessions: three evenings that members shared are three,
// whatever evenings had one rating only.
func TestLoneRatingsAreNoSessions(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 9))
	var rows []multilevel.Row
	for m := range 6 {
		for s := range 3 {
			rows = append(rows, multilevel.Row{Group: "a", Member: fmt.Sprint(m), Session: fmt.Sprint(s), Value: 10*float64(s) + rng.NormFloat64()})
		}
	}
	rows = append(rows, multilevel.Row{Group: "a", Member: "0", Session: "8", Value: 5}, multilevel.Row{Group: "a", Member: "1", Session: "9", Value: 6})
	r := result(t, grouplevel.Table{Rows: rows, Shared: true}, grouplevel.Options{})
	if w := r.Weather; w.Answer != multilevel.CannotTell || w.Reason != grouplevel.FewSessions {
		t.Errorf("%s because %s", w.Answer, w.Reason)
	}
}
