package analysis

import (
	"fmt"

	"holon/internal/multilevel"
	"holon/internal/multilevel/early"
)

// sentences says whether the early alliance tells of the final outcome.
func (e *EarlyAllianceResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("%s: %d %s in %d %s, alliance in attended sessions %d to %d.", r.Outcome, n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups), e.Window.From, e.Window.To)}
	if undecidable(e.Answer) {
		return append(out, r.nothing())
	}
	m := &e.Measures[0]
	switch e.Answer {
	case multilevel.Supported:
		out = append(out, "Beyond chance: among members of the same group the early alliance tells of the final outcome beyond where they began and what had changed by then.")
	case multilevel.NotSupported:
		out = append(out, "Among members of the same group the early alliance tells little or nothing of the final outcome beyond where they began and what had changed by then.")
	default:
		out = append(out, fmt.Sprintf("Whether the early alliance tells of the final outcome cannot be told from these members. %s About %d members would show a partial correlation of %.2g.",
			early.Sentence(e.Reason), e.Needed, e.PlannedR))
	}
	if lower, upper := limits95(&m.Within.Standard); lower != nil && upper != nil {
		out = append(out, fmt.Sprintf("One standard deviation more alliance goes before a final outcome %.2f standard deviations higher on its scale (between %.2f and %.2f).",
			*m.Within.Standard.Estimate, *lower, *upper))
	}
	if d := &m.Dropped; d.Members > 0 {
		s := fmt.Sprintf("%d of %d members have no final outcome and are not in this", d.Members, d.Members+d.Stayed)
		if d.Mean != nil && d.MeanStayed != nil {
			s += fmt.Sprintf("; their early alliance was %.3g on average, that of the others %.3g", *d.Mean, *d.MeanStayed)
		}
		out = append(out, s+".")
	}
	return append(out, "This is an order in time, no more: who was getting better already, and who finds it easy to trust, may differ in both.")
}
