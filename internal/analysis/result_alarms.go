package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/vigilance"
)

// AlarmsResult is who stood out in a week, and how many chance gives.
type AlarmsResult struct {
	Budget      float64  // false alarms that one therapist bears in a week
	P           *float64 // the least chance of a false alarm that a comparison was given
	Comparisons int
	ByChance    float64 // alarms in as many comparisons of members whose level does not move
	Seen        []DropSeen
	All         []Alarm
	// Answering is of the findings of alarms; nil where nobody knows.
	Answering *Answering
	Reason    multilevel.Reason
}

// DropSeen is how many real falls of a size are found in the same week, of a member
// with eight earlier values beside seven others.
type DropSeen struct {
	SDs   int
	Share *float64 // nil where there is no spread within members to measure by
}

// Alarm is one alarm.
type Alarm struct {
	Group, Therapist, Member string // no therapist of an outcome, no member of the whole group
	Session                  string
	Number                   int
	HeldOn                   string
	Instrument, Score, Title string
	Rule                     vigilance.RuleID
	Value, Expected, Z       float64
	Done                     []Deed // noted about the member, or the group as a whole, in the four weeks from the session on
}

// Analysis returns AlarmsName.
func (*AlarmsResult) Analysis() Name { return AlarmsName }

// Verdict describes: alarms are listed, nothing is tested.
func (a *AlarmsResult) Verdict() Verdict { return described(a.Reason) }
