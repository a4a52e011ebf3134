package analysis

import (
	"fmt"

	"holon/internal/dyad"
	"holon/internal/multilevel/rupture"
	"holon/internal/multilevel/series"
)

// sentences says which falls there are, and how many by chance.
func (r *RupturesResult) sentences(of *Report) []string {
	n := of.Counts
	out := []string{fmt.Sprintf("%s: %d %s from %d %s in %d %s.", of.heading(), n.Ratings, plural(n.Ratings, "value"), n.Members, plural(n.Members, "member"), n.Groups, of.units(n.Groups))}
	if r.Reason != "" {
		return append(append(out, of.nothing()), r.unscored()...)
	}
	switch {
	case r.NoSpread == series.TooFewValues:
		out = append(out, "Nobody has two values yet, so that no fall can be seen.")
	case r.ByChance == nil:
		out = append(out, "Every member gives the same value every time: the scores show no fall.")
	default:
		out = append(out, fmt.Sprintf("%d %s found; in members whose level never moves the same rules would find about %s.", r.Found, plural(r.Found, "fall")+map[bool]string{true: " was", false: " were"}[r.Found == 1], roughly(*r.ByChance)))
	}
	for i := range r.Pairs {
		for _, e := range r.Pairs[i].Entered {
			out = append(out, fmt.Sprintf("Member %s with therapist %s, session %d: the therapist entered a %s, and the scores show no fall.", r.Pairs[i].Member, r.Pairs[i].Therapist, e.Number, e.Kind))
		}
		for k := range r.Pairs[i].Falls {
			out = append(out, r.Pairs[i].sentence(&r.Pairs[i].Falls[k]))
		}
	}
	out = append(out, r.unscored()...)
	if r.SoonByChance != nil {
		out = append(out, fmt.Sprintf("Of falls by chance %.0f of 100 are back within three values, so a score that came back is no sign of repair. Ask the member.", 100**r.SoonByChance))
	}
	return out
}

// unscored says what was entered of pairs that have no value.
func (r *RupturesResult) unscored() []string {
	return each(r.Unscored, func(u UnscoredRupture) string {
		return fmt.Sprintf("Member %s with therapist %s, session %d: the therapist entered a %s, and there are no scores of the two.", u.Member, u.Therapist, u.Number, u.Kind)
	})
}

// roughly writes an expected number: whole from ten on, to two digits below.
func roughly(n float64) string {
	if n >= 10 || n < 0.005 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.2g", n)
}

// repaired says by whose word.
func (f *RuptureFall) repaired() string {
	if f.Understood != nil {
		return "repaired: the score came back" + f.said()
	}
	return fmt.Sprintf("repaired: the score came back in session %d, and the therapist entered %d %s", f.Back.Number, len(f.Entered.Steps), plural(len(f.Entered.Steps), "step"))
}

// said is what the member said of having been understood; "" without a word.
func (f *RuptureFall) said() string {
	if f.Understood == nil {
		return ""
	}
	return fmt.Sprintf("; in session %d the member said %g of 10 to having felt understood", f.Understood.Number, f.Understood.Value)
}

// sentence says one fall.
func (p *RupturePair) sentence(f *RuptureFall) string {
	said := fmt.Sprintf("Member %s with therapist %s, session %d: %.3g below the level of %.3g before (found by %d of %d rules)",
		p.Member, p.Therapist, f.Onset.Number, f.Depth, f.Before, len(f.Fired), len(rupture.Rules()))
	switch f.State {
	case dyad.FallRepaired:
		said += "; " + f.repaired()
	case dyad.FallScoreRecovered:
		said += fmt.Sprintf("; the score came back in session %d", f.Back.Number)
	case dyad.FallUnrepaired:
		said += fmt.Sprintf("; not back within %d values", rupture.LongestFall)
	case dyad.FallDropOut:
		said += "; the member dropped out"
	default:
		said += "; not back yet"
	}
	if f.State != dyad.FallRepaired {
		said += f.said()
	}
	if away := f.Missed + f.Blank + f.NoForm; away > 0 {
		said += fmt.Sprintf("; signs of withdrawal: %d missed, %d blank, %d without a form", f.Missed, f.Blank, f.NoForm)
	}
	return said + "."
}
