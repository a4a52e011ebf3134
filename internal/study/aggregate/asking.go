package aggregate

import (
	"slices"
	"strconv"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/study"
)

// CheckPlanned refuses names of planned questions that no release answers.
func CheckPlanned(at, name string) error {
	if name == TherapyModels || CheckAnalyses(at, name) == nil {
		return nil
	}
	return fault.At(at, "unknown_analysis", "A protocol plans group_level, agreement, one_with_many, ruptures, splits, round_robin, outcome_change, lagged, levels and therapy_models.")
}

// CheckPlan refuses planned questions that no release of the study asks: they would stay
// unanswered for good.
func CheckPlan(s *study.Study, planned []study.Question, definition func(instrument.Ref) (*instrument.Definition, bool)) error {
	var faults fault.List
	asked := questions(measuresOf(definition, s))
	for i, q := range planned {
		if !s.Has(q.Measure) || (q.Against != nil && !s.Has(*q.Against)) {
			continue // the study says so
		}
		of := q
		if q.Analysis == TherapyModels {
			if of.Analysis = string(analysis.GroupLevelName); q.Against != nil {
				of.Analysis = string(analysis.LaggedName)
			}
		}
		if !slices.ContainsFunc(asked, func(x question) bool { return x.Key() == of.Key() }) {
			faults.Add("/planned/"+strconv.Itoa(i), "never_asked", "No release asks this of these measures. Of lagged the first measure is a relationship and the second an outcome; of levels the first is of pairs and the second of the whole; "+
				"both are rated by members. The page about studies lists which analysis is asked of what.")
		}
	}
	return faults.Err()
}

// CheckAnalyses refuses names that no question of a study has; at points to them.
func CheckAnalyses(at string, names ...string) error {
	known := []analysis.Name{
		analysis.GroupLevelName, analysis.AgreementName, analysis.OneWithManyName, analysis.RupturesName, analysis.SplitsName, analysis.RoundRobinName,
		analysis.OutcomeChangeName, analysis.LaggedName, analysis.LevelsName,
	}
	for _, name := range names {
		if !slices.Contains(known, analysis.Name(name)) {
			return fault.At(at, "unknown_analysis", "A study asks for group_level, agreement, one_with_many, ruptures, splits, round_robin, outcome_change, lagged and levels.")
		}
	}
	return nil
}
