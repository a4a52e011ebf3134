package objective

import (
	"holon/internal/session"
)

// occasion is one session, or one period with the sessions in it, as it may
// have been and as it is shown.
type occasion struct {
	worlds []world
	use    Use
}

// occasions returns what may count for the rule, in order of time, and the
// sessions that do not.
func (c *course) occasions() ([]occasion, []LeftOut) {
	in, out := c.candidates()
	if c.rule.Over.Each != "" {
		return c.periods(in), out
	}
	list := make([]occasion, 0, len(in))
	surely := 0
	for i := range in {
		if n := c.enough(); n > 0 && surely >= n {
			out = append(out, LeftOut{Session: placeOf(in[i].in), Reason: AfterTheLast})
			continue
		}
		if in[i].surely() {
			surely++
		}
		list = append(list, c.occasion(in, i))
	}
	return list, out
}

// enough returns after how many occasions no other is looked at, 0 if never.
func (c *course) enough() int {
	switch o := &c.rule.Over; {
	case o.First != nil:
		return *o.First
	case len(o.At) > 0:
		return o.At[len(o.At)-1]
	default:
		return 0
	}
}

// occasion looks at one session in every way in which it may have been.
func (c *course) occasion(in []candidate, i int) occasion {
	x := &in[i]
	o := occasion{use: Use{Session: new(placeOf(x.in)), Counts: Counts}}
	if !x.surely() {
		o.use.Counts = MayCount
	}
	for _, w := range x.ways {
		if !w.counts {
			o.worlds = append(o.worlds, world{})
			continue
		}
		shown := make([]seen, len(c.rule.Conditions))
		for k := range c.rule.Conditions {
			shown[k] = c.look(&c.rule.Conditions[k], x.in, w, in[:i])
		}
		o.worlds = append(o.worlds, worldsOf(shown)...)
		o.use.note(shown)
	}
	if len(x.ways) > 1 {
		o.use.unsure()
	}
	return o
}

// earlier returns the sessions of which one is the last that counted: the last
// that surely did, and those after it that may have.
func earlier(in []candidate) []candidate {
	var out []candidate
	for i := len(in) - 1; i >= 0; i-- {
		out = append(out, in[i])
		if in[i].surely() {
			break
		}
	}
	return out
}

// worldsOf returns every way in which what is unknown may have been.
func worldsOf(shown []seen) []world {
	worlds := []world{{counts: true}}
	for k, x := range shown {
		var next []world
		for _, w := range worlds {
			b := brought{holds: x.truth == Holds, goals: x.goals}
			if x.truth == Pending {
				b.pending, b.maybe = true, x.maybe
			}
			w.brings[k] = b
			next = append(next, w)
			if x.truth == Unknown {
				w.brings[k] = brought{holds: true, goals: x.goals.or(x.maybe)}
				next = append(next, w)
			}
		}
		worlds = next
	}
	return worlds
}

// periods makes occasions of the weeks or months in which there was a session.
// Without any, a period is no occasion.
func (c *course) periods(in []candidate) []occasion {
	var list []occasion
	certain := 0
	for i := 0; i < len(in) && (c.enough() == 0 || certain < c.enough()); {
		first, last := c.rule.Over.Each.span(in[i].in.HeldOn)
		surely := false
		for ; i < len(in) && in[i].in.HeldOn <= last; i++ {
			surely = surely || in[i].surely()
		}
		first = max(first, c.from)
		if end, _ := c.ending(); end != "" {
			last = min(last, end)
		}
		list = append(list, c.period(first, last, surely))
		if surely {
			certain++
		}
	}
	return list
}

// period looks at one week or month.
func (c *course) period(first, last session.Date, surely bool) occasion {
	shown := make([]seen, len(c.rule.Conditions))
	for k := range c.rule.Conditions {
		shown[k] = c.actionIn(c.rule.Conditions[k].Action, first, last)
	}
	o := occasion{worlds: worldsOf(shown), use: Use{Period: &Span{First: first, Last: last}, Counts: Counts}}
	o.use.note(shown)
	if !surely {
		o.worlds = append(o.worlds, world{})
		o.use.Counts = MayCount
		o.use.unsure()
	}
	return o
}
