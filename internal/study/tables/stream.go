package tables

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"

	"holon/internal/fault"
)

// CheckOfSnapshot refuses the name of what is no table of a snapshot alone: numbers are
// of a release.
func CheckOfSnapshot(name Name) error {
	if name == Analyses {
		return fault.New(fault.NotFound, "numbers_are_in_a_release", "Numbers are in a release and in no table of a snapshot: GET /v1/studies/{study_id}/releases/{release_id}/records gives them, or holon study records. The package has them as the table analyses where it is asked for with its release.")
	}
	if _, known := Lookup(name); !known {
		return noSuchTable()
	}
	return nil
}

// noSuchTable refuses a table's name.
func noSuchTable() *fault.Error {
	var names []string
	for _, t := range All() {
		if t.Name != Analyses {
			names = append(names, string(t.Name))
		}
	}
	return fault.New(fault.NotFound, "no_such_table", "There is no such table. There are "+strings.Join(names, ", ")+".")
}

// Stream writes one table, group by group, and returns its trailer. Of NDJSON that is
// the last line as well: {"trailer":{"rows":…,"bytes":…,"sha256":"…"}}. CSV has no
// place for it that programs would not take for a row.
func Stream(ctx context.Context, w io.Writer, in Input, name Name, format Format) (Trailer, error) {
	table, known := Lookup(name)
	if !known {
		return Trailer{}, noSuchTable()
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
	if format == NDJSON {
		if err := trailer.write(out); err != nil {
			return Trailer{}, unwritten(err)
		}
	}
	if err := out.Flush(); err != nil {
		return Trailer{}, unwritten(err)
	}
	return trailer, nil
}

// write writes the trailer's own line.
func (t Trailer) write(w io.Writer) error {
	line, err := json.Marshal(map[string]Trailer{"trailer": t})
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
