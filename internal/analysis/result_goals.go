package analysis

import (
	"holon/internal/goal"
	"holon/internal/multilevel"
)

// GoalsResult is what was said of goals, and what came of them.
type GoalsResult struct {
	Courses []goal.Course // by group, in the order in which they were set
	Reason  multilevel.Reason
}

// Analysis returns GoalsName.
func (*GoalsResult) Analysis() Name { return GoalsName }

// Verdict describes: goals are followed, nothing is tested.
func (g *GoalsResult) Verdict() Verdict { return described(g.Reason) }
