package demo

import (
	"context"
	"slices"

	"holon/internal/practice"
	"holon/internal/session"
)

// before writes the spells that begin with this session. Those of the first
// session are written before the assessment in which their members sit.
func (s *scribe) before(ctx context.Context, m meeting) error {
	switch m.n {
	case intake:
		m.n = 1
	case 1:
		return nil
	}
	day := m.day(m.n)
	if m.n == 1 {
		if err := s.assign(ctx, m, m.lead, session.Lead, day); err != nil {
			return err
		}
		if m.co != "" {
			if err := s.assign(ctx, m, m.co, session.Co, day); err != nil {
				return err
			}
		}
	}
	if m.substitute != "" && m.n == m.leaveFrom {
		if err := s.replace(ctx, m, m.lead, session.ReleasedLeave, m.substitute, session.Substitute); err != nil {
			return err
		}
	}
	if m.substitute != "" && m.n == m.leaveTo+1 {
		if err := s.replace(ctx, m, m.substitute, session.ReleasedReturned, m.lead, session.Lead); err != nil {
			return err
		}
	}
	for _, st := range m.stays {
		if st.from != m.n {
			continue
		}
		in := practice.SpellInput{MemberID: s.who.members[st.member], Role: st.role, Joined: string(day)}
		g, _, err := s.Join(ctx, s.request(in, "-join-", m.code, "-", st.member, "-", m.n), s.groups[m.code].ID, in)
		if err != nil {
			return err
		}
		s.groups[m.code] = g
		s.spells[m.code] = append(s.spells[m.code], st.member)
	}
	return nil
}

// after writes the spells that end with this session, and the end of a closed
// group or a family.
func (s *scribe) after(ctx context.Context, m meeting) error {
	day := m.day(m.n)
	over := m.n == m.sessions && (m.format == session.Closed || m.kind == session.KindFamily)
	for _, st := range m.stays {
		ends := st.to == m.n || (over && st.to == 0)
		if !ends {
			continue
		}
		why := st.why
		if st.to == 0 {
			why = session.LeftCompleted
		}
		number := latest(s.spells[m.code], st.member)
		rq := s.request([]any{number, day, why}, "-leave-", m.code, "-", st.member, "-", m.n)
		g, err := s.EndSpell(ctx, rq, s.groups[m.code].ID, number, s.groups[m.code].Rev, string(day), why)
		if err != nil {
			return err
		}
		s.groups[m.code] = g
	}
	if !over {
		return nil
	}
	g, err := s.EndGroup(ctx, s.request(day, "-end-", m.code), s.groups[m.code].ID, s.groups[m.code].Rev, string(day))
	s.groups[m.code] = g
	return err
}

// assign begins a therapist's spell.
func (s *scribe) assign(ctx context.Context, m meeting, code string, role session.TherapistRole, from session.Date) error {
	in := practice.TherapistSpellInput{TherapistID: s.who.therapists[code], Role: role, From: string(from)}
	g, _, err := s.Assign(ctx, s.request(in, "-assign-", m.code, "-", code, "-", m.n), s.groups[m.code].ID, in)
	if err != nil {
		return err
	}
	s.groups[m.code] = g
	s.leaders[m.code] = append(s.leaders[m.code], code)
	return nil
}

// replace ends one therapist's spell the day before the session and begins
// another's on it.
func (s *scribe) replace(ctx context.Context, m meeting, out string, why session.ReleaseReason, in string, role session.TherapistRole) error {
	eve := dayOf(m.begins(m.n).AddDate(0, 0, -1))
	number := latest(s.leaders[m.code], out)
	rq := s.request([]any{number, eve, why}, "-release-", m.code, "-", out, "-", m.n)
	g, err := s.EndTherapistSpell(ctx, rq, s.groups[m.code].ID, number, s.groups[m.code].Rev, string(eve), why)
	if err != nil {
		return err
	}
	s.groups[m.code] = g
	return s.assign(ctx, m, in, role, m.day(m.n))
}

// latest returns the number of somebody's last spell, counted from 1.
func latest(spells []string, code string) int {
	for i, c := range slices.Backward(spells) {
		if c == code {
			return i + 1
		}
	}
	panic("demo: " + code + " has no spell")
}
