package finding

import (
	"slices"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
)

// ID identifies a finding.
type ID string

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
	MovedMost   session.MemberID    // of a new split: whose own value moved most, when it was raised; empty where that is not clear
}

// same tells whether two are of one measure and therapist.
func (c *Course) same(other *Course) bool {
	return c.Instrument == other.Instrument && c.Score == other.Score && c.TherapistID == other.TherapistID
}

// Trigger is the answer from which an item counts, and where that is taken
// from, as it was when the finding was raised first.
type Trigger struct {
	AtLeast  float64
	Source   string
	Verified bool
	Site     bool // entered by the practice, which answers for it
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
