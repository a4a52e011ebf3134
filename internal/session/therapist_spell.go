package session

import (
	"slices"

	"holon/internal/fault"
)

// TherapistRole is a therapist's part in leading a group.
type TherapistRole string

// The roles.
const (
	Lead       TherapistRole = "lead"
	Co         TherapistRole = "co"
	Substitute TherapistRole = "substitute"
)

// Valid tells whether r is one of the roles.
func (r TherapistRole) Valid() bool { return r == Lead || r == Co || r == Substitute }

// ReleaseReason says in a code why a therapist's spell ended.
type ReleaseReason string

// The reasons.
const (
	ReleasedLeave    ReleaseReason = "leave"
	ReleasedReturned ReleaseReason = "colleague_returned"
	ReleasedHandover ReleaseReason = "handed_over"
	ReleasedEnded    ReleaseReason = "group_ended"
	ReleasedOther    ReleaseReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r ReleaseReason) Valid() bool {
	switch r {
	case ReleasedLeave, ReleasedReturned, ReleasedHandover, ReleasedEnded, ReleasedOther:
		return true
	default:
		return false
	}
}

// TherapistSpell is one dated time of leading a group. Leave ends one; coming
// back begins another.
type TherapistSpell struct {
	Number      int
	TherapistID TherapistID
	Role        TherapistRole
	From        Date
	To          *Date
	Why         *ReleaseReason
}

// holds tells whether the spell covers a day.
func (s TherapistSpell) holds(day Date) bool { return s.From <= day && (s.To == nil || day <= *s.To) }

// Assign begins a therapist's spell and returns its number.
func (g *Group) Assign(therapist TherapistID, role TherapistRole, from string) (int, error) {
	var faults fault.List
	day := checkDate(&faults, "/from", from)
	if !ValidID(string(therapist)) {
		faults.Add("/therapist_id", "bad_id", "Name the therapist by the identifier the therapist was given.")
	}
	if !role.Valid() {
		faults.Add("/role", "unknown_role", "A therapist is lead, co or substitute.")
	}
	if faults.Len() == 0 {
		for _, s := range g.TherapistSpells {
			if s.To != nil && *s.To < day {
				continue
			}
			if s.TherapistID == therapist {
				faults.Add("/from", "spells_overlap", "This therapist leads the group on or after that day already. End that spell first.")
			}
			if role == Lead && s.Role == Lead {
				faults.Add("/role", "two_leads", "The group has a lead therapist on or after that day. Assign a co-therapist, or end the lead's spell first.")
			}
		}
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	n := len(g.TherapistSpells) + 1
	g.TherapistSpells = append(slices.Clone(g.TherapistSpells), TherapistSpell{Number: n, TherapistID: therapist, Role: role, From: day})
	return n, nil
}

// Release ends a therapist's spell; to is its last day.
func (g *Group) Release(number int, to string, why ReleaseReason) error {
	if number < 1 || number > len(g.TherapistSpells) {
		return fault.New(fault.NotFound, "no_such_spell", "The group has no therapist's spell of that number.")
	}
	var faults fault.List
	day := checkDate(&faults, "/to", to)
	s := g.TherapistSpells[number-1]
	if faults.Len() == 0 && day < s.From {
		faults.Add("/to", "left_before_joined", "A spell cannot end before it begins.")
	}
	if !why.Valid() {
		faults.Add("/why", "unknown_reason", "Choose one of the listed reasons.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.To, s.Why = &day, &why
	g.TherapistSpells = slices.Clone(g.TherapistSpells)
	g.TherapistSpells[number-1] = s
	return nil
}
