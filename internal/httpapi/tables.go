package httpapi

import (
	"compress/gzip"
	"context"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/tables"
)

// GetSnapshotTable answers the pseudonymous rows of one table.
func (s *Server) GetSnapshotTable(ctx context.Context, r GetSnapshotTableRequestObject) (GetSnapshotTableResponseObject, error) {
	if err := tables.CheckOfSnapshot(tables.Name(r.Table)); err != nil {
		return nil, err
	}
	selection := study.Everything().Name
	if r.Params.Selection != nil {
		selection = session.Code(*r.Params.Selection)
	}
	rows, err := s.practice.Rows(ctx, request(ctx), study.ID(r.StudyID), study.SnapshotID(r.SnapshotID), selection, "")
	if err != nil {
		return nil, err
	}
	out := tableAnswer{ctx: ctx, logger: s.logger, rows: rows, name: tables.Name(r.Table), format: tables.CSV, compress: acceptsGzip(callerOf(ctx).acceptEncoding)}
	if r.Params.Format != nil {
		out.format = tables.Format(*r.Params.Format)
	}
	return out, nil
}

// The fields that follow a table, as HTTP trailers: of what was written before it was
// compressed.
const (
	headerRows = "Holon-Rows"
	headerSum  = "Holon-Sha256"
)

// tableAnswer writes a table while its rows are read.
type tableAnswer struct {
	ctx      context.Context //nolint:containedctx // of the request, which the generated interface does not hand on
	logger   *slog.Logger
	rows     *practice.Rows
	name     tables.Name
	format   tables.Format
	compress bool
}

// VisitGetSnapshotTableResponse writes it. What fails before the first row is answered
// like any other fault; later the connection is cut, so that nobody takes a part for
// the whole.
func (a tableAnswer) VisitGetSnapshotTableResponse(w http.ResponseWriter) error {
	out := &begun{w: w, media: "text/csv; charset=utf-8", file: string(a.name) + "." + string(a.format)}
	if a.format == tables.NDJSON {
		out.media = ndjson
	}
	trailer, err := a.write(out)
	if err == nil {
		w.Header().Set(headerRows, strconv.Itoa(trailer.Rows))
		w.Header().Set(headerSum, trailer.SHA256)
	}
	if err != nil && out.some {
		a.logger.LogAttrs(a.ctx, slog.LevelError, "table cut off", slog.String("request_id", callerOf(a.ctx).requestID), slog.String("error", err.Error()))
		panic(http.ErrAbortHandler)
	}
	return err
}

// write writes the rows, compressed where who asks reads that.
func (a tableAnswer) write(out *begun) (tables.Trailer, error) {
	if !a.compress {
		return WriteTable(a.ctx, out, a.rows, a.name, a.format)
	}
	out.encoding = "gzip"
	z := gzip.NewWriter(out)
	trailer, err := WriteTable(a.ctx, z, a.rows, a.name, a.format)
	if err != nil {
		return trailer, err // without its end nobody can read it as whole
	}
	return trailer, z.Close()
}

// begun knows whether anything was written, and writes the head before it.
type begun struct {
	w           http.ResponseWriter
	media, file string
	encoding    string // empty: as it is
	some        bool
}

// Write writes.
func (b *begun) Write(text []byte) (int, error) {
	if !b.some {
		b.some = true
		b.w.Header().Set(echo.HeaderContentType, b.media)
		b.w.Header().Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
		if b.encoding != "" {
			b.w.Header().Set(echo.HeaderContentEncoding, b.encoding)
		}
		b.w.Header().Set("Trailer", headerRows+", "+headerSum)
		b.w.Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+b.file+`"`)
		b.w.WriteHeader(http.StatusOK)
	}
	return b.w.Write(text)
}
