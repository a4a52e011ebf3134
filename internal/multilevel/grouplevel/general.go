package grouplevel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/mixed"
	"holon/internal/multilevel/rootfind"
)

// general fits by the engine for any fixed and random effects: therapists above
// groups, and covariates.
type general struct {
	x      *index
	data   mixed.Data // with the terms of all levels of the structure
	names  []string   // of the covariates
	models map[model]*mixed.Model
}

// newGeneral lays out the rows, in the order of the index, with a term for every
// level.
func newGeneral(x *index, t Table, m model) (*general, error) {
	g := &general{x: x, models: map[model]*mixed.Model{}}
	rows := make([]int, 0, x.ratings)
	keys := map[level][]string{}
	var led [][]mixed.Membership
	for i := range x.blocks {
		b := &x.blocks[i]
		leaders, _ := t.leaders(b.group)
		shares := make([]mixed.Membership, len(leaders))
		for k, name := range leaders {
			shares[k] = mixed.Membership{Unit: name, Weight: 1 / float64(len(leaders))}
		}
		// Names of one length keep their order, which predictions follow.
		ofGroup := fmt.Sprintf("%09d", i)
		ofMember, ofSession := numbered(ofGroup, len(b.members)), numbered(ofGroup, len(b.sessions))
		for _, c := range b.cells {
			rows = append(rows, c.row)
			g.data.Y = append(g.data.Y, c.value)
			keys[group] = append(keys[group], ofGroup)
			keys[member] = append(keys[member], ofMember[c.member])
			keys[session] = append(keys[session], ofSession[c.session])
			led = append(led, shares)
		}
	}
	g.data.X = []mixed.Column{mixed.Intercept(len(rows))}
	for i, c := range t.Covariates {
		values := make([]float64, len(rows))
		for k, row := range rows {
			values[k] = c.Values[row]
		}
		g.names = append(g.names, c.Name)
		g.data.X = append(g.data.X, mixed.Column{Name: fmt.Sprintf("covariate %d", i), Values: values})
	}
	if m[therapist] {
		g.data.Terms = append(g.data.Terms, mixed.ByWeight(therapist.String(), led))
	}
	for _, l := range []level{group, member, session} {
		if m[l] {
			g.data.Terms = append(g.data.Terms, mixed.ByUnit(l.String(), keys[l]))
		}
	}
	_, err := g.model(m)
	return g, err
}

// workOfDraw returns about how many operations it takes to draw ratings and fit
// them: some for every rating, and the cubes of how many effects the groups have
// together that are linked by their therapists.
func workOfDraw(x *index, t Table) float64 {
	linked := map[string]int{} // which set of groups a therapist leads
	var sets []float64         // their numbers of effects
	for i := range x.blocks {
		b := &x.blocks[i]
		names, _ := t.leaders(b.group)
		at := len(sets)
		sets = append(sets, float64(1+len(names)+len(b.members)+len(b.sessions)))
		for _, name := range names {
			if with, known := linked[name]; known && with != at {
				sets[at] += sets[with]
				sets[with] = 0
				for other, set := range linked {
					if set == with {
						linked[other] = at
					}
				}
			}
			linked[name] = at
		}
	}
	const perRating = 1000
	work := perRating * float64(x.ratings)
	for _, effects := range sets {
		work += effects * effects * effects
	}
	return work
}

// numbered returns n names of one length below another.
func numbered(above string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s %09d", above, i)
	}
	return out
}

// model returns the prepared model with these levels.
func (g *general) model(m model) (*mixed.Model, error) {
	if ready := g.models[m]; ready != nil {
		return ready, nil
	}
	d := g.data
	d.Terms = nil
	for _, t := range g.data.Terms {
		if m[levelOf(t.Name())] {
			d.Terms = append(d.Terms, t)
		}
	}
	made, err := mixed.New(d)
	if err != nil {
		return nil, err
	}
	g.models[m] = made
	return made, nil
}

// levelOf returns the level of a name.
func levelOf(name string) level {
	l := therapist
	for l < residual && l.String() != name {
		l++
	}
	return l
}

// method returns the engine's name of a likelihood.
func method(full bool) mixed.Method {
	if full {
		return mixed.ML
	}
	return mixed.REML
}

// fit fits a model.
func (g *general) fit(ctx context.Context, m model, full bool) (fitted, error) {
	prepared, err := g.model(m)
	if err != nil {
		return fitted{}, err
	}
	f, err := prepared.Fit(ctx, mixed.Options{Method: method(full)})
	if err != nil {
		return fitted{}, err
	}
	out := fitted{levels: m, full: full, deviance: f.Deviance, optima: f.Optima, margin: f.Margin, general: f}
	out.variance[residual], out.se[residual] = f.Residual, f.ResidualSE
	for _, t := range f.Terms {
		out.variance[levelOf(t.Name)], out.se[levelOf(t.Name)] = t.Variance, t.VarianceSE
	}
	out.mean, out.meanSE = &f.Fixed[0].Estimate, &f.Fixed[0].SE
	for i, b := range f.Fixed[1:] {
		out.fixed = append(out.fixed, multilevel.FixedEffect{Name: g.names[i], Estimate: &b.Estimate, SE: &b.SE})
	}
	return out, nil
}

// interval returns the profile-likelihood interval of a level's share of all.
func (g *general) interval(ctx context.Context, f fitted, part level, cut float64) (lower, upper float64, err error) {
	prepared, err := g.model(f.levels)
	if err != nil {
		return 0, 0, err
	}
	// The root of a deviance is nearly straight in the share, which spares fits;
	// what it is off by no more than fits are is no difference.
	const exact = 1e-9
	inside := -math.Sqrt(cut)
	beyond := func(share float64) float64 {
		dev, e := prepared.ShareDeviance(ctx, method(f.full), part.String(), share)
		if e != nil {
			err = errors.Join(err, e)
			return math.NaN()
		}
		off := math.Sqrt(max(0, dev-f.deviance)) + inside
		if math.Abs(off) < exact {
			return 0
		}
		return off
	}
	at := f.variance[part] / f.total()
	if at > 0 {
		if least := beyond(0); least > 0 {
			lower = rootfind.Brent(beyond, 0, least, at, inside)
		}
	}
	upper = 1
	for near, below, k := at, inside, 1; k < 40 && err == nil; k++ {
		next := 1 - (1-at)*math.Ldexp(1, -k)
		end := beyond(next)
		if end > 0 {
			upper = rootfind.Brent(beyond, near, below, next, end)
			break
		}
		near, below = next, end
	}
	return lower, upper, err
}

// predict returns the predictions.
func (g *general) predict(f fitted) (predictions, error) {
	var out predictions
	for _, term := range f.general.Predict() {
		l := levelOf(term.Term)
		places := g.places(l)
		for i, u := range term.Units {
			e := u.Effects[0]
			p := prediction{name: u.Unit, ratings: u.Ratings, blup: e.BLUP, condSD: e.CondSD, predSE: e.PredSE, reliability: e.Reliability}
			if l != therapist {
				p.block, p.unit = places[i].block, places[i].unit
			}
			out[l] = append(out[l], p)
		}
	}
	return out, nil
}

// places lists the units of a level in the order of their names.
func (g *general) places(l level) []prediction {
	var out []prediction
	for i := range g.x.blocks {
		for u := range g.x.blocks[i].perUnit(l) {
			out = append(out, prediction{block: i, unit: u})
		}
	}
	return out
}

// redraw draws from a fit and refits both models, each from its own fit.
func (g *general) redraw(ctx context.Context, null, larger fitted) func(rng *rand.Rand) (float64, error) {
	small, errSmall := g.model(null.levels)
	large, errLarge := g.model(larger.levels)
	start := errors.Join(errSmall, errLarge)
	var y []float64
	refit := func(m *mixed.Model, from *mixed.Fit) (float64, error) {
		drawn, err := m.WithRatings(y)
		if err != nil {
			return 0, err
		}
		f, err := drawn.Fit(ctx, mixed.Options{Method: from.Method, Quick: true, From: from})
		if err != nil {
			return 0, err
		}
		return f.Deviance, nil
	}
	return func(rng *rand.Rand) (float64, error) {
		if start != nil {
			return 0, start
		}
		y = null.general.Simulate(rng, y)
		without, err := refit(small, null.general)
		if err != nil {
			return 0, err
		}
		with, err := refit(large, larger.general)
		if err != nil {
			return 0, err
		}
		return max(0, without-with), nil
	}
}

// refusedFor tells whether the engine refused for one of these reasons.
func refusedFor(err error, reasons ...mixed.Reason) bool {
	refusal, ok := errors.AsType[*mixed.Refusal](err)
	return ok && slices.Contains(reasons, refusal.Reason)
}

// unbounded tells whether a likelihood has no maximum.
func unbounded(err error) bool {
	return refusedFor(err, mixed.Unbounded, mixed.NoVariation)
}

// unusable tells whether covariates cannot be used.
func unusable(err error) bool {
	return refusedFor(err, mixed.RedundantColumns, mixed.NonFinite, mixed.BadShape)
}

// hidden tells whether the covariates leave nothing of the groups.
func hidden(err error) bool {
	return refusedFor(err, mixed.OneUnit, mixed.Aliased, mixed.UnitPerRating)
}
