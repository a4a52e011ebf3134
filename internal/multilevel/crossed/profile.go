package crossed

import (
	"cmp"
	"context"
	"math"

	"holon/internal/multilevel/rootfind"
)

// Share is a variance as a part of a sum: Part of all components in Of, which
// includes Part. Components that a model lacks count as zero.
type Share struct {
	Part Component
	Of   [components]bool
}

// OfTotal returns the share of a component in the total variance.
func OfTotal(part Component) Share {
	return Share{Part: part, Of: [components]bool{true, true, true, true}}
}

// Value returns the share at given variances, 0 where the sum is zero.
func (sh Share) Value(v Variances) float64 {
	whole := 0.0
	for c, in := range sh.Of {
		if in {
			whole += v[c] / v.Total()
		}
	}
	if !(whole > 0) {
		return 0
	}
	return v[sh.Part] / v.Total() / whole
}

// Profile maximises the likelihood with the share held at rho in [0, 1). The
// search starts from near, a fit of the same model (or an earlier profile of it),
// and from equal variances; the better one is returned.
//
// With gamma = rho/(1-rho) the part is gamma times the sum of the others in the
// share, which is linear: the same search runs with one unknown less.
func (s *Summary) Profile(near Fit, share Share, rho float64) (Fit, error) {
	if !(rho >= 0 && rho < 1) || !share.Of[share.Part] || !near.Model.Has(share.Part) {
		return Fit{}, BadShare
	}
	if err := s.fittable(near.Model, near.Method); err != nil {
		return Fit{}, err
	}
	e := s.newEvaluator()
	return e.profile(near, share, rho)
}

// profile is Profile with memory for evaluations.
func (e *evaluator) profile(near Fit, share Share, rho float64) (Fit, error) {
	s, m := e.s, near.Model
	gamma := rho / (1 - rho)
	var f frame
	var from [components]float64
	start := s.scale.inward(near.Variance)
	others := false
	for _, c := range m.list() {
		if c == share.Part {
			continue
		}
		f.b[c][f.n] = 1
		if share.Of[c] {
			f.b[share.Part][f.n] = gamma
			others = true
		}
		from[f.n] = start[c]
		f.n++
	}
	if !others {
		return Fit{}, BadShare
	}
	var found []search
	starts := [][components]float64{from, f.equal()}
	if v := &near.Variance; m.Member && m.Session && v[Residual] < allButNone*v.Total() {
		// The optimum is a narrow one, from which the next may be far: a residual
		// variance of its size is tried beside equal ones.
		thin := f.equal()
		for i := range f.n {
			if f.b[Residual][i] > 0 {
				thin[i] = allButNone
			}
		}
		starts = append(starts, thin)
	}
	for _, phi := range starts {
		if got, ok := e.descend(&f, phi, near.Method); ok {
			// Without a residual variance the profile has its limit.
			got.settled, got.vanishing = got.settled || got.vanishing, false
			found = append(found, got)
		}
	}
	return s.best(found, m, near.Method)
}

// allButNone is the part of all variance below which a residual one is all but gone.
const allButNone = 1e-4

// ShareInterval is the profile-likelihood interval of the share: the piece around
// the estimate where the deviance with the share held exceeds the fit's by at most
// cut (3.8415 for 95 %). A lower limit at the boundary is exactly 0, and an upper
// one that is not reached before 1 is exactly 1. It ends early with the error of
// a context that is done.
func (s *Summary) ShareInterval(ctx context.Context, fit Fit, share Share, cut float64) (lower, upper float64, err error) {
	estimate := share.Value(fit.Variance)
	e := s.newEvaluator()
	near := fit
	beyond := func(rho float64) float64 {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return math.Inf(1)
		}
		at, failed := e.profile(near, share, rho)
		if failed != nil {
			err = failed
			return math.Inf(1)
		}
		near = at
		return at.Deviance - fit.Deviance - cut
	}
	if !share.Of[share.Part] || !fit.Model.Has(share.Part) || !(cut > 0) {
		return 0, 0, BadShare
	}
	if lower = 0; estimate > 0 {
		lower = outward(beyond, estimate, 0, -cut)
	}
	near = fit
	upper = outward(beyond, estimate, 1, -cut)
	return lower, upper, err
}

// outward walks from inside towards an end of [0, 1] until f is above zero and
// returns where it crossed, or the end if it never did. 1 itself is not evaluated.
func outward(f func(float64) float64, inside, end, fInside float64) float64 {
	const steps, halvings = 12, 20
	at, value := inside, fInside
	left := 1.0
	for i := 1; i <= steps+halvings; i++ {
		if left -= 1.0 / steps; i >= steps {
			left = math.Ldexp(1.0/steps, steps-1-i)
		}
		next := end + (inside-end)*left
		if end == 0 && i >= steps {
			next = 0
		}
		nextValue := f(next)
		if nextValue > 0 {
			return rootfind.Brent(f, at, value, next, nextValue)
		}
		if at, value = next, nextValue; at == end {
			return end
		}
	}
	return end
}
