package store

import (
	"errors"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// readReport reads the document of a report.
func readReport(d Document) (analysis.Record, error) {
	x, err := readHeading(d)
	if err != nil {
		return x, err
	}
	if why := incomplete(&x, true); why != "" {
		return x, damaged(reportsCollection().Name, d.ID, errors.New(why))
	}
	return x, nil
}

// readHeading reads the document of a report of which what lists do not show
// need not be there.
func readHeading(d Document) (analysis.Record, error) {
	x := analysis.Record{ID: d.ID, Rev: d.Rev}
	err := readRecordOf(reportSchema, reportsCollection(), d, func(r *reading) bool { return readReportField(r, &x) }, func() bool {
		if x.State == "" { // of schema 1: written when it was done
			x.State = analysis.Done
		}
		return incomplete(&x, false) == ""
	})
	return x, err
}

// readReportField reads the field at hand, and tells whether it knows it.
func readReportField(r *reading, x *analysis.Record) bool {
	switch string(r.key) {
	case "principal":
		x.Principal = r.text()
	case "analysis":
		x.Analysis = r.text()
	case "created_at":
		x.CreatedAt = r.instant()
	case "request_id":
		x.RequestID = r.text()
	case "request_sha":
		x.RequestSHA = r.text()
	case "asked":
		x.Asked = []byte(r.text())
	case "state":
		x.State = analysis.State(r.text())
	case "lease":
		in := r.document()
		r.fail(readLease(&in, &x.Lease))
	case "started_at":
		x.StartedAt = new(r.instant())
	case "ended_at":
		x.EndedAt = new(r.instant())
	case "step":
		in := r.document()
		x.Step = &analysis.Step{}
		r.fail(readStep(&in, x.Step))
	case "failure":
		in := r.document()
		x.Failure = &analysis.Failure{}
		r.fail(readFailure(&in, x.Failure))
	case "body":
		x.Body = r.binary()
	case "withdrawn_by":
		x.WithdrawnBy = r.text()
	default:
		return false
	}
	return true
}

// readLease reads who has a report in hand.
func readLease(r *reading, x *analysis.Lease) error {
	for r.next() {
		switch string(r.key) {
		case "owner":
			x.Owner = r.text()
		case "until":
			x.Until = r.instant()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readStep reads how far a report has come.
func readStep(r *reading, x *analysis.Step) error {
	for r.next() {
		switch string(r.key) {
		case "stage":
			x.Stage = r.text()
		case "done":
			x.Done = r.small()
		case "total":
			x.Total = r.small()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readFailure reads why there is no report.
func readFailure(r *reading, x *analysis.Failure) error {
	for r.next() {
		switch string(r.key) {
		case "kind":
			x.Kind = r.text()
		case "rule":
			x.Rule = r.text()
		case "detail":
			x.Detail = r.text()
		case "fields":
			x.Fields = readList(r, readFault)
		default:
			r.unknown()
		}
	}
	return r.err
}

// readFault reads one fault of one place.
func readFault(r *reading, x *fault.Field) error {
	for r.next() {
		switch string(r.key) {
		case "pointer":
			x.Pointer = r.text()
		case "rule":
			x.Rule = r.text()
		case "detail":
			x.Detail = r.text()
		default:
			r.unknown()
		}
	}
	return r.err
}

// incomplete says what a report lacks that one of its state has; "" if nothing.
// Whole ones have what lists leave out, too.
func incomplete(x *analysis.Record, whole bool) string {
	switch {
	case x.Principal == "" || x.Analysis == "" || x.CreatedAt.IsZero():
		return "who asked, what or when is missing"
	case !x.State.Valid():
		return "the state is none"
	case !x.State.Final() && (x.Lease.Owner == "" || x.Lease.Until.IsZero()):
		return "the lease is missing"
	case x.State.Final() && x.Lease != (analysis.Lease{}):
		return "a final state has a lease"
	case whole && x.State == analysis.Done && len(x.Body) == 0:
		return "the body is missing"
	case x.State != analysis.Done && len(x.Body) > 0:
		return "there is a body and no report"
	case whole && (x.State == analysis.Failed) != (x.Failure != nil):
		return "the failure does not go with the state"
	case whole && (x.State == analysis.Withdrawn) != (x.WithdrawnBy != ""):
		return "the decision to redact does not go with the state"
	default:
		return ""
	}
}
