package analysis

import (
	"context"
	"iter"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// notAsked is the reason of what an answer in passing leaves out.
const notAsked multilevel.Reason = "not_asked"

// Passed is what came of a question asked in passing.
type Passed struct {
	Report Report
	Done   bool // else the question or the ratings are others: ask [GroupLevel], which says what they are
}

// GroupLevelsInPassing answers as [GroupLevel] does questions with Alone, about all
// sessions of members over weeks, on one way through the sessions, and keeps of every
// group its sums only. The questions are of the same kinds of group, each of another
// measure. What needs the rows is left out: predicted effects, the therapists' share,
// the hash of the rows and the version of the data.
func GroupLevelsInPassing(ctx context.Context, src Passing, asks []Ask) ([]Passed, error) {
	out := make([]Passed, len(asks))
	if len(asks) == 0 || slices.ContainsFunc(asks, func(a Ask) bool { return !a.passable() || !slices.Equal(a.Kinds, asks[0].Kinds) }) {
		return out, nil
	}
	p, ways, err := passes(src, asks)
	if err != nil {
		return nil, err
	}
	if err := p.run(ctx, levelsOf(p.asked)...); err != nil {
		return nil, err
	}
	if len(asks) > 1 && (p.versions > 0 || p.undefined > 0) { // of which of the measures is not known
		for i := range asks {
			one, err := GroupLevelsInPassing(ctx, src, asks[i:i+1])
			if err != nil {
				return nil, err
			}
			out[i] = one[0]
		}
		return out, nil
	}
	for i := range ways {
		if out[i], err = ways[i].finish(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// passes makes the one way on which all questions are asked.
func passes(src Passing, asks []Ask) (*pass, []*passing, error) {
	reading := &ahead{Passing: src, kinds: asks[0].Kinds}
	p := &pass{src: ungrouped{reading}, each: reading.Each}
	var ways []*passing
	for i := range asks {
		one, def, err := inquire(p.src, &asks[i])
		if err != nil {
			return nil, nil, err
		}
		p.asked = append(p.asked, one.asked...)
		ways = append(ways, &passing{pass: p, ask: &asks[i], def: def, led: map[string]int{}, told: map[string]bool{}})
	}
	p.wants = func(m Measure) bool { return slices.ContainsFunc(asks, func(a Ask) bool { return a.wants(m) }) }
	reading.levels = levelsOf(p.asked)
	p.ended = func(group *session.Group) {
		for _, w := range ways {
			w.take(group)
		}
		delete(p.chosen, group.ID)
		delete(p.unread, group.ID)
	}
	return p, ways, nil
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

// passing is a question on a way through the sessions on which every group's rows are
// taken as soon as its sessions are read.
type passing struct {
	pass    *pass
	ask     *Ask
	def     *instrument.Definition
	stream  *grouplevel.Stream
	layouts multilevel.Layouts
	absent  absence
	came    coming
	led     map[string]int  // groups of each therapist
	leaders []string        // of the first group with rows
	others  bool            // some group had other leaders
	rated   int             // groups with rows
	told    map[string]bool // therapists who gave ratings or whom they are about
}

// gatherings lists those of the question: one, or several where members answered on
// two occasions.
func (w *passing) gatherings() []*gathering {
	var out []*gathering
	for of, g := range w.pass.found {
		if w.ask.wants(of.measure) {
			out = append(out, g)
		}
	}
	return out
}

// take takes what was gathered of a group, of which nothing is kept.
func (w *passing) take(group *session.Group) {
	p, rows, forms := w.pass, false, false
	for _, g := range w.gatherings() {
		if w.stream == nil {
			rule := g.scorer.Rule()
			w.stream = grouplevel.NewStream(rule.Min, rule.Max)
		}
		rows = w.gathered(g, group) || rows
		forms = forms || g.forms[group.ID]
		delete(g.forms, group.ID)
	}
	w.absent.add(rows, forms || p.unread[group.ID], p.chosen[group.ID])
}

// finish answers the question.
func (w *passing) finish(ctx context.Context) (Passed, error) {
	if len(w.gatherings()) != 1 {
		return Passed{}, nil
	}
	g, _ := w.pass.whole(w.ask.Measure, w.def)
	if len(g.ratings.Rows) > 0 { // assessments alone
		return Passed{}, nil
	}
	return w.report(ctx, w.ask, g)
}

// gathered takes a group's rows, and tells whether there are any.
func (w *passing) gathered(g *gathering, group *session.Group) bool {
	if g.held > 0 {
		g.finish() // its assessments stand beside meetings
	}
	g.intake.settle()
	for i := range g.told {
		w.told[g.told[i].therapist] = true
	}
	g.told = g.told[:0]
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
func (w *passing) report(ctx context.Context, ask *Ask, g *gathering) (Passed, error) {
	a := w.pass.assemble(ask, g, nil, &lying{layout: w.layouts.Layout(), therapists: len(w.told), without: w.absent, turnover: w.came.turnover()})
	o := grouplevel.Options{Options: ask.options(""), Structure: ask.Structure, Detail: grouplevel.AnswerOnly, Intervals: true}
	var found multilevel.GroupLevel
	if a.question.objection == nil {
		var done bool
		var err error
		if found, done, err = w.stream.Test(ctx, o); err != nil || !done {
			return Passed{}, ended(ctx, err)
		}
	}
	r, err := a.tested(Input{Rows: a.layout.Ratings}, func() (multilevel.GroupLevel, error) { return found, nil })
	if err != nil {
		return Passed{}, err
	}
	result, ok := r.Result.(*GroupLevelResult)
	if ok && result.Answer != multilevel.Refused && result.Structure != "" {
		around := &Surroundings{Multiplicity: Multiplicity{Tests: 1}, Therapists: w.therapists()}
		if around.Control, err = g.intake.control(ctx, o.Options); err != nil {
			return Passed{}, err
		}
		result.Around = around
		around.say(&r.Caveats, g.home)
	}
	reports := []Report{r}
	adjust(reports, ask.isPlanned)
	return Passed{Report: reports[0], Done: true}, nil
}
