package analysis_test

import (
	"strings"
	"testing"

	"holon/internal/analysis"
)

// roundRobinRules find what the cases of round robins expect. Closed formulas and
// likelihood were computed in R.
func roundRobinRules() []rule {
	const part = "(var_actor|var_partner|var_relationship|cov_actor_partner|cov_relationship)"
	pooled := "result/pooled/components/[component=$1]/"
	one := "result/groups/0/"
	many := "result/groups/$1/"
	fit := func(expected, at string) []rule {
		return []rule{
			to(expected+"/theta/(\\w+)", at+"/components/[component=$1]/estimate", likely()),
			to(expected+"/mean", at+"/mean", likely()),
			to(expected+"/se_mean", at+"/mean_se", likely()),
			to(expected+"/logLik", at+"/log_likelihood", likely()),
			to(expected+"/deviance", at+"/deviance", likely()),
			not(expected+"/(max_abs_score|singular)", "not in the report: a fit that did not converge is none, and boundary lists what is singular"),
		}
	}
	out := []rule{
		// One group.
		to("anova/"+part, one+"components/[component=$1]/estimate", closed()),
		to("anova/n", one+"n", closed()),
		to("anova/mean", one+"mean", closed()),
		to("anova/actor/(\\d+)", one+"members/$1/actor", closed()),
		to("anova/partner/(\\d+)", one+"members/$1/partner", closed()),
		to("anova/reliability_actor", one+"actor_reliability", closed()),
		to("anova/reliability_partner", one+"partner_reliability", closed()),
		to("se_lashley_bond/"+part, one+"components/[component=$1]/tests/[method=lashley_bond]/se", closed()),
		to("t/"+part, one+"components/[component=$1]/tests/[method=lashley_bond]/t", closed()),
		to("df", one+"components/0/tests/0/df", closed()),
		to("p_one_sided_variances_two_sided_covariances/"+part, pooled+"tests/[method=lashley_bond]/p", closed()),
		to("person_order/(\\d+)", one+"members/$1/member", closed()),
		// Several.
		to("anova/per_group/(\\d+)/(n|mean)", many+"$2", closed()),
		to("anova/per_group/(\\d+)/"+part, many+"components/[component=$2]/estimate", closed()),
		to("anova/per_group/(\\d+)/se_lashley_bond/"+part, many+"components/[component=$2]/tests/[method=lashley_bond]/se", closed()),
		to("anova/per_group/(\\d+)/(actor|partner)/(\\d+)", many+"members/$3/$2", closed()),
		to("anova/per_group/(\\d+)/reliability_(actor|partner)", many+"${2}_reliability", closed()),
		to("anova/per_group/(\\d+)/r_actor_partner", many+"general_reciprocity", closed()),
		to("anova/per_group/(\\d+)/r_dyadic", many+"dyadic_reciprocity", closed()),
		to("anova/pooled/"+part, pooled+"estimate", closed()),
		to("anova/se_lashley_bond/"+part, pooled+"tests/[method=lashley_bond]/se", closed()),
		to("anova/t_lashley_bond/"+part, pooled+"tests/[method=lashley_bond]/t", closed()),
		to("anova/p_lashley_bond/"+part, pooled+"tests/[method=lashley_bond]/p", closed()),
		to("anova/df_lashley_bond", "result/pooled/components/0/tests/[method=lashley_bond]/df", closed()),
		to("anova/between_groups_t/(se|t|p)/"+part, "result/pooled/components/[component=$2]/tests/[method=between_groups]/$1", closed()),
		to("anova/between_groups_t/df", "result/pooled/components/0/tests/[method=between_groups]/df", closed()),
		to("anova/relative_variance/(\\d)", "result/pooled/components/$1/share", closed()),
		to("anova/group_means/(\\d+)", many+"mean", closed()),
		to("anova/var_group", "result/pooled/var_group", closed()),
		to("anova/r_actor_partner", "result/pooled/general_reciprocity", closed()),
		to("anova/r_dyadic", "result/pooled/dyadic_reciprocity", closed()),
		// Three members, and cells missing.
		to("n_observed", "counts/ratings", closed()),
		to("n_missing", "result/restricted/missing", closed()),
		to("lrt_group_variance/statistic", "result/restricted/group_variance_test/statistic", likely()),
		to("lrt_group_variance/p_mixture_50_50", "result/restricted/group_variance_test/p", likely()),
	}
	out = append(out, fit("reml_with_group_variance", "result/restricted/with_group_variance")...)
	return append(out, fit("reml_without_group_variance", "result/restricted/without_group_variance")...)
}

// TestRoundRobinsFromFileToReport runs the reference cases unchanged; every
// expected number is found in what is written.
func TestRoundRobinsFromFileToReport(t *testing.T) {
	t.Parallel()
	for id, c := range map[string]struct {
		answer any
		reason string
	}{
		"srm-one-group-7":   {nil, "descriptive"},
		"srm-multi-group":   {nil, "descriptive"},
		"srm-missing-cells": {nil, "descriptive"},
		"srm-group-of-3":    {"not_identifiable", "fewer_than_four_members"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			docs, expected := runCase(t, id, nil)
			if a, r := at(t, docs[0], "answer"), at(t, docs[0], "reason"); a != c.answer || r != c.reason {
				t.Errorf("answer %v because %v, want %v because %s", a, r, c.answer, c.reason)
			}
			if id != "srm-group-of-3" { // nothing is computed of three
				checkExpected(t, docs[0], expected, roundRobinRules())
			} else if estimable := at(t, expected, "estimable"); estimable != false {
				t.Errorf("the case is of something else: %v", estimable)
			}
		})
	}
}

// TestARoundRobinLeavesOutWhatCannotBeUsed counts what a table holds beside
// ratings of one member by another.
func TestARoundRobinLeavesOutWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("g,r,t,y\n")
	for _, a := range []string{"a", "b", "c", "d", "e"} {
		for _, b := range []string{"a", "b", "c", "d", "e"} {
			if a == "e" && b != "e" {
				table.WriteString("x,e," + b + ",\n") // e answered nothing
				continue
			}
			table.WriteString("x," + a + "," + b + "," + string(rune('0'+(3*int(a[0])+5*int(b[0])+int(a[0])*int(b[0]))%8)) + "\n")
		}
	}
	table.WriteString(",a,b,3\nx,,b,3\nx,a,,3\n")
	reports, err := run(t, analysis.Plan{Analysis: analysis.RoundRobinName, Roles: analysis.Roles{Group: "g", Rater: "r", Target: "t", Outcomes: []string{"y"}}}, table.String())
	if err != nil {
		t.Fatal(err)
	}
	r := &reports[0]
	left := map[string]int{}
	for _, x := range r.Counts.Excluded {
		left[x.Reason] = x.Rows
	}
	for reason, n := range map[string]int{"missing_group": 1, "missing_rater": 1, "missing_target": 1, "self_rating": 5, "missing_outcome": 4} {
		if left[reason] != n {
			t.Errorf("%s: %d, want %d", reason, left[reason], n)
		}
	}
	found, ok := r.Result.(*analysis.RoundRobinResult)
	if !ok || len(found.Left) != 1 || found.Left[0].Member != "e" || found.Left[0].Cells != 4 || len(found.Groups) != 1 || found.Groups[0].N != 4 {
		t.Errorf("%+v", found)
	}
	if !r.Caveats.Has("members_left_out") || found.Restricted.Missing != 4 || !r.Caveats.Has("likelihood_not_computed") {
		t.Errorf("%v, %+v", r.Caveats.List(), found.Restricted)
	}
}
