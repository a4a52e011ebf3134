package system

import (
	"cmp"
	"slices"

	"holon/internal/session"
)

// Relative is a member of the family on some day, in the role of the spell that held then.
type Relative struct {
	Member session.MemberID
	Role   session.MemberRole
}

// HouseholdOn are the members of a family or couple on a day, by role and member. A change
// of role or of who belongs to it changes no day before.
func HouseholdOn(g *session.Group, day session.Date) []Relative {
	var out []Relative
	for _, s := range g.MembersOn(day) {
		out = append(out, Relative{s.MemberID, s.Role})
	}
	slices.SortFunc(out, func(a, b Relative) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Member, b.Member))
	})
	return out
}

// Everybody are all who were ever in the family, each once.
func Everybody(g *session.Group) []session.MemberID {
	var out []session.MemberID
	for _, s := range g.Spells {
		out = append(out, s.MemberID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
