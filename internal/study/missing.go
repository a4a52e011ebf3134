package study

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// Missing says who is behind what is missing in meetings, of therapy groups and of
// families and couples: by measure, see [MeasureName], and reason, as the test of the
// group level names reasons. One person may decline many forms, so that a count of forms
// says nothing of how many people it is about. What nobody in particular did not answer,
// such as an observer's form, counts by its groups.
type Missing map[string]map[string][2]Behind

// Behind is how many people, of how many groups, are behind what is missing.
type Behind struct{ People, Groups int }

// Enough tells whether so many people are behind what is missing of a measure for a reason,
// of at least [LeastGroups] therapy groups, or of so many families, that it may be told.
// What is not known is not enough.
func (m Missing) Enough(threshold int, measure, reason string, families bool) bool {
	n, least := m[measure][reason][0], LeastGroups
	if families {
		n, least = m[measure][reason][1], threshold
	}
	return n.People >= threshold && n.Groups >= least
}

// lacking gathers who is behind what is missing, each with the group they are in.
type lacking map[string]map[string]*[2]map[lacker]bool

// lacker is somebody in a group, by the hashes of pseudonyms.
type lacker struct{ who, group uint64 }

// add notes somebody.
func (l lacking) add(measure, reason string, h home, x lacker) {
	if l[measure] == nil {
		l[measure] = map[string]*[2]map[lacker]bool{}
	}
	if l[measure][reason] == nil {
		l[measure][reason] = &[2]map[lacker]bool{{}, {}}
	}
	l[measure][reason][h][x] = true
}

// merge takes over what another gathered.
func (l lacking) merge(other lacking) {
	for measure, reasons := range other {
		for reason, homes := range reasons {
			for h := range homes {
				for x := range homes[h] {
					l.add(measure, reason, home(h), x)
				}
			}
		}
	}
}

// count counts them.
func (l lacking) count() Missing {
	out := Missing{}
	for measure, reasons := range l {
		out[measure] = map[string][2]Behind{}
		for reason, homes := range reasons {
			out[measure][reason] = [2]Behind{behind(homes[0]), behind(homes[1])}
		}
	}
	return out
}

// behind counts people and groups.
func behind(all map[lacker]bool) Behind {
	people, groups := map[uint64]bool{}, map[uint64]bool{}
	for x := range all {
		people[x.who], groups[x.group] = true, true
	}
	return Behind{People: len(people), Groups: len(groups)}
}

// lacks notes who is behind a rating that has no value: who gave it, for one who declines
// to rate eleven others is one; else the member whom it is about.
func (c *Counting) lacks(measure, reason string, s *session.Session, x Rated) {
	if s.Kind != session.Meeting { // which analyses leave out, or not: who is not counted is not told of
		return
	}
	who := hash64(c.group)
	for m := range x.People { // who gave it is first
		who = hash64(m)
		break
	}
	c.lacking.add(measure, reason, c.home, lacker{who, hash64(c.group)})
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
		c.lacking.add(c.names[k], reason, c.home, lacker{hash64(seat.MemberID), hash64(c.group)})
	}
}

// Missing says who is behind what is missing.
func (c *Counting) Missing() Missing { return c.lacking.count() }
