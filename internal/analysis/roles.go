package analysis

import (
	"slices"
	"strconv"

	"holon/internal/fault"
)

// Roles says which columns hold what. Empty means that there is no such
// column. Every analysis knows some of them, see Name.
type Roles struct {
	Group           string      `json:"group"`
	Member          string      `json:"member"`
	Session         string      `json:"session"`
	Therapist       string      `json:"therapist"`
	TherapistRates  string      `json:"therapist_rates"` // how the therapist sees the member
	MemberRates     string      `json:"member_rates"`    // how the member sees the therapist
	Lead            string      `json:"lead"`
	CoLead          string      `json:"colead"`
	Outcomes        []string    `json:"outcomes"`
	Time            string      `json:"time"`
	Covariates      []Covariate `json:"covariates"`
	Factors         []string    `json:"factors"`          // names that cross
	Items           []string    `json:"items"`            // the answers of one form
	Target          string      `json:"target"`           // who or what was rated
	Raters          []string    `json:"raters"`           // one column for each rater
	Rater           string      `json:"rater"`            // who rated, who is a target in other rows
	Dyadic          string      `json:"dyadic"`           // the measure of pairs
	GroupMeasure    string      `json:"group_level"`      // the measure of the group that goes with it
	Predictor       string      `json:"predictor"`        // a measure that goes with the outcome through time
	X               string      `json:"x"`                // or any two measures
	Y               string      `json:"y"`                //
	First           string      `json:"first"`            // what one rater says
	Second          string      `json:"second"`           // and what another says on the same scale
	GroupSize       string      `json:"group_size"`       // of planned agreement
	ResponseOptions string      `json:"response_options"` //
	ICC             string      `json:"icc"`              // of planned tests
	Members         string      `json:"members"`          //
	Groups          string      `json:"groups"`           //
	Cells           []RoleCell  `json:"-"`                // what roles of families say of each other, a column for each
}

// RoleCell is the column of what one role says of another.
type RoleCell struct{ By, Of, Column string }

// Covariate is a column whose part in the outcome is taken out.
type Covariate struct {
	Column string        `json:"column"`
	Kind   CovariateKind `json:"kind"`
}

// CovariateKind says what the cells of a covariate are.
type CovariateKind string

// The kinds. The empty one is NumberKind.
const (
	NumberKind   CovariateKind = "number"   // such as week or baseline: one slope
	CategoryKind CovariateKind = "category" // such as phase: each name but the first against the first
)

// column is a column that a plan names.
type column struct {
	role    string // the key in the plan
	pointer string
	name    string
	number  bool // cells are numbers; else they are names
}

// columns lists the columns that have a role, in the order of the plan's
// documentation.
func (r *Roles) columns() []column {
	var out []column
	one := func(role, name string, number bool) {
		if name != "" {
			out = append(out, column{role, "/roles/" + role, name, number})
		}
	}
	list := func(role string, names []string, number bool) {
		for i, name := range names {
			out = append(out, column{role, "/roles/" + role + "/" + strconv.Itoa(i), name, number})
		}
	}
	one("group", r.Group, false)
	one("member", r.Member, false)
	one("session", r.Session, false)
	one("therapist", r.Therapist, false)
	one("lead", r.Lead, false)
	one("colead", r.CoLead, false)
	list("factors", r.Factors, false)
	one("target", r.Target, false)
	one("rater", r.Rater, false)
	one("time", r.Time, true)
	list("outcomes", r.Outcomes, true)
	for i, c := range r.Covariates {
		out = append(out, column{"covariates", "/roles/covariates/" + strconv.Itoa(i) + "/column", c.Column, c.Kind != CategoryKind})
	}
	list("items", r.Items, true)
	list("raters", r.Raters, true)
	one("dyadic", r.Dyadic, true)
	one("group_level", r.GroupMeasure, true)
	one("therapist_rates", r.TherapistRates, true)
	one("member_rates", r.MemberRates, true)
	one("predictor", r.Predictor, true)
	one("x", r.X, true)
	one("y", r.Y, true)
	one("first", r.First, true)
	one("second", r.Second, true)
	one("icc", r.ICC, true)
	one("members", r.Members, true)
	one("groups", r.Groups, true)
	one("group_size", r.GroupSize, true)
	one("response_options", r.ResponseOptions, true)
	for _, c := range r.Cells {
		out = append(out, column{"columns", "/roles/columns", c.Column, true})
	}
	return out
}

// need is a role that an analysis knows.
type need struct {
	role     string
	required bool
	detail   string // what a plan without it is told
}

// roles lists the roles that the analysis knows.
func (n Name) roles() []need {
	must := func(role, detail string) need { return need{role, true, detail} }
	may := func(role string) need { return need{role: role} }
	group := must("group", "Say which column holds the group.")
	outcome := must("outcomes", "Say which column holds the outcome, or give a list as outcomes.")
	items := must("items", "Say which columns hold the items, as a list.")
	switch n {
	case GroupLevelName:
		return []need{group, outcome, may("member"), may("session"), may("therapist"), may("lead"), may("colead"), may("covariates")}
	case CrossedName:
		return []need{must("factors", "Say which columns hold the factors that cross, as a list."), outcome, may("covariates")}
	case GrowthName:
		return []need{
			must("member", "Say which column holds the member."), must("time", "Say which column holds the time."), outcome, may("group"), may("covariates"),
		}
	case LaggedName:
		return []need{
			must("member", "Say which column holds the member."), must("session", "Say which column holds the session's number."),
			must("predictor", "Say which column holds the measure that may go before the outcome."), outcome, may("group"), may("time"),
		}
	case AgreementName:
		return []need{group, items, may("member"), may("session")}
	case AgreementNullName:
		return []need{
			must("group_size", "Say which column holds the size of the group."),
			must("response_options", "Say which column holds the number of options of the scale."),
		}
	case RaterReliabilityName:
		return []need{must("target", "Say which column holds who or what was rated."), must("raters", "Say which columns hold the raters' ratings, as a list.")}
	case FamilyRolesName:
		return []need{group, may("rater"), may("target"), may("outcomes"), may("columns")}
	case RoundRobinName:
		return []need{group, must("rater", "Say which column holds who rated."), must("target", "Say which column holds who was rated."), outcome}
	case LevelsName:
		return []need{group, may("member"), may("dyadic"), may("group_level"), may("x"), may("y")}
	case LevelReliabilityName:
		return []need{group, items, may("member")}
	case OneWithManyName:
		return []need{
			must("therapist", "Say which column holds the therapist."), must("member", "Say which column holds the member."),
			may("therapist_rates"), may("member_rates"), may("session"), may("group"),
		}
	case ResponseSurfaceName:
		return []need{
			must("first", "Say which column holds what the first rater says."), must("second", "Say which column holds what the second rater says, on the same scale."),
			outcome, may("group"), may("covariates"),
		}
	case DesignName:
		return []need{
			must("icc", "Say which column holds the true share of variance."), must("members", "Say which column holds the members of each group."),
			must("groups", "Say which column holds the number of groups."),
		}
	default:
		return nil
	}
}

// faults notes what is wrong with the roles of an analysis.
func (r *Roles) faults(of Name, faults *fault.List) {
	columns := r.columns()
	needs := of.roles()
	for _, n := range needs {
		if n.required && !slices.ContainsFunc(columns, func(c column) bool { return c.role == n.role }) {
			pointer := "/roles/" + n.role
			if n.role == "outcomes" {
				pointer = "/roles/outcome"
			}
			faults.Add(pointer, "required", n.detail)
		}
	}
	told := ""
	for _, c := range columns {
		if c.role != told && !slices.ContainsFunc(needs, func(n need) bool { return n.role == c.role }) {
			faults.Add("/roles/"+c.role, "unknown_key", "This analysis knows no such role.")
			told = c.role
		}
	}
	r.oneEach(columns, faults)
	for i, c := range r.Covariates {
		if c.Kind != "" && c.Kind != NumberKind && c.Kind != CategoryKind {
			faults.Add("/roles/covariates/"+strconv.Itoa(i)+"/kind", "not_one_of", "One of: number, category.")
		}
	}
	r.pairs(of, faults)
}

// mostColumns bounds how many columns one role has. The longest questionnaires
// have some hundred items, and of every two items a covariance is kept.
const mostColumns = 500

// oneEach notes columns that have no name, or two roles, and roles that have
// too many columns.
func (r *Roles) oneEach(columns []column, faults *fault.List) {
	many := false
	for _, list := range []struct {
		role  string
		count int
	}{
		{"factors", len(r.Factors)},
		{"outcomes", len(r.Outcomes)},
		{"covariates", len(r.Covariates)},
		{"items", len(r.Items)},
		{"raters", len(r.Raters)},
	} {
		if list.count > mostColumns {
			many = true
			faults.Add("/roles/"+list.role, "too_many", "At most "+strconv.Itoa(mostColumns)+" columns.")
		}
	}
	if many {
		return
	}
	for i, c := range columns {
		switch {
		case c.name == "":
			faults.Add(c.pointer, "required", "Give the name of a column.")
		case slices.ContainsFunc(columns[:i], func(d column) bool { return d.name == c.name }):
			faults.Add(c.pointer, "column_twice", "This column is named in another place already. Give every place a column of its own.")
		}
	}
}

// pairs notes roles that only go together.
func (r *Roles) pairs(of Name, faults *fault.List) {
	switch of {
	case FamilyRolesName:
		r.rolesOrCells(faults)
	case GroupLevelName:
		if r.Therapist != "" && (r.Lead != "" || r.CoLead != "") {
			faults.Add("/roles/therapist", "therapist_twice", "Give therapist, or lead and colead, not both.")
		}
		if r.CoLead != "" && r.Lead == "" {
			faults.Add("/roles/lead", "required", "Say which column holds the one who leads with the co-leader.")
		}
	case CrossedName:
		if n := len(r.Factors); n != 2 && n != 0 {
			faults.Add("/roles/factors", "two_factors", "Give two factors.")
		}
	case OneWithManyName:
		if r.TherapistRates == "" && r.MemberRates == "" {
			faults.Add("/roles/member_rates", "required", "Say which column holds members' ratings of therapists, or therapist_rates, or both.")
		}
	case LevelsName:
		of, xy := r.Dyadic != "" && r.GroupMeasure != "", r.X != "" && r.Y != ""
		if of == xy || (of && (r.X != "" || r.Y != "")) || (xy && (r.Dyadic != "" || r.GroupMeasure != "")) {
			faults.Add("/roles", "two_measures", "Give dyadic and group_level, or x and y: two measures.")
		}
	default:
	}
}
