package analysis

import (
	"fmt"
	"strings"

	"holon/internal/slipping"
)

// sentences says in whom there is a sign now, and how often each was there.
func (s *SlippingResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("Signs of dropping out: %d %s in %d %s, of whom %d dropped out.", n.Members, plural(n.Members, "member"), n.Groups, r.units(n.Groups), s.Left)}
	if s.Reason != "" {
		return append(out, r.nothing())
	}
	meaning := map[slipping.RuleID]string{}
	for i := range s.Rules {
		meaning[s.Rules[i].ID] = s.Rules[i].Meaning
	}
	for i := range s.Members {
		m := &s.Members[i]
		var now []string
		for _, x := range m.Signs {
			if x.Now {
				now = append(now, fmt.Sprintf("in session %d: %s", x.Number, meaning[x.Rule]))
			}
		}
		if len(now) > 0 {
			out = append(out, fmt.Sprintf("Member %s, %s.", m.Member, strings.Join(now, "; ")))
		}
	}
	for i := range s.Rules {
		rule := &s.Rules[i]
		if rule.Stayed.Members+rule.Left.Members > 0 {
			out = append(out, fmt.Sprintf("At least once: %s. In %d of %d who stayed, in %d of %d who dropped out, of those in whom it could be.", rule.Meaning, rule.Stayed.Members, rule.Stayed.Of, rule.Left.Members, rule.Left.Of))
			if rule.ByChance != nil {
				out = append(out, fmt.Sprintf("Of three values in a row of a member whose level does not move, %.0f in 100 fall like that.", 100**rule.ByChance))
			}
		}
	}
	for what, a := range []*Answering{s.Absences, s.Answering} {
		if said := a.sentence([]string{"absence", "sign"}[what]); said != "" {
			out = append(out, said)
		}
	}
	said := "A sign is a question to ask."
	if s.Signed > 0 {
		said += fmt.Sprintf(" Of %d %s in whom any was there that tells something, %d did not drop out.", s.Signed, plural(s.Signed, "member"), s.SignedStayed)
	}
	return append(out, said)
}
