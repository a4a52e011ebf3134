package analysis

import "holon/internal/multilevel"

// ComparisonDocument holds numbers of a one-way table by other conventions and
// methods, as other software prints them. No answer rests on them.
type ComparisonDocument struct {
	EtaSquared              *float64                   `json:"eta_squared"`
	OmegaSquared            *float64                   `json:"omega_squared"`
	FUnweightedMeans        *float64                   `json:"f_unweighted_means"`
	ICC1ArithmeticSize      *float64                   `json:"icc1_arithmetic_size"`
	ICC1HarmonicSize        *float64                   `json:"icc1_harmonic_size"`
	ICC1SE                  *float64                   `json:"icc1_se"`
	GroupMeanArithmeticSize *float64                   `json:"icc_group_mean_arithmetic_size"`
	GroupMeanHarmonicSize   *float64                   `json:"icc_group_mean_harmonic_size"`
	GroupMeanREMLSize       *float64                   `json:"icc_group_mean_reml_size"`
	DesignEffect            *float64                   `json:"design_effect"`
	DesignEffectMeanSize    *float64                   `json:"design_effect_mean_size"`
	EffectiveRatings        *float64                   `json:"effective_ratings"`
	REMLChiSquareP          *float64                   `json:"reml_chi_square_p"`
	MLChiSquareP            *float64                   `json:"ml_chi_square_p"`
	SatterthwaiteDF         *float64                   `json:"satterthwaite_df"`
	VarianceRatio           []ComparedIntervalDocument `json:"variance_ratio_ci"`
	ICC1                    []ComparedIntervalDocument `json:"icc1_ci"`
	GroupMean               []ComparedIntervalDocument `json:"icc_group_mean_ci"`
	VarianceBetween         []ComparedIntervalDocument `json:"variance_between_ci"`
	VarianceWithin          []ComparedIntervalDocument `json:"variance_within_ci"`
	Caveats                 []CaveatDocument           `json:"caveats"`
}

// ComparedIntervalDocument is an interval by a method that does not answer, and
// whose it is.
type ComparedIntervalDocument struct {
	Level  float64  `json:"level"`
	Lower  *float64 `json:"lower"`
	Upper  *float64 `json:"upper"`
	Method string   `json:"method"`
	As     string   `json:"as"`
}

// comparisonDocument returns a comparison as it is written.
func comparisonDocument(c *multilevel.Comparison) ComparisonDocument {
	return ComparisonDocument{
		EtaSquared: c.EtaSquared, OmegaSquared: c.OmegaSquared, FUnweightedMeans: c.FUnweightedMeans,
		ICC1ArithmeticSize: c.ICC1ArithmeticSize, ICC1HarmonicSize: c.ICC1HarmonicSize, ICC1SE: c.ICC1SE,
		GroupMeanArithmeticSize: c.GroupMeanArithmeticSize, GroupMeanHarmonicSize: c.GroupMeanHarmonicSize, GroupMeanREMLSize: c.GroupMeanREMLSize,
		DesignEffect: c.DesignEffect, DesignEffectMeanSize: c.DesignEffectMeanSize, EffectiveRatings: c.EffectiveRatings,
		REMLChiSquareP: c.REMLChiSquareP, MLChiSquareP: c.MLChiSquareP, SatterthwaiteDF: c.SatterthwaiteDF,
		VarianceRatio: each(c.VarianceRatio, comparedDocument), ICC1: each(c.ICC1, comparedDocument), GroupMean: each(c.GroupMean, comparedDocument),
		VarianceBetween: each(c.VarianceBetween, comparedDocument), VarianceWithin: each(c.VarianceWithin, comparedDocument),
		Caveats: caveatDocuments(&c.Caveats),
	}
}

// comparedDocument returns an interval of a comparison as it is written.
func comparedDocument(x multilevel.ComparedInterval) ComparedIntervalDocument {
	return ComparedIntervalDocument{Level: x.Level, Lower: x.Lower, Upper: x.Upper, Method: x.Method, As: x.As}
}
