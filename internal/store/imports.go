package store

import (
	"context"
	"iter"

	"holon/internal/session"
)

// importsCollection holds which files were taken in, by `_id` alone.
func importsCollection() Collection { return Collection{Name: "imports"} }

// Imports keeps which files were taken in, and how far.
type Imports struct {
	engine Engine
}

// NewImports returns the imports of an engine.
func NewImports(e Engine) *Imports { return &Imports{engine: e} }

// Insert keeps a new record as revision 1. A taken identifier is the Conflict
// "id_taken".
func (p *Imports) Insert(ctx context.Context, x session.ImportRecord) error {
	x.Rev = 1
	d := importDocument(x)
	return written(ctx, p.engine, importsCollection(), d, p.engine.Insert(ctx, importsCollection(), d))
}

// Replace swaps revision rev of a record for x, whose own is higher.
func (p *Imports) Replace(ctx context.Context, x session.ImportRecord, rev int64) error {
	d := importDocument(x)
	return written(ctx, p.engine, importsCollection(), d, p.engine.Replace(ctx, importsCollection(), d, rev))
}

// Get reads a record.
func (p *Imports) Get(ctx context.Context, id string) (session.ImportRecord, error) {
	d, err := p.engine.Get(ctx, importsCollection(), id, nil)
	if err != nil {
		return session.ImportRecord{}, err
	}
	return readImport(d)
}

// All streams every record.
func (p *Imports) All(ctx context.Context) iter.Seq2[session.ImportRecord, error] {
	return records(ctx, p.engine, Query{Collection: importsCollection()}, readImport)
}

// importDocument writes a record.
func importDocument(x session.ImportRecord) Document {
	w := newWriting(512)
	w.text("_id", x.ID)
	w.revision("rev", x.Rev)
	w.whole("schema", recordSchema)
	w.text("kind", x.Kind)
	w.text("file_sha256", x.FileSHA)
	w.whole("rows", x.Rows)
	w.text("by", x.By)
	w.instant("started_at", x.StartedAt)
	if x.EndedAt != nil {
		w.instant("ended_at", *x.EndedAt)
	}
	w.text("state", string(x.State))
	w.whole("forms", x.Forms)
	w.whole("sessions", x.Sessions)
	return Document{ID: x.ID, Rev: x.Rev, Body: w.bytes()}
}

// readImport reads the document of a record.
func readImport(d Document) (session.ImportRecord, error) {
	x := session.ImportRecord{ID: d.ID, Rev: d.Rev}
	err := readRecord(importsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "kind":
			x.Kind = r.text()
		case "file_sha256":
			x.FileSHA = r.text()
		case "rows":
			x.Rows = r.small()
		case "by":
			x.By = r.text()
		case "started_at":
			x.StartedAt = r.instant()
		case "ended_at":
			x.EndedAt = new(r.instant())
		case "state":
			x.State = session.ImportState(r.text())
		case "forms":
			x.Forms = r.small()
		case "sessions":
			x.Sessions = r.small()
		default:
			return false
		}
		return true
	}, func() bool {
		return x.Kind != "" && x.FileSHA != "" && x.By != "" && !x.StartedAt.IsZero() && x.State.Valid() &&
			(x.State == session.ImportDone) == (x.EndedAt != nil)
	})
	return x, err
}

// imports reads every record of a file that was taken in, and reports those
// that were not finished.
func (n *inspection) imports(ctx context.Context) error {
	return inspectRecords(ctx, n, importsCollection(), func(d Document) error {
		x, err := readImport(d)
		if err == nil && x.State == session.ImportRunning {
			n.report("import_unfinished", importsCollection().Name, x.ID,
				"A file (SHA-256 "+x.FileSHA+") was taken in by half. If its import is not running just now, run the same command with the same file again: it goes on where it stopped.")
		}
		return err
	})
}
