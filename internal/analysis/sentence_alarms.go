package analysis

import (
	"fmt"

	"holon/internal/multilevel/vigilance"
)

// sentences says who stood out, and the price.
func (a *AlarmsResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("Alarms: %d %s from %d %s in %d %s.", n.Ratings, plural(n.Ratings, "value"), n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups))}
	if a.Reason != "" {
		return append(out, r.nothing())
	}
	out = append(out, fmt.Sprintf("%d %s; chance gives about %s in as many comparisons.", len(a.All), plural(len(a.All), "alarm"), roughly(a.ByChance)))
	for _, d := range a.Seen {
		if d.Share != nil && d.SDs == 2 {
			out = append(out, fmt.Sprintf("Of real falls of two standard deviations about %.0f in 100 are seen in the same week; the others are missed then.", 100**d.Share))
		}
	}
	for i := range a.All {
		out = append(out, a.All[i].sentence())
	}
	if said := a.Answering.sentence("alarms"); said != "" {
		out = append(out, said)
	}
	return append(out, "An alarm is a question to ask, not an answer.")
}

// sentence says one alarm.
func (x *Alarm) sentence() string {
	where := fmt.Sprintf("Session %d of group %s, %s: ", x.Number, x.Group, x.Title)
	switch x.Rule {
	case vigilance.Together:
		return where + fmt.Sprintf("the whole group, by %.2g on average.", x.Value)
	case vigilance.LowLevel:
		return where + fmt.Sprintf("member %s at %.3g, where members are at %.3g on average.", x.Member, x.Value, x.Expected)
	default:
		return where + fmt.Sprintf("member %s at %.3g, where %.3g was to be expected by what went before and what the others did.", x.Member, x.Value, x.Expected)
	}
}
