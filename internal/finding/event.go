package finding

import (
	"time"

	"holon/internal/session"
)

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
	RuleNotMet          Cause = "rule_not_met"         // by what is stored now nothing stands out there any more, with any budget
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
