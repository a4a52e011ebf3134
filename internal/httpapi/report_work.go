package httpapi

import (
	"context"
	"fmt"

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
	return func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
		ask.Progress = progress
		report, err := analysis.GroupLevel(ctx, records, ask)
		if err != nil {
			return nil, err
		}
		return s.fits(analysis.Encode(&report))
	}, nil
}

// fits refuses a report that is too large to be kept as one document.
func (s *Server) fits(body []byte, err error) ([]byte, error) {
	if err != nil || len(body) <= s.reportLimit {
		return body, err
	}
	var faults fault.List
	faults.Add("", "report_too_large", fmt.Sprintf("The report would have more than %d bytes. Ask about fewer groups, or about one measure at a time.", s.reportLimit))
	return nil, faults.Err()
}

// checkRecorded refuses a question about what was recorded that has what
// belongs to a table, an analysis of one measure without it, and a table of all
// measures with one.
func checkRecorded(in *ReportRequest) error {
	var faults fault.List
	for at, given := range map[string]bool{"/roles": in.Roles != nil, "/options": in.Options != nil} {
		if given {
			faults.Add(at, "only_with_table", "This goes with a table of your own. Send the table, too, or leave this out.")
		}
	}
	switch {
	case in.Analysis != ReportRequestAnalysisGroupLevel && in.Analysis != ReportRequestAnalysisGroupLevelTable:
		faults.Add("/table", "required", "This analysis is of a table: send it with the question.")
	case in.Analysis == ReportRequestAnalysisGroupLevel && in.Measure == nil:
		faults.Add("/measure", "required", "Name the measure: instrument and version, score and rater.")
	case in.Analysis == ReportRequestAnalysisGroupLevelTable && in.Measure != nil:
		faults.Add("/measure", "table_takes_all", "A table takes every measure there is. Leave the measure out, or ask for group_level.")
	}
	return faults.Err()
}

// askDomain reads a question.
func askDomain(in *ReportRequest) analysis.Ask {
	ask := analysis.Ask{
		As: instrument.Level(orZero(in.As)), Bound: orZero(in.Bound), PlanICC: orZero(in.PlanIcc),
	}
	set(&ask.Composition, orZero(in.Composition))
	if m := in.Measure; m != nil {
		ask.Measure = analysis.Measure{
			Instrument: refDomain(m.Instrument), Score: m.Score,
			Rater: instrument.RaterKind(m.Rater), Occasion: session.Occasion(orZero(m.Occasion)),
		}
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
