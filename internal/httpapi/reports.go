package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"strings"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/reporting"
)

// reportsList is the list's name, which cursors are bound to.
const reportsList = "reports"

// CreateReport has an analysis worked at, and answers it or how far it is.
func (s *Server) CreateReport(ctx context.Context, r CreateReportRequestObject) (CreateReportResponseObject, error) {
	rq := request(ctx)
	id := reportID(rq)
	if err := s.practice.Authorize(ctx, rq, access.RunReport, access.Object{Kind: access.KindReport, ID: id}); err != nil {
		return nil, err
	}
	asked, err := json.Marshal(askedOf(r.Body))
	if err != nil {
		return nil, err
	}
	question := reporting.Question{ID: id, Principal: rq.Principal.ID, Analysis: string(r.Body.Analysis), Asked: asked, RequestID: rq.ID}
	if rq.Key != "" {
		question.SHA = rq.SHA
	}
	if kept, found, err := s.reports.Kept(ctx, question); err != nil {
		return nil, err
	} else if found {
		return madeReport(kept)
	}
	work, err := s.workOf(ctx, rq, r.Body)
	if err != nil {
		return nil, err
	}
	x, err := s.reports.Ask(ctx, question, work)
	if err != nil {
		return nil, err
	}
	return madeReport(x)
}

// CancelReport stops a report, and answers what it has become.
func (s *Server) CancelReport(ctx context.Context, r CancelReportRequestObject) (CancelReportResponseObject, error) {
	rq := request(ctx)
	if err := s.practice.Authorize(ctx, rq, access.CancelReport, access.Object{Kind: access.KindReport, ID: r.ReportID}); err != nil {
		return nil, err
	}
	x, err := s.reports.Cancel(ctx, rq.Principal.ID, r.ReportID)
	if err != nil {
		return nil, err
	}
	state, err := stateWire(x)
	return CancelReport200JSONResponse(state), err
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
	for x, err := range s.reports.Of(ctx, rq.Principal.ID, pg.After, 0) {
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
		case !isReport(&x):
			last = x.ID
		default:
			last = x.ID
			out.Reports = append(out.Reports, ReportEntry{ID: x.ID, Analysis: x.Analysis, CreatedAt: x.CreatedAt, State: ReportStateName(x.State)})
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

// GetReport reads a report, or how far it is.
func (s *Server) GetReport(ctx context.Context, r GetReportRequestObject) (GetReportResponseObject, error) {
	rq := request(ctx)
	if err := s.practice.Authorize(ctx, rq, access.ReadReport, access.Object{Kind: access.KindReport, ID: r.ReportID}); err != nil {
		return nil, err
	}
	x, err := s.reports.Get(ctx, rq.Principal.ID, r.ReportID)
	if err == nil && !isReport(&x) {
		err = fault.New(fault.NotFound, "no_such_report", "There is no such report of yours.")
	}
	if err != nil {
		return nil, err
	}
	return readReport(x)
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

// unknownGroup refuses a question about a group that cannot be read. Which one
// it is stays open: whether a group exists is not told.
func unknownGroup() error {
	return fault.At("/groups", "unknown_group", "One of these groups is not there, or you may not read it.")
}
