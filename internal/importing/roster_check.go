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

// checkMember judges the row of a member.
func (x *roster) checkMember(r *rosterRow) error {
	code := r.cells[memberColumn]
	if e := x.members[code]; e != nil && code != "" && x.twice(r, e.row, memberColumn) {
		return nil
	}
	var born *int
	if text := r.cells[birthYearColumn]; text != "" {
		n, ok := whole(text)
		if !ok {
			x.fault(r, birthYearColumn, "bad_year", "A year of birth is four digits, such as 1981.")
		} else {
			born = &n
		}
	}
	made, err := session.NewMember(x.intake.MemberID(r.line), code, born)
	if err := x.each(r, err, map[string]rosterField{"/code": memberColumn, "/birth_year": birthYearColumn}); err != nil {
		return err
	}
	if made != nil && x.intake.Redacted(made.ID) {
		x.fault(r, memberColumn, "member_redacted", "This file made a member of this code before, whose values were redacted since. Leave the rows of this member out; a person who comes back is a new member with a new code.")
	}
	e := &memberEntry{row: r, made: made}
	if there, ok := x.intake.Member(code); ok {
		e.made, e.id, e.stored = nil, there.ID, true
		if born != nil && (there.BirthYear == nil || *there.BirthYear != *born) {
			x.fault(r, birthYearColumn, "member_differs", "The practice has a member of this code with another year of birth, or none. Members do not change: check the code.")
		}
	} else if made != nil {
		e.id = made.ID
	}
	x.members[code] = e
	return nil
}

// checkTherapist judges the row of a therapist.
func (x *roster) checkTherapist(r *rosterRow) error {
	code := r.cells[therapistColumn]
	if e := x.therapists[code]; e != nil && code != "" && x.twice(r, e.row, therapistColumn) {
		return nil
	}
	made, err := session.NewTherapist(x.intake.TherapistID(code), code)
	if err := x.each(r, err, map[string]rosterField{"/code": therapistColumn}); err != nil {
		return err
	}
	e := &therapistEntry{row: r, made: made}
	if there, ok := x.intake.Therapist(code); ok {
		e.made, e.id, e.stored = nil, there.ID, true
	} else if made != nil {
		e.id = made.ID
	}
	x.therapists[code] = e
	return nil
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

// checkSpell judges the row of a member's spell.
func (x *roster) checkSpell(r *rosterRow) error {
	e := x.groupOf(r)
	code := r.cells[memberColumn]
	id, known := x.memberOf(code)
	if !known && code != "" {
		x.fault(r, memberColumn, "unknown_member", "Neither the file nor the practice has a member of this code.")
	}
	if m := x.members[code]; m != nil && m.row.faulty && !m.stored {
		r.orphan = true
		return nil
	}
	if e == nil || r.faulty || x.twice(r, e.said[aSpell+code+"@"+r.cells[fromColumn]], fromColumn) {
		return nil
	}
	e.said[aSpell+code+"@"+r.cells[fromColumn]] = r
	role := session.MemberRole(r.cells[roleColumn])
	switch {
	case role == "" && e.group.Kind == session.KindGroup:
		role = session.RoleMember
	case role == "" && e.group.Kind == session.KindCouple:
		role = session.RolePartner
	}
	if r.cells[toColumn] == "" && r.cells[whyColumn] != "" {
		x.fault(r, toColumn, "end_missing", "Say on which day the spell ended, its last day in the group.")
		return nil
	}
	want := session.Spell{MemberID: id, Role: role, Joined: session.Date(r.cells[fromColumn])}
	if to := r.cells[toColumn]; to != "" {
		want.Left, want.LeftWhy = new(session.Date(to)), new(session.LeaveReason(r.cells[whyColumn]))
	}
	for _, s := range e.group.Spells {
		if s.MemberID == id && s.Joined == want.Joined {
			if s.Role == want.Role && alike(s.Left, want.Left) && alike(s.LeftWhy, want.LeftWhy) {
				x.report.Already.Spells++
			} else {
				x.fault(r, fromColumn, "spell_differs", "The practice has a spell of this member from this day on, with another role or end. Amend it there if the file is right.")
			}
			return nil
		}
	}
	enter := func(g *session.Group) error {
		var err error
		if want.Left == nil {
			_, err = g.Join(id, role, string(want.Joined))
		} else {
			_, err = g.EnterSpell(id, role, string(want.Joined), string(*want.Left), *want.LeftWhy)
		}
		return err
	}
	err := enter(e.group)
	if err == nil {
		e.add, e.told = append(e.add, enter), e.told+"s"+strconv.Itoa(r.line)+string(want.Joined)
		e.spells++
	}
	return x.each(r, err, map[string]rosterField{"/member_id": memberColumn, "/role": roleColumn, "/joined": fromColumn, "/left": toColumn, "/left_why": whyColumn})
}

// memberOf finds a member in the file or the practice.
func (x *roster) memberOf(code string) (session.MemberID, bool) {
	if e := x.members[code]; e != nil {
		return e.id, true
	}
	m, ok := x.intake.Member(code)
	if !ok {
		return "", false
	}
	return m.ID, true
}

// therapistOf finds a therapist in the file or the practice.
func (x *roster) therapistOf(code string) (session.TherapistID, bool) {
	if e := x.therapists[code]; e != nil {
		return e.id, true
	}
	t, ok := x.intake.Therapist(code)
	if !ok {
		return "", false
	}
	return t.ID, true
}

// alike compares two optional texts.
func alike[S ~string](a, b *S) bool { return a == b || (a != nil && b != nil && *a == *b) }

// checkTherapistSpell judges the row of a therapist's spell.
func (x *roster) checkTherapistSpell(r *rosterRow) error {
	e := x.groupOf(r)
	code := r.cells[therapistColumn]
	id, known := x.therapistOf(code)
	if !known && code != "" {
		x.fault(r, therapistColumn, "unknown_therapist", "Neither the file nor the practice has a therapist of this code.")
	}
	if t := x.therapists[code]; t != nil && t.row.faulty && !t.stored {
		r.orphan = true
		return nil
	}
	if e == nil || r.faulty || x.twice(r, e.said[aTherapistSpell+code+"@"+r.cells[fromColumn]], fromColumn) {
		return nil
	}
	e.said[aTherapistSpell+code+"@"+r.cells[fromColumn]] = r
	if r.cells[toColumn] == "" && r.cells[whyColumn] != "" {
		x.fault(r, toColumn, "end_missing", "Say on which day the spell ended, its last day.")
		return nil
	}
	want := session.TherapistSpell{TherapistID: id, Role: session.TherapistRole(r.cells[roleColumn]), From: session.Date(r.cells[fromColumn])}
	if to := r.cells[toColumn]; to != "" {
		want.To, want.Why = new(session.Date(to)), new(session.ReleaseReason(r.cells[whyColumn]))
	}
	for _, s := range e.group.TherapistSpells {
		if s.TherapistID != id || s.From != want.From {
			continue
		}
		if s.Role == want.Role && (alike(s.To, want.To) && alike(s.Why, want.Why) || want.To == nil && e.endsWith(s)) {
			x.report.Already.TherapistSpells++
		} else {
			x.fault(r, fromColumn, "spell_differs", "The practice has a spell of this therapist from this day on, with another role or end. Amend it there if the file is right.")
		}
		return nil
	}
	enter := func(g *session.Group) error {
		var err error
		if want.To == nil {
			_, err = g.Assign(id, want.Role, string(want.From))
		} else {
			_, err = g.EnterTherapistSpell(id, want.Role, string(want.From), string(*want.To), *want.Why)
		}
		return err
	}
	err := enter(e.group)
	if err == nil {
		e.add, e.told = append(e.add, enter), e.told+"t"+code+string(want.From)
		e.leading++
	}
	return x.each(r, err, map[string]rosterField{"/therapist_id": therapistColumn, "/role": roleColumn, "/from": fromColumn, "/to": toColumn, "/to_why": whyColumn})
}

// endsWith tells whether a therapist's spell ended because the group did, which
// the file need not say again.
func (e *groupEntry) endsWith(s session.TherapistSpell) bool {
	return e.group.EndedOn != nil && s.To != nil && *s.To == *e.group.EndedOn && s.Why != nil && *s.Why == session.ReleasedEnded
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
