package analysis

import (
	"holon/internal/dyad"
	"holon/internal/multilevel"
	"holon/internal/multilevel/rupture"
	"holon/internal/session"
)

// RupturesResult is falls of the alliance, and what became of them.
type RupturesResult struct {
	Within, Between *float64 // standard deviations, within and between members
	// NoSpread says why Within or Between is nil, or what chance gives is: too few
	// values, too few series, or values that never vary.
	NoSpread  multilevel.Reason
	By        ReliableBy
	Reference Reference
	Low, High *float64 // between which a level is called middle
	Rules     []rupture.Rule
	Counts    []RuleCount
	Found     int
	ByChance  *float64 // falls that the rules find in as many members whose level never moves
	// ReturnedByChance is the share of those that come back, SoonByChance that of
	// those with three values after them that come back within three.
	ReturnedByChance *float64
	SoonByChance     *float64
	Shapes           []ShapeCount
	Pairs            []RupturePair
	Unscored         []UnscoredRupture // of pairs without a value
	Draws            int
	Seed             uint64
	Reason           multilevel.Reason
}

// RuleCount is how many falls a rule had a part in.
type RuleCount struct {
	ID       rupture.RuleID
	Found    int
	ByChance *float64
}

// ShapeCount is how many pairs have a course of a shape, and the share by chance.
type ShapeCount struct {
	Shape    rupture.Shape
	Pairs    int
	ByChance *float64 // share of members whose level never moves
}

// RupturePair is one therapist with one member.
type RupturePair struct {
	Group, Therapist, Member string
	Values                   int
	Mean                     float64
	Level                    string // low, middle or high beside the reference; empty where nobody can say
	Shape                    rupture.Shape
	ShapeByChance            *float64 // share of members with as many values whose level never moves
	Left                     bool     // the member dropped out
	Falls                    []RuptureFall
	Entered                  []EnteredRupture // by the therapist, where the scores show no fall
}

// EnteredRupture is what a therapist entered of a rupture.
type EnteredRupture struct {
	Number int // of the session
	HeldOn string
	Kind   session.RuptureKind
	Steps  []EnteredStep
}

// UnscoredRupture is what a therapist entered of a pair that has no value.
type UnscoredRupture struct {
	EnteredRupture

	Group, Therapist, Member string
}

// EnteredStep is one thing done to repair it.
type EnteredStep struct {
	Kind   session.RepairKind
	Number int // of the session
}

// RuptureFall is one fall.
type RuptureFall struct {
	Onset, Low            ValueAt
	Fired                 []rupture.RuleID
	Before                float64 // mean of the last three values before
	Depth                 float64
	OwnSDs                *float64
	NoOwn                 multilevel.Reason // why OwnSDs is nil
	ReliableChanges       *float64          // Depth over the least change that is reliable
	NoReliable            multilevel.Reason // why ReliableChanges is nil
	State                 dyad.FallState
	Back                  *ValueAt // the first value that is back
	Sessions              *int     // values from the onset to it
	After                 *float64 // mean of the value that is back and the two next
	Gained                *float64 // After less Before
	Later                 int      // values after the onset
	Missed, Blank, NoForm int      // signs of withdrawal
	Understood            *ValueAt
	Entered               *EnteredRupture
}

// Analysis returns RupturesName.
func (*RupturesResult) Analysis() Name { return RupturesName }

// Verdict describes: falls are listed, nothing is tested.
func (r *RupturesResult) Verdict() Verdict { return described(r.Reason) }
