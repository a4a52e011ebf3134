package analysis

import (
	"fmt"
	"math"

	"holon/internal/multilevel/vigilance"
)

// sentences says who stood out, and the price.
func (a *AlarmsResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("Alarms: %d %s from %d %s in %d %s.", n.Ratings, plural(n.Ratings, "value"), n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups))}
	if a.Reason != "" {
		return append(out, r.nothing())
	}
	if a.Comparisons == 0 {
		return append(out, "No value could be compared: there is no earlier value yet, or all values are the same, so that a fall would not be seen.")
	}
	out = append(out, a.price())
	for _, d := range a.Seen {
		if d.Share != nil && d.SDs == 2 {
			out = append(out, fmt.Sprintf("Of real falls of two standard deviations within members (twice their usual ups and downs) about %.0f in 100 are seen in the same week, in a member with %d earlier values beside %d others; the rest are missed then.", 100**d.Share, seenAfter, seenBeside))
		}
	}
	for i := range a.All {
		out = append(out, a.All[i].sentence())
	}
	if said := a.Answering.sentence("alarm"); said != "" {
		out = append(out, said)
	}
	return append(out, "An alarm is a question to ask, not an answer.")
}

// price says how many alarms there are, and how many chance gives.
func (a *AlarmsResult) price() string {
	n := len(a.All)
	return fmt.Sprintf("%d %s%s; chance gives about %s in as many comparisons of members whose level does not move.", n, plural(n, "alarm"), a.whose(), roughly(a.ByChance))
}

// worse says so where a rise is what a fall is on other scales.
func (x *Alarm) worse() string {
	if x.Z > 0 {
		return " (more is worse)"
	}
	return ""
}

// whose says how many members alarms are about: a fall that lasts is one in every week.
func (a *AlarmsResult) whose() string {
	members, groups := map[[2]string]bool{}, 0
	for i := range a.All {
		if x := &a.All[i]; x.Member == "" {
			groups++
		} else {
			members[[2]string{x.Group, x.Member}] = true
		}
	}
	switch said := fmt.Sprintf(" in %d %s", len(members), plural(len(members), "member")); {
	case len(members) > 0 && groups > 0:
		return said + fmt.Sprintf(" and %d of whole groups", groups)
	case len(members) > 0:
		return said
	default:
		return ""
	}
}

// sentence says one alarm.
func (x *Alarm) sentence() string {
	where := fmt.Sprintf("Session %d of group %s, %s", x.Number, x.Group, x.Title)
	if x.Therapist != "" {
		where += " " + x.Therapist
	}
	switch x.Rule {
	case vigilance.Together:
		side := "below"
		if x.Value > 0 {
			side = "above"
		}
		return where + fmt.Sprintf(": the whole group, on average %s %s what its members said before%s.", points(math.Abs(x.Value)), side, x.worse())
	case vigilance.LowLevel:
		return where + fmt.Sprintf(": member %s at %s, where members are at %s on average%s.", x.Member, points(x.Value), points(x.Expected), x.worse())
	case vigilance.OwnDrop:
		return where + fmt.Sprintf(": member %s at %.3g, where %.3g was to be expected by what went before and what the others did%s; far off for somebody who moves as little.", x.Member, x.Value, x.Expected, x.worse())
	default:
		return where + fmt.Sprintf(": member %s at %.3g, where %.3g was to be expected by what went before and what the others did%s.", x.Member, x.Value, x.Expected, x.worse())
	}
}
