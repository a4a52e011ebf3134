package session

import (
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
)

// RuptureKind says in a code how a rupture of the alliance showed. Neither is the
// worse one.
type RuptureKind string

// The kinds (Safran & Muran 2000).
const (
	RuptureWithdrawal    RuptureKind = "withdrawal"
	RuptureConfrontation RuptureKind = "confrontation"
)

// Valid tells whether k is one of the kinds.
func (k RuptureKind) Valid() bool { return k == RuptureWithdrawal || k == RuptureConfrontation }

// RepairKind says in a code what a therapist did to repair a rupture.
type RepairKind string

// The steps, after the resolution strategies of the 3RS (Eubanks, Muran & Safran 2015).
const (
	RepairInvited      RepairKind = "invited_thoughts_and_feelings"
	RepairAcknowledged RepairKind = "acknowledged_own_part"
	RepairClarified    RepairKind = "clarified_a_misunderstanding"
	RepairChanged      RepairKind = "changed_task_or_goal"
	RepairExplained    RepairKind = "explained_the_task"
	RepairValidated    RepairKind = "validated_the_members_position"
	RepairDisclosed    RepairKind = "disclosed_own_experience"
	RepairLinked       RepairKind = "linked_to_a_pattern"
	RepairRefocused    RepairKind = "returned_to_the_task"
)

// RepairKinds lists them.
func RepairKinds() []RepairKind {
	return []RepairKind{
		RepairInvited, RepairAcknowledged, RepairClarified, RepairChanged, RepairExplained, RepairValidated, RepairDisclosed, RepairLinked, RepairRefocused,
	}
}

// RepairStep is one thing done to repair a rupture, in the session of a number.
type RepairStep struct {
	Kind   RepairKind
	Number int // of the session in which it was done, this one or a later one
	By     string
	At     time.Time // when it was entered
}

// Rupture is what a therapist says of a rupture of the alliance with a member that
// showed in this session.
type Rupture struct {
	TherapistID TherapistID
	MemberID    MemberID
	Kind        RuptureKind // empty once it was redacted
	Steps       []RepairStep
	By          string
	At          time.Time // when it was entered, or its kind changed
	Redacted    *Redacted
}

// RuptureInput is what is sent of a rupture. Without a kind what was entered of it
// is taken back; earlier revisions keep it.
type RuptureInput struct {
	TherapistID TherapistID
	MemberID    MemberID
	Kind        *RuptureKind
	Steps       []RepairInput
}

// RepairInput is one step.
type RepairInput struct {
	Kind   RepairKind
	Number int
}

// MostRepairs is the largest number of steps of one rupture.
const MostRepairs = 40

// EnterRupture says of one pair what the therapist says of a rupture in this
// session, in place of what was said before, and tells whether that is anything
// else. Who entered a step, and when, stays with it.
func (s *Session) EnterRupture(in RuptureInput, by string, at time.Time) (bool, error) {
	if s.Status == StatusCancelled {
		return false, fault.New(fault.Conflict, "session_cancelled", "The session was cancelled: nothing happened in it.")
	}
	var faults fault.List
	k := slices.IndexFunc(s.Ruptures, func(r Rupture) bool { return r.TherapistID == in.TherapistID && r.MemberID == in.MemberID })
	s.checkPair(&faults, in, k >= 0 && s.Ruptures[k].Redacted != nil)
	in.check(&faults, s.Number)
	if err := faults.Err(); err != nil {
		return false, err
	}
	list := slices.Clone(s.Ruptures)
	switch {
	case in.Kind == nil && k < 0:
		return false, nil
	case in.Kind == nil:
		s.Ruptures = slices.Delete(list, k, k+1)
		return true, nil
	}
	next := Rupture{TherapistID: in.TherapistID, MemberID: in.MemberID, Kind: *in.Kind, By: by, At: Millis(at)}
	var was Rupture
	if k >= 0 {
		was = s.Ruptures[k]
		if was.Kind == next.Kind {
			next.By, next.At = was.By, was.At
		}
	}
	changed := was.Kind != next.Kind || len(was.Steps) != len(in.Steps)
	for _, x := range in.Steps {
		step := RepairStep{Kind: x.Kind, Number: x.Number, By: by, At: Millis(at)}
		if i := slices.IndexFunc(was.Steps, func(old RepairStep) bool { return old.Kind == x.Kind && old.Number == x.Number }); i >= 0 {
			step = was.Steps[i]
		} else {
			changed = true
		}
		next.Steps = append(next.Steps, step)
	}
	if !changed {
		return false, nil
	}
	if k < 0 {
		list = append(list, next)
	} else {
		list[k] = next
	}
	s.Ruptures = list
	return true, nil
}

// checkPair notes who is not part of the session.
func (s *Session) checkPair(faults *fault.List, in RuptureInput, erased bool) {
	if !s.HasTherapist(in.TherapistID) {
		faults.Add("/therapist_id", "not_in_session", "This therapist is not on the session's list.")
	}
	seat, ok := s.SeatOf(in.MemberID)
	switch {
	case !ok:
		faults.Add("/member_id", "not_on_roster", "This member is not on the session's roster.")
	case seat.Redacted || erased:
		faults.Add("/member_id", "redacted", "This member's data were erased. Nothing is entered of the member any more.")
	}
}

// check notes what is wrong with the kind and the steps.
func (in *RuptureInput) check(faults *fault.List, number int) {
	if in.Kind != nil && !in.Kind.Valid() {
		faults.Add("/kind", "unknown_kind", "A rupture shows as withdrawal or confrontation.")
	}
	if in.Kind == nil && len(in.Steps) > 0 {
		faults.Add("/steps", "steps_without_rupture", "Where there was no rupture there is nothing to repair. Name its kind, or leave the steps out.")
	}
	if len(in.Steps) > MostRepairs {
		faults.Add("/steps", "too_many", "A rupture has at most 40 steps.")
		return
	}
	for i, x := range in.Steps {
		at := "/steps/" + strconv.Itoa(i)
		if !slices.Contains(RepairKinds(), x.Kind) {
			faults.Add(at+"/kind", "unknown_kind", "This is no kind of step. The interface's description lists them.")
		}
		if x.Number < number || x.Number > mostNumber {
			faults.Add(at+"/session", "out_of_range", "A step is taken in the session of the rupture or in a later one, by its number.")
		}
		if slices.Contains(in.Steps[:i], x) {
			faults.Add(at, "repeated", "This step stands here twice.")
		}
	}
}

// mostNumber is the highest number that a session has.
const mostNumber = 9999

// memberHasRupture tells whether something was entered of a rupture with a member.
func (s *Session) memberHasRupture(id MemberID) bool {
	return slices.ContainsFunc(s.Ruptures, func(r Rupture) bool { return r.MemberID == id })
}

// redactRuptures takes out what was entered of ruptures with a member, and tells
// whether there was anything.
func (s *Session) redactRuptures(x Redaction) (changed bool) {
	for i := range s.Ruptures {
		r := &s.Ruptures[i]
		if !x.About || r.MemberID != x.Member || r.Redacted != nil {
			continue
		}
		if !changed {
			s.Ruptures = slices.Clone(s.Ruptures)
		}
		s.Ruptures[i] = Rupture{TherapistID: r.TherapistID, MemberID: r.MemberID, By: r.By, At: r.At, Redacted: x.mark()}
		changed = true
	}
	return changed
}

// restoreRuptures checks the structure of a stored session's ruptures.
func (s *Session) restoreRuptures(faults *fault.List) {
	for i := range s.Ruptures {
		r := &s.Ruptures[i]
		if r.TherapistID == "" || r.MemberID == "" || (r.Kind == "") == (r.Redacted == nil) || r.At.IsZero() {
			faults.Add("/ruptures/"+strconv.Itoa(i), "bad_rupture", "The rupture has no therapist, member, kind or time.")
		}
		for k, x := range r.Steps {
			if x.Kind == "" || x.Number < 1 || x.At.IsZero() {
				faults.Add("/ruptures/"+strconv.Itoa(i)+"/steps/"+strconv.Itoa(k), "bad_step", "The step has no kind, session or time.")
			}
		}
	}
}
