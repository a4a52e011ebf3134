package roundrobin_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/roundrobin"
)

// readCase reads a case's groups, cells by file order and members by name, and
// its expected values.
func readCase(t *testing.T, id string) ([]roundrobin.Group, map[string]any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "reference", id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Data     string         `json:"data"`
		Expected map[string]any `json:"expected"`
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join("testdata", "reference", c.Data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var table roundrobin.Table
	for _, row := range rows[1:] {
		if row[3] == "" {
			continue
		}
		y, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		table.Add(row[0], row[1], row[2], y)
	}
	return table.Groups(), c.Expected
}

// look returns the value at keys and places.
func look(t *testing.T, doc any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch key := step.(type) {
		case string:
			here, ok := doc.(map[string]any)
			if _, there := here[key]; !ok || !there {
				t.Fatalf("no %v in %v", key, path)
			}
			doc = here[key]
		case int:
			here, ok := doc.([]any)
			if !ok || key >= len(here) {
				t.Fatalf("no %v in %v", key, path)
			}
			doc = here[key]
		}
	}
	return doc
}

// same compares a number with an expected one to nine digits; nil is null.
func same(t *testing.T, what string, got *float64, want any) {
	t.Helper()
	w, number := want.(float64)
	switch {
	case !number && got == nil:
	case !number || got == nil || !scalar.EqualWithinAbsOrRel(*got, w, 1e-12, 1e-9):
		t.Errorf("%s: %v, want %v", what, text(got), want)
	}
}

// text writes a number or nil.
func text(v *float64) string {
	if v == nil {
		return "nil"
	}
	return fmt.Sprint(*v)
}

// checkGroup compares one group with the closed formulas' values.
func checkGroup(t *testing.T, g *roundrobin.GroupResult, want any) {
	t.Helper()
	same(t, g.Name+" n", new(float64(g.N)), look(t, want, "n"))
	same(t, g.Name+" mean", g.Mean, look(t, want, "mean"))
	for _, e := range g.Estimates {
		same(t, g.Name+" "+string(e.Component), e.Value, look(t, want, string(e.Component)))
	}
	for i, m := range g.Members {
		same(t, g.Name+" actor "+m.Name, &m.Actor, look(t, want, "actor", i))
		same(t, g.Name+" partner "+m.Name, &m.Partner, look(t, want, "partner", i))
	}
	same(t, g.Name+" general", g.GeneralReciprocity, look(t, want, "r_actor_partner"))
	same(t, g.Name+" dyadic", g.DyadicReciprocity, look(t, want, "r_dyadic"))
	same(t, g.Name+" reliability", g.ActorReliability, look(t, want, "reliability_actor"))
	same(t, g.Name+" reliability", g.PartnerReliability, look(t, want, "reliability_partner"))
}

// TestOneGroup compares with the case srm-one-group-7, computed in R from the
// formulas of Kenny (1994) and Lashley and Bond (1997).
func TestOneGroup(t *testing.T) {
	t.Parallel()
	groups, want := readCase(t, "srm-one-group-7")
	got := roundrobin.Analyse(groups)
	if got.Reason != "" || len(got.Groups) != 1 || got.Lead != roundrobin.LashleyBond {
		t.Fatalf("%q, %d groups", got.Reason, len(got.Groups))
	}
	g := &got.Groups[0]
	checkGroup(t, g, look(t, want, "anova"))
	for _, of := range [][]roundrobin.Estimate{g.Estimates, got.Pooled.Estimates} {
		for _, e := range of {
			name := string(e.Component)
			if len(e.Tests) != 1 {
				t.Fatalf("%d tests", len(e.Tests))
			}
			same(t, "se "+name, e.Tests[0].SE, look(t, want, "se_lashley_bond", name))
			same(t, "t "+name, e.Tests[0].T, look(t, want, "t", name))
			same(t, "p "+name, e.Tests[0].P, look(t, want, "p_one_sided_variances_two_sided_covariances", name))
			same(t, "df", new(float64(e.Tests[0].DF)), look(t, want, "df"))
		}
	}
	for i, m := range g.Members {
		if m.Name != look(t, want, "person_order", i) {
			t.Errorf("%s in place %d", m.Name, i)
		}
	}
	if got.Pooled.GroupVariance != nil || !got.Caveats.Has("one_group_tests_weak") {
		t.Error("one group has no variance of groups")
	}
}

// TestSeveralGroups compares with the case srm-multi-group.
func TestSeveralGroups(t *testing.T) {
	t.Parallel()
	groups, want := readCase(t, "srm-multi-group")
	got := roundrobin.Analyse(groups)
	if got.Reason != "" || len(got.Groups) != 9 {
		t.Fatalf("%q, %d groups", got.Reason, len(got.Groups))
	}
	anova := look(t, want, "anova")
	for i := range got.Groups {
		g := &got.Groups[i]
		checkGroup(t, g, look(t, anova, "per_group", i))
		same(t, "mean", g.Mean, look(t, anova, "group_means", i))
		for _, e := range g.Estimates {
			same(t, g.Name+" se "+string(e.Component), e.Tests[0].SE, look(t, anova, "per_group", i, "se_lashley_bond", string(e.Component)))
		}
	}
	for i, e := range got.Pooled.Estimates {
		name := string(e.Component)
		same(t, name, e.Value, look(t, anova, "pooled", name))
		if i < 3 {
			same(t, "share "+name, e.Share, look(t, anova, "relative_variance", i))
		}
		within, between := e.Tests[0], e.Tests[1]
		same(t, "se "+name, within.SE, look(t, anova, "se_lashley_bond", name))
		same(t, "t "+name, within.T, look(t, anova, "t_lashley_bond", name))
		same(t, "p "+name, within.P, look(t, anova, "p_lashley_bond", name))
		same(t, "df", new(float64(within.DF)), look(t, anova, "df_lashley_bond"))
		same(t, "between se "+name, between.SE, look(t, anova, "between_groups_t", "se", name))
		same(t, "between t "+name, between.T, look(t, anova, "between_groups_t", "t", name))
		same(t, "between p "+name, between.P, look(t, anova, "between_groups_t", "p", name))
		same(t, "between df", new(float64(between.DF)), look(t, anova, "between_groups_t", "df"))
	}
	same(t, "group variance", got.Pooled.GroupVariance, look(t, anova, "var_group"))
	same(t, "general", got.Pooled.GeneralReciprocity, look(t, anova, "r_actor_partner"))
	same(t, "dyadic", got.Pooled.DyadicReciprocity, look(t, anova, "r_dyadic"))
}

// TestThreeMembersAreTooFew shows that a group of three is named and not
// computed, alone and among others (case srm-group-of-3).
func TestThreeMembersAreTooFew(t *testing.T) {
	t.Parallel()
	three, _ := readCase(t, "srm-group-of-3")
	got := roundrobin.Analyse(three)
	if got.Reason != roundrobin.FewMembers || len(got.Out) != 1 || got.Pooled.Estimates != nil {
		t.Errorf("%q, out %v", got.Reason, got.Out)
	}
	three[0].Name = "small"
	more, _ := readCase(t, "srm-one-group-7")
	got = roundrobin.Analyse(slices.Concat(three, more))
	if got.Reason != "" || len(got.Groups) != 1 || len(got.Out) != 1 || got.Out[0].Group != "small" || got.Out[0].Reason != roundrobin.FewMembers {
		t.Errorf("%q, out %v", got.Reason, got.Out)
	}
}

// TestANegativeVarianceAgreesWithTheLikelihoodWithoutBounds compares with
// testdata/negative.R, which maximises the restricted likelihood numerically and
// knows none of the closed formulas.
func TestANegativeVarianceAgreesWithTheLikelihoodWithoutBounds(t *testing.T) {
	t.Parallel()
	groups, _ := readCase(t, "srm-multi-group")
	got := roundrobin.Analyse(groups[6:7])
	want := [5]float64{1.152603971, -0.114786106, 1.608179427, 0.149143059, 0.670881127}
	for i, e := range got.Pooled.Estimates {
		if !scalar.EqualWithinAbsOrRel(*e.Value, want[i], 1e-6, 1e-6) {
			t.Errorf("%s: %.9g, R has %.9g", e.Component, *e.Value, want[i])
		}
	}
	if s := got.Pooled.Estimates; *s[1].Share != 0 || got.Pooled.GeneralReciprocity != nil || !got.Caveats.Has("negative_variance") {
		t.Errorf("the share is %v", *s[1].Share)
	}
}
