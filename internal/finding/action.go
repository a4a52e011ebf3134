// Package finding holds what someone in the practice must answer: an answer
// that speaks of danger, a member who did not come, something a therapist
// noted. A finding is never a judgement about a person: it says which rule was
// met by which stored facts, and keeps for ever what was done about it.
package finding

import (
	"time"

	"holon/internal/session"
)

// ActionCode says in a code what somebody did.
type ActionCode string

// The actions.
const (
	RaisedInGroup       ActionCode = "raised_in_group"
	TalkedIndividually  ActionCode = "talked_individually"
	TaskRenegotiated    ActionCode = "task_renegotiated"
	GoalRenegotiated    ActionCode = "goal_renegotiated"
	Adapted             ActionCode = "adapted" // the way of working was changed for this member or group
	ExtraSession        ActionCode = "extra_session"
	TakenToSupervision  ActionCode = "taken_to_supervision"
	SafetyProtocol      ActionCode = "safety_protocol" // the practice's own protocol for danger was followed
	Contacted           ActionCode = "contacted"       // somebody was reached for outside a session; Contact says how it went
	NothingWithReason   ActionCode = "nothing"         // nothing needs doing; Reason says why
	HandedOverElsewhere ActionCode = "handed_over"     // another service took over
)

// Contact says how an attempt to reach somebody went.
type Contact string

// The outcomes of a contact.
const (
	ContactReached    Contact = "reached"
	ContactMessage    Contact = "message_left"
	ContactNotReached Contact = "not_reached"
)

// ActionReason says in a code why nothing was done.
type ActionReason string

// The reasons.
const (
	ReasonAlreadyKnown   ActionReason = "already_known"
	ReasonFalseAlarm     ActionReason = "false_alarm"
	ReasonEntryError     ActionReason = "entry_error"
	ReasonMemberDeclined ActionReason = "member_declined"
	ReasonOther          ActionReason = "other"
)

// Action is one thing that was done about a finding. Actions are only ever
// added.
type Action struct {
	Code    ActionCode
	Contact Contact            // of Contacted only
	Reason  ActionReason       // of NothingWithReason only
	Session *session.SessionID // in which it was done, if in one
	On      session.Date       // the day it was done
	By      string             // the principal who noted it
	At      time.Time          // when it was noted
}
