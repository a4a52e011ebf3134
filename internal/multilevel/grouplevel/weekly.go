package grouplevel

import (
	"context"
	"math/rand/v2"

	"holon/internal/multilevel/crossed"
)

// weekly fits by the engine for members by sessions within groups.
type weekly struct{ summary *crossed.Summary }

// newWeekly summarises the rows once. Without sessions in the model the engine
// is not told of them, so that a member may have several ratings.
func newWeekly(x *index, m model) (weekly, error) {
	t := crossed.Table{Group: make([]int32, 0, x.ratings), Member: make([]int32, 0, x.ratings), Y: make([]float64, 0, x.ratings)}
	for i := range x.blocks {
		for _, c := range x.blocks[i].cells {
			t.Group = append(t.Group, code(i))
			t.Member = append(t.Member, code(c.member))
			if m[session] {
				t.Session = append(t.Session, code(c.session))
			}
			t.Y = append(t.Y, c.value)
		}
	}
	s, err := crossed.Summarise(t)
	return weekly{summary: s}, err
}

// code returns the engine's name of a unit.
func code(i int) int32 {
	return int32(i) //nolint:gosec // there are no more units than ratings, of which memory holds fewer than 2^31 rows
}

// component returns the engine's name of a level.
func component(l level) crossed.Component {
	return map[level]crossed.Component{group: crossed.Group, member: crossed.Member, session: crossed.Session, residual: crossed.Residual}[l]
}

// weeklyLevels are the levels that this engine knows.
func weeklyLevels() [4]level { return [4]level{group, member, session, residual} }

// fit fits a model.
func (w weekly) fit(_ context.Context, m model, full bool) (fitted, error) {
	f, err := w.summary.Fit(crossed.Model{Group: m[group], Member: m[member], Session: m[session]}, likelihood(full))
	if err != nil {
		return fitted{}, err
	}
	out := fitted{
		levels: m, full: full, mean: &f.Mean, meanSE: &f.MeanSE, deviance: f.Deviance,
		optima: f.LocalOptima, margin: f.Margin, weekly: f,
	}
	for _, l := range weeklyLevels() {
		out.variance[l], out.se[l] = f.Variance[component(l)], f.VarianceSE[component(l)]
	}
	return out, nil
}

// likelihood returns the engine's name of a likelihood.
func likelihood(full bool) crossed.Method {
	if full {
		return crossed.ML
	}
	return crossed.REML
}

// interval returns the profile-likelihood interval of a level's share of all.
func (w weekly) interval(ctx context.Context, f fitted, part level, cut float64) (lower, upper float64, err error) {
	share := crossed.Share{Part: component(part)}
	for _, l := range weeklyLevels() {
		share.Of[component(l)] = f.levels[l]
	}
	return w.summary.ShareInterval(ctx, f.weekly, share, cut)
}

// predict returns the predictions.
func (w weekly) predict(f fitted) (predictions, error) {
	var out predictions
	e, err := w.summary.Predict(f.weekly)
	if err != nil {
		return out, err
	}
	for l, effects := range map[level][]crossed.Effect{group: e.Group, member: e.Member, session: e.Session} {
		for _, u := range effects {
			out[l] = append(out[l], prediction{
				block: int(u.Group), unit: int(u.Unit), ratings: u.Ratings,
				blup: u.BLUP, condSD: u.CondSD, predSE: u.PredSE, reliability: u.Reliability,
			})
		}
	}
	return out, nil
}

// redraw draws from a fit. Both models are fitted from the one start that lies
// near their optima: the variances that the ratings were drawn with.
func (w weekly) redraw(_ context.Context, null, larger fitted) func(rng *rand.Rand) (float64, error) {
	var scratch *crossed.Summary
	start := larger.weekly.Variance
	return func(rng *rand.Rand) (float64, error) {
		var err error
		if scratch, err = w.summary.Simulate(rng, null.weekly.Variance, null.weekly.Mean, scratch); err != nil {
			return 0, err
		}
		small, err := scratch.Refit(null.weekly.Model, null.weekly.Method, null.weekly.Variance)
		if err != nil {
			return 0, err
		}
		large, err := scratch.Refit(larger.weekly.Model, null.weekly.Method, start)
		if err != nil {
			return 0, err
		}
		return max(0, small.Deviance-large.Deviance), nil
	}
}
