package analysis

import (
	"context"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// model tests the rows of a gathering. Nobody shares the occasion of an
// assessment, so where there are only those the rows lose their sessions.
func (g *gathering) model(ctx context.Context, ask *Ask, rows []multilevel.Row, detail Detail) (multilevel.GroupLevel, error) {
	table := grouplevel.Table{Rows: g.occasions(rows), Shared: true}
	o := grouplevel.Options{Options: ask.options(""), Structure: ask.Structure}
	if ask.Alone && detail == Quick {
		o.Detail, o.Intervals = grouplevel.AnswerOnly, true
		return grouplevel.Test(ctx, table, o)
	}
	return testTable(ctx, &table, o, detail)
}

// occasions returns the rows with the sessions that their members shared.
func (g *gathering) occasions(rows []multilevel.Row) []multilevel.Row {
	if g.held > 0 {
		return rows
	}
	out := make([]multilevel.Row, len(rows))
	for i, r := range rows {
		r.Session = ""
		out[i] = r
	}
	return out
}

// around computes what stands beside a gathering's result. In a table of
// several measures the course is left out.
func (p *pass) around(ctx context.Context, ask *Ask, g *gathering, alone bool) (*Surroundings, error) {
	out := Surroundings{Multiplicity: Multiplicity{Tests: 1}}
	o := grouplevel.Options{Options: ask.options(""), Structure: ask.Structure}
	rows := g.occasions(g.ratings.Canonical())
	var err error
	if ask.Session != nil && ask.Session.Stage == session.Intake {
		out.Control.Reason = isIntake
	} else if out.Control, err = g.intake.control(ctx, o.Options); err != nil {
		return nil, err
	}
	if out.Therapists, err = therapistShare(ctx, rows, ledBy(p.groups, g.days), o); err != nil {
		return nil, err
	}
	if alone && g.held > 0 {
		out.Course, err = courseOf(ctx, rows, g.number, leftBefore(p.groups, g.days), o, ask.Progress)
	}
	return &out, err
}

// leftBefore tells who had left a group by the last day used, by their spells.
func leftBefore(groups []*session.Group, days map[session.GroupID][]session.Date) func(group, member string) bool {
	there := map[place]bool{}
	for _, g := range groups {
		if len(days[g.ID]) == 0 {
			continue
		}
		last := days[g.ID][0]
		for _, day := range days[g.ID] {
			last = max(last, day)
		}
		for _, spell := range g.MembersOn(last) {
			there[place{string(g.ID), string(spell.MemberID)}] = true
		}
	}
	return func(group, member string) bool { return !there[place{group, member}] }
}
