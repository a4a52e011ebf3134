package tables

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"

	"holon/internal/fault"
)

// Format is how rows are written.
type Format string

// The formats.
const (
	CSV    Format = "csv"    // RFC 4180 in UTF-8, lines ended by LF, a header, empty for null
	NDJSON Format = "ndjson" // a line of JSON for each row, with every key
)

// Trailer says how much was written, so that a cut one is noticed.
type Trailer struct {
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of every byte before it
}

// writer writes the rows of one table.
type writer struct {
	table  Table
	to     io.Writer
	hash   hash.Hash
	csv    *csv.Writer // nil of NDJSON
	keys   [][]byte    // of NDJSON: the columns' names with quotes and colon
	fields []string    // taken again and again
	line   []byte      // likewise
	rows   int
	bytes  int64
}

// newWriter begins a table.
func newWriter(to io.Writer, t Table, format Format) (*writer, error) {
	w := &writer{table: t, to: to, hash: sha256.New(), fields: make([]string, len(t.Columns))}
	for i, c := range t.Columns {
		w.fields[i] = c.Name
	}
	if format == CSV {
		w.csv = csv.NewWriter(w)
		return w, w.record()
	}
	for i, name := range w.fields {
		key := `,"` + name + `":`
		if i == 0 {
			key = "{" + key[1:]
		}
		w.keys = append(w.keys, []byte(key))
	}
	return w, nil
}

// Write passes bytes on and counts them.
func (w *writer) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	_, _ = w.hash.Write(p[:n]) // a hash never fails to take bytes
	w.bytes += int64(n)
	return n, err
}

// write adds a row, which has a cell for every column.
func (w *writer) write(row []cell) error {
	if len(row) != len(w.table.Columns) {
		return fault.New(fault.Internal, "row_of_other_width", "A row does not have the columns of its table.")
	}
	w.rows++
	if w.csv == nil {
		return w.object(row)
	}
	for i, c := range row {
		w.fields[i] = string(c)
	}
	return w.record()
}

// record writes the fields as a line of CSV.
func (w *writer) record() error {
	if err := w.csv.Write(w.fields); err != nil {
		return unwritten(err)
	}
	return nil
}

// object writes a row as a line of JSON.
func (w *writer) object(row []cell) error {
	w.line = w.line[:0]
	for i, c := range row {
		w.line = append(w.line, w.keys[i]...)
		switch {
		case c == null():
			w.line = append(w.line, "null"...)
		case w.table.Columns[i].Type == Text:
			quoted, err := json.Marshal(string(c))
			if err != nil {
				return unwritten(err)
			}
			w.line = append(w.line, quoted...)
		default:
			w.line = append(w.line, c...)
		}
	}
	w.line = append(w.line, "}\n"...)
	if _, err := w.Write(w.line); err != nil {
		return unwritten(err)
	}
	return nil
}

// end writes what is still held and returns how much it was.
func (w *writer) end() (Trailer, error) {
	if w.csv != nil {
		if w.csv.Flush(); w.csv.Error() != nil {
			return Trailer{}, unwritten(w.csv.Error())
		}
	}
	return Trailer{Rows: w.rows, Bytes: w.bytes, SHA256: hex.EncodeToString(w.hash.Sum(nil))}, nil
}

// unwritten is the fault of rows that could not be passed on.
func unwritten(err error) error {
	return fault.Wrap(fault.Unavailable, "export_not_written", "The rows could not be written.", err)
}
