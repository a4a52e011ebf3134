package study

import "holon/internal/session"

// Missing says how many people are behind what is missing: by measure, see
// [MeasureName], and reason. One person may decline many forms, so that a count of forms
// says nothing of how many people it is about. What nobody in particular did not answer,
// such as an observer's form, counts by its groups.
type Missing map[string]map[string]int

// Enough tells whether the number of what is missing of a measure, or of two, for a reason
// is about at least threshold people. What is not known is not enough.
func (m Missing) Enough(threshold int, reason string, measures ...string) bool {
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

// lacks notes who is behind a rating without a value.
func (c *Counting) lacks(measure, reason string, people []session.MemberID) {
	for _, m := range people {
		c.lacking.add(measure, reason, hash64(m))
	}
	if len(people) == 0 {
		c.lacking.add(measure, reason, hash64(c.group))
	}
}

// Missing says how many people are behind what is missing.
func (c *Counting) Missing() Missing { return c.lacking.count() }
