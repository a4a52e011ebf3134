package onewithmany

import (
	"context"
	"errors"
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/linear"
)

// DefaultDraws is how many simulated data sets intervals rest on.
const DefaultDraws = 999

// Options holds what may be chosen.
type Options struct {
	Draws         int    // of the intervals; 0 means DefaultDraws, less than 0 none
	Seed          uint64 // 0 means multilevel.DefaultSeed
	UniqueMembers bool   // a member's name is the same person's with every therapist
	Progress      func(done, total int)
}

// Analyse takes rows apart. It returns what could be computed, with reasons for
// the rest; the error is that of a context that ends first.
func Analyse(ctx context.Context, rows []Row, o Options) (Result, error) {
	if o.Draws == 0 {
		o.Draws = DefaultDraws
	}
	if o.Seed == 0 {
		o.Seed = multilevel.DefaultSeed
	}
	pairs, reason := gather(rows)
	if reason != "" {
		return Result{Reason: reason}, nil
	}
	a := &analysis{ctx: ctx, options: o, pairs: pairs}
	a.count()
	err := a.run()
	if err != nil {
		return Result{}, err
	}
	a.say()
	return a.result, nil
}

// analysis is one run.
type analysis struct {
	ctx      context.Context //nolint:containedctx // it lives as long as one call
	options  Options
	pairs    []pair
	measures [2]measure
	averaged bool // sessions were averaged
	fits     []*fitted
	result   Result
}

// fitted is a restricted fit with its design.
type fitted struct {
	*design
	*linear.Fit
}

// count fills in how much there is.
func (a *analysis) count() {
	r := &a.result
	therapists := map[string]bool{}
	for i := range a.pairs {
		p := &a.pairs[i]
		therapists[p.therapist] = true
		t, m := len(p.values(ByTherapist)), len(p.values(ByMember))
		r.Ratings += t + m
		if t > 0 && m > 0 {
			r.BothSides++
		}
	}
	r.Therapists, r.Pairs = len(therapists), len(a.pairs)
	for s := range r.Sides {
		a.measures[s] = measureOf(a.pairs, Side(s))
		r.Sides[s] = SideResult{Reason: a.measures[s].unusable(), Ratings: a.measures[s].ratings, Pairs: a.measures[s].pairs}
	}
}

// run fits what can be fitted.
func (a *analysis) run() error {
	var usable []Side
	for s, side := range a.result.Sides {
		if side.Reason == "" {
			usable = append(usable, Side(s))
		}
	}
	for l := range a.result.Reciprocity {
		a.result.Reciprocity[l].Reason = SideMissing
	}
	if len(usable) == 0 {
		a.result.Reason = a.whyNone()
		return nil
	}
	layers := 2
	if a.repeated(usable) {
		layers = 3
	}
	err := a.fit(usable, layers)
	if a.refused(err) == linear.NotIdentified && layers == 3 {
		layers = 2
		err = a.fit(usable, layers)
	}
	if a.refused(err) == linear.NotIdentified && len(usable) == 2 {
		for l := range a.result.Reciprocity {
			a.result.Reciprocity[l].Reason = FewBothSides
		}
		return a.apart(usable)
	}
	if reason := a.refused(err); reason != "" {
		a.result.Reason = because(reason)
		return nil
	}
	return err
}

// apart fits each side by itself.
func (a *analysis) apart(sides []Side) error {
	for _, s := range sides {
		layers := 2
		if a.repeated([]Side{s}) {
			layers = 3
		}
		err := a.fit([]Side{s}, layers)
		if reason := a.refused(err); reason != "" {
			a.result.Sides[s].Reason = because(reason)
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(a.fits) == 0 {
		a.result.Reason = NotTold
	}
	return nil
}

// whyNone is the reason where no side can be used.
func (a *analysis) whyNone() multilevel.Reason {
	for _, s := range a.result.Sides {
		if s.Reason != SideMissing {
			return s.Reason
		}
	}
	return multilevel.NoData
}

// repeated tells whether errors can be told from relationships: every side rated
// some pair twice, and where there are two, some pair in two sessions.
func (a *analysis) repeated(sides []Side) bool {
	for _, s := range sides {
		if a.measures[s].most < 2 {
			return false
		}
	}
	if len(sides) == 1 {
		return true
	}
	for i := range a.pairs {
		both := 0
		for _, r := range a.pairs[i].rows {
			if r.Values[0] != nil && r.Values[1] != nil {
				both++
			}
		}
		if both >= 2 {
			return true
		}
	}
	return false
}

// fit fits sides together by both likelihoods and keeps the result.
func (a *analysis) fit(sides []Side, layers int) error {
	pairs := a.pairs
	averaged := false
	if layers == 2 {
		pairs, averaged = means(pairs, sides)
	}
	d := designOf(sides, layers, a.measures)
	blocks := d.blocks(pairs)
	restricted, err := linear.Estimate(a.ctx, d.model, blocks, linear.REML)
	if err != nil {
		return err
	}
	full, err := linear.Estimate(a.ctx, d.model, blocks, linear.ML)
	if err != nil {
		return err
	}
	a.averaged = a.averaged || averaged
	f := &fitted{d, restricted}
	a.fits = append(a.fits, f)
	a.result.Sessions = a.result.Sessions || layers == 3
	a.result.REML = append(a.result.REML, f.report())
	a.result.ML = append(a.result.ML, (&fitted{d, full}).report())
	f.fill(&a.result)
	return a.intervals(f)
}

// means returns pairs with one row each: the means of a side over its sessions;
// averaged tells whether any is of several ratings.
func means(pairs []pair, sides []Side) (out []pair, averaged bool) {
	for i := range pairs {
		p := &pairs[i]
		row := &Row{Group: p.rows[0].Group, Therapist: p.therapist, Member: p.member}
		for _, s := range sides {
			v := p.values(s)
			if len(v) == 0 {
				continue
			}
			// Of the differences from the first: a mean of equal ratings is that rating.
			var rest float64
			for _, x := range v {
				rest += x - v[0]
			}
			row.Values[s] = new(v[0] + rest/float64(len(v)))
			averaged = averaged || len(v) > 1
		}
		out = append(out, pair{p.therapist, p.member, []*Row{row}})
	}
	return out, averaged
}

// refused returns the reason of a refusal, empty for any other error.
func (a *analysis) refused(err error) linear.Reason {
	if r, ok := errors.AsType[*linear.Refusal](err); ok {
		return r.Reason
	}
	return ""
}

// because returns a reason in the words of this package.
func because(r linear.Reason) multilevel.Reason {
	switch r {
	case linear.NoVariance:
		return multilevel.NoVariation
	case linear.NonFinite:
		return multilevel.NonFiniteRating
	case linear.NoOptimum:
		return NoOptimum
	default:
		return NotTold
	}
}

// variance returns a side's variance of a layer in its measure's unit.
func (d *design) variance(theta []float64, column int, l layer) float64 {
	return theta[d.parameter(l, column, column)]
}

// share returns a layer's share of a side's variance.
func (d *design) share(theta []float64, column int, l layer) (float64, bool) {
	var total float64
	for k := range d.layers {
		total += d.variance(theta, column, layer(k))
	}
	if !(total > 0) {
		return 0, false
	}
	return d.variance(theta, column, l) / total, true
}

// correlation returns how the sides go together in a layer; it is not defined
// where a side has next to nothing there.
func (d *design) correlation(theta []float64, l layer) (float64, bool) {
	const nothing = 1e-8 // of the side's variance
	for c := range d.sides {
		if s, ok := d.share(theta, c, l); !ok || !(s > nothing) {
			return 0, false
		}
	}
	r := theta[d.parameter(l, 0, 1)] / math.Sqrt(d.variance(theta, 0, l)*d.variance(theta, 1, l))
	return min(1, max(-1, r)), true
}
