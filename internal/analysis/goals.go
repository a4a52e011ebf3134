package analysis

import (
	"context"
	"fmt"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/goal"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// besideGoals is the one level whose ratings are read with the goals, which stand
// in a session beside the levels: the smallest.
const besideGoals = instrument.Encounter

// Goals follows the goals of the groups asked about: what owners, other members and
// therapists said of each in every session; whether all who share one stand behind
// it, and how far apart they see it; what each rater's values came to; and how a
// shared goal stands beside the members' own ones that it contains. Errors are those
// of GroupLevel.
func Goals(ctx context.Context, src Source, ask Ask) (Report, error) {
	var faults fault.List
	ask.check(&faults, src)
	if shownTo(src) != "" {
		faults.Add("/shown_to", "not_for_one_member", "What comes of goals cannot be shown to one member: it holds what others said of them.")
	}
	if err := faults.Err(); err != nil {
		return Report{}, err
	}
	w := &goalsWalk{walk: newWalk(src, &ask), members: map[session.MemberID]bool{}, sessions: map[session.SessionID]bool{}, groups: map[session.GroupID]bool{}}
	if err := w.walk.each(ctx, []instrument.Level{besideGoals}, w.visit); err != nil {
		return Report{}, err
	}
	r := Report{Outcome: "goals", Data: w.walk.data, Caveats: w.walk.remarks(), Result: &w.result}
	var excluded multilevel.Exclusions
	excluded.Add("redacted", w.left.Redacted)
	excluded.Add("taken_back", w.left.TakenBack)
	excluded.Add("session_cancelled", w.left.Cancelled)
	excluded.Add(ruleDamaged, len(w.walk.damaged))
	r.Counts = Counts{Groups: len(w.groups), Members: len(w.members), Sessions: new(len(w.sessions)), Ratings: w.ratings, Excluded: excluded.List()}
	var err error
	if r.Input, err = w.lines.input(); err != nil {
		return Report{}, err
	}
	if w.ratings == 0 {
		w.result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	w.result.remark(&r.Caveats)
	return r, nil
}

// goalsWalk gathers goals group by group.
type goalsWalk struct {
	walk   *walk
	result GoalsResult
	left   goal.Left
	lines  canonical

	groups   map[session.GroupID]bool
	members  map[session.MemberID]bool // who said something, and whose own goals they are
	sessions map[session.SessionID]bool
	ratings  int
}

// visit takes one group.
func (w *goalsWalk) visit(g *session.Group, sessions []*session.Session) error {
	courses, left := goal.CoursesOf(g, sessions)
	w.left.Cancelled += left.Cancelled
	w.left.Redacted += left.Redacted
	w.left.TakenBack += left.TakenBack
	for i := range courses {
		w.take(&courses[i])
	}
	w.result.Courses = append(w.result.Courses, courses...)
	return nil
}

// take counts what one goal holds, and takes it into the hash.
func (w *goalsWalk) take(c *goal.Course) {
	w.groups[c.GroupID] = true
	if c.Goal.Owner != "" {
		w.members[c.Goal.Owner] = true
	}
	w.lines.add(string(c.GroupID), string(c.Goal.ID), string(c.Goal.Owner), string(c.Goal.From), text(c.Goal.Until), c.Goal.Contains)
	for i := range c.Points {
		p := &c.Points[i]
		for k := range p.Said {
			s := &p.Said[k]
			w.lines.add(string(c.GroupID), string(c.Goal.ID), string(p.SessionID), string(s.Rater.Kind), s.Rater.ID, s.Value, s.Endorsed, string(s.NoValue), string(s.NoEndorsement))
			if s.Value == nil && s.Endorsed == nil {
				continue
			}
			w.ratings++
			w.sessions[p.SessionID] = true
			if s.Rater.Kind == instrument.RaterMember {
				w.members[session.MemberID(s.Rater.ID)] = true
			}
		}
	}
}

// text is a day that may be missing; "" if it is.
func text(d *session.Date) string {
	if d == nil {
		return ""
	}
	return string(*d)
}

// remark adds what must be said with the numbers.
func (g *GoalsResult) remark(out *caveat.Set) {
	out.Add("single_ratings", "Each value is one number from 0 to 10 that one person gave. No standard error of such a rating is known, so no change is called reliable, and nothing is tested.")
	out.Add("raters_apart", "What an owner, another member and a therapist say of a goal are different facts. They stand side by side and are never averaged.")
	single, waiting, mixed := 0, 0, false
	for i := range g.Courses {
		c := &g.Courses[i]
		for k := range c.Lines {
			if c.Lines[k].Ratings < 2 {
				single++
			}
		}
		for k := range c.Points {
			p := &c.Points[k]
			if p.Consensus != nil && p.Consensus.Reason == goal.SomebodySilent {
				waiting++
			}
			mixed = mixed || p.Contained != nil && p.Contained.Mean != nil
		}
	}
	if single > 0 {
		out.Add(string(goal.OneRating), fmt.Sprintf("%d %s said only once how near a goal is: there is no change to tell of.", single, plural(single, "rater")))
	}
	if waiting > 0 {
		out.Add("consensus_not_formed", fmt.Sprintf("In %d %s somebody whose word it takes did not say whether a shared goal is theirs, so no consensus is formed of those who did.", waiting, plural(waiting, "session")))
	}
	if mixed {
		out.Add("contained_goals_are_additive", "The mean of the contained goals is made of what members said of goals of their own. It is not what they say of the shared goal, and nothing here says that one follows from the other. What a goal contains is as it stands now.")
	}
}
