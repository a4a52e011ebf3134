package rupture

import (
	"holon/internal/multilevel/series"
)

// RuleID names a rule by which a fall is found.
type RuleID string

// The rules.
const (
	DropFromPrevious RuleID = "drop_from_previous"
	ControlChart     RuleID = "control_chart"
	StricterSD       RuleID = "stricter_of_within_and_between_sd"
)

// Rule is a rule with its parameter and where it comes from.
type Rule struct {
	ID        RuleID
	Parameter float64 // what it multiplies
	Unit      string  // what Parameter multiplies
	Least     int     // earlier values from which the rule applies
	Source    string
	Verified  bool // false: the parameter comes from memory or a secondary source, or is this project's
}

// Rules lists the rules, in the order in which they are tried. They look at one
// value and those before it, never at later ones.
func Rules() []Rule {
	return []Rule{
		{
			ID: DropFromPrevious, Parameter: 2, Unit: "pooled standard deviation within members, below the value before", Least: 1,
			Source: "after Strauss et al. (2006), who took one standard deviation; two are this project's",
		},
		{
			ID: ControlChart, Parameter: series.Sigmas, Unit: "mean moving range over 1.128, below the mean of the values before", Least: series.FewestForLimits,
			Source: "individual control charts (Eubanks-Carter, Gorman & Muran 2012); no standard limit exists",
		},
		{
			ID: StricterSD, Parameter: 2, Unit: "the larger of the member's own standard deviation and that between members, below the mean of the values before",
			Least: series.FewestForLimits, Source: "Gumz et al. (2012), strict version", Verified: true,
		},
	}
}

// Scale is what the rules measure by. No rule that needs a number that is unknown
// finds anything.
type Scale struct {
	Within  float64 // pooled standard deviation within members; unknown unless above zero
	Between float64 // standard deviation between members' means; may be zero; NaN where unknown
}

// past is what is known of the values before one, outside of falls.
type past struct {
	series.Running

	last []float64 // at most three
}

// keep takes the next value.
func (p *past) keep(y float64) {
	p.Add(y)
	if len(p.last) == before {
		copy(p.last, p.last[1:])
		p.last = p.last[:before-1]
	}
	p.last = append(p.last, y)
}

// level is the mean of the last three values, or fewer; there must be one.
func (p *past) level() float64 {
	mean, _ := series.Moments(p.last)
	return mean
}

// near is the value from which on one is at the level before.
func (p *past) near(s Scale) float64 {
	if !(s.Within > 0) {
		return p.level()
	}
	return p.level() - backWithin*s.Within
}

// fired returns the rules by which a value is a fall. previous is the value just
// before. Comparisons with an unknown scale are false.
func (p *past) fired(rules []Rule, value, previous float64, s Scale) []RuleID {
	var out []RuleID
	for i := range rules {
		r := &rules[i]
		if p.Values >= r.Least && p.fires(r, value, previous, s) {
			out = append(out, r.ID)
		}
	}
	return out
}

// fires tells whether a value is a fall by one rule.
func (p *past) fires(r *Rule, value, previous float64, s Scale) bool {
	switch r.ID {
	case DropFromPrevious:
		return s.Within > 0 && previous-value >= r.Parameter*s.Within
	case ControlChart:
		return p.Below(value)
	case StricterSD:
		mean, own := p.Mean()
		return own > 0 && s.Between >= 0 && mean-value >= r.Parameter*max(own, s.Between)
	default:
		return false
	}
}
