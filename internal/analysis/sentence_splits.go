package analysis

import (
	"fmt"
	"math"
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
	out := []string{fmt.Sprintf("%s: %d %s of %d members of %d %s.", title, r.Counts.Ratings, plural(r.Counts.Ratings, "answer"), r.Counts.Members,
		r.Counts.Groups, map[bool]string{true: "family", false: "families"}[r.Counts.Groups == 1])}
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
	out = append(out, fmt.Sprintf("%d of these alert. Of stable families about one in ten or fewer has an alert within %d sessions.", len(alerts), split.Horizon))
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
	}
	out := who
	if s.Difference != nil {
		out += fmt.Sprintf(" by %.2g", *s.Difference)
		if s.SE != nil {
			out += fmt.Sprintf(" (standard error %.2g)", *s.SE)
		}
	}
	if s.Grade != split.Ungraded {
		out += ", " + string(s.Grade)
	}
	out += fmt.Sprintf(", %d %s from session %d to %d", s.Sessions, plural(s.Sessions, "session"), s.From, s.To)
	switch {
	case s.Rule == AbsoluteRule:
		out += fmt.Sprintf("; the practice's own rule, met in session %d", s.Seen)
	case s.Status == StandingSplit && s.Rule == "":
		out += "; that is what the two are like"
	case s.Before != nil:
		out += fmt.Sprintf("; before it was %.2g over %d sessions, and that it is another was seen in session %d", *s.Before, s.Earlier, s.Seen)
	}
	return out + "."
}

// told says what chance gives.
func (c *SplitChance) told() string {
	for _, r := range c.Rates {
		if r.AtLeast == 1 && !math.IsNaN(r.Once) {
			return fmt.Sprintf("In a family of %d like these, where nothing changes, two lie a standard deviation apart in %.0f of 100 sessions, and at least once in %d sessions in %.0f of 100 families.",
				c.Members, 100*r.Once, c.Sessions, 100*r.Ever)
		}
	}
	return ""
}
