package session

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holon/internal/fault"
)

// Kind says what sort of meeting a session is.
type Kind string

// The kinds of session.
const (
	Meeting    Kind = "meeting"    // the whole group or family
	Individual Kind = "individual" // one member alone
	Subsystem  Kind = "subsystem"  // some of the family
	Assessment Kind = "assessment" // measures only, at a stage of the treatment
)

// Valid tells whether k is one of the kinds.
func (k Kind) Valid() bool {
	return k == Meeting || k == Individual || k == Subsystem || k == Assessment
}

// Stage says when in the treatment an assessment is made.
type Stage string

// The stages.
const (
	Intake   Stage = "intake"
	Interim  Stage = "interim"
	EndStage Stage = "end"
	FollowUp Stage = "follow_up"
)

// Valid tells whether s is one of the stages.
func (s Stage) Valid() bool {
	return s == Intake || s == Interim || s == EndStage || s == FollowUp
}

// Status says how far a session is.
type Status string

// The states. A closed session still takes late paper forms and corrections.
const (
	StatusOpen      Status = "open"
	StatusClosed    Status = "closed"
	StatusCancelled Status = "cancelled"
)

// Span is a time with a beginning and an end.
type Span struct {
	Start, End time.Time
}

// Session is one meeting, with everything rated in it and about it.
type Session struct {
	Head

	ID         SessionID
	GroupID    GroupID
	GroupKind  GroupKind // copied from the group, which never changes it
	Number     int       // within the group; two sessions of one day have two numbers
	Kind       Kind
	Stage      *Stage // of an assessment
	HeldOn     Date
	Planned    *Span
	Actual     *Span
	Status     Status
	CancelWhy  *CancelReason
	Therapists []Presence
	Roster     []Seat
	Goals      []GoalRating
	Openings   []Opening // of answers to therapists who handed in no guess
	Ruptures   []Rupture // that therapists entered

	Ratings
}

// Plan is what opening a session needs to know.
type Plan struct {
	Number  int
	Kind    Kind
	Stage   *Stage
	HeldOn  string
	Planned *Span
	// Members are those expected; nil takes everybody whose spell holds on the
	// day. The kinds individual and subsystem must name them. An assessment may
	// name people before their spell (intake) and after it (follow-up).
	Members []MemberID
}

// NewSession opens a session of the group, its roster filled from the spells
// that hold on the day, or returns every fault.
func NewSession(id SessionID, g *Group, p Plan) (*Session, error) {
	var faults fault.List
	s := &Session{ID: id, GroupID: g.ID, GroupKind: g.Kind, Number: p.Number, Kind: p.Kind, Stage: p.Stage, Status: StatusOpen}
	if p.Number < 1 || p.Number > 9999 {
		faults.Add("/number", "out_of_range", "Sessions are numbered from 1 to 9999.")
	}
	if !p.Kind.Valid() {
		faults.Add("/kind", "unknown_kind", "A session's kind is meeting, individual, subsystem or assessment.")
	}
	if (p.Stage != nil) != (p.Kind == Assessment) {
		faults.Add("/stage", "stage_of_assessment", "An assessment has a stage (intake, interim, end, follow_up); other sessions have none.")
	} else if p.Stage != nil && !p.Stage.Valid() {
		faults.Add("/stage", "unknown_stage", "A stage is intake, interim, end or follow_up.")
	}
	s.HeldOn = checkDate(&faults, "/held_on", p.HeldOn)
	s.Planned = checkSpan(&faults, "/planned", p.Planned, s.HeldOn)
	s.checkWhoIsSeen(&faults, p.Members)
	if faults.Len() == 0 {
		s.checkDay(&faults, g)
		s.seatMembers(&faults, g, p.Members)
		for _, t := range g.TherapistsOn(s.HeldOn) {
			s.Therapists = append(s.Therapists, Presence{TherapistID: t.TherapistID, Role: t.Role, Present: true})
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// checkWhoIsSeen notes when the members named do not suit the kind of session.
func (s *Session) checkWhoIsSeen(faults *fault.List, members []MemberID) {
	switch {
	case (s.Kind == Individual || s.Kind == Subsystem) && len(members) == 0:
		faults.Add("/members", "who_was_seen", "Name who is seen: one member for an individual session, some for a subsystem.")
	case s.Kind == Individual && len(members) > 1:
		faults.Add("/members", "one_member", "An individual session has one member. With more, it is a subsystem session.")
	case len(members) > MaxRoster:
		faults.Add("/members", "roster_too_large", "A session has at most 30 members.")
	}
}

// checkDay notes when the group did not meet yet, or not any more. What is
// held with people before or after is an assessment.
func (s *Session) checkDay(faults *fault.List, g *Group) {
	if s.Kind != Meeting && s.Kind != Subsystem {
		return
	}
	if s.HeldOn < g.StartsOn {
		faults.Add("/held_on", "before_group_start", "The group had not started by then. Check the day, or record an assessment.")
	}
	if g.hasEnded(s.HeldOn) {
		faults.Add("/held_on", "group_has_ended", "The group had ended by then. Check the day, or record an assessment.")
	}
}

// seatMembers fills the roster with the wanted members, all of the day's when
// wanted is nil.
func (s *Session) seatMembers(faults *fault.List, g *Group, wanted []MemberID) {
	if wanted == nil {
		for _, sp := range g.MembersOn(s.HeldOn) {
			if sp.Redacted {
				continue // a tombstone does not come
			}
			s.Roster = append(s.Roster, Seat{MemberID: sp.MemberID, Spell: sp.Number})
		}
		return
	}
	var seats []Seat
	for i, id := range wanted {
		at := "/members/" + strconv.Itoa(i)
		seat, ok := s.seatFor(g, id)
		_, seated := s.SeatOf(id)
		switch {
		case ok && !seated && g.redacted(seat.Spell):
			faults.Add(at, "member_redacted", "This member's answers were redacted, so the member gets no seat any more.")
		case !ok:
			faults.Add(at, "not_in_group", "This member is not in the group on the session's day. Check the day, or begin a spell first.")
		case slices.ContainsFunc(seats, func(x Seat) bool { return x.MemberID == id }):
			faults.Add(at, "named_twice", "This member is named twice.")
		default:
			seats = append(seats, seat)
		}
	}
	s.Roster = seats
}

// seatFor returns the seat a member has or gets. Who has one keeps it, whatever
// became of the spell since. In an assessment people sit who are not in the
// group yet, or not any more: by the last spell that had begun, else the first.
func (s *Session) seatFor(g *Group, id MemberID) (Seat, bool) {
	if k := s.seat(id); k >= 0 {
		return s.Roster[k], true
	}
	nearest := Seat{MemberID: id}
	for _, sp := range g.Spells {
		switch {
		case sp.MemberID != id:
		case sp.holds(s.HeldOn):
			return Seat{MemberID: id, Spell: sp.Number}, true
		case s.Kind == Assessment && (nearest.Spell == 0 || sp.Joined <= s.HeldOn):
			nearest.Spell = sp.Number
		}
	}
	return nearest, nearest.Spell > 0
}

// CancelReason says in a code why a session did not take place.
type CancelReason string

// The reasons.
const (
	CancelTherapist CancelReason = "therapist_unavailable"
	CancelMembers   CancelReason = "members_unavailable"
	CancelHoliday   CancelReason = "holiday"
	CancelPremises  CancelReason = "premises"
	CancelOther     CancelReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r CancelReason) Valid() bool {
	switch r {
	case CancelTherapist, CancelMembers, CancelHoliday, CancelPremises, CancelOther:
		return true
	default:
		return false
	}
}

// Cancel says that the session did not take place, so nobody attended it. What
// people rated about themselves stays; a session that anybody rated as attended
// cannot have been cancelled.
func (s *Session) Cancel(why CancelReason) error {
	if s.Status != StatusOpen {
		return fault.New(fault.Conflict, "session_not_open", "Only an open session can be cancelled.")
	}
	var faults fault.List
	if !why.Valid() {
		faults.Add("/why", "unknown_reason", "Choose one of the listed reasons.")
	}
	if s.hasPresenceRatings() {
		faults.Add("", "rated_as_held", "There are ratings of this meeting, so it took place. If they belong to another session, move their forms there. If they are wrong, void the forms.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.Status, s.CancelWhy = StatusCancelled, &why
	s.Roster, s.Therapists = slices.Clone(s.Roster), slices.Clone(s.Therapists)
	for i := range s.Roster {
		s.Roster[i].Attendance, s.Roster[i].Modality = "", ""
	}
	for i := range s.Therapists {
		s.Therapists[i].Present = false
	}
	return nil
}

// Close says that the roster is complete: everybody's attendance is known.
// Late paper forms and corrections are still accepted.
func (s *Session) Close(actual *Span) error {
	if s.Status != StatusOpen {
		return fault.New(fault.Conflict, "session_not_open", "Only an open session can be closed.")
	}
	var faults fault.List
	span := checkSpan(&faults, "/actual", actual, s.HeldOn)
	var unmarked []string
	for _, seat := range s.Roster {
		if seat.Attendance == "" {
			unmarked = append(unmarked, string(seat.MemberID))
		}
	}
	if len(unmarked) > 0 {
		faults.Add("", "attendance_missing", "Say for everybody on the roster whether they came. Then close the session. Not marked yet: "+strings.Join(unmarked, ", ")+".")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if span != nil {
		s.Actual = span
	}
	s.Status = StatusClosed
	return nil
}

// checkSpan cuts a span to milliseconds and notes when it ends before it
// starts, or starts on another day than the session is held. A session is no
// longer than a day.
func checkSpan(faults *fault.List, pointer string, span *Span, heldOn Date) *Span {
	if span == nil {
		return nil
	}
	out := Span{Start: Millis(span.Start), End: Millis(span.End)}
	if !out.End.After(out.Start) || out.End.Sub(out.Start) > 24*time.Hour {
		faults.Add(pointer, "bad_span", "The end comes after the start, within a day.")
		return nil
	}
	day := heldOn.start()
	// A day's grace either way: the practice's calendar is not UTC's.
	if heldOn != "" && (out.Start.Before(day.AddDate(0, 0, -1)) || !out.Start.Before(day.AddDate(0, 0, 2))) {
		faults.Add(pointer, "span_of_another_day", "These times are of another day than the session. Check both.")
		return nil
	}
	return &out
}
