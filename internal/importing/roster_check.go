package importing

import (
	"cmp"
	"errors"
	"strconv"

	"holon/internal/fault"
	"holon/internal/session"
)

// check compares the roster with the practice, by the rules that hold for the
// writes.
func (x *roster) check() error {
	steps := []struct {
		what  string
		check func(*rosterRow) error
	}{{aMember, x.checkMember}, {aTherapist, x.checkTherapist}, {aGroup, x.checkGroup}, {aSpell, x.checkSpell}, {aTherapistSpell, x.checkTherapistSpell}}
	for _, s := range steps {
		for _, r := range x.rows[s.what] {
			if err := s.check(r); err != nil {
				return err
			}
		}
	}
	for _, code := range x.order {
		if err := x.checkEnd(x.groups[code]); err != nil {
			return err
		}
	}
	x.settle()
	return nil
}

// each hands out the faults of an error by the columns that their pointers
// stand for.
func (x *roster) each(r *rosterRow, err error, columns map[string]rosterField) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind() != fault.Invalid {
		return err
	}
	for _, f := range e.Fields() {
		c, ok := columns[f.Pointer]
		if !ok {
			c = whatColumn
		}
		if r.cells[c] == "" && r.faulty && c != roleColumn {
			continue // it was said that the cell is empty
		}
		x.fault(r, c, f.Rule, f.Detail)
	}
	return nil
}

// twice tells whether an earlier row speaks of the same thing, and shows it: as
// a repetition, or as a contradiction.
func (x *roster) twice(r, there *rosterRow, f rosterField) bool {
	if there == nil {
		return false
	}
	if r.cells == there.cells {
		x.notices.note(Fault{Line: r.line, Rule: "row_twice", Detail: "Another row says the very same. It is taken once.", Also: []int{there.line}})
		return true
	}
	x.fault(r, f, "conflicting_rows", "Another row says otherwise of the same. Decide which is right, and remove the other.", there.line)
	there.faulty = true
	return true
}

// checkGroup judges the row of a group.
func (x *roster) checkGroup(r *rosterRow) error {
	code := r.cells[groupColumn]
	if e := x.groups[code]; e != nil && code != "" && x.twice(r, e.row, groupColumn) {
		e.bad = e.bad || r.faulty
		return nil
	}
	kind, format := session.GroupKind(r.cells[groupKindColumn]), session.Format(r.cells[formatColumn])
	if format == "" && (kind == session.KindFamily || kind == session.KindCouple) {
		format = session.Open
	}
	made, err := session.NewGroup(x.intake.GroupID(code), code, kind, format, r.cells[startsOnColumn])
	if err := x.each(r, err, map[string]rosterField{"/code": groupColumn, "/kind": groupKindColumn, "/format": formatColumn, "/starts_on": startsOnColumn}); err != nil {
		return err
	}
	e := &groupEntry{row: r, group: cmp.Or(made, standIn(kind)), isNew: true, said: map[string]*rosterRow{}}
	if there, ok := x.intake.Group(code); ok {
		own := *there
		e.group, e.isNew = &own, false
		switch {
		case made == nil:
		case made.Kind != there.Kind:
			x.fault(r, groupKindColumn, "group_differs", groupDiffers)
		case made.Format != there.Format:
			x.fault(r, formatColumn, "group_differs", groupDiffers)
		case made.StartsOn != there.StartsOn:
			x.fault(r, startsOnColumn, "group_differs", groupDiffers)
		}
	}
	e.bad = r.faulty
	if code != "" {
		x.groups[code] = e
		x.order = append(x.order, code)
	}
	return nil
}

// standIn returns a group that stands for one at fault, so that its spells are
// judged all the same. It is never stored.
func standIn(kind session.GroupKind) *session.Group {
	if !kind.Valid() {
		kind = session.KindGroup
	}
	return &session.Group{ID: "g-stand-in", Kind: kind, Format: session.Open, StartsOn: "1900-01-01"}
}

// apart returns a group of the same kind in which the spell of a row that is
// not stored is judged by itself, so that everything wrong with it is named.
func (e *groupEntry) apart() *groupEntry {
	return &groupEntry{group: standIn(e.group.Kind), said: map[string]*rosterRow{}}
}

const groupDiffers = "The practice has a group of this code, and it is another one: its kind, format or beginning differ. Check the code."

// groupOf finds the group of a spell's row.
func (x *roster) groupOf(r *rosterRow) *groupEntry {
	code := r.cells[groupColumn]
	if e := x.groups[code]; e != nil {
		return e
	}
	if there, ok := x.intake.Group(code); ok {
		own := *there
		e := &groupEntry{group: &own, said: map[string]*rosterRow{}}
		x.groups[code] = e
		x.order = append(x.order, code)
		return e
	}
	if code != "" {
		x.fault(r, groupColumn, "unknown_group", "Neither the file nor the practice has a group of this code.")
	}
	return nil
}

// checkEnd ends a group whose row says that it has ended.
func (x *roster) checkEnd(e *groupEntry) error {
	if e.row == nil || e.row.cells[endedOnColumn] == "" {
		return nil
	}
	on := e.row.cells[endedOnColumn]
	if e.group.EndedOn != nil {
		if string(*e.group.EndedOn) != on {
			x.fault(e.row, endedOnColumn, "group_differs", "The practice says that this group ended on another day. Note the end there if the file is right.")
			e.bad = true
		}
		return nil
	}
	end := func(g *session.Group) error { return g.End(on) }
	err := end(e.group)
	if err == nil {
		e.add, e.told = append(e.add, end), e.told+"e"+on
	}
	e.bad = e.bad || err != nil
	return x.each(e.row, err, map[string]rosterField{"/ended_on": endedOnColumn})
}

// settle counts what is stored, and lists what is left out when the rest is
// stored: rows at fault, and the spells of groups and people at fault.
func (x *roster) settle() {
	for _, e := range x.members {
		switch {
		case e.row.faulty:
		case e.made != nil:
			x.report.New.Members++
		default:
			x.report.Already.Members++
		}
	}
	for _, e := range x.therapists {
		switch {
		case e.row.faulty:
		case e.made != nil:
			x.report.New.Therapists++
		default:
			x.report.Already.Therapists++
		}
	}
	for _, code := range x.order {
		e := x.groups[code]
		if e.bad {
			continue
		}
		switch {
		case e.isNew:
			x.report.New.Groups++
		case e.row != nil:
			x.report.Already.Groups++
		}
		x.report.New.Spells += e.spells
		x.report.New.TherapistSpells += e.leading
	}
	x.leaveOut()
}

// leaveOut lists the rows that are left out when the rest is stored. Spells of
// a person or group at fault go with them.
func (x *roster) leaveOut() {
	for _, s := range sorts() {
		for _, r := range x.rows[s.what] {
			e := x.groups[r.cells[groupColumn]]
			switch {
			case r.faulty:
				x.leave(r, "it is at fault")
			case r.orphan:
				x.leave(r, "its member or therapist is at fault")
			case (s.what == aSpell || s.what == aTherapistSpell) && e != nil && e.bad:
				x.leave(r, "its group is at fault")
			}
		}
	}
}

// number names a count in a key.
func (e *groupEntry) number() string { return strconv.Itoa(len(e.add)) }
