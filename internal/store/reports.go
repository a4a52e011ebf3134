package store

import (
	"context"
	"iter"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// reportSchema is the version of the shape of reports. Those of version 1 were
// written when they were done, and have no state.
const reportSchema = 2

// Reports keeps the reports that were asked for, and what became of them. They
// have no history: what an earlier state was is nobody's question.
type Reports struct {
	engine Engine
}

// NewReports returns the reports of an engine.
func NewReports(e Engine) *Reports { return &Reports{engine: e} }

// Insert keeps a new report as revision 1; its body is kept byte for byte. A
// taken identifier is the Conflict "id_taken".
func (p *Reports) Insert(ctx context.Context, x analysis.Record) error {
	x.Rev = 1
	d, err := reportDocument(x)
	if err != nil {
		return err
	}
	return written(ctx, p.engine, reportsCollection(), d, p.engine.Insert(ctx, reportsCollection(), d))
}

// Replace swaps revision rev of a report for x, whose own is higher. Of several
// writers on one revision one wins, and the others get Stale.
func (p *Reports) Replace(ctx context.Context, x analysis.Record, rev int64) error {
	d, err := reportDocument(x)
	if err != nil {
		return err
	}
	return written(ctx, p.engine, reportsCollection(), d, p.engine.Replace(ctx, reportsCollection(), d, rev))
}

// Get reads a report.
func (p *Reports) Get(ctx context.Context, id string) (analysis.Record, error) {
	d, err := p.engine.Get(ctx, reportsCollection(), id, nil)
	if err != nil {
		return analysis.Record{}, err
	}
	return readReport(d)
}

// headingFields are the fields of a report that lists are made of.
func headingFields() []string {
	return []string{"schema", "analysis", "created_at", "request_id", "request_sha", "state", "lease", "started_at", "ended_at", "step"}
}

// Of streams the reports that a principal asked for, by identifier, those after
// one ("": from the first) and at most limit of them (0: all). They come
// without what was asked, what failed, and their bodies.
func (p *Reports) Of(ctx context.Context, principal, after string, limit int) iter.Seq2[analysis.Record, error] {
	q := Query{Collection: reportsCollection(), Index: "principal", Equal: []any{principal}, Limit: limit, Fields: headingFields()}
	if after != "" {
		q.After = []any{principal, after}
	}
	return records(ctx, p.engine, q, func(d Document) (analysis.Record, error) {
		x, err := readHeading(d)
		x.Asked, x.Failure, x.Body = nil, nil, nil // an engine may return more than asked
		return x, err
	})
}

// reportDocument writes a report.
func reportDocument(x analysis.Record) (Document, error) {
	w := newWriting(len(x.Body) + len(x.Asked) + 512)
	w.text("_id", x.ID)
	w.revision("rev", x.Rev)
	w.whole("schema", reportSchema)
	w.text("principal", x.Principal)
	w.text("analysis", x.Analysis)
	w.instant("created_at", x.CreatedAt)
	w.textIfAny("request_id", x.RequestID)
	w.textIfAny("request_sha", x.RequestSHA)
	w.textIfAny("asked", string(x.Asked))
	w.text("state", string(x.State))
	if x.Lease.Owner != "" {
		w.document("lease")
		w.text("owner", x.Lease.Owner)
		w.instant("until", x.Lease.Until)
		w.end()
	}
	if x.StartedAt != nil {
		w.instant("started_at", *x.StartedAt)
	}
	if x.EndedAt != nil {
		w.instant("ended_at", *x.EndedAt)
	}
	if x.Step != nil {
		w.document("step")
		w.text("stage", x.Step.Stage)
		w.whole("done", x.Step.Done)
		w.whole("total", x.Step.Total)
		w.end()
	}
	if x.Failure != nil {
		writeFailure(w, x.Failure)
	}
	w.textIfAny("withdrawn_by", x.WithdrawnBy)
	if len(x.Body) > 0 {
		w.binary("body", x.Body)
	}
	d := Document{ID: x.ID, Rev: x.Rev, Body: w.bytes()}
	if why := incomplete(&x, true); why != "" {
		return Document{}, malformed("document_incomplete", "reports: %s", why)
	}
	return d, checkSize(d)
}

// writeFailure writes why there is no report.
func writeFailure(w *writing, f *analysis.Failure) {
	w.document("failure")
	w.text("kind", f.Kind)
	w.text("rule", f.Rule)
	w.text("detail", f.Detail)
	list(w, "fields", f.Fields, func(w *writing, x *fault.Field) {
		w.text("pointer", x.Pointer)
		w.text("rule", x.Rule)
		w.text("detail", x.Detail)
	})
	w.end()
}
