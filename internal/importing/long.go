package importing

import (
	"slices"
	"strings"
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

// newLongLayout finds the columns in the header, and notes everything that is
// wrong with it.
func newLongLayout(header []string, note func(Fault)) *longLayout {
	l := &longLayout{}
	at := findColumns(header, fieldNames[:], note)
	for f := range fields {
		l.at[f] = place{column: at[f], name: fieldNames[f]}
	}
	for _, f := range []field{groupField, raterKindField, raterField, instrumentField, versionField, occasionField} {
		if at[f] == 0 {
			note(columnMissing(fieldNames[f], "The column is missing."))
		}
	}
	if at[numberField] == 0 && at[heldOnField] == 0 {
		note(columnMissing(fieldNames[numberField], "A column that names the session is missing: session_number, held_on, or both."))
	}
	if at[itemField] == 0 && at[totalField] == 0 && at[attendanceField] == 0 {
		note(columnMissing(fieldNames[itemField], "A column with answers is missing: item with value and state, or reported_total."))
	}
	if at[itemField] > 0 && at[valueField] == 0 {
		note(columnMissing(fieldNames[valueField], "The column is missing."))
	}
	return l
}

// columnMissing is the fault of a header.
func columnMissing(name, detail string) Fault {
	return Fault{Line: 1, Name: name, Rule: "column_missing", Detail: detail}
}

// findColumns finds named columns in a header, counted from 1, and notes what
// is not among them or there twice.
func findColumns(header, names []string, note func(Fault)) []int {
	at := make([]int, len(names))
	for i, name := range header {
		f := slices.Index(names, name)
		switch {
		case f < 0:
			detail := "No column of this name is known. The columns are: " + strings.Join(names, ", ") + "."
			note(Fault{Line: 1, Column: i + 1, Name: columnWord(name), Rule: "unknown_column", Detail: detail})
		case at[f] > 0:
			note(Fault{Line: 1, Column: i + 1, Name: name, Rule: "column_twice", Detail: "The header has two columns of this name."})
		default:
			at[f] = i + 1
		}
	}
	return at
}

// columnWord returns a name from a header if it looks like one. Where the header
// was forgotten, its cells may be anybody's data.
func columnWord(name string) string {
	if len(name) > 40 || strings.ContainsFunc(name, func(c rune) bool { return c != '_' && (c < 'a' || c > 'z') }) {
		return ""
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
