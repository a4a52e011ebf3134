package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
)

// OutcomeChangeResult is who is better, worse or unchanged.
type OutcomeChangeResult struct {
	By       ReliableBy
	Better   instrument.Direction
	Cutoff   *ClinicalCutoff
	NoCutoff multilevel.Reason
	Rule     string            // by which somebody is not on track; empty: none available
	NoRule   multilevel.Reason //
	Total    ChangeCounts
	Groups   []ChangeCounts
	Members  []MemberChange
	Reason   multilevel.Reason
}

// ClinicalCutoff divides those who are ill from those who are not.
type ClinicalCutoff struct {
	Value      float64
	AtOrAbove  bool // the label holds from Value on; else below it
	Label      string
	Population string
	Source     string
	Verified   bool
}

// ChangeClass says what became of a member.
type ChangeClass string

// The classes. The empty one is none: it cannot be told.
const (
	Improved     ChangeClass = "improved"
	Unchanged    ChangeClass = "unchanged"
	Deteriorated ChangeClass = "deteriorated"
)

// ChangeCounts counts members by class.
type ChangeCounts struct {
	Group                                      string // empty of all
	Members                                    int
	Improved, Unchanged, Deteriorated, Unknown int
	Recovered                                  int // of those improved
	EverWorse                                  int // reliably worse than at the beginning at least once
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
	From                  Baseline
	Baseline, Last        *ValueAt
	Comparisons           int // values after the baseline
	Change                *series.Change
	Class                 ChangeClass
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
