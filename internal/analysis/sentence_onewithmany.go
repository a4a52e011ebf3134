package analysis

import (
	"fmt"

	"holon/internal/multilevel"
	"holon/internal/multilevel/onewithmany"
)

// sentences says whose share the differences between pairs are, and how the two
// sides go together.
func (o *OneWithManyResult) sentences(r *Report) []string {
	f := &o.Found
	out := []string{fmt.Sprintf("%s: %d %s of %d %s with %d %s.", o.of(r), f.Ratings, plural(f.Ratings, "rating"), f.Pairs, plural(f.Pairs, "pair"), f.Therapists, plural(f.Therapists, "therapist"))}
	if f.Reason != "" {
		out = append(out, r.detail(string(f.Reason)))
		if r.Instead != "" {
			out = append(out, "Instead: "+lowerFirst(r.Instead))
		}
		return out
	}
	sides := []struct{ of, therapist, pair string }{
		{"therapists' ratings of their members", "how this therapist sees members in general", "how the therapist sees this member in particular"},
		{"members' ratings of their therapist", "how members in general see this therapist", "how this member in particular sees the therapist"},
	}
	for s := range f.Sides {
		side := &f.Sides[s]
		if side.Reason != "" {
			continue
		}
		words := sides[s]
		said := fmt.Sprintf("Of the differences between %s, %s with the therapist (%s)", words.of, lies(&side.Parts[0]), words.therapist)
		said += fmt.Sprintf(", and %s with the pair (%s", lies(&side.Parts[1]), words.pair)
		if len(side.Parts) > 2 {
			said += fmt.Sprintf("); the rest, %s, is what changes from one session to the next.", percent(side.Parts[2].Share))
		} else {
			said += ", with the chance error of one rating)."
		}
		out = append(out, said)
	}
	if f.Sides[0].Reason == "" && f.Sides[1].Reason == "" {
		out = append(out,
			goes("Whether therapists who rate their members higher in general are also rated higher by them", &f.Reciprocity[0]),
			goes("Whether a member whom a therapist rates especially high also rates that therapist especially high", &f.Reciprocity[1]))
	}
	return append(out, o.reservation())
}

// of names what was rated.
func (o *OneWithManyResult) of(r *Report) string {
	switch {
	case r.Subject == nil:
		return r.Outcome
	case o.Against == nil:
		return fmt.Sprintf("%s (%s)", r.Subject.Title, r.Subject.by())
	default:
		return fmt.Sprintf("%s (%s) and %s (%s)", r.Subject.Title, r.Subject.by(), o.Against.Title, o.Against.by())
	}
}

// lies says a part's share.
func lies(p *onewithmany.Part) string {
	v := percent(p.Share)
	if v == "" {
		return "an unknown share lies"
	}
	if p.CI == nil || p.CI.Lower == nil || p.CI.Upper == nil {
		return v + " lie"
	}
	return fmt.Sprintf("%s (between %s and %s) lie", v, percent(p.CI.Lower), percent(p.CI.Upper))
}

// goes says a reciprocity, as far as its limits let it be told.
func goes(question string, x *onewithmany.Reciprocity) string {
	if x.Correlation == nil {
		return question + ", these ratings do not show: there is no correlation to compute."
	}
	found := "a correlation of " + number(x.Correlation)
	if x.CI == nil || x.CI.Lower == nil || x.CI.Upper == nil {
		return question + ": " + found + ", without an interval."
	}
	found += within(x.CI)
	if *x.CI.Lower <= 0 && *x.CI.Upper >= 0 {
		return question + ", these ratings cannot tell: " + found + "."
	}
	if *x.Correlation < 0 {
		return question + ": no, rather lower, " + found + "."
	}
	return question + ": yes, " + found + "."
}

// within says an interval.
func within(ci *multilevel.Interval) string {
	return fmt.Sprintf(" (between %s and %s)", number(ci.Lower), number(ci.Upper))
}

// reservation says how the shares are to be read.
func (o *OneWithManyResult) reservation() string {
	if o.Found.Therapists < 10 {
		return fmt.Sprintf("With %d %s the therapist's share is hardly known: read the limits, not the number.", o.Found.Therapists, plural(o.Found.Therapists, "therapist"))
	}
	return "A share tells where differences lie, not who is better: a therapist's part may be a habit of rating, the members that came, or what the therapist does."
}
