package analysis

import (
	"fmt"
	"strings"
)

// sentences says who is better, worse or unchanged.
func (o *OutcomeChangeResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("%s: %d %s from %d %s in %d %s.", r.heading(), n.Ratings, plural(n.Ratings, "value"), n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups))}
	if o.Reason != "" {
		return append(out, r.nothing())
	}
	t := &o.Total
	if o.Rule == "" {
		return append(out, "Who is better or worse cannot be told: nobody said how large a change is more than error. No rule is available for who is not on track.")
	}
	out = append(out, fmt.Sprintf("Of %d %s %d improved since the beginning, %d did not change beyond error, %d deteriorated; of %d it cannot be told.", t.Members, o.counted(t.Members), t.Improved, t.Unchanged, t.Deteriorated, t.Unknown))
	if t.Recovered != nil {
		out = append(out, fmt.Sprintf("Of those improved %d recovered: they crossed the cut-off of %g.", *t.Recovered, o.Cutoff.Value))
	}
	if said := o.worse(); len(said) > 0 {
		out = append(out, "Not on track, for reliably worse than at the beginning: "+strings.Join(said, ", ")+".")
	}
	if t.StableNow != nil {
		out = append(out, fmt.Sprintf("If nobody's level had moved, about %.1f of them would still be found not on track by this rule, and as many improved.", *t.StableNow))
	}
	return out
}

// worse names the members who are not on track.
func (o *OutcomeChangeResult) worse() []string {
	var out []string
	for i := range o.Members {
		if m := &o.Members[i]; m.OffTrack != nil && *m.OffTrack {
			of := ""
			if len(o.Groups) > 1 {
				of = " of group " + m.Group
			}
			out = append(out, fmt.Sprintf("%s%s (%+.3g points)", m.Informant.about(m.Member), of, m.Change.Change))
		}
	}
	return out
}
