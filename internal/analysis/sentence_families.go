package analysis

import (
	"fmt"
	"strings"

	"holon/internal/instrument"
)

// sentences says of each family what its last session holds.
func (f *FamiliesResult) sentences(r *Report) []string {
	if f.Reason != "" {
		return []string{r.nothing()}
	}
	out := []string{fmt.Sprintf("%d %s of %d %s of %d %s in %d %s.", r.Counts.Ratings, plural(r.Counts.Ratings, "rating"), r.Counts.Members, plural(r.Counts.Members, "member"),
		r.Counts.Groups, map[bool]string{true: "family", false: "families"}[r.Counts.Groups == 1], *r.Counts.Sessions, plural(*r.Counts.Sessions, "session"))}
	var told []string
	for i := range f.Families {
		told = append(told, f.last(&f.Families[i]))
	}
	out = append(out, fewOf(told)...)
	return append(out, "Members of one family differ; that is the rule. The line of the family is formed only where every member of it reported.")
}

// last says what a family's last session with any answer holds.
func (f *FamiliesResult) last(x *Family) string {
	for i := len(x.Sessions) - 1; i >= 0; i-- {
		s := &x.Sessions[i]
		var said []string
		for k := range f.Measures {
			if m := &f.Measures[k]; m.Measure.Rater == instrument.RaterMember && m.Level != instrument.System {
				said = append(said, s.said(k, m.Title)...)
			}
		}
		for k := range f.Measures {
			if m := &f.Measures[k]; m.Measure.Rater == instrument.RaterTherapist {
				said = append(said, s.saidOutside(k, m.Title)...)
			}
		}
		for i := range s.Consensus {
			said = append(said, f.saw(&s.Consensus[i]))
		}
		for _, l := range s.Lines {
			said = append(said, f.told(&l))
		}
		if len(said) > 0 {
			return fmt.Sprintf("%s, session %d: %s.", x.Group, s.Number, strings.Join(said, "; "))
		}
	}
	return x.Group + ": no answer."
}

// said are the members' values of one measure.
func (s *FamilySession) said(k int, title string) []string {
	var values []string
	for _, c := range s.Cells {
		if c.Measure != k || c.Value == nil {
			continue
		}
		about := c.Member
		if c.Therapist != "" {
			about += " with " + c.Therapist
		}
		values = append(values, about+" "+points(*c.Value))
	}
	if values == nil {
		return nil
	}
	return []string{title + ": " + strings.Join(values, ", ")}
}

// saidOutside are the therapists' values of one measure; those made after the member's
// answer was seen say so.
func (s *FamilySession) saidOutside(k int, title string) []string {
	var out, order []string
	by := map[string][]string{}
	for _, c := range s.Cells {
		if c.Measure != k || c.Value == nil {
			continue
		}
		about := c.Member
		if about == "" {
			about = "the family"
		}
		if c.AfterSeeing {
			about += " (after seeing the answer)"
		}
		if by[c.Rater] == nil {
			order = append(order, c.Rater)
		}
		by[c.Rater] = append(by[c.Rater], about+" "+points(*c.Value))
	}
	for _, t := range order {
		out = append(out, fmt.Sprintf("%s, therapist %s: %s", title, t, strings.Join(by[t], ", ")))
	}
	return out
}

// saw says what observers agreed on, or that they did not.
func (f *FamiliesResult) saw(c *ObserversConsensus) string {
	about := "the family"
	if c.Member != "" {
		about = c.Member
	}
	if c.Therapist != "" {
		about += " with " + c.Therapist
	}
	out := fmt.Sprintf("%s, %d %s: %s ", f.Measures[c.Measure].Title, c.Observers, plural(c.Observers, "observer"), about)
	if c.Value == nil {
		return out + fmt.Sprintf("undecided, from %s to %s", points(c.Lowest), points(c.Highest))
	}
	return out + points(*c.Value)
}

// told says a line of the family.
func (f *FamiliesResult) told(l *SystemLine) string {
	title := f.Measures[l.Measure].Title
	if l.Value == nil {
		return fmt.Sprintf("%s: not formed for the family, %d of its %d members reported", title, l.N, l.Of)
	}
	return fmt.Sprintf("%s: %s, from all %d members of the family, who are at most %s apart", title, points(*l.Value), l.Of, points(*l.Furthest))
}
