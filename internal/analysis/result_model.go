package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/mixed"
)

// CrossedResult takes ratings apart into two factors that cross and what is
// left.
type CrossedResult struct{ Model }

// Analysis returns CrossedName.
func (*CrossedResult) Analysis() Name { return CrossedName }

// Verdict describes: which factor matters is for the asker to say.
func (c *CrossedResult) Verdict() Verdict { return c.verdict() }

// GrowthResult is the line of every member over time: how members differ in
// where they begin and in how they change.
type GrowthResult struct{ Model }

// Analysis returns GrowthName.
func (*GrowthResult) Analysis() Name { return GrowthName }

// Verdict describes: how members differ is no question of yes or no.
func (g *GrowthResult) Verdict() Verdict { return g.verdict() }

// Model is a variance components model fitted by REML and ML, with random
// intercepts of its terms and at most one random slope each.
type Model struct {
	REML, ML ModelFit
	Tests    []multilevel.ComponentTest
	Effects  []TermEffects     // predictions under REML, by term
	Reason   multilevel.Reason // why nothing was fitted; empty if it was
}

// verdict describes, or says why nothing was fitted.
func (m *Model) verdict() Verdict {
	switch mixed.Reason(m.Reason) {
	case mixed.OneUnit, mixed.UnitPerRating, mixed.Aliased:
		return Verdict{Answer: multilevel.NotIdentifiable, Reason: m.Reason}
	default:
		return described(m.Reason)
	}
}

// ModelFit is one fit; everything is nil or empty where nothing was fitted.
type ModelFit struct {
	Terms         []TermFit
	Residual      *float64 // variance
	ResidualSE    *float64
	ResidualShare *float64                 // of all variance; nil with random slopes
	Fixed         []multilevel.FixedEffect // the mean first, or the value at time zero
	LogLikelihood *float64                 // with all constants
	Deviance      *float64                 // -2 log-likelihood
	Singular      *bool                    // a variance is zero, or a correlation is 1 or -1
	LocalOptima   *int
}

// TermFit is one random term.
type TermFit struct {
	Name       string
	Units      int
	Variance   *float64 // of the intercept
	VarianceSE *float64 // from the expected information; nil on the boundary
	Share      *float64 // of all variance; nil with random slopes
	Slope      *SlopeFit
}

// SlopeFit is the random slope of a term.
type SlopeFit struct {
	Name         string // the covariate
	Variance     *float64
	VarianceSE   *float64
	Covariance   *float64 // of intercept and slope
	CovarianceSE *float64
	Correlation  *float64 // nil where a variance is zero
}

// TermEffects are the predictions of one term's units.
type TermEffects struct {
	Term  string
	Units []UnitEffect
}

// UnitEffect is the predicted deviation of one unit, and of its slope.
type UnitEffect struct {
	Name      string
	Ratings   int
	Intercept mixed.Effect
	Slope     *mixed.Effect // nil without random slopes
}

// fitOf takes over a fit.
func fitOf(f *mixed.Fit, slope string) ModelFit {
	out := ModelFit{
		Residual: &f.Residual, ResidualSE: f.ResidualSE, LogLikelihood: &f.LogLikelihood, Deviance: &f.Deviance,
		Singular: new(len(f.Singular) > 0), LocalOptima: &f.Optima,
	}
	total, simple := f.Residual, true
	for _, t := range f.Terms {
		term := TermFit{Name: t.Name, Units: t.Units, Variance: new(t.Variance), VarianceSE: t.VarianceSE, Share: f.Share(t.Name)}
		total += t.Variance
		if len(t.Covariance) > 1 {
			simple = false
			term.Slope = &SlopeFit{Name: slope, Variance: new(t.Covariance[1][1]), Covariance: new(t.Covariance[0][1]), Correlation: t.Correlation[0][1]}
			if t.CovarianceSE != nil {
				term.Slope.VarianceSE, term.Slope.CovarianceSE = new(t.CovarianceSE[1][1]), new(t.CovarianceSE[0][1])
			}
		}
		out.Terms = append(out.Terms, term)
	}
	if simple {
		out.ResidualShare = new(f.Residual / total)
	}
	for _, b := range f.Fixed {
		out.Fixed = append(out.Fixed, multilevel.FixedEffect{Name: b.Name, Estimate: new(b.Estimate), SE: new(b.SE)})
	}
	return out
}

// effectsOf takes over the predictions of a fit.
func effectsOf(f *mixed.Fit) []TermEffects {
	var out []TermEffects
	for _, p := range f.Predict() {
		term := TermEffects{Term: p.Term}
		for _, u := range p.Units {
			unit := UnitEffect{Name: u.Unit, Ratings: u.Ratings, Intercept: u.Effects[0]}
			if len(u.Effects) > 1 {
				unit.Slope = new(u.Effects[1])
			}
			term.Units = append(term.Units, unit)
		}
		out = append(out, term)
	}
	return out
}

// refusalSentence says in words why a model was not fitted.
func refusalSentence(why mixed.Reason) string {
	switch why {
	case mixed.NoData:
		return "There are no more ratings than the mean and the covariates use up."
	case mixed.RedundantColumns:
		return "One covariate is determined by the others, or is the same for all ratings."
	case mixed.NoVariation:
		return "The covariates, or the mean alone, reproduce every rating: there is no variance to divide."
	case mixed.OneUnit:
		return "A factor has one unit only, or the covariates leave nothing of it: its variance cannot be told."
	case mixed.UnitPerRating:
		return "A factor has one unit for every rating: its variance cannot be told from what is left."
	case mixed.Aliased:
		return "Two factors cannot be told apart in ratings that lie like these."
	case mixed.Unbounded:
		return "The model reproduces every rating exactly; its likelihood has no maximum. Make sure that values were not copied."
	case mixed.NoOptimum:
		return "The search did not end at an optimum; the model does not fit these ratings."
	case mixed.TooLarge:
		return "More units are connected than can be computed in bounded time."
	case mixed.OutOfRange:
		return "Some variances are too large or too small to be written in the unit of the ratings."
	default:
		return "The model cannot be fitted to these ratings."
	}
}
