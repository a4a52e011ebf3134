package study

import (
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Missing says how many people are behind what is missing: by measure, see
// [MeasureName], and reason, as analyses name reasons. One person may decline many forms,
// so that a count of forms says nothing of how many people it is about. What nobody in
// particular did not answer, such as an observer's form, counts by its groups.
type Missing map[string]map[string]int

// Enough tells whether the number of what is missing of a measure, or of two, for a reason
// is about at least threshold people. What is not known is not enough.
func (m Missing) Enough(threshold int, reason string, measures ...string) bool {
	for i, of := range [...]string{"first_", "second_"} {
		if rest, is := strings.CutPrefix(reason, of); is && i < len(measures) && len(measures) == 2 {
			return m.Enough(threshold, rest, measures[i])
		}
	}
	most := 0
	for _, name := range measures {
		n := m[name][reason]
		if n > 0 && n < threshold {
			return false
		}
		most = max(most, n)
	}
	return most >= threshold
}

// lacking gathers who is behind what is missing.
type lacking map[string]map[string]map[uint64]bool

// add notes somebody, by the hash of a pseudonym.
func (l lacking) add(measure, reason string, who uint64) {
	if l[measure] == nil {
		l[measure] = map[string]map[uint64]bool{}
	}
	if l[measure][reason] == nil {
		l[measure][reason] = map[uint64]bool{}
	}
	l[measure][reason][who] = true
}

// merge takes over what another gathered.
func (l lacking) merge(other lacking) {
	for measure, reasons := range other {
		for reason, people := range reasons {
			for who := range people {
				l.add(measure, reason, who)
			}
		}
	}
}

// count counts them.
func (l lacking) count() Missing {
	out := Missing{}
	for measure, reasons := range l {
		out[measure] = map[string]int{}
		for reason, people := range reasons {
			out[measure][reason] = len(people)
		}
	}
	return out
}

// lacks notes who is behind a rating that has no value.
func (c *Counting) lacks(measure, reason string, x Rated) {
	anybody := false
	for m := range x.People {
		anybody = true
		c.lacking.add(measure, reason, hash64(m))
	}
	if !anybody {
		c.lacking.add(measure, reason, hash64(c.group))
	}
}

// silent notes who in a session in which somebody answered did not, see
// [session.Scorer.Silent].
func (c *Counting) silent(k int, s *session.Session) {
	if c.scorers[k].Rater != instrument.RaterMember {
		return
	}
	gave := map[string]bool{}
	for x := range RatingsOf(s) {
		if x.Level == c.scorers[k].Level() && c.scorers[k].Fit(x.Rating) == session.Fits {
			gave[x.Rater.ID] = true
		}
	}
	if len(gave) == 0 {
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
		c.lacking.add(c.names[k], reason, hash64(seat.MemberID))
	}
}

// Missing says how many people are behind what is missing.
func (c *Counting) Missing() Missing { return c.lacking.count() }
