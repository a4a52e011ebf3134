package session_test

import (
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestASharedGoalContainsMembersOwnGoals(t *testing.T) {
	t.Parallel()
	g, _ := goalEvening(t) // a-1 is shared; a-2 is of m-1, a-3 of m-2
	must(t, g.SetGoal(session.GoalInput{ID: "a-4", Code: "peace", From: "2026-01-01", Contains: []session.GoalID{"a-3"}}))
	before := g.Goals
	must(t, g.ContainGoals("a-4", []session.GoalID{"a-3", "a-2"}))
	if !slices.Equal(before[3].Contains, []session.GoalID{"a-3"}) || !slices.Equal(g.Goals[3].Contains, []session.GoalID{"a-3", "a-2"}) {
		t.Errorf("before %v, now %v", before[3].Contains, g.Goals[3].Contains)
	}
	g.Rev, g.Schema = 1, 1
	must(t, session.RestoreGroup(g))
	must(t, g.ContainGoals("a-4", nil))
	if len(g.Goals[3].Contains) != 0 {
		t.Errorf("none takes it back, and there is %v", g.Goals[3].Contains)
	}
}

func TestWhatNoSharedGoalContainsIsRefused(t *testing.T) {
	t.Parallel()
	g, _ := goalEvening(t)
	must(t, g.SetGoal(session.GoalInput{ID: "a-4", Code: "peace", From: "2026-01-01"}))
	wantFault(t, g.ContainGoals("a-9", nil), fault.NotFound, "no_such_goal")
	wantFault(t, g.ContainGoals("a-2", []session.GoalID{"a-3"}), fault.Invalid, "/contains contained_in_own_goal")
	wantFault(t, g.ContainGoals("a-4", []session.GoalID{"a-2", "a-9", "a-1", "a-2", "a-4"}), fault.Invalid,
		"/contains/1 no_such_goal", "/contains/2 contains_shared_goal", "/contains/3 repeated", "/contains/4 contains_shared_goal")
	wantFault(t, g.SetGoal(session.GoalInput{ID: "a-5", Code: "mine", Owner: "m-1", From: "2026-01-01", Contains: []session.GoalID{"a-2"}}), fault.Invalid,
		"/contains contained_in_own_goal")
	wantFault(t, g.SetGoal(session.GoalInput{ID: "a-5", Code: "itself", From: "2026-01-01", Contains: []session.GoalID{"a-5"}}), fault.Invalid,
		"/contains/0 no_such_goal")
	wantFault(t, g.ContainGoals("a-4", make([]session.GoalID, session.MaxGoals+1)), fault.Invalid, "/contains too_many_goals")

	must(t, g.ContainGoals("a-4", []session.GoalID{"a-2"}))
	g.Redact(session.Redaction{Member: "m-1"})
	must(t, g.ContainGoals("a-4", []session.GoalID{"a-2", "a-3"})) // it stays where it is
	must(t, g.ContainGoals("a-4", []session.GoalID{"a-3"}))
	wantFault(t, g.ContainGoals("a-4", []session.GoalID{"a-2"}), fault.Invalid, "/contains/0 member_redacted")
	if g.Goals[3].Contains[0] != "a-3" {
		t.Errorf("a refused change left %v", g.Goals[3].Contains)
	}
}

func TestAStoredGoalThatContainsWhatItCannotIsDamaged(t *testing.T) {
	t.Parallel()
	for name, contains := range map[string][]session.GoalID{"nothing there": {"a-9"}, "a shared one": {"a-1"}, "one twice": {"a-2", "a-2"}} {
		g, _ := goalEvening(t)
		g.Rev, g.Schema = 1, 1
		g.Goals = append(g.Goals, session.Goal{ID: "a-4", Code: "peace", From: "2026-01-01", Contains: contains})
		if err := session.RestoreGroup(g); fault.RuleOf(err) == "" {
			t.Errorf("%s: restored", name)
		}
	}
}
