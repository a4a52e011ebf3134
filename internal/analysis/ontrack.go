package analysis

import (
	"math"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// ReliablyWorse is the rule by which a member is not on track: a value that is
// reliably worse than the baseline.
const ReliablyWorse = "reliably_worse"

// The reasons for which there is no rule, or no share of stable members.
const (
	NoRule    multilevel.Reason = "no_rule"    // no reliable change to go by, or no better end of the scale
	NoScatter multilevel.Reason = "no_scatter" // nobody's values differ from one session to the next, or nobody has two
)

// ErrorFrom says where the error of one value comes from.
type ErrorFrom string

// Where it may come from.
const (
	ErrorAsked      ErrorFrom = "asked"      // SD √(1 − r) of the reliability and the standard deviation that the asker gave
	ErrorSuccessive ErrorFrom = "successive" // differences of neighbouring values in these data
)

// TrackRule is the rule by which members are not on track, and what it does to
// stable ones.
type TrackRule struct {
	Rule   string            // empty where there is none
	Source string            // of the rule
	Reason multilevel.Reason // why there is no rule

	ErrorSD     *float64  // of one value
	ErrorDF     *int      // pairs of neighbours that went into it; nil where it was asked
	ErrorFrom   ErrorFrom // what that was computed from
	Step        *float64  // in which the score moves; nil where it is taken as continuous
	Limit       *float64  // in points, midway between changes that count and those that do not
	StableOnce  *float64  // share of stable members whom one comparison flags
	ErrorReason multilevel.Reason
}

// trackBy returns the rule that a reliable change allows.
func trackBy(by *ReliableBy, direction instrument.Direction, spread series.Spread, step float64) TrackRule {
	if by.Threshold == nil || direction == instrument.Neutral {
		return TrackRule{Reason: NoRule, ErrorReason: NoRule}
	}
	t := TrackRule{Rule: ReliablyWorse, Source: "Jacobson & Truax 1991, reliable change, at every value after the baseline"}
	t.Limit = new(series.Midway(*by.Threshold, step, by.From == PublishedChange))
	if step > 0 {
		t.Step = &step
	}
	switch {
	case by.From == AskedReliability:
		t.ErrorSD, t.ErrorFrom = new(*by.SD*math.Sqrt(1-*by.Reliability)), ErrorAsked
	case spread.Successive != nil && *spread.Successive > 0:
		t.ErrorSD, t.ErrorDF, t.ErrorFrom = spread.Successive, &spread.DF, ErrorSuccessive
	default:
		t.ErrorReason = NoScatter
		return t
	}
	t.StableOnce = new(series.StableFlagged(*t.Limit, *t.ErrorSD, 1))
	return t
}

// follower asks a rule about members.
type follower struct {
	rule      *TrackRule
	by        *ReliableBy
	direction instrument.Direction

	shares map[int]float64 // of stable members whom so many comparisons flag
}

// follow asks the rule about every value after a member's baseline.
func (f *follower) follow(m *MemberChange, from float64, later []*session.Point) {
	if f.rule.Rule == "" {
		return
	}
	for _, p := range later {
		c := f.by.between(from, p.Value)
		state, _ := outcome.StateOf(f.direction, c.Change, c.Reliable != nil && *c.Reliable)
		off := state == outcome.Deteriorated
		m.OffTrack = &off
		if off && m.FirstOff == nil {
			m.FirstOff = &p.Number
		}
	}
	m.StableEver = f.stable(len(later))
}

// stable is the share of stable members whom the rule flags at least once in n
// comparisons with the same baseline; nil where it is not known.
func (f *follower) stable(n int) *float64 {
	if f.rule.ErrorSD == nil {
		return nil
	}
	share, ok := f.shares[n]
	if !ok {
		share = series.StableFlagged(*f.rule.Limit, *f.rule.ErrorSD, n)
		f.shares[n] = share
	}
	return &share
}
