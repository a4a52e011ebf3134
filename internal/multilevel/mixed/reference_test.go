package mixed_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/mixed"
)

// table is a reference case's rows by column.
type table map[string][]string

// numbers returns a column as numbers.
func (d table) numbers(t *testing.T, name string) []float64 {
	t.Helper()
	out := make([]float64, len(d[name]))
	for i, s := range d[name] {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

// keys joins columns to the key of what is nested in them.
func (d table) keys(names ...string) []string {
	out := make([]string, len(d[names[0]]))
	for i := range out {
		parts := make([]string, len(names))
		for j, name := range names {
			parts[j] = d[name][i]
		}
		out[i] = strings.Join(parts, " ")
	}
	return out
}

// readCase reads the rows and expected values of a case.
func readCase(t *testing.T, dir, id string, expected any) table {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	whole := struct {
		Expected any `json:"expected"`
	}{expected}
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatal(err)
	}
	return readTable(t, filepath.Join(dir, id+".csv"))
}

// readTable reads a table.
func readTable(t *testing.T, path string) table {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	d := make(table)
	for _, record := range records[1:] {
		for j, name := range records[0] {
			d[name] = append(d[name], record[j])
		}
	}
	return d
}

// list reads a list that may be written as its only value.
type list []float64

// UnmarshalJSON reads either form; null is NaN, which equals nothing.
func (l *list) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '[' {
		b = append(append([]byte{'['}, b...), ']')
	}
	var values []*float64
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	for _, v := range values {
		if v == nil {
			v = new(math.NaN())
		}
		*l = append(*l, *v)
	}
	return nil
}

// wantFit is one likelihood's expected values.
type wantFit struct {
	Var      map[string]float64  `json:"var"`
	SEVar    map[string]*float64 `json:"se_var_expected_info"`
	Beta     list                `json:"beta"`
	SEBeta   list                `json:"se_beta"`
	LogLik   float64             `json:"logLik"`
	Deviance float64             `json:"deviance"`
	Singular bool                `json:"singular"`
}

// wantBLUP is one term's expected predictions.
type wantBLUP struct {
	Level       []string   `json:"level"`
	BLUP        list       `json:"blup"`
	CondSD      list       `json:"cond_sd"`
	PredSE      list       `json:"pred_se"`
	Reliability []*float64 `json:"reliability"`
}

// wanted is what this package answers for in most cases.
type wanted struct {
	N      int                `json:"n_obs"`
	Levels map[string]int     `json:"n_levels"`
	REML   wantFit            `json:"reml"`
	ML     wantFit            `json:"ml"`
	Shares map[string]float64 `json:"shares_reml"`
	Drop   map[string]struct {
		Statistic float64 `json:"statistic"`
		P         float64 `json:"p_mixture_50_50"`
		LogLik    float64 `json:"logLik_reduced_reml"`
	} `json:"lrt_drop"`
	Therapist *wantBLUP `json:"blup_therapist"`
	Group     *wantBLUP `json:"blup_group"`
	Member    *wantBLUP `json:"blup_member"`
	Session   *wantBLUP `json:"blup_session"`
	Plate     *wantBLUP `json:"blup_plate"`
	Sample    *wantBLUP `json:"blup_sample"`
}

// blups returns the expected predictions by term.
func (w *wanted) blups() map[string]*wantBLUP {
	return map[string]*wantBLUP{
		"therapist": w.Therapist, "group": w.Group, "member": w.Member, "session": w.Session, "plate": w.Plate, "sample": w.Sample,
	}
}

// near compares a number; absolute differences up to abs pass too.
func near(t *testing.T, name string, got, want, rel, abs float64) {
	t.Helper()
	if !scalar.EqualWithinAbsOrRel(got, want, abs, rel) {
		t.Errorf("%s = %.15g, want %.15g (off by %.2g)", name, got, want, got-want)
	}
}

// likelihood is the relative tolerance of the cases.
const likelihood = 1e-6

// compareFit compares a fit with expected values.
func compareFit(t *testing.T, f *mixed.Fit, want wantFit) {
	t.Helper()
	name := f.Method.String()
	if len(want.Var) != len(f.Terms)+1 {
		t.Fatalf("%s: %d terms, want %v", name, len(f.Terms), want.Var)
	}
	near(t, name+" logLik", f.LogLikelihood, want.LogLik, 0, 1e-6)
	near(t, name+" deviance", f.Deviance, want.Deviance, 0, 2e-6)
	near(t, name+" residual", f.Residual, want.Var["residual"], likelihood, 0)
	se := func(name string, got, want *float64) {
		t.Helper()
		switch {
		case want == nil && got != nil:
			t.Errorf("%s se = %v, want none", name, *got)
		case want != nil && got == nil:
			t.Errorf("%s se missing, want %v", name, *want)
		case want != nil:
			near(t, name+" se", *got, *want, likelihood, 0)
		}
	}
	se(name+" residual", f.ResidualSE, want.SEVar["residual"])
	for _, term := range f.Terms {
		near(t, name+" "+term.Name, term.Variance, want.Var[term.Name], likelihood, 0)
		if (want.Var[term.Name] == 0) != term.Singular {
			t.Errorf("%s %s singular = %v", name, term.Name, term.Singular)
		}
		se(name+" "+term.Name, term.VarianceSE, want.SEVar[term.Name])
	}
	if want.Singular != (len(f.Singular) > 0) {
		t.Errorf("%s singular terms %v, want any: %v", name, f.Singular, want.Singular)
	}
	for j, x := range f.Fixed {
		near(t, name+" "+x.Name, x.Estimate, want.Beta[j], likelihood, 0)
		near(t, name+" "+x.Name+" se", x.SE, want.SEBeta[j], likelihood, 0)
	}
	if !(f.Decrement >= 0 && f.Decrement < 1e-9) {
		t.Errorf("%s decrement %v", name, f.Decrement)
	}
}

// fit fits or fails.
func fit(t *testing.T, m *mixed.Model, method mixed.Method) *mixed.Fit {
	t.Helper()
	f, err := m.Fit(t.Context(), mixed.Options{Method: method})
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return f
}

// prepare makes a model or fails.
func prepare(t *testing.T, d mixed.Data) *mixed.Model {
	t.Helper()
	m, err := mixed.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// compareDrops compares the likelihood-ratio tests of single terms.
func compareDrops(t *testing.T, m *mixed.Model, full *mixed.Fit, want *wanted) {
	t.Helper()
	for name, w := range want.Drop {
		reduced, err := m.Without(name)
		if err != nil {
			t.Fatal(err)
		}
		f := fit(t, reduced, mixed.REML)
		near(t, "without "+name, f.LogLikelihood, w.LogLik, 0, 1e-6)
		statistic := mixed.Drop(full, f)
		near(t, "drop "+name, statistic, w.Statistic, likelihood, 2e-6)
		near(t, "p "+name, mixed.BoundaryP(statistic, 0), w.P, likelihood, 0)
	}
}

// comparePredictions compares the BLUPs.
func comparePredictions(t *testing.T, f *mixed.Fit, want *wanted) {
	t.Helper()
	seen := 0
	for _, p := range f.Predict() {
		w := want.blups()[p.Term]
		if w == nil {
			continue
		}
		seen++
		at := make(map[string]int)
		for i, u := range p.Units {
			at[u.Unit] = i
		}
		for i, level := range w.Level {
			k, ok := at[level]
			if !ok {
				t.Fatalf("no prediction of %s %s", p.Term, level)
			}
			e, name := p.Units[k].Effects[0], p.Term+" "+level
			near(t, name+" blup", e.BLUP, w.BLUP[i], likelihood, likelihood*w.PredSE[i])
			near(t, name+" cond_sd", e.CondSD, w.CondSD[i], likelihood, 0)
			near(t, name+" pred_se", e.PredSE, w.PredSE[i], likelihood, 0)
			switch {
			case w.Reliability[i] == nil && e.Reliability != nil:
				t.Errorf("%s reliability = %v, want none", name, *e.Reliability)
			case w.Reliability[i] != nil && e.Reliability == nil:
				t.Errorf("%s reliability missing", name)
			case e.Reliability != nil:
				near(t, name+" reliability", *e.Reliability, *w.Reliability[i], likelihood, 0)
			}
		}
	}
	if seen == 0 {
		t.Error("the case expects no predictions")
	}
}

// coleaders gives one leader the weight 1 and two the weight 1/2 each.
func coleaders(d table) [][]mixed.Membership {
	rows := make([][]mixed.Membership, len(d["y"]))
	for i := range rows {
		if d["colead"][i] == "" {
			rows[i] = []mixed.Membership{{Unit: d["lead"][i], Weight: 1}}
			continue
		}
		rows[i] = []mixed.Membership{{Unit: d["lead"][i], Weight: 0.5}, {Unit: d["colead"][i], Weight: 0.5}}
	}
	return rows
}

// TestReferenceCases compares every structure with values computed in R from
// score equations solved to 1e-13; their files say how.
func TestReferenceCases(t *testing.T) {
	t.Parallel()
	group := func(d table) mixed.Term { return mixed.ByUnit("group", d.keys("group")) }
	member := func(d table) mixed.Term { return mixed.ByUnit("member", d.keys("group", "member")) }
	session := func(d table) mixed.Term { return mixed.ByUnit("session", d.keys("group", "session")) }
	for id, terms := range map[string]func(table) []mixed.Term{
		"crossed-penicillin": func(d table) []mixed.Term {
			return []mixed.Term{mixed.ByUnit("plate", d.keys("plate")), mixed.ByUnit("sample", d.keys("sample"))}
		},
		"therapist-above-groups": func(d table) []mixed.Term {
			return []mixed.Term{mixed.ByUnit("therapist", d.keys("therapist")), group(d)}
		},
		"cotherapists-multiple-membership": func(d table) []mixed.Term {
			return []mixed.Term{mixed.ByWeight("therapist", coleaders(d)), group(d)}
		},
		"crossed-in-group-missing":           func(d table) []mixed.Term { return []mixed.Term{group(d), member(d), session(d)} },
		"crossed-in-group-no-group-variance": func(d table) []mixed.Term { return []mixed.Term{group(d), member(d), session(d)} },
		"three-level-sessions":               func(d table) []mixed.Term { return []mixed.Term{group(d), member(d)} },
		"nested-pastes":                      func(d table) []mixed.Term { return []mixed.Term{group(d), member(d)} },
		"single-group-weekly-missing": func(d table) []mixed.Term {
			return []mixed.Term{mixed.ByUnit("member", d.keys("member")), mixed.ByUnit("session", d.keys("session"))}
		},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			var want wanted
			d := readCase(t, "testdata/reference", id, &want)
			y := d.numbers(t, "y")
			m := prepare(t, mixed.Data{Y: y, X: []mixed.Column{mixed.Intercept(len(y))}, Terms: terms(d)})
			reml := fit(t, m, mixed.REML)
			if reml.Ratings != want.N {
				t.Errorf("%d ratings, want %d", reml.Ratings, want.N)
			}
			for _, term := range reml.Terms {
				if term.Units != want.Levels[term.Name] {
					t.Errorf("%d units of %s, want %d", term.Units, term.Name, want.Levels[term.Name])
				}
				share := reml.Share(term.Name)
				if share == nil {
					t.Fatalf("no share of %s", term.Name)
				}
				near(t, "share "+term.Name, *share, want.Shares["share_"+term.Name], likelihood, 0)
			}
			compareFit(t, reml, want.REML)
			compareFit(t, fit(t, m, mixed.ML), want.ML)
			compareDrops(t, m, reml, &want)
			comparePredictions(t, reml, &want)
		})
	}
}
