package analysis

import (
	"slices"

	"holon/internal/multilevel"
)

// document returns the numbers as they are written.
func (g *GroupLevelResult) document() any {
	d := groupLevelDocument(&g.GroupLevel)
	d.Around = g.Around.document()
	return d
}

// groupLevelDocument returns the group-level test as it is written.
func groupLevelDocument(g *multilevel.GroupLevel) GroupLevelDocument {
	wald := each(g.ICC1.CI, intervalDocument)
	return GroupLevelDocument{
		Structure: orNull(string(g.Structure)),
		GroupSize: GroupSizeDocument(g.GroupSize),
		Mean:      MeanDocument{Ratings: g.GrandMean, Groups: g.MeanOfMeans},
		ANOVA: ANOVADocument{
			SSBetween: g.ANOVA.SSBetween, SSWithin: g.ANOVA.SSWithin, SSTotal: g.ANOVA.SSTotal, MSBetween: g.ANOVA.MSBetween, MSWithin: g.ANOVA.MSWithin,
			DFBetween: g.ANOVA.DFBetween, DFWithin: g.ANOVA.DFWithin, F: g.ANOVA.F, P: g.ANOVA.P, PLower: g.ANOVA.PLower,
			VarianceBetween: g.ANOVA.VarianceBetween,
		},
		ICC1: ICCDocument{Estimate: g.ICC1.Estimate, CI: wald},
		ICCGroupMean: GroupMeanDocument{
			Estimate: g.ICCGroupMean.Estimate, MeanREML: g.ICCGroupMean.MeanREML,
			PerGroup: each(g.ICCGroupMean.PerGroup, func(x multilevel.GroupReliability) ReliabilityDocument { return ReliabilityDocument(x) }),
		},
		Strata: each(g.Strata, func(x multilevel.Stratum) StratumDocument { return StratumDocument(x) }),
		REML:   fitDocument(&g.REML, wald), ML: fitDocument(&g.ML, wald),
		Correlation: CorrelationDocument(g.Correlation),
		Reliability: LevelsMeansDocument{
			GroupMean: g.Reliability.GroupMean, MemberMeanWithinGroup: g.Reliability.MemberMeanWithinGroup,
			SessionMeanWithinGroup: g.Reliability.SessionMeanWithinGroup, Members: g.Reliability.MembersUsed, Sessions: g.Reliability.SessionsOf,
		},
		Tests:        each(g.Tests, testDocument),
		GroupEffects: each(g.BLUP, func(x multilevel.GroupEffect) GroupEffectDocument { return GroupEffectDocument(x) }),
		Effects: EffectsDocument{
			Therapist: each(g.Effects.Therapist, effectDocument), Member: each(g.Effects.Member, effectDocument),
			Session: each(g.Effects.Session, effectDocument),
		},
		Comparison: comparisonDocument(&g.Comparison),
		Weather:    weatherDocument(g.Weather),
		Settle: SettleDocument{
			ICC: g.Settle.ICC, PowerNow: g.Settle.PowerNow, ChanceNotPositive: g.Settle.ChanceNotPositive,
			GroupsToShow: g.Settle.GroupsToShow, Bound: g.Settle.Bound, GroupsToRuleOut: g.Settle.GroupsToRuleOut,
		},
	}
}

// intervalDocument returns an interval as it is written.
func intervalDocument(x multilevel.Interval) IntervalDocument { return IntervalDocument(x) }

// testDocument returns a test as it is written.
func testDocument(x multilevel.ComponentTest) TestDocument {
	return TestDocument{
		Component: x.Component, Method: x.Method, Statistic: x.Statistic, DF1: x.DF1, DF2: x.DF2, P: x.P, Null: x.Null,
		MonteCarlo: monteCarloDocument(x.MonteCarlo), NullAtZero: x.NullAtZero,
	}
}

// monteCarloDocument returns how a number was drawn as it is written.
func monteCarloDocument(m *multilevel.MonteCarlo) *MonteCarloDocument {
	if m == nil {
		return nil
	}
	return new(MonteCarloDocument(*m))
}

// effectDocument returns a prediction as it is written.
func effectDocument(x multilevel.Effect) EffectDocument {
	return EffectDocument{
		Group: orNull(x.Group), Name: x.Name, Ratings: x.Ratings, BLUP: x.BLUP, CondSD: x.CondSD, PredSE: x.PredSE, Reliability: x.Reliability,
	}
}

// weatherDocument returns what members share from session to session as it is
// written.
func weatherDocument(w *multilevel.Weather) *WeatherDocument {
	if w == nil {
		return nil
	}
	return &WeatherDocument{
		Share: w.Share, CI: each(w.CI, intervalDocument), F: w.F, DF1: w.DF1, DF2: w.DF2, P: w.P,
		Answer: string(w.Answer), Reason: string(w.Reason),
	}
}

// fitDocument returns a fit as it is written. Wald's interval, which is of the
// same number whatever estimates it, comes first among those of the group's
// share.
func fitDocument(f *multilevel.Fit, wald []IntervalDocument) FitDocument {
	return FitDocument{
		Variance: ComponentsDocument(f.Variance), VarianceSE: ComponentsDocument(f.VarianceSE), Share: ComponentsDocument(f.Share),
		ShareCI: ShareIntervalDocument{
			Therapist: each(f.ShareCI.Therapist, intervalDocument), Group: append(slices.Clone(wald), each(f.ShareCI.Group, intervalDocument)...),
			Member: each(f.ShareCI.Member, intervalDocument), Session: each(f.ShareCI.Session, intervalDocument),
		},
		Fixed: each(f.Fixed, func(x multilevel.FixedEffect) CoefficientDocument { return CoefficientDocument(x) }),
		Mean:  f.Mean, MeanSE: f.MeanSE, LogLikelihood: f.LogLikelihood, Deviance: f.Deviance, DevianceNull: f.DevianceNull,
		Singular: f.Singular, Unbounded: f.Unbounded, LocalOptima: f.LocalOptima,
	}
}
