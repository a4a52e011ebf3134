package demo

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/analysis"
	"holon/internal/goal"
	"holon/internal/session"
)

// shared says of the families' superordinate goals in how many sessions all stood
// behind them, and how far apart members saw them where a split was planted and where
// none was.
func (p *page) shared(ctx context.Context, src analysis.Source, part part) error {
	report, err := analysis.Goals(ctx, src, analysis.Ask{Kinds: []session.GroupKind{part.kind}})
	if err != nil {
		return err
	}
	found, ok := report.Result.(*analysis.GoalsResult)
	if !ok || found.Reason != "" {
		return fmt.Errorf("demo: nothing was said of goals: %s", report.Result.Verdict().Reason)
	}
	var n tallyOfGoals
	for i := range found.Courses {
		if c := &found.Courses[i]; c.Goal.Shared() {
			n.take(c, part.courseOf(src, c.GroupID))
		}
	}
	p.line("")
	p.paragraph("", n.sentence())
	return p.err
}

// courseOf finds the course of a group, nil if it is of another part.
func (p part) courseOf(src analysis.Source, id session.GroupID) *course {
	for _, g := range src.Groups() {
		k := slices.IndexFunc(p.courses, func(c *course) bool { return c.code == string(g.Code) })
		if g.ID == id && k >= 0 {
			return p.courses[k]
		}
	}
	return nil
}

// tallyOfGoals counts sessions of families by what was said of their shared goals.
type tallyOfGoals struct {
	asked, formed, all int        // asked about; everybody said; everybody stands behind it
	contained, whole   int        // some contained goal was rated; all were
	gaps               [2]int     // with a gap: without a split, with a planted one
	apart              [2]float64 // the sums of them
}

// take counts the sessions of one family.
func (n *tallyOfGoals) take(c *goal.Course, home *course) {
	for i := range c.Points {
		p := &c.Points[i]
		if p.Contained.Rated > 0 {
			n.contained++
			n.whole += count(p.Contained.Mean != nil)
		}
		if p.Consensus.Reason != goal.NobodyAsked {
			n.asked++
			n.formed += count(p.Consensus.Endorsed != nil)
			n.all += count(p.Consensus.Endorsed != nil && *p.Consensus.Endorsed == p.Consensus.Of)
		}
		if d := p.Between.Difference; d != nil {
			split := count(home != nil && home.split(p.Number-1)) // intake is the first
			n.gaps[split]++
			n.apart[split] += *d
		}
	}
}

// sentence says it.
func (n *tallyOfGoals) sentence() string {
	return fmt.Sprintf("Every member of a family has a goal of their own, and one that the family shares contains them all. It was asked about in %d sessions: in %d everybody in the family "+
		"said whether it is theirs, and in %d all stood behind it; in the other %d somebody was away or silent, and no consensus is formed of the rest. Of %d sessions in which own goals were rated, all were in %d. "+
		"The two who are farthest apart on the shared goal are %.1f points apart on average where a split was planted (%d sessions), and %.1f elsewhere (%d).",
		n.asked, n.formed, n.all, n.asked-n.formed, n.contained, n.whole, n.apart[1]/float64(n.gaps[1]), n.gaps[1], n.apart[0]/float64(n.gaps[0]), n.gaps[0])
}
