package analysis

import (
	"fmt"

	"holon/internal/multilevel/familyrole"
)

// sentences says which parts are beyond chance, and how far the model holds.
func (f *FamilyRolesResult) sentences(of *Report) []string {
	heading := of.heading()
	if of.Subject != nil {
		heading = fmt.Sprintf("%s (what members of families say of each other)", of.Subject.Title)
	}
	n := of.Counts
	out := []string{fmt.Sprintf("%s: %d %s in %d complete %s of %d roles.", heading, n.Ratings, plural(n.Ratings, "rating"), n.Groups, map[bool]string{true: "family", false: "families"}[n.Groups == 1], len(f.Roles))}
	if f.Reason != "" {
		return append(out, of.nothing())
	}
	for i := range f.Parts {
		if e := &f.Parts[i]; e.P <= 0.05 && e.Kind != familyrole.Relationship {
			out = append(out, e.told())
		}
	}
	if len(out) == 1 {
		out = append(out, "No part but what is between two roles, with the chance of one rating, is beyond chance.")
	}
	if f.P != nil && *f.P <= 0.05 {
		out = append(out, fmt.Sprintf("The division does not describe these data well: a misfit as large comes by chance in %s of such data. Read the parts with care.", chance(*f.P)))
	}
	return out
}

// told says one part that is beyond chance.
func (e *RolePart) told() string {
	switch e.Kind {
	case familyrole.Family:
		return fmt.Sprintf("Some families are warmer than others as a whole (variance %.2g).", e.Value)
	case familyrole.Actor:
		return fmt.Sprintf("Some of those in the role %s are warmer to everybody in their family than others in that role (variance %.2g).", e.By, e.Value)
	case familyrole.Partner:
		return fmt.Sprintf("Some of those in the role %s are liked more by everybody in their family than others in that role (variance %.2g).", e.Of, e.Value)
	case familyrole.General:
		return fmt.Sprintf("In the role %s who gives more gets %s (covariance %.2g).", e.By, moreOrLess(e.Value), e.Value)
	default:
		return fmt.Sprintf("Between %s and %s, warmth towards that one person goes with %s in return (covariance %.2g).", e.By, e.Of, moreOrLess(e.Value), e.Value)
	}
}

// moreOrLess is the word for the sign of a covariance.
func moreOrLess(v float64) string {
	if v < 0 {
		return "less"
	}
	return "more"
}
