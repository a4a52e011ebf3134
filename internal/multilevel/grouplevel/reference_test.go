package grouplevel_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// referenceCase is one file of expected values, computed in R (see
// testdata/reference of package multilevel for how).
type referenceCase struct {
	Roles     map[string]string `json:"roles"`
	Tolerance struct {
		ClosedForm float64 `json:"closed_form"`
		Likelihood float64 `json:"likelihood"`
	} `json:"relative_tolerance"`
	Expected map[string]any `json:"expected"`
}

// readCase reads a case and its table.
func readCase(t *testing.T, id string) (c referenceCase, table grouplevel.Table) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "reference", id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "reference", id+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range records[0] {
		column[name] = i
	}
	at := func(record []string, role string) string {
		if i, ok := column[c.Roles[role]]; ok {
			return record[i]
		}
		return ""
	}
	table.Therapists = map[string][]string{}
	for _, record := range records[1:] {
		y, err := strconv.ParseFloat(at(record, "outcome"), 64)
		if err != nil {
			t.Fatal(err)
		}
		row := multilevel.Row{Group: at(record, "group"), Member: at(record, "member"), Session: at(record, "session"), Value: y}
		table.Rows = append(table.Rows, row)
		var leaders []string
		for _, role := range []string{"therapist", "lead", "colead"} {
			if name := at(record, role); name != "" {
				leaders = append(leaders, name)
			}
		}
		if leaders != nil {
			table.Therapists[row.Group] = leaders
		}
	}
	return c, table
}

// result tests a table in full with few draws, where nothing else is wanted.
func result(t *testing.T, table grouplevel.Table, o grouplevel.Options) multilevel.GroupLevel {
	t.Helper()
	r, err := grouplevel.Test(t.Context(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checker compares results with the expected values of a case, and remembers
// which of them were looked at, so that none is left out silently.
type checker struct {
	t    *testing.T
	c    referenceCase
	seen map[string]bool
}

// want returns an expected value by its path.
func (c *checker) want(path ...string) (v any, ok bool) {
	c.t.Helper()
	v = c.c.Expected
	for _, key := range path {
		m, isMap := v.(map[string]any)
		if !isMap {
			return nil, false
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	c.seen[strings.Join(path, ".")] = true
	return v, true
}

// same compares one number that the case must have.
func (c *checker) same(got *float64, rel, abs float64, path ...string) {
	c.t.Helper()
	v, ok := c.want(path...)
	if !ok {
		c.t.Errorf("the case has no %s", strings.Join(path, "."))
		return
	}
	equal(c.t, strings.Join(path, "."), got, v, rel, abs)
}

// equal compares a number that may be undefined.
func equal(t *testing.T, name string, got *float64, want any, rel, abs float64) {
	t.Helper()
	if want == nil {
		if got != nil {
			t.Errorf("%s = %v, want undefined", name, *got)
		}
		return
	}
	w, ok := want.(float64)
	switch {
	case !ok:
		t.Errorf("%s: expected value %v is no number", name, want)
	case got == nil:
		t.Errorf("%s is undefined, want %v", name, w)
	case !scalar.EqualWithinAbsOrRel(*got, w, abs, rel):
		t.Errorf("%s = %.15g, want %.15g (off by %.2g)", name, *got, w, *got-w)
	}
}

// number returns an expected value that has to be one.
func number(t *testing.T, v any) float64 {
	t.Helper()
	f, ok := v.(float64)
	if !ok {
		t.Fatalf("expected value %v is no number", v)
	}
	return f
}

// list returns an expected value that has to be a list.
func list(t *testing.T, v any) []any {
	t.Helper()
	l, ok := v.([]any)
	if !ok {
		t.Fatalf("expected value %v is no list", v)
	}
	return l
}

// part picks a level's number.
func part(c multilevel.Components, name string) *float64 {
	return map[string]*float64{"therapist": c.Therapist, "group": c.Group, "member": c.Member, "session": c.Session, "residual": c.Residual}[name]
}

// keys returns the keys of an expected object.
func (c *checker) keys(path ...string) []string {
	v, _ := c.want(path...)
	m, _ := v.(map[string]any)
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

// fit compares one likelihood's fit.
func (c *checker) fit(f *multilevel.Fit, name string) {
	c.t.Helper()
	rel := c.c.Tolerance.Likelihood
	var total float64
	for _, k := range c.keys(name, "var") {
		v, _ := c.want(name, "var", k)
		total += number(c.t, v)
	}
	for _, k := range c.keys(name, "var") {
		c.same(part(f.Variance, k), rel, 1e-6*total, name, "var", k)
		c.same(part(f.VarianceSE, k), 1e-4, 1e-6*total, name, "se_var_expected_info", k)
	}
	c.same(f.Mean, rel, 1e-9, name, "beta")
	c.same(f.MeanSE, rel, 1e-9, name, "se_beta")
	c.same(f.LogLikelihood, 0, 1e-6, name, "logLik")
	c.same(f.Deviance, 0, 1e-6, name, "deviance")
	if v, _ := c.want(name, "singular"); v != *f.Singular {
		c.t.Errorf("%s: singular = %v, want %v", name, *f.Singular, v)
	}
}

// effects compares predictions, by the names of their units.
func (c *checker) effects(found map[string]multilevel.Effect, name string) {
	c.t.Helper()
	units, ok := c.want(name, "level")
	if !ok {
		return
	}
	names := list(c.t, units)
	if len(names) != len(found) {
		c.t.Errorf("%s: %d units, want %d", name, len(found), len(names))
	}
	for i, unit := range names {
		e, ok := found[fmt.Sprint(unit)]
		if !ok {
			c.t.Errorf("%s: no unit %v", name, unit)
			continue
		}
		for key, got := range map[string]*float64{"blup": &e.BLUP, "cond_sd": &e.CondSD, "pred_se": &e.PredSE, "reliability": e.Reliability} {
			v, _ := c.want(name, key)
			equal(c.t, fmt.Sprintf("%s.%s of %v", name, key, unit), got, list(c.t, v)[i], 1e-5, 1e-6)
		}
	}
}

// byName keys the predictions of one level as the cases name their units.
func byName(list []multilevel.Effect, oneGroup bool) map[string]multilevel.Effect {
	out := map[string]multilevel.Effect{}
	for _, e := range list {
		name := e.Name
		if e.Group != "" && !oneGroup {
			name = e.Group + " " + e.Name
		}
		out[name] = e
	}
	return out
}

// groupsByName keys the predictions of the groups.
func groupsByName(list []multilevel.GroupEffect) map[string]multilevel.Effect {
	out := map[string]multilevel.Effect{}
	for _, e := range list {
		as := multilevel.Effect{Name: e.Group, BLUP: e.BLUP, CondSD: e.CondSD, PredSE: e.PredSE, Reliability: &e.Reliability}
		if e.CondSD == 0 {
			as.Reliability = nil // R has 0/0 there; a group's is written as 0
		}
		out[e.Group] = as
	}
	return out
}

// testOf returns a component's test by a method, and an empty one if there is none.
func testOf(r *multilevel.GroupLevel, component, method string) multilevel.ComponentTest {
	for _, t := range r.Tests {
		if t.Component == component && t.Method == method {
			return t
		}
	}
	return multilevel.ComponentTest{}
}

// everything compares all that a case expects with a result.
func (c *checker) everything(r *multilevel.GroupLevel) {
	c.t.Helper()
	rel := c.c.Tolerance.Likelihood
	c.fit(&r.REML, "reml")
	c.fit(&r.ML, "ml")
	for _, k := range c.keys("shares_reml") {
		c.same(part(r.REML.Share, strings.TrimPrefix(k, "share_")), rel, 1e-6, "shares_reml", k)
	}
	for _, k := range c.keys("lrt_drop") {
		test := testOf(r, k, multilevel.MethodREML)
		c.same(test.Statistic, 0, 2e-6, "lrt_drop", k, "statistic")
		c.same(test.P, 1e-5, 1e-300, "lrt_drop", k, "p_mixture_50_50")
	}
	oneGroup := r.Counts.Groups == 1
	c.effects(groupsByName(r.BLUP), "blup_group")
	c.effects(byName(r.Effects.Member, oneGroup), "blup_member")
	c.effects(byName(r.Effects.Session, oneGroup), "blup_session")
	c.effects(byName(r.Effects.Therapist, false), "blup_therapist")
	for key, got := range map[string]*float64{
		"group": r.REML.Share.Group, "same_member_other_session": r.Correlation.SameMemberOtherSession,
		"same_session_other_member": r.Correlation.SameSessionOtherMember, "same_member": r.Correlation.SameMemberOtherSession,
		"member_within_group": r.REML.Share.Member,
	} {
		if _, ok := c.want("icc", key); ok {
			c.same(got, rel, 1e-6, "icc", key)
		}
	}
	for key, got := range map[string]*float64{
		"group_mean": r.Reliability.GroupMean, "member_mean_within_group": r.Reliability.MemberMeanWithinGroup,
		"session_mean_within_group": r.Reliability.SessionMeanWithinGroup,
	} {
		if _, ok := c.want("reliability", key); ok {
			c.same(got, rel, 1e-6, "reliability", key)
		}
	}
	if ci, ok := c.want("profile_ci_icc_group_ml", "ci"); ok {
		limits := list(c.t, ci)
		c.same(r.ML.Share.Group, 1e-4, 1e-6, "profile_ci_icc_group_ml", "icc")
		equal(c.t, "ML interval, lower", r.ML.ShareCI.Group[0].Lower, limits[0], 1e-4, 1e-6)
		equal(c.t, "ML interval, upper", r.ML.ShareCI.Group[0].Upper, limits[1], 1e-4, 1e-6)
	}
	c.anova(r)
}

// anova compares the analysis of variance of a case that has one.
func (c *checker) anova(r *multilevel.GroupLevel) {
	c.t.Helper()
	if _, ok := c.want("anova"); !ok {
		return
	}
	closed := c.c.Tolerance.ClosedForm
	list := func(key string) []any {
		v, _ := c.want("anova", key)
		return list(c.t, v)
	}
	if len(r.Strata) != len(list("SS")) {
		c.t.Fatalf("%d strata, want %d", len(r.Strata), len(list("SS")))
	}
	for i, s := range r.Strata {
		equal(c.t, "SS of "+s.Name, &s.SS, list("SS")[i], closed, 1e-12)
		equal(c.t, "df of "+s.Name, new(float64(s.DF)), list("df")[i], 0, 0)
		equal(c.t, "MS of "+s.Name, s.MS, list("MS")[i], closed, 1e-12)
	}
	for _, l := range []string{"member", "session"} {
		test := testOf(r, l, multilevel.MethodF)
		c.same(test.Statistic, closed, 1e-12, "anova", "F_"+l)
		c.same(test.P, closed, 1e-300, "anova", "p_"+l)
	}
	for form, method := range map[string]string{"form1": multilevel.MethodQuasiFDifference, "form2": multilevel.MethodQuasiF} {
		if _, ok := c.want("anova", "quasi_F_group", form); !ok {
			continue
		}
		test := testOf(r, "group", method)
		c.same(test.Statistic, closed, 1e-12, "anova", "quasi_F_group", form, "F")
		c.same(test.DF1, closed, 1e-12, "anova", "quasi_F_group", form, "df1")
		c.same(test.DF2, closed, 1e-12, "anova", "quasi_F_group", form, "df2")
		c.same(test.P, closed, 1e-300, "anova", "quasi_F_group", form, "p")
	}
}

// complete fails for expected values that nobody looked at.
func (c *checker) complete() {
	c.t.Helper()
	// Counts are compared by name below; p against plain chi-square is what
	// Holon does not report, the reduced likelihood is that of the statistic,
	// and the variances of the analysis of variance are those of REML here.
	other := map[string]bool{"n_obs": true, "n_levels": true, "group_variance": true, "group_variance_reason": true, "options": true}
	for key := range c.c.Expected {
		if other[key] {
			continue
		}
		found := false
		for path := range c.seen {
			found = found || path == key || strings.HasPrefix(path, key+".")
		}
		if !found {
			c.t.Errorf("nothing was compared with %s", key)
		}
	}
}

func TestReferenceCases(t *testing.T) {
	t.Parallel()
	for id, structure := range map[string]multilevel.Structure{
		"crossed-in-group-balanced":          multilevel.MembersBySessions,
		"crossed-in-group-missing":           multilevel.MembersBySessions,
		"crossed-in-group-no-group-variance": multilevel.MembersBySessions,
		"three-level-sessions":               multilevel.SessionsInMembers,
		"nested-pastes":                      multilevel.SessionsInMembers,
		"therapist-above-groups":             multilevel.GroupsInTherapists,
		"cotherapists-multiple-membership":   multilevel.GroupsOfCotherapists,
		"single-group-weekly":                multilevel.OneGroupBySessions,
		"single-group-weekly-missing":        multilevel.OneGroupBySessions,
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			reference, table := readCase(t, id)
			r := result(t, table, grouplevel.Options{Detail: grouplevel.Full, Options: multilevel.Options{Draws: 99}})
			if r.Structure != structure {
				t.Errorf("structure %s, want %s", r.Structure, structure)
			}
			if v := reference.Expected["n_obs"]; v != float64(r.Counts.Ratings) {
				t.Errorf("%d ratings, want %v", r.Counts.Ratings, v)
			}
			c := checker{t: t, c: reference, seen: map[string]bool{}}
			c.everything(&r)
			c.complete()
			if v, ok := reference.Expected["group_variance"]; ok && (v != nil || r.REML.Variance.Group != nil || r.Answer != multilevel.NotIdentifiable || r.Reason != multilevel.OneGroup) {
				t.Errorf("one group: variance %v, answer %s, %s", r.REML.Variance.Group, r.Answer, r.Reason)
			}
		})
	}
}
