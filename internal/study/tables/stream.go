package tables

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"holon/internal/fault"
)

// Stream writes one table, group by group, and after its rows a trailer: of NDJSON
// the line {"trailer":{"rows":…,"bytes":…,"sha256":"…"}}, of CSV a line that begins
// with # and says the same.
func Stream(ctx context.Context, w io.Writer, in Input, name Name, format Format) (Trailer, error) {
	table, known := Lookup(name)
	if !known {
		return Trailer{}, fault.New(fault.NotFound, "no_such_table", "There is no such table.")
	}
	if format != CSV && format != NDJSON {
		return Trailer{}, fault.New(fault.Invalid, "unknown_format", "A table comes as csv or ndjson.")
	}
	if err := in.check(); err != nil {
		return Trailer{}, err
	}
	out := bufio.NewWriter(w)
	to, err := newWriter(out, table, format)
	if err != nil {
		return Trailer{}, err
	}
	e, err := newExport(ctx, &in, func(n Name) *writer {
		if n == name {
			return to
		}
		return nil
	})
	if err != nil {
		return Trailer{}, err
	}
	if err := e.run(ctx); err != nil {
		return Trailer{}, err
	}
	trailer, err := to.end()
	if err != nil {
		return Trailer{}, err
	}
	if err := trailer.write(out, format); err != nil {
		return Trailer{}, unwritten(err)
	}
	if err := out.Flush(); err != nil {
		return Trailer{}, unwritten(err)
	}
	return trailer, nil
}

// write writes the trailer's own line.
func (t Trailer) write(w io.Writer, format Format) error {
	if format == CSV {
		_, err := fmt.Fprintf(w, "# rows=%d bytes=%d sha256=%s\n", t.Rows, t.Bytes, t.SHA256)
		return err
	}
	line, err := json.Marshal(map[string]Trailer{"trailer": t})
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
