package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"holon/internal/analysis"
	"holon/internal/session"
)

// oneEvening prints what one evening of each group says of the conflict in it,
// beside what all weeks say.
func (p *page) oneEvening(ctx context.Context, src analysis.Source, part part, rows []row) error {
	k := slices.IndexFunc(rows, func(r row) bool {
		m := r.report.Subject.Measure
		return m.Instrument == gcqS && m.Score == "conflict"
	})
	if k < 0 {
		return nil
	}
	weeks, long := rows[k].report, rows[k].truth
	n := busiest(part.courses)
	evening, err := analysis.GroupLevel(ctx, src, analysis.Ask{
		Measure: weeks.Subject.Measure, Kinds: []session.GroupKind{part.kind}, Detail: analysis.Quick,
		Session: &analysis.Selection{Number: n + 1}, // intake is the first
	})
	if err != nil {
		return err
	}
	score, _ := rows[k].def.ScoreRule(weeks.Subject.Measure.Score)
	t, _ := behind(part.traits, rows[k].def, score)
	one := t.evening(len(score.Items))

	p.line("")
	p.line("WHY ONE EVENING IS NOT ENOUGH: %s", upper(weeks.Subject.Title))
	p.line("")
	p.line("The evening of week %d, the best attended of those with the long forms:", n)
	first := p.said(&evening, nil, fmt.Sprintf("In truth %.0f %%: %.0f %% lasting and %.0f %% of that evening.",
		percent(one.total()), percent(one.lasting), percent(one.total())-percent(one.lasting)))
	p.line("All weeks:")
	p.said(weeks, first, fmt.Sprintf("In truth %.0f %% lie between the groups week after week, and %.0f %% of the movement from week to week is shared.",
		percent(long.lasting), percent(long.weather)))
	return nil
}

// said prints those of a report's sentences that were not printed before, and
// the truth, and returns what it printed.
func (p *page) said(r *analysis.Report, before []string, truth string) []string {
	sentences := append(analysis.Sentences(r), truth)
	for _, sentence := range sentences {
		if !slices.Contains(before, sentence) {
			p.paragraph("  ", sentence)
		}
	}
	return sentences
}

// busiest returns the session with the long forms that most members came to,
// the earlier one of two.
func busiest(courses []*course) int {
	came := map[int]int{}
	for _, c := range courses {
		for n := 1; n <= c.sessions; n++ {
			if battery(n) {
				came[n] += len(meeting{c, n}.attending())
			}
		}
	}
	best := 0
	for n := 1; n <= courses[0].sessions; n++ {
		best = cmp.Or(best, n)
		if came[n] > came[best] {
			best = n
		}
	}
	return best
}
