package aggregate

import (
	"holon/internal/analysis"
	"holon/internal/multilevel"
)

// groupLevel reads the test of the group level.
func groupLevel(f *figures, r *analysis.Report) {
	g := r.GroupLevel()
	f.add("mean", "", number{estimate: g.GrandMean, reason: g.Reason})
	counted := f.basis
	f.on(r.Behind(analysis.Everybody), r.Behind(analysis.Joined), r.Behind(analysis.Repeated), r.Behind(analysis.Met))
	fitted := f.basis // to what tells members, sessions and groups apart
	f.add("mean_reml", "", number{estimate: g.REML.Mean, se: g.REML.MeanSE, method: "reml", reason: g.Reason})
	f.basis = counted
	f.add("mean_of_group_means", "", number{estimate: g.MeanOfMeans})
	f.add("group_size_mean", "", number{estimate: g.GroupSize.Mean})
	f.add("group_size_n0", "", number{estimate: g.GroupSize.N0})
	f.basis = fitted
	for _, c := range []struct {
		of                  string
		variance, se, share *float64
		ci                  []multilevel.Interval
	}{
		{"therapist", g.REML.Variance.Therapist, g.REML.VarianceSE.Therapist, g.REML.Share.Therapist, g.REML.ShareCI.Therapist},
		{"group", g.REML.Variance.Group, g.REML.VarianceSE.Group, g.REML.Share.Group, g.REML.ShareCI.Group},
		{"member", g.REML.Variance.Member, g.REML.VarianceSE.Member, g.REML.Share.Member, g.REML.ShareCI.Member},
		{"session", g.REML.Variance.Session, g.REML.VarianceSE.Session, g.REML.Share.Session, g.REML.ShareCI.Session},
		{"residual", g.REML.Variance.Residual, g.REML.VarianceSE.Residual, g.REML.Share.Residual, nil},
	} {
		if c.of == "therapist" {
			f.basis.byTherapist, f.basis.therapists, f.basis.parts = true, therapistsOf(g), nil
		}
		f.add("variance", c.of, number{estimate: c.variance, se: c.se, method: "reml", reason: noComponent(c.variance, g)}).block = "variance"
		f.add("variance_share", c.of, number{estimate: c.share, ci: at95(c.ci), method: "reml", reason: noComponent(c.share, g)}).block = "variance_share"
		f.basis = fitted
	}
	f.add("icc1", "", number{estimate: g.ICC1.Estimate, ci: at95(g.ICC1.CI), reason: noComponent(g.ICC1.Estimate, g)})
	f.add("icc_group_mean", "", number{estimate: g.ICCGroupMean.Estimate, reason: noComponent(g.ICCGroupMean.Estimate, g)})
	if g.Weather != nil {
		f.add("session_share_of_movement", "", number{estimate: g.Weather.Share, ci: at95(g.Weather.CI), p: g.Weather.P, reason: g.Weather.Reason})
	}
	for _, t := range g.Tests {
		f.add("test", t.Component, number{estimate: t.Statistic, p: t.P, method: t.Method})
	}
}

// noComponent says why a component has no number: it is not in the model, or
// nothing was fitted.
func noComponent(v *float64, g *multilevel.GroupLevel) multilevel.Reason {
	switch {
	case v != nil:
		return ""
	case g.Structure == "":
		return g.Reason
	default:
		return "not_in_this_structure"
	}
}

// agreed reads how far the members of groups say the same, over groups.
func agreed(f *figures, r *analysis.Report) {
	a, ok := r.Result.(*analysis.AgreementResult)
	if !ok {
		return
	}
	s := &a.Summary
	f.on(r.Behind(analysis.Joined)) // of one member none can agree
	for _, n := range s.ByNull {
		f.add("rwg_mean", n.Null, number{estimate: n.Mean, reason: a.Reason})
		f.add("rwg_median", n.Null, number{estimate: n.Median, reason: a.Reason})
	}
	f.add("rwg_of_strangers", "uniform", number{estimate: s.StrangersMean, reason: a.Reason})
	f.add("icc1_of_item_means", "", number{estimate: s.ICC.ICC1.Estimate, ci: at95(s.ICC.ICC1.CI), reason: a.Reason})
	if s.Above != nil {
		several := s.Groups - s.Alone
		share, chance := number{reason: multilevel.NoData}, number{reason: multilevel.NoData}
		if several > 0 {
			share = number{estimate: new(float64(*s.Above) / float64(several))}
		}
		if several > 0 && s.AboveByChance != nil {
			chance = number{estimate: new(*s.AboveByChance / float64(several))}
		}
		e := f.add("groups_above_strangers", "", share)
		e.basis.cases, e.basis.groups, e.basis.ofGroups = s.Above, several, true
		f.add("groups_above_strangers_by_chance", "", chance)
	}
}

// therapistsOf counts the therapists that a model tells apart; 0 where it has none.
func therapistsOf(g *multilevel.GroupLevel) int { return len(g.Effects.Therapist) }
