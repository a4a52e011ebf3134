package objective

import (
	"slices"

	"holon/internal/session"
)

// Evaluate answers the rule for the group, or for everybody who was ever in it,
// in the order in which they came.
func (r *Rule) Evaluate(in *Course) []Result {
	if r.For == TheGroup {
		return []Result{r.evaluate(in, "")}
	}
	var out []Result
	seen := map[session.MemberID]bool{}
	for _, s := range in.Group.Spells {
		if !seen[s.MemberID] {
			seen[s.MemberID] = true
			out = append(out, r.evaluate(in, s.MemberID))
		}
	}
	return out
}

// evaluate answers the rule for one subject.
func (r *Rule) evaluate(in *Course, member session.MemberID) Result {
	c := newCourse(in, r, member)
	found, out := c.occasions()
	j := judging{at: r.Over.At}
	if r.Over.First != nil {
		j.first = *r.Over.First
	}
	for k := range r.Conditions {
		j.needed = append(j.needed, r.needed(k))
	}
	worlds := make([][]world, len(found))
	for i := range found {
		worlds[i] = found[i].worlds
	}
	result := Result{Member: member, From: c.from, LeftOut: out, Answer: j.judge(worlds, c.toCome())}
	result.Until, _ = c.ending()
	result.use(found, r)
	result.count(c)
	result.Reason = c.reason(&result)
	result.Sentence = result.sentence()
	return result
}

// needed returns how often a condition has to hold. Every checkpoint is so many
// of them: one that never came was not kept.
func (r *Rule) needed(k int) Needed {
	n := r.Conditions[k].Needed
	if n.Every && len(r.Over.At) > 0 {
		return Needed{AtLeast: new(len(r.Over.At))}
	}
	return n
}

// use lists the occasions that were looked at. Between checkpoints nothing is
// looked at, as long as it is sure which occasion is which.
func (x *Result) use(found []occasion, r *Rule) {
	sure := true
	for i := range found {
		sure = sure && found[i].use.Counts == Counts
		if s := found[i].use.Session; s != nil && sure && r.Over.At != nil && !slices.Contains(r.Over.At, i+1) {
			x.LeftOut = append(x.LeftOut, LeftOut{Session: *s, Reason: NotLookedAt})
			continue
		}
		x.Used = append(x.Used, found[i].use)
	}
}

// count counts what the conditions showed.
func (x *Result) count(c *course) {
	x.Counts = make([]Count, len(c.rule.Conditions))
	for k := range x.Counts {
		n := &x.Counts[k]
		n.Needed = c.rule.needed(k)
		var goals goalSet
		for _, u := range x.Used {
			if u.Counts == Counts {
				goals = goals.or(u.Shows[k].goals)
			}
			switch u.Shows[k].Truth {
			case Holds:
				n.Holds++
			case Fails:
				n.Fails++
			case Unknown:
				n.Unknown++
			case Pending:
				n.Pending++
			}
		}
		if n.Needed.endorsed {
			n.Goals = new(goals.count())
		}
	}
}

// reason says why the answer is what it is. A record that cannot be read whole
// answers nothing.
func (c *course) reason(x *Result) Reason {
	if len(c.Damaged) > 0 {
		x.Answer = CannotBeJudged
		return RecordDamaged
	}
	switch x.Answer {
	case Met:
		return Reached
	case Open:
		return StillPossible
	case NotMet:
		if c.toCome() == 0 && !broken(x) {
			if _, why := c.ending(); why != "" {
				return why
			}
		}
		return OutOfReach
	default:
		return missingReason(x)
	}
}

// broken tells whether a condition that has to hold every time did not.
func broken(x *Result) bool {
	return slices.ContainsFunc(x.Counts, func(n Count) bool { return n.Needed.Every && n.Fails > 0 })
}

// missingReason says what is missing: the one thing, or that it is several.
func missingReason(x *Result) Reason {
	if len(x.Used) == 0 {
		return NoOccasion
	}
	var why Reason
	for _, u := range x.Used {
		for _, s := range u.Shows {
			reason := s.Reason
			if u.Counts == MayCount {
				reason = NotMarked
			}
			switch {
			case s.Truth != Unknown && u.Counts != MayCount:
			case why == "":
				why = reason
			case why != reason:
				return DataMissing
			}
		}
	}
	if why == "" {
		return NoOccasion
	}
	return why
}
