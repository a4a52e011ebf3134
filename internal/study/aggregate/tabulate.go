package aggregate

import (
	"context"
	"slices"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// runner answers a question about frozen sessions.
type runner func(context.Context, analysis.Source, analysis.Ask) (analysis.Report, error)

// Request is which numbers of a study are asked for.
type Request struct {
	Analyses []string // nil: every one
	Asked    map[string]int
	Progress analysis.Progress
}

// Tabulate asks every question that the study's measures allow of the sessions of
// src, and returns what comes of it in order, with the keys of the questions. What
// a question cannot answer is a record that says why.
func Tabulate(ctx context.Context, src analysis.Source, s *study.Study, rq Request) ([]Figure, []string, error) {
	measures := make([]measured, 0, len(s.Measures))
	for _, m := range s.Measures {
		if def, ok := src.Definition(m.Instrument); ok {
			if scorer, ok := session.NewScorer(def, m); ok {
				measures = append(measures, measured{m, scorer.Level()})
			}
		}
	}
	var out []Figure
	var keys []string
	asked := questions(measures)
	for i, q := range asked {
		if rq.Analyses != nil && !slices.Contains(rq.Analyses, q.Analysis) {
			continue
		}
		keys = append(keys, q.Key())
		for _, home := range q.homes {
			found, err := answer(ctx, src, s, rq, q, home)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, found...)
		}
		rq.Progress.Tell("questions", i+1, len(asked))
	}
	slices.SortStableFunc(out, func(a, b Figure) int { return compareRecords(&a, &b) })
	slices.Sort(keys)
	return out, slices.Compact(keys), nil
}

// answer asks one question of the groups of one home. Where the study has none
// there is nothing to say.
func answer(ctx context.Context, src analysis.Source, s *study.Study, rq Request, q question, home Home) ([]Figure, error) {
	ask := analysis.Ask{Measure: q.Measure, Kinds: kindsOf(home), Bound: boundOf(s, q), Alone: true}
	if q.Analysis == string(analysis.OneWithManyName) && people(src) > manyPeople {
		ask.Detail = analysis.Quick
	}
	if q.Against != nil {
		ask.Against = *q.Against
	}
	if !slices.ContainsFunc(src.Groups(), func(g *session.Group) bool { return slices.Contains(ask.Kinds, g.Kind) }) {
		return nil, nil
	}
	base := Record{
		Kind: home, Level: q.level, Measure: study.MeasureName(q.Measure), Analysis: q.Analysis, Planned: s.Protocol.Plans(q.Question),
		Asked: rq.Asked[q.Key()] + 1, Caveats: []string{},
	}
	if q.Against != nil {
		base.Against = new(study.MeasureName(*q.Against))
	}
	r, err := q.run(ctx, src, ask)
	if fault.Is(err, fault.Invalid) { // the measure is of another kind than its level says
		base.Statistic, base.Reason = "none", new(fault.RuleOf(err))
		return []Figure{{Record: base}}, nil
	}
	if err != nil {
		return nil, err
	}
	f := newFigures(base, &r)
	q.read(f, &r)
	return f.list, nil
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

// people counts the members of the groups, those in several as often.
func people(src analysis.Source) int {
	n := 0
	for _, g := range src.Groups() {
		n += len(g.Spells)
	}
	return n
}
