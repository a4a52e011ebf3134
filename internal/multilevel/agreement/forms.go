package agreement

// Forms gathers the complete forms of one group's session into a table.
type Forms struct {
	Table          *Table
	Group, Session string
}

// AddForm takes one member's answers to all items. A member with several forms,
// such as one before the meeting and one after, is refused by Analyse: which of
// them counts is for the asker to say.
func (f Forms) AddForm(member string, values []float64) {
	f.Table.Rows = append(f.Table.Rows, Row{Group: f.Group, Session: f.Session, Member: member, Values: values})
}

// Leave counts forms, or people without one, left out for a reason.
func (f Forms) Leave(reason string, rows int) { f.Table.Excluded.Add(reason, rows) }

// Sheet gathers what one rater made of a group's session: of the whole, or of
// each member.
type Sheet struct {
	Cells                 *Cells
	Group, Session, Rater string
}

// Add takes the rating of one member, of the whole where member is empty.
func (s Sheet) Add(member string, value float64) {
	target := s.Group + " " + s.Session
	if member != "" {
		target += " " + member
	}
	s.Cells.List = append(s.Cells.List, Cell{Target: target, Cluster: s.Group, Rater: s.Rater, Value: value})
}

// Leave counts ratings left out for a reason.
func (s Sheet) Leave(reason string, rows int) { s.Cells.Excluded.Add(reason, rows) }
