package roundrobin_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
)

// missingCells reads srm-missing-cells.
func missingCells(t *testing.T) []roundrobin.Group {
	t.Helper()
	f, err := os.Open("testdata/reference/srm-missing-cells.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []roundrobin.Group
	for _, r := range rows[1:] {
		if len(out) == 0 || out[len(out)-1].Name != r[0] {
			out = append(out, roundrobin.Group{Name: r[0]})
		}
		g := &out[len(out)-1]
		place := func(name string) int {
			if i := slices.Index(g.Members, name); i >= 0 {
				return i
			}
			g.Members = append(g.Members, name)
			return len(g.Members) - 1
		}
		a, p := place(r[1]), place(r[2])
		if r[3] == "" {
			continue
		}
		y, err := strconv.ParseFloat(r[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		g.Cells = append(g.Cells, roundrobin.Cell{Actor: a, Partner: p, Value: y})
	}
	return out
}

// agrees fails unless a number is there and agrees.
func agrees(t *testing.T, name string, got *float64, want, relative, absolute float64) {
	t.Helper()
	if got == nil || !scalar.EqualWithinAbsOrRel(*got, want, absolute, relative) {
		t.Errorf("%s = %v, want %g", name, shown(got), want)
	}
}

// shown writes a number that may not be there.
func shown(v *float64) string {
	if v == nil {
		return "nothing"
	}
	return strconv.FormatFloat(*v, 'g', 12, 64)
}

// TestREMLAgreesWithTheReference holds both fits and the test of the group
// variance against srm-missing-cells.json.
func TestREMLAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	type fit struct {
		Theta  map[string]float64 `json:"theta"`
		Mean   float64            `json:"mean"`
		MeanSE float64            `json:"se_mean"`
		LogLik float64            `json:"logLik"` //nolint:tagliatelle // the file's key
	}
	var want struct {
		Expected struct {
			Observed int `json:"n_observed"`
			Missing  int `json:"n_missing"`
			With     fit `json:"reml_with_group_variance"`
			Without  fit `json:"reml_without_group_variance"`
			LRT      struct {
				Statistic float64 `json:"statistic"`
				P         float64 `json:"p_mixture_50_50"`
			} `json:"lrt_group_variance"`
		} `json:"expected"`
	}
	raw, err := os.ReadFile("testdata/reference/srm-missing-cells.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	e := want.Expected
	got, err := roundrobin.REML(t.Context(), missingCells(t))
	if err != nil || got.Reason != "" {
		t.Fatal(got.Reason, err)
	}
	if got.Cells != e.Observed || got.Missing != e.Missing || got.Groups != 8 {
		t.Errorf("%d cells, %d missing of %d groups", got.Cells, got.Missing, got.Groups)
	}
	for name, c := range map[string]struct {
		got  *roundrobin.RestrictedFit
		want fit
	}{"with": {got.With, e.With}, "without": {got.Without, e.Without}} {
		all := c.got.Components
		if c.got.Group != nil {
			all = append(slices.Clone(all), *c.got.Group)
		}
		if len(all) != len(c.want.Theta) {
			t.Errorf("%s: %d components, want %d", name, len(all), len(c.want.Theta))
		}
		for _, x := range all {
			agrees(t, name+" "+string(x.Component), x.Value, c.want.Theta[string(x.Component)], 1e-6, 0)
			if x.SE == nil || !(*x.SE > 0) {
				t.Errorf("%s: no standard error of %s", name, x.Component)
			}
		}
		agrees(t, name+" mean", c.got.Mean, c.want.Mean, 1e-9, 0)
		agrees(t, name+" se of the mean", c.got.MeanSE, c.want.MeanSE, 1e-6, 0)
		agrees(t, name+" log-likelihood", &c.got.LogLik, c.want.LogLik, 0, 1e-6)
		if len(c.got.Boundary) > 0 {
			t.Errorf("%s: boundary %v", name, c.got.Boundary)
		}
	}
	agrees(t, "statistic", &got.Test.Statistic, e.LRT.Statistic, 0, 1e-6)
	agrees(t, "p", &got.Test.P, e.LRT.P, 1e-6, 0)
}

// drawModel draws complete groups of one size from the model, with components
// far from their limits.
func drawModel(rt *rapid.T, groups, n int) []roundrobin.Group {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
	out := make([]roundrobin.Group, groups)
	for k := range out {
		g := &out[k]
		g.Name = fmt.Sprintf("g%d", k)
		a, b := make([]float64, n), make([]float64, n)
		y := make([][]float64, n)
		for i := range n {
			g.Members = append(g.Members, fmt.Sprintf("m%d", i))
			a[i], b[i], y[i] = 2*rng.NormFloat64(), 2*rng.NormFloat64(), make([]float64, n)
		}
		for i := range n {
			for j := range n {
				if i != j {
					g.Cells = append(g.Cells, roundrobin.Cell{Actor: i, Partner: j, Value: a[i] + b[j] + rng.NormFloat64()})
				}
			}
		}
	}
	return out
}

// TestREMLOfOneCompleteGroupEqualsTheClosedFormulas compares the two where the
// likelihood's solution lies inside.
func TestREMLOfOneCompleteGroupEqualsTheClosedFormulas(t *testing.T) {
	t.Parallel()
	inside := 0
	rapid.Check(t, func(rt *rapid.T) {
		groups := drawModel(rt, 1, rapid.IntRange(4, 7).Draw(rt, "members"))
		closed := roundrobin.Analyse(groups)
		got, err := roundrobin.REML(t.Context(), groups)
		if err != nil || got.Reason != "" {
			rt.Fatal(got.Reason, err)
		}
		if got.With != nil || got.Test != nil {
			rt.Fatal("a group variance of one group")
		}
		if len(got.Without.Boundary) > 0 {
			return
		}
		inside++
		for i, e := range closed.Groups[0].Estimates {
			agrees(t, string(e.Component), got.Without.Components[i].Value, *e.Value, 1e-7, 1e-8)
		}
		agrees(t, "mean", got.Without.Mean, *closed.Groups[0].Mean, 1e-9, 1e-9)
	})
	if inside == 0 {
		t.Error("no draw inside")
	}
}

// TestREMLOfEqualGroupsEqualsTheClosedFormulas compares the pooled components
// and the group variance.
func TestREMLOfEqualGroupsEqualsTheClosedFormulas(t *testing.T) {
	t.Parallel()
	inside := 0
	rapid.Check(t, func(rt *rapid.T) {
		groups := drawModel(rt, 5, 5)
		for k := range groups {
			for i := range groups[k].Cells {
				groups[k].Cells[i].Value += 3 * float64(k)
			}
		}
		closed := roundrobin.Analyse(groups)
		got, err := roundrobin.REML(t.Context(), groups)
		if err != nil || got.Reason != "" {
			rt.Fatal(got.Reason, err)
		}
		if len(got.With.Boundary) > 0 {
			return
		}
		inside++
		for i, e := range closed.Pooled.Estimates {
			agrees(t, string(e.Component), got.With.Components[i].Value, *e.Value, 1e-7, 1e-8)
		}
		agrees(t, "group variance", got.With.Group.Value, *closed.Pooled.GroupVariance, 1e-7, 1e-8)
	})
	if inside == 0 {
		t.Error("no draw inside")
	}
}

// TestREMLTransposed swaps actors and partners, and the order of members, in
// data with missing cells.
func TestREMLTransposed(t *testing.T) {
	t.Parallel()
	groups := missingCells(t)
	before, err := roundrobin.REML(t.Context(), groups)
	if err != nil {
		t.Fatal(err)
	}
	for k := range groups {
		slices.Reverse(groups[k].Members)
	}
	turned := changed(groups, func(c roundrobin.Cell) roundrobin.Cell {
		return roundrobin.Cell{Actor: c.Partner, Partner: c.Actor, Value: 4*c.Value - 100}
	})
	after, err := roundrobin.REML(t.Context(), turned)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range before.With.Components {
		agrees(t, string(c.Component), after.With.Components[swapped(i)].Value, 16**c.Value, 1e-7, 0)
	}
	agrees(t, "mean", after.With.Mean, 4**before.With.Mean-100, 1e-8, 0)
	agrees(t, "p", &after.Test.P, before.Test.P, 1e-6, 0)
}

// TestREMLRefuses gives ratings that the model cannot be read from.
func TestREMLRefuses(t *testing.T) {
	t.Parallel()
	three := roundrobin.Group{Name: "g", Members: []string{"a", "b", "c"}}
	alike := roundrobin.Group{Name: "h", Members: []string{"a", "b", "c", "d", "e"}}
	for i := range 5 {
		for j := range 5 {
			if i == j {
				continue
			}
			alike.Cells = append(alike.Cells, roundrobin.Cell{Actor: i, Partner: j, Value: 3})
			if i < 3 && j < 3 {
				three.Cells = append(three.Cells, roundrobin.Cell{Actor: i, Partner: j, Value: float64(i*j + i)})
			}
		}
	}
	for reason, groups := range map[multilevel.Reason][]roundrobin.Group{
		roundrobin.CellsTooFew: {three}, multilevel.NoVariation: {alike}, multilevel.NoData: nil,
	} {
		got, err := roundrobin.REML(t.Context(), groups)
		if err != nil || got.Reason != reason || got.Without != nil || roundrobin.Sentence(reason) == "" {
			t.Errorf("%s: %q, %v", reason, got.Reason, err)
		}
	}
}
