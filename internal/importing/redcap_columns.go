package importing

// find looks up every column that the mapping names, and tells whether any is
// not there.
func (l *redcapLayout) find(header []string, note func(Fault)) (lacking bool) {
	m, x := l.m, &finder{layout: l, header: header, note: note}
	x.use(m.Record)
	for f := range fields {
		l.common[f].name = fieldNames[f] + " (mapping)"
	}
	l.common[groupField] = x.place(&m.Group, groupField)
	l.common[numberField] = x.place(m.Session.Number, numberField)
	l.common[heldOnField] = x.place(m.Session.HeldOn, heldOnField)
	if c := l.column[eventColumn]; c > 0 {
		l.common[kindField], l.common[stageField] = place{c, eventColumn}, place{c, eventColumn}
	}
	l.marks = l.common
	if a := m.Attendance; a != nil {
		l.marks[raterField] = x.place(&a.Member, raterField)
		l.marks[attendanceField] = place{x.use(a.Field), a.Field}
	}
	for i := range m.Forms {
		l.forms = append(l.forms, x.form(&m.Forms[i]))
	}
	return x.lacking
}

// finder looks up the columns that a mapping names.
type finder struct {
	layout  *redcapLayout
	header  []string
	note    func(Fault)
	lacking bool // a column is not there
}

// missing notes that a column is not there.
func (x *finder) missing(name string) {
	x.lacking = true
	x.note(columnMissing(name, "The mapping names this column, and the file does not have it."))
}

// use finds a column, 0 for none, and notes that the mapping names it.
func (x *finder) use(name string) int {
	if name == "" {
		return 0
	}
	c := x.layout.column[name]
	if c == 0 {
		x.missing(name)
	}
	x.layout.used[c] = true
	return c
}

// place finds where a source stands, in the file or only in the mapping.
func (x *finder) place(s *Source, f field) place {
	if s == nil || s.Field == "" {
		return place{name: fieldNames[f] + " (mapping)"}
	}
	return place{column: x.use(s.Field), name: s.Field}
}

// form finds where a form and its items stand.
func (x *finder) form(m *FormMapping) redcapForm {
	f := redcapForm{FormMapping: m}
	at := x.layout.common
	at[raterField] = x.place(&f.Rater, raterField)
	at[aboutTherapistField] = x.place(f.AboutTherapist, aboutTherapistField)
	at[aboutMemberField] = x.place(f.AboutMember, aboutMemberField)
	if f.AnsweredOn != "" {
		at[answeredOnField] = place{x.use(f.AnsweredOn), f.AnsweredOn}
	}
	if f.ReportedTotal != "" {
		at[totalField] = place{x.use(f.ReportedTotal), f.ReportedTotal}
	}
	f.total = at
	var lost []string
	var twice []int
	f.items, f.columns, twice, lost = f.itemColumns(x.header)
	for _, c := range twice {
		x.note(Fault{Line: 1, Column: c, Name: x.header[c-1], Rule: "item_twice", Detail: "Two columns fit the pattern for the same item. Name the columns in item_fields."})
	}
	for _, name := range lost {
		x.missing(name)
	}
	for _, c := range f.columns {
		x.layout.used[c] = true
		one := at
		one[itemField] = place{c, x.header[c-1]}
		one[valueField], one[stateField] = one[itemField], one[itemField]
		f.at = append(f.at, one)
	}
	return f
}
