package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// lookAgain is in how many seconds it is worth looking at a report again.
const lookAgain = "2"

// reportAnswer answers a report, or its state, as bytes.
type reportAnswer struct {
	body     []byte
	status   int
	location string // empty where the client is there already
}

// madeReport answers a question: 201 with the report, 202 while it is not done,
// 200 where an earlier request ended without one.
func madeReport(x analysis.Record) (reportAnswer, error) {
	out, err := readReport(x)
	if x.State == analysis.Done {
		out.status = http.StatusCreated
	}
	out.location = "/v1/reports/" + x.ID
	return out, err
}

// readReport answers what a report is: itself, byte for byte as it is kept, or
// its state.
func readReport(x analysis.Record) (reportAnswer, error) {
	if x.State == analysis.Done {
		return reportAnswer{body: x.Body, status: http.StatusOK}, nil
	}
	state, err := stateWire(x)
	if err != nil {
		return reportAnswer{}, err
	}
	body, err := json.Marshal(state)
	if err != nil {
		return reportAnswer{}, err
	}
	if x.State.Final() {
		return reportAnswer{body: body, status: http.StatusOK}, nil
	}
	return reportAnswer{body: body, status: http.StatusAccepted}, nil
}

// VisitCreateReportResponse answers who asked.
func (r reportAnswer) VisitCreateReportResponse(w http.ResponseWriter) error { return r.write(w) }

// VisitGetReportResponse answers who looks.
func (r reportAnswer) VisitGetReportResponse(w http.ResponseWriter) error { return r.write(w) }

// write sends the bytes.
func (r reportAnswer) write(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	if r.location != "" {
		w.Header().Set(echo.HeaderLocation, r.location)
	}
	if r.status == http.StatusAccepted {
		w.Header().Set(echo.HeaderRetryAfter, lookAgain)
	}
	w.WriteHeader(r.status)
	_, err := bytes.NewReader(r.body).WriteTo(w)
	return err
}

// stateWire writes the state of a report.
func stateWire(x analysis.Record) (ReportState, error) {
	out := ReportState{
		ID: x.ID, Analysis: x.Analysis, State: ReportStateName(x.State), CreatedAt: x.CreatedAt, StartedAt: x.StartedAt, EndedAt: x.EndedAt,
		Advice: adviceOf(x.State), Problem: failureWire(x),
	}
	if s := x.Step; s != nil {
		out.Progress = &ReportProgress{Stage: s.Stage, Done: int64(s.Done)}
		if s.Total > 0 {
			out.Progress.Total = new(int64(s.Total))
		}
	}
	if len(x.Asked) == 0 {
		return out, nil
	}
	out.Asked = &ReportAsked{}
	if err := json.Unmarshal(x.Asked, out.Asked); err != nil {
		return out, fmt.Errorf("httpapi: the question of a report cannot be read: %w", err)
	}
	return out, nil
}

// adviceOf says what to do where no report is coming; nil where one is, or is
// there.
func adviceOf(s analysis.State) *string {
	switch s {
	case analysis.Cancelled:
		return new("It was cancelled. If you want it after all, ask again; with an Idempotency-Key, under a new one.")
	case analysis.Interrupted:
		return new("The service stopped while it was computed. Ask again; with an Idempotency-Key, under a new one.")
	case analysis.Failed:
		return new("See the problem. When it is mended, ask again; with an Idempotency-Key, under a new one.")
	case analysis.Withdrawn:
		return new("A member whose answers it may have held was redacted, so it was withdrawn. Ask again, of the data as they are now; with an Idempotency-Key, under a new one.")
	case analysis.Pending, analysis.Running, analysis.Done:
		return nil
	default:
		return nil
	}
}

// failureWire writes why a report failed as the problem document that a quick
// question would have been answered with; nil if it did not.
func failureWire(x analysis.Record) *Problem {
	f := x.Failure
	if f == nil {
		return nil
	}
	kind := kindOf(f.Kind)
	out := &Problem{
		Type: problemURN + kind.String(), Title: titleOf(kind), Status: int64(kind.HTTPStatus()),
		Detail: f.Detail, Rule: f.Rule, RequestID: x.RequestID, Errors: []FieldFault{},
	}
	for _, at := range f.Fields {
		out.Errors = append(out.Errors, FieldFault{Pointer: at.Pointer, Rule: at.Rule, Detail: at.Detail})
	}
	return out
}

// kindOf finds a kind of fault by its code; Internal for one that is unknown.
func kindOf(code string) fault.Kind {
	for k := fault.Internal; k <= fault.MethodNotAllowed; k++ {
		if k.String() == code {
			return k
		}
	}
	return fault.Internal
}

// askedOf is what is kept of a question: all but the table.
func askedOf(in *ReportRequest) ReportAsked {
	out := ReportAsked{
		Analysis: string(in.Analysis), As: in.As, Bound: in.Bound, Composition: in.Composition, Groups: in.Groups, Kinds: in.Kinds,
		Against: in.Against, MemberMeans: in.MemberMeans, Planned: in.Planned, TurnoverLimit: in.TurnoverLimit, Draws: in.Draws, Seed: in.Seed,
		Missing: text[string](in.Missing), Structure: text[string](in.Structure), Detail: text[string](in.Detail),
		Measures: in.Measures, Members: in.Members, Budget: in.Budget, Window: in.Window, Baseline: text[string](in.Baseline),
		Reference: text[string](in.Reference), Reliability: in.Reliability, NormSd: in.NormSd, Purpose: in.Purpose, Absolute: in.Absolute, ShownTo: in.ShownTo,
		Measure: in.Measure, Options: in.Options, PlanIcc: in.PlanIcc, Roles: in.Roles, Session: in.Session,
	}
	if in.Table != nil {
		sum := sha256.Sum256([]byte(*in.Table))
		out.Table = &ReportAskedTable{Bytes: int64(len(*in.Table)), Sha256: hex.EncodeToString(sum[:])}
	}
	return out
}
