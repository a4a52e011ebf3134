package objective

import "holon/internal/session"

// drop sees whether the measure fell since the occasion before without anything
// done about it. Where it is not sure which occasion that was, all that may have
// been are looked at.
func (c *course) drop(n *Condition, s *session.Session, in []candidate) seen {
	k, before := n.DropAddressed, earlier(in)
	now, ok := c.readScores(&k.Measure, s)
	switch {
	case len(before) == 0:
		return seen{truth: Holds, why: NothingBefore}
	case !ok:
		return seen{truth: Unknown, why: NotScored}
	case c.done(s, k.Codes):
		return seen{truth: Holds}
	}
	fell, stayed := false, false
	var why Reason
	for i := range before {
		then, _ := c.readScores(&k.Measure, before[i].in)
		switch truth, reason := k.fell(&then, &now); truth {
		case Holds:
			fell = true
		case Fails:
			stayed = true
		default:
			fell, stayed, why = true, true, reason
		}
	}
	if why == "" {
		why = NotMarked
	}
	if !before[len(before)-1].surely() {
		stayed = true // there may have been no occasion before this one
	}
	switch {
	case !fell:
		return seen{truth: Holds}
	case c.DeedsMissing && !stayed:
		return seen{truth: Unknown, why: NoDeedsKnown}
	case stayed && n.Needed.Every && c.fellUnseen(k, &now, in):
		return c.missing(s, k.GraceDays, Fails, NotAddressed)
	case stayed && why == NoForm:
		return c.missing(s, k.GraceDays, Unknown, why)
	case stayed:
		return seen{truth: Unknown, why: why}
	default:
		return c.missing(s, k.GraceDays, Fails, NotAddressed)
	}
}

// fell compares two sessions line by line, and says whether any fell by so much.
func (k *DropAddressed) fell(then, now *read) (Truth, Reason) {
	both := 0
	for key, v := range now.values {
		if w, ok := then.values[key]; ok {
			if both++; w-v >= k.Drop-1e-9 {
				return Holds, ""
			}
		}
	}
	for _, x := range []*read{now, then} {
		for _, key := range sortedKeys(x.none) {
			return Unknown, x.none[key]
		}
	}
	if both == 0 {
		return Unknown, NoForm
	}
	return Fails, ""
}

// fellUnseen tells whether the measure fell so far since it was last known that
// one of the steps since then was a fall, and nothing was done in any of them.
// Which step it was stays unknown: enough where every one has to be answered.
func (c *course) fellUnseen(k *DropAddressed, now *read, in []candidate) bool {
	for key, v := range now.values {
		for i, steps := len(in)-1, 1.0; i >= 0 && in[i].surely(); i, steps = i-1, steps+1 {
			then, _ := c.readScores(&k.Measure, in[i].in)
			if w, ok := then.values[key]; ok {
				if w-v >= float64(steps*k.Drop)-1e-9 {
					return true
				}
				break
			}
			if c.DeedsMissing || c.done(in[i].in, k.Codes) || c.Today <= plusDays(in[i].in.HeldOn, k.GraceDays) {
				break
			}
		}
	}
	return false
}
