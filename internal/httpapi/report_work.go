package httpapi

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/reporting"
	"holon/internal/session"
)

// workOf turns a question in its wire form into the work that answers it. What
// the work reads of the records is authorised, and audited, here and now; it can
// read nothing else later. A table that came with the question is nobody's
// record here: that it was asked about is in the audit already.
func (s *Server) workOf(ctx context.Context, rq practice.Request, in *ReportRequest) (reporting.Work, error) {
	if in.Table != nil {
		return s.tableWork(in)
	}
	if err := checkRecorded(in); err != nil {
		return nil, err
	}
	ask := askDomain(in)
	sel := practice.Selection{Groups: ask.Groups}
	if ask.Groups == nil {
		sel.Kinds = ask.Kinds // of groups that are named the analysis leaves out other kinds itself
	}
	records, err := s.practice.Records(ctx, rq, sel)
	if fault.Is(err, fault.NotFound) {
		return nil, unknownGroup()
	}
	if err != nil {
		return nil, err
	}
	if in.Analysis == ReportRequestAnalysisGroupLevelTable {
		return func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
			ask.Progress = progress
			reports, err := analysis.GroupLevelTable(ctx, records, ask)
			if err != nil {
				return nil, err
			}
			return s.fits(analysis.EncodeAll(reports))
		}, nil
	}
	answer := recordedAnswers()[in.Analysis]
	return func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
		ask.Progress = progress
		report, err := answer(ctx, records, ask)
		if err != nil {
			return nil, err
		}
		return s.fits(analysis.Encode(&report))
	}, nil
}

// recordedAnswer answers a question about what was recorded by one report.
type recordedAnswer func(context.Context, analysis.Source, analysis.Ask) (analysis.Report, error)

// recordedAnswers are the analyses that do.
func recordedAnswers() map[ReportRequestAnalysis]recordedAnswer {
	return map[ReportRequestAnalysis]recordedAnswer{
		ReportRequestAnalysisGroupLevel:       analysis.GroupLevel,
		ReportRequestAnalysisAgreement:        analysis.Agreement,
		ReportRequestAnalysisRaterReliability: analysis.RaterReliability,
		ReportRequestAnalysisLevels:           analysis.Levels,
		ReportRequestAnalysisLevelTable:       analysis.LevelTable,
		ReportRequestAnalysisLevelReliability: analysis.LevelReliability,
	}
}

// fits refuses a report that is too large to be kept as one document.
func (s *Server) fits(body []byte, err error) ([]byte, error) {
	if err != nil || len(body) <= s.reportLimit {
		return body, err
	}
	return nil, fault.At("", "report_too_large", fmt.Sprintf("The report would have more than %d bytes. Ask about fewer groups, or about one measure at a time. For a table of your own, the command analyze has no such limit.", s.reportLimit))
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
	all := in.Analysis == ReportRequestAnalysisGroupLevelTable || in.Analysis == ReportRequestAnalysisLevelTable
	_, known := recordedAnswers()[in.Analysis]
	switch {
	case !known && !all:
		faults.Add("/table", "required", "This analysis is of a table: send it with the question.")
		return faults.Err()
	case !all && in.Measure == nil:
		faults.Add("/measure", "required", "Name the measure: instrument and version, score and rater.")
	case all && in.Measure != nil:
		faults.Add("/measure", "table_takes_all", "A table takes every measure there is. Leave the measure out, or ask for an analysis of one.")
	}
	if in.Analysis == ReportRequestAnalysisLevels && in.Against == nil {
		faults.Add("/against", "required", "Name the second measure: instrument and version, score and rater.")
	}
	for _, x := range particulars(in) {
		if x.given && !slices.Contains(x.of, in.Analysis) {
			faults.Add(x.at, "not_for_this_analysis", "This analysis has no use for it. Leave it out.")
		}
	}
	return faults.Err()
}

// particular is a key of a question that only some analyses of what was recorded
// have a use for.
type particular struct {
	at      string
	given   bool
	of      []ReportRequestAnalysis
	options bool // with a table of one's own it stands among the options
}

// particulars lists them.
func particulars(in *ReportRequest) []particular {
	const (
		groupLevel, groupLevelTable = ReportRequestAnalysisGroupLevel, ReportRequestAnalysisGroupLevelTable
		agreement, observers        = ReportRequestAnalysisAgreement, ReportRequestAnalysisRaterReliability
		levels, reliability         = ReportRequestAnalysisLevels, ReportRequestAnalysisLevelReliability
	)
	tested := []ReportRequestAnalysis{groupLevel, groupLevelTable}
	claimed := []ReportRequestAnalysis{groupLevel, groupLevelTable, agreement, observers, levels, reliability}
	return []particular{
		{"/against", in.Against != nil, []ReportRequestAnalysis{levels}, false},
		{"/member_means", in.MemberMeans != nil, []ReportRequestAnalysis{levels}, false},
		{"/as", in.As != nil, claimed, false},
		{"/composition", in.Composition != nil, claimed, false},
		{"/turnover_limit", in.TurnoverLimit != nil, tested, false},
		{"/planned", in.Planned != nil, tested, false},
		{"/missing", in.Missing != nil, []ReportRequestAnalysis{observers}, true},
		{"/structure", in.Structure != nil, tested, true},
		{"/detail", in.Detail != nil, []ReportRequestAnalysis{groupLevel, groupLevelTable, levels, reliability}, true},
		{"/draws", in.Draws != nil, []ReportRequestAnalysis{groupLevel, groupLevelTable, agreement, levels, reliability}, true},
		{"/seed", in.Seed != nil, []ReportRequestAnalysis{groupLevel, groupLevelTable, agreement, levels, reliability}, true},
		{"/bound", in.Bound != nil, []ReportRequestAnalysis{groupLevel, groupLevelTable, levels}, true},
		{"/plan_icc", in.PlanIcc != nil, tested, true},
	}
}

// askDomain reads a question.
func askDomain(in *ReportRequest) analysis.Ask {
	ask := analysis.Ask{
		As: instrument.Level(orZero(in.As)), Bound: orZero(in.Bound), PlanICC: orZero(in.PlanIcc),
		TurnoverLimit: orZero(in.TurnoverLimit), MemberMeans: orZero(in.MemberMeans),
		Missing: analysis.Missing(orZero(in.Missing)), Detail: analysis.Detail(orZero(in.Detail)),
		Draws: int(orZero(in.Draws)), Seed: uint64(max(0, orZero(in.Seed))),
	}
	set(&ask.Composition, orZero(in.Composition))
	set(&ask.Structure, orZero(in.Structure))
	if in.Measure != nil {
		ask.Measure = measureDomain(*in.Measure)
	}
	if in.Against != nil {
		ask.Against = measureDomain(*in.Against)
	}
	if in.Planned != nil {
		ask.Planned = each(*in.Planned, measureDomain)
	}
	if in.Groups != nil {
		ask.Groups = each(*in.Groups, func(id string) session.GroupID { return session.GroupID(id) })
	}
	if in.Kinds != nil {
		ask.Kinds = each(*in.Kinds, func(k GroupKind) session.GroupKind { return session.GroupKind(k) })
	}
	if c := in.Session; c != nil {
		ask.Session = &analysis.Selection{
			Number: int(orZero(c.Number)), Place: analysis.Place(orZero(c.Place)), Stage: session.Stage(orZero(c.Stage)),
		}
	}
	return ask
}

// measureDomain reads a measure.
func measureDomain(m Measure) analysis.Measure {
	return analysis.Measure{
		Instrument: refDomain(m.Instrument), Score: m.Score, Rater: instrument.RaterKind(m.Rater), Occasion: session.Occasion(orZero(m.Occasion)),
	}
}
