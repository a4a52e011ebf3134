package finding

import (
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// Note is what a therapist opens by hand.
type Note struct {
	SessionID session.SessionID // empty: apart from any session
	Members   []session.MemberID
	Topic     Topic
}

// NewNote opens a finding about members of a group, or about the group as a
// whole, or returns every fault. The session, if any, is the one named.
func NewNote(id ID, g *session.Group, s *session.Session, n Note, save Save, to session.TherapistID) (*Finding, error) {
	var faults fault.List
	if !n.Topic.Valid() {
		faults.Add("/topic", "unknown_topic", "Choose one of the listed topics.")
	}
	if s != nil && s.GroupID != g.ID {
		faults.Add("/session_id", "session_of_another_group", "This session is another group's. Name one of this group, or none.")
	}
	for i, m := range n.Members {
		at := "/members/" + strconv.Itoa(i)
		switch {
		case !g.HasMember(m):
			faults.Add(at, "not_in_group", "This member was never in the group. Check the group, or begin a spell first.")
		case slices.Contains(n.Members[:i], m):
			faults.Add(at, "named_twice", "This member is named twice.")
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &Finding{
		ID: id, Rule: Noted, RuleVersion: Noted.Version(), GroupID: g.ID, SessionID: n.SessionID,
		Members: slices.Sorted(slices.Values(n.Members)), Topic: n.Topic,
		Events: []Event{{Kind: Raised, At: save.At, By: save.By, To: to}},
	}, nil
}

// See acknowledges a finding, and tells whether nobody had.
func (f *Finding) See(save Save) bool {
	if f.State() != New {
		return false
	}
	f.add(Event{Kind: WasSeen, At: save.At, By: save.By})
	return true
}

// Act notes what was done, or returns every fault. Who acts has seen it.
func (f *Finding) Act(a ActionInput, save Save) error {
	if f.State() == Closed {
		return fault.New(fault.Conflict, "finding_closed", "The finding is closed. Reopen it first.")
	}
	action, err := newAction(a, save)
	if err != nil {
		return err
	}
	f.add(Event{Kind: WasActed, At: save.At, By: save.By, Action: action})
	return nil
}

// Close says that nothing is left to do, and tells whether that is new. What
// was done must have been noted since it was raised or reopened.
func (f *Finding) Close(save Save) (bool, error) {
	switch f.State() {
	case Closed:
		return false, nil
	case Acted:
		f.add(Event{Kind: WasClosed, At: save.At, By: save.By})
		return true, nil
	case New, Seen:
	}
	return false, fault.New(fault.Conflict, "nothing_noted", "Note first what was done. If nothing needed doing, that is an action too: nothing, with its reason.")
}

// Reopen takes back a closing, and tells whether there was one.
func (f *Finding) Reopen(save Save) bool {
	if f.State() != Closed || f.Redacted != nil {
		return false
	}
	f.add(Event{Kind: Reopened, At: save.At, By: save.By})
	return true
}

// ActionInput is what was done, as it came.
type ActionInput struct {
	Code    ActionCode
	Contact Contact
	Reason  ActionReason
	Session *session.SessionID
	On      string // a day; empty is the session's if there is one, else today
}

// newAction checks an action, or returns every fault.
func newAction(a ActionInput, save Save) (*Action, error) {
	var faults fault.List
	if !a.Code.Valid() {
		faults.Add("/code", "unknown_action", "Choose one of the listed actions.")
	}
	switch {
	case a.Code == Contacted && !a.Contact.Valid():
		faults.Add("/contact", "contact_missing", "Say how the contact went: reached, message_left or not_reached.")
	case a.Code != Contacted && a.Contact != "":
		faults.Add("/contact", "contact_of_contacted", "Only the action contacted says how a contact went. Leave it out.")
	}
	switch {
	case a.Code == NothingWithReason && !a.Reason.Valid():
		faults.Add("/reason", "reason_missing", "Say why nothing needed doing, by one of the listed reasons.")
	case a.Code != NothingWithReason && a.Reason != "":
		faults.Add("/reason", "reason_of_nothing", "Only the action nothing has a reason. Leave it out.")
	}
	// A day's grace: the practice's calendar may be ahead of UTC.
	on := session.Date(save.At.Format(time.DateOnly))
	if a.On != "" {
		day, err := session.ParseDate(a.On)
		switch {
		case err != nil:
			faults.Add("/on", "bad_date", "A date is a calendar day like 2026-03-05.")
		case string(day) > save.At.AddDate(0, 0, 1).Format(time.DateOnly):
			faults.Add("/on", "in_the_future", "This day has not come yet. Note what was done, once it is done.")
		}
		on = day
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &Action{Code: a.Code, Contact: a.Contact, Reason: a.Reason, Session: a.Session, On: on, By: save.By, At: save.At}, nil
}

// Valid tells whether c is one of the actions.
func (c ActionCode) Valid() bool {
	switch c {
	case RaisedInGroup, TalkedIndividually, TaskRenegotiated, GoalRenegotiated, Adapted, ExtraSession, TakenToSupervision,
		SafetyProtocol, Contacted, NothingWithReason, HandedOverElsewhere:
		return true
	default:
		return false
	}
}

// Valid tells whether c is one of the outcomes.
func (c Contact) Valid() bool {
	return c == ContactReached || c == ContactMessage || c == ContactNotReached
}

// Valid tells whether r is one of the reasons.
func (r ActionReason) Valid() bool {
	switch r {
	case ReasonAlreadyKnown, ReasonFalseAlarm, ReasonEntryError, ReasonMemberDeclined, ReasonOther:
		return true
	default:
		return false
	}
}
