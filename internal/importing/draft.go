package importing

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// formKey says in the file's words which form of a session a row belongs to. A
// form has one version, which is no part of its place.
type formKey struct {
	instrument, raterKind, rater, aboutTherapist, aboutMember, occasion string
}

// answer is what one row says of an item.
type answer struct {
	session.AnswerInput

	row row
}

// draft is a form as it is gathered from its rows.
type draft struct {
	key         formKey
	first       row
	lines       []int
	answers     []answer
	total       *float64
	totalRow    row
	answeredRow row
	faulty      bool
	held        bool            // the practice has it
	known       map[field]bool  // fields of which no more need be said
	told        map[string]bool // what was said of the form as a whole
	input       session.FormInput
}

// mark is what a row says of a member's attendance.
type mark struct {
	row  row
	mark session.Mark
}

// evening is everything that a file says of one session.
type evening struct {
	*ledger

	notices *ledger
	first   row
	said    map[field]row // what the rows say of the session itself
	forms   []*draft
	byKey   map[formKey]*draft
	marks   []*mark
	broken  bool // the session itself is at fault
	stray   bool // a row is at fault in what says which form it belongs to
	rows    int
}

// newEvening returns one without rows.
func newEvening(faults, notices *ledger) *evening {
	return &evening{ledger: faults, notices: notices, said: map[field]row{}, byKey: map[formKey]*draft{}}
}

// take adds a row.
func (e *evening) take(r row) {
	if e.rows++; e.rows == 1 {
		e.first = r
	}
	for _, f := range []field{heldOnField, kindField, stageField} {
		e.say(f, r)
	}
	if r.cells[attendanceField] != "" || r.cells[modalityField] != "" {
		e.takeMark(r)
	}
	if r.cells[instrumentField] == "" && r.cells[itemField] == "" && r.cells[totalField] == "" && r.cells[valueField] == "" && r.cells[stateField] == "" {
		if r.cells[attendanceField] == "" && r.cells[modalityField] == "" {
			e.stray = true
			e.note(r.fault(instrumentField, "row_says_nothing", "The row holds neither an answer nor attendance. Name the instrument, or leave the row out."))
		}
		return
	}
	e.takeAnswer(r)
}

// say notes what a row says of the session; all rows of a session say the same
// or nothing.
func (e *evening) say(f field, r row) {
	if r.cells[f] == "" {
		return
	}
	there, ok := e.said[f]
	switch {
	case !ok:
		e.said[f] = r
	case there.cells[f] != r.cells[f]:
		e.broken = true
		x := r.fault(f, "session_contradicts", "Another row says otherwise of the same session. Give the same in every row of a session, or only in one.")
		x.Also = []int{there.line}
		e.note(x)
	}
}

// takeMark adds what a row says of the attendance of its member.
func (e *evening) takeMark(r row) {
	switch {
	case r.cells[attendanceField] == "":
		e.broken = true
		e.note(r.fault(attendanceField, "attendance_missing", "A modality goes with an attendance: present, late or left_early."))
		return
	case r.cells[raterKindField] != string(instrument.RaterMember) || r.cells[raterField] == "":
		e.broken = true
		e.note(r.fault(attendanceField, "attendance_of_member", "Attendance is said of a member: give rater_kind member and the member's code as the rater."))
		return
	}
	for _, m := range e.marks {
		if m.row.cells[raterField] != r.cells[raterField] {
			continue
		}
		for _, f := range []field{attendanceField, modalityField} {
			if m.row.cells[f] != r.cells[f] {
				e.broken = true
				x := r.fault(f, "conflicting_rows", "Two rows say otherwise of one member's attendance. Decide which is right, and remove the other.")
				x.Also = []int{m.row.line}
				e.note(x)
			}
		}
		return
	}
	e.marks = append(e.marks, &mark{row: r, mark: session.Mark{
		Attendance: session.Attendance(r.cells[attendanceField]), Modality: session.Modality(r.cells[modalityField]),
	}})
}

// takeAnswer adds a row to its form.
func (e *evening) takeAnswer(r row) {
	d := e.draftOf(r)
	d.lines = append(d.lines, r.line)
	if r.cells[versionField] != d.first.cells[versionField] && r.cells[versionField] != "" {
		e.conflict(d, r, d.first, versionField, "two_versions", "Another row of this form names another version. A form has one.")
	}
	e.takeTotal(d, r)
	e.takeDay(d, r)
	item, hasItem := r.cells[itemField], r.cells[itemField] != ""
	switch {
	case !hasItem && (r.cells[valueField] != "" || r.cells[stateField] != ""):
		e.fault(d, r, itemField, "item_missing", "A value or a state belongs to an item. Give its number, or give a total of a paper form in reported_total.")
	case !hasItem && r.cells[totalField] == "":
		e.fault(d, r, itemField, "nothing_answered", "Give an item with its value or state, or the reported_total of a paper form.")
	case hasItem:
		n, ok := whole(item)
		if !ok {
			e.fault(d, r, itemField, "bad_item", "An item is given by its number: 1, 2, …")
		}
		a := answer{AnswerInput: session.AnswerInput{Item: n, State: r.cells[stateField]}, row: r}
		if text := r.cells[valueField]; text != "" {
			v, rule, detail := number(text)
			if rule != "" {
				e.fault(d, r, valueField, rule, detail)
				return
			}
			a.Value = &v
		}
		if ok {
			e.answer(d, a)
		}
	}
}

// draftOf returns the form that a row belongs to. What is missing to tell is
// named once for each row.
func (e *evening) draftOf(r row) *draft {
	for _, f := range []field{raterKindField, raterField, instrumentField, versionField, occasionField} {
		if r.cells[f] == "" {
			e.stray = true
			e.note(r.fault(f, "cell_empty", "This says which form the row belongs to, and is never left empty."))
		}
	}
	k := formKey{
		instrument: r.cells[instrumentField], raterKind: r.cells[raterKindField], rater: r.cells[raterField],
		aboutTherapist: r.cells[aboutTherapistField], aboutMember: r.cells[aboutMemberField], occasion: r.cells[occasionField],
	}
	d, ok := e.byKey[k]
	if !ok {
		d = &draft{key: k, first: r}
		for _, f := range []field{raterKindField, raterField, instrumentField, versionField, occasionField} {
			if r.cells[f] == "" {
				d.faulty = true
				d.know(f)
			}
		}
		e.byKey[k] = d
		e.forms = append(e.forms, d)
	}
	return d
}

// takeTotal adds the total that a row reports.
func (e *evening) takeTotal(d *draft, r row) {
	text := r.cells[totalField]
	if text == "" {
		return
	}
	v, rule, detail := number(text)
	switch {
	case rule != "":
		e.fault(d, r, totalField, rule, detail)
		d.know(totalField)
	case d.total == nil:
		d.total, d.totalRow = &v, r
	case *d.total != v:
		e.conflict(d, r, d.totalRow, totalField, "conflicting_rows", "Two rows report another total of one form. Decide which is right, and remove the other.")
	case r.cells[itemField] == "":
		e.twice(r, d.totalRow)
	}
}

// takeDay adds the day on which a row says that the form was answered.
func (e *evening) takeDay(d *draft, r row) {
	switch there := d.answeredRow.cells[answeredOnField]; r.cells[answeredOnField] {
	case "", there:
	default:
		if there != "" {
			e.conflict(d, r, d.answeredRow, answeredOnField, "conflicting_rows", "Two rows of one form name another day.")
			return
		}
		d.answeredRow = r
	}
}

// answer adds an answer, unless the item has one already.
func (e *evening) answer(d *draft, a answer) {
	for i := range d.answers {
		there := &d.answers[i]
		if there.Item != a.Item {
			continue
		}
		switch {
		case there.State == a.State && (there.Value == nil) == (a.Value == nil) && (a.Value == nil || *a.Value == *there.Value):
			e.twice(a.row, there.row)
		default:
			f := valueField
			if there.State != a.State {
				f = stateField
			}
			e.conflict(d, a.row, there.row, f, "conflicting_rows", "Two rows answer one item of the same form otherwise. Decide which is right, and remove the other.")
		}
		return
	}
	d.answers = append(d.answers, a)
}

// twice shows a row that says the same as another one.
func (e *evening) twice(r, there row) {
	e.notices.note(Fault{Line: r.line, Rule: "row_twice", Detail: "Another row says the very same. It is taken once.", Also: []int{there.line}})
}

// fault notes what is wrong with a row of a form.
func (e *evening) fault(d *draft, r row, f field, rule, detail string) {
	d.faulty = true
	e.note(r.fault(f, rule, detail))
}

// conflict notes that two rows of a form contradict each other.
func (e *evening) conflict(d *draft, r, there row, f field, rule, detail string) {
	d.faulty = true
	x := r.fault(f, rule, detail)
	x.Also = []int{there.line}
	e.note(x)
}

// of notes a fault of a form as a whole at its first row; its other rows are
// named beside. A field is named once.
func (e *evening) of(d *draft, f field, rule, detail string) {
	d.faulty = true
	if f.identifies() {
		e.stray = true
	}
	told := fieldNames[f] + ":" + rule
	if d.known[f] || d.told[told] {
		return
	}
	if d.told == nil {
		d.told = map[string]bool{}
	}
	d.told[told] = true
	x := d.first.fault(f, rule, detail)
	if len(d.lines) > 1 {
		x.Also = d.lines[1:]
	}
	e.note(x)
}

// whole tells whether a form has a row for every item, or holds a total alone,
// so that no stray row can belong to it.
func (d *draft) whole(ref session.Reference) bool {
	def, ok := ref.Definition(instrument.Ref{ID: d.key.instrument, Version: d.first.cells[versionField]})
	return ok && (len(d.answers) == 0 || len(d.answers) >= session.ItemsFor(def, instrument.RaterKind(d.key.raterKind)))
}

// know notes that no more need be said of some fields.
func (d *draft) know(list ...field) {
	if d.known == nil {
		d.known = map[field]bool{}
	}
	for _, f := range list {
		d.known[f] = true
	}
}

// title says in words which form it is, without saying whose. What stands there
// in the file and is none of our words is not repeated.
func (d *draft) title(ref session.Reference) string {
	name, kind, occasion := "unknown instrument", "unknown rater", "unknown occasion"
	if _, ok := ref.Definition(instrument.Ref{ID: d.key.instrument, Version: d.first.cells[versionField]}); ok {
		name = d.key.instrument
	}
	if k := instrument.RaterKind(d.key.raterKind); k.Valid() {
		kind = string(k)
	}
	if o := session.Occasion(d.key.occasion); o == session.Pre || o == session.Post {
		occasion = string(o)
	}
	return name + ", " + kind + ", " + occasion
}
