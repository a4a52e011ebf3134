package analysis

import (
	"context"
	"math"
	"slices"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// levels takes two measures apart between groups and within them.
func (p *Plan) levels(ctx context.Context, t *sheet) (Report, error) {
	measures := []string{p.Roles.X, p.Roles.Y}
	asked := p.Roles.Dyadic != ""
	if asked {
		measures = []string{p.Roles.Dyadic, p.Roles.GroupMeasure}
	}
	table, r, err := t.measures(&p.Roles, measures)
	if err != nil {
		return Report{}, err
	}
	err = r.relate(ctx, table, asked, decomposition.Options{Bound: p.Bound, Draws: p.simulations(), Seed: p.Seed, Progress: p.tell("simulating")})
	return r, err
}

// relate fills in how two measures go together at each level and, where that is
// asked, whether the second is more than the average of the first.
func (r *Report) relate(ctx context.Context, table decomposition.Table, asked bool, o decomposition.Options) error {
	result := &LevelsResult{}
	if asked {
		b, err := decomposition.IsBeyond(ctx, table, o)
		if err != nil {
			return err
		}
		result.Relation = b.Relation
		result.Beyond = &Beyond{
			Answer: b.Answer, Reason: b.Reason, Bound: b.Bound, Residual: b.Residual, Share: b.Share, Left: b.Left, Tests: b.Tests, Manifest: b.Manifest,
		}
		r.Caveats.Merge(b.Caveats)
		r.Caveats.Add("bound_of_question", "The bound is a share of the variance of the group's measure, left after the measure of pairs.")
	} else {
		found, err := decomposition.Relate(ctx, table, o)
		if err != nil {
			return err
		}
		result.Relation = found
		r.Caveats.Merge(found.Caveats)
	}
	r.Result = result
	r.because(result.Verdict())
	return nil
}

// simulations is the number of draws of the decomposition, where below zero
// means none.
func (p *Plan) simulations() int { return p.Detail.drawn(p.Draws) }

// because says in words why nothing was computed.
func (r *Report) because(v Verdict) {
	if v.Answer != "" && !undecidable(v.Answer) {
		return
	}
	if s := reasonSentence(v.Reason); s != "" {
		r.Caveats.Add(string(v.Reason), s)
	}
}

// reasonSentence says a reason of the decomposition in words, "" for others.
func reasonSentence(why multilevel.Reason) string {
	switch why {
	case decomposition.WithinSingular:
		return "Within groups one measure is the other one again, so that they cannot be told apart."
	case decomposition.NoWithinVariance:
		return "The members of every group agree exactly on one of the measures; nothing is left to go together within groups."
	case decomposition.FewItems:
		return "The reliability of a scale needs two items at least."
	case decomposition.LikelihoodNotFound:
		return "No maximum of the likelihood was found."
	case decomposition.NoMeasure:
		return "There is nothing to take apart."
	default:
		return why.Sentence()
	}
}

// measures returns the complete rows of several measures, and a report that
// counts them.
func (t *sheet) measures(roles *Roles, columns []string) (decomposition.Table, Report, error) {
	var rows canonical
	var left multilevel.Exclusions
	var out decomposition.Table
	for _, c := range columns {
		out.Measures = append(out.Measures, decomposition.Measure{Name: c})
	}
	member := t.names[roles.Member]
	people := map[[2]string]bool{}
	repeated := 0
	for i, group := range t.names[roles.Group] {
		values := t.across(columns, i)
		name := ""
		if member != nil {
			name = member[i]
		}
		switch {
		case slices.ContainsFunc(values, math.IsNaN):
			left.Add("missing_measure", 1)
			continue
		case group == "":
			left.Add("missing_group", 1)
			continue
		case member != nil && name == "":
			left.Add("missing_member", 1)
			continue
		}
		if person := [2]string{group, name}; member != nil && people[person] {
			repeated++
		} else {
			people[person] = true
		}
		out.Group = append(out.Group, group)
		for k, v := range values {
			out.Measures[k].Values = append(out.Measures[k].Values, v)
		}
		rows.add(group, name, values)
	}
	r := Report{
		Outcome: strings.Join(columns, ", "),
		Counts:  Counts{Groups: distinct(out.Group), Members: len(out.Group) - repeated, Ratings: len(out.Group) * len(columns), Excluded: left.List()},
	}
	if repeated > 0 {
		r.Caveats.Add("rows_of_one_member", "Some members have several rows, which were taken for those of different people: what lies within members counts as lying between them, and intervals are too narrow.")
	}
	var err error
	r.Input, err = rows.input()
	return out, r, err
}

// levelReliability tells how well a scale tells members and groups apart.
func (p *Plan) levelReliability(ctx context.Context, t *sheet) (Report, error) {
	table, r, err := t.measures(&p.Roles, p.Roles.Items)
	if err != nil {
		return Report{}, err
	}
	err = r.scale(ctx, table, decomposition.Options{Draws: p.simulations(), Seed: p.Seed, Progress: p.tell("simulating")})
	return r, err
}

// scale fills in how well a scale tells members and groups apart.
func (r *Report) scale(ctx context.Context, table decomposition.Table, o decomposition.Options) error {
	alpha, err := decomposition.Alpha(ctx, table, o)
	if err != nil {
		return err
	}
	result := &LevelReliabilityResult{Alpha: alpha, Matrices: decomposition.MatricesOf(table)}
	r.Result = result
	r.Caveats.Merge(alpha.Caveats)
	if alpha.Reason == "" {
		r.Caveats.Add("alpha_not_omega", "Alpha takes every item for an equally good measure of the scale. Omega, from a factor model at each level, allows for better and worse items and is not computed here.")
	}
	r.because(result.Verdict())
	return nil
}
