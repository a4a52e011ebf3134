package demo

import (
	"fmt"
	"slices"
	"time"

	"holon/internal/session"
)

// familySessions is how many sessions a family has.
const familySessions = 12

// families are thirty families of two caregivers and an adolescent, some with
// a sibling or a grandparent. In six of them the adolescent stands apart from
// the therapist and the others for some weeks.
func families(l luck) []*course {
	out := make([]*course, 30)
	for i := range out {
		code := fmt.Sprintf("F%02d", i+1)
		f := &course{
			luck: l, code: code, kind: session.KindFamily, format: session.Open,
			starts: time.Date(2025, time.January, 7+7*i, 15+i%3, 0, 0, 0, time.UTC), length: time.Hour,
			sessions: familySessions, lead: fmt.Sprintf("T%02d", 12+i%5),
		}
		roles := []session.MemberRole{session.RoleCaregiver, session.RoleCaregiver, session.RoleAdolescent}
		if i%5 == 4 {
			roles = append(roles, session.RoleSibling)
		}
		if i%7 == 3 {
			roles = append(roles, session.RoleGrandparent)
		}
		for k, role := range roles {
			s := stay{member: fmt.Sprintf("%s-%d", code, k+1), role: role, from: 1}
			if role == session.RoleGrandparent && i%2 == 1 {
				s.from = 5 // moves in later
			}
			f.stays = append(f.stays, s)
		}
		if i%5 == 1 {
			f.splits = []weeks{{5, 7}, {9, 11}}
			f.alone = 6
		}
		if i%10 == 2 {
			f.ruptures = []rupture{{member: f.stays[1].member, at: 5, depth: 4}}
		}
		out[i] = f
	}
	return out
}

// bornIn returns a member's year of birth, by the place in the family.
func bornIn(l luck, s stay) int {
	spread := l.draw("born", s.member).IntN(10)
	switch s.role {
	case session.RoleAdolescent:
		return 2009 + spread%3
	case session.RoleSibling:
		return 2006 + spread%5
	case session.RoleGrandparent:
		return 1945 + spread
	default:
		return 1970 + 2*spread
	}
}

// everybody returns one spell of every member of the courses, by code.
func everybody(courses []*course) []stay {
	seen := map[string]bool{}
	var out []stay
	for _, c := range courses {
		for _, s := range c.stays {
			if !seen[s.member] {
				seen[s.member] = true
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b stay) int {
		if a.member < b.member {
			return -1
		}
		return 1
	})
	return out
}

// therapists returns the codes of all therapists, in order.
func therapists(courses []*course) []string {
	var out []string
	for _, c := range courses {
		for _, t := range []string{c.lead, c.co, c.substitute} {
			if t != "" && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	slices.Sort(out)
	return out
}
