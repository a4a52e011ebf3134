package demo

import (
	"context"
	"io"
	"slices"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// part is one kind of group of the practice.
type part struct {
	title   string
	kind    session.GroupKind
	courses []*course
	traits  []trait
}

// parts are the therapy groups and the families.
func parts() []part {
	return []part{
		{"THERAPY GROUPS", session.KindGroup, therapyGroups(theLuck), ofGroups()},
		{"FAMILIES", session.KindFamily, families(theLuck), ofFamilies()},
	}
}

// unit is the word for the part's groups.
func (p part) unit() string {
	if p.kind == session.KindFamily {
		return "families"
	}
	return "groups"
}

// WriteTable prints the group-level test of every measure over all weeks of the
// therapy groups and of the families, beside the truth, and of one measure what
// a single evening would have said.
func WriteTable(ctx context.Context, w io.Writer, src analysis.Source) error {
	page := &page{w: w}
	for _, text := range introduction() {
		page.paragraph("", text)
		page.line("")
	}
	for i, part := range parts() {
		reports, err := analysis.GroupLevelTable(ctx, src, analysis.Ask{
			Kinds: []session.GroupKind{part.kind}, Detail: analysis.Quick,
		})
		if err != nil {
			return err
		}
		if i > 0 {
			page.line("")
		}
		rows := rowsOf(part, src, reports)
		page.section(part, rows)
		if err := page.planted(ctx, src, part); err != nil {
			return err
		}
		if err := page.splits(ctx, src, part); err != nil {
			return err
		}
		if part.kind != session.KindGroup {
			if err := page.shared(ctx, src, part); err != nil {
				return err
			}
			continue
		}
		if err := page.oneEvening(ctx, src, part, rows); err != nil {
			return err
		}
	}
	return page.err
}

// introduction says how to read the table.
func introduction() []string {
	return []string{
		"Is the group level real? Of every measure it is asked over all weeks: do members of one group resemble each other, " +
			"week after week, more than chance would make them? The estimate is a share of all differences between ratings: at 0 % " +
			"it makes no difference which group somebody is in; at 30 % nearly a third of the differences lies between groups. " +
			"The p is adjusted for the number of questions in the table; up to .05 a yes stands even so.",
		"Shared weather: of the movement from week to week, the part that the members of a group have in common, be it a good " +
			"evening or that all get better with time.",
		"Nobody in this practice exists, so the truth is known and stands beside each answer: what was put in, before ratings " +
			"were rounded and cut to their scales, which hides a little of it. Ruptures and splits were planted on top. Nine in " +
			"ten of such ranges hold the truth; a star marks one that misses it, by chance.",
	}
}

// section prints the rows of one kind of group under their levels, and what is
// to be said of all of them.
func (p *page) section(part part, rows []row) {
	tested, other := sorted(rows)
	p.line("%s: %d over %d weeks", part.title, len(part.courses), part.courses[0].sessions)
	p.line("")
	p.line("%-34s %-44s   SHARED WEATHER", "", "DO "+upper(part.unit())+" DIFFER, WEEK AFTER WEEK?")
	p.line("%-34s %-14s est. 90 %% range truth    p   est. 90 %% range truth", "", "")
	for i := range tested {
		if r := &tested[i]; i == 0 || r.heading() != tested[i-1].heading() {
			p.line("%s", r.heading())
		}
		p.line("%s", tested[i].line())
	}
	p.line("")
	p.line("Not for this test")
	for i := range other {
		p.paragraph("  ", other[i].refusal())
	}
	p.line("")
	for _, sentence := range remarks(part, tested, len(rows)) {
		p.paragraph("", sentence)
	}
}

// sorted parts the rows with numbers from those without, and puts both into the
// order of the levels.
func sorted(rows []row) (tested, other []row) {
	for _, r := range rows {
		if r.result().Structure == "" {
			other = append(other, r)
		} else {
			tested = append(tested, r)
		}
	}
	place := func(r row) int { return slices.Index(instrument.Levels(), r.report.Subject.Level) }
	for _, list := range [][]row{tested, other} {
		slices.SortStableFunc(list, func(a, b row) int { return place(a) - place(b) })
	}
	return tested, other
}
