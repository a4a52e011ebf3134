package analysis

import (
	"fmt"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/outcome"
)

// sentences says what became of the members, the worst first to be looked at.
func (o *OutcomeChangeResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("%s: %d %s from %d %s in %d %s.", r.heading(), n.Ratings, plural(n.Ratings, "value"), n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups))}
	if o.Reason != "" {
		return append(out, r.nothing())
	}
	out = append(out, o.tally(), o.tracked())
	if s := cutoffSentence(o.CutoffReason); s != "" {
		out = append(out, s)
	}
	for i := range o.Members {
		out = append(out, o.Members[i].sentence())
	}
	return append(out, "Nobody is decided about by these words alone: ask the member.")
}

// tally says the counts of all.
func (o *OutcomeChangeResult) tally() string {
	c := &o.All
	if c.Improved == nil {
		return fmt.Sprintf("Of %d %s %d can be compared with a baseline; who is better or worse by more than error cannot be told.", c.Members, plural(c.Members, "member"), c.Changes)
	}
	said := fmt.Sprintf("Of %d %s %d can be compared with a baseline: %d improved, %d unchanged, %d deteriorated", c.Members, plural(c.Members, "member"), c.Changes, *c.Improved, *c.Unchanged, *c.Deteriorated)
	if c.Recovered != nil {
		said += fmt.Sprintf("; of those improved %d recovered", *c.Recovered)
	}
	if c.ChanceEach != nil {
		said += fmt.Sprintf("; if nobody changed, error alone would call %.1f improved and as many deteriorated", *c.ChanceEach)
	}
	return said + "."
}

// tracked says the rule and what it does.
func (o *OutcomeChangeResult) tracked() string {
	t, c := &o.Track, &o.All
	if t.Rule == "" {
		return "Not on track: no rule available."
	}
	said := fmt.Sprintf("Not on track, by the rule \"reliably worse than the baseline\": %d now, %d now or before", *c.OffTrack, *c.EverOff)
	if c.ChanceEver != nil {
		said += fmt.Sprintf("; of members without any change the rule flags %s at one comparison, and %.1f of these %d now or before", percent(t.StableOnce), *c.ChanceEver, c.Changes)
	}
	return said + "."
}

// sentence says what became of one member.
func (m *MemberChange) sentence() string {
	who := "Member " + m.Member
	if m.Change == nil {
		return who + ": " + noChange(m.Reason) + "."
	}
	said := fmt.Sprintf("%s: %s in session %d, %s in session %d", who, plain(m.From.Value), m.From.Number, plain(m.To.Value), m.To.Number)
	var words []string
	switch {
	case m.State == "":
		words = append(words, "whether that is more than error cannot be told")
	case m.Recovered != nil && *m.Recovered:
		words = append(words, "improved, and recovered")
	case m.State == outcome.Unchanged:
		words = append(words, "unchanged, the difference may be error")
	default:
		words = append(words, string(m.State))
	}
	switch {
	case m.OffTrack != nil && *m.OffTrack:
		words = append(words, fmt.Sprintf("not on track, first in session %d", *m.FirstOff))
	case m.FirstOff != nil:
		words = append(words, fmt.Sprintf("was not on track in session %d", *m.FirstOff))
	}
	if m.FirstOff != nil && m.StableEver != nil {
		words[len(words)-1] += fmt.Sprintf(", as would be at some time %s of members without any change in %d %s", percent(m.StableEver), m.Comparisons, plural(m.Comparisons, "comparison"))
	}
	return said + ": " + strings.Join(words, "; ") + "."
}

// plain writes a score for reading.
func plain(v float64) string { return fmt.Sprintf("%.4g", v) }

// noChange says why a member has no change.
func noChange(why multilevel.Reason) string {
	switch why {
	case outcome.NoIntake:
		return "no value of an intake before the first meeting"
	case outcome.NoLaterValue:
		return "one value to begin with and none after it"
	default:
		return "no value of this measure"
	}
}
