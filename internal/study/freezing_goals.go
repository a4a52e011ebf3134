package study

import (
	"strconv"

	"holon/internal/instrument"
	"holon/internal/session"
)

// goalsOfGroup copies the group's goals: whose they are and what they contain, and
// nothing that says what they are about. A code may do that, so it is a number, of
// those that are kept: a gap would tell of the others.
func (f *FreezingGroup) goalsOfGroup(g, out *session.Group) {
	kept := map[session.GoalID]bool{}
	for _, x := range g.Goals {
		kept[x.ID] = x.Shared() || f.takesPart(x.Owner)
	}
	for _, x := range g.Goals {
		if !kept[x.ID] {
			continue
		}
		next := session.Goal{ID: f.freezer.names.goal(x.ID), Code: session.Code("goal-" + strconv.Itoa(len(out.Goals)+1)), From: f.day(x.From), Until: f.dayIfAny(x.Until)}
		if !x.Shared() {
			next.Owner = f.freezer.names.Member(x.Owner)
		}
		for _, own := range x.Contains {
			if kept[own] {
				next.Contains = append(next.Contains, f.freezer.names.goal(own))
			}
		}
		out.Goals = append(out.Goals, next)
	}
}

// goalsOf copies what was said of goals by those who consented, of goals whose
// owners did.
func (f *FreezingGroup) goalsOf(s, out *session.Session) {
	for _, x := range s.Goals {
		owner, known := f.ownerOf(x.GoalID)
		if !known || (owner != "" && !f.takesPart(owner)) || (x.Rater.Kind == instrument.RaterMember && !f.takesPart(session.MemberID(x.Rater.ID))) {
			f.freezer.LeaveOut("goal_ratings", NoConsent, 1)
			continue
		}
		out.Goals = append(out.Goals, session.GoalRating{
			Rater: f.rater(x.Rater), GoalID: f.freezer.names.goal(x.GoalID), Version: 1, Value: x.Value, Endorsed: x.Endorsed,
			Entered: session.Entry{By: "snapshot", At: f.freezer.taken, Mode: x.Entered.Mode},
		})
	}
}

// ownerOf returns whose a goal is, nobody's of one that is shared.
func (f *FreezingGroup) ownerOf(id session.GoalID) (owner session.MemberID, known bool) {
	for _, x := range f.source.Goals {
		if x.ID == id {
			return x.Owner, true
		}
	}
	return "", false
}

// rupturesOf copies what therapists entered of ruptures with those who consented.
func (f *FreezingGroup) rupturesOf(s, out *session.Session) {
	for _, x := range s.Ruptures {
		if x.Redacted != nil {
			continue
		}
		if !f.takesPart(x.MemberID) {
			f.freezer.LeaveOut("ruptures", NoConsent, 1)
			continue
		}
		next := session.Rupture{TherapistID: f.therapist(x.TherapistID), MemberID: f.freezer.names.Member(x.MemberID), Kind: x.Kind, By: "snapshot", At: f.freezer.taken}
		for _, step := range x.Steps {
			next.Steps = append(next.Steps, session.RepairStep{Kind: step.Kind, Number: step.Number, By: "snapshot", At: f.freezer.taken})
		}
		out.Ruptures = append(out.Ruptures, next)
	}
}
