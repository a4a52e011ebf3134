package rupture

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
)

// LongestFall is the number of values after a fall's onset within which one may
// come back: the longest of the crises in Gumz et al. (2012) took six sessions.
// Later values are taken for a new level.
const LongestFall = 6

// before is how many values before a fall its level before is the mean of, and
// backWithin how near to that level, in pooled standard deviations within members,
// a value has come back.
const (
	before     = 3
	backWithin = 0.5
)

// Episode is a fall and what became of the values. Places count values from 0.
type Episode struct {
	Onset  int
	Fired  []RuleID
	Before float64 // mean of the last three values before the onset, or fewer
	Nadir  int     // place of the lowest value before the return
	Depth  float64 // Before less the lowest value, in points
	OwnSD  *float64
	// OwnSDs is Depth in standard deviations of the member's own values before; nil
	// with fewer than four of them, or where they are all the same.
	OwnSDs *float64
	NoOwn  multilevel.Reason // why OwnSDs is nil: series.TooFewValues or series.NoVariation
	Return int               // place of the first value that is back; -1 without one
	After  *float64          // mean of the value that is back and the two next; nil without a return
	Later  int               // values after the onset
}

// Long tells whether the values that a return may take came without one.
func (e *Episode) Long() bool { return e.Return < 0 && e.Later >= LongestFall }

// Find returns the falls of one line, one after the other: from a value that a
// rule finds and that lies more than half a pooled standard deviation within members
// below the level before, to the first of the next six values that is back within
// half a one of that level. A value that is already there is no fall, whatever rule
// finds it: after one high value it may be as usual. So Depth is above zero. Where the standard deviation is
// unknown it counts as zero. Values in a fall that came back are no
// part of what later values are compared with; where none of six is back, these are
// the level from then on. All values must be finite.
func Find(values []float64, s Scale) []Episode {
	var out []Episode
	var p past
	rules := Rules()
	for t := 0; t < len(values); t++ {
		var fired []RuleID
		if t > 0 && values[t] < p.near(s) {
			fired = p.fired(rules, values[t], values[t-1], s)
		}
		if fired == nil {
			p.keep(values[t])
			continue
		}
		e := p.episode(values, t, fired, s)
		out = append(out, e)
		switch {
		case e.Return >= 0:
			t = e.Return
			p.keep(values[t])
		case e.Long():
			p = past{}
			for _, y := range values[t+1 : t+1+LongestFall] {
				p.keep(y)
			}
			t += LongestFall
		default:
			return out
		}
	}
	return out
}

// episode follows a fall that begins at t.
func (p *past) episode(values []float64, t int, fired []RuleID, s Scale) Episode {
	level, near := p.level(), p.near(s)
	e := Episode{Onset: t, Fired: fired, Before: level, Nadir: t, Return: -1, Later: len(values) - 1 - t}
	for i := t + 1; i < min(len(values), t+1+LongestFall); i++ {
		if values[i] >= near {
			e.Return = i
			after, _ := series.Moments(values[i:min(len(values), i+before)])
			e.After = &after
			break
		}
		if values[i] < values[e.Nadir] {
			e.Nadir = i
		}
	}
	e.Depth = level - values[e.Nadir]
	switch _, own := p.Mean(); {
	case p.Values < series.FewestForLimits:
		e.NoOwn = series.TooFewValues
	case !(own > 0):
		e.NoOwn = series.NoVariation
	default:
		e.OwnSD, e.OwnSDs = &own, new(e.Depth/own)
	}
	return e
}
