package analysis

import (
	"bytes"
	"encoding/json"

	"holon/internal/fault"
	"holon/internal/multilevel"
)

// Document returns the report as it is written.
func (r *Report) Document() ReportDocument {
	d := ReportDocument{
		Analysis: r.Analysis, MethodVersion: r.MethodVersion, Input: InputDocument(r.Input), Outcome: r.Outcome,
		Subject: r.Subject.document(),
		Counts: CountsDocument{
			Groups: r.Counts.Groups, Members: r.Counts.Members, Sessions: r.Counts.Sessions, Ratings: r.Counts.Ratings,
			Excluded: each(r.Counts.Excluded, func(x multilevel.Exclusion) ExclusionDocument { return ExclusionDocument(x) }),
		},
		Estimand: string(r.Result.Estimand), Answer: string(r.Result.Answer), Reason: string(r.Result.Reason),
		Caveats: []CaveatDocument{},
		Result:  resultDocument(&r.Result),
	}
	for _, c := range r.Caveats.List() {
		d.Caveats = append(d.Caveats, CaveatDocument(c))
	}
	return d
}

// Encode writes one report as canonical JSON: the keys in one order, numbers
// in the shortest form that reads back as the same, no line feed at the end.
func Encode(r *Report) ([]byte, error) { return encode(r.Document()) }

// EncodeAll writes several reports as one JSON value.
func EncodeAll(reports []Report) ([]byte, error) {
	return encode(ReportsDocument{Reports: each(reports, func(r Report) ReportDocument { return r.Document() })})
}

// encode writes a document.
func encode(d any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return nil, fault.Wrap(fault.Internal, "unwritable_report", "The report cannot be written.", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// each converts a list; the result is never nil, so that it is an array on the
// wire.
func each[S, T any](list []S, f func(S) T) []T {
	out := make([]T, 0, len(list))
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

// document returns the subject as it is written, nil for none.
func (s *Subject) document() *SubjectDocument {
	if s == nil {
		return nil
	}
	d := &SubjectDocument{
		Measure: MeasureDocument{
			Instrument: InstrumentDocument(s.Measure.Instrument), Score: s.Measure.Score, Rater: string(s.Measure.Rater),
		},
		Title: s.Title, Level: string(s.Level), Referent: string(s.Referent), Composition: string(s.Composition), RuleSet: s.RuleSet,
		GroupKinds: []string{},
	}
	if s.Measure.Occasion != "" {
		d.Measure.Occasion = new(string(s.Measure.Occasion))
	}
	for _, k := range s.Kinds {
		d.GroupKinds = append(d.GroupKinds, string(k))
	}
	return d
}

// resultDocument returns the numbers as they are written.
func resultDocument(g *multilevel.GroupLevel) GroupLevelResult {
	ci := each(g.ICC1.CI, func(x multilevel.Interval) IntervalDocument { return IntervalDocument(x) })
	return GroupLevelResult{
		GroupSize: GroupSizeDocument(g.GroupSize),
		Mean:      MeanDocument{Ratings: g.GrandMean, Groups: g.MeanOfMeans},
		ANOVA: ANOVADocument{
			SSBetween: g.ANOVA.SSBetween, SSWithin: g.ANOVA.SSWithin, MSBetween: g.ANOVA.MSBetween, MSWithin: g.ANOVA.MSWithin,
			DFBetween: g.ANOVA.DFBetween, DFWithin: g.ANOVA.DFWithin, F: g.ANOVA.F, P: g.ANOVA.P, PLower: g.ANOVA.PLower,
			VarianceBetween: g.ANOVA.VarianceBetween,
		},
		ICC1: ICCDocument{Estimate: g.ICC1.Estimate, CI: ci},
		ICCGroupMean: GroupMeanDocument{
			Estimate: g.ICCGroupMean.Estimate, MeanREML: g.ICCGroupMean.MeanREML,
			PerGroup: each(g.ICCGroupMean.PerGroup, func(x multilevel.GroupReliability) ReliabilityDocument { return ReliabilityDocument(x) }),
		},
		REML: fitDocument(&g.REML, ci), ML: fitDocument(&g.ML, ci),
		Tests:        each(g.Tests, func(x multilevel.ComponentTest) TestDocument {
			return TestDocument{Component: x.Component, Method: x.Method, Statistic: x.Statistic, P: x.P, Null: x.Null}
		}),
		GroupEffects: each(g.BLUP, func(x multilevel.GroupEffect) GroupEffectDocument { return GroupEffectDocument(x) }),
		Settle: SettleDocument{
			ICC: g.Settle.ICC, PowerNow: g.Settle.PowerNow, ChanceNotPositive: g.Settle.ChanceNotPositive,
			GroupsToShow: g.Settle.GroupsToShow, Bound: g.Settle.Bound, GroupsToRuleOut: g.Settle.GroupsToRuleOut,
		},
	}
}

// fitDocument returns a fit as it is written. The interval of the group's
// share is Wald's, which is of the same number whatever estimates it.
func fitDocument(f *multilevel.Fit, ci []IntervalDocument) FitDocument {
	return FitDocument{
		Variance: componentsDocument(f.Variance), Share: componentsDocument(f.Share), ShareCI: ShareIntervalDocument{Group: ci},
		Mean: f.Mean, MeanSE: f.MeanSE, LogLikelihood: f.LogLikelihood, Deviance: f.Deviance, DevianceNull: f.DevianceNull,
		Singular: f.Singular, Unbounded: f.Unbounded, LocalOptima: f.LocalOptima,
	}
}

// componentsDocument returns one number per level as they are written.
func componentsDocument(c multilevel.Components) ComponentsDocument {
	return ComponentsDocument{Group: c.Group, Member: c.Member, Session: c.Session, Residual: c.Residual}
}
