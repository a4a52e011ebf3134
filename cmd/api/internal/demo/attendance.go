package demo

import (
	"strconv"

	"holon/internal/session"
)

// came returns whether and how a member came to the meeting. A caregiver is
// missing now and then; others come as members of such groups do.
func (m meeting) came(s stay) (session.Attendance, session.Modality) {
	r := m.luck.draw("attendance", m.code, strconv.Itoa(m.n), s.member)
	u := r.Float64()
	if s.role == session.RoleCaregiver && !m.individual() && u < 0.12 {
		return session.Excused, ""
	}
	modality := session.InPerson
	if r.Float64() < 0.05 {
		modality = session.Video
	}
	switch {
	case u < 0.07:
		return session.Excused, ""
	case u < 0.10:
		return session.NoShow, ""
	case u < 0.14:
		return session.Late, modality
	case u < 0.16:
		return session.LeftEarly, modality
	default:
		return session.Present, modality
	}
}

// invited returns who is expected at the meeting.
func (m meeting) invited() []stay {
	here := m.here(max(m.n, 1)) // to intake come those who are to begin
	if !m.individual() {
		return here
	}
	for _, s := range here {
		if s.role == session.RoleAdolescent {
			return []stay{s}
		}
	}
	return here
}

// marks returns the attendance of everybody invited, by the members' ids.
func (m meeting) marks(who people) []session.Mark {
	var out []session.Mark
	for _, s := range m.invited() {
		attendance, modality := m.came(s)
		out = append(out, session.Mark{MemberID: who.members[s.member], Attendance: attendance, Modality: modality})
	}
	return out
}

// attending returns those who came.
func (m meeting) attending() []stay {
	var out []stay
	for _, s := range m.invited() {
		if a, _ := m.came(s); !a.Absent() {
			out = append(out, s)
		}
	}
	return out
}
