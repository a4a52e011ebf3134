package session

import (
	"slices"
	"strconv"

	"holon/internal/fault"
)

// Attendance says whether a member came. The empty value means that nobody
// has said so yet.
type Attendance string

// The kinds of attendance.
const (
	Present   Attendance = "present"
	Late      Attendance = "late"
	LeftEarly Attendance = "left_early"
	Excused   Attendance = "excused"
	NoShow    Attendance = "no_show"
)

// Valid tells whether a is one of the kinds.
func (a Attendance) Valid() bool {
	switch a {
	case Present, Late, LeftEarly, Excused, NoShow:
		return true
	default:
		return false
	}
}

// Absent tells whether the member is known not to have been there.
func (a Attendance) Absent() bool { return a == Excused || a == NoShow }

// Modality says how a member took part. It is empty while attendance is not
// known, and for the absent.
type Modality string

// The modalities.
const (
	InPerson Modality = "in_person"
	Video    Modality = "video"
	Phone    Modality = "phone"
)

// Valid tells whether m is one of the modalities.
func (m Modality) Valid() bool { return m == InPerson || m == Video || m == Phone }

// Seat is one member's place in a session.
type Seat struct {
	MemberID   MemberID
	Spell      int // the number of the member's spell in the group
	Attendance Attendance
	Modality   Modality
	Redacted   bool // the member's values were taken out, and no form by or about the member is taken
}

// Presence is one therapist's place in a session.
type Presence struct {
	TherapistID TherapistID
	Role        TherapistRole
	Present     bool
}

// Mark says of one member whether and how the member came.
type Mark struct {
	MemberID   MemberID
	Attendance Attendance
	Modality   Modality // empty means in person for those who came
}

// TherapistMark says of one therapist whether the therapist was there. A role
// is needed only for one who is not on the list yet, such as a substitute.
type TherapistMark struct {
	TherapistID TherapistID
	Present     bool
	Role        TherapistRole
}

// Attend notes who came. Marks may be of some of the roster; those not named
// stay as they are. Nobody whose rating of this meeting is stored can be
// marked absent.
func (s *Session) Attend(members []Mark, therapists []TherapistMark) error {
	if s.Status == StatusCancelled {
		return fault.New(fault.Conflict, "session_cancelled", "The session was cancelled: nobody attended it.")
	}
	var faults fault.List
	if len(members)+len(therapists) == 0 {
		faults.Add("", "nobody_marked", "Say of at least one person whether they came.")
	}
	roster := s.markMembers(&faults, members)
	present := s.markTherapists(&faults, therapists)
	if err := faults.Err(); err != nil {
		return err
	}
	s.Roster, s.Therapists = roster, present
	return nil
}

// markMembers returns the roster with the marks and notes their faults.
func (s *Session) markMembers(faults *fault.List, members []Mark) []Seat {
	roster := slices.Clone(s.Roster)
	marked := map[MemberID]bool{}
	for i, m := range members {
		at := "/members/" + strconv.Itoa(i)
		k := s.seat(m.MemberID)
		switch {
		case k < 0:
			faults.Add(at+"/member_id", "not_on_roster", "This member is not on the session's roster. Change the roster first.")
			continue
		case marked[m.MemberID]:
			faults.Add(at+"/member_id", "named_twice", "This member is named twice.")
		}
		marked[m.MemberID] = true
		if roster[k].Attendance, roster[k].Modality = m.Attendance, s.checkMark(faults, at, m); roster[k].Redacted {
			roster[k].Modality = ""
		}
	}
	return roster
}

// MaxTherapists is the largest number of therapists on a session's list.
const MaxTherapists = 10

// markTherapists returns the therapists with the marks and notes their faults.
func (s *Session) markTherapists(faults *fault.List, therapists []TherapistMark) []Presence {
	present := slices.Clone(s.Therapists)
	marked := map[TherapistID]bool{}
	for i, m := range therapists {
		at := "/therapists/" + strconv.Itoa(i)
		k := slices.IndexFunc(present, func(p Presence) bool { return p.TherapistID == m.TherapistID })
		switch {
		case marked[m.TherapistID]:
			faults.Add(at+"/therapist_id", "named_twice", "This therapist is named twice.")
		case k >= 0 && m.Role != "" && !m.Role.Valid():
			faults.Add(at+"/role", "unknown_role", "A therapist is lead, co or substitute.")
		case k >= 0 && !m.Present && s.ratedByOrAbout(m.TherapistID):
			faults.Add(at+"/present", "absent_with_ratings", "There are ratings of this meeting by or about this therapist. If they are wrong, void their forms, or move them to where they belong.")
		case k >= 0:
			present[k].Present = m.Present
			if m.Role != "" {
				present[k].Role = m.Role
			}
		case !ValidID(string(m.TherapistID)):
			faults.Add(at+"/therapist_id", "bad_id", "Name the therapist by the identifier the therapist was given.")
		case !m.Role.Valid():
			faults.Add(at+"/role", "unknown_role", "Say in which role a therapist who is not on the list took part: lead, co or substitute.")
		default:
			present = append(present, Presence{TherapistID: m.TherapistID, Role: m.Role, Present: m.Present})
		}
		marked[m.TherapistID] = true
	}
	if len(present) > MaxTherapists && len(present) > len(s.Therapists) {
		faults.Add("/therapists", "too_many_therapists", "A session has at most 10 therapists.")
	}
	return present
}

// checkMark notes the faults of one mark and returns its modality.
func (s *Session) checkMark(faults *fault.List, at string, m Mark) Modality {
	switch {
	case !m.Attendance.Valid():
		faults.Add(at+"/attendance", "unknown_attendance", "Attendance is present, late, left_early, excused or no_show.")
	case m.Attendance.Absent() && m.Modality != "":
		faults.Add(at+"/modality", "absent_has_no_modality", "Somebody absent took part in no way. Leave the modality out.")
	case m.Attendance.Absent() && s.memberRatedMeeting(m.MemberID):
		faults.Add(at+"/attendance", "absent_with_ratings", "There are ratings of this meeting by or about this member. If they are wrong, void their forms, or move them to where they belong.")
	case m.Attendance.Absent():
	case m.Modality == "":
		return InPerson
	case !m.Modality.Valid():
		faults.Add(at+"/modality", "unknown_modality", "A modality is in_person, video or phone.")
	}
	return m.Modality
}

// SetRoster says who belongs to an open session: seats of members who stay
// keep their attendance, and nobody with ratings is taken off.
func (s *Session) SetRoster(g *Group, members []MemberID) error {
	if s.Status != StatusOpen {
		return fault.New(fault.Conflict, "session_not_open", "The roster of a closed or cancelled session stands.")
	}
	var faults fault.List
	s.checkWhoIsSeen(&faults, members)
	next := &Session{Kind: s.Kind, HeldOn: s.HeldOn, Roster: s.Roster}
	next.seatMembers(&faults, g, append([]MemberID{}, members...))
	for _, seat := range s.Roster {
		if next.seat(seat.MemberID) < 0 && (s.memberHasRatings(seat.MemberID) || s.memberRatedGoals(seat.MemberID)) {
			faults.Add("/members", "has_ratings", "Somebody left out has ratings in this session. Keep them on the roster, or void the forms first, or move them to where they belong.")
			break
		}
		if next.seat(seat.MemberID) < 0 && s.memberHasRupture(seat.MemberID) {
			faults.Add("/members", "has_rupture", "Of somebody left out a rupture was entered in this session. Keep them on the roster, or take the rupture back first.")
			break
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.Roster = next.Roster
	return nil
}

// seat returns the index of the member's seat, -1 if there is none.
func (s *Session) seat(id MemberID) int {
	return slices.IndexFunc(s.Roster, func(x Seat) bool { return x.MemberID == id })
}

// therapist returns the index of the therapist's presence, -1 if there is
// none.
func (s *Session) therapist(id TherapistID) int {
	return slices.IndexFunc(s.Therapists, func(x Presence) bool { return x.TherapistID == id })
}

// SeatOf returns the member's seat.
func (s *Session) SeatOf(id MemberID) (Seat, bool) {
	if k := s.seat(id); k >= 0 {
		return s.Roster[k], true
	}
	return Seat{}, false
}

// HasTherapist tells whether the therapist is on the session's list.
func (s *Session) HasTherapist(id TherapistID) bool { return s.therapist(id) >= 0 }
