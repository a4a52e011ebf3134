package session

import (
	"slices"
	"strconv"

	"holon/internal/fault"
)

// ContainGoals says anew which members' own goals a shared goal contains: all of
// them, in the place of those named before. None takes the containment back.
func (g *Group) ContainGoals(id GoalID, contains []GoalID) error {
	k := slices.IndexFunc(g.Goals, func(x Goal) bool { return x.ID == id })
	if k < 0 {
		return noSuchGoal()
	}
	var faults fault.List
	g.checkContained(&faults, g.Goals[k], contains)
	if err := faults.Err(); err != nil {
		return err
	}
	g.Goals = slices.Clone(g.Goals)
	g.Goals[k].Contains = slices.Clone(contains)
	return nil
}

// checkContained notes what keeps a goal from containing others: only a shared
// goal does, and what it contains are goals of the group's members, which contain
// nothing themselves.
func (g *Group) checkContained(faults *fault.List, goal Goal, contains []GoalID) {
	if len(contains) == 0 {
		return
	}
	if !goal.Shared() {
		faults.Add("/contains", "contained_in_own_goal", "Only a goal that the group shares contains others. Leave the owner out, or say nothing of what it contains.")
		return
	}
	if len(contains) > MaxGoals {
		faults.Add("/contains", "too_many_goals", "A group has at most 100 goals.")
		return
	}
	for i, id := range contains {
		at := "/contains/" + strconv.Itoa(i)
		own, known := g.goal(id)
		switch {
		case slices.Contains(contains[:i], id):
			faults.Add(at, "repeated", "Nothing may stand here twice.")
		case !known:
			faults.Add(at, "no_such_goal", "The group has no goal of this identifier. The group names its goals.")
		case own.Shared():
			faults.Add(at, "contains_shared_goal", "A shared goal contains members' own goals, and no other shared goal.")
		case g.hasRedacted(own.Owner) && !slices.Contains(goal.Contains, id):
			faults.Add(at, "member_redacted", "The values of the member whose goal this is were redacted. It is not taken into another any more.")
		}
	}
}

// restoreContained checks the structure of what a stored goal contains.
func (g *Group) restoreContained(x Goal) bool {
	for i, id := range x.Contains {
		own, known := g.goal(id)
		if !known || own.Shared() || slices.Contains(x.Contains[:i], id) {
			return false
		}
	}
	return len(x.Contains) == 0 || x.Shared()
}
