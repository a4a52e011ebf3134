package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// LevelsResult is how two measures go together between groups and within them
// and, where one is of pairs and one of the group, whether the group's is more
// than the average of the pairs'.
type LevelsResult struct {
	Relation decomposition.Relation
	Beyond   *Beyond // nil where no question was asked
}

// Beyond answers whether the measure of the group has group variance that the
// average of the pairs does not account for.
type Beyond struct {
	Answer   multilevel.Answer
	Reason   multilevel.Reason
	Bound    float64
	Residual decomposition.Quantity
	Share    decomposition.Quantity
	Left     *float64 // of the group variance of the second measure
	Tests    []multilevel.ComponentTest
	Manifest decomposition.Manifest
}

// BeyondDyads is the estimand of the question whether cohesion is more than the
// average of the dyads.
const BeyondDyads multilevel.Estimand = "group_beyond_dyads"

// Analysis returns LevelsName.
func (*LevelsResult) Analysis() Name { return LevelsName }

// Verdict answers the question where one was asked, and describes otherwise.
func (l *LevelsResult) Verdict() Verdict {
	if l.Beyond != nil {
		return Verdict{BeyondDyads, l.Beyond.Answer, l.Beyond.Reason}
	}
	return described(l.Relation.Reason)
}

// LevelReliabilityResult is how well a scale tells members and groups apart.
type LevelReliabilityResult struct {
	Alpha    decomposition.Reliability
	Matrices decomposition.Matrices
}

// Analysis returns LevelReliabilityName.
func (*LevelReliabilityResult) Analysis() Name { return LevelReliabilityName }

// Verdict describes: how reliable is enough depends on the use.
func (l *LevelReliabilityResult) Verdict() Verdict { return described(l.Alpha.Reason) }
