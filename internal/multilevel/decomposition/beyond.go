package decomposition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/montecarlo"
)

// Beyond answers whether y, a rating of the group, carries group variance that
// the groups' levels of x do not account for: "is cohesion more than the
// average of the dyads?".
//
// The latent test is the primary one: H0 says that the between covariance has
// no rank but one, |r_B| = 1, so that group cohesion is the group's alliance on
// another scale. The manifest regression on observed group means is cheaper and
// is shown beside it, but does not answer: what it leaves is the latent residual
// plus (b_B-b_W)^2 a w/(a+w) (see Manifest), so that it finds a residual
// where there is none as soon as the slopes differ between levels and group
// means are unreliable; a small manifest residual still rules a latent one out.
// The price of the latent test is power: where groups hardly differ in x, any
// residual is compatible with the ratings, and the answer is that they cannot
// tell.
type Beyond struct {
	Relation Relation
	Answer   multilevel.Answer
	Reason   multilevel.Reason
	Bound    float64                    // the residual group share that would matter
	Primary  string                     // the estimand of the answer: "latent"
	Residual Quantity                   // Sigma_B22 - Sigma_B12^2/Sigma_B11 by REML
	Share    Quantity                   // the same as a part of all variance of y; its 90 % profile limits decide
	Left     *float64                   // the residual as a part of the group variance of y, 1 - r_B^2; nil without any
	Tests    []multilevel.ComponentTest // of the latent residual; the first is the primary one
	Manifest Manifest
	Caveats  caveat.Set // of the answer, those of the relation included
}

// latentEstimand names what the answer refers to.
const latentEstimand = "latent"

// IsBeyond asks the question of the first measure of a table (x, aggregated
// from pairs) and the second (y, of the group). It returns the error of the
// context when that ends first. It panics with fewer than two measures.
func IsBeyond(ctx context.Context, t Table, o Options) (Beyond, error) {
	o = o.withDefaults()
	out := Beyond{Bound: o.Bound, Primary: latentEstimand}
	r, p, best := related(t)
	out.Relation = r
	facts := multilevel.Facts{Groups: r.Counts.Groups, Bound: o.Bound}
	switch {
	case r.Reason == multilevel.NonFiniteRating:
		facts.Refused = r.Reason
	case best == nil:
		facts.Structure = r.Reason
	}
	if best != nil {
		p.notes = &out.Relation.Caveats
		if err := out.test(ctx, p, best, o); err != nil {
			return Beyond{}, err
		}
		facts.P = out.Tests[0].P
		facts.Lower, facts.Upper = out.Share.Limits(MethodProfile, confidences()[1])
		p.writer.note(p.notes)
	}
	d := multilevel.Decide(facts)
	out.Answer, out.Reason = d.Answer, d.Reason
	out.Caveats.Merge(d.Caveats)
	out.Caveats.Merge(out.Relation.Caveats)
	return out, nil
}

// test computes intervals and tests.
func (b *Beyond) test(ctx context.Context, p *pairing, best *solution, o Options) error {
	const stages = 3
	if err := p.intervals(ctx, &b.Relation.REML, best, o, o.stage(0, stages)); err != nil {
		return err
	}
	f := &b.Relation.REML
	p.caution(f, &b.Relation.Moments)
	b.Residual, b.Share = f.ResidualBetween, f.ResidualShare
	if t := best.theta; t.between.yy > 0 {
		left, _, _ := t.value(residual)
		b.Left = new(left / t.between.yy)
	}
	var err error
	if b.Tests, err = p.latentTests(ctx, best, montecarlo.Plan{Draws: o.Draws, Seed: o.Seed, Progress: o.stage(1, stages)}); err != nil {
		return err
	}
	if b.Manifest, err = p.manifest(ctx, o, o.stage(2, stages)); err != nil {
		return err
	}
	p.remarkBeyond(f)
	return nil
}

// fewForLatent is the number of groups below which latent estimates are
// unstable.
const fewForLatent = 50

// remarkBeyond says what limits the latent answer.
func (p *pairing) remarkBeyond(f *Fit) {
	lower, upper := f.RBetween.Limits(MethodProfile, confidences()[0])
	if f.RBetween.Estimate == nil || (lower != nil && upper != nil && *lower == -1 && *upper == 1) {
		p.notes.Add("latent_correlation_open", fmt.Sprintf("These groups differ too little in %s, or are too few, to tell how it goes together with %s between groups: "+
			"no correlation is ruled out.", p.names[p.x], p.names[p.y]))
	}
	if len(p.keys) < fewForLatent {
		p.notes.Add("latent_few_groups", fmt.Sprintf("Latent estimates from %d groups are unstable; read their intervals, and the regression on group means beside them.", len(p.keys)))
	}
}

// latentTests returns the restricted likelihood-ratio test of |r_B| = 1: by
// parametric bootstrap from the fit of rank one, and against the even mixture,
// which holds because the matrices of full rank lie on one side of that smooth
// surface (Self and Liang 1987, case 5).
func (p *pairing) latentTests(ctx context.Context, best *solution, plan montecarlo.Plan) ([]multilevel.ComponentTest, error) {
	rankOne := chart{kind: share}
	null, ok := p.sample.constrained(rankOne, settled, false, best.theta)
	mixture := multilevel.ComponentTest{Component: groupTerm, Method: multilevel.MethodREML}
	drawn := multilevel.ComponentTest{Component: groupTerm, Method: multilevel.MethodBootstrap}
	if !ok {
		p.notes.Add("null_not_found", "The model with a latent correlation of 1 could not be fitted, so the residual has no test.")
		return []multilevel.ComponentTest{mixture, drawn}, nil
	}
	statistic := max(0, null.place.deviance-best.place.deviance)
	if statistic < alike {
		statistic = 0 // the end of a search, not evidence
	}
	mixture.Statistic, mixture.P, mixture.Null = &statistic, new(fdist.Boundary(statistic)), new(evenMixture)
	if plan.Draws == 0 {
		return []multilevel.ComponentTest{mixture}, nil
	}
	reached := make([]outcome, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		scratch := &sample{}
		return func(i int, rng *rand.Rand) {
			p.sample.simulate(null.theta, scratch, rng)
			reached[i] = scratch.ratio(rankOne, null.theta, statistic)
		}
	})
	if err != nil {
		return nil, err
	}
	exceed, failed := 0, 0
	for _, r := range reached {
		if r != below {
			exceed++
		}
		if r == unfitted {
			failed++
		}
	}
	pv, se := montecarlo.PValue(exceed, plan.Draws)
	drawn.Statistic, drawn.P, drawn.Null = &statistic, &pv, new("ratings simulated from the fit with a latent correlation of 1 or -1")
	drawn.MonteCarlo = &multilevel.MonteCarlo{Draws: plan.Draws, Seed: plan.Seed, SE: se, Failed: failed}
	return []multilevel.ComponentTest{drawn, mixture}, nil
}

// outcome is what one draw says of the observed statistic.
type outcome uint8

const (
	below outcome = iota
	atLeast
	unfitted
)

// ratio compares the statistic of a simulated sample with the observed one.
func (s *sample) ratio(rankOne chart, from theta, observed float64) outcome {
	best, ok := s.fit(restricted, profiled, true)
	null, fitted := s.constrained(rankOne, profiled, false, from)
	switch stat := math.Max(0, null.place.deviance-best.place.deviance); {
	case !ok || !fitted:
		return unfitted
	case stat >= observed || observed == 0:
		return atLeast
	}
	return below
}
