package analysis

import (
	"slices"

	"holon/internal/session"
)

// goneFrom tells whether a member's last time in a group has ended.
func goneFrom(g *session.Group, id session.MemberID) bool {
	return !slices.ContainsFunc(g.Spells, func(s session.Spell) bool { return s.MemberID == id && s.Left == nil })
}

// droppedOut tells whether a member's last time in a group ended by dropping out.
func droppedOut(g *session.Group, id session.MemberID) bool {
	var last *session.Spell
	for i := range g.Spells {
		if s := &g.Spells[i]; s.MemberID == id && (last == nil || s.Joined > last.Joined) {
			last = s
		}
	}
	return last != nil && last.LeftWhy != nil && *last.LeftWhy == session.LeftDroppedOut
}
