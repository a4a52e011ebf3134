package analysis

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/multilevel"
)

// familiesFile is the roles of a table with a row for each family and a column for what
// each role says of each other.
type familiesFile struct {
	Family  string   `json:"family"`  // the column that names the family
	Members []string `json:"members"` // the roles
	Columns string   `json:"columns"` // how the columns are called, with {rater} and {target} for the roles
}

// wide tells whether roles are written so.
func (*familiesFile) wide(roles json.RawMessage) bool {
	var keys map[string]json.RawMessage
	return json.Unmarshal(roles, &keys) == nil && keys["columns"] != nil
}

// roles names every column.
func (f *familiesFile) roles(faults *fault.List) Roles {
	out := Roles{Group: f.Family}
	if !strings.Contains(f.Columns, "{rater}") || !strings.Contains(f.Columns, "{target}") {
		faults.Add("/roles/columns", "no_places", "Write how the columns are called, with {rater} and {target} in the places of the two roles.")
	}
	if len(f.Members) < 2 || len(f.Members) > mostFamilyRoles {
		faults.Add("/roles/members", "out_of_range", "Name the roles, from 2 to 12.")
		return out
	}
	for _, by := range f.Members {
		for _, of := range f.Members {
			if by != of {
				out.Cells = append(out.Cells, RoleCell{by, of, strings.NewReplacer("{rater}", by, "{target}", of).Replace(f.Columns)})
			}
		}
	}
	return out
}

// mostFamilyRoles bounds the roles of one table.
const mostFamilyRoles = 12

// rolesOrCells notes what is missing of the one form or too much beside the other.
func (r *Roles) rolesOrCells(faults *fault.List) {
	for _, x := range []struct {
		role, detail string
		there        bool
	}{
		{"rater", "Say which column holds the role that rated.", r.Rater != ""},
		{"target", "Say which column holds the role that was rated.", r.Target != ""},
		{"outcome", "Say which column holds the rating.", r.Outcomes != nil},
	} {
		switch {
		case len(r.Cells) == 0 && !x.there:
			faults.Add("/roles/"+x.role, "required", x.detail)
		case len(r.Cells) > 0 && x.there:
			faults.Add("/roles/"+x.role, "unknown_key", "A table with a column for each two roles has none of this.")
		}
	}
}

// familyColumns takes apart a table with a row for each family.
func (p *Plan) familyColumns(_ context.Context, t *sheet) (Report, error) {
	var families roleTable
	var left multilevel.Exclusions
	for i, family := range t.names[p.Roles.Group] {
		if family == "" {
			left.Add("missing_group", 1)
			continue
		}
		if families.values[family] != nil {
			families.twice[family] = true
			continue
		}
		for _, c := range p.Roles.Cells {
			if y := t.numbers[c.Column][i]; math.IsNaN(y) {
				families.role(family, c.By)
				families.role(family, c.Of)
			} else {
				families.add(family, c.By, c.Of, y)
			}
		}
	}
	return tookRoles("ratings of each other", &families, &left)
}

// tookRoles is the report of families of a table.
func tookRoles(outcome string, families *roleTable, left *multilevel.Exclusions) (Report, error) {
	var rows canonical
	r := Report{Outcome: outcome}
	r.takeRoles(families, &rows, left)
	r.Counts.Excluded = left.List()
	var err error
	r.Input, err = rows.input()
	return r, err
}

// familyRoles takes apart one outcome of roles that rate each other in many families.
// The cells of rater and target name the roles.
func (p *Plan) familyRoles(_ context.Context, t *sheet, outcome string) (Report, error) {
	var left multilevel.Exclusions
	var families roleTable
	family, rater, target := t.names[p.Roles.Group], t.names[p.Roles.Rater], t.names[p.Roles.Target]
	for i, y := range t.numbers[outcome] {
		switch {
		case family[i] == "":
			left.Add("missing_group", 1)
		case rater[i] == "":
			left.Add("missing_rater", 1)
		case target[i] == "":
			left.Add("missing_target", 1)
		case rater[i] == target[i]:
			left.Add("self_rating", 1)
		case math.IsNaN(y):
			left.Add("missing_outcome", 1)
			families.role(family[i], rater[i])
			families.role(family[i], target[i])
		default:
			families.add(family[i], rater[i], target[i], y)
		}
	}
	return tookRoles(outcome, &families, &left)
}

// roleTable gathers what roles of families say of each other.
type roleTable struct {
	families []string // in order of arrival
	roles    map[string][]string
	values   map[string]map[[2]string]float64
	twice    map[string]bool // families in which a role said something of another twice
}

// role notes a role of a family, whether or not it said something.
func (t *roleTable) role(family, role string) {
	if t.values[family] == nil {
		if t.values == nil {
			t.roles, t.values, t.twice = map[string][]string{}, map[string]map[[2]string]float64{}, map[string]bool{}
		}
		t.families = append(t.families, family)
		t.values[family] = map[[2]string]float64{}
	}
	if !slices.Contains(t.roles[family], role) {
		t.roles[family] = append(t.roles[family], role)
	}
}

// add takes what one role said of another.
func (t *roleTable) add(family, by, of string, value float64) {
	t.role(family, by)
	t.role(family, of)
	if _, before := t.values[family][[2]string{by, of}]; before {
		t.twice[family] = true
	}
	t.values[family][[2]string{by, of}] = value
}
