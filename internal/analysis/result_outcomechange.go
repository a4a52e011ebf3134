package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
)

// OutcomeChangeResult is who is better, worse or unchanged.
type OutcomeChangeResult struct {
	By       ReliableBy
	Better   instrument.Direction
	Cutoff   *instrument.Cutoff // between those who are ill and those who are not
	NoCutoff multilevel.Reason
	Rule     string            // by which somebody is not on track; empty: none available
	NoRule   multilevel.Reason //
	Error    ValueError
	Total    ChangeCounts
	Groups   []ChangeCounts
	Members  []MemberChange
	Reason   multilevel.Reason
}

// ValueError is the error of one value, from which follows what the rule does to
// members who do not change.
type ValueError struct {
	SD    *float64
	From  ErrorFrom
	Pairs *int     // of neighbouring values, of ErrorSuccessive
	Limit *float64 // in points, midway between changes that count and those that do not
}

// ErrorFrom says where the error of one value comes from.
type ErrorFrom string

// Where it may come from.
const (
	ErrorAsked      ErrorFrom = "asked"      // SD √(1 − r) of the reliability and the standard deviation that the asker gave
	ErrorSuccessive ErrorFrom = "successive" // differences of neighbouring values in these data
)

// ChangeCounts counts members by class.
type ChangeCounts struct {
	Group                                      string // empty of all
	Members                                    int
	Improved, Unchanged, Deteriorated, Unknown int
	Recovered                                  *int // of those improved; nil where it cannot be told of anybody
	EverWorse                                  int  // reliably worse than at the beginning at least once
	StableNow, StableEver                      *float64
}

// ValueAt is a value with its session.
type ValueAt struct {
	Value   float64
	Session string
	Number  int
	HeldOn  string
}

// MemberChange is what became of one member.
type MemberChange struct {
	Group, Member         string
	Informant             *Informant // who reported about the member; nil where the member did
	From                  Baseline
	Baseline, Last        *ValueAt
	Comparisons           int // values after the baseline
	Change                *series.Change
	Class                 outcome.State
	Recovered             *bool
	OffTrack              *bool
	Worse                 []int // numbers of sessions in which the member was reliably worse than at the beginning
	StableNow, StableEver *float64
	Reason                multilevel.Reason // why there is no class
}

// Analysis returns OutcomeChangeName.
func (*OutcomeChangeResult) Analysis() Name { return OutcomeChangeName }

// Verdict describes: members are classed, nothing is tested.
func (o *OutcomeChangeResult) Verdict() Verdict { return described(o.Reason) }
