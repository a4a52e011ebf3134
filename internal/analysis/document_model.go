package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/mixed"
)

// ModelDocument is the result of the analyses crossed and growth.
type ModelDocument struct {
	REML    ModelFitDocument      `json:"reml"`
	ML      ModelFitDocument      `json:"ml"`
	Tests   []TestDocument        `json:"tests"`
	Effects []TermEffectsDocument `json:"effects"`
}

// ModelFitDocument is one fit.
type ModelFitDocument struct {
	Terms         []TermDocument        `json:"terms"`
	Residual      *float64              `json:"residual_variance"`
	ResidualSE    *float64              `json:"residual_variance_se"`
	ResidualShare *float64              `json:"residual_share"`
	Fixed         []CoefficientDocument `json:"fixed"`
	LogLikelihood *float64              `json:"log_likelihood"`
	Deviance      *float64              `json:"deviance"`
	Singular      *bool                 `json:"singular"`
	LocalOptima   *int                  `json:"local_optima"`
}

// TermDocument is one random term.
type TermDocument struct {
	Name       string         `json:"name"`
	Units      int            `json:"units"`
	Variance   *float64       `json:"variance"`
	VarianceSE *float64       `json:"variance_se"`
	Share      *float64       `json:"share"`
	Slope      *SlopeDocument `json:"slope"`
}

// SlopeDocument is the random slope of a term; null without.
type SlopeDocument struct {
	Name         string   `json:"name"`
	Variance     *float64 `json:"variance"`
	VarianceSE   *float64 `json:"variance_se"`
	Covariance   *float64 `json:"covariance"`
	CovarianceSE *float64 `json:"covariance_se"`
	Correlation  *float64 `json:"correlation"`
}

// TermEffectsDocument holds the predictions of one term's units.
type TermEffectsDocument struct {
	Term  string               `json:"term"`
	Units []UnitEffectDocument `json:"units"`
}

// UnitEffectDocument is the predicted deviation of one unit; the slope is null
// without random slopes.
type UnitEffectDocument struct {
	Name      string              `json:"name"`
	Ratings   int                 `json:"ratings"`
	Intercept PredictionDocument  `json:"intercept"`
	Slope     *PredictionDocument `json:"slope"`
}

// PredictionDocument is one predicted number.
type PredictionDocument struct {
	BLUP        float64  `json:"blup"`
	CondSD      float64  `json:"cond_sd"`
	PredSE      float64  `json:"pred_se"`
	Reliability *float64 `json:"reliability"`
}

// document returns the model as it is written.
func (m *Model) document() any {
	return ModelDocument{
		REML: modelFitDocument(&m.REML), ML: modelFitDocument(&m.ML), Tests: each(m.Tests, testDocument),
		Effects: each(m.Effects, func(x TermEffects) TermEffectsDocument {
			return TermEffectsDocument{Term: x.Term, Units: each(x.Units, unitEffectDocument)}
		}),
	}
}

// modelFitDocument returns a fit as it is written.
func modelFitDocument(f *ModelFit) ModelFitDocument {
	return ModelFitDocument{
		Terms: each(f.Terms, func(t TermFit) TermDocument {
			d := TermDocument{Name: t.Name, Units: t.Units, Variance: t.Variance, VarianceSE: t.VarianceSE, Share: t.Share}
			if t.Slope != nil {
				d.Slope = new(SlopeDocument(*t.Slope))
			}
			return d
		}),
		Residual: f.Residual, ResidualSE: f.ResidualSE, ResidualShare: f.ResidualShare,
		Fixed:         each(f.Fixed, func(x multilevel.FixedEffect) CoefficientDocument { return CoefficientDocument(x) }),
		LogLikelihood: f.LogLikelihood, Deviance: f.Deviance, Singular: f.Singular, LocalOptima: f.LocalOptima,
	}
}

// unitEffectDocument returns a prediction as it is written.
func unitEffectDocument(u UnitEffect) UnitEffectDocument {
	d := UnitEffectDocument{Name: u.Name, Ratings: u.Ratings, Intercept: predictionDocument(u.Intercept)}
	if u.Slope != nil {
		d.Slope = new(predictionDocument(*u.Slope))
	}
	return d
}

// predictionDocument returns one predicted number as it is written.
func predictionDocument(e mixed.Effect) PredictionDocument { return PredictionDocument(e) }
