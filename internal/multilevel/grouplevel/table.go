package grouplevel

import (
	"slices"

	"holon/internal/multilevel"
)

// Table is what the test is made of.
type Table struct {
	Rows []multilevel.Row
	// Therapists names those who lead each group: one, or several who share its
	// ratings in equal parts. Without any entry the therapists are not known.
	Therapists map[string][]string
	Covariates []Covariate
	// Shared says that a session's name is known to mean one evening of its
	// group. Otherwise tables may number the ratings of each member anew, and the
	// test has to find out.
	Shared bool
}

// Covariate is a fixed effect to be taken out: a value for every row.
type Covariate struct {
	Name   string
	Values []float64
}

// Detail says how much is computed beside the answer.
type Detail int

// The details.
const (
	// Quick computes the answer and what costs little beside it.
	Quick Detail = iota
	// Full adds the intervals of the member and session shares, the bootstrap
	// of every component, the permutation test, and ten times the draws.
	Full
	// AnswerOnly leaves out predictions and the plan of how many groups would
	// settle the question: for one test among many.
	AnswerOnly
)

// Options of the test. The zero value is the documented default: 999 draws of
// each Monte Carlo test, or 9999 in full; fewer, which a caveat says, of large
// tables with therapists or covariates.
type Options struct {
	multilevel.Options
	Structure multilevel.Structure // overrules the choice where the rows leave one; empty lets them choose
	Detail    Detail
	Intervals bool // of the member and session shares as well, whatever the detail
}

// withDefaults fills in what was left at zero. It panics on a share outside
// (0, 1) and on fewer than no draws, as package multilevel does.
func (o Options) withDefaults() Options {
	if o.Bound == 0 {
		o.Bound = 0.05
	}
	if o.PlanICC == 0 {
		o.PlanICC = 0.10
	}
	inside := func(share float64) bool { return share > 0 && share < 1 }
	if !inside(o.Bound) || !inside(o.PlanICC) {
		panic("grouplevel: a share must lie between 0 and 1")
	}
	if o.Draws < 0 {
		panic("grouplevel: a number of draws below zero")
	}
	if o.Draws == 0 {
		o.Draws = 999
		if o.Detail == Full {
			o.Draws = 9999
		}
	}
	if o.Seed == 0 {
		o.Seed = multilevel.DefaultSeed
	}
	return o
}

// leaders returns who leads a group, each once and in order of their names. Of
// a group without an entry it is somebody of whom nothing else is known.
func (t Table) leaders(group string) (names []string, known bool) {
	for _, name := range t.Therapists[group] {
		if name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return []string{"\x00" + group}, false
	}
	slices.Sort(names)
	return slices.Compact(names), true
}
