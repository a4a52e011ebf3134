package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"holon/internal/multilevel/split"
)

// sentences says which splits alert, which differences stand, and what chance gives.
func (s *SplitsResult) sentences(r *Report) []string {
	if s.Reason != "" {
		return []string{r.nothing()}
	}
	title := r.Outcome
	if r.Subject != nil {
		title = r.Subject.Title
	}
	out := []string{fmt.Sprintf("%s: %d %s of %d %s of %d %s.", title, r.Counts.Ratings, plural(r.Counts.Ratings, "answer"), r.Counts.Members, plural(r.Counts.Members, "member"),
		r.Counts.Groups, map[bool]string{true: "family", false: "families"}[r.Counts.Groups == 1])}
	if s.ShownTo != "" {
		return append(out, "How far members lie apart is not shown to one of them.")
	}
	var alerts, described []string
	for i := range s.Families {
		f := &s.Families[i]
		for k := range f.Splits {
			if x := &f.Splits[k]; x.Rule != "" {
				alerts = append(alerts, f.Group+": "+x.told())
			} else {
				described = append(described, f.Group+": "+x.told())
			}
		}
	}
	out = append(out, fewOf(alerts)...)
	out = append(out, s.price())
	if r.Caveats.Has("few_families") {
		out = append(out, "Too few other families tell how far pairs move by themselves: here a split is seen late, or not at all.")
	}
	out = append(out, fewOf(described)...)
	for i := range s.Families {
		if told := s.Families[i].Chance.told(); told != "" {
			out = append(out, told) // of the first family for which it is known
			break
		}
	}
	if s.Reference.From == NoReference {
		out = append(out, "Nothing is graded: too few raters tell what members in these roles are like.")
	}
	return out
}

// price says how many alerts there are, and what they cost.
func (s *SplitsResult) price() string {
	out := fmt.Sprintf("%d %s that a pair, or a family beside its therapist, departed from what was before. Of families where nothing happens about one in ten or fewer has such an alert within %d sessions.",
		s.Alerts, map[bool]string{true: "alert says", false: "alerts say"}[s.Alerts == 1], split.Horizon)
	if s.Absolute > 0 {
		out += fmt.Sprintf(" %d more by the rule of the practice's own, which is met by chance as often as stands beside each family.", s.Absolute)
	}
	return out
}

// told says a split.
func (s *Split) told() string {
	who := strings.Join(s.Members, " and ")
	switch s.Kind {
	case FamilyTherapist:
		who = "every member says less than therapist " + s.Therapist
	case LowPurpose:
		who = "the bonds are good and the family's shared purpose is low"
	case MemberMember:
		who = s.Members[0] + " says more than " + s.Members[1]
		if s.Status == OverSplit {
			who = s.Members[0] + " said more than " + s.Members[1]
		}
	}
	out := who
	if s.Difference != nil {
		out += " by " + points(*s.Difference)
		if s.SE != nil {
			out += " (standard error " + points(*s.SE) + ")"
		}
	}
	if s.Grade != split.Ungraded {
		out += ", " + string(s.Grade)
	}
	out += fmt.Sprintf(", %d %s from session %d to %d", s.Sessions, plural(s.Sessions, "session"), s.From, s.To)
	switch {
	case s.Rule == AbsoluteRule:
		out += fmt.Sprintf("; the practice's own rule, met in session %d", s.Seen)
		if s.Before != nil {
			out += fmt.Sprintf("; before it was %s over %d %s", points(*s.Before), s.Earlier, plural(s.Earlier, "session"))
		}
	case s.Status == CloserPair:
		out += "; before it was " + points(*s.Before) + ": they are closer"
	case s.Status == StandingSplit && s.Before == nil:
		out += "; that is what the two are like"
	case s.Before != nil:
		out += fmt.Sprintf("; before it was %s over %d sessions, and that it is another was seen in session %d", points(*s.Before), s.Earlier, s.Seen)
	}
	if s.Moved != "" {
		out += "; moved most: " + s.Moved
	}
	switch s.Status {
	case OverSplit:
		out += "; it is over"
	case NewSplit:
		out += "; still so in session " + strconv.Itoa(s.To)
	case StandingSplit:
		if s.Before != nil {
			out += "; it has lasted, and is what they are like from there on"
		}
	case CloserPair, DescribedSplit:
	}
	return out + "."
}

// told says what chance gives.
func (c *SplitChance) told() string {
	for _, r := range c.Rates {
		if r.AtLeast == 1 && !math.IsNaN(r.Once) {
			return fmt.Sprintf("Among %d members who answer, where nothing changes, two lie a standard deviation apart in %.0f of 100 sessions, and at least once in %d sessions in %.0f of 100 families.",
				c.Members, 100*r.Once, c.Sessions, 100*r.Ever)
		}
	}
	return ""
}
