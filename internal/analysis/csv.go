package analysis

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"holon/internal/fault"
)

// MaxTable is the largest table that is read, in bytes.
const MaxTable = 64 << 20

// maxCellFaults bounds how many faults of one table are answered.
const maxCellFaults = 20

// decimal is a number as tables write it: no NaN, no infinity, no hexadecimal,
// no decimal comma.
var decimal = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// sheet holds the columns of a table that have a role, by name.
type sheet struct {
	size    int // rows
	names   map[string][]string
	numbers map[string][]float64 // NaN stands for an empty cell and stays here
}

// readTable reads a table with a header line, separated by commas, as UTF-8
// (with or without byte order mark) with line feeds or carriage returns and
// line feeds. An empty cell is a missing value; any other cell of an outcome
// is a finite decimal number. Every fault is answered with line and column,
// the first twenty, and never with what stood there.
func readTable(r io.Reader, columns []column) (*sheet, error) {
	limited := &io.LimitedReader{R: r, N: MaxTable + 1}
	buffered := bufio.NewReader(limited)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		if _, err := buffered.Discard(3); err != nil {
			return nil, unreadable(err)
		}
	}
	in := csv.NewReader(buffered)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, lineFault(err, limited.N)
	}
	at, err := locate(header, columns)
	if err != nil {
		return nil, err
	}
	t := &tableReader{in: in, at: at, columns: columns, texts: make([][]string, len(columns)), numbers: make([][]float64, len(columns)), names: map[string]string{}}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || limited.N <= 0 {
			return nil, lineFault(err, limited.N)
		}
		t.row(record)
		if t.faults.Len() >= maxCellFaults {
			break
		}
	}
	if limited.N <= 0 {
		return nil, lineFault(nil, limited.N)
	}
	if err := t.faults.Err(); err != nil {
		return nil, err
	}
	return t.sheet(), nil
}

// locate finds at which index the columns stand, or answers every one that is
// not there.
func locate(header []string, columns []column) ([]int, error) {
	var faults fault.List
	for i, name := range header {
		switch {
		case !utf8.ValidString(name):
			faults.Add(cell(1, i), "invalid_utf8", fmt.Sprintf("Line 1, column %d is not UTF-8 text.", i+1))
		case slices.Contains(header[:i], name):
			faults.Add(cell(1, i), "column_twice", fmt.Sprintf("Line 1, column %d has the same name as a column before it.", i+1))
		}
	}
	at := make([]int, len(columns))
	for k, c := range columns {
		at[k] = slices.Index(header, c.name)
		if at[k] >= 0 {
			continue
		}
		detail := "The table has no column of this name; its first line holds the names."
		if len(header) == 1 {
			detail = "The table has one column, of another name. Its first line holds the names, with commas between them; other separators are not read."
		}
		faults.Add(c.pointer, "no_such_column", detail)
	}
	return at, faults.Err()
}

// tableReader takes rows into a sheet.
type tableReader struct {
	in      *csv.Reader
	columns []column
	at      []int // where each column stands
	size    int
	texts   [][]string
	numbers [][]float64
	faults  fault.List
	names   map[string]string // every name once, so that rows share them
}

// row takes one record.
func (t *tableReader) row(record []string) {
	t.size++
	for k, i := range t.at {
		if t.columns[k].number {
			t.numbers[k] = append(t.numbers[k], t.number(record, i))
		} else {
			t.texts[k] = append(t.texts[k], t.name(record, i))
		}
	}
}

// sheet returns what was read.
func (t *tableReader) sheet() *sheet {
	s := &sheet{size: t.size, names: map[string][]string{}, numbers: map[string][]float64{}}
	for k, c := range t.columns {
		if c.number {
			s.numbers[c.name] = t.numbers[k]
		} else {
			s.names[c.name] = t.texts[k]
		}
	}
	return s
}

// name returns the cell that names a group, member or session.
func (t *tableReader) name(record []string, i int) string {
	s := record[i]
	if known, ok := t.names[s]; ok {
		return known
	}
	switch {
	case !utf8.ValidString(s):
		t.fault(i, "invalid_utf8", "is not UTF-8 text")
	case strings.TrimSpace(s) != s:
		t.fault(i, "space_around_name", "has spaces before or after the name, which would make another name of it")
	}
	s = strings.Clone(s)
	t.names[s] = s
	return s
}

// number returns the cell of an outcome, NaN for an empty one.
func (t *tableReader) number(record []string, i int) float64 {
	s := record[i]
	if s == "" {
		return math.NaN()
	}
	if !decimal.MatchString(s) {
		t.fault(i, "not_a_number", "is not a finite number with a decimal point, such as 3.5; a missing value is an empty cell")
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.fault(i, "out_of_range", "is a number too large to compute with")
		return math.NaN()
	}
	return v
}

// fault notes what is wrong with a cell of the record just read.
func (t *tableReader) fault(i int, rule, what string) {
	line, _ := t.in.FieldPos(i)
	t.faults.Add(cell(line, i), rule, fmt.Sprintf("Line %d, column %d %s.", line, i+1, what))
}

// cell is the pointer to a cell: its line and column, both from 1.
func cell(line, i int) string { return fmt.Sprintf("/lines/%d/%d", line, i+1) }

// lineFault is the fault of a line that is none, or of a table that is too
// large or empty.
func lineFault(err error, left int64) error {
	if left <= 0 {
		return fault.New(fault.TooLarge, "table_too_large", fmt.Sprintf("The table has more than %d bytes.", MaxTable))
	}
	if errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "empty_table", "The table is empty. Its first line names the columns.")
	}
	bad, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return unreadable(err)
	}
	rule, what := "bad_quotes", "has a quotation mark where none may be, or one that is never closed"
	if errors.Is(bad.Err, csv.ErrFieldCount) {
		rule, what = "ragged_row", "has another number of cells than the first line"
	}
	return fault.At(fmt.Sprintf("/lines/%d", bad.Line), rule, fmt.Sprintf("Line %d %s.", bad.Line, what))
}

// unreadable is the fault of a file that breaks off.
func unreadable(err error) error {
	return fault.Wrap(fault.Internal, "unreadable_table", "The table could not be read to its end.", err)
}
