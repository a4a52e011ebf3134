package onewithmany

import (
	"fmt"
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/linear"
	"holon/internal/multilevel/montecarlo"
)

// finite returns a number, nil for what is none.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// unitOf returns the unit of the product of two columns.
func (d *design) unitOf(a, b int) float64 {
	return d.measures[d.sides[a]].scale * d.measures[d.sides[b]].scale
}

// report returns a fit on the scale of the ratings.
func (f *fitted) report() Fit {
	out := Fit{Method: f.Method.String(), LogLik: f.LogLik, Boundary: f.Boundary, Second: f.Second}
	for c, s := range f.sides {
		out.Sides = append(out.Sides, s.String())
		m := &f.measures[s]
		out.Means[s] = finite(m.origin + m.scale*f.Beta[c])
		rows := float64(f.rows(c))
		if f.Method == linear.REML {
			rows--
		}
		out.LogLik -= rows * math.Log(m.scale)
		for l := range f.layers {
			out.Parts[s][l] = finite(f.variance(f.Theta, c, layer(l)) * f.unitOf(c, c))
		}
	}
	if len(f.sides) == 2 {
		for l := range f.layers {
			out.Together[l] = finite(f.Theta[f.parameter(layer(l), 0, 1)] * f.unitOf(0, 1))
		}
	}
	return out
}

// rows returns how many numbers of a column the likelihood is of.
func (f *fitted) rows(column int) int {
	m := &f.measures[f.sides[column]]
	if f.layers == 2 {
		return m.pairs
	}
	return m.ratings
}

// fill writes the restricted estimates, without intervals.
func (f *fitted) fill(r *Result) {
	held := f.Held()
	se := func(p int, unit float64) *float64 {
		if f.Cov == nil || held[p] || !(f.Cov[p][p] > 0) {
			return nil
		}
		return finite(math.Sqrt(f.Cov[p][p]) * unit)
	}
	for c, s := range f.sides {
		side := &r.Sides[s]
		m := &f.measures[s]
		side.Mean = finite(m.origin + m.scale*f.Beta[c])
		side.MeanSE = finite(m.scale * math.Sqrt(f.BetaCov[c][c]))
		for l := range f.layers {
			p := f.parameter(layer(l), c, c)
			part := Part{Variance: finite(f.Theta[p] * f.unitOf(c, c)), SE: se(p, f.unitOf(c, c))}
			if v, ok := f.share(f.Theta, c, layer(l)); ok {
				part.Share = &v
			}
			side.Parts = append(side.Parts, part)
		}
	}
	if len(f.sides) < 2 {
		return
	}
	for l := range r.Reciprocity {
		out := &r.Reciprocity[l]
		if l >= f.layers {
			out.Reason = OneSession
			continue
		}
		p := f.parameter(layer(l), 0, 1)
		*out = Reciprocity{Covariance: finite(f.Theta[p] * f.unitOf(0, 1)), SE: se(p, f.unitOf(0, 1))}
		if v, ok := f.correlation(f.Theta, layer(l)); ok {
			out.Correlation = &v
		} else {
			out.Reason = NothingThere
		}
	}
}

// level is that of the intervals.
const level = .95

// intervals adds limits of shares and correlations.
func (a *analysis) intervals(f *fitted) error {
	if a.options.Draws < 0 {
		return nil
	}
	var of []linear.Quantity
	var to []**multilevel.Interval
	for c, s := range f.sides {
		for l := range f.layers {
			of = append(of, func(theta []float64) (float64, bool) { return f.share(theta, c, layer(l)) })
			to = append(to, &a.result.Sides[s].Parts[l].CI)
		}
	}
	if len(f.sides) == 2 {
		for l := range f.layers {
			if a.result.Reciprocity[l].Correlation == nil {
				continue
			}
			of = append(of, func(theta []float64) (float64, bool) { return f.correlation(theta, layer(l)) })
			to = append(to, &a.result.Reciprocity[l].CI)
		}
	}
	plan := montecarlo.Plan{Draws: a.options.Draws, Seed: a.options.Seed, Progress: a.options.Progress}
	found, err := f.Bootstrap(a.ctx, plan, of)
	if err != nil {
		return err
	}
	for q := range of {
		ci := &multilevel.Interval{Level: level, Method: IntervalBootstrap}
		if lower, upper, ok := found.Percentile(q, level); ok {
			ci.Lower, ci.Upper = &lower, &upper
		}
		*to[q] = ci
	}
	if a.result.Resampled == nil {
		a.result.Resampled = &Resampling{Draws: found.Draws, Seed: found.Seed}
	}
	a.result.Resampled.Failed += found.Failed
	return nil
}

// fewTherapists is the number below which a therapist's share is hardly known.
const fewTherapists = 10

// say adds what must be said along with the numbers.
func (a *analysis) say() {
	r := &a.result
	notes := &r.Caveats
	if r.Reason != "" {
		notes.Add(string(r.Reason), Sentence(r.Reason))
		return
	}
	names := [2]string{"Therapists' ratings of members", "Members' ratings of therapists"}
	for s := range r.Sides {
		if why := r.Sides[s].Reason; why != "" {
			notes.Add(string(why), names[s]+": "+Sentence(why))
		}
	}
	if r.Reciprocity[therapist].Reason == FewBothSides {
		notes.Add(string(FewBothSides), Sentence(FewBothSides))
	}
	if r.Therapists < fewTherapists {
		notes.Add("few_therapists", fmt.Sprintf("There are %d therapists. With fewer than %d a therapist's share is hardly known: read the interval, not the number.", r.Therapists, fewTherapists))
	}
	switch {
	case a.averaged:
		notes.Add("sessions_averaged", "Several sessions of a pair were averaged, because they do not tell the error of both sides from what lasts. The pair's own part holds what is left of that error.")
	case !r.Sessions:
		notes.Add("relationship_holds_error", "With one rating of each pair and side, what is special between two people and the chance error of one rating are one number.")
	}
	a.sayLimits()
	a.sayWho()
}

// sayLimits tells of solutions on a boundary and of what intervals lack.
func (a *analysis) sayLimits() {
	r := &a.result
	for i := range r.REML {
		for _, e := range r.REML[i].Boundary {
			switch e.Kind {
			case linear.PerfectLike, linear.PerfectUn:
				r.Caveats.Add("reciprocity_at_limit", fmt.Sprintf("The two sides' %s parts come out as going together without exception. With so few ratings that means that nothing speaks against it, not that it is so.", e.Part))
			default:
				r.Caveats.Add("part_at_zero", fmt.Sprintf("An estimated %s part is zero: the ratings differ there no more than chance alone makes. That is not proof of none.", e.Part))
			}
		}
		if r.REML[i].Second != nil {
			r.Caveats.Add("second_optimum", "Another, rather different answer fits these ratings almost as well. They say little.")
		}
	}
	if r.Resampled == nil {
		r.Caveats.Add("no_intervals", "Intervals were not asked for.")
	} else if r.Resampled.Failed > 0 {
		r.Caveats.Add("bootstrap_gaps", fmt.Sprintf("%d of %d simulated data sets could not be fitted; intervals are drawn as wide as these could have made them.", r.Resampled.Failed, r.Resampled.Draws))
	}
}

// sayWho tells what the therapist's part cannot be told from.
func (a *analysis) sayWho() {
	groups, therapists := map[string]map[string]bool{}, map[string]map[string]bool{}
	for i := range a.pairs {
		p := &a.pairs[i]
		if therapists[p.member] == nil {
			therapists[p.member] = map[string]bool{}
		}
		therapists[p.member][p.therapist] = true
		for _, r := range p.rows {
			if r.Group == "" {
				continue
			}
			if groups[p.therapist] == nil {
				groups[p.therapist] = map[string]bool{}
			}
			groups[p.therapist][r.Group] = true
		}
	}
	several := 0
	for _, g := range groups {
		if len(g) > 1 {
			several++
		}
	}
	switch {
	case len(groups) == 0:
	case several == 0:
		a.result.Caveats.Add("therapist_and_group_same", "Every therapist was seen with one group only. What the members of that group have in common, "+
			"such as a good group, is counted as the therapist's: the two cannot be told apart.")
	default:
		a.result.Caveats.Add("groups_not_separated", fmt.Sprintf("%d of %d therapists were seen with several groups. What the members of one group have in common is not a part "+
			"of its own here; it is counted partly as the therapist's and partly as the pair's.", several, len(groups)))
	}
	if !a.options.UniqueMembers {
		return
	}
	shared := 0
	for _, t := range therapists {
		if len(t) > 1 {
			shared++
		}
	}
	if shared > 0 {
		a.result.Caveats.Add("members_of_several_therapists", fmt.Sprintf("%d %s several therapists, such as co-therapists. Their habits of rating make these pairs alike, which is not "+
			"taken into account: the intervals are then too narrow.", shared, map[bool]string{true: "member has", false: "members have"}[shared == 1]))
	}
}
