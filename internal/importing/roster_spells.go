package importing

import (
	"strconv"

	"holon/internal/session"
)

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
	}
	if e != nil && (r.faulty || r.orphan) {
		e, id = e.apart(), "m-stand-in"
	}
	if e == nil || x.twice(r, e.said[aSpell+code+"@"+r.cells[fromColumn]], fromColumn) {
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
	}
	if e != nil && (r.faulty || r.orphan) {
		e, id = e.apart(), "t-stand-in"
	}
	if e == nil || x.twice(r, e.said[aTherapistSpell+code+"@"+r.cells[fromColumn]], fromColumn) {
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
