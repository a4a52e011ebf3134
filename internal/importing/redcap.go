package importing

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"holon/internal/fault"
)

// The columns that REDCap itself makes.
const (
	eventColumn  = "redcap_event_name"
	repeatColumn = "redcap_repeat_instrument"
)

// redcapLayout turns rows of a flat REDCap export into rows of the long table.
type redcapLayout struct {
	m      *Mapping
	column map[string]int // counted from 1
	forms  []redcapForm
	common [fields]place
	marks  [fields]place
	shared map[string]carried // values that a record, or an event of it, gives for other rows
	report *Report
	used   []bool // columns that the mapping names
	list   []row
}

// redcapForm is where one form stands.
type redcapForm struct {
	*FormMapping

	items   []int
	columns []int // beside items
	at      [][fields]place
	total   [fields]place
}

// carried is the value that some row of a record gives.
type carried struct {
	text string
	many bool // rows give different ones
}

// newREDCapLayout finds the mapping's columns in the header, and what records
// give for their other rows.
func newREDCapLayout(ctx context.Context, t *table, m *Mapping, report *Report, note func(Fault)) (*redcapLayout, error) {
	if m == nil {
		return nil, fault.New(fault.Invalid, "mapping_missing", "A REDCap file needs a mapping.")
	}
	l := &redcapLayout{m: m, column: map[string]int{}, shared: map[string]carried{}, report: report, used: make([]bool, len(t.header)+1)}
	for i, name := range t.header {
		if l.column[name] > 0 {
			note(Fault{Line: 1, Column: i + 1, Name: columnWord(name), Rule: "column_twice", Detail: "The header has two columns of this name."})
		}
		l.column[name] = i + 1
	}
	if l.find(t.header, note) {
		return l, nil
	}
	for i, name := range t.header {
		if !l.used[i+1] && !slices.Contains(m.Ignore, name) && !strings.HasPrefix(name, "redcap_") {
			report.Unmapped = append(report.Unmapped, name)
		}
	}
	return l, l.share(ctx, t)
}

// sources lists the columns that a row may leave to another row of its record.
func (l *redcapLayout) sources() (columns []int) {
	add := func(s *Source) {
		if s != nil && s.Field != "" && !strings.HasPrefix(s.Field, "redcap_") {
			columns = append(columns, l.column[s.Field])
		}
	}
	add(&l.m.Group)
	add(l.m.Session.Number)
	add(l.m.Session.HeldOn)
	if l.m.Attendance != nil {
		add(&l.m.Attendance.Member)
	}
	for i := range l.forms {
		add(&l.forms[i].Rater)
		add(l.forms[i].AboutTherapist)
		add(l.forms[i].AboutMember)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// share reads the file once for what records give for their other rows.
func (l *redcapLayout) share(ctx context.Context, t *table) error {
	columns := l.sources()
	return t.body(ctx, io.Discard, func(rec record) {
		for _, c := range columns {
			text := strings.TrimSpace(rec.fields[c-1])
			if text == "" {
				continue
			}
			for _, key := range l.shareKeys(&rec, c) {
				there, ok := l.shared[key]
				switch {
				case !ok:
					l.shared[key] = carried{text: strings.Clone(text)}
				case there.text != text:
					there.many = true
					l.shared[key] = there
				}
			}
		}
	}, func(Fault) {})
}

// shareKeys names a column's value in the event of a row, and in its record.
func (l *redcapLayout) shareKeys(rec *record, column int) [2]string {
	id, c := l.cell(rec, l.m.Record), "\x00"+strconv.Itoa(column)
	return [2]string{id + "\x00" + l.cell(rec, eventColumn) + c, id + c}
}

// cell returns what stands in a column of a row, nothing when there is no such
// column.
func (l *redcapLayout) cell(rec *record, name string) string {
	if c := l.column[name]; c > 0 && name != "" {
		return strings.TrimSpace(rec.fields[c-1])
	}
	return ""
}

// value returns what a source says for a row: the row itself, else its event,
// else its record.
func (l *redcapLayout) value(rec *record, s *Source, at place, note func(Fault)) string {
	switch {
	case s == nil:
		return ""
	case s.Field == "":
		return s.Value
	}
	if own := l.cell(rec, s.Field); own != "" || strings.HasPrefix(s.Field, "redcap_") {
		return own
	}
	for _, key := range l.shareKeys(rec, at.column) {
		there, ok := l.shared[key]
		switch {
		case !ok:
		case there.many:
			note(Fault{Line: rec.line, Column: at.column, Name: at.name, Rule: "record_contradicts", Detail: "The cell is empty, and other rows of the record say different things. Fill it in."})
			return ""
		default:
			return there.text
		}
	}
	return ""
}

// rows is the layout's.
func (l *redcapLayout) rows(rec *record, note func(Fault)) []row {
	l.list = l.list[:0]
	base := row{line: rec.line, at: &l.common}
	event, repeat := l.cell(rec, eventColumn), l.cell(rec, repeatColumn)
	base.cells[kindField], base.cells[stageField] = l.m.Events[event].Kind, l.m.Events[event].Stage
	if a := l.m.Attendance; a != nil {
		if code := l.cell(rec, a.Field); code != "" {
			r := base
			r.at = &l.marks
			r.cells[raterKindField] = "member"
			r.cells[raterField] = l.value(rec, &a.Member, l.marks[raterField], note)
			r.cells[attendanceField] = cmp.Or(a.Values[code], code)
			l.list = append(l.list, r)
		}
	}
	for i := range l.forms {
		f := &l.forms[i]
		if f.RepeatInstrument == repeat && (len(f.Events) == 0 || slices.Contains(f.Events, event)) {
			l.form(rec, f, base, note)
		}
	}
	if len(l.list) == 0 {
		return nil
	}
	group := l.value(rec, &l.m.Group, l.common[groupField], note)
	number := l.value(rec, l.m.Session.Number, l.common[numberField], note)
	day := l.value(rec, l.m.Session.HeldOn, l.common[heldOnField], note)
	for i := range l.list {
		c := &l.list[i].cells
		c[groupField], c[numberField], c[heldOnField] = group, number, day
	}
	return l.list
}

// total returns the total that a row reports; a missing-data code is none.
func (l *redcapLayout) total(rec *record, f *redcapForm) string {
	text := l.cell(rec, f.ReportedTotal)
	if _, missing := l.m.Missing[text]; missing {
		return ""
	}
	return text
}

// form adds the rows of one form, unless all of it is blank: then it was not
// due.
func (l *redcapLayout) form(rec *record, f *redcapForm, base row, note func(Fault)) {
	filled := l.total(rec, f) != ""
	for _, c := range f.columns {
		filled = filled || strings.TrimSpace(rec.fields[c-1]) != ""
	}
	if !filled {
		return
	}
	base.at = &f.total
	c := &base.cells
	c[instrumentField], c[versionField], c[occasionField], c[raterKindField] = f.Instrument, f.Version, f.Occasion, f.RaterKind
	c[raterField] = l.value(rec, &f.Rater, f.total[raterField], note)
	c[aboutTherapistField] = l.value(rec, f.AboutTherapist, f.total[aboutTherapistField], note)
	c[aboutMemberField] = l.value(rec, f.AboutMember, f.total[aboutMemberField], note)
	c[answeredOnField], c[totalField] = l.cell(rec, f.AnsweredOn), l.total(rec, f)
	answered := false
	for i, column := range f.columns {
		r := base
		r.at = &f.at[i]
		text := strings.TrimSpace(rec.fields[column-1])
		answered = answered || text != ""
		r.cells[itemField] = itoa(f.items[i])
		switch state, missing := l.m.Missing[text]; {
		case text == "":
			r.cells[stateField] = l.m.Blank
		case missing:
			r.cells[stateField] = state
		default:
			r.cells[valueField] = cmp.Or(f.Recode[text], text)
		}
		l.list = append(l.list, r)
	}
	if !answered { // a total alone stays one
		l.list = append(l.list[:len(l.list)-len(f.columns)], base)
	}
}
