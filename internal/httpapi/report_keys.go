package httpapi

import (
	"slices"

	"holon/internal/fault"
)

// takes lists the keys that an analysis of what was recorded has a use for,
// beside those that every one has: analysis, groups and kinds.
func takes(a ReportRequestAnalysis) []string {
	switch a {
	case ReportRequestAnalysisGroupLevel, ReportRequestAnalysisGroupLevelTable:
		return []string{"as", "composition", "turnover_limit", "planned", "structure", "detail", "draws", "seed", "bound", "plan_icc", "session"}
	case ReportRequestAnalysisAgreement:
		return []string{"as", "composition", "draws", "seed", "session"}
	case ReportRequestAnalysisRaterReliability:
		return []string{"as", "composition", "missing", "session"}
	case ReportRequestAnalysisLevels:
		return []string{"against", "member_means", "as", "composition", "detail", "draws", "seed", "bound", "session"}
	case ReportRequestAnalysisLevelTable:
		return []string{"session"}
	case ReportRequestAnalysisLevelReliability:
		return []string{"as", "composition", "detail", "draws", "seed", "session"}
	case ReportRequestAnalysisAlliance:
		return []string{"against", "members"}
	case ReportRequestAnalysisOneWithMany:
		return []string{"against", "session", "draws", "seed"}
	case ReportRequestAnalysisRuptures:
		return []string{"members", "reliability", "norm_sd", "reference", "draws", "seed"}
	case ReportRequestAnalysisAlarms:
		return []string{"measures", "members", "budget"}
	case ReportRequestAnalysisSlipping:
		return []string{"measures", "members"}
	case ReportRequestAnalysisFamilyAlliance:
		return []string{"measures", "members", "shown_to"}
	case ReportRequestAnalysisSplits:
		return []string{"against", "purpose", "absolute", "members", "reliability", "norm_sd", "shown_to"}
	case ReportRequestAnalysisOutcomeChange:
		return []string{"members", "baseline", "reliability", "norm_sd"}
	case ReportRequestAnalysisRoundRobin, ReportRequestAnalysisFamilyRoundRobin:
		return []string{"session"}
	case ReportRequestAnalysisBonds:
		return []string{"session"}
	case ReportRequestAnalysisLagged:
		return []string{"against", "draws", "seed"}
	case ReportRequestAnalysisEarlyAlliance:
		return []string{"against", "window", "draws", "seed"}
	case ReportRequestAnalysisSeries:
		return []string{"members", "reliability", "norm_sd"}
	default:
		return nil
	}
}

// takesAll tells whether an analysis takes every measure that there is, and none
// by name.
func takesAll(a ReportRequestAnalysis) bool {
	switch a {
	case ReportRequestAnalysisGroupLevelTable, ReportRequestAnalysisLevelTable, ReportRequestAnalysisAlarms, ReportRequestAnalysisSlipping, ReportRequestAnalysisFamilyAlliance, ReportRequestAnalysisGoals:
		return true
	default:
		return false
	}
}

// needsSecond tells whether an analysis is of two measures.
func needsSecond(a ReportRequestAnalysis) bool {
	switch a {
	case ReportRequestAnalysisLevels, ReportRequestAnalysisLagged, ReportRequestAnalysisEarlyAlliance:
		return true
	default:
		return false
	}
}

// checkRecorded refuses a question about what was recorded that has what
// belongs to a table of one's own, lacks a measure, or has one where every
// measure is taken, and what its analysis has no use for.
func checkRecorded(in *ReportRequest) error {
	var faults fault.List
	for at, given := range map[string]bool{"/roles": in.Roles != nil, "/options": in.Options != nil} {
		if given {
			faults.Add(at, "only_with_table", "This goes with a table of your own. Send the table, too, or leave this out.")
		}
	}
	all := takesAll(in.Analysis)
	_, known := recordedAnswers()[in.Analysis]
	switch {
	case !known && in.Analysis != ReportRequestAnalysisGroupLevelTable:
		faults.Add("/table", "required", "This analysis is of a table: send it with the question.")
		return faults.Err()
	case !all && in.Measure == nil:
		faults.Add("/measure", "required", "Name the measure: instrument and version, score and rater.")
	case all && in.Measure != nil:
		faults.Add("/measure", "table_takes_all", "This analysis takes no measure: it is of everything there is of its kind. Leave the measure out, or ask for an analysis of one.")
	}
	if needsSecond(in.Analysis) && in.Against == nil {
		faults.Add("/against", "required", "Name the second measure: instrument and version, score and rater.")
	}
	for _, x := range particulars(in) {
		switch {
		case !x.given || slices.Contains(takes(in.Analysis), x.key):
		case x.key == "shown_to":
			faults.Add("/shown_to", "not_for_one_member", "What comes of this analysis cannot be shown to one member: it holds what others said. Ask for family_alliance or splits, or leave this out.")
		default:
			faults.Add("/"+x.key, "not_for_this_analysis", "This analysis has no use for it. Leave it out.")
		}
	}
	return faults.Err()
}

// particular is a key of a question that only some analyses of what was recorded
// have a use for.
type particular struct {
	key     string
	given   bool
	options bool // with a table of one's own it stands among the options
}

// particulars lists them.
func particulars(in *ReportRequest) []particular {
	return []particular{
		{"against", in.Against != nil, false},
		{"purpose", in.Purpose != nil, false},
		{"absolute", in.Absolute != nil, false},
		{"shown_to", in.ShownTo != nil, false},
		{"session", in.Session != nil, false},
		{"member_means", in.MemberMeans != nil, false},
		{"as", in.As != nil, false},
		{"composition", in.Composition != nil, false},
		{"turnover_limit", in.TurnoverLimit != nil, false},
		{"planned", in.Planned != nil, false},
		{"measures", in.Measures != nil, false},
		{"members", in.Members != nil, false},
		{"budget", in.Budget != nil, false},
		{"window", in.Window != nil, false},
		{"baseline", in.Baseline != nil, false},
		{"reference", in.Reference != nil, false},
		{"reliability", in.Reliability != nil, true},
		{"norm_sd", in.NormSd != nil, true},
		{"missing", in.Missing != nil, true},
		{"structure", in.Structure != nil, true},
		{"detail", in.Detail != nil, true},
		{"draws", in.Draws != nil, true},
		{"seed", in.Seed != nil, true},
		{"bound", in.Bound != nil, true},
		{"plan_icc", in.PlanIcc != nil, true},
	}
}
