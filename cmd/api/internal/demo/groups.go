package demo

import (
	"fmt"
	"time"

	"holon/internal/session"
)

// groupWeeks is how many sessions a therapy group has.
const groupWeeks = 20

// therapyGroups are twelve groups, half of them open, with what happens in
// such groups: late joiners, drop-outs, a pause of five weeks, a swap, a
// member of two groups, a therapist on leave, a cancelled and a double
// session.
func therapyGroups(l luck) []*course {
	sizes := []int{8, 7, 9, 8, 6, 8, 10, 7, 8, 9, 6, 8}
	groups := make([]*course, len(sizes))
	next := 1
	for i, size := range sizes {
		g := &course{
			luck: l, code: fmt.Sprintf("G%02d", i+1), kind: session.KindGroup, format: session.Open,
			starts: time.Date(2025, time.January, 6+i%4+7*(i/4), 18, 0, 0, 0, time.UTC), length: 90 * time.Minute,
			sessions: groupWeeks, lead: fmt.Sprintf("T%02d", 1+i%6),
		}
		if i%2 == 1 {
			g.format = session.Closed
		}
		if i%3 != 2 {
			g.co = fmt.Sprintf("T%02d", 7+i%4)
		}
		for range size {
			g.stays = append(g.stays, stay{member: fmt.Sprintf("M%03d", next), role: session.RoleMember, from: 1})
			next++
		}
		groups[i] = g
	}
	script(groups, func() string { next++; return fmt.Sprintf("M%03d", next-1) })
	return groups
}

// script writes the events of the groups; newcomer names the next member.
func script(g []*course, newcomer func() string) {
	late := func(c *course, from int) {
		c.stays = append(c.stays, stay{member: newcomer(), role: session.RoleMember, from: from})
	}
	late(g[0], 5)
	late(g[2], 7)
	late(g[2], 13)
	late(g[10], 9)
	leaves(g[1], 0, 6, session.LeftDroppedOut)
	leaves(g[3], 2, 10, session.LeftDroppedOut)
	leaves(g[6], 4, 3, session.LeftDroppedOut)
	leaves(g[9], 1, 14, session.LeftReferred)
	leaves(g[4], 3, 17, session.LeftCompleted)

	// A pause of five weeks, then back.
	leaves(g[2], 1, 5, session.LeftPaused)
	g[2].stays = append(g[2].stays, stay{member: g[2].stays[1].member, role: session.RoleMember, from: 11})
	// Two members of open groups swap places.
	leaves(g[8], 5, 8, session.LeftMoved)
	leaves(g[10], 5, 8, session.LeftMoved)
	g[8].stays = append(g[8].stays, stay{member: g[10].stays[5].member, role: session.RoleMember, from: 9})
	g[10].stays = append(g[10].stays, stay{member: g[8].stays[5].member, role: session.RoleMember, from: 9})
	// One member is in two groups at once, as in a day clinic.
	g[4].stays = append(g[4].stays, stay{member: g[7].stays[2].member, role: session.RoleMember, from: 2})

	g[5].substitute, g[5].leaveFrom, g[5].leaveTo = "T11", 9, 12
	g[6].cancelled = 10
	g[7].double = 13

	for i, at := range map[int]int{0: 5, 1: 9, 3: 6, 5: 14, 8: 17, 11: 10} {
		g[i].ruptures = append(g[i].ruptures, rupture{member: g[i].stays[3].member, at: at, depth: 4})
	}
}

// leaves ends the spell at an index after a session.
func leaves(c *course, index, after int, why session.LeaveReason) {
	c.stays[index].to, c.stays[index].why = after, why
}
