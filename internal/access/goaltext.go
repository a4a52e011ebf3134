package access

import "holon/internal/session"

// MaySeeGoalText is the policy about a goal's words, which are their author's. x is
// open, on a day, to
//
//   - a therapist who has charge of the group on the day, or had it before;
//   - an account that is neither a therapist's nor a member's own, and runs the
//     service: it enters what others say;
//   - the member whose words they are;
//   - a member who is in the group on the day, where the author wants all of the
//     group to read them.
//
// Nobody else reads them: not a therapist of another group, not a member who left,
// not an account of an unknown role. Before there are words (x is nil) they are as
// those of somebody else who said nothing about who may read them.
func MaySeeGoalText(p Principal, g *session.Group, x *session.GoalText, day session.Date) bool {
	if p.ID == "" || g == nil || (x != nil && x.GroupID != g.ID) {
		return false
	}
	if p.Member != "" {
		return p.Therapist == "" && x != nil && memberMaySeeGoalText(p.Member, g, x, day)
	}
	return mayTreatGoalText(p, ReadGoalText, g) && (p.Therapist == "" || g.HasTherapist(p.Therapist, day))
}

// memberMaySeeGoalText is the rule for a member's own account.
func memberMaySeeGoalText(m session.MemberID, g *session.Group, x *session.GoalText, day session.Date) bool {
	if x.ByMember(m) {
		return true
	}
	if x.VisibleTo != session.WholeGroup {
		return false
	}
	for _, s := range g.MembersOn(day) {
		if s.MemberID == m {
			return true
		}
	}
	return false
}

// MayGiveGoalText tells whether somebody may enter a goal's words on a day: who runs
// the service, and therapists who have charge of the group then.
func MayGiveGoalText(p Principal, g *session.Group, day session.Date) bool {
	return p.ID != "" && g != nil && p.Member == "" && mayTreatGoalText(p, WriteGoalText, g) && (p.Therapist == "" || g.LedBy(p.Therapist, day))
}

// mayTreatGoalText is what holds for all who treat.
func mayTreatGoalText(p Principal, a Action, g *session.Group) bool {
	return Decide(p, a, Object{Kind: KindGroup, ID: string(g.ID), GroupID: g.ID}) == nil
}
