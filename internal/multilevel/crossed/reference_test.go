package crossed_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/crossed"
	"holon/internal/multilevel/fdist"
)

// referenceCase is one file of expected values.
type referenceCase struct {
	Data  string `json:"data"`
	Roles struct {
		Group   string `json:"group"`
		Member  string `json:"member"`
		Session string `json:"session"`
		Outcome string `json:"outcome"`
	} `json:"roles"`
	Tolerance struct {
		ClosedForm float64 `json:"closed_form"`
		Likelihood float64 `json:"likelihood"`
	} `json:"relative_tolerance"`
	Expected struct {
		Observations float64                       `json:"n_obs"`
		Levels       map[string]float64            `json:"n_levels"`
		REML         *expectedFit                  `json:"reml"`
		ML           *expectedFit                  `json:"ml"`
		Shares       map[string]float64            `json:"shares_reml"`
		Drop         map[string]map[string]float64 `json:"lrt_drop"`
		Group        *expectedEffects              `json:"blup_group"`
		Member       *expectedEffects              `json:"blup_member"`
		Session      *expectedEffects              `json:"blup_session"`
		ANOVA        *expectedANOVA                `json:"anova"`
		Profile      *expectedProfile              `json:"profile_ci_icc_group_ml"`
		TwoLevel     *expectedTwoLevel             `json:"two_level"`
	} `json:"expected"`
}

type expectedFit struct {
	Var      map[string]float64  `json:"var"`
	Beta     float64             `json:"beta"`
	SEBeta   float64             `json:"se_beta"`
	LogLik   float64             `json:"logLik"`
	Deviance float64             `json:"deviance"`
	Singular bool                `json:"singular"`
	SE       map[string]*float64 `json:"se_var_expected_info"`
}

type expectedEffects struct {
	Level       []string   `json:"level"`
	BLUP        []float64  `json:"blup"`
	CondSD      []float64  `json:"cond_sd"`
	PredSE      []float64  `json:"pred_se"`
	Reliability []*float64 `json:"reliability"`
}

type expectedANOVA struct {
	SS      []float64          `json:"SS"`
	DF      []int              `json:"df"`
	MS      []float64          `json:"MS"`
	Strata  []string           `json:"strata"`
	Var     map[string]float64 `json:"var"`
	FMember float64            `json:"F_member"`
	PMember float64            `json:"p_member"`
	FSess   float64            `json:"F_session"`
	PSess   float64            `json:"p_session"`
}

type expectedProfile struct {
	ICC       float64    `json:"icc"`
	CI        [2]float64 `json:"ci"`
	Tolerance float64    `json:"relative_tolerance"`
}

type expectedTwoLevel struct {
	REML map[string]any `json:"reml"`
	ML   map[string]any `json:"ml"`
}

// roster turns the names of a case into codes and back.
type roster struct {
	table   crossed.Table
	groups  []string
	members []string
	session []string
}

// readCase reads a case and its rows.
func readCase(t *testing.T, id string) (c referenceCase, r roster) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/reference", id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join("testdata/reference", c.Data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(records[0], name) }
	code := func(list *[]string, name string) int32 {
		at := slices.Index(*list, name)
		if at < 0 {
			at = len(*list)
			*list = append(*list, name)
		}
		return int32(at)
	}
	for i, row := range records[1:] {
		y, err := strconv.ParseFloat(row[column(c.Roles.Outcome)], 64)
		if err != nil {
			t.Fatal(err)
		}
		r.table.Y = append(r.table.Y, y)
		r.table.Group = append(r.table.Group, code(&r.groups, row[column(c.Roles.Group)]))
		member := strconv.Itoa(i)
		if c.Roles.Member != "" {
			member = row[column(c.Roles.Member)]
		}
		r.table.Member = append(r.table.Member, code(&r.members, member))
		if _, crossedWith := c.Expected.Levels["session"]; crossedWith {
			r.table.Session = append(r.table.Session, code(&r.session, row[column(c.Roles.Session)]))
		}
	}
	return c, r
}

// summarise reads a table that must be good.
func summarise(tb testing.TB, table crossed.Table) *crossed.Summary {
	tb.Helper()
	s, err := crossed.Summarise(table)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// fitted fits what must have a fit.
func fitted(tb testing.TB, s *crossed.Summary, m crossed.Model, method crossed.Method) crossed.Fit {
	tb.Helper()
	fit, err := s.Fit(m, method)
	if err != nil {
		tb.Fatalf("%v by %v: %v", m, method, err)
	}
	return fit
}

// same compares two numbers.
func same(t *testing.T, name string, got, want, rel, abs float64) {
	t.Helper()
	if !scalar.EqualWithinAbsOrRel(got, want, abs, rel) {
		t.Errorf("%s = %.15g, want %.15g (off by %.2g)", name, got, want, got-want)
	}
}

// sameFit compares a fit with R's.
func sameFit(t *testing.T, fit crossed.Fit, want *expectedFit, rel float64) {
	t.Helper()
	name := fit.Method.String()
	for _, c := range []crossed.Component{crossed.Group, crossed.Member, crossed.Session, crossed.Residual} {
		value, has := want.Var[c.String()]
		if has != fit.Model.Has(c) {
			t.Errorf("%s: model has %v = %v, the case says %v", name, c, fit.Model.Has(c), has)
		}
		same(t, name+" var "+c.String(), fit.Variance[c], value, rel, 0)
		got, se := fit.VarianceSE[c], want.SE[c.String()]
		switch {
		case got == nil && se == nil:
		case got == nil || se == nil:
			t.Errorf("%s se of %v: %v, want %v", name, c, got, se)
		default:
			same(t, name+" se of "+c.String(), *got, *se, rel, 0)
		}
		if (has && value == 0) != slices.Contains(fit.Singular, c) {
			t.Errorf("%s: singular components %v with %v = %v", name, fit.Singular, c, value)
		}
	}
	same(t, name+" beta", fit.Mean, want.Beta, rel, 0)
	same(t, name+" se_beta", fit.MeanSE, want.SEBeta, rel, 0)
	same(t, name+" logLik", fit.LogLikelihood, want.LogLik, 0, 1e-6)
	same(t, name+" deviance", fit.Deviance, want.Deviance, 0, 2e-6)
	if want.Singular != (len(fit.Singular) > 0) {
		t.Errorf("%s singular %v", name, fit.Singular)
	}
	if fit.LocalOptima != 1 || fit.Margin != nil {
		t.Errorf("%s: %d optima", name, fit.LocalOptima)
	}
}

// sameEffects compares predictions; names tells what a code was called.
func sameEffects(t *testing.T, kind string, got []crossed.Effect, want *expectedEffects, name func(crossed.Effect) string, rel float64) {
	t.Helper()
	if want == nil {
		return
	}
	if len(got) != len(want.Level) {
		t.Fatalf("%d predictions of %ss, want %d", len(got), kind, len(want.Level))
	}
	for _, e := range got {
		i := slices.Index(want.Level, name(e))
		if i < 0 {
			t.Fatalf("no %s %q in the case", kind, name(e))
		}
		label := fmt.Sprintf("%s %s ", kind, want.Level[i])
		same(t, label+"blup", e.BLUP, want.BLUP[i], rel, rel*want.CondSD[i])
		same(t, label+"cond_sd", e.CondSD, want.CondSD[i], rel, 0)
		same(t, label+"pred_se", e.PredSE, want.PredSE[i], rel, 0)
		switch r := want.Reliability[i]; {
		case r == nil && e.Reliability == nil:
		case r == nil || e.Reliability == nil:
			t.Errorf("%sreliability %v, want %v", label, e.Reliability, r)
		default:
			same(t, label+"reliability", *e.Reliability, *r, rel, 0)
		}
	}
}

// TestReferenceCases compares every number of the cases that this package answers
// for with R.
func TestReferenceCases(t *testing.T) {
	t.Parallel()
	for id, model := range map[string]crossed.Model{
		"crossed-in-group-balanced":          {Group: true, Member: true, Session: true},
		"crossed-in-group-missing":           {Group: true, Member: true, Session: true},
		"crossed-in-group-no-group-variance": {Group: true, Member: true, Session: true},
		"three-level-sessions":               {Group: true, Member: true},
		"nested-pastes":                      {Group: true, Member: true},
		"single-group-weekly":                {Member: true, Session: true},
		"single-group-weekly-missing":        {Member: true, Session: true},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			c, r := readCase(t, id)
			rel, want := c.Tolerance.Likelihood, &c.Expected
			s := summarise(t, r.table)
			counts := s.Counts()
			same(t, "n_obs", float64(counts.Ratings), want.Observations, 0, 0)
			same(t, "members", float64(counts.Members), want.Levels["member"], 0, 0)
			same(t, "sessions", float64(counts.Sessions), want.Levels["session"], 0, 0)
			if groups, has := want.Levels["group"]; has {
				same(t, "groups", float64(counts.Groups), groups, 0, 0)
			}
			reml, ml := fitted(t, s, model, crossed.REML), fitted(t, s, model, crossed.ML)
			sameFit(t, reml, want.REML, rel)
			sameFit(t, ml, want.ML, rel)
			for share, value := range want.Shares {
				for _, component := range []crossed.Component{crossed.Group, crossed.Member, crossed.Session, crossed.Residual} {
					if share == "share_"+component.String() {
						same(t, share, crossed.OfTotal(component).Value(reml.Variance), value, rel, 0)
					}
				}
			}
			sameDrops(t, s, reml, want.Drop)
			effects, err := s.Predict(reml)
			if err != nil {
				t.Fatal(err)
			}
			prefix := func(e crossed.Effect) string {
				if counts.Groups == 1 {
					return ""
				}
				return r.groups[e.Group] + " "
			}
			sameEffects(t, "group", effects.Group, want.Group, func(e crossed.Effect) string { return r.groups[e.Unit] }, rel)
			sameEffects(t, "member", effects.Member, want.Member, func(e crossed.Effect) string { return prefix(e) + r.members[e.Unit] }, rel)
			sameEffects(t, "session", effects.Session, want.Session, func(e crossed.Effect) string { return prefix(e) + r.session[e.Unit] }, rel)
			sameANOVA(t, s, reml, want.ANOVA, c.Tolerance.ClosedForm)
			if p := want.Profile; p != nil {
				lower, upper, err := s.ShareInterval(t.Context(), ml, crossed.OfTotal(crossed.Group), 3.841458820694124)
				if err != nil {
					t.Fatal(err)
				}
				same(t, "profile lower", lower, p.CI[0], p.Tolerance, 0)
				same(t, "profile upper", upper, p.CI[1], p.Tolerance, 0)
				same(t, "profiled share", crossed.OfTotal(crossed.Group).Value(ml.Variance), p.ICC, p.Tolerance, 0)
			}
		})
	}
}

// sameDrops compares the likelihood-ratio tests of each component.
func sameDrops(t *testing.T, s *crossed.Summary, full crossed.Fit, want map[string]map[string]float64) {
	t.Helper()
	if len(want) == 0 {
		t.Error("the case drops nothing")
	}
	for _, c := range []crossed.Component{crossed.Group, crossed.Member, crossed.Session} {
		drop, has := want[c.String()]
		if !has {
			continue
		}
		reduced := fitted(t, s, full.Model.Without(c), crossed.REML)
		same(t, "logLik without "+c.String(), reduced.LogLikelihood, drop["logLik_reduced_reml"], 0, 1e-6)
		statistic := reduced.Deviance - full.Deviance
		same(t, "statistic of "+c.String(), statistic, drop["statistic"], 0, 2e-6)
		p := math.Erfc(math.Sqrt(max(0, statistic) / 2))
		same(t, "p of "+c.String(), p, drop["p_chisq1"], 1e-5, 0)
	}
}

// sameANOVA compares the strata and their F.
func sameANOVA(t *testing.T, s *crossed.Summary, reml crossed.Fit, want *expectedANOVA, rel float64) {
	t.Helper()
	if want == nil {
		return
	}
	strata, ok := s.Strata()
	if !ok || len(strata) < len(want.Strata) {
		t.Fatalf("strata %v, want %v", strata, want.Strata)
	}
	ms := make(map[crossed.Component]crossed.Stratum)
	for i, name := range want.Strata {
		at := slices.IndexFunc(strata, func(st crossed.Stratum) bool { return strings.HasPrefix(name, st.Component.String()) })
		if at < 0 {
			t.Fatalf("no stratum %s", name)
		}
		st := strata[at]
		ms[st.Component] = st
		same(t, name+" SS", st.SS, want.SS[i], rel, 1e-12)
		same(t, name+" MS", *st.MS, want.MS[i], rel, 1e-12)
		if st.DF != want.DF[i] {
			t.Errorf("%s df %d, want %d", name, st.DF, want.DF[i])
		}
		expected := 0.0
		for c, k := range st.Coefficient {
			expected += k * reml.Variance[c]
		}
		same(t, name+" expected MS", expected, want.MS[i], 1e-9, 0)
	}
	if !reml.ClosedForm {
		t.Error("complete tables of one shape were not solved in closed form")
	}
	for name, v := range want.Var {
		for _, c := range []crossed.Component{crossed.Group, crossed.Member, crossed.Session, crossed.Residual} {
			if c.String() == name {
				same(t, "anova var "+name, reml.Variance[c], v, rel, 0)
			}
		}
	}
	e := ms[crossed.Residual]
	for c, f := range map[crossed.Component][2]float64{crossed.Member: {want.FMember, want.PMember}, crossed.Session: {want.FSess, want.PSess}} {
		ratio := *ms[c].MS / *e.MS
		same(t, "F of "+c.String(), ratio, f[0], rel, 0)
		same(t, "p of "+c.String(), fdist.Upper(ratio, float64(ms[c].DF), float64(e.DF)), f[1], rel, 0)
	}
}
