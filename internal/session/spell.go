package session

import (
	"slices"

	"holon/internal/fault"
)

// MemberRole is a member's place in the group or family during one spell.
type MemberRole string

// The roles. A therapy group has members; the others are family roles.
const (
	RoleMember      MemberRole = "member"
	RoleCaregiver   MemberRole = "caregiver"
	RolePartner     MemberRole = "partner"
	RoleAdolescent  MemberRole = "adolescent"
	RoleChild       MemberRole = "child"
	RoleSibling     MemberRole = "sibling"
	RoleGrandparent MemberRole = "grandparent"
	RoleOther       MemberRole = "other"
)

// fits tells whether the role exists in a group of this kind.
func (r MemberRole) fits(kind GroupKind) bool {
	switch kind {
	case KindGroup:
		return r == RoleMember
	case KindCouple:
		return r == RolePartner
	case KindFamily:
		return slices.Contains([]MemberRole{RoleCaregiver, RolePartner, RoleAdolescent, RoleChild, RoleSibling, RoleGrandparent, RoleOther}, r)
	default:
		return false
	}
}

// LeaveReason says in a code why a member's spell ended.
type LeaveReason string

// The reasons.
const (
	LeftCompleted  LeaveReason = "completed"
	LeftDroppedOut LeaveReason = "dropped_out"
	LeftPaused     LeaveReason = "paused"
	LeftMoved      LeaveReason = "moved_to_other_group"
	LeftReferred   LeaveReason = "referred"
	LeftRoleChange LeaveReason = "role_changed"
	LeftOther      LeaveReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r LeaveReason) Valid() bool {
	switch r {
	case LeftCompleted, LeftDroppedOut, LeftPaused, LeftMoved, LeftReferred, LeftRoleChange, LeftOther:
		return true
	default:
		return false
	}
}

// Spell is one dated membership. A member who comes back has another.
type Spell struct {
	Number   int // 1, 2, … within the group
	MemberID MemberID
	Role     MemberRole
	Joined   Date
	Left     *Date // the last day in the group
	LeftWhy  *LeaveReason
}

// holds tells whether the spell covers a day.
func (s Spell) holds(day Date) bool { return s.Joined <= day && (s.Left == nil || day <= *s.Left) }

// overlaps tells whether the spell shares a day with the span.
func (s Spell) overlaps(from Date, to *Date) bool {
	return (to == nil || s.Joined <= *to) && (s.Left == nil || from <= *s.Left)
}

// Join begins a spell and returns its number.
func (g *Group) Join(member MemberID, role MemberRole, joined string) (int, error) {
	var faults fault.List
	day := checkDate(&faults, "/joined", joined)
	if !ValidID(string(member)) {
		faults.Add("/member_id", "bad_id", "Name the member by the identifier the member was given.")
	}
	if !role.fits(g.Kind) {
		faults.Add("/role", "role_does_not_fit", "A therapy group has members, a couple partners; a family has caregivers, partners, adolescents, children, siblings, grandparents or others.")
	}
	if faults.Len() == 0 {
		g.checkJoin(&faults, member, day)
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	n := len(g.Spells) + 1
	g.Spells = append(slices.Clone(g.Spells), Spell{Number: n, MemberID: member, Role: role, Joined: day})
	return n, nil
}

// checkJoin notes what forbids the member to join on this day.
func (g *Group) checkJoin(faults *fault.List, member MemberID, day Date) {
	if g.hasEnded(day) {
		faults.Add("/joined", "group_has_ended", "The group had ended by then.")
	}
	if g.Format == Closed && day > g.StartsOn && !g.HasMember(member) {
		faults.Add("/joined", "group_is_closed", "This is a closed group that has begun: nobody new joins it. Only people who were in it may rejoin.")
	}
	for _, s := range g.Spells {
		if s.MemberID == member && s.overlaps(day, nil) {
			faults.Add("/joined", "spells_overlap", "This member is in the group on or after that day already. End that spell first.")
			break
		}
	}
	if g.fullest(0, day, nil) >= g.places() {
		faults.Add("/member_id", "group_is_full", "The group has as many members as it can hold (30; a couple has two).")
	}
}

// places is how many members the group can have at the same time.
func (g *Group) places() int {
	if g.Kind == KindCouple {
		return 2
	}
	return MaxRoster
}

// fullest returns how many members the group has on its fullest day from one
// day to another (nil: for ever), the spell numbered except left out. It grows
// only where a spell begins, so these days are enough.
func (g *Group) fullest(except int, from Date, to *Date) int {
	most := 0
	days := []Date{from}
	for _, s := range g.Spells {
		if s.Joined > from && (to == nil || s.Joined <= *to) {
			days = append(days, s.Joined)
		}
	}
	for _, day := range days {
		n := 0
		for _, s := range g.Spells {
			if s.Number != except && s.holds(day) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// Leave ends a spell; left is the last day in the group. An end noted before
// can be noted again with another day or reason.
func (g *Group) Leave(number int, left string, why LeaveReason) error {
	if number < 1 || number > len(g.Spells) {
		return fault.New(fault.NotFound, "no_such_spell", "The group has no spell of that number.")
	}
	var faults fault.List
	day := checkDate(&faults, "/left", left)
	s := g.Spells[number-1]
	if faults.Len() == 0 && day < s.Joined {
		faults.Add("/left", "left_before_joined", "A spell cannot end before it begins.")
	}
	if !why.Valid() {
		faults.Add("/why", "unknown_reason", "Choose one of the listed reasons for leaving.")
	}
	if faults.Len() == 0 {
		for _, o := range g.Spells {
			if o.Number != number && o.MemberID == s.MemberID && o.overlaps(s.Joined, &day) {
				faults.Add("/left", "spells_overlap", "The member has another spell in that time.")
			}
		}
		if g.hasEnded(day) {
			faults.Add("/left", "group_has_ended", "The group had ended by then.")
		}
		if g.fullest(number, s.Joined, &day) >= g.places() {
			faults.Add("/left", "group_is_full", "Others have taken the place by then: the group would have more members than it can hold (30; a couple has two).")
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.Left, s.LeftWhy = &day, &why
	g.Spells = slices.Clone(g.Spells)
	g.Spells[number-1] = s
	return nil
}
