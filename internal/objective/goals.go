package objective

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/session"
)

// goals sees which goals were endorsed in a session, and of which nobody said.
// Whoever was not there endorsed nothing.
func (c *course) goals(k *GoalsEndorsed, s *session.Session, w way) seen {
	out := seen{truth: Holds}
	rated := false
	for place, g := range c.Group.Goals {
		if !g.Runs(s.HeldOn) || (!g.Shared() && g.Owner != c.member) || place >= session.MaxGoals {
			continue
		}
		rated = rated || slices.ContainsFunc(s.Goals, func(x session.GoalRating) bool { return x.GoalID == g.ID })
		switch c.endorsed(k.By, s, g.ID, w) {
		case Holds:
			out.goals = out.goals.with(place)
		case Unknown:
			out.maybe = out.maybe.with(place)
		case Fails, Pending:
		}
	}
	switch {
	case out.maybe == goalSet{}:
	case c.Today <= s.HeldOn:
		out.truth, out.why = Pending, NotRated
	default:
		out.truth, out.why = Unknown, NotRated
	}
	if out.truth == Holds && out.goals == (goalSet{}) {
		out.truth, out.why = Fails, NoneEndorsed
		if !rated {
			out.why = NoGoal
		}
	}
	return out
}

// endorsed tells whether those whose word counts stood behind a goal.
func (c *course) endorsed(by EndorsedBy, s *session.Session, goal session.GoalID, w way) Truth {
	switch by {
	case ByMember:
		return c.byMembers(s, goal, w)
	case ByTherapist:
		return byTherapists(s, goal)
	default:
		return both(c.byMembers(s, goal, w), byTherapists(s, goal))
	}
}

// both is true where both are.
func both(a, b Truth) Truth {
	switch {
	case a == Fails || b == Fails:
		return Fails
	case a == Holds && b == Holds:
		return Holds
	default:
		return Unknown
	}
}

// byMembers tells whether the member endorsed a goal, or for the group every
// member who came.
func (c *course) byMembers(s *session.Session, goal session.GoalID, w way) Truth {
	if c.member != "" {
		if w.seat.Absent() {
			return Fails
		}
		return said(s, session.Rater{Kind: instrument.RaterMember, ID: string(c.member)}, goal)
	}
	all := Holds
	for _, seat := range s.Roster {
		if !seat.Attendance.Absent() {
			all = both(all, said(s, session.Rater{Kind: instrument.RaterMember, ID: string(seat.MemberID)}, goal))
		}
	}
	return all
}

// byTherapists tells whether any therapist who was there endorsed a goal.
func byTherapists(s *session.Session, goal session.GoalID) Truth {
	endorsed, open := false, false
	for _, t := range s.Therapists {
		switch said(s, session.Rater{Kind: instrument.RaterTherapist, ID: string(t.TherapistID)}, goal) {
		case Holds:
			endorsed = true
		case Unknown:
			open = open || t.Present
		case Fails, Pending:
		}
	}
	switch {
	case endorsed:
		return Holds
	case open:
		return Unknown
	default:
		return Fails
	}
}

// said tells what one rater said about a goal.
func said(s *session.Session, by session.Rater, goal session.GoalID) Truth {
	for _, x := range s.Goals {
		if x.Rater == by && x.GoalID == goal && x.Endorsed != nil {
			if *x.Endorsed {
				return Holds
			}
			return Fails
		}
	}
	return Unknown
}
