package importing

import (
	"slices"
	"strings"

	"holon/internal/fault"
)

// layout turns a row of a file into rows of the long table, which are all of
// one session. What it returns is good until the next call.
type layout interface {
	rows(rec *record, note func(Fault)) []row
}

// longLayout is that of a file which is a long table itself.
type longLayout struct {
	at  [fields]place
	one [1]row
}

// newLongLayout finds the columns in the header, or says everything that is
// wrong with it.
func newLongLayout(header []string) (*longLayout, error) {
	l := &longLayout{}
	for f := range fields {
		l.at[f].name = fieldNames[f]
	}
	var faults fault.List
	for i, name := range header {
		at := "header, column " + columnName(i+1)
		f := slices.Index(fieldNames[:], name)
		switch {
		case f < 0:
			faults.Add(at, "unknown_column", "No column of this name is known. The columns are: "+strings.Join(fieldNames[:], ", ")+".")
		case l.at[f].column > 0:
			faults.Add(at, "column_twice", "The header has two columns of this name.")
		default:
			l.at[f].column = i + 1
		}
	}
	for _, f := range []field{groupField, raterKindField, raterField, instrumentField, versionField, occasionField} {
		if l.at[f].column == 0 {
			faults.Add("header", "column_missing", "The column "+fieldNames[f]+" is missing.")
		}
	}
	if l.at[numberField].column == 0 && l.at[heldOnField].column == 0 {
		faults.Add("header", "column_missing", "A column that names the session is missing: session_number, held_on, or both.")
	}
	if l.at[itemField].column == 0 && l.at[totalField].column == 0 && l.at[attendanceField].column == 0 {
		faults.Add("header", "column_missing", "A column with answers is missing: item with value and state, or reported_total.")
	}
	if l.at[itemField].column > 0 && l.at[valueField].column == 0 {
		faults.Add("header", "column_missing", "The column value is missing.")
	}
	return l, faults.Err()
}

// columnName gives a column as spreadsheets call it: A, B, … Z, AA, …
func columnName(n int) string {
	name := ""
	for ; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// rows is the layout's.
func (l *longLayout) rows(rec *record, _ func(Fault)) []row {
	r := &l.one[0]
	*r = row{line: rec.line, at: &l.at}
	for f := range fields {
		if c := l.at[f].column; c > 0 {
			r.cells[f] = strings.TrimSpace(rec.fields[c-1])
		}
	}
	return l.one[:]
}
