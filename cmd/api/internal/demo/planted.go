package demo

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// planted says of the ruptures that were planted which the analysis found, and how
// many others it found where nothing was planted, beside how many chance gives.
func (p *page) planted(ctx context.Context, src analysis.Source, part part) error {
	report, err := analysis.Ruptures(ctx, src, analysis.Ask{
		Measure: analysis.Measure{Instrument: allianceOne, Score: "rating", Rater: instrument.RaterMember}, Kinds: []session.GroupKind{part.kind},
	})
	if err != nil {
		return err
	}
	found, ok := report.Result.(*analysis.RupturesResult)
	if !ok || found.ByChance == nil {
		return fmt.Errorf("demo: no ruptures were sought: %s", report.Result.Verdict().Reason)
	}
	n := tallyOf(src, part, found)
	p.line("")
	p.paragraph("", n.sentence(part, *found.ByChance))
	return p.err
}

// tally counts falls by what was planted.
type tally struct {
	planted, repaired, split, other int
	missed                          []string // planted, and not found
}

// tallyOf goes through what was planted and what was found. A planted rupture
// lowers two sessions; a fall that begins in one of them is that rupture.
func tallyOf(src analysis.Source, part part, found *analysis.RupturesResult) tally {
	var n tally
	explained := map[*analysis.RuptureFall]bool{}
	for _, c := range part.courses {
		i := slices.IndexFunc(src.Groups(), func(g *session.Group) bool { return string(g.Code) == c.code })
		if i < 0 {
			continue
		}
		g := src.Groups()[i]
		who := c.identified(g)
		for _, r := range c.ruptures {
			n.planted++
			falls := fallsOf(found, g.ID, who[r.member], r.at+1, r.at+2)
			if len(falls) == 0 {
				n.missed = append(n.missed, fmt.Sprintf("%s session %d", c.code, r.at+1))
			}
			if slices.ContainsFunc(falls, func(f *analysis.RuptureFall) bool { return f.Back != nil }) {
				n.repaired++
			}
			for _, f := range falls {
				explained[f] = true
			}
		}
		for _, s := range c.splits {
			for _, st := range c.stays {
				if st.role != session.RoleAdolescent {
					continue
				}
				for _, f := range fallsOf(found, g.ID, who[st.member], s.from+1, s.to+1) {
					explained[f] = true
					n.split++
				}
			}
		}
	}
	for i := range found.Pairs {
		for k := range found.Pairs[i].Falls {
			if !explained[&found.Pairs[i].Falls[k]] {
				n.other++
			}
		}
	}
	return n
}

// identified returns the identifiers of a group's members by their codes: spells
// stand in the order in which they begin.
func (c *course) identified(g *session.Group) map[string]session.MemberID {
	out := map[string]session.MemberID{}
	k := 0
	for n := 1; n <= c.sessions; n++ {
		for _, s := range c.stays {
			if s.from == n && k < len(g.Spells) {
				out[s.member] = g.Spells[k].MemberID
				k++
			}
		}
	}
	return out
}

// fallsOf returns the falls of a member that begin in one of these sessions.
func fallsOf(found *analysis.RupturesResult, group session.GroupID, member session.MemberID, from, to int) []*analysis.RuptureFall {
	var out []*analysis.RuptureFall
	for i := range found.Pairs {
		p := &found.Pairs[i]
		if p.Group != string(group) || p.Member != string(member) {
			continue
		}
		for k := range p.Falls {
			if f := &p.Falls[k]; f.Onset.Number >= from && f.Onset.Number <= to {
				out = append(out, f)
			}
		}
	}
	return out
}

// sentence says it.
func (n *tally) sentence(part part, byChance float64) string {
	said := fmt.Sprintf("Ruptures of 4 points were planted in %d members of these %s, and came to an end within two sessions: %d were found, %d of them with a score that came back",
		n.planted, part.unit(), n.planted-len(n.missed), n.repaired)
	if len(n.missed) > 0 {
		said += fmt.Sprintf(", and %d not (%s)", len(n.missed), list(n.missed))
	}
	if n.split > 0 {
		said += fmt.Sprintf("; %d falls lie where a split was planted", n.split)
	}
	return said + fmt.Sprintf(". %d further falls were found where nothing was planted; chance gives about %.0f in as many members.", n.other, byChance)
}
