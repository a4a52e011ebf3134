package importing

import "holon/internal/session"

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
			x.fault(r, birthYearColumn, "member_differs", "The practice has a member of this code with another year of birth, or none. Check the code, or correct the member there if the file is right.")
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
