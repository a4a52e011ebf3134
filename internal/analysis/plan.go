package analysis

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
	"holon/internal/strictjson"
)

// Plan says what to compute from a table in a file: which analysis, which
// file, what its columns mean, and the options. What an analysis has no use for
// is left at its zero value.
type Plan struct {
	Analysis   Name   // empty means GroupLevelName
	Data       string // the table, in the plan's directory or below
	Roles      Roles
	Bound      float64              // the group share that would matter; 0 means .05
	PlanICC    float64              // the true ICC to plan for; 0 means .10
	Power      float64              // that a number of groups is sought for; 0 means .80
	Duplicates Duplicates           // what to do about rows of one member; empty means Refuse
	Structure  multilevel.Structure // overrules the choice of the structure where the rows leave one
	Detail     Detail               // empty means Standard
	Draws      int                  // of every simulation; 0 means as many as the analysis makes by itself
	Seed       uint64               // of the simulations; 0 means the documented one
	Low, High  *float64             // the ends of the scale; nil are taken from the ratings
	Step       float64              // from one option of the scale to the next; 0 means 1
	Null       []float64            // proportions of the options, lowest first, beside the nulls that are always there
	Missing    Missing              // what to do about targets with an empty cell; empty means Refuse
	Centre     *float64             // what is taken from both ratings; nil means the mean of all of both
	Expected   surface.Expected     // what agreement is thought to go with; empty means either
	Progress   Progress             // hears how far it is; may be nil
}

// Detail says how much is computed beside the answer.
type Detail string

// The details.
const (
	Quick    Detail = "quick"    // the answer and what costs little beside it
	Standard Detail = "standard" // as well the simulations that take a second
	Full     Detail = "full"     // everything: as many draws as are ever made by default, every component's bootstrap
)

// drawn is the number of draws that goes with a detail, of analyses in which
// less than none means none; 0 is as many as the analysis makes by itself.
func (d Detail) drawn(asked int) int {
	switch {
	case d == Quick:
		return -1
	case d == Full && asked == 0:
		return multilevel.DefaultDraws
	default:
		return asked
	}
}

// Missing says what to do about targets that not every rater rated.
type Missing string

// The ways. RefuseMissing is the default.
const (
	RefuseMissing Missing = "refuse"
	DropTargets   Missing = "drop_targets"
)

// name returns the analysis.
func (p *Plan) name() Name {
	if p.Analysis == "" {
		return GroupLevelName
	}
	return p.Analysis
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

// rolesFile is the roles as they are written: one outcome may stand by itself.
type rolesFile struct {
	Roles

	Outcome string `json:"outcome"`
}

// optionsFile holds the options; what is left out is the default.
type optionsFile struct {
	Bound      *float64  `json:"bound"`
	PlanICC    *float64  `json:"plan_icc"`
	Power      *float64  `json:"power"`
	Duplicates string    `json:"duplicates"`
	Structure  string    `json:"structure"`
	Detail     string    `json:"detail"`
	Draws      *int      `json:"draws"`
	Seed       *uint64   `json:"seed"`
	Low        *float64  `json:"low"`
	High       *float64  `json:"high"`
	Step       *float64  `json:"step"`
	Null       []float64 `json:"null"`
	Missing    string    `json:"missing"`
	Centre     *float64  `json:"centre"`
	Expected   string    `json:"expected"`
}

// given tells which options a plan has.
func (o *optionsFile) given() map[string]bool {
	return map[string]bool{
		"bound": o.Bound != nil, "plan_icc": o.PlanICC != nil, "power": o.Power != nil, "duplicates": o.Duplicates != "",
		"structure": o.Structure != "", "detail": o.Detail != "", "draws": o.Draws != nil, "seed": o.Seed != nil,
		"low": o.Low != nil, "high": o.High != nil, "step": o.Step != nil, "null": o.Null != nil, "missing": o.Missing != "",
		"centre": o.Centre != nil, "expected": o.Expected != "",
	}
}

// options lists the options that the analysis knows.
func (n Name) options() []string {
	switch n {
	case GroupLevelName:
		return []string{"bound", "plan_icc", "duplicates", "structure", "detail", "draws", "seed"}
	case AgreementName:
		return []string{"low", "high", "step", "null", "draws", "seed"}
	case AgreementNullName:
		return []string{"draws", "seed"}
	case RaterReliabilityName:
		return []string{"missing"}
	case LevelsName:
		return []string{"bound", "draws", "seed", "detail"}
	case LevelReliabilityName:
		return []string{"draws", "seed", "detail"}
	case OneWithManyName:
		return []string{"draws", "seed"}
	case DesignName:
		return []string{"power"}
	case LaggedName:
		return []string{"bound", "draws", "seed"}
	case ResponseSurfaceName:
		return []string{"bound", "centre", "expected", "low", "high"}
	default:
		return nil
	}
}

// ParsePlan reads a plan, or answers every fault with its JSON pointer.
func ParsePlan(data []byte) (Plan, error) {
	var f planFile
	if err := strictjson.DecodeBytes(data, &f); err != nil {
		return Plan{}, err
	}
	var faults fault.List
	name := Name(f.Analysis)
	if name.roles() == nil {
		faults.Add("/analysis", "unknown_analysis", "One of: group_level, crossed, growth, agreement, agreement_null, rater_reliability, levels, level_reliability, design, one_with_many, family_round_robin, round_robin, lagged, response_surface, series.")
		return Plan{}, faults.Err()
	}
	var roles rolesFile
	var decode any = &roles
	var families familiesFile
	if name == FamilyRolesName && families.wide(f.Roles) {
		decode = &families
	}
	if len(f.Roles) == 0 {
		faults.Add("/roles", "required", "Say what the columns mean.")
		return Plan{}, faults.Err()
	}
	if err := strictjson.DecodeBytes(f.Roles, decode); err != nil {
		if err := faults.Under("/roles", err); err != nil {
			return Plan{}, err
		}
		return Plan{}, faults.Err()
	}
	if decode == &families {
		roles.Roles = families.roles(&faults)
	}
	p := Plan{Analysis: name, Data: f.Data, Roles: roles.Roles}
	switch {
	case roles.Outcome != "" && roles.Outcomes != nil:
		faults.Add("/roles/outcomes", "outcome_twice", "Give outcome or outcomes, not both.")
	case roles.Outcome != "":
		p.Roles.Outcomes = []string{roles.Outcome}
	}
	p.take(&f.Options, &faults)
	faults.Merge("", p.faults())
	if err := faults.Err(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// take reads the options and notes those that the analysis does not know.
func (p *Plan) take(o *optionsFile, faults *fault.List) {
	known := p.name().options()
	for _, option := range sorted(o.given()) {
		if !slices.Contains(known, option) {
			faults.Add("/options/"+option, "unknown_key", "This analysis knows no such option.")
		}
	}
	p.Bound = given(faults, "/options/bound", o.Bound)
	p.PlanICC = given(faults, "/options/plan_icc", o.PlanICC)
	p.Power = given(faults, "/options/power", o.Power)
	p.Duplicates, p.Structure, p.Detail, p.Missing = Duplicates(o.Duplicates), multilevel.Structure(o.Structure), Detail(o.Detail), Missing(o.Missing)
	p.Low, p.High, p.Null = o.Low, o.High, o.Null
	p.Centre, p.Expected = o.Centre, surface.Expected(o.Expected)
	if o.Draws != nil {
		p.Draws = *o.Draws
		if p.Draws == 0 {
			p.Draws = -1 // out of range, as any number below one
		}
	}
	if o.Seed != nil {
		p.Seed = *o.Seed
		if p.Seed == 0 {
			faults.Add("/options/seed", "out_of_range", "A seed is a whole number from 1 to 9007199254740991.")
		}
	}
	if o.Step != nil {
		p.Step = *o.Step
		if p.Step == 0 {
			p.Step = -1
		}
	}
}

// sorted returns the names that are set, in order.
func sorted(set map[string]bool) []string {
	var out []string
	for name, is := range set {
		if is {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// given returns an option that was given; zero is not among the allowed ones.
func given(faults *fault.List, at string, v *float64) float64 {
	if v == nil {
		return 0
	}
	if *v == 0 {
		faults.Add(at, "out_of_range", "A share lies between 0 and 1, both excluded.")
	}
	return *v
}

// Check answers what is wrong with a plan that was not parsed, nil if nothing.
func (p *Plan) Check() error { return p.faults().Err() }

// The largest numbers of draws and of a seed; JSON readers that take every
// number for a double keep the seed.
const (
	mostDraws = 1_000_000
	mostSeed  = 1<<53 - 1
)

// faults gathers what is wrong with a plan.
func (p *Plan) faults() *fault.List {
	var faults fault.List
	if p.name().roles() == nil {
		faults.Add("/analysis", "unknown_analysis", "There is no such analysis.")
	}
	if !fs.ValidPath(p.Data) || p.Data == "." || strings.Contains(p.Data, `\`) {
		faults.Add("/data", "outside_directory", "The table is a file in the plan's own directory or below: a relative path with forward slashes and without dots.")
	}
	p.Roles.faults(p.name(), &faults)
	oneOf(&faults, "/options/duplicates", p.Duplicates, "", Refuse, Keep, DropExact, Average)
	oneOf(&faults, "/options/detail", p.Detail, "", Quick, Standard, Full)
	oneOf(&faults, "/options/missing", p.Missing, "", RefuseMissing, DropTargets)
	checkStructure(&faults, "/options/structure", p.Structure)
	p.surfaceOptions(&faults)
	if p.Duplicates != "" && p.Duplicates != Refuse && len(p.Roles.Covariates) > 0 {
		faults.Add("/options/duplicates", "duplicates_with_covariates", "With covariates it is not plain which row's to keep: mend the table instead.")
	}
	checkShare(&faults, "/options/bound", p.Bound)
	checkShare(&faults, "/options/plan_icc", p.PlanICC)
	checkShare(&faults, "/options/power", p.Power)
	if p.Draws < 0 || p.Draws > mostDraws {
		faults.Add("/options/draws", "out_of_range", "A number of draws lies between 1 and 1000000.")
	}
	if p.Seed > mostSeed {
		faults.Add("/options/seed", "out_of_range", "A seed is a whole number from 1 to 9007199254740991.")
	}
	if p.Step < 0 {
		faults.Add("/options/step", "out_of_range", "The step from one option to the next is greater than zero.")
	}
	if (p.Low == nil) != (p.High == nil) {
		faults.Add("/options/low", "both_ends", "Give both ends of the scale, low and high, or neither.")
	}
	return &faults
}

// oneOf notes a word that is none of those allowed, of which an empty one is
// not told.
func oneOf[T ~string](faults *fault.List, at string, word T, allowed ...T) {
	if slices.Contains(allowed, word) {
		return
	}
	var names []string
	for _, a := range allowed {
		if a != "" {
			names = append(names, string(a))
		}
	}
	faults.Add(at, "not_one_of", "One of: "+strings.Join(names, ", ")+".")
}

// checkStructure notes a structure that there is not.
func checkStructure(faults *fault.List, at string, s multilevel.Structure) {
	oneOf(faults, at, s, "", multilevel.MembersInGroups, multilevel.SessionsInMembers, multilevel.MembersBySessions,
		multilevel.OneGroupBySessions, multilevel.GroupsInTherapists, multilevel.GroupsOfCotherapists)
}
