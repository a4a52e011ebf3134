package analysis

import (
	"fmt"

	"holon/internal/multilevel"
	"holon/internal/multilevel/guess"
)

// sentences says which pairs have a weak leg, and how the therapists guess.
func (a *AllianceResult) sentences(r *Report) []string {
	title := r.Outcome
	if r.Subject != nil {
		title = r.Subject.Title
	}
	out := []string{fmt.Sprintf("%s: %d %s of %d %s with their therapists in %d %s.", title, r.Counts.Ratings, plural(r.Counts.Ratings, "answer"),
		r.Counts.Members, plural(r.Counts.Members, "member"), r.Counts.Groups, r.units(r.Counts.Groups))}
	if a.Reason != "" {
		return append(out, r.nothing())
	}
	out = append(out, a.weakLegs()...)
	out = append(out, a.apart()...)
	for i := range a.Therapists {
		if t := &a.Therapists[i]; len(a.Scores) > 0 && t.Score == a.Scores[0].Score {
			out = append(out, t.told()...)
		}
	}
	out = append(out, a.unlikeTherapists()...)
	return append(out, "A guess that is off is no mistake: the two see different things, and the gap is something to ask about.")
}

// mostNamed is how many pairs are named in one breath.
const mostNamed = 5

// fewOf keeps the first of what was found, and says how many more there are.
func fewOf(said []string) []string {
	if len(said) <= mostNamed {
		return said
	}
	return append(said[:mostNamed:mostNamed], fmt.Sprintf("%d more stand in the report.", len(said)-mostNamed))
}

// unlikeTherapists says which members rate one of two therapists higher, in the
// score that was asked about, and how many chance would name.
func (a *AllianceResult) unlikeTherapists() []string {
	var named []string
	compared := 0
	for i := range a.CoTherapists {
		c := &a.CoTherapists[i]
		lower, upper := ends95(c.Difference.CI)
		if c.Side != "member" || c.Score != a.Scores[0].Score || lower == nil {
			continue
		}
		compared++
		if *lower <= 0 && 0 <= *upper {
			continue
		}
		more, less := c.First, c.Second
		if *c.Difference.Mean < 0 {
			more, less = less, more
		}
		named = append(named, fmt.Sprintf("%s rates the alliance with %s higher than that with %s over %d sessions (difference %.2g, between %.2g and %.2g).",
			c.Member, more, less, c.Difference.N, *c.Difference.Mean, *lower, *upper))
	}
	if compared == 0 {
		return nil
	}
	n := len(named)
	return append(fewOf(named), fmt.Sprintf("Of %d %s with two therapists %d %s one of the two higher beyond the interval; chance alone would name about %.1f.",
		compared, plural(compared, "member"), n, map[bool]string{true: "rates", false: "rate"}[n == 1], .05*float64(compared)))
}

// weakLegs names the pairs with a weak leg, and how many chance would name.
func (a *AllianceResult) weakLegs() []string {
	var out []string
	judged, expected := 0, 0.0
	for i := range a.Pairs {
		p := &a.Pairs[i]
		if p.Legs.ByChance != nil {
			judged++
			expected += *p.Legs.ByChance
		}
		if p.Legs.Weak == "" {
			continue
		}
		out = append(out, fmt.Sprintf("Between %s and %s one leg is weak, %s: it lies lower than the others over %d sessions.", p.Therapist, p.Member, a.title(p.Legs.Weak), p.Legs.Sessions))
	}
	n := len(out)
	if judged == 0 {
		return fewOf(out)
	}
	return append(fewOf(out), fmt.Sprintf("%d of %d %s with enough sessions %s a weak leg; chance alone would name about %.1f.", n, judged, plural(judged, "pair"), have(n), expected))
}

// have is the verb that goes with a number.
func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// title is what a score is called.
func (a *AllianceResult) title(score string) string {
	for _, s := range a.Scores {
		if s.Score == score {
			return s.Title
		}
	}
	return score
}

// told says how one therapist guesses one score.
func (t *TherapistGuesses) told() []string {
	var out []string
	if lower, upper := ends95(t.Bias.CI); lower != nil {
		where := "on average neither above nor below what members say, as far as can be told"
		switch {
		case *lower > 0:
			where = "higher than what members say"
		case *upper < 0:
			where = "lower than what members say"
		}
		out = append(out, fmt.Sprintf("%s guesses %s: on average by %.2g (between %.2g and %.2g, %d members).", t.Therapist, where, *t.Bias.Mean, *lower, *upper, t.Bias.N))
	}
	if lower, upper := ends95(t.Tracking.CI); lower != nil {
		words := "whether the guesses move with the answers cannot be told"
		switch {
		case *lower > 0:
			words = "the guesses move with the answers"
		case *upper < 0:
			words = "the guesses move against the answers"
		}
		out = append(out, fmt.Sprintf("From session to session, apart from trends, %s (r %.2f, between %.2f and %.2f, %d members).", words, *t.Tracking.R, *lower, *upper, t.Tracked))
	}
	for i := range t.Pulls {
		p := &t.Pulls[i]
		if lower, upper := limits95(&p.Others); p.Reason == "" && lower != nil && *lower > 0 {
			out = append(out, fmt.Sprintf("In %s the guesses are drawn towards what the other members say: by %.2f of each point, the member's own answer held (between %.2f and %.2f).",
				p.Group, *p.Others.Estimate, *lower, *upper))
		}
	}
	if len(out) == 0 {
		why := guess.Sentence(t.Bias.Reason)
		if why == "" {
			why = guess.Sentence(t.Tracking.Reason)
		}
		out = append(out, fmt.Sprintf("How well %s guesses cannot be told yet. %s", t.Therapist, why))
	}
	return out
}

// ends95 returns the limits of the interval of .95, nil where there is none.
func ends95(ci []multilevel.Interval) (lower, upper *float64) {
	for _, x := range ci {
		if x.Level == .95 {
			return x.Lower, x.Upper
		}
	}
	return nil, nil
}
