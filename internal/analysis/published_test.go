package analysis_test

import (
	"strconv"
	"testing"

	"holon/internal/analysis"
)

// agreementRules find what the cases of agreement within groups expect.
func agreementRules() []rule {
	const group = "groups/(\\d+)/"
	out := []rule{
		to("options/items/(\\d+)", "result/items/$1", closed()),
		to("options/low", "result/scale/low", closed()),
		to("options/high", "result/scale/high", closed()),
		to("options/null_variances/max_dissensus", "result/max_dissensus_variance", closed()),
		to("options/null_variances/(\\w+)", "result/nulls/[name=$1]/variance", closed()),
		to("summary/n_groups", "counts/groups", closed()),
		to("summary/(mean|median)_rwgj_(\\w+)", "result/summary/by_null/[null=$2]/$1", closed()),
		to(group+"group", "result/groups/$1/group", closed()),
		to(group+"n", "result/groups/$1/members", closed()),
		to(group+"item_var_mean", "result/groups/$1/mean_variance", closed()),
		to(group+"rwg_single_item_each_uniform/(\\d+)", "result/groups/$1/items/$2/by_null/0/r_wg", closed()),
		to(group+"rwg", "result/groups/$1/by_null/[null=uniform]/r_wg_j", closed()), // of one member, undefined
		to(group+"rwgj_(uniform|triangular)", "result/groups/$1/by_null/[null=$2]/r_wg_j", closed()),
		to(group+"rwgj_uniform_truncated_to_zero", "result/groups/$1/by_null/[null=uniform]/truncated", closed()),
		to(group+"rwg_star_uniform", "result/groups/$1/by_null/[null=uniform]/r_star", closed()),
		to(group+"rwg_star_maxdis", "result/groups/$1/r_star_max_dissensus", closed()),
		to(group+"awg", "result/groups/$1/a_wg", closed()),
		to(group+"awg_items/(\\d+)", "result/groups/$1/items/$2/a_wg", closed()),
		to(group+"(ad_mean|ad_median)", "result/groups/$1/$2", closed()),
	}
	return out
}

// cutoffRules find the exact limits of single items.
func cutoffRules() []rule {
	row := "(\\d+)/"
	at := "result/rows/$1/"
	return []rule{
		to(row+"n", at+"group_size", closed()),
		to(row+"A", at+"response_options", closed()),
		to(row+"critical_variance_05", at+"cutoff/critical_variance", tolerance{1e-9, 1e-11}),
		to(row+"rwg_critical_05", at+"cutoff/critical_r_wg", tolerance{1e-9, 1e-11}),
		to(row+"attained_level", at+"cutoff/attained_level", closed()),
		to(row+"prob_perfect_agreement", at+"cutoff/chance_of_perfect_agreement", closed()),
		to(row+"mean_variance", at+"cutoff/mean_variance", closed()),
	}
}

// shroutFleissRules find the six forms.
func shroutFleissRules() []rule {
	out := []rule{
		to("n_targets", "result/targets", closed()),
		to("k_raters", "result/raters", closed()),
		to("BMS", "result/ms_between_targets", closed()),
		to("WMS", "result/ms_within_targets", closed()),
		to("JMS", "result/ms_raters", closed()),
		to("EMS", "result/ms_residual", closed()),
		to("icc2_ci_df", "result/icc_2_1_df", closed()),
		to("judges_F", "result/raters_f", closed()),
		to("judges_p", "result/raters_p", closed()),
	}
	for i := 1; i <= 3; i++ {
		for suffix, k := range map[string]string{"": "1", "k": "k"} {
			n := strconv.Itoa(i)
			at := "result/forms/[name=icc_" + n + "_" + k + "]/"
			key := "ICC" + n + suffix + "/"
			out = append(out,
				to(key+"icc", at+"estimate", closed()), to(key+"F", at+"f", closed()), to(key+"(df1|df2|p)", at+"$1", closed()),
				to(key+"ci/0", at+"ci/lower", closed()), to(key+"ci/1", at+"ci/upper", closed()))
		}
	}
	return out
}

// designRules find what designs can show.
func designRules() []rule {
	row := "(\\d+)/"
	at := "result/designs/$1/"
	return []rule{
		to(row+"(groups|members|icc|power|design_effect)", at+"$2", closed()),
		to(row+"F_critical", at+"f_critical", closed()),
		to(row+"icc2", at+"icc_group_mean", closed()),
		to(row+"prob_negative_icc", at+"chance_not_positive", closed()),
		to(row+"expected_ci_at_median_F/0", at+"typical_ci/lower", closed()),
		to(row+"expected_ci_at_median_F/1", at+"typical_ci/upper", closed()),
	}
}

// crossedRules find two factors that cross.
func crossedRules() []rule {
	const fit = "(reml|ml)/"
	return []rule{
		to("n_obs", "counts/ratings", closed()),
		to("n_levels/(\\w+)", "result/reml/terms/[name=$1]/units", closed()),
		to(fit+"var/residual", "result/$1/residual_variance", likely()),
		to(fit+"var/(\\w+)", "result/$1/terms/[name=$2]/variance", likely()),
		to(fit+"se_var_expected_info/residual", "result/$1/residual_variance_se", likely()),
		to(fit+"se_var_expected_info/(\\w+)", "result/$1/terms/[name=$2]/variance_se", likely()),
		to(fit+"beta", "result/$1/fixed/0/estimate", likely()),
		to(fit+"se_beta", "result/$1/fixed/0/se", likely()),
		to(fit+"logLik", "result/$1/log_likelihood", likely()),
		to(fit+"deviance", "result/$1/deviance", likely()),
		to(fit+"singular", "result/$1/singular", likely()),
		to("shares_reml/share_residual", "result/reml/residual_share", likely()),
		to("shares_reml/share_(\\w+)", "result/reml/terms/[name=$1]/share", likely()),
		to("lrt_drop/(\\w+)/statistic", "result/tests/[component=$1,method=reml_lrt]/statistic", tolerance{1e-6, 2e-6}),
		to("lrt_drop/(\\w+)/p_mixture_50_50", "result/tests/[component=$1,method=reml_lrt]/p", tolerance{1e-5, 0}),
		not("lrt_drop/(\\w+)/p_chisq1", "twice the mixture's p: the wrong null"),
		not("lrt_drop/(\\w+)/logLik_reduced_reml", "the statistic is twice the distance to the log-likelihood"),
		to("blup_(\\w+)/level/(\\d+)", "result/effects/[term=$1]/units/$2/name", likely()),
		to("blup_(\\w+)/(blup|cond_sd|pred_se|reliability)/(\\d+)", "result/effects/[term=$1]/units/$3/intercept/$2", likely()),
	}
}

// growthRules find lines of members over time.
func growthRules() []rule {
	const fit = "(reml|ml)/"
	const slope = "result/$1/terms/[name=member]/slope/"
	return []rule{
		to(fit+"var_intercept", "result/$1/terms/[name=member]/variance", likely()),
		to(fit+"var_slope", slope+"variance", likely()),
		to(fit+"cov_intercept_slope", slope+"covariance", tolerance{1e-5, 1e-6}),
		to(fit+"cor", slope+"correlation", tolerance{1e-5, 1e-6}),
		to(fit+"var_residual", "result/$1/residual_variance", likely()),
		to(fit+"beta/(\\d)", "result/$1/fixed/$2/estimate", likely()),
		to(fit+"se_beta/(\\d)", "result/$1/fixed/$2/se", likely()),
		to(fit+"logLik", "result/$1/log_likelihood", likely()),
		to(fit+"deviance", "result/$1/deviance", likely()),
		to("blup/level/(\\d+)", "result/effects/[term=member]/units/$1/name", likely()),
		to("blup/(intercept|slope)/(\\d+)", "result/effects/[term=member]/units/$2/$1/blup", tolerance{1e-5, 1e-5}),
		to("lrt_random_slope/statistic", "result/tests/[component=slope,method=reml_lrt]/statistic", tolerance{1e-6, 2e-6}),
		to("lrt_random_slope/p_mixture_chisq1_chisq2_50_50", "result/tests/[component=slope,method=reml_lrt]/p", tolerance{1e-5, 0}),
	}
}

// levelsRules find two measures between and within groups; at is "moments/"
// where the moments stand below a key of their own.
func levelsRules(at string) []rule {
	return []rule{
		to(at+"n0", "result/moments/n0", closed()),
		to(at+"MSCP_within/0/0", "result/moments/ms_within/xx", closed()),
		to(at+"MSCP_within/(0/1|1/0)", "result/moments/ms_within/xy", closed()),
		to(at+"MSCP_within/1/1", "result/moments/ms_within/yy", closed()),
		to(at+"MSCP_between/0/0", "result/moments/ms_between/xx", closed()),
		to(at+"MSCP_between/(0/1|1/0)", "result/moments/ms_between/xy", closed()),
		to(at+"MSCP_between/1/1", "result/moments/ms_between/yy", closed()),
		to(at+"cov_between_latent/0/0", "result/moments/between_latent/xx", closed()),
		to(at+"cov_between_latent/(0/1|1/0)", "result/moments/between_latent/xy", closed()),
		to(at+"cov_between_latent/1/1", "result/moments/between_latent/yy", closed()),
		to(at+"icc1_n0/0", "result/moments/icc1_x", closed()),
		to(at+"icc1_n0/1", "result/moments/icc1_y", closed()),
		to(at+"r_total", "result/moments/r_total", closed()),
		to(at+"r_within", "result/moments/r_within/estimate", closed()),
		to(at+"r_between_observed_means_weighted", "result/moments/r_between_means/estimate", closed()),
		to(at+"r_between_unweighted_means", "result/moments/r_between_means_unweighted", closed()),
		to(at+"r_between_latent", "result/moments/r_between_latent/estimate", closed()),
		to(at+"slope_within", "result/moments/slope_within/estimate", closed()),
		to(at+"slope_between_observed", "result/moments/slope_between_means/estimate", closed()),
		to(at+"slope_between_latent", "result/moments/slope_between_latent/estimate", closed()),
		not(at+"waba/\\w+", "is no part of this analysis"),
	}
}

// beyondRules find the likelihood of two measures and the regression on group
// means.
func beyondRules() []rule {
	const fit = "(reml|ml)/"
	const manifest = "result/beyond/manifest/"
	return append(levelsRules("moments/"),
		to(fit+"theta/(between|within)_alliance", "result/$1/$2/xx", likely()),
		to(fit+"theta/(between|within)_cohesion", "result/$1/$2/yy", likely()),
		to(fit+"theta/(between|within)_cov", "result/$1/$2/xy", likely()),
		to(fit+"logLik", "result/$1/log_likelihood", likely()),
		to(fit+"deviance", "result/$1/deviance", likely()),
		to(fit+"mean_alliance", "result/$1/mean_x/estimate", likely()),
		to(fit+"mean_cohesion", "result/$1/mean_y/estimate", likely()),
		to(fit+"icc_alliance", "result/$1/icc_x/estimate", likely()),
		to(fit+"icc_cohesion", "result/$1/icc_y/estimate", likely()),
		to(fit+"residual_between_cohesion", "result/$1/residual_between/estimate", likely()),
		to(fit+"(r_between_latent|r_within|slope_within|slope_between_latent|contextual_effect_latent)", "result/$1/$2/estimate", likely()),
		not("manifest/columns/\\d+", "the keys of the report name them"),
		to("manifest/reml/var/group", manifest+"variance_group/estimate", likely()),
		to("manifest/reml/var/residual", manifest+"variance_residual/estimate", likely()),
		to("manifest/reml/se_var_expected_info/group", manifest+"variance_group/se", likely()),
		to("manifest/reml/se_var_expected_info/residual", manifest+"variance_residual/se", likely()),
		to("manifest/reml/beta/0", manifest+"intercept/estimate", likely()),
		to("manifest/reml/beta/1", manifest+"slope_within/estimate", likely()),
		to("manifest/reml/beta/2", manifest+"slope_group_mean/estimate", likely()),
		to("manifest/reml/se_beta/0", manifest+"intercept/se", likely()),
		to("manifest/reml/se_beta/1", manifest+"slope_within/se", likely()),
		to("manifest/reml/se_beta/2", manifest+"slope_group_mean/se", likely()),
		to("manifest/reml/logLik", manifest+"log_likelihood", likely()),
		to("manifest/reml/(deviance|singular)", manifest+"$1", likely()),
		to("manifest/lrt_residual_group_variance/statistic", manifest+"tests/[method=reml_lrt]/statistic", tolerance{1e-6, 2e-6}),
		to("manifest/lrt_residual_group_variance/p_mixture_50_50", manifest+"tests/[method=reml_lrt]/p", tolerance{1e-5, 0}),
		not("manifest/lrt_residual_group_variance/p_chisq1", "twice the mixture's p: the wrong null"),
		to("manifest/contextual_effect", manifest+"contextual_effect/estimate", likely()),
		to("manifest/empty_model_var_group", manifest+"variance_group_without_x", likely()),
		to("manifest/proportion_group_variance_explained", manifest+"explained", likely()),
	)
}

// alphaRules find a scale's reliability at both levels.
func alphaRules() []rule {
	return []rule{
		to("n0", "result/n0", closed()),
		to("MSCP_within/(\\d+)/(\\d+)", "result/matrices/ms_within/$1/$2", closed()),
		to("MSCP_between/(\\d+)/(\\d+)", "result/matrices/ms_between/$1/$2", closed()),
		to("cov_between_latent/(\\d+)/(\\d+)", "result/matrices/between_latent/$1/$2", closed()),
		to("icc1_n0/(\\d+)", "result/matrices/icc1/$1", closed()),
		to("alpha_(\\w+)", "result/alpha_$1/estimate", closed()),
	}
}

// TestCasesFromFileToReport runs the cases of the other analyses; every
// expected number is found in what is written.
func TestCasesFromFileToReport(t *testing.T) {
	t.Parallel()
	few := func(p *analysis.Plan) { p.Draws = 99 } // nothing expected is drawn
	for id, c := range map[string]struct {
		edit   func(*analysis.Plan)
		rules  []rule
		answer any
		reason string
	}{
		"agreement-small-7pt":      {few, agreementRules(), nil, "descriptive"},
		"agreement-lq2002":         {few, agreementRules(), nil, "descriptive"},
		"agreement-null-cutoffs":   {nil, cutoffRules(), nil, "descriptive"},
		"shrout-fleiss-1979":       {nil, shroutFleissRules(), nil, "descriptive"},
		"design-power":             {nil, designRules(), nil, "descriptive"},
		"crossed-penicillin":       {nil, crossedRules(), nil, "descriptive"},
		"growth-sleepstudy":        {nil, growthRules(), nil, "descriptive"},
		"levels-cohesion-vs-dyads": {few, beyondRules(), "cannot_tell", "limits_include_zero_and_bound"},
		"levels-waba-bh1996":       {few, levelsRules(""), nil, "descriptive"},
		"levels-alpha-lq2002":      {few, alphaRules(), nil, "descriptive"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			docs, expected := runCase(t, id, c.edit)
			if len(docs) != 1 {
				t.Fatalf("%d reports", len(docs))
			}
			if a, r := at(t, docs[0], "answer"), at(t, docs[0], "reason"); a != c.answer || r != c.reason {
				t.Errorf("answer %v because %v, want %v because %s", a, r, c.answer, c.reason)
			}
			checkExpected(t, docs[0], expected, c.rules)
		})
	}
}

// TestOmegaIsAnsweredWithAlpha: a factor model at each level is not computed,
// and the report says so beside the alpha that is.
func TestOmegaIsAnsweredWithAlpha(t *testing.T) {
	t.Parallel()
	docs, _ := runCase(t, "levels-omega-two-level", func(p *analysis.Plan) { p.Draws = 99 })
	doc, ok := docs[0].(map[string]any)
	if !ok {
		t.Fatal("no report")
	}
	if alpha, ok := at(t, doc, "result/alpha_within/estimate").(float64); !ok || alpha < 0.9 || alpha > 0.95 {
		t.Errorf("alpha within is %v", alpha)
	}
	caveatDetail(t, doc, "alpha_not_omega")
}
