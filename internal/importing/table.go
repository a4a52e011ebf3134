package importing

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"holon/internal/fault"
)

// maxRow bounds one row. A quotation mark that is never closed makes a row of
// the whole rest of the file.
const maxRow = 1 << 20

// table is a delimited file that is read again and again.
type table struct {
	file   io.ReaderAt
	size   int64
	comma  rune
	begin  int64 // behind a byte order mark
	header []string
}

// span is a run of rows: where its bytes are, and the line of the first row (0:
// the file begins there).
type span struct {
	offset, length int64
	line           int
}

// record is one row as it stands in the file. Its fields are good until the next
// one is read; the texts stay.
type record struct {
	fields      []string
	line        int
	offset, end int64
}

// blank tells whether all cells are empty, as below the last row of a
// spreadsheet.
func (r *record) blank() bool {
	return !slices.ContainsFunc(r.fields, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// errRowTooLong ends reading at a row that has no end.
var errRowTooLong = errors.New("a row without an end")

// openTable looks at the beginning of a file: its encoding, how cells are apart,
// and the header. delimiter 0 finds it out.
func openTable(file io.ReaderAt, size int64, delimiter rune) (*table, error) {
	head := make([]byte, min(size, maxRow))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	t := &table{file: file, size: size, comma: delimiter}
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, fault.New(fault.Invalid, "empty_file", "The file is empty.")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fault.New(fault.Invalid, "not_csv", "This is a spreadsheet or an archive, not CSV. Save the sheet as “CSV UTF-8”.")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.IndexByte(head, 0) >= 0:
		return nil, fault.New(fault.Invalid, "wrong_encoding", "The file is UTF-16 or no text. Save it as “CSV UTF-8”.")
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		t.begin = 3
	}
	if t.comma == 0 {
		t.comma = delimiterOf(head[t.begin:])
	}
	for rec, err := range t.rows(span{offset: t.begin, length: size - t.begin}, io.Discard) {
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "header_unreadable", "The first row, which names the columns, cannot be read: check its quotation marks.", err)
		}
		for _, name := range rec.fields {
			t.header = append(t.header, strings.TrimSpace(strings.Clone(name)))
		}
		break
	}
	return t, nil
}

// unreadable answers a file that breaks while it is read.
func unreadable(err error) error {
	return fault.Wrap(fault.Invalid, "unreadable_file", "The file cannot be read to its end.", err)
}

// delimiterOf returns what keeps the cells of the first line apart: the comma,
// the semicolon or the tab, whichever there are most of outside of quotes.
func delimiterOf(head []byte) rune {
	count := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}

// guarded passes on what is read, as long as no row is longer than maxRow.
type guarded struct {
	r    io.Reader
	left int64
}

// Read is the reader's.
func (g *guarded) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := g.r.Read(p)
	g.left -= int64(n)
	return n, err
}

// rows yields the rows of a span; what is read goes to copied too. One that
// cannot be read comes as a csv.ParseError with its line, and the next one
// follows; any other error is the last.
func (t *table) rows(s span, copied io.Writer) func(yield func(record, error) bool) {
	return func(yield func(record, error) bool) {
		in := &guarded{r: io.TeeReader(io.NewSectionReader(t.file, s.offset, s.length), copied), left: maxRow}
		r := csv.NewReader(in)
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = t.comma, -1, true
		shift, first, next := 0, s.line > 0, 1 // next: the line on which the next row begins, blank ones aside
		end := s.offset
		for {
			fields, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			in.left = maxRow
			rec := record{fields: fields, offset: end, end: s.offset + r.InputOffset()}
			end = rec.end
			broken, parsed := errors.AsType[*csv.ParseError](err)
			switch {
			case err != nil && !parsed:
				rec.line = next + shift
				yield(rec, err)
				return
			case parsed:
				rec.line, next = broken.StartLine, broken.Line+1
			default:
				rec.line, _ = r.FieldPos(0)
				begins, _ := r.FieldPos(len(fields) - 1)
				next = begins + strings.Count(fields[len(fields)-1], "\n") + 1
			}
			if first {
				shift, first = s.line-rec.line, false
			}
			rec.line += shift
			if !yield(rec, err) {
				return
			}
		}
	}
}

// body yields every row after the header, with what cannot be read as a fault.
// The whole file goes to hash.
func (t *table) body(ctx context.Context, hash io.Writer, row func(record), note func(Fault)) error {
	if _, err := io.Copy(hash, io.NewSectionReader(t.file, 0, t.begin)); err != nil {
		return unreadable(err)
	}
	header := true
	for rec, err := range t.rows(span{offset: t.begin, length: t.size - t.begin}, hash) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		broken, parsed := errors.AsType[*csv.ParseError](err)
		switch {
		case errors.Is(err, errRowTooLong):
			note(Fault{Line: rec.line, Rule: "row_without_end", Detail: "The row that begins here has no end within a megabyte. Mostly a quotation mark was opened and never closed. What follows could not be read."})
			return nil
		case err != nil && !parsed:
			return unreadable(err)
		case parsed:
			note(Fault{Line: rec.line, Rule: "bad_quotes", Detail: quoteSentence(broken)})
		case header:
			header = false
		case rec.blank():
		case len(rec.fields) != len(t.header):
			note(Fault{Line: rec.line, Rule: "wrong_field_count", Detail: fmt.Sprintf("The row has %d cells and the header %d. A delimiter is missing, is one too many, or stands in a cell without quotation marks.", len(rec.fields), len(t.header))})
		case t.encoded(&rec, note):
			row(rec)
		}
	}
	return nil
}

// quoteSentence says what is wrong with quotation marks.
func quoteSentence(broken *csv.ParseError) string {
	if errors.Is(broken.Err, csv.ErrBareQuote) {
		return "A quotation mark stands in a cell that does not begin with one. Put the whole cell in quotation marks, and write those inside it twice."
	}
	return "A cell's quotation marks are not closed, or something follows the closing one. Write quotation marks inside a cell twice."
}

// encoded tells whether all cells are UTF-8, and notes those that are not.
func (t *table) encoded(rec *record, note func(Fault)) bool {
	good := true
	for i, s := range rec.fields {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			good = false
			note(Fault{Line: rec.line, Column: i + 1, Name: t.header[i], Rule: "wrong_encoding", Detail: "This cell is not UTF-8. Save the file as “CSV UTF-8”."})
		}
	}
	return good
}
