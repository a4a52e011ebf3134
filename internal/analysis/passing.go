package analysis

import (
	"context"
	"iter"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// notAsked is the reason of what an answer in passing leaves out.
const notAsked multilevel.Reason = "not_asked"

// GroupLevelInPassing answers as [GroupLevel] does a question with Alone, about all
// sessions of members over weeks, and keeps of every group its sums only. What needs
// the rows is left out: predicted effects, the therapists' share, the hash of the rows
// and the version of the data. It is not done where the question or the ratings are
// others: then ask GroupLevel, which says what they are.
func GroupLevelInPassing(ctx context.Context, src Passing, ask Ask) (r Report, done bool, err error) {
	if !ask.passable() {
		return Report{}, false, nil
	}
	p, def, err := inquire(ungrouped{src}, &ask)
	if err != nil {
		return Report{}, false, err
	}
	way := passing{pass: p, led: map[string]int{}}
	p.each = func(ctx context.Context) iter.Seq2[*session.Group, error] { return ofKinds(src.Each(ctx), ask.Kinds) }
	p.ended = way.take
	if err := p.run(ctx, p.asked[0].Level()); err != nil || way.stream == nil {
		return Report{}, false, err
	}
	g, objection := p.whole(ask.Measure, def)
	if objection != nil || way.several || len(g.ratings.Rows) > 0 { // two occasions, or assessments alone
		return Report{}, false, nil
	}
	return way.report(ctx, &ask, g)
}

// passable tells whether a question is one for an answer in passing.
func (a *Ask) passable() bool {
	homes := map[household]bool{}
	for _, k := range a.Kinds {
		homes[householdOf(k)] = true
	}
	return a.Alone && a.Session == nil && a.Groups == nil && a.As == "" && a.Composition == "" && len(homes) == 1 && (a.Detail == "" || a.Detail == Quick)
}

// ungrouped is a source of which no group is in memory.
type ungrouped struct{ Passing }

// Groups returns none.
func (ungrouped) Groups() []*session.Group { return nil }

// ofKinds yields the groups of some kinds.
func ofKinds(all iter.Seq2[*session.Group, error], kinds []session.GroupKind) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		for g, err := range all {
			if err == nil && !slices.Contains(kinds, g.Kind) {
				continue
			}
			if !yield(g, err) || err != nil {
				return
			}
		}
	}
}

// passing is a way through the sessions on which every group's rows are taken as soon
// as its sessions are read.
type passing struct {
	pass    *pass
	stream  *grouplevel.Stream
	layouts multilevel.Layouts
	absent  absence
	came    coming
	several bool           // measures or occasions
	led     map[string]int // groups of each therapist
	leaders []string       // of the first group with rows
	others  bool           // some group had other leaders
	rated   int            // groups with rows
}

// take takes what was gathered of a group, of which nothing is kept.
func (w *passing) take(group *session.Group) {
	p := w.pass
	w.several = w.several || len(p.found) > 1
	for _, g := range p.found {
		if w.stream == nil {
			rule := g.scorer.Rule()
			w.stream = grouplevel.NewStream(rule.Min, rule.Max)
		}
		rows := w.gathered(g, group)
		w.absent.add(rows, p.unread[group.ID] || g.forms[group.ID], p.chosen[group.ID])
		delete(g.forms, group.ID)
	}
	if len(p.found) == 0 {
		w.absent.add(false, p.unread[group.ID], p.chosen[group.ID])
	}
	delete(p.chosen, group.ID)
	delete(p.unread, group.ID)
}

// gathered takes a group's rows, and tells whether there are any.
func (w *passing) gathered(g *gathering, group *session.Group) bool {
	if g.held > 0 {
		g.finish() // its assessments stand beside meetings
	}
	g.intake.settle()
	rows := g.ratings.Rows
	if len(rows) == 0 {
		return false
	}
	w.layouts.Add(rows)
	w.stream.Add(rows)
	w.came.add(group, g.days[group.ID])
	w.lead(ledBy([]*session.Group{group}, g.days)[string(group.ID)])
	g.ratings.Rows = rows[:0]
	clear(g.number)
	delete(g.days, group.ID)
	return true
}

// lead notes who led a group with rows.
func (w *passing) lead(names []string) {
	if w.rated++; w.rated == 1 {
		w.leaders = names
	}
	w.others = w.others || len(names) == 0 || !slices.Equal(names, w.leaders)
	for _, name := range names {
		w.led[name]++
	}
}

// therapists says why there is no share of theirs.
func (w *passing) therapists() TherapistShare {
	out := TherapistShare{Therapists: len(w.led), Reason: grouplevel.OneGroupPerTherapist}
	most := 0
	for _, n := range w.led {
		most = max(most, n)
	}
	switch {
	case len(w.led) == 0:
		out.Reason = grouplevel.TherapistsUnknown
	case most > 1 && !w.others:
		out.Reason = grouplevel.SameTherapists
	case most > 1:
		out.Reason = notAsked
	}
	return out
}

// report tests what came, and says what must be said with it.
func (w *passing) report(ctx context.Context, ask *Ask, g *gathering) (r Report, done bool, err error) {
	a := w.pass.assemble(ask, g, nil, &lying{layout: w.layouts.Layout(), without: w.absent, turnover: w.came.turnover()})
	o := grouplevel.Options{Options: ask.options(""), Structure: ask.Structure}
	var found multilevel.GroupLevel
	if a.question.objection == nil {
		if found, done, err = w.stream.Test(ctx, o); err != nil || !done {
			return Report{}, false, ended(ctx, err)
		}
	}
	if r, err = a.tested(Input{Rows: a.layout.Ratings}, func() (multilevel.GroupLevel, error) { return found, nil }); err != nil {
		return Report{}, false, err
	}
	result, ok := r.Result.(*GroupLevelResult)
	if ok && result.Answer != multilevel.Refused && result.Structure != "" {
		around := &Surroundings{Multiplicity: Multiplicity{Tests: 1}, Therapists: w.therapists()}
		if around.Control, err = g.intake.control(ctx, o.Options); err != nil {
			return Report{}, false, err
		}
		result.Around = around
		around.say(&r.Caveats, g.home)
	}
	reports := []Report{r}
	adjust(reports, ask.isPlanned)
	return reports[0], true, nil
}
