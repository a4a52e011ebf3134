package study

import "holon/internal/session"

// mark is a row that was counted: of whom, and its two digests.
type mark struct {
	who         int32 // number of the person; -1 of a rating of the whole group
	row, around uint64
}

// parts gathers of one measure and one group which of its rows may be taken alone, see
// [partsOf], while its sessions pass by in order.
type parts struct {
	now, last, met []mark // of the session at hand; of the last with any; of the last such meeting
	lastAt, metAt  session.SessionID
	first          map[int32]*ending // of outcomes, of each person
	outcome        bool
}

// ending is somebody's first and last rows.
type ending struct {
	firstAt, lastAt session.SessionID
	first, last     []mark
}

// take takes a row of the session at hand.
func (p *parts) take(m mark) { p.now = append(p.now, m) }

// endSession takes what came of a session: one with one person, or with a part of the
// group, is nobody's last.
func (p *parts) endSession(s *session.Session) {
	switch {
	case len(p.now) == 0:
		return
	case p.outcome:
		p.endOutcomes(s)
	case s.Kind != session.Individual && s.Kind != session.Subsystem:
		p.last, p.lastAt = append(p.last[:0], p.now...), s.ID
		if s.Kind == session.Meeting {
			p.met, p.metAt = append(p.met[:0], p.now...), s.ID
		}
	}
	p.now = p.now[:0]
}

// endOutcomes takes each person's rows as the last, and as the first where there was none.
func (p *parts) endOutcomes(s *session.Session) {
	for _, m := range p.now {
		e := p.first[m.who]
		if e == nil {
			e = &ending{firstAt: s.ID}
			p.first[m.who] = e
		}
		if e.firstAt == s.ID {
			e.first = append(e.first, m)
			continue
		}
		if e.lastAt != s.ID {
			e.lastAt, e.last = s.ID, e.last[:0]
		}
		e.last = append(e.last, m)
	}
}

// endGroup puts what was gathered of the group at hand under the names of parts.
func (c *Counting) endGroup() {
	for k := range c.parts {
		p, name := &c.parts[k], c.names[k]
		for _, m := range p.last {
			c.put(lastSession(name), m)
		}
		if p.metAt != p.lastAt {
			for _, m := range p.met {
				c.put(lastMeeting(name), m)
			}
		}
		for _, e := range p.first {
			for _, m := range e.first {
				c.put(ends(name), m)
			}
			for _, m := range e.last {
				c.put(ends(name), m)
			}
		}
		p.last, p.met, p.lastAt, p.metAt = p.last[:0], p.met[:0], "", ""
		clear(p.first)
	}
}

// put counts a row for the person and for the group at hand.
func (c *Counting) put(name string, m mark) {
	t := c.of(name)
	if m.who >= 0 {
		t.people.add(c.home, m.who, m.row, m.around)
	}
	t.groups.add(c.home, c.groupNumber(), m.row, m.around)
}
