package familyrole_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/familyrole"
)

// expected is what a reference case says.
type expected struct {
	Roles struct {
		Members []string `json:"members"`
	} `json:"roles"`
	Tolerance struct {
		Closed     float64 `json:"closed_form"`
		Likelihood float64 `json:"likelihood"`
	} `json:"relative_tolerance"`
	Expected struct {
		Families int                           `json:"n_families"`
		Means    map[string]float64            `json:"means"`
		Theta    map[string]float64            `json:"theta"`
		SE       map[string]float64            `json:"se"`
		Chi2     float64                       `json:"chisq"`
		DF       int                           `json:"df"`
		P        float64                       `json:"p"`
		LogLik   float64                       `json:"logLik"`
		Shares   map[string]map[string]float64 `json:"variance_shares"`
	} `json:"expected"`
}

// readCase reads a case and its table.
func readCase(t *testing.T, id string) (*familyrole.Table, *expected) {
	t.Helper()
	raw, err := os.ReadFile("testdata/reference/" + id + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c expected
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/reference/" + id + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := &familyrole.Table{Roles: c.Roles.Members}
	cells := familyrole.Cells(len(table.Roles))
	for _, row := range rows[1:] {
		values := make([]float64, len(cells))
		for i, cell := range cells {
			at := slices.Index(rows[0], table.Roles[cell.By]+table.Roles[cell.Of])
			if values[i], err = strconv.ParseFloat(row[at], 64); err != nil {
				t.Fatal(err)
			}
		}
		table.Families = append(table.Families, values)
	}
	return table, &c
}

// nameOf names a part as the reference does.
func nameOf(p familyrole.Part, roles []string) string {
	switch p.Kind {
	case familyrole.Actor:
		return "actor_" + roles[p.By]
	case familyrole.Partner:
		return "partner_" + roles[p.Of]
	case familyrole.Relationship:
		return "rel_" + roles[p.By] + roles[p.Of]
	case familyrole.General:
		return "generalized_" + roles[p.By] //nolint:misspell // as the reference has it
	case familyrole.Dyadic:
		return "dyadic_" + roles[p.By] + roles[p.Of] + "_" + roles[p.Of] + roles[p.By]
	default:
		return "family"
	}
}

// TestFamiliesOfTheReference agree with lavaan's maximum likelihood.
func TestFamiliesOfTheReference(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"family-srm-four-roles", "family-srm-three-roles"} {
		table, c := readCase(t, id)
		got := familyrole.Take(table)
		if got.Reason != "" {
			t.Fatalf("%s: %s", id, got.Reason)
		}
		near := func(what string, got, want, tolerance float64) {
			t.Helper()
			if !scalar.EqualWithinRel(got, want, tolerance) {
				t.Errorf("%s, %s: %.12g, want %.12g", id, what, got, want)
			}
		}
		want := &c.Expected
		for i, cell := range familyrole.Cells(len(table.Roles)) {
			near("mean", got.Means[i], want.Means[table.Roles[cell.By]+table.Roles[cell.Of]], c.Tolerance.Closed)
		}
		for _, e := range got.Parts {
			name := nameOf(e.Part, table.Roles)
			near(name, e.Value, want.Theta[name], c.Tolerance.Likelihood)
			near("se of "+name, e.SE, want.SE[name], c.Tolerance.Likelihood)
		}
		if len(got.Parts) != len(want.Theta) || got.DF != want.DF || got.Families != want.Families {
			t.Errorf("%s: %d parts, %d degrees of freedom, %d families", id, len(got.Parts), got.DF, got.Families)
		}
		near("chi squared", got.Chi2, want.Chi2, c.Tolerance.Likelihood)
		near("p", got.P, want.P, c.Tolerance.Likelihood*100)
		near("log likelihood", got.LogLik, want.LogLik, c.Tolerance.Likelihood)
		compared := 0
		for _, s := range got.Shares {
			of := want.Shares[table.Roles[s.By]+table.Roles[s.Of]]
			for name, share := range map[string]*float64{"family": s.Family, "actor": s.Actor, "partner": s.Partner, "relationship_and_error": s.Relationship} {
				if w, there := of[name]; there && share != nil {
					near("share "+name, *share, w, c.Tolerance.Likelihood)
					compared++
				}
			}
		}
		if len(want.Shares) > 0 && compared < 3*len(want.Shares) {
			t.Errorf("%s: %d shares compared", id, compared)
		}
	}
}
