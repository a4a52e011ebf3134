package analysis

import (
	"fmt"
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
	"holon/internal/multilevel/lagged"
)

// sentences says what goes before what, in words that claim nothing more.
func (l *LaggedResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("%s and %s: %d sessions of %d %s with both, %d %s of sessions that follow each other.",
		l.Before, l.Next, l.Occasions, n.Members, plural(n.Members, "member"), l.Pairs, plural(l.Pairs, "pair"))}
	if undecidable(l.Answer) {
		return append(out, r.nothing())
	}
	out = append(out, l.verdict())
	for _, a := range []struct {
		from, to string
		arrow    *lagged.Arrow
	}{{l.Before, l.Next, &l.Forward}, {l.Next, l.Before, &l.Backward}} {
		if s := followed(a.from, a.to, a.arrow); s != "" {
			out = append(out, s)
		}
	}
	if d := l.Difference.Estimate; d != nil && len(l.Difference.CI) > 0 {
		ci := l.Difference.CI[0]
		s := fmt.Sprintf("The first direction less the second is %.2f (between %.2f and %.2f)", *d, *ci.Lower, *ci.Upper)
		if *ci.Lower <= 0 && *ci.Upper >= 0 {
			s += ", so that which of the two is larger cannot be told"
		}
		out = append(out, s+".")
	}
	if r.Caveats.Has("raw_finds_a_trend") {
		out = append(out, "As they stand the two seem to follow each other; without each member's own trend they do not. Two drifts that have nothing to do with each other look like that.")
	}
	return append(out, "This is an order in time within members, no more: something that was not measured may move both.")
}

// verdict is the answer in words.
func (l *LaggedResult) verdict() string {
	switch l.Answer {
	case multilevel.Supported:
		var s string
		switch {
		case l.Forward.Shown && l.Backward.Shown:
			s = "Beyond chance, a change in each of the two goes before a change in the other, with each member's own trend taken out."
		case l.Forward.Shown:
			s = fmt.Sprintf("Beyond chance, a change in %s goes before a change in %s, with each member's own trend taken out.", l.Before, l.Next)
		default:
			s = fmt.Sprintf("Beyond chance, a change in %s goes before a change in %s, with each member's own trend taken out.", l.Next, l.Before)
		}
		return s
	case multilevel.NotSupported:
		return fmt.Sprintf("Neither goes before the other by more than %.2g standard deviations.", l.Bound)
	default:
		s := "Whether one goes before the other cannot be told from these courses. " + lagged.Sentence(l.Reason)
		if l.Settle.ToShow != nil && l.Settle.ToRuleOut != nil {
			s += fmt.Sprintf(" About %d %s like these would show a direction of %.2g standard deviations, about %d would rule it out.",
				*l.Settle.ToShow, plural(*l.Settle.ToShow, l.ClusteredOn), l.Bound, *l.Settle.ToRuleOut)
		}
		return s
	}
}

// followed says one direction with its limits; empty without them.
func followed(from, to string, a *lagged.Arrow) string {
	lower, upper := limits95(&a.Corrected)
	if lower == nil || upper == nil {
		return ""
	}
	b := *a.Corrected.Estimate
	way := "higher"
	if b < 0 {
		way = "lower"
	}
	return fmt.Sprintf("One standard deviation more in %s is followed by a value of %s %.2f standard deviations %s in the next session (between %.2f and %.2f).",
		from, to, math.Abs(b), way, *lower, *upper)
}

// limits95 returns the 95 % limits of a slope, nil where there are none.
func limits95(c *clustered.Coefficient) (lower, upper *float64) {
	if c.Estimate == nil || len(c.CI) == 0 {
		return nil, nil
	}
	return c.CI[0].Lower, c.CI[0].Upper
}
