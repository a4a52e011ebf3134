package analysis

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// LevelsResult is how two measures go together between groups and within them
// and, where one is of pairs and one of the group, whether the group's is more
// than the average of the pairs'.
type LevelsResult struct {
	Relation decomposition.Relation
	Beyond   *Beyond  // nil where no question was asked
	Against  *Subject // what the second measure is; nil where the data are a table
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

// LevelTableResult is the table of correlations between the measures that the
// members of the same groups gave in the same sessions: levels are not
// independent facts.
type LevelTableResult struct {
	Measures []LevelMeasure
	Pairs    []LevelPair       // every two of them, in their order
	Reason   multilevel.Reason // why there is no table; empty if there is
}

// LevelMeasure is one measure of the table, by itself.
type LevelMeasure struct {
	decomposition.MeasureLevels // of all its rows

	Subject Subject
	Rows    int
	Groups  int
	Reason  multilevel.Reason // why its numbers are undefined
}

// LevelPair is how two measures go together in the rows that have both.
type LevelPair struct {
	decomposition.Pair

	Rows        int
	Groups      int
	SharedItems int // of which both scores are made: so much of the correlation is of a part with its whole
	N0          *float64
	Reason      multilevel.Reason // why its numbers are undefined
	Caveats     caveat.Set
}

// Analysis returns LevelTableName.
func (*LevelTableResult) Analysis() Name { return LevelTableName }

// Verdict describes: correlations are shown, none is tested.
func (l *LevelTableResult) Verdict() Verdict { return described(l.Reason) }
