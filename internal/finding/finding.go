package finding

import (
	"slices"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
)

// ID identifies a finding.
type ID string

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

// Rules lists every rule.
func Rules() []Rule {
	return slices.Concat([]Rule{RiskItem, MissedSession, Noted}, Alarms(), Signs())
}

// Alarms lists the rules of alarms.
func Alarms() []Rule { return []Rule{DropBesideOthers, DropByOwnSpread, LowLevel, WholeGroup} }

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
	case DropBesideOthers, DropByOwnSpread, LowLevel, WholeGroup, TwoOfThreeMissed, RisingLateness, BlankOrNoForm:
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

// TellsOfAlliance tells whether the finding gives away what was said of an
// alliance, or whether anything was. One of a rule that is not known to tell
// nothing of it does.
func (f *Finding) TellsOfAlliance() bool {
	switch f.Rule {
	case RiskItem, MissedSession, Noted, TwoOfThreeMissed, RisingLateness:
		return false
	case DropBesideOthers, DropByOwnSpread, LowLevel, WholeGroup:
		return f.Course == nil || f.Course.TherapistID != ""
	default:
		return true
	}
}

// Urgent tells whether a finding of the rule that nobody acknowledges goes to
// the next person.
func (r Rule) Urgent() bool { return r.facts().urgent }

// State says how far a finding is answered. It follows from the events.
type State string

// The states.
const (
	New    State = "new"    // nobody has acknowledged it
	Seen   State = "seen"   // somebody has
	Acted  State = "acted"  // somebody has noted what was done
	Closed State = "closed" // nothing is left to do
)

// Valid tells whether s is one of the states.
func (s State) Valid() bool { return s == New || s == Seen || s == Acted || s == Closed }

// Topic says in a code what a therapist noted.
type Topic string

// The topics.
const (
	TopicSafety     Topic = "safety"
	TopicAttendance Topic = "attendance"
	TopicAlliance   Topic = "alliance"
	TopicClimate    Topic = "climate" // of the group or family
	TopicOutcome    Topic = "outcome"
	TopicLifeEvent  Topic = "life_event"
	TopicAdaptation Topic = "adaptation" // the way of working is to be changed
	TopicOther      Topic = "other"
)

// Valid tells whether t is one of the topics.
func (t Topic) Valid() bool {
	switch t {
	case TopicSafety, TopicAttendance, TopicAlliance, TopicClimate, TopicOutcome, TopicLifeEvent, TopicAdaptation, TopicOther:
		return true
	default:
		return false
	}
}

// Finding is what somebody in the practice must answer. It never holds an
// answer, a name or a code.
type Finding struct {
	session.Head

	ID          ID
	Rule        Rule
	RuleVersion int
	GroupID     session.GroupID
	SessionID   session.SessionID  // in which it began; empty when one was noted apart from any
	Members     []session.MemberID // whom it is about, sorted; empty is the whole group
	Risk        *Risk              // of RiskItem only
	Course      *Course            // of Alarms only
	Topic       Topic              // of Noted only
	Redacted    *session.Redacted  // a tombstone: which item it was is taken out; nil of every other
	Events      []Event            // what became of it; only ever added to
}

// Risk says which item was answered at or above its trigger. How far above is
// not said: danger has no degrees here.
type Risk struct {
	Instrument instrument.Ref
	Item       int
	Rater      session.Rater
	Occasion   session.Occasion
	Trigger    Trigger
}

// Course names the measure whose course an alarm is about. What was said, and how
// far it fell, is not said.
type Course struct {
	Instrument  instrument.Ref
	Score       string
	TherapistID session.TherapistID // whose alliance it is; empty of an outcome
}

// Trigger is the answer from which an item counts, and where that is taken
// from, as it was when the finding was raised first.
type Trigger struct {
	AtLeast  float64
	Source   string
	Verified bool
	Site     bool // entered by the practice, which answers for it
}

// EventKind says in a code what happened.
type EventKind string

// The kinds of event.
const (
	Raised      EventKind = "raised"
	RaisedAgain EventKind = "raised_again"
	WasSeen     EventKind = "seen"
	WasActed    EventKind = "action"
	WasClosed   EventKind = "closed"
	Reopened    EventKind = "reopened"
	Escalated   EventKind = "escalated"
	Withdrawn   EventKind = "withdrawn" // the facts it rested on were wrong
)

// Cause says in a code why a finding was withdrawn.
type Cause string

// The causes.
const (
	AnswerCorrected     Cause = "answer_corrected"     // below the trigger, by a correction or the rater
	FormWithdrawn       Cause = "form_withdrawn"       // it was entered for the wrong person, occasion or session
	AnswerNotStored     Cause = "answer_not_stored"    // the save that raised it was never done
	AttendanceCorrected Cause = "attendance_corrected" // the member was there after all, or excused
	AnswerRedacted      Cause = "answer_redacted"      // the member's values were taken out of what is stored
	RuleNotMet          Cause = "rule_not_met"         // sessions of the course were changed, and the rule is met no longer
)

// RatingVersion names a rating at the version that raised a finding.
type RatingVersion struct {
	ID      session.RatingID
	Version int
}

// Event is one thing that happened to a finding.
type Event struct {
	Kind   EventKind
	At     time.Time
	By     string              // the principal; Clock when time did it
	Rating *RatingVersion      // of Raised and RaisedAgain by an answer
	To     session.TherapistID // of Raised, RaisedAgain and Escalated: who is to answer; empty when nobody is named
	Cause  Cause               // of Withdrawn
	Action *Action             // of WasActed
}

// Clock is who escalates.
const Clock = "holon"

// raises tells whether the event makes a finding stand.
func (e *Event) raises() bool { return e.Kind == Raised || e.Kind == RaisedAgain }

// State returns how far the finding is answered.
func (f *Finding) State() State {
	state := New
	for i := range f.Events {
		state = f.after(state, &f.Events[i])
	}
	if f.Redacted != nil {
		return Closed
	}
	return state
}

// after returns the state that an event leads to.
func (f *Finding) after(state State, e *Event) State {
	switch e.Kind {
	case Raised, RaisedAgain:
		return New
	case WasSeen:
		if state == New {
			return Seen
		}
	case WasActed:
		return Acted
	case WasClosed:
		return Closed
	case Reopened:
		return Seen
	case Withdrawn:
		if f.Rule.facts().settles || e.Cause == AnswerNotStored || e.Cause == AnswerRedacted {
			return Closed
		}
	case Escalated:
	}
	return state
}

// LastRaised returns the event by which the finding was raised last.
func (f *Finding) LastRaised() Event {
	return f.Events[f.lastRaised()]
}

// lastRaised returns the place of the event that raised the finding last: the
// first, if no other did.
func (f *Finding) lastRaised() int {
	for i := len(f.Events) - 1; i > 0; i-- {
		if f.Events[i].raises() {
			return i
		}
	}
	return 0
}

// Stands tells whether the facts that raised the finding are still what is
// stored, as far as is known. One that does not is still to be answered, unless
// it is closed.
func (f *Finding) Stands() bool {
	if f.Redacted != nil {
		return false
	}
	for _, e := range f.Events[f.lastRaised():] {
		if e.Kind == Withdrawn {
			return false
		}
	}
	return true
}

// AddressedTo returns who is to answer, empty when nobody is named.
func (f *Finding) AddressedTo() session.TherapistID {
	told := f.told()
	if len(told) == 0 {
		return ""
	}
	return told[len(told)-1]
}

// told lists who was named since the finding was raised last.
func (f *Finding) told() []session.TherapistID {
	var out []session.TherapistID
	for _, e := range f.Events[f.lastRaised():] {
		if (e.raises() || e.Kind == Escalated) && e.To != "" {
			out = append(out, e.To)
		}
	}
	return out
}

// asked returns when somebody was last asked to answer: when it was raised, or
// went to the next person.
func (f *Finding) asked() time.Time {
	at := time.Time{}
	for _, e := range f.Events[f.lastRaised():] {
		if e.raises() || e.Kind == Escalated {
			at = e.At
		}
	}
	return at
}

// DueAt returns when an urgent finding that nobody acknowledged goes to the
// next person; false when it does not.
func (f *Finding) DueAt(within time.Duration) (time.Time, bool) {
	if !f.Rule.Urgent() || f.State() != New {
		return time.Time{}, false
	}
	return f.asked().Add(within), true
}

// Filter says which findings a list is to have; what is empty wants all.
type Filter struct {
	GroupID   session.GroupID
	MemberID  session.MemberID
	SessionID session.SessionID
	Rule      Rule
	States    []State
}

// Wants tells whether a finding belongs to the list.
func (w *Filter) Wants(f *Finding) bool {
	return (w.GroupID == "" || f.GroupID == w.GroupID) &&
		(w.SessionID == "" || f.SessionID == w.SessionID) &&
		(w.Rule == "" || f.Rule == w.Rule) &&
		(w.MemberID == "" || slices.Contains(f.Members, w.MemberID)) &&
		(len(w.States) == 0 || slices.Contains(w.States, f.State()))
}

// Place is where a list of findings goes on: after the one that was raised last
// at this time and has this identifier.
type Place struct {
	RaisedAt time.Time
	ID       ID
}
