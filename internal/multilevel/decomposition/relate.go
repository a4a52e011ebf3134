package decomposition

import (
	"context"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

// Relation is how two measures go together, between groups and within them.
type Relation struct {
	X, Y    string
	Counts  Counts
	Moments Moments
	REML    Fit
	ML      Fit
	Reason  multilevel.Reason // why the likelihood, or anything, could not be computed; empty otherwise
	Caveats caveat.Set
}

// Relate takes the first two measures of a table apart into levels: moments,
// and the bivariate two-level model by REML and ML. It returns the error of the
// context when that ends first. It panics with fewer than two measures.
func Relate(ctx context.Context, t Table, o Options) (Relation, error) {
	o = o.withDefaults()
	r, p, best := related(t)
	if best == nil {
		return r, nil
	}
	p.notes = &r.Caveats // r is a copy of what p was made with
	if err := p.intervals(ctx, &r.REML, best, o, o.stage(0, 1)); err != nil {
		return Relation{}, err
	}
	p.caution(&r.REML, &r.Moments)
	p.writer.note(&r.Caveats)
	return r, nil
}

// related computes everything but the intervals that take refits; best is the
// REML solution, nil where there is none.
func related(t Table) (r Relation, p *pairing, best *solution) {
	r = Relation{X: t.Measures[0].Name, Y: t.Measures[1].Name}
	b, why := arrange(t)
	r.Counts = Counts{Rows: len(t.Group), Groups: len(b.keys)}
	if r.Reason = why; why != "" {
		return r, nil, nil
	}
	m := reduce(b)
	if r.Reason = m.structure(); r.Reason != "" {
		return r, nil, nil
	}
	p = &pairing{moments: m, x: 0, y: 1, sample: sampleOf(m), writer: &writer{units: b.units}, notes: &r.Caveats}
	noteSharedError(p.notes)
	r.Moments = p.pairMoments(true)
	if r.Reason = p.usable(); r.Reason != "" {
		p.writer.note(p.notes)
		return r, p, nil
	}
	r.REML, best = p.fitted(restricted)
	r.ML, _ = p.fitted(full)
	if best == nil {
		r.Reason = LikelihoodNotFound
	}
	return r, p, best
}

// intervals adds the profile and bootstrap intervals of the REML fit.
func (p *pairing) intervals(ctx context.Context, f *Fit, best *solution, o Options, progress func(done, total int)) error {
	p.profileIntervals(f, &best.optimum)
	if o.Draws == 0 {
		return nil
	}
	return p.bootstrap(ctx, f, &best.optimum, montecarlo.Plan{Draws: o.Draws, Seed: o.Seed, Progress: progress})
}
