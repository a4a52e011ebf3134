package grouplevel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// TestCovariatesAreTakenOut: groups that differ only by a covariate of theirs
// differ no more with it taken out, and its coefficient is found.
func TestCovariatesAreTakenOut(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(17, 3))
	w := weekly{groups: 16, members: 4, sessions: 4, memberVar: 0.2, sessionVar: 0.1, residualVariance: 0.3}
	rows := w.rows(rng)
	phase := grouplevel.Covariate{Name: "phase"}
	for i := range rows {
		x := float64(rows[i].Group[2]-'0') / 3
		rows[i].Value += x
		phase.Values = append(phase.Values, x)
	}
	o := grouplevel.Options{Detail: grouplevel.AnswerOnly}
	o.Draws = 99
	plain := result(t, grouplevel.Table{Rows: rows, Shared: true}, o)
	adjusted := result(t, grouplevel.Table{Rows: rows, Shared: true, Covariates: []grouplevel.Covariate{phase}}, o)
	if plain.Answer != multilevel.Supported || adjusted.Answer == multilevel.Supported {
		t.Errorf("%s without, %s with the covariate", plain.Answer, adjusted.Answer)
	}
	if len(adjusted.REML.Fixed) != 1 || adjusted.REML.Fixed[0].Name != "phase" || !(math.Abs(*adjusted.REML.Fixed[0].Estimate-1) <= 4**adjusted.REML.Fixed[0].SE) {
		t.Errorf("the covariate's coefficient: %+v", adjusted.REML.Fixed)
	}
	if !adjusted.Caveats.Has("weather_before_covariates") {
		t.Error("nothing says that the weather is not adjusted")
	}
}

// TestCovariatesThatCannotBeUsed have a name for why.
func TestCovariatesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	rows := usual(0).rows(rand.New(rand.NewPCG(2, 2)))
	column := func(f func(multilevel.Row) float64) []float64 {
		out := make([]float64, len(rows))
		for i, r := range rows {
			out[i] = f(r)
		}
		return out
	}
	for name, c := range map[string]struct {
		values []float64
		answer multilevel.Answer
		reason multilevel.Reason
	}{
		"constant":   {column(func(multilevel.Row) float64 { return 3 }), multilevel.Refused, grouplevel.UnusableCovariates},
		"not finite": {column(func(multilevel.Row) float64 { return math.NaN() }), multilevel.Refused, grouplevel.UnusableCovariates},
	} {
		r := result(t, grouplevel.Table{Rows: rows, Covariates: []grouplevel.Covariate{{Name: "x", Values: c.values}}}, grouplevel.Options{})
		sound(t, &r)
		if r.Answer != c.answer || r.Reason != c.reason {
			t.Errorf("%s: %s because %s", name, r.Answer, r.Reason)
		}
	}
}

// TestDegenerateTables have an answer with a name.
func TestDegenerateTables(t *testing.T) {
	t.Parallel()
	ones := func(rows []multilevel.Row) []multilevel.Row {
		for i := range rows {
			rows[i].Value = 0.1
		}
		return rows
	}
	additive := func(rows []multilevel.Row) []multilevel.Row {
		for i, r := range rows {
			rows[i].Value = float64(r.Group[0]) + 2*float64(r.Member[0]) + 3*float64(r.Session[0])
		}
		return rows
	}
	weeks := "a11 a12 a21 a22 b11 b12 b21 b22 c11 c12 c21 c22 d11 d12 d21 d22"
	for name, c := range map[string]struct {
		rows       []multilevel.Row
		therapists map[string][]string
		answer     multilevel.Answer
		reason     multilevel.Reason
	}{
		"no rows":              {nil, nil, multilevel.NotIdentifiable, multilevel.NoData},
		"one row":              {tableOf("a11"), nil, multilevel.NotIdentifiable, multilevel.OneGroup},
		"not finite":           {[]multilevel.Row{{Group: "a", Value: math.Inf(1)}}, nil, multilevel.Refused, multilevel.NonFiniteRating},
		"all equal over weeks": {ones(tableOf(weeks)), nil, multilevel.NotIdentifiable, multilevel.NoVariation},
		"no residual":          {additive(tableOf(weeks)), nil, multilevel.CannotTell, grouplevel.NoResidualVariation},
		"one rating per group, therapists": {
			tableOf("a1- b1- c1- d1-"), map[string][]string{"a": {"t"}, "b": {"t"}, "c": {"u"}, "d": {"u"}}, multilevel.NotIdentifiable, multilevel.OneRatingPerGroup,
		},
	} {
		r := result(t, grouplevel.Table{Rows: c.rows, Therapists: c.therapists}, grouplevel.Options{})
		sound(t, &r)
		if r.Answer != c.answer || r.Reason != c.reason {
			t.Errorf("%s: %s because %s, want %s because %s", name, r.Answer, r.Reason, c.answer, c.reason)
		}
	}
}
