package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// reportsList is the list's name, which cursors are bound to.
const reportsList = "reports"

// CreateReport runs an analysis, keeps its bytes and answers them.
func (s *Server) CreateReport(ctx context.Context, r CreateReportRequestObject) (CreateReportResponseObject, error) {
	rq := request(ctx)
	id := reportID(rq)
	if err := s.practice.Authorize(ctx, rq, access.RunReport, access.Object{Kind: access.KindReport, ID: id}); err != nil {
		return nil, err
	}
	if kept, found, err := s.keptBefore(ctx, rq, id); err != nil || found {
		return kept, err
	}
	body, err := s.run(ctx, rq, r.Body)
	if err != nil {
		return nil, err
	}
	record := analysis.Record{
		ID: id, Principal: rq.Principal.ID, Analysis: string(r.Body.Analysis), CreatedAt: session.Millis(s.clock()), Body: body,
	}
	if rq.Key != "" {
		record.RequestSHA = rq.SHA
	}
	err = s.reports.Insert(ctx, record)
	if fault.Is(err, fault.Conflict) { // a request of the same key was faster
		if kept, found, err := s.keptBefore(ctx, rq, id); err != nil || found {
			return kept, err
		}
	}
	if err != nil {
		return nil, err
	}
	return madeReport(record), nil
}

// run answers the question in its wire form.
func (s *Server) run(ctx context.Context, rq practice.Request, in *ReportRequest) ([]byte, error) {
	ask := askDomain(in)
	if err := checkMeasureGiven(in); err != nil {
		return nil, err
	}
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
		reports, err := analysis.GroupLevelTable(ctx, records, ask)
		if err != nil {
			return nil, err
		}
		return s.fits(analysis.EncodeAll(reports))
	}
	report, err := analysis.GroupLevel(ctx, records, ask)
	if err != nil {
		return nil, err
	}
	return s.fits(analysis.Encode(&report))
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

// checkMeasureGiven refuses an analysis of one measure without it, and a table
// of all measures with one.
func checkMeasureGiven(in *ReportRequest) error {
	var faults fault.List
	switch {
	case in.Analysis == ReportRequestAnalysisGroupLevel && in.Measure == nil:
		faults.Add("/measure", "required", "Name the measure: instrument and version, score and rater.")
	case in.Analysis == ReportRequestAnalysisGroupLevelTable && in.Measure != nil:
		faults.Add("/measure", "table_takes_all", "A table takes every measure there is. Leave the measure out, or ask for group_level.")
	}
	return faults.Err()
}

// unknownGroup refuses a question about a group that cannot be read. Which one
// it is stays open: whether a group exists is not told.
func unknownGroup() error {
	var faults fault.List
	faults.Add("/groups", "unknown_group", "One of these groups is not there, or you may not read it.")
	return faults.Err()
}

// ListReports lists the reports of who asks.
func (s *Server) ListReports(ctx context.Context, r ListReportsRequestObject) (ListReportsResponseObject, error) {
	pg, err := pageOf(reportsList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	rq := request(ctx)
	if err := s.practice.Authorize(ctx, rq, access.ReadReport, access.Object{Kind: access.KindReport}); err != nil {
		return nil, err
	}
	out, last := ListReports200JSONResponse{Reports: []ReportEntry{}}, ""
	left := []string{}
	for x, err := range s.reports.Of(ctx, rq.Principal.ID, pg.After, pg.Limit+1) {
		if len(out.Reports)+len(left) == pg.Limit {
			out.NextCursor = cursorOf(reportsList, last)
			break
		}
		damaged, isDamaged := errors.AsType[damagedDocument](err)
		switch {
		case isDamaged:
			last = damaged.DocumentID()
			left = append(left, last)
		case err != nil:
			return nil, err
		default:
			last = x.ID
			out.Reports = append(out.Reports, ReportEntry{ID: x.ID, Analysis: x.Analysis, CreatedAt: x.CreatedAt})
		}
	}
	s.notWhole(ctx, left)
	out.LeftOut = left
	return out, nil
}

// damagedDocument is an error about one stored document only, which it names.
type damagedDocument interface {
	error
	DocumentID() string
}

// GetReport reads a kept report. Another's is not found: that it exists is no
// business of who asks.
func (s *Server) GetReport(ctx context.Context, r GetReportRequestObject) (GetReportResponseObject, error) {
	rq := request(ctx)
	if err := s.practice.Authorize(ctx, rq, access.ReadReport, access.Object{Kind: access.KindReport, ID: r.ReportID}); err != nil {
		return nil, err
	}
	x, err := s.reports.Get(ctx, r.ReportID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || x.Principal != rq.Principal.ID {
		return nil, fault.New(fault.NotFound, "no_such_report", "There is no such report of yours.")
	}
	return reportBytes{body: x.Body, status: http.StatusOK}, nil
}

// reportID names a report. Under an Idempotency-Key it is of the principal and
// the key, so that of several requests under one key only one is kept.
func reportID(rq practice.Request) string {
	if rq.Key == "" {
		return "r-" + strings.ToLower(rand.Text())
	}
	return "r-" + shortHash(rq.Principal.ID+"\x00"+rq.Key)
}

// hashCharacters of 5 bits each are what is kept of a hash in an identifier.
const hashCharacters = 20

// shortHash writes a hash of a text in letters that identifiers may hold.
func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:hashCharacters])
}

// keptBefore looks for the report that this very request made before; another
// request under the same key is refused.
func (s *Server) keptBefore(ctx context.Context, rq practice.Request, id string) (kept reportBytes, found bool, err error) {
	if rq.Key == "" {
		return reportBytes{}, false, nil
	}
	x, err := s.reports.Get(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		return reportBytes{}, false, nil
	case err != nil:
		return reportBytes{}, false, err
	case x.RequestSHA != rq.SHA:
		return reportBytes{}, false, fault.New(fault.Invalid, "key_reused", "This Idempotency-Key was used for another request. Choose a new one for each.")
	default:
		return madeReport(x), true, nil
	}
}

// madeReport answers a report that was just made.
func madeReport(x analysis.Record) reportBytes {
	return reportBytes{body: x.Body, status: http.StatusCreated, location: "/v1/reports/" + x.ID}
}

// reportBytes answers the bytes of a kept report as they are.
type reportBytes struct {
	body     []byte
	status   int
	location string
}

// VisitCreateReportResponse writes a report that was made.
func (r reportBytes) VisitCreateReportResponse(w http.ResponseWriter) error { return r.write(w) }

// VisitGetReportResponse writes a report that is read again.
func (r reportBytes) VisitGetReportResponse(w http.ResponseWriter) error { return r.write(w) }

// write sends the bytes.
func (r reportBytes) write(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	if r.location != "" {
		w.Header().Set(echo.HeaderLocation, r.location)
	}
	w.WriteHeader(r.status)
	_, err := bytes.NewReader(r.body).WriteTo(w)
	return err
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
