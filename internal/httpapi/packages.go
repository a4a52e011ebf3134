package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"

	"github.com/labstack/echo/v4"

	"holon/internal/fault"
	"holon/internal/parallel"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/tables"
)

// GetSnapshotPackage answers pseudonymous rows as one package.
func (s *Server) GetSnapshotPackage(ctx context.Context, r GetSnapshotPackageRequestObject) (GetSnapshotPackageResponseObject, error) {
	selection := study.Everything().Name
	if r.Params.Selection != nil {
		selection = session.Code(*r.Params.Selection)
	}
	rows, err := s.practice.Rows(ctx, request(ctx), study.ID(r.StudyID), study.SnapshotID(r.SnapshotID), selection, study.ReleaseID(orZero(r.Params.Release)))
	if err != nil {
		return nil, err
	}
	return packageAnswer{ctx: ctx, rows: rows}, nil
}

// packageAnswer writes a package while it is made: nothing goes out before all of
// it could be read.
type packageAnswer struct {
	ctx  context.Context //nolint:containedctx // of the request, which the generated interface does not hand on
	rows *practice.Rows
}

// VisitGetSnapshotPackageResponse writes it.
func (a packageAnswer) VisitGetSnapshotPackageResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set(echo.HeaderContentType, "application/zip")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+string(a.rows.Whole.Snapshot.ID)+`.zip"`)
	return WritePackage(a.ctx, w, a.rows)
}

// WritePackage writes a package of pseudonymous rows.
func WritePackage(ctx context.Context, w io.Writer, rows *practice.Rows) error {
	in, err := tablesInput(rows)
	if err != nil {
		return err
	}
	_, err = tables.Package(ctx, w, in, "")
	return err
}

// WriteTable writes the rows of one table, and returns how many and their hash.
func WriteTable(ctx context.Context, w io.Writer, rows *practice.Rows, name tables.Name, format tables.Format) (tables.Trailer, error) {
	in, err := tablesInput(rows)
	if err != nil {
		return tables.Trailer{}, err
	}
	return tables.Stream(ctx, w, in, name, format)
}

// tablesInput is what tables are made of.
func tablesInput(rows *practice.Rows) (tables.Input, error) {
	whole := rows.Whole
	in := tables.Input{Study: whole.Study, Snapshot: whole.Snapshot, Selection: rows.Selection, Groups: frozenGroups{whole}, Definition: whole.Definition, Release: rows.Release}
	if rows.Release != nil {
		for line := range bytes.Lines(rows.Release.Body) {
			var r aggregate.Record
			if err := json.Unmarshal(line, &r); err != nil {
				return in, fault.Wrap(fault.Internal, "release_unreadable", "The numbers of this release cannot be read.", err)
			}
			in.Records = append(in.Records, r)
		}
	}
	return in, nil
}

// frozenGroups yields the groups of a snapshot. One is read while the one before is
// written, so that two are in memory at a time.
type frozenGroups struct{ records *practice.FrozenRecords }

// Frozen yields them by pseudonym.
func (f frozenGroups) Frozen(ctx context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		for group, err := range parallel.Ahead(ctx, f.read) {
			if err != nil && ctx.Err() != nil { // what came is not all
				err = fault.Wrap(fault.Unavailable, "export_cancelled", "The export was given up before its end.", err)
			}
			if !yield(group, err) {
				return
			}
		}
	}
}

// read reads one group after the other.
func (f frozenGroups) read(ctx context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		for g, err := range f.records.Each(ctx) {
			if err != nil {
				yield(tables.Frozen{}, err)
				return
			}
			next := tables.Frozen{Group: g}
			for s, err := range f.records.Sessions(ctx, g.ID) {
				if err != nil {
					yield(tables.Frozen{}, err)
					return
				}
				next.Sessions = append(next.Sessions, s)
			}
			if !yield(next, nil) {
				return
			}
		}
	}
}
