package analysis

import (
	"encoding/json"
	"io/fs"
	"strings"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// Plan says what to compute from a table in a file: which analysis, which
// file, and what its columns mean.
type Plan struct {
	Data       string // the table, in the plan's directory or below
	Roles      Roles
	Bound      float64    // the group share that would matter; 0 means .05
	PlanICC    float64    // the true ICC to plan for; 0 means .10
	Duplicates Duplicates // what to do about rows of one member; empty means Refuse
	Progress   Progress   // hears how far it is; may be nil
}

// Roles says which columns hold what. Empty means that there is no such
// column.
type Roles struct {
	Group, Member, Session  string
	Therapist, Lead, CoLead string
	Outcomes                []string
}

// planFile is a plan as it is written. The first keys are documentation and
// are not looked at; any other key than these is refused.
type planFile struct {
	ID                json.RawMessage `json:"id"`
	Set               json.RawMessage `json:"set"`
	Kind              json.RawMessage `json:"kind"`
	Title             json.RawMessage `json:"title"`
	Source            json.RawMessage `json:"source"`
	Notes             json.RawMessage `json:"notes"`
	Published         json.RawMessage `json:"published"`
	Expected          json.RawMessage `json:"expected"`
	RelativeTolerance json.RawMessage `json:"relative_tolerance"`

	Analysis string          `json:"analysis"`
	Data     string          `json:"data"`
	Roles    json.RawMessage `json:"roles"`
	Options  optionsFile     `json:"options"`
}

// rolesFile holds the roles that the group-level test knows.
type rolesFile struct {
	Group     string   `json:"group"`
	Member    string   `json:"member"`
	Session   string   `json:"session"`
	Therapist string   `json:"therapist"`
	Lead      string   `json:"lead"`
	CoLead    string   `json:"colead"`
	Outcome   string   `json:"outcome"`
	Outcomes  []string `json:"outcomes"`
}

// optionsFile holds the options; what is left out is the default.
type optionsFile struct {
	Bound      *float64 `json:"bound"`
	PlanICC    *float64 `json:"plan_icc"`
	Duplicates string   `json:"duplicates"`
}

// ParsePlan reads a plan, or answers every fault with its JSON pointer.
func ParsePlan(data []byte) (Plan, error) {
	var f planFile
	if err := strictjson.DecodeBytes(data, &f); err != nil {
		return Plan{}, err
	}
	if Name(f.Analysis) != GroupLevelName {
		var faults fault.List
		faults.Add("/analysis", "unknown_analysis", "This version of Holon computes the analysis group_level from a table.")
		return Plan{}, faults.Err()
	}
	var roles rolesFile
	var faults fault.List
	if len(f.Roles) == 0 {
		faults.Add("/roles", "required", "Say what the columns mean.")
		return Plan{}, faults.Err()
	}
	if err := strictjson.DecodeBytes(f.Roles, &roles); err != nil {
		if err := faults.Under("/roles", err); err != nil {
			return Plan{}, err
		}
		return Plan{}, faults.Err()
	}
	p := Plan{
		Data: f.Data, Duplicates: Duplicates(f.Options.Duplicates),
		Roles: Roles{
			Group: roles.Group, Member: roles.Member, Session: roles.Session,
			Therapist: roles.Therapist, Lead: roles.Lead, CoLead: roles.CoLead, Outcomes: roles.Outcomes,
		},
	}
	switch {
	case roles.Outcome != "" && roles.Outcomes != nil:
		faults.Add("/roles/outcomes", "outcome_twice", "Give outcome or outcomes, not both.")
	case roles.Outcome != "":
		p.Roles.Outcomes = []string{roles.Outcome}
	}
	p.Bound = given(&faults, "/options/bound", f.Options.Bound)
	p.PlanICC = given(&faults, "/options/plan_icc", f.Options.PlanICC)
	faults.Merge("", p.faults())
	if err := faults.Err(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// given returns an option that was given; zero is not among the allowed ones.
func given(faults *fault.List, at string, v *float64) float64 {
	if v == nil {
		return 0
	}
	if *v == 0 {
		faults.Add(at, "out_of_range", "A share of variance lies between 0 and 1, both excluded.")
	}
	return *v
}

// Check answers what is wrong with a plan that was not parsed, nil if nothing.
func (p *Plan) Check() error { return p.faults().Err() }

// faults gathers what is wrong with a plan.
func (p *Plan) faults() *fault.List {
	var faults fault.List
	if !fs.ValidPath(p.Data) || p.Data == "." || strings.Contains(p.Data, `\`) {
		faults.Add("/data", "outside_directory", "The table is a file in the plan's own directory or below: a relative path with forward slashes and without dots.")
	}
	if p.Roles.Group == "" {
		faults.Add("/roles/group", "required", "Say which column holds the group.")
	}
	if len(p.Roles.Outcomes) == 0 {
		faults.Add("/roles/outcome", "required", "Say which column holds the outcome, or give a list as outcomes.")
	}
	seen := map[string]bool{}
	for _, c := range p.Roles.columns() {
		if c == "" || seen[c] {
			faults.Add("/roles", "column_twice", "Every role has a column of its own, with a name.")
			break
		}
		seen[c] = true
	}
	switch p.Duplicates {
	case "", Refuse, Keep, DropExact, Average:
	default:
		faults.Add("/options/duplicates", "not_one_of", "One of: refuse, keep, drop_exact, average.")
	}
	checkShare(&faults, "/options/bound", p.Bound)
	checkShare(&faults, "/options/plan_icc", p.PlanICC)
	return &faults
}

// columns lists the columns that have a role.
func (r *Roles) columns() []string {
	var out []string
	for _, c := range []string{r.Group, r.Member, r.Session, r.Therapist, r.Lead, r.CoLead} {
		if c != "" {
			out = append(out, c)
		}
	}
	return append(out, r.Outcomes...)
}
