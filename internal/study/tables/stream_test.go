package tables_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"holon/internal/fault"
	"holon/internal/study/tables"
)

// TestStreamsEndWithATrailer reads every table as CSV and as lines of JSON: they hold
// the same, and the trailer knows how much.
func TestStreamsEndWithATrailer(t *testing.T) {
	t.Parallel()
	in := input(full(t))
	files, _ := packed(t, in)
	for _, table := range tables.All() {
		var text, lines bytes.Buffer
		trailer, err := tables.Stream(t.Context(), &text, in, table.Name, tables.CSV)
		if err != nil {
			t.Fatal(err)
		}
		body := files[string(table.Name)+".csv"]
		sum := sha256.Sum256(body)
		if text.String() != string(body) || trailer.Bytes != int64(len(body)) || trailer.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: the CSV is not that of the package, or its trailer is another's", table.Name)
		}
		if _, err = tables.Stream(t.Context(), &lines, in, table.Name, tables.NDJSON); err != nil {
			t.Fatal(err)
		}
		sameRows(t, table, cellsOf(t, body), lines.Bytes())
	}
	if _, err := tables.Stream(t.Context(), &bytes.Buffer{}, in, "people", tables.CSV); !fault.Is(err, fault.NotFound) {
		t.Errorf("of a table that is none: %v", err)
	}
	for name, rule := range map[tables.Name]string{tables.Cohesion: "", tables.Analyses: "numbers_are_in_a_release", "people": "no_such_table"} {
		if err := tables.CheckOfSnapshot(name); fault.RuleOf(err) != rule {
			t.Errorf("%s of a snapshot: %v", name, err)
		}
	}
	if _, err := tables.Stream(t.Context(), &bytes.Buffer{}, in, tables.Cohesion, "xlsx"); !fault.Is(err, fault.Invalid) {
		t.Errorf("of a format that is none: %v", err)
	}
}

// sameRows compares lines of JSON with cells.
func sameRows(t *testing.T, table tables.Table, rows []map[string]string, lines []byte) {
	t.Helper()
	n, read := 0, 0
	for line := range bytes.Lines(lines) {
		if n == len(rows) {
			var last struct {
				Trailer tables.Trailer `json:"trailer"`
			}
			if err := json.Unmarshal(line, &last); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(lines[:read])
			if last.Trailer.Rows != len(rows) || last.Trailer.Bytes != int64(read) || last.Trailer.SHA256 != hex.EncodeToString(sum[:]) || read+len(line) != len(lines) {
				t.Errorf("%s: the trailer is %+v after %d rows and %d bytes", table.Name, last.Trailer, n, read)
			}
			return
		}
		read += len(line)
		var row map[string]json.RawMessage
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%s: %v: %s", table.Name, err, line)
		}
		for _, c := range table.Columns {
			cell := rows[n][c.Name]
			want := cell
			switch {
			case cell == "":
				want = "null"
			case c.Type == tables.Text:
				want = `"` + cell + `"`
			}
			if string(row[c.Name]) != want || len(row) != len(table.Columns) {
				t.Errorf("%s: %s is %s, want %s, of %d keys", table.Name, c.Name, row[c.Name], want, len(row))
			}
		}
		n++
	}
	t.Errorf("%s: %d lines and no trailer", table.Name, n)
}
