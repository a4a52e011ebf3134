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
	Redacted bool // the member's values were taken out, the reason for leaving too
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
	return g.enter(&faults, Spell{MemberID: member, Role: role, Joined: checkDate(&faults, "/joined", joined)})
}

// EnterSpell enters a spell that is over already, also one before a later spell
// of the same member, and returns its number; left is the last day in the group.
func (g *Group) EnterSpell(member MemberID, role MemberRole, joined, left string, why LeaveReason) (int, error) {
	var faults fault.List
	next := Spell{MemberID: member, Role: role, Joined: checkDate(&faults, "/joined", joined)}
	next.Left, next.LeftWhy = new(checkDate(&faults, "/left", left)), &why
	if !why.Valid() {
		faults.Add("/left_why", "unknown_reason", "Choose one of the listed reasons for leaving.")
	}
	return g.enter(&faults, next)
}

// enter adds a spell unless a rule forbids it.
func (g *Group) enter(faults *fault.List, next Spell) (int, error) {
	if !ValidID(string(next.MemberID)) {
		faults.Add("/member_id", "bad_id", "Name the member by the identifier the member was given.")
	}
	checkRole(faults, next.Role, g.Kind)
	next.Number = len(g.Spells) + 1
	if faults.Len() == 0 {
		g.checkSpell(faults, next, "/member_id")
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	g.Spells = append(slices.Clone(g.Spells), next)
	return next.Number, nil
}

// checkRole notes when a role does not exist in a group of this kind.
func checkRole(faults *fault.List, role MemberRole, kind GroupKind) {
	if !role.fits(kind) {
		faults.Add("/role", "role_does_not_fit", "A therapy group has members, a couple partners; a family has caregivers, partners, adolescents, children, siblings, grandparents or others.")
	}
}

// checkSpell notes what forbids that the group has this spell beside its
// others. That there is no place left is noted at full.
func (g *Group) checkSpell(faults *fault.List, next Spell, full string) {
	if next.Left != nil && *next.Left < next.Joined {
		faults.Add("/left", "left_before_joined", "A spell cannot end before it begins.")
		return
	}
	switch {
	case g.hasEnded(next.Joined):
		faults.Add("/joined", "group_has_ended", "The group had ended by then.")
	case g.EndedOn != nil && next.Left == nil:
		faults.Add("/left", "group_has_ended", "The group has ended, so every spell has its last day.")
	case next.Left != nil && g.hasEnded(*next.Left):
		faults.Add("/left", "group_has_ended", "The group had ended by then.")
	}
	if g.Format == Closed && g.firstDay(next) > g.StartsOn {
		faults.Add("/joined", "group_is_closed", "This is a closed group that has begun: nobody new joins it. Only people who were in it may rejoin.")
	}
	for _, s := range g.Spells {
		if s.Number != next.Number && s.MemberID == next.MemberID && s.overlaps(next.Joined, next.Left) {
			faults.Add("/joined", "spells_overlap", overlapSentence(next, s))
			break
		}
	}
	if g.fullest(next.Number, next.Joined, next.Left) >= g.places() {
		faults.Add(full, "group_is_full", "The group has as many members as it can hold (30; a couple has two).")
	}
}

// overlapSentence says what to do about a spell that meets another one of the
// same member.
func overlapSentence(next, other Spell) string {
	if other.Left != nil && *other.Left == next.Joined {
		return "This member's other spell has that day as its last. Begin the next one the day after, as where a role changes."
	}
	if next.Left == nil {
		return "This member is in the group on or after that day already. End that spell first."
	}
	return "This member has another spell in that time. Check both."
}

// firstDay returns the day on which the member of this spell first came.
func (g *Group) firstDay(next Spell) Date {
	first := next.Joined
	for _, s := range g.Spells {
		if s.Number != next.Number && s.MemberID == next.MemberID {
			first = min(first, s.Joined)
		}
	}
	return first
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
	if s.Left, s.LeftWhy = &day, &why; s.Redacted {
		s.LeftWhy = nil
	}
	g.Spells = slices.Clone(g.Spells)
	g.Spells[number-1] = s
	return nil
}
