package analysis_test

import (
	"testing"

	"holon/internal/analysis"
)

// oneWayRules find what the cases expect of members in groups.
func oneWayRules() []rule {
	interval := func(key, list, method string, within tolerance) []rule {
		return []rule{
			to("(?:anova/)?"+key+"/0", "result/"+list+"/["+method+"]/lower", within),
			to("(?:anova/)?"+key+"/1", "result/"+list+"/["+method+"]/upper", within),
		}
	}
	var out []rule
	for _, x := range [][2]string{
		{"n_obs", "counts/ratings"},
		{"n_groups", "counts/groups"},
		{"n_groups_size1", "result/group_size/singletons"},
		{"grand_mean", "result/mean/ratings"},
		{"mean_of_group_means", "result/mean/groups"},
		{"SSB", "result/anova/ss_between"},
		{"SSW", "result/anova/ss_within"},
		{"SST", "result/anova/ss_total"},
		{"dfB", "result/anova/df_between"},
		{"dfW", "result/anova/df_within"},
		{"MSB", "result/anova/ms_between"},
		{"MSW", "result/anova/ms_within"},
		{"F", "result/anova/f"},
		{"p", "result/anova/p"},
		{"k_arithmetic", "result/group_size/mean"},
		{"k_harmonic", "result/group_size/harmonic"},
		{"n0", "result/group_size/n0"},
		{"var_between_anova", "result/anova/variance_between"},
		{"var_within_anova", "result/anova/ms_within"},
		{"icc1_n0", "result/icc1/estimate"},
		{"icc1_arithmetic_k", "result/comparison/icc1_arithmetic_size"},
		{"icc1_harmonic_k", "result/comparison/icc1_harmonic_size"},
		{"icc1_se_smith", "result/comparison/icc1_se"},
		{"icc2_msb", "result/icc_group_mean/estimate"},
		{"icc2_sb_arithmetic", "result/comparison/icc_group_mean_arithmetic_size"},
		{"icc2_sb_harmonic", "result/comparison/icc_group_mean_harmonic_size"},
		{"eta_squared", "result/comparison/eta_squared"},
		{"omega_squared", "result/comparison/omega_squared"},
		{"F_unweighted_means", "result/comparison/f_unweighted_means"},
		{"var_between_satterthwaite_df", "result/comparison/satterthwaite_df"},
		{"design_effect_kish", "result/comparison/design_effect"},
		{"design_effect_mean_k", "result/comparison/design_effect_mean_size"},
		{"n_effective", "result/comparison/effective_ratings"},
	} {
		out = append(out, to("(?:anova/)?"+x[0], x[1], closed()))
	}
	for _, x := range [][3]string{
		{"icc1_ci_exact", "comparison/icc1_ci", "method=f_exact"},
		{"icc2_ci_exact", "comparison/icc_group_mean_ci", "method=f_exact"},
		{"icc1_ci_searle_n0", "comparison/icc1_ci", "method=searle_n0"},
		{"icc1_ci_thomas_hultquist", "comparison/icc1_ci", "method=thomas_hultquist"},
		{"icc1_ci_smith", "comparison/icc1_ci", "method=smith"},
		{"ratio_ci_wald_exact", "comparison/variance_ratio_ci", "method=wald_exact"},
		{"icc2_ci_wald_exact", "comparison/icc_group_mean_ci", "method=wald_exact"},
		{"icc1_ci_wald_exact", "icc1/ci", "level=0.95"},
		{"var_within_ci", "comparison/variance_within_ci", "method=chi_square"},
		{"var_between_ci_satterthwaite", "comparison/variance_between_ci", "method=satterthwaite"},
		{"var_between_ci_mls", "comparison/variance_between_ci", "method=mls"},
	} {
		out = append(out, interval(x[0], x[1], x[2], closed())...)
	}
	out = append(out, not("(?:anova/)?balanced", "the smallest and the largest group say it"))
	return append(out, oneWayLikelihoodRules()...)
}

// oneWayLikelihoodRules find the fits, their tests and the simulations.
func oneWayLikelihoodRules() []rule {
	const fit = "two_level/(reml|ml)/"
	return []rule{
		to(fit+"var_group", "result/$1/variance/group", likely()),
		to(fit+"var_residual", "result/$1/variance/residual", likely()),
		to(fit+"icc", "result/$1/share/group", likely()),
		to(fit+"intercept", "result/$1/mean", likely()),
		to(fit+"se_intercept", "result/$1/mean_se", likely()),
		to(fit+"logLik", "result/$1/log_likelihood", likely()),
		to(fit+"deviance", "result/$1/deviance", likely()),
		to(fit+"deviance_null", "result/$1/deviance_null", likely()),
		to(fit+"singular", "result/$1/singular", likely()),
		to(fit+"n_local_optima", "result/$1/local_optima", likely()),
		to("two_level/lrt_(reml|ml)/statistic", "result/tests/[method=${1}_lrt]/statistic", tolerance{1e-6, 2e-6}),
		to("two_level/lrt_(reml|ml)/p_mixture_50_50", "result/tests/[method=${1}_lrt]/p", tolerance{2e-6, 1e-9}),
		to("two_level/lrt_(reml|ml)/p_chisq1", "result/comparison/${1}_chi_square_p", tolerance{2e-6, 1e-9}),
		to("two_level/profile_ci_icc_(reml|ml)/icc", "result/$1/share/group", likely()),
		to("two_level/profile_ci_icc_(reml|ml)/ci/0", "result/$1/share_ci/group/[method=profile_likelihood]/lower", likely()),
		to("two_level/profile_ci_icc_(reml|ml)/ci/1", "result/$1/share_ci/group/[method=profile_likelihood]/upper", likely()),
		not("two_level/profile_ci_icc_(reml|ml)/lower_at_boundary", "a lower limit of exactly zero says it"),
		to("two_level/icc2_reml_mean", "result/icc_group_mean/mean_reml", likely()),
		to("two_level/icc2_reml_mean_k", "result/comparison/icc_group_mean_reml_size", likely()),
		to("two_level/blup_reml/group/(\\d+)", "result/group_effects/$1/group", likely()),
		to("two_level/blup_reml/n/(\\d+)", "result/group_effects/$1/size", likely()),
		to("two_level/blup_reml/group_mean/(\\d+)", "result/group_effects/$1/mean", likely()),
		to("two_level/blup_reml/shrinkage/(\\d+)", "result/group_effects/$1/reliability", likely()),
		to("two_level/blup_reml/(blup|cond_sd|pred_se|shrunken_mean|shrunken_mean_se)/(\\d+)", "result/group_effects/$2/$1", likely()),
		to("exact_rlrt/statistic", "result/tests/[method=exact_rlrt]/statistic", tolerance{1e-6, 2e-6}),
		to("exact_rlrt/p_monte_carlo", "result/tests/[method=exact_rlrt]/p", tolerance{0, 0.015}), // 9999 draws: three standard errors of a p near .3
		to("exact_rlrt/prob_statistic_zero", "result/tests/[method=exact_rlrt]/null_at_zero", tolerance{0, 0.015}),
		not("exact_rlrt/(nsim|p_monte_carlo_se|absolute_tolerance)", "of the simulation that made the case"),
		to("permutation/p_exact", "result/tests/[method=permutation]/p", closed()),
		not("permutation/n_(assignments|at_least_as_extreme)", "the p is their quotient"),
	}
}

// structureRules find what the cases expect of other structures.
func structureRules() []rule {
	const fit = "(reml|ml)/"
	return []rule{
		to("n_obs", "counts/ratings", closed()),
		to("n_levels/group", "counts/groups", closed()),
		to("n_levels/member", "counts/members", closed()),
		to("n_levels/session", "counts/sessions", closed()),
		not("n_levels/therapist", "the predictions are as many"),
		to(fit+"var/(\\w+)", "result/$1/variance/$2", likely()),
		to(fit+"se_var_expected_info/(\\w+)", "result/$1/variance_se/$2", likely()),
		to(fit+"beta", "result/$1/mean", likely()),
		to(fit+"se_beta", "result/$1/mean_se", likely()),
		to(fit+"logLik", "result/$1/log_likelihood", likely()),
		to(fit+"deviance", "result/$1/deviance", likely()),
		to(fit+"singular", "result/$1/singular", likely()),
		to("shares_reml/share_(\\w+)", "result/reml/share/$1", likely()),
		to("lrt_drop/(\\w+)/statistic", "result/tests/[component=$1,method=reml_lrt]/statistic", tolerance{1e-6, 2e-6}),
		to("lrt_drop/(\\w+)/p_mixture_50_50", "result/tests/[component=$1,method=reml_lrt]/p", tolerance{1e-5, 1e-9}),
		not("lrt_drop/(\\w+)/p_chisq1", "twice the mixture's p: the wrong null"),
		not("lrt_drop/(\\w+)/logLik_reduced_reml", "the statistic is twice the distance to the log-likelihood"),
		to("blup_group/level/(\\d+)", "result/group_effects/$1/group", likely()),
		to("blup_group/(blup|cond_sd|pred_se|reliability)/(\\d+)", "result/group_effects/$2/$1", likely()),
		to("blup_therapist/level/(\\d+)", "result/effects/therapist/$1/name", likely()),
		to("blup_(therapist|member|session)/(blup|cond_sd|pred_se|reliability)/(\\d+)", "result/effects/$1/$3/$2", likely()),
		to("icc/(group)", "result/reml/share/group", likely()),
		to("icc/member_within_group", "result/reml/share/member", likely()),
		to("icc/same_member(_other_session)?", "result/correlation/same_member_other_session", likely()),
		to("icc/same_session_other_member", "result/correlation/same_session_other_member", likely()),
		to("reliability/(\\w+)", "result/reliability/$1", likely()),
		to("anova/SS/(\\d+)", "result/strata/$1/ss", closed()),
		to("anova/df/(\\d+)", "result/strata/$1/df", closed()),
		to("anova/MS/(\\d+)", "result/strata/$1/ms", closed()),
		not("anova/strata/\\d+", "the order is the report's, whose names are shorter"),
		to("anova/var/(\\w+)", "result/reml/variance/$1", likely()),
		to("anova/F_(member|session)", "result/tests/[component=$1,method=anova_f]/statistic", closed()),
		to("anova/p_(member|session)", "result/tests/[component=$1,method=anova_f]/p", closed()),
		to("anova/quasi_F_group/form1/F", "result/tests/[component=group,method=quasi_f_difference]/statistic", closed()),
		to("anova/quasi_F_group/form1/(df1|df2|p)", "result/tests/[component=group,method=quasi_f_difference]/$1", closed()),
		to("anova/quasi_F_group/form2/F", "result/tests/[component=group,method=quasi_f]/statistic", closed()),
		to("anova/quasi_F_group/form2/(df1|df2|p)", "result/tests/[component=group,method=quasi_f]/$1", closed()),
		to("profile_ci_icc_group_ml/icc", "result/ml/share/group", tolerance{1e-4, 0}),
		to("profile_ci_icc_group_ml/ci/0", "result/ml/share_ci/group/[method=profile_likelihood,level=0.95]/lower", tolerance{1e-4, 0}),
		to("profile_ci_icc_group_ml/ci/1", "result/ml/share_ci/group/[method=profile_likelihood,level=0.95]/upper", tolerance{1e-4, 0}),
		not("profile_ci_icc_group_ml/(lower_at_boundary|relative_tolerance)", "a lower limit of exactly zero says it; how near to come"),
		to("group_variance", "result/reml/variance/group", closed()),
		not("group_variance_reason", "the answer and its reason say it in other words"),
		not("options/weights", "words about the case"),
	}
}

// memberLevels finds the names of members and sessions, with their group's where
// the case has it.
func memberLevels(withGroup bool) []rule {
	at := "result/effects/$1/$2/name"
	if withGroup {
		at = "result/effects/$1/$2/group+" + at
	}
	return append([]rule{to("blup_(member|session)/level/(\\d+)", at, closed())}, structureRules()...)
}

// TestStructuresFromFileToReport runs the cases with more levels than members
// in groups; every expected number is found in what is written.
func TestStructuresFromFileToReport(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct {
		structure, answer string
		rules             []rule
	}{
		"crossed-in-group-balanced": {"members_by_sessions", "supported", memberLevels(true)},
		"crossed-in-group-missing":  {"members_by_sessions", "supported", memberLevels(true)},
		"crossed-in-group-no-group-variance": {"members_by_sessions", "cannot_tell", append(
			[]rule{not("blup_group/reliability/\\d+", "where groups have no variance it is 0/0; the report has the shrinkage, 0")}, memberLevels(true)...)},
		"three-level-sessions":             {"sessions_in_members", "supported", memberLevels(true)},
		"nested-pastes":                    {"sessions_in_members", "cannot_tell", memberLevels(true)},
		"single-group-weekly":              {"one_group_by_sessions", "not_identifiable", memberLevels(false)},
		"single-group-weekly-missing":      {"one_group_by_sessions", "not_identifiable", memberLevels(false)},
		"therapist-above-groups":           {"groups_in_therapists", "supported", memberLevels(false)},
		"cotherapists-multiple-membership": {"groups_of_cotherapists", "cannot_tell", memberLevels(false)},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			docs, expected := runCase(t, id, func(p *analysis.Plan) { p.Draws = 199 }) // nothing expected is drawn
			if len(docs) != 1 {
				t.Fatalf("%d reports", len(docs))
			}
			if s, a := at(t, docs[0], "result/structure"), at(t, docs[0], "answer"); s != want.structure || a != want.answer {
				t.Errorf("%v: %v because %v, want %s: %s", s, a, at(t, docs[0], "reason"), want.structure, want.answer)
			}
			checkExpected(t, docs[0], expected, want.rules)
		})
	}
}
