package multilevel

import (
	"fmt"
	"math"

	"holon/internal/caveat"
)

// Components is one number per level, nil where the model has no such level or
// the number is undefined.
type Components struct {
	Therapist, Group, Member, Session, Residual *float64
}

// ComponentIntervals holds the intervals of one number per level.
type ComponentIntervals struct {
	Therapist, Group, Member, Session []Interval
}

// FixedEffect is the coefficient of one covariate, given the variances.
type FixedEffect struct {
	Name         string
	Estimate, SE *float64
}

// Fit is a variance components model fitted by REML or ML. Where nothing was
// fitted everything is nil; of a likelihood without a maximum only that is known.
type Fit struct {
	Variance      Components
	VarianceSE    Components         // from the expected information; nil at zero
	Share         Components         // of the total variance
	ShareCI       ComponentIntervals // nil where none was computed
	Fixed         []FixedEffect      // of covariates; nil without any
	Mean          *float64           // generalised least squares estimate of mu
	MeanSE        *float64           // given the variances
	LogLikelihood *float64           // with all constants
	Deviance      *float64           // -2 log-likelihood
	DevianceNull  *float64           // of the model without group variance
	Singular      *bool              // a variance is estimated at exactly zero
	Unbounded     *bool              // the likelihood has no maximum
	LocalOptima   *int               // how many local optima there are, one at zero included
}

// solution is a fit in units of z, for what is computed from it.
type solution struct {
	point
	residual float64
	drop     float64 // likelihood-ratio statistic against no group variance
}

// best chooses the global one of the local optima, and returns by how much
// deviance the next one is worse (infinite if there is none). Without any it is
// the model without group variance, and noteOptima says so.
func (p *profile) best(found []point, m method) (s solution, margin float64) {
	null := p.at(0)
	s, margin = solution{point: null, residual: null.residual(m)}, math.Inf(1)
	for i, e := range found {
		drop := p.drop(null, e, m)
		switch {
		case i == 0:
		case drop > s.drop:
			margin = drop - s.drop
		default:
			margin = min(margin, s.drop-drop)
			continue
		}
		s = solution{point: e, residual: e.residual(m), drop: drop}
	}
	s.drop = max(0, s.drop)
	return s, margin
}

// fit reports one likelihood's solution on the scale of the ratings.
func (p *profile) fit(sc *scale, s solution, m method, optima int) Fit {
	// A change of scale by 2^exp moves the deviance by 2 nu exp log 2.
	null := p.at(0)
	shift := float64(2 * s.freedom(m) * float64(sc.exp) * math.Ln2)
	dev := p.deviance(s.point, m) + shift
	share := s.ratio / (1 + s.ratio)
	return Fit{
		Variance:      Components{Group: sc.square(float64(s.ratio * s.residual)), Residual: sc.square(s.residual)},
		Share:         Components{Group: sc.kept(share), Residual: sc.kept(1 / (1 + s.ratio))},
		Mean:          sc.location(s.mu),
		MeanSE:        sc.width(math.Sqrt(s.residual / s.w1)),
		LogLikelihood: sc.kept(-dev / 2),
		Deviance:      sc.kept(dev),
		DevianceNull:  sc.kept(p.deviance(null, m) + shift),
		Singular:      new(s.ratio == 0),
		Unbounded:     new(false),
		LocalOptima:   &optima,
	}
}

// fitBoth fits REML and ML and notes what is odd about them.
func fitBoth(s *strata, notes *caveat.Set) (reml, ml Fit, remlAt, mlAt solution) {
	p := profileOf(s)
	foundREML, foundML := p.optima()
	remlAt, margin := p.best(foundREML, restricted)
	reml = p.fit(&s.scale, remlAt, restricted, len(foundREML))
	mlAt, marginML := p.best(foundML, full)
	ml = p.fit(&s.scale, mlAt, full, len(foundML))
	noteOptima(notes, "REML", len(foundREML), margin)
	noteOptima(notes, "ML", len(foundML), marginML)
	if *reml.Singular {
		notes.Add("group_variance_zero", "REML estimates the variance between groups at exactly zero; "+
			"that is an estimate, not a proof that groups do not differ.")
	}
	return reml, ml, remlAt, mlAt
}

// noteOptima adds the caveat of a likelihood with more than one local optimum,
// or with none that could be found.
func noteOptima(notes *caveat.Set, name string, count int, margin float64) {
	const alike = 0.1
	switch count {
	case 0:
		notes.Add("no_optimum", fmt.Sprintf("No optimum of the %s likelihood was found; its numbers are those of no group variance.", name))
		return
	case 1:
		return
	}
	detail := fmt.Sprintf("The %s likelihood has %d local optima; the best was taken, the next is worse by %.3g in deviance", name, count, margin)
	if margin <= alike {
		detail += ", which is next to nothing"
	}
	notes.Add("several_optima", detail+". Such data say little about the group variance.")
}
