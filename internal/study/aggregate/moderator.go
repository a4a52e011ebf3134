package aggregate

import (
	"context"
	"iter"
	"maps"
	"slices"

	"holon/internal/analysis"
	"holon/internal/multilevel/heterogeneity"
	"holon/internal/session"
)

// leastOfModel is the least number of groups of a therapy model that is compared with
// others: standard errors of fewer say too little of themselves to be taken for known.
const leastOfModel = 5

// TherapyModels names, among the planned questions of a protocol, the comparison of
// therapy models in a measure, or in two.
const TherapyModels = "therapy_models"

// tooFewModels is the reason of a comparison of fewer than two.
const tooFewModels = "too_few_models"

// compared tells whether a number is compared between therapy models: one whose
// standard error says how far it may be from the truth to either side.
func compared(f *Figure) bool {
	return f.SE != nil && slices.Contains([]string{"mean_reml", "slope"}, f.Statistic)
}

// models counts the groups of each therapy model.
type models map[session.Code]int

// moderated asks a question within each therapy model, and returns how far the answers
// differ: Cochran's Q and what follows from it, never the answers themselves, which are
// numbers of fewer groups than anybody released.
func (t *tabulating) moderated(ctx context.Context, q *question, home Home, whole *figures) ([]Figure, error) {
	if len(t.models[home]) == 0 || !slices.ContainsFunc(whole.list, func(f Figure) bool { return compared(&f) }) {
		return nil, nil
	}
	var parts [][]Figure
	for _, model := range slices.Sorted(maps.Keys(t.models[home])) {
		if t.models[home][model] < leastOfModel {
			continue
		}
		f, err := t.within(model).figures(ctx, q, home, whole.base)
		if err != nil {
			return nil, err
		}
		parts = append(parts, f.list)
	}
	out := &figures{base: whole.base}
	out.base.Answer, out.base.Caveats = nil, []string{"standard_errors_taken_for_known"}
	asked := q.Question
	asked.Analysis = TherapyModels
	out.base.Planned = t.study.Protocol.Plans(asked) && !t.Interim[home] && !t.Part
	// How many are compared, held against how many there are, would be how many have
	// none of the models compared.
	out.base.Groups, out.base.Members, out.base.Sessions, out.base.Ratings = nil, nil, nil, nil
	for i := range whole.list {
		if compared(&whole.list[i]) {
			out.compare(&whole.list[i], parts, t.study.Threshold)
		}
	}
	for i := range out.list { // behind the answers that they are about
		out.list[i].order += len(whole.list)
	}
	return out.list, nil
}

// within is the asking of questions about the groups of one therapy model.
func (t *tabulating) within(model session.Code) *tabulating {
	if t.parts[model] == nil {
		part := &tabulating{
			Request: t.Request, src: ofModel{t.src, t.ModelOf, model}, study: t.study, questions: t.questions, homes: t.homes, people: t.people,
			passed: map[Home]map[session.Measure]analysis.Passed{},
		}
		t.parts[model] = part
	}
	return t.parts[model]
}

// compare notes how far a number differs from model to model.
func (f *figures) compare(told *Figure, parts [][]Figure, threshold int) {
	name := told.Statistic
	if told.Of != nil {
		name += " " + *told.Of
	}
	var of []heterogeneity.Estimate
	f.basis = basis{}
	large := 0 // models of enough people
	for _, list := range parts {
		k := slices.IndexFunc(list, func(x Figure) bool {
			return x.Statistic == told.Statistic && (x.Of == nil) == (told.Of == nil) && (x.Of == nil || *x.Of == *told.Of)
		})
		if k < 0 || list[k].reveals(threshold) {
			continue
		}
		if large++; list[k].Estimate == nil || list[k].SE == nil {
			continue
		}
		x := &list[k]
		of = append(of, heterogeneity.Estimate{Value: *x.Estimate, SE: *x.SE})
		f.basis.members += x.basis.members
		f.basis.groups += x.basis.groups
	}
	r := heterogeneity.Of(of)
	switch {
	case r.Reason == heterogeneity.TooFewParts && large > 1:
		r.Reason = heterogeneity.NoError
	case r.Reason == heterogeneity.TooFewParts:
		r.Reason = tooFewModels
	}
	f.add("heterogeneity_q", name, number{estimate: r.Q, p: r.P, method: "cochran_q", reason: r.Reason})
	if r.Reason == "" {
		f.add("heterogeneity_df", name, number{estimate: new(float64(r.DF))})
		f.add("heterogeneity_i2", name, number{estimate: r.I2, method: "cochran_q"})
	}
}

// ofModel is a source of the groups of one therapy model.
type ofModel struct {
	Frozen

	modelOf func(session.GroupID) session.Code
	model   session.Code
}

// Each yields them.
func (m ofModel) Each(ctx context.Context) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		for g, err := range m.Frozen.Each(ctx) {
			if err == nil && m.modelOf(g.ID) != m.model {
				continue
			}
			if !yield(g, err) || err != nil {
				return
			}
		}
	}
}

// Loaded returns them all in memory.
func (m ofModel) Loaded(ctx context.Context) (analysis.Source, error) {
	all, err := m.Frozen.Loaded(ctx)
	if err != nil {
		return nil, err
	}
	return only{all, slices.DeleteFunc(slices.Clone(all.Groups()), func(g *session.Group) bool { return m.modelOf(g.ID) != m.model })}, nil
}

// only is a source of some of another's groups.
type only struct {
	analysis.Source

	groups []*session.Group
}

// Groups returns them.
func (o only) Groups() []*session.Group { return o.groups }
