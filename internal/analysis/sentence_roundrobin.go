package analysis

import (
	"fmt"

	"holon/internal/multilevel/roundrobin"
)

// sentences says what members give, get and have between them.
func (r *RoundRobinResult) sentences(of *Report) []string {
	heading := of.heading()
	if of.Subject != nil {
		heading = fmt.Sprintf("%s (what members say of each other)", of.Subject.Title)
	}
	n := of.Counts
	out := []string{fmt.Sprintf("%s: %d %s between %d %s in %d %s.",
		heading, n.Ratings, plural(n.Ratings, "rating"), n.Members, plural(n.Members, "member"), n.Groups, of.units(n.Groups))}
	if r.why() != "" {
		return append(out, of.nothing())
	}
	if len(r.Groups) > 0 {
		out = append(out, r.closedSentences()...)
	} else if f := r.Restricted.Without; f != nil {
		out = append(out, fittedSentence(f), "Some ratings are missing in every "+of.unit()+", so these numbers come from a model that can do without them.")
	}
	if t := r.Restricted.Test; t != nil && of.Counts.Groups > 1 {
		out = append(out, fmt.Sprintf("Whether %s differ in how warmly members speak of each other at all: a difference as large as this comes by chance in %s of such data.", of.units(2), chance(t.P)))
	}
	return out
}

// closedSentences says the shares and which of them are beyond chance.
func (r *RoundRobinResult) closedSentences() []string {
	var out []string
	e := r.Pooled.Estimates
	if e[0].Share != nil && e[1].Share != nil && e[2].Share != nil {
		out = append(out, fmt.Sprintf(
			"Of the differences between ratings %s lie in who rates, %s in who is rated, and %s in what is between two people (with the chance of one rating).",
			share(*e[0].Share), share(*e[1].Share), share(*e[2].Share)))
	}
	for i, words := range []string{"Some members are warmer to everybody than others", "Some members are liked more by everybody than others"} {
		out = append(out, words+": "+r.told(&e[i])+".")
	}
	if v := r.Pooled.DyadicReciprocity; v != nil {
		word := "Warmth towards one person in particular is given back"
		if *v < 0 {
			word = "Warmth towards one person in particular is not given back, rather the contrary"
		}
		out = append(out, fmt.Sprintf("%s (correlation %.2f): %s.", word, *v, r.told(&e[4])))
	}
	return out
}

// told says whether a component is beyond chance by the test to read.
func (r *RoundRobinResult) told(e *roundrobin.Estimate) string {
	for _, t := range e.Tests {
		if t.Method != r.Lead || t.P == nil {
			continue
		}
		if *t.P <= 0.05 {
			return "beyond chance (by chance alone in " + chance(*t.P) + " of such data)"
		}
		return "too little to say, or too few people (by chance alone in " + chance(*t.P) + " of such data)"
	}
	return "no test could be made"
}

// fittedSentence says the components of a fit as shares.
func fittedSentence(f *roundrobin.RestrictedFit) string {
	var v [3]float64
	total := 0.0
	for i := range v {
		if i < len(f.Components) && f.Components[i].Value != nil {
			v[i] = max(0, *f.Components[i].Value)
		}
		total += v[i]
	}
	if !(total > 0) {
		return "No part of the differences between ratings could be told from another."
	}
	return fmt.Sprintf("Of the differences between ratings %s lie in who rates, %s in who is rated, and %s in what is between two people (with the chance of one rating).",
		share(v[0]/total), share(v[1]/total), share(v[2]/total))
}

// sentences says who feels close to whom, in the last session of each group.
func (b *BondsResult) sentences(r *Report) []string {
	title := r.Outcome
	if r.Subject != nil {
		title = r.Subject.Title
	}
	out := []string{fmt.Sprintf("%s: %d %s of members by each other in %d %s.", title, r.Counts.Ratings, plural(r.Counts.Ratings, "rating"), r.Counts.Groups, r.units(r.Counts.Groups))}
	if b.Reason != "" {
		return append(out, r.nothing())
	}
	for i := range b.Groups {
		g := &b.Groups[i]
		if len(g.Sessions) == 0 {
			continue
		}
		out = append(out, g.told(len(b.Groups) > 1)...)
	}
	return append(out, "A tie is a warm answer, not a fact about two people; look at a picture like this with the group in mind, and do not show it to members.")
}

// told says the last session of one group, and what changed.
func (g *BondedGroup) told(named bool) []string {
	s := &g.Sessions[len(g.Sessions)-1]
	where := fmt.Sprintf("In session %d", s.Number)
	if named {
		where = fmt.Sprintf("In session %d of %s", s.Number, g.Group)
	}
	t := &s.Plain
	out := []string{fmt.Sprintf("%s %d of %d answers are ties; %d of %d pairs are mutual%s.", where, t.Ties, t.Rated, t.Mutual, t.Pairs, byChance(t.MutualByChance))}
	for _, n := range s.Nodes {
		if n.Few {
			words := ""
			if n.ByChance != nil {
				words = fmt.Sprintf("; by chance alone a member of such a group has so few in %s of cases", chance(*n.ByChance))
			}
			out = append(out, fmt.Sprintf("Few ties lead to %s: from %d of %d who answered%s.", n.Member, n.Incoming, n.Raters, words))
		}
	}
	if t.FewIncoming > 0 && t.FewIncomingByChance != nil {
		out = append(out, fmt.Sprintf("Chance alone would give about %.1f such members in a group like this.", *t.FewIncomingByChance))
	}
	if k := len(g.Steps); k > 0 && g.Steps[k-1].Stability != nil {
		x := &g.Steps[k-1]
		out = append(out, fmt.Sprintf("Since session %d %d ties were kept, %d were lost and %d are new.", x.From, x.Kept, x.Lost, x.New))
	}
	if g.Parts.Reason == "" && len(g.Parts.Groups) > 1 {
		out = append(out, fmt.Sprintf("Over the sessions the group falls into %d parts that have no lasting mutual tie between them.", len(g.Parts.Groups)))
	}
	return out
}

// byChance says what chance would give.
func byChance(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(" (by chance about %.1f)", *v)
}
