package aggregate

import (
	"context"
	"slices"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// Frozen is where the sessions of a selection come from, whose groups are loaded
// where a question needs all of them at once.
type Frozen interface {
	analysis.Passing
	Loaded(ctx context.Context) (analysis.Source, error)
}

// InMemory returns a source all of whose groups are in memory already.
func InMemory(src interface {
	analysis.Source
	analysis.Passing
},
) Frozen {
	return inMemory{src, src}
}

// inMemory is such a source.
type inMemory struct {
	analysis.Passing

	source analysis.Source
}

// Loaded returns it as it is.
func (m inMemory) Loaded(context.Context) (analysis.Source, error) { return m.source, nil }

// runner answers a question about frozen sessions.
type runner func(context.Context, *tabulating, analysis.Ask) (analysis.Report, error)

// Request is which numbers of a study are asked for.
type Request struct {
	Analyses []string // nil: every one
	Asked    map[string]int
	Progress analysis.Progress
	ModelOf  func(session.GroupID) session.Code // a group's therapy model, empty of one without; nil: of all

	Interim map[Home]bool // asked before all data are in that the protocol waits for
	Part    bool          // asked of a selection, which no protocol names

	whole bool // nothing is asked in passing
}

// tabulating is the asking of all questions.
type tabulating struct {
	Request

	src       Frozen
	study     *study.Study
	questions []question
	loaded    analysis.Source // nil until it is needed
	passed    map[Home]map[session.Measure]analysis.Passed
	homes     map[Home]int // groups of each
	people    int          // members of the groups, those in several as often
	models    map[Home]models
	parts     map[session.Code]*tabulating // by therapy model
}

// Tabulate asks every question that the study's measures allow of the sessions of
// src, and returns what comes of it in order, with the keys of the questions. What
// a question cannot answer is a record that says why.
func Tabulate(ctx context.Context, src Frozen, s *study.Study, rq Request) ([]Figure, []string, error) {
	t := &tabulating{
		Request: rq, src: src, study: s, questions: questions(measuresOf(src.Definition, s)), homes: map[Home]int{},
		passed: map[Home]map[session.Measure]analysis.Passed{}, models: map[Home]models{}, parts: map[session.Code]*tabulating{},
	}
	if err := t.survey(ctx); err != nil {
		return nil, nil, err
	}
	var out []Figure
	var keys []string
	for i, q := range t.questions {
		if rq.Analyses != nil && !slices.Contains(rq.Analyses, q.Analysis) {
			continue
		}
		keys = append(keys, q.Key())
		for _, home := range q.homes {
			found, err := t.answer(ctx, q, home)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, found...)
		}
		rq.Progress.Tell("questions", i+1, len(t.questions))
	}
	for i := range out {
		out[i].there = t.homes[out[i].Kind]
	}
	slices.SortStableFunc(out, func(a, b Figure) int { return compareRecords(&a, &b) })
	slices.Sort(keys)
	return out, slices.Compact(keys), nil
}

// measuresOf lists the study's measures whose definitions are there.
func measuresOf(definition func(instrument.Ref) (*instrument.Definition, bool), s *study.Study) []measured {
	measures := make([]measured, 0, len(s.Measures))
	for _, m := range s.Measures {
		if def, ok := definition(m.Instrument); ok {
			if scorer, ok := session.NewScorer(def, m); ok {
				measures = append(measures, measured{m, scorer.Level()})
			}
		}
	}
	return measures
}

// survey looks which groups there are.
func (t *tabulating) survey(ctx context.Context) error {
	for g, err := range t.src.Each(ctx) {
		if err != nil {
			return err
		}
		t.homes[homeOf(g.Kind)]++
		t.people += len(g.Spells)
		if t.ModelOf == nil {
			continue
		}
		if model := t.ModelOf(g.ID); model != "" {
			home := homeOf(g.Kind)
			if t.models[home] == nil {
				t.models[home] = models{}
			}
			t.models[home][model]++
		}
	}
	return nil
}

// whole returns the source with all its groups in memory.
func (t *tabulating) whole(ctx context.Context) (analysis.Source, error) {
	if t.loaded != nil {
		return t.loaded, nil
	}
	var err error
	t.loaded, err = t.src.Loaded(ctx)
	return t.loaded, err
}

// ofAll asks an analysis that needs all groups at once.
func ofAll(run func(context.Context, analysis.Source, analysis.Ask) (analysis.Report, error)) runner {
	return func(ctx context.Context, t *tabulating, ask analysis.Ask) (analysis.Report, error) {
		src, err := t.whole(ctx)
		if err != nil {
			return analysis.Report{}, err
		}
		return run(ctx, src, ask)
	}
}

// groupLevelOf tests the group level without holding all rows where that can be done.
func groupLevelOf(ctx context.Context, t *tabulating, ask analysis.Ask) (analysis.Report, error) {
	home := homeOf(ask.Kinds[0])
	if t.passed[home] == nil && !t.Request.whole {
		if err := t.pass(ctx, home); err != nil {
			return analysis.Report{}, err
		}
	}
	if x := t.passed[home][ask.Measure]; x.Done {
		return x.Report, nil
	}
	return ofAll(analysis.GroupLevel)(ctx, t, ask)
}

// pass tests the group level of every measure on one way through the groups of a home.
func (t *tabulating) pass(ctx context.Context, home Home) error {
	var asks []analysis.Ask
	for _, q := range t.questions {
		if q.Analysis == string(analysis.GroupLevelName) {
			asks = append(asks, t.ask(&q, home))
		}
	}
	found, err := analysis.GroupLevelsInPassing(ctx, t.src, asks)
	if err != nil {
		return err
	}
	t.passed[home] = map[session.Measure]analysis.Passed{}
	for i := range asks {
		t.passed[home][asks[i].Measure] = found[i]
	}
	return nil
}

// ask is a question as analyses ask it.
func (t *tabulating) ask(q *question, home Home) analysis.Ask {
	ask := analysis.Ask{Measure: q.Measure, Kinds: kindsOf(home), Bound: boundOf(t.study, *q), Alone: true}
	if q.Analysis == string(analysis.OneWithManyName) && t.people > manyPeople {
		ask.Detail = analysis.Quick
	}
	if q.Against != nil {
		ask.Against = *q.Against
	}
	return ask
}

// answer asks one question of the groups of one home. Where the study has none
// there is nothing to say.
func (t *tabulating) answer(ctx context.Context, q question, home Home) ([]Figure, error) {
	if t.homes[home] == 0 {
		return nil, nil
	}
	base := Record{
		Kind: home, Level: q.level, Measure: study.MeasureName(q.Measure), Analysis: q.Analysis, Planned: t.study.Protocol.Plans(q.Question),
		Asked: t.Asked[q.Key()] + 1, Caveats: []string{},
	}
	if q.Against != nil {
		base.Against = new(study.MeasureName(*q.Against))
	}
	f, err := t.figures(ctx, &q, home, base)
	if fault.Is(err, fault.Invalid) { // the measure is of another kind than its level says
		base.Statistic, base.Reason = "none", new(fault.RuleOf(err))
		return []Figure{{Record: base}}, nil
	}
	if err != nil {
		return nil, err
	}
	more, err := t.moderated(ctx, &q, home, f)
	return append(f.list, more...), err
}

// figures asks a question and reads what comes of it.
func (t *tabulating) figures(ctx context.Context, q *question, home Home, base Record) (*figures, error) {
	r, err := q.run(ctx, t, t.ask(q, home))
	if err != nil {
		return nil, err
	}
	t.plan(q, &base, &r)
	f := newFigures(base, &r)
	q.read(f, &r)
	return f, nil
}

// plan says whether what was planned is what was done: of all of the data, when all of
// it was in, and the primary test under its model.
func (t *tabulating) plan(q *question, base *Record, r *analysis.Report) {
	p := t.study.Protocol
	if !p.Plans(q.Question) {
		return
	}
	for _, x := range []struct {
		other bool
		code  string
	}{
		{t.Interim[base.Kind], "before_the_planned_end"},
		{t.Part, "selection_not_planned"},
		{p.IsPrimary(q.Question) && r.GroupLevel() != nil && r.GroupLevel().Structure != p.Model, "another_model_than_planned"},
	} {
		if x.other {
			base.Planned, base.Caveats = false, append(slices.Clip(base.Caveats), x.code)
		}
	}
}

// kindsOf lists the kinds of groups of a home.
func kindsOf(home Home) []session.GroupKind {
	if home == TherapyGroups {
		return []session.GroupKind{session.KindGroup}
	}
	return []session.GroupKind{session.KindFamily, session.KindCouple}
}

// boundOf is the bound that the protocol names for the primary question; 0
// otherwise, which takes the usual one.
func boundOf(s *study.Study, q question) float64 {
	if p := s.Protocol; p != nil && q.Measure == p.Primary && q.Analysis == string(analysis.GroupLevelName) {
		return p.Bound
	}
	return 0
}

// manyPeople is the number of members beyond which intervals that take thousands of
// refits are left out: with 8,000 they take hours.
const manyPeople = 1000
