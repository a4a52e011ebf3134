package store

import (
	"context"
	"errors"
	"iter"

	"holon/internal/analysis"
)

// Reports keeps the reports that were asked for.
type Reports struct {
	engine Engine
}

// NewReports returns the reports of an engine.
func NewReports(e Engine) *Reports { return &Reports{engine: e} }

// Insert keeps a report; its body is kept byte for byte.
func (p *Reports) Insert(ctx context.Context, x analysis.Record) error {
	w := record(x.ID, len(x.Body)+256)
	w.text("principal", x.Principal)
	w.text("analysis", x.Analysis)
	w.instant("created_at", x.CreatedAt)
	if x.RequestSHA != "" {
		w.text("request_sha", x.RequestSHA)
	}
	w.binary("body", x.Body)
	return insertRecord(ctx, p.engine, reportsCollection(), x.ID, w)
}

// Get reads a report.
func (p *Reports) Get(ctx context.Context, id string) (analysis.Record, error) {
	d, err := p.engine.Get(ctx, reportsCollection(), id, nil)
	if err != nil {
		return analysis.Record{}, err
	}
	return readReport(d)
}

// Of streams the reports that a principal asked for, without their bodies, by
// identifier, those after one ("": from the first) and at most limit of them
// (0: all).
func (p *Reports) Of(ctx context.Context, principal, after string, limit int) iter.Seq2[analysis.Record, error] {
	q := Query{Collection: reportsCollection(), Index: "principal", Equal: []any{principal}, Limit: limit, Fields: []string{"schema", "analysis", "created_at", "request_sha"}}
	if after != "" {
		q.After = []any{principal, after}
	}
	return records(ctx, p.engine, q, func(d Document) (analysis.Record, error) {
		x, err := readHeading(d)
		x.Body = nil // an engine may return more than asked
		return x, err
	})
}

// readReport reads the document of a report.
func readReport(d Document) (analysis.Record, error) {
	x, err := readHeading(d)
	if err == nil && len(x.Body) == 0 {
		err = damaged(reportsCollection().Name, d.ID, errors.New("the body is missing"))
	}
	return x, err
}

// readHeading reads the document of a report whose body need not be there.
func readHeading(d Document) (analysis.Record, error) {
	x := analysis.Record{ID: d.ID}
	err := readRecord(reportsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "principal":
			x.Principal = r.text()
		case "analysis":
			x.Analysis = r.text()
		case "created_at":
			x.CreatedAt = r.instant()
		case "request_sha":
			x.RequestSHA = r.text()
		case "body":
			x.Body = r.binary()
		default:
			return false
		}
		return true
	}, func() bool { return x.Principal != "" && x.Analysis != "" && !x.CreatedAt.IsZero() })
	return x, err
}
