package importing

import (
	"strconv"
	"strings"
)

// field is a column of the long table. Every file is turned into its rows.
type field int

// The columns.
const (
	groupField field = iota
	numberField
	heldOnField
	kindField
	stageField
	raterKindField
	raterField
	aboutTherapistField
	aboutMemberField
	instrumentField
	versionField
	occasionField
	itemField
	valueField
	stateField
	totalField
	answeredOnField
	attendanceField
	modalityField
	fields
)

// fieldNames are the columns' names, in order.
//
//nolint:gochecknoglobals // a constant table; Go has no constant arrays
var fieldNames = [fields]string{
	"group", "session_number", "held_on", "session_kind", "stage", "rater_kind", "rater", "about_therapist", "about_member",
	"instrument", "version", "occasion", "item", "value", "state", "reported_total", "answered_on", "attendance", "modality",
}

// identifies tells whether a column says which form a row belongs to.
func (f field) identifies() bool { return f >= raterKindField && f <= occasionField }

// place is where a field of a row stands in the file.
type place struct {
	column int // counted from 1; 0: not in the file
	name   string
}

// row is one row of the long table, wherever it comes from.
type row struct {
	line  int
	cells [fields]string
	at    *[fields]place
}

// fault makes a fault of one of the row's fields.
func (r *row) fault(f field, rule, detail string) Fault {
	return Fault{Line: r.line, Column: r.at[f].column, Name: r.at[f].name, Rule: rule, Detail: detail}
}

// number reads a number as it stands in a cell.
func number(text string) (v float64, rule, detail string) {
	if strings.Contains(text, ",") {
		return 0, "decimal_comma", "Decimals are written with a point, such as 7.5."
	}
	plain := strings.IndexFunc(text, func(c rune) bool { return !strings.ContainsRune("0123456789.+-eE", c) }) < 0
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !plain {
		return 0, "not_a_number", "This is no number. An answer that is missing has an empty value and a state."
	}
	return v, "", ""
}

// whole reads a whole number from 1 on.
func whole(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && text[0] != '+'
}

// itoa writes an item's number.
func itoa(n int) string { return strconv.Itoa(n) }
