package finding

import (
	"slices"
)

// Rule names what raised a finding.
type Rule string

// The rules. What else may be raised has its line here, in Rules and in facts.
const (
	RiskItem      Rule = "risk_item"      // an answer that must be seen at once
	MissedSession Rule = "missed_session" // a member did not come
	Noted         Rule = "noted"          // a therapist opened it by hand
)

// The rules of alarms: what a member or the group said is unlike what went before.
const (
	DropBesideOthers Rule = "drop_beside_the_others"
	DropByOwnSpread  Rule = "drop_by_own_spread"
	LowLevel         Rule = "low_level"
	WholeGroup       Rule = "the_whole_group"
)

// The rules of signs that a member may be slipping away.
const (
	TwoOfThreeMissed Rule = "two_of_three_missed"
	RisingLateness   Rule = "rising_lateness"
	BlankOrNoForm    Rule = "blank_or_no_form"
)

// The rules of new splits in a family: the members answer otherwise beside each other, or
// all beside the therapist, than they did before.
const (
	NewSplit       Rule = "new_split"
	BelowTherapist Rule = "family_below_therapist"
)

// Rules lists every rule.
func Rules() []Rule {
	return slices.Concat([]Rule{RiskItem, MissedSession, Noted}, Alarms(), Splits(), Signs())
}

// Alarms lists the rules of alarms.
func Alarms() []Rule { return []Rule{DropBesideOthers, DropByOwnSpread, LowLevel, WholeGroup} }

// Splits lists the rules of new splits in a family.
func Splits() []Rule { return []Rule{NewSplit, BelowTherapist} }

// Signs lists the rules of signs that a member may be slipping away.
func Signs() []Rule { return []Rule{TwoOfThreeMissed, RisingLateness, BlankOrNoForm} }

// ruleFacts is what holds for every finding of a rule.
type ruleFacts struct {
	version int
	urgent  bool // goes to the next person when nobody acknowledges it
	settles bool // closes by itself when the facts it rests on were wrong
	course  bool // rests on the course of a group, and not on one session
}

// facts returns what holds for a rule; a rule of a later version of Holon has
// none.
func (r Rule) facts() ruleFacts {
	switch r {
	case RiskItem:
		return ruleFacts{version: 1, urgent: true}
	case MissedSession:
		return ruleFacts{version: 1, settles: true}
	case Noted:
		return ruleFacts{version: 1}
	case DropBesideOthers, DropByOwnSpread, LowLevel, WholeGroup, NewSplit, BelowTherapist, TwoOfThreeMissed, RisingLateness, BlankOrNoForm:
		return ruleFacts{version: 1, settles: true, course: true}
	default:
		return ruleFacts{}
	}
}

// Valid tells whether r is one of the rules.
func (r Rule) Valid() bool { return r.facts().version > 0 }

// Version is the version of the rule by which findings are raised today.
func (r Rule) Version() int { return r.facts().version }

// OfCourse tells whether the rule is met in the course of a group, over its
// sessions, so that a [Watch] alone raises and withdraws its findings.
func (r Rule) OfCourse() bool { return r.facts().course }

// Urgent tells whether a finding of the rule that nobody acknowledges goes to
// the next person.
func (r Rule) Urgent() bool { return r.facts().urgent }
