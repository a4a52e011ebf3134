package analysis

import "fmt"

// sentences says what there is of each member, in the order of the report.
func (s *SeriesResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("%s: %d %s from %d %s in %d %s.", r.heading(), n.Ratings, plural(n.Ratings, "value"), n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups))}
	if s.Reason != "" {
		return append(out, r.nothing())
	}
	for i := range s.Units {
		out = append(out, s.Units[i].sentence())
	}
	return append(out, "A point outside the limits is a question to ask, not an answer.")
}

// sentence says what there is of one member.
func (u *UnitSeries) sentence() string {
	said := capital(u.Informant.about(u.Member))
	if u.Therapist != "" {
		said += " with therapist " + u.Therapist
	}
	last, values := 0.0, 0
	outside := map[string]int{}
	for i := range u.Points {
		if p := &u.Points[i]; p.Value != nil {
			last = *p.Value
			values++
			outside[p.Beyond]++
		}
	}
	said += fmt.Sprintf(": %d %s in %d %s; last %.3g", values, plural(values, "value"), len(u.Points), plural(len(u.Points), "session"), last)
	if l := &u.Level; l.Estimate != nil {
		said += fmt.Sprintf(", level today %.3g (between %.3g and %.3g)", *l.Estimate, *l.Estimate-1.96**l.SE, *l.Estimate+1.96**l.SE)
	}
	if below, above := outside["below"], outside["above"]; below+above > 0 {
		said += fmt.Sprintf("; outside own limits: %d below, %d above", below, above)
	}
	if c := u.Change; c != nil && c.Reliable != nil && c.Change != 0 {
		may := "may be error"
		if *c.Reliable {
			may = "is more than error"
		}
		said += fmt.Sprintf("; the change of %+.3g from the first to the last %s", c.Change, may)
	}
	return said + "."
}
