package analysis

import (
	"fmt"
	"strings"

	"holon/internal/multilevel"
)

// leastGroups is the number of groups from which a verdict on groups may be
// given. Fewer can tell whether their members move together.
const leastGroups = 4

// layered tells whether ratings have more levels than members in groups.
func (r *Report) layered() bool {
	s := r.GroupLevel().Structure
	return s != "" && s != multilevel.MembersInGroups
}

// parts says where the variance lies, of ratings over several sessions or of
// groups below therapists; "" for members rated once.
func (r *Report) parts() string {
	g := r.GroupLevel()
	if !r.layered() {
		return ""
	}
	s := g.REML.Share
	var list []string
	add := func(v *float64, what string) {
		if v != nil {
			list = append(list, share(*v)+" "+what)
		}
	}
	add(s.Therapist, "between therapists")
	add(s.Group, "between "+r.units(2))
	add(s.Member, "between members")
	add(s.Session, "between sessions (shared by those who were there)")
	add(s.Residual, "in single ratings")
	if len(list) < 2 {
		return ""
	}
	return divided(list)
}

// divided says of shares such as "12 % between groups", at least one, where the
// differences lie.
func divided(shares []string) string {
	first, rest, _ := strings.Cut(shares[0], " % ")
	parts := append([]string{first + " % lie " + rest}, shares[1:]...)
	last := len(parts) - 1
	switch len(parts) {
	case 1:
		return "Of all differences between ratings, " + parts[0] + "."
	case 2:
		return "Of all differences between ratings, " + parts[0] + " and " + parts[1] + "."
	default:
		return "Of all differences between ratings, " + strings.Join(parts[:last], ", ") + ", and " + parts[last] + "."
	}
}

// together answers whether members move together from week to week; "" where
// no session is shared.
func (r *Report) together() string {
	w := r.GroupLevel().Weather
	if w == nil {
		return ""
	}
	lower, upper := "", ""
	for _, ci := range w.CI {
		if ci.Level == 0.90 {
			lower, upper = percent(ci.Lower), percent(ci.Upper)
		}
	}
	const question = "Do members move together from week to week? "
	switch w.Answer {
	case multilevel.Supported:
		text := question + "Yes, beyond chance: about " + percent(w.Share) + " of the movement from week to week is shared"
		if lower != "" && upper != "" {
			text += fmt.Sprintf(" (between %s and %s)", lower, upper)
		}
		return text + "."
	case multilevel.NotSupported:
		return question + "Little or not at all: at most " + upper + " of the movement from week to week is shared."
	case multilevel.CannotTell:
		text := question + "Too few sessions to say"
		if lower != "" && upper != "" {
			text += fmt.Sprintf("; between %s and %s of the movement from week to week may be shared", lower, upper)
		}
		return text + "."
	default:
		return ""
	}
}
