package lagged_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"holon/internal/multilevel/lagged"
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

// read reads complete rows of a file in testdata; the columns are group, member,
// session, x and y, and a column that is not there is "".
func read(t *testing.T, file string, columns [5]string) lagged.Table {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
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
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	out := lagged.Table{Grouped: columns[0] != ""}
	for _, row := range rows[1:] {
		x, errX := strconv.ParseFloat(row[at[columns[3]]], 64)
		y, errY := strconv.ParseFloat(row[at[columns[4]]], 64)
		if errX != nil || errY != nil {
			continue // a missing value
		}
		o := lagged.Occasion{Member: row[at[columns[1]]], Session: row[at[columns[2]]], X: x, Y: y}
		if out.Grouped {
			o.Group = row[at[columns[0]]]
		}
		if o.Order, err = strconv.Atoi(o.Session); err != nil {
			t.Fatal(err)
		}
		o.Time = float64(o.Order)
		out.Occasions = append(out.Occasions, o)
	}
	return out
}

// expected reads a JSON file of testdata.
func expected(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// analyse analyses without drawing.
func analyse(t *testing.T, table lagged.Table) lagged.Result {
	t.Helper()
	r, err := lagged.Analyse(t.Context(), table, lagged.Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReference agrees with lm of R on 24 members in up to 12 sessions with
// gaps (within-person-lag of the reference cases, simulated for this project).
func TestReference(t *testing.T) {
	t.Parallel()
	var want struct {
		Expected struct {
			Members  int     `json:"n_members"`
			Rows     int     `json:"n_complete_rows"`
			Within   float64 `json:"slope_within"`
			SE       float64 `json:"se_within"`
			Between  float64 `json:"slope_between_unweighted_means"`
			RWithin  float64 `json:"r_within"`
			RBetween float64 `json:"r_between_unweighted_means"`
			Pairs    int     `json:"n_lag_pairs"`
			Outcome  block   `json:"outcome_on_lags"`
			Alliance block   `json:"alliance_on_lags"`
		} `json:"expected"`
	}
	expected(t, "reference/within-person-lag.json", &want)
	w := want.Expected
	r := analyse(t, read(t, "reference/within-person-lag.csv", [5]string{"", "member", "session", "alliance", "outcome"}))
	if r.Members != w.Members || r.Occasions != w.Rows || r.Pairs != w.Pairs {
		t.Errorf("%d members, %d occasions, %d pairs", r.Members, r.Occasions, r.Pairs)
	}
	near(t, "slope within", r.Together.SlopeWithin, w.Within, 1e-9)
	near(t, "its error", r.Together.SEWithin, w.SE, 1e-9)
	near(t, "r within", r.Together.RWithin, w.RWithin, 1e-9)
	near(t, "slope between", r.Together.SlopeBetween, w.Between, 1e-9)
	near(t, "r between", r.Together.RBetween, w.RBetween, 1e-9)
	w.Outcome.compare(t, "outcome", &r.Forward.Raw, true)
	w.Alliance.compare(t, "alliance", &r.Backward.Raw, false)
}

// block is a regression on both lags.
type block struct {
	Alliance   float64 `json:"coef_alliance_lag"`
	Outcome    float64 `json:"coef_outcome_lag"`
	SEAlliance float64 `json:"se_alliance_lag"`
	SEOutcome  float64 `json:"se_outcome_lag"`
	DF         int     `json:"df"`
}

// compare compares a model; forward tells whether alliance is what goes before.
func (b block) compare(t *testing.T, what string, m *lagged.Model, forward bool) {
	t.Helper()
	alliance, outcome := m.Before, m.Own
	if !forward {
		alliance, outcome = outcome, alliance
	}
	near(t, what+" on alliance", alliance.Estimate, b.Alliance, 1e-9)
	near(t, what+" on alliance, error", alliance.SE, b.SEAlliance, 1e-9)
	near(t, what+" on outcome", outcome.Estimate, b.Outcome, 1e-9)
	near(t, what+" on outcome, error", outcome.SE, b.SEOutcome, 1e-9)
	if m.DF != b.DF {
		t.Errorf("%s: %d degrees of freedom, want %d", what, m.DF, b.DF)
	}
}

// arrow holds what R has for one model.
type arrow struct {
	B   float64 `json:"b"`
	SE  float64 `json:"se"`
	DF  int     `json:"df"`
	CR2 float64 `json:"cr2"`
	NU  float64 `json:"cr2_df"`
	P   float64 `json:"cr2_p"`
}

// TestModelsAgainstR agrees with testdata/groups.R, where every member's mean
// and line is a dummy of lm and CR2 comes from the whole hat matrix.
func TestModelsAgainstR(t *testing.T) {
	t.Parallel()
	var want struct {
		Pairs    int `json:"pairs"`
		Adjusted int `json:"pairs_adjusted"`
		Forward  struct{ Raw, Detrended, Adjusted arrow }
		Backward struct{ Raw, Detrended, Adjusted arrow }
		F        float64 `json:"standard_forward"`
		B        float64 `json:"standard_backward"`
	}
	expected(t, "groups.json", &want)
	r, err := lagged.Analyse(t.Context(), read(t, "groups.csv", [5]string{"group", "member", "session", "x", "y"}), lagged.Options{Draws: 199})
	if err != nil {
		t.Fatal(err)
	}
	if r.Pairs != want.Pairs || r.Forward.Adjusted.Pairs != want.Adjusted {
		t.Errorf("%d and %d pairs", r.Pairs, r.Forward.Adjusted.Pairs)
	}
	for what, x := range map[string]struct {
		got  *lagged.Model
		want arrow
	}{
		"forward raw": {&r.Forward.Raw, want.Forward.Raw}, "forward detrended": {&r.Forward.Detrended, want.Forward.Detrended}, "forward adjusted": {&r.Forward.Adjusted, want.Forward.Adjusted},
		"backward raw": {&r.Backward.Raw, want.Backward.Raw}, "backward detrended": {&r.Backward.Detrended, want.Backward.Detrended}, "backward adjusted": {&r.Backward.Adjusted, want.Backward.Adjusted},
	} {
		b := x.got.Before
		near(t, what, b.Estimate, x.want.B, 1e-9)
		near(t, what+" classical error", b.SE, x.want.SE, 1e-9)
		near(t, what+" clustered error", b.ClusterSE, x.want.CR2, 1e-7)
		near(t, what+" degrees", b.ClusterDF, x.want.NU, 1e-6)
		near(t, what+" p", b.ClusterP, x.want.P, 1e-6)
		if x.got.DF != x.want.DF || x.got.Cluster != 7 {
			t.Errorf("%s: %d degrees, %d clusters", what, x.got.DF, x.got.Cluster)
		}
	}
	near(t, "standardised forward", r.Forward.Adjusted.Standard.Estimate, want.F, 1e-9)
	near(t, "standardised backward", r.Backward.Adjusted.Standard.Estimate, want.B, 1e-9)
	if f, b := r.Forward.Corrected.Estimate, r.Backward.Corrected.Estimate; f == nil || b == nil || !(math.Abs(*r.Difference.Estimate-(*f-*b)) <= 1e-9) {
		t.Errorf("difference %v of %v and %v", r.Difference.Estimate, f, b)
	}
	if ci := r.Difference.CI; len(ci) != 2 || !(*ci[0].Lower < *r.Difference.Estimate && *r.Difference.Estimate < *ci[0].Upper) || !(*ci[0].Lower <= *ci[1].Lower) {
		t.Errorf("limits of the difference: %+v", ci)
	}
}

// TestNickell agrees with the figures of the design papers for an
// autoregression of .4, and with the closed form for two pairs.
func TestNickell(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]float64{6: -0.25, 8: -0.19, 12: -0.12, 20: -0.07} {
		if got := lagged.Bias(0.4, n); !(math.Abs(got-want) <= 0.005) {
			t.Errorf("%d pairs: %.4f, want %v", n, got, want)
		}
	}
	for _, r := range []float64{-0.5, 0, 0.3, 0.9} {
		if got := lagged.Bias(r, 2); !(math.Abs(got+(1+r)/2) <= 1e-12) {
			t.Errorf("two pairs, %v: %v", r, got)
		}
	}
	for _, r := range []float64{1, -1, math.NaN()} {
		if !math.IsNaN(lagged.Bias(r, 6)) || !math.IsNaN(lagged.Bias(0, 1)) {
			t.Error("a bias where there is none")
		}
	}
}
