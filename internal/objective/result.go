package objective

import (
	"maps"
	"slices"

	"holon/internal/session"
)

// Reason says in a code why something is as it is.
type Reason string

// The reasons of answers.
const (
	Reached        Reason = "reached"
	StillPossible  Reason = "still_possible"
	OutOfReach     Reason = "out_of_reach"    // it failed, or too few occasions are left
	DeadlinePassed Reason = "deadline_passed" // the time was over before it was reached
	MemberLeft     Reason = "member_left"     // the member left before it was reached
	GroupEnded     Reason = "group_ended"     // the group ended before it was reached
	NoOccasion     Reason = "no_occasion"     // nothing counted, so there is nothing to judge
	RecordDamaged  Reason = "record_damaged"  // a session cannot be read, so nobody knows what it held
	DataMissing    Reason = "data_missing"    // several things are missing, and they decide
)

// The reasons why a session does not count.
const (
	Cancelled    Reason = "cancelled"
	NotHeldYet   Reason = "not_held_yet"
	NotOnRoster  Reason = "not_on_roster"
	NobodyCame   Reason = "nobody_came"
	AfterTheLast Reason = "after_the_last"
	NotLookedAt  Reason = "no_checkpoint"
)

// The reasons of what one occasion shows. Excused and no_show stand for
// themselves.
const (
	Absent        Reason = "absent"
	NotMarked     Reason = "attendance_not_marked"
	NoForm        Reason = "no_form"
	Unfinished    Reason = "unfinished"
	Declined      Reason = "declined"
	TotalOnly     Reason = "total_only"
	NotScored     Reason = "not_scored" // such as by a key that nobody attested
	OtherVersion  Reason = "other_version"
	BelowLimit    Reason = "limit_not_reached"
	NothingBefore Reason = "nothing_before"
	NotAddressed  Reason = "drop_not_addressed"
	NoContact     Reason = "no_contact"
	NoAction      Reason = "no_action"
	NoDeedsKnown  Reason = "actions_not_known"
	NotRated      Reason = "endorsement_not_rated"
	NoneEndorsed  Reason = "none_endorsed"
	NoGoal        Reason = "no_goal"
)

// Place names a session.
type Place struct {
	ID     session.SessionID
	Number int
	HeldOn session.Date
}

// placeOf names a session.
func placeOf(s *session.Session) Place { return Place{ID: s.ID, Number: s.Number, HeldOn: s.HeldOn} }

// LeftOut is a session that does not count, with the reason.
type LeftOut struct {
	Session Place
	Reason  Reason
}

// Counting says whether an occasion counts.
type Counting string

// The ways.
const (
	Counts   Counting = "counts"
	MayCount Counting = "may_count" // whether somebody came is not known
)

// Span is a time from a day to another, both included.
type Span struct{ First, Last session.Date }

// Use is one occasion as it was taken for the answer: a session or a period.
type Use struct {
	Session *Place
	Period  *Span
	Counts  Counting
	Shows   []Shown // one for each condition
}

// Shown is what one condition showed on one occasion.
type Shown struct {
	Truth  Truth
	Reason Reason  // empty where it simply holds
	goals  goalSet // of endorsed goals, those that were
}

// note takes what the conditions showed. Where an occasion may have been in
// several ways the first one that counts is shown, and the others make what
// differs unknown.
func (u *Use) note(shown []seen) {
	for k, x := range shown {
		if k == len(u.Shows) {
			u.Shows = append(u.Shows, Shown{Truth: x.truth, Reason: x.why, goals: x.goals})
			continue
		}
		if u.Shows[k].Truth != x.truth {
			u.Shows[k] = Shown{Truth: Unknown, Reason: NotMarked}
		}
	}
}

// unsure says of what is the same in every way, but of an occasion that may not
// have been one, why it counts for nothing yet.
func (u *Use) unsure() {
	for k := range u.Shows {
		if u.Shows[k].Reason == "" {
			u.Shows[k].Reason = NotMarked
		}
	}
}

// Count is how often each truth was found of one condition.
type Count struct {
	Needed                         Needed
	Holds, Fails, Unknown, Pending int
	Goals                          *int // of endorsed goals, how many different ones surely were; nil of anything else
}

// Result is the answer to an objective for one subject.
type Result struct {
	Member   session.MemberID // empty: the group
	Answer   Answer
	Reason   Reason
	Sentence string
	From     session.Date // the first day that the rule speaks of
	Until    session.Date // the last one; "" if it has none
	Counts   []Count      // one for each condition
	Used     []Use
	LeftOut  []LeftOut
}

// sortedKeys returns a map's keys in order, so that the same records give the
// same answer.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
