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

// overlaps tells whether the spell shares a day with the span.
func (s TherapistSpell) overlaps(from Date, to *Date) bool {
	return (to == nil || s.From <= *to) && (s.To == nil || from <= *s.To)
}

// Assign begins a therapist's spell and returns its number.
func (g *Group) Assign(therapist TherapistID, role TherapistRole, from string) (int, error) {
	var faults fault.List
	return g.enterTherapist(&faults, TherapistSpell{TherapistID: therapist, Role: role, From: checkDate(&faults, "/from", from)})
}

// EnterTherapistSpell enters a therapist's spell that is over already, also one
// before a later spell of the same therapist, and returns its number; to is its
// last day.
func (g *Group) EnterTherapistSpell(therapist TherapistID, role TherapistRole, from, to string, why ReleaseReason) (int, error) {
	var faults fault.List
	next := TherapistSpell{TherapistID: therapist, Role: role, From: checkDate(&faults, "/from", from)}
	next.To, next.Why = new(checkDate(&faults, "/to", to)), &why
	if !why.Valid() {
		faults.Add("/to_why", "unknown_reason", "Choose one of the listed reasons.")
	}
	return g.enterTherapist(&faults, next)
}

// enterTherapist adds a therapist's spell unless a rule forbids it.
func (g *Group) enterTherapist(faults *fault.List, next TherapistSpell) (int, error) {
	if !ValidID(string(next.TherapistID)) {
		faults.Add("/therapist_id", "bad_id", "Name the therapist by the identifier the therapist was given.")
	}
	checkTherapistRole(faults, next.Role)
	next.Number = len(g.TherapistSpells) + 1
	if faults.Len() == 0 {
		g.checkLeading(faults, next)
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	g.TherapistSpells = append(slices.Clone(g.TherapistSpells), next)
	return next.Number, nil
}

// checkTherapistRole notes when a role is none of the roles.
func checkTherapistRole(faults *fault.List, role TherapistRole) {
	if !role.Valid() {
		faults.Add("/role", "unknown_role", "A therapist is lead, co or substitute.")
	}
}

// checkLeading notes what forbids that the group has this therapist's spell
// beside its others.
func (g *Group) checkLeading(faults *fault.List, next TherapistSpell) {
	if next.To != nil && *next.To < next.From {
		faults.Add("/to", "left_before_joined", "A spell cannot end before it begins.")
		return
	}
	switch {
	case g.hasEnded(next.From):
		faults.Add("/from", "group_has_ended", "The group had ended by then.")
	case g.EndedOn != nil && next.To == nil:
		faults.Add("/to", "group_has_ended", "The group has ended, so every spell has its last day.")
	case next.To != nil && g.hasEnded(*next.To):
		faults.Add("/to", "group_has_ended", "The group had ended by then.")
	}
	g.checkTherapistSpell(faults, next, "/from", "/role")
}

// checkTherapistSpell notes at these places which other spells forbid that a
// spell has these dates.
func (g *Group) checkTherapistSpell(faults *fault.List, next TherapistSpell, samePerson, sameRole string) {
	for _, s := range g.TherapistSpells {
		if s.Number == next.Number || !s.overlaps(next.From, next.To) {
			continue
		}
		if s.TherapistID == next.TherapistID {
			faults.Add(samePerson, "spells_overlap", "This therapist has another spell in that time. End that one first.")
		}
		if s.Role == Lead && next.Role == Lead {
			faults.Add(sameRole, "two_leads", "The group has another lead therapist in that time. Assign a co-therapist, or end the lead's spell first.")
		}
	}
}

// Release ends a therapist's spell; to is its last day. An end noted before
// can be noted again with another day or reason.
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
	s.To, s.Why = &day, &why
	if faults.Len() == 0 {
		if g.hasEnded(day) {
			faults.Add("/to", "group_has_ended", "The group had ended by then.")
		}
		g.checkTherapistSpell(&faults, s, "/to", "/to")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	g.TherapistSpells = slices.Clone(g.TherapistSpells)
	g.TherapistSpells[number-1] = s
	return nil
}
