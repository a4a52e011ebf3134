package study

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// Missing says how many people are behind what is missing in meetings, of therapy groups
// and of families and couples: by measure, see [MeasureName], and reason, as the test of
// the group level names reasons. One person may decline many forms, so that a count of
// forms says nothing of how many people it is about. What nobody in particular did not
// answer, such as an observer's form, counts by its groups.
type Missing map[string]map[string][2]int

// People is how many people are behind what is missing of a measure for a reason; 0 where
// that is not known.
func (m Missing) People(measure, reason string, families bool) int {
	n := m[measure][reason]
	if families {
		return n[1]
	}
	return n[0]
}

// lacking gathers who is behind what is missing.
type lacking map[string]map[string]*[2]map[uint64]bool

// add notes somebody, by the hash of a pseudonym.
func (l lacking) add(measure, reason string, h home, who uint64) {
	if l[measure] == nil {
		l[measure] = map[string]*[2]map[uint64]bool{}
	}
	if l[measure][reason] == nil {
		l[measure][reason] = &[2]map[uint64]bool{{}, {}}
	}
	l[measure][reason][h][who] = true
}

// merge takes over what another gathered.
func (l lacking) merge(other lacking) {
	for measure, reasons := range other {
		for reason, homes := range reasons {
			for h, people := range homes {
				for who := range people {
					l.add(measure, reason, home(h), who)
				}
			}
		}
	}
}

// count counts them.
func (l lacking) count() Missing {
	out := Missing{}
	for measure, reasons := range l {
		out[measure] = map[string][2]int{}
		for reason, homes := range reasons {
			out[measure][reason] = [2]int{len(homes[0]), len(homes[1])}
		}
	}
	return out
}

// lacks notes who is behind a rating that has no value.
func (c *Counting) lacks(measure, reason string, s *session.Session, x Rated) {
	if s.Kind != session.Meeting { // which analyses leave out, or not: who is not counted is not told of
		return
	}
	anybody := false
	for m := range x.People {
		anybody = true
		c.lacking.add(measure, reason, c.home, hash64(m))
	}
	if !anybody {
		c.lacking.add(measure, reason, c.home, hash64(c.group))
	}
}

// silent notes who in a meeting in which somebody answered did not, see
// [session.Scorer.Silent].
func (c *Counting) silent(k int, s *session.Session) {
	gave := c.gave[k]
	if c.scorers[k].Rater != instrument.RaterMember || s.Kind != session.Meeting || len(gave) == 0 {
		return
	}
	for _, seat := range s.Roster {
		reason := "no_form"
		switch {
		case gave[string(seat.MemberID)]:
			continue
		case seat.Redacted:
			reason = session.ReasonRedacted
		case seat.Attendance.Absent():
			reason = "absent"
		}
		c.lacking.add(c.names[k], reason, c.home, hash64(seat.MemberID))
	}
}

// Missing says how many people are behind what is missing.
func (c *Counting) Missing() Missing { return c.lacking.count() }
