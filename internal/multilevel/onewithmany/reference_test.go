package onewithmany_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/onewithmany"
)

// agrees fails unless a number is there and agrees.
func agrees(t *testing.T, name string, got *float64, want, relative, absolute float64) {
	t.Helper()
	switch {
	case got == nil:
		t.Errorf("%s is not there, want %g", name, want)
	case !scalar.EqualWithinAbsOrRel(*got, want, absolute, relative):
		t.Errorf("%s = %.12g, want %.12g", name, *got, want)
	}
}

// table reads rows: therapist, member, perhaps session, the two sides.
func table(t *testing.T, file string) []onewithmany.Row {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was read
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatal(len(lines), err)
	}
	out := make([]onewithmany.Row, 0, len(lines))
	for _, l := range lines[1:] {
		row := onewithmany.Row{Therapist: l[0], Member: l[1]}
		if len(l) == 5 {
			row.Session = l[2]
		}
		for s, cell := range l[len(l)-2:] {
			if cell == "" || cell == "NA" {
				continue
			}
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			row.Values[s] = &v
		}
		out = append(out, row)
	}
	return out
}

// expected is one likelihood of one-with-many-reciprocal.json, simulated for this
// project; nlme agrees with it to 6e-5.
type expected struct {
	Theta struct {
		Perceiver   float64 `json:"var_therapist_perceiver"`
		Partner     float64 `json:"var_therapist_partner"`
		Generalised float64 `json:"cov_generalized"` //nolint:misspell // the file's key
		PairT       float64 `json:"var_dyad_t"`
		PairM       float64 `json:"var_dyad_m"`
		Dyadic      float64 `json:"cov_dyadic"`
	} `json:"theta"`
	MeanT        float64 `json:"mean_t"`
	MeanM        float64 `json:"mean_m"`
	LogLik       float64 `json:"logLik"`        //nolint:tagliatelle // the file's key
	RGeneralised float64 `json:"r_generalized"` //nolint:misspell // the file's key
	RDyadic      float64 `json:"r_dyadic"`
	ShareT       float64 `json:"prop_therapist_in_t_ratings"`
	ShareM       float64 `json:"prop_therapist_in_m_ratings"`
}

// TestAnalyseAgreesWithTheReference holds both likelihoods, the reciprocities and
// the shares against one-with-many-reciprocal.json.
func TestAnalyseAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/reference/one-with-many-reciprocal.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Expected struct {
			REML expected `json:"reml"`
			ML   expected `json:"ml"`
		} `json:"expected"`
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	got, err := onewithmany.Analyse(t.Context(), table(t, "testdata/reference/one-with-many-reciprocal.csv"), onewithmany.Options{Draws: 199})
	if err != nil || got.Reason != "" || len(got.REML) != 1 || len(got.ML) != 1 {
		t.Fatal(got.Reason, err)
	}
	for name, c := range map[string]struct {
		got  onewithmany.Fit
		want expected
	}{"REML": {got.REML[0], want.Expected.REML}, "ML": {got.ML[0], want.Expected.ML}} {
		w := c.want.Theta
		if c.got.Method != name {
			t.Errorf("%s is called %s", name, c.got.Method)
		}
		agrees(t, name+" perceiver", c.got.Parts[0][0], w.Perceiver, 1e-6, 0)
		agrees(t, name+" partner", c.got.Parts[1][0], w.Partner, 1e-6, 0)
		agrees(t, name+" generalised", c.got.Together[0], w.Generalised, 1e-6, 0)
		agrees(t, name+" pair t", c.got.Parts[0][1], w.PairT, 1e-6, 0)
		agrees(t, name+" pair m", c.got.Parts[1][1], w.PairM, 1e-6, 0)
		agrees(t, name+" dyadic", c.got.Together[1], w.Dyadic, 1e-6, 0)
		agrees(t, name+" mean t", c.got.Means[0], c.want.MeanT, 1e-9, 0)
		agrees(t, name+" mean m", c.got.Means[1], c.want.MeanM, 1e-9, 0)
		agrees(t, name+" log-likelihood", &c.got.LogLik, c.want.LogLik, 0, 1e-6)
	}
	w := want.Expected.REML
	agrees(t, "generalised reciprocity", got.Reciprocity[0].Correlation, w.RGeneralised, 1e-6, 0)
	agrees(t, "dyadic reciprocity", got.Reciprocity[1].Correlation, w.RDyadic, 1e-6, 0)
	agrees(t, "share in therapists' ratings", got.Sides[0].Parts[0].Share, w.ShareT, 1e-6, 0)
	agrees(t, "share in members' ratings", got.Sides[1].Parts[0].Share, w.ShareM, 1e-6, 0)
	if got.Sessions || got.Reciprocity[2].Reason != onewithmany.OneSession || !got.Caveats.Has("relationship_holds_error") {
		t.Errorf("one rating of each pair has an error of its own: %v", got.Reciprocity[2])
	}
	for _, s := range got.Sides {
		for _, p := range s.Parts {
			if p.CI == nil || p.CI.Lower == nil || !(*p.CI.Lower < *p.Share && *p.Share < *p.CI.Upper) || !(*p.SE > 0) {
				t.Errorf("share %v in %v", p.Share, p.CI)
			}
		}
	}
}
