package httpapi

import (
	"context"
	"fmt"
	"io"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/reporting"
	"holon/internal/session"
	"holon/internal/strictjson"
)

// workOf turns a question in its wire form into the work that answers it. What
// the work reads of the records is authorised, and audited, here and now; it can
// read nothing else later. A table that came with the question is nobody's
// record here: that it was asked about is in the audit already.
func (s *Server) workOf(ctx context.Context, rq practice.Request, in *ReportRequest) (reporting.Work, error) {
	if in.Table != nil {
		return s.tableWork(in)
	}
	answer, err := recordedWork(ctx, s.practice, rq, in)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
		found, err := answer(ctx, progress)
		if err != nil {
			return nil, err
		}
		return s.fits(found.Encode())
	}, nil
}

// Found is what a question about recorded sessions led to.
type Found struct {
	Reports []analysis.Report
	Table   bool // one report for each of several measures
}

// Encode writes what was found as one JSON value.
func (f *Found) Encode() ([]byte, error) {
	if f.Table || len(f.Reports) != 1 {
		return analysis.EncodeAll(f.Reports)
	}
	return analysis.Encode(&f.Reports[0])
}

// recordsOf is what a question about recorded sessions needs of the practice.
type recordsOf interface {
	Records(ctx context.Context, rq practice.Request, sel practice.Selection) (*practice.Records, error)
}

// Answer reads a question about recorded sessions, as the body of POST
// /v1/reports is read, and answers it at once.
func Answer(ctx context.Context, p recordsOf, rq practice.Request, body io.Reader, progress analysis.Progress) (*Found, error) {
	in, err := recordedQuestion(body)
	if err != nil {
		return nil, err
	}
	answer, err := recordedWork(ctx, p, rq, in)
	if err != nil {
		return nil, err
	}
	return answer(ctx, progress)
}

// Gather reads a question about the group level of recorded sessions and returns
// what would be tested.
func Gather(ctx context.Context, p recordsOf, rq practice.Request, body io.Reader) (analysis.Gathered, error) {
	in, err := recordedQuestion(body)
	if err != nil {
		return analysis.Gathered{}, err
	}
	if in.Analysis != ReportRequestAnalysisGroupLevel {
		return analysis.Gathered{}, fault.At("/analysis", "only_group_level", "Only the group-level test can be made of totals. Ask for group_level.")
	}
	ask, records, err := authorised(ctx, p, rq, in)
	if err != nil {
		return analysis.Gathered{}, err
	}
	return analysis.Gather(ctx, records, ask)
}

// recordedQuestion reads a question about recorded sessions.
func recordedQuestion(body io.Reader) (*ReportRequest, error) {
	var in ReportRequest
	if err := strictjson.Decode(body, maxReportBodyBytes, &in); err != nil {
		return nil, err
	}
	if err := checkShape(newShapes(), &in); err != nil {
		return nil, err
	}
	if in.Table != nil {
		return nil, fault.At("/table", "only_recorded", "This asks about recorded sessions. For a table, write a plan and run: holon analyze PLAN.")
	}
	return &in, nil
}

// recordedWork authorises what a question reads of the records, and returns what
// answers it.
func recordedWork(ctx context.Context, p recordsOf, rq practice.Request, in *ReportRequest) (func(context.Context, analysis.Progress) (*Found, error), error) {
	ask, records, err := authorised(ctx, p, rq, in)
	if err != nil {
		return nil, err
	}
	if in.Analysis == ReportRequestAnalysisGroupLevelTable {
		return func(ctx context.Context, progress analysis.Progress) (*Found, error) {
			ask.Progress = progress
			reports, err := analysis.GroupLevelTable(ctx, records, ask)
			for i := range reports {
				noteHidden(&reports[i], records)
			}
			return &Found{Reports: reports, Table: true}, err
		}, nil
	}
	answer := recordedAnswers()[in.Analysis]
	return func(ctx context.Context, progress analysis.Progress) (*Found, error) {
		ask.Progress = progress
		report, err := answer(ctx, records, ask)
		noteHidden(&report, records)
		return &Found{Reports: []analysis.Report{report}}, err
	}, nil
}

// authorised reads a question and authorises, and audits, what it reads of the
// records.
func authorised(ctx context.Context, p recordsOf, rq practice.Request, in *ReportRequest) (analysis.Ask, *practice.Records, error) {
	if err := checkRecorded(in); err != nil {
		return analysis.Ask{}, nil, err
	}
	ask := askDomain(in)
	sel := practice.Selection{ShownTo: session.MemberID(orZero(in.ShownTo)), Groups: ask.Groups, Findings: in.Analysis == ReportRequestAnalysisSlipping || in.Analysis == ReportRequestAnalysisAlarms}
	if in.Analysis == ReportRequestAnalysisSplits {
		sel.Groups, sel.Kinds = nil, homes(ask.Kinds) // a family is held against the others
	} else if ask.Groups == nil {
		sel.Kinds = ask.Kinds // of groups that are named the analysis leaves out other kinds itself
	}
	records, err := p.Records(ctx, rq, sel)
	if fault.Is(err, fault.NotFound) {
		return ask, nil, unknownGroup()
	}
	if err != nil {
		return ask, nil, err
	}
	if sel.ShownTo != "" && len(records.Groups()) == 0 {
		return ask, nil, fault.At("/shown_to", "in_no_family", "The member was never in one of these families or couples.")
	}
	return ask, records, nil
}

// homes are the kinds of families that are asked about, all of them where no kind is.
func homes(kinds []session.GroupKind) []session.GroupKind {
	if kinds == nil {
		return []session.GroupKind{session.KindFamily, session.KindCouple}
	}
	return kinds
}

// noteHidden says in a report how much of what was recorded was not open to who
// asked, so that nobody takes it for all there is.
func noteHidden(report *analysis.Report, records *practice.Records) {
	if n := records.Hidden(); n > 0 && records.ShownTo() == "" {
		report.Caveats.Add("guesses_due", fmt.Sprintf("Of %d sessions, what others said of an alliance is left out: this account's therapist has not guessed it yet. Hand the guesses in, or give them up, and ask again.", n))
	}
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
		ReportRequestAnalysisAlliance:         analysis.Alliance,
		ReportRequestAnalysisFamilyAlliance:   analysis.Families,
		ReportRequestAnalysisSplits:           analysis.Splits,
		ReportRequestAnalysisOneWithMany:      analysis.OneWithMany,
		ReportRequestAnalysisRoundRobin:       analysis.RoundRobin,
		ReportRequestAnalysisFamilyRoundRobin: analysis.FamilyRoles,
		ReportRequestAnalysisBonds:            analysis.Bonds,
		ReportRequestAnalysisLagged:           analysis.Lagged,
		ReportRequestAnalysisEarlyAlliance:    analysis.EarlyAlliance,
		ReportRequestAnalysisSeries:           analysis.Series,
		ReportRequestAnalysisOutcomeChange:    analysis.OutcomeChange,
		ReportRequestAnalysisRuptures:         analysis.Ruptures,
		ReportRequestAnalysisSlipping:         analysis.Slipping,
		ReportRequestAnalysisAlarms:           analysis.Alarms,
		ReportRequestAnalysisGoals:            analysis.Goals,
	}
}

// fits refuses a report that is too large to be kept as one document.
func (s *Server) fits(body []byte, err error) ([]byte, error) {
	if err != nil || len(body) <= s.reportLimit {
		return body, err
	}
	return nil, fault.At("", "report_too_large", fmt.Sprintf("The report would have more than %d bytes. Ask about fewer groups, or about one measure at a time. For a table of your own, the command analyze has no such limit.", s.reportLimit))
}

// askDomain reads a question.
func askDomain(in *ReportRequest) analysis.Ask {
	ask := analysis.Ask{
		As: instrument.Level(orZero(in.As)), Bound: orZero(in.Bound), PlanICC: orZero(in.PlanIcc),
		TurnoverLimit: orZero(in.TurnoverLimit), MemberMeans: orZero(in.MemberMeans),
		Missing: analysis.Missing(orZero(in.Missing)), Detail: analysis.Detail(orZero(in.Detail)),
		Draws: int(orZero(in.Draws)), Seed: uint64(max(0, orZero(in.Seed))),
		Budget: orZero(in.Budget), Baseline: analysis.Baseline(orZero(in.Baseline)), Reference: analysis.Reference(orZero(in.Reference)),
		Reliability: orZero(in.Reliability), NormSD: orZero(in.NormSd),
	}
	set(&ask.Composition, orZero(in.Composition))
	set(&ask.Structure, orZero(in.Structure))
	if in.Measure != nil {
		ask.Measure = measureDomain(*in.Measure)
	}
	if in.Against != nil {
		ask.Against = measureDomain(*in.Against)
	}
	if in.Purpose != nil {
		ask.Purpose = measureDomain(*in.Purpose)
	}
	if a := in.Absolute; a != nil {
		ask.Absolute = analysis.Absolute{AtLeast: a.AtLeast, Sessions: int(a.Sessions)}
	}
	if in.Planned != nil {
		ask.Planned = each(*in.Planned, measureDomain)
	}
	if in.Measures != nil {
		ask.Measures = each(*in.Measures, measureDomain)
	}
	if in.Members != nil {
		ask.Members = each(*in.Members, func(id string) session.MemberID { return session.MemberID(id) })
	}
	if w := in.Window; w != nil {
		ask.Window = analysis.Window{From: int(w.From), To: int(w.To)}
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
