package demo

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// splits says of the splits that were planted in families when each was found, and which
// alerts lie where nothing was planted.
func (p *page) splits(ctx context.Context, src analysis.Source, part part) error {
	if part.kind != session.KindFamily {
		return nil
	}
	byMembers := func(ref instrument.Ref) analysis.Measure {
		return analysis.Measure{Instrument: ref, Score: "rating", Rater: instrument.RaterMember}
	}
	report, err := analysis.Splits(ctx, src, analysis.Ask{Measure: byMembers(allianceOne), Purpose: byMembers(purposeOne), Kinds: []session.GroupKind{part.kind}})
	if err != nil {
		return err
	}
	found, ok := report.Result.(*analysis.SplitsResult)
	if !ok || len(found.Families) == 0 {
		return fmt.Errorf("demo: no splits were sought: %s", report.Result.Verdict().Reason)
	}
	n := alertsOf(src, part, found)
	p.line("")
	p.paragraph("", n.sentence(found))
	return p.err
}

// alerts are the alerts of splits by what was planted.
type alerts struct {
	families int // with planted splits
	planted  int // runs of sessions
	seen     []string
	missed   int
	stable   int // families without
	falsely  int // of these, with an alert
	elsewise int // alerts outside of planted runs, in families with one
}

// alertsOf goes through what was planted and what was found.
func alertsOf(src analysis.Source, part part, found *analysis.SplitsResult) alerts {
	var n alerts
	for _, c := range part.courses {
		at := slices.IndexFunc(src.Groups(), func(g *session.Group) bool { return string(g.Code) == c.code })
		if at < 0 {
			continue
		}
		g := src.Groups()[at]
		f := slices.IndexFunc(found.Families, func(x analysis.SplitFamily) bool { return x.Group == string(g.ID) })
		if f < 0 {
			continue
		}
		n.family(c, c.identified(g), found.Families[f].Splits)
	}
	return n
}

// family counts one family's.
func (n *alerts) family(c *course, who map[string]session.MemberID, found []analysis.Split) {
	found = slices.DeleteFunc(slices.Clone(found), func(x analysis.Split) bool { return x.Rule == "" })
	if len(c.splits) == 0 && len(c.ruptures) == 0 {
		n.stable++
		if len(found) > 0 {
			n.falsely++
		}
		return
	}
	if len(c.splits) == 0 {
		return // a planted rupture parts the member from the others as well
	}
	n.families++
	explained := 0
	for _, w := range c.splits {
		n.planted++
		seen := 0
		for _, x := range found {
			if x.Seen < w.from+1 || x.Seen > w.to+1 || !apart(c, who, &x) {
				continue
			}
			explained++
			if seen == 0 || x.Seen < seen {
				seen = x.Seen
			}
		}
		if seen == 0 {
			n.missed++
			continue
		}
		n.seen = append(n.seen, fmt.Sprintf("%s sessions %d to %d in session %d", c.code, w.from+1, w.to+1, seen))
	}
	n.elsewise += len(found) - explained
}

// apart tells whether a split has the adolescent in it.
func apart(c *course, who map[string]session.MemberID, x *analysis.Split) bool {
	return slices.ContainsFunc(c.stays, func(s stay) bool {
		return s.role == session.RoleAdolescent && slices.Contains(x.Members, string(who[s.member]))
	})
}

// sentence says it.
func (n *alerts) sentence(found *analysis.SplitsResult) string {
	said := fmt.Sprintf("Splits of %d points between the adolescent and the others were planted in %d families, in %d runs of sessions", splitDepth, n.families, n.planted)
	if len(n.seen) > 0 {
		said += fmt.Sprintf(": %d were seen while they lasted (%s)", len(n.seen), list(n.seen))
	}
	if n.missed > 0 {
		said += fmt.Sprintf(", and %d were not: so small a difference for so few sessions is much like chance", n.missed)
	}
	said += fmt.Sprintf(". %d alerts in these families lie elsewhere. Of %d families where nothing was planted %d had an alert; the rule allows one in ten.", n.elsewise, n.stable, n.falsely)
	chance := found.Families[0].Chance
	return said + fmt.Sprintf(" The usual rule, two members a standard deviation apart in two sessions in a row, is met by chance in %.0f of 100 such families.", 100*chance.Rates[0].Row)
}
