package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
)

// document returns the numbers as they are written.
func (a *AgreementResult) document() any { return a.written() }

// written returns the numbers as they are written.
func (a *AgreementResult) written() AgreementDocument {
	d := AgreementDocument{
		Items: each(a.Items, func(s string) string { return s }),
		Nulls: each(a.Nulls, func(n agreement.NullVariance) NullDocument {
			return NullDocument{Name: n.Name, Variance: n.E, Proportions: each(n.Proportions, func(p float64) float64 { return p })}
		}),
		MaxDissensus: a.MaxDissensus, ADCutoff: a.ADCut,
		Groups: each(a.Groups, a.agreeingDocument), ItemCutoffs: each(a.ItemCutoffs, cutoffDocument), Cutoffs: each(a.Cutoffs, cutoffDocument),
		Strangers: each(a.Strangers, strangersDocument), Ends: endsDocument(a.Ends),
		Summary: AgreementSummaryDocument{
			Groups: a.Summary.Groups, Alone: a.Summary.Alone,
			ByNull: each(a.Summary.ByNull, func(x agreement.Average) AverageDocument { return AverageDocument(x) }),
			Above:  a.Summary.Above, AboveByChance: a.Summary.AboveByChance, StrangersMean: a.Summary.StrangersMean,
			MeanChance: chanceDocument(a.Summary.MeanChance),
		},
		GroupLevel: besideDocument(&a.Summary.ICC), Line: a.Line.document(),
	}
	if a.Options > 0 {
		d.Scale = &ScaleDocument{a.Scale.Low, a.Scale.High, a.Scale.Step, a.Options}
	}
	return d
}

// document returns a line as it is written; nil for none.
func (l *AgreementLine) document() *AgreementLineDocument {
	if l == nil {
		return nil
	}
	return &AgreementLineDocument{Trend: TrendDocument(l.Trend), Points: each(l.Points, func(p AgreementPoint) AgreementPointDocument {
		return AgreementPointDocument{
			Session: p.Session, Members: p.Members, Mean: p.Mean, MeanVariance: p.MeanVariance, ByNull: each(p.ByNull, byNullDocument),
			AWG: p.AWG, ADMean: p.ADMean, Reason: orNull(string(p.Reason)),
		}
	})}
}

// endsDocument returns the ends of a scale as they are written.
func endsDocument(e agreement.Ends) EndsDocument {
	d := EndsDocument{Ratings: e.Ratings, Compressed: e.Compressed}
	if e.Ratings > 0 {
		d.Top, d.Bottom = &e.Top, &e.Bottom
	}
	return d
}

// byNullDocument returns the indices of one null as they are written.
func byNullDocument(x agreement.ByNull) ByNullDocument {
	return ByNullDocument{Null: x.Null, RWGJ: x.RWGJ, Truncated: x.Truncated, RStar: x.RStar, P: x.P, MonteCarlo: monteCarloDocument(x.MonteCarlo)}
}

// besideDocument returns a group-level test beside another result as it is
// written; nil for none.
func besideDocument(g *multilevel.GroupLevel) *BesideDocument {
	if g.Answer == "" {
		return nil
	}
	return &BesideDocument{
		Groups: g.Counts.Groups, Ratings: g.Counts.Ratings, Estimand: string(g.Estimand), Answer: string(g.Answer), Reason: string(g.Reason),
		Result: groupLevelDocument(g),
	}
}

// agreeingDocument returns one group as it is written. A group of one member has
// the same nulls as the others, without numbers.
func (a *AgreementResult) agreeingDocument(g agreement.Group) AgreeingGroupDocument {
	if len(g.ByNull) == 0 {
		g.ByNull = each(a.Nulls, func(n agreement.NullVariance) agreement.ByNull { return agreement.ByNull{Null: n.Name} })
	}
	return AgreeingGroupDocument{
		Group: g.Key, Members: g.N, Reason: orNull(string(g.Reason)), MeanVariance: g.MeanVariance,
		ByNull:      each(g.ByNull, byNullDocument),
		RStarMaxDis: g.RStarMaxDis, AWG: g.AWG, AWGItems: g.AWGItems, AWGFrom: g.AWGFrom, AWGTo: g.AWGTo, ADMean: g.ADMean, ADMedian: g.ADMedian,
		Items: each(g.Items, func(x agreement.Item) AgreeingItemDocument {
			return AgreeingItemDocument{
				Name: x.Name, Mean: x.Mean, Variance: x.Variance, AWG: x.AWG,
				ByNull: each(x.RWG, func(n agreement.ItemNull) ItemByNullDocument { return ItemByNullDocument(n) }),
			}
		}),
		Strangers: AgainstStrangerDocument{
			Variance: chanceDocument(g.Strangers.Variance), ADMean: chanceDocument(g.Strangers.ADMean), AWG: chanceDocument(g.Strangers.AWG),
		},
		Ends: endsDocument(g.Ends),
	}
}

// chanceDocument returns a chance as it is written.
func chanceDocument(c agreement.Chance) ChanceDocument {
	return ChanceDocument{P: c.P, MonteCarlo: monteCarloDocument(c.MonteCarlo)}
}

// cutoffDocument returns a limit as it is written.
func cutoffDocument(c agreement.Cutoff) CutoffDocument {
	return CutoffDocument{
		Null: c.Null, Members: c.N, Level: c.Level, Variance: c.Variance, RWG: c.RWG, Attained: c.Attained, Perfect: c.Perfect,
		MeanVar: c.MeanVar, Exact: c.Exact, MonteCarlo: monteCarloDocument(c.MonteCarlo),
	}
}

// strangersDocument returns the limits of strangers as they are written.
func strangersDocument(s agreement.Stranger) StrangersDocument {
	return StrangersDocument{
		Members: s.N, Variance: LimitDocument(s.Variance), RWGJ: each(s.RWGJ, func(l agreement.Limit) LimitDocument { return LimitDocument(l) }),
		ADMean: LimitDocument(s.ADMean), AWG: LimitDocument(s.AWG), AWGUndefined: s.AWGUndefined, Draws: s.Draws, Seed: s.Seed,
	}
}

// document returns the limits as they are written.
func (n *NullCutoffsResult) document() any {
	return NullCutoffsDocument{Rows: each(n.Rows, func(c NullCutoff) NullCutoffDocument {
		return NullCutoffDocument{GroupSize: c.GroupSize, Options: c.Options, Cutoff: cutoffDocument(c.Cutoff)}
	})}
}

// document returns the six forms as they are written.
func (r *RaterReliabilityResult) document() any {
	return RaterReliabilityDocument{
		Targets: r.Targets, Raters: r.Raters, Dropped: r.Dropped, BMS: r.BMS, WMS: r.WMS, JMS: r.JMS, EMS: r.EMS,
		Forms: each(r.Forms, func(f agreement.Form) FormDocument {
			return FormDocument{Name: f.Name, Estimate: f.Estimate, F: f.F, DF1: f.DF1, DF2: f.DF2, P: f.P, CI: intervalDocument(f.CI)}
		}),
		RatersF: r.JudgesF, RatersP: r.JudgesP, ICC2DF: r.ICC2DF,
	}
}

// document returns the designs as they are written.
func (d *DesignResult) document() any {
	return DesignDocument{Rows: each(d.Rows, func(x multilevel.Prospect) ProspectDocument {
		return ProspectDocument{
			ICC: x.ICC, Groups: x.Groups, Members: x.MeanSize, FCritical: x.FCritical, Power: x.Power, NotPositive: x.NotPositive,
			ICCGroupMean: x.ICCGroupMean, DesignEffect: x.DesignEffect, Typical: intervalDocument(x.Typical), Wanted: x.Wanted, GroupsNeeded: x.GroupsNeeded,
		}
	})}
}
