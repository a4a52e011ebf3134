package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// against names the second measure.
func against(measure string) string {
	return strings.Replace(measure, `"measure"`, `"against"`, 1)
}

// observed asks about observers' ratings of cohesion.
const observed = `"measure":{"instrument":{"id":"holon-cohesion-1","version":"1"},"score":"rating","rater":"observer"}`

// TestEveryQuestionAboutWhatWasRecordedIsAnswered asks each of the same four
// evenings; the judge holds every answer to the contract.
func TestEveryQuestionAboutWhatWasRecordedIsAnswered(t *testing.T) {
	t.Parallel()
	c := course(t)
	for name, x := range map[string]struct {
		body, answer, reason string
		is                   map[string]any // places in the result
	}{
		"agreement": {
			`{"analysis":"agreement",` + cohesionOf + `,"draws":100}`, "", "descriptive",
			map[string]any{"summary/groups": 4.0, "group_level/answer": "supported", "group_level/estimand": "group_plus_session", "line": nil},
		},
		"agreement of pairs": {
			`{"analysis":"agreement",` + allianceOf + `}`, "refused", "not_about_the_whole", map[string]any{"group_level": nil, "scale": nil},
		},
		"nobody observed": {
			`{"analysis":"rater_reliability",` + observed + `,"missing":"drop_targets"}`, "not_identifiable", "no_data", map[string]any{"targets": 0.0},
		},
		"members are no observers": {`{"analysis":"rater_reliability",` + cohesionOf + `}`, "refused", "not_observers", nil},
		"two measures": {
			`{"analysis":"levels",` + allianceOf + `,` + against(cohesionOf) + `,"draws":19,"seed":3,"bound":0.2}`, "*", "*",
			map[string]any{"beyond/bound": 0.2, "against/composition": "referent_shift", "against/level": "cohesion", "x": "Alliance with the therapist", "y": "Cohesion of the group"},
		},
		"two measures, the other way round": {
			`{"analysis":"levels",` + cohesionOf + `,` + against(allianceOf) + `,"member_means":true,"detail":"quick"}`, "", "descriptive",
			map[string]any{"beyond": nil, "against/composition": "additive"},
		},
		"one therapist with many members": {
			`{"analysis":"one_with_many",` + allianceOf + `,"draws":19}`, "*", "*", map[string]any{"therapist_ratings/ratings": 0.0, "dyadic_reciprocity/correlation": nil},
		},
		"pairs from both sides": {
			`{"analysis":"alliance",` + allianceOf + `}`, "", "descriptive",
			map[string]any{"scores/0/score": "rating", "scores/0/guess": "rating", "pairs/0/answered": 1.0, "pairs/0/legs/weak": nil, "pairs/0/guesses/0/bias/reason": "no_values", "against/measure/rater": "therapist"},
		},
		"cohesion is of no pair": {`{"analysis":"one_with_many",` + cohesionOf + `}`, "refused", "other_level", map[string]any{"reason": "other_level"}},
		"alliance as cohesion": {
			`{"analysis":"levels",` + allianceOf + `,` + against(cohesionOf) + `,"as":"cohesion"}`, "refused", "not_cohesion", map[string]any{"reml/deviance": nil},
		},
		"every two measures": {
			`{"analysis":"level_table"}`, "", "descriptive", map[string]any{"pairs/0/rows": 12.0, "pairs/0/groups": 4.0, "measures/1/subject/composition": "referent_shift"},
		},
		"one item has no alpha": {
			`{"analysis":"level_reliability",` + cohesionOf + `,"detail":"quick"}`, "refused", "fewer_than_two_items", map[string]any{"items": 1.0},
		},
		"no outcome to tell of": {
			`{"analysis":"early_alliance",` + allianceOf + `,` + against(cohesionOf) + `,"window":{"from":1,"to":2},"draws":19}`, "refused", "not_alliance_and_outcome",
			map[string]any{"window_to": 2.0, "members_needed": 542.0, "against/level": "cohesion"},
		},
		"single members over one evening": {
			`{"analysis":"series",` + allianceOf + `,"reliability":0.8,"norm_sd":1.5}`, "", "descriptive",
			map[string]any{"series/0/points/0/gap": nil, "series/0/level_today/reason": "too_few_lines", "series/0/chart/reason": "too_few_values", "reliable_change/from": "asked", "series/0/change": nil},
		},
		"alarms of one evening": {
			`{"analysis":"alarms","budget":1}`, "", "descriptive", map[string]any{"budget": 1.0, "seen/1/sd_within": 2.0},
		},
		"signs of dropping out": {
			`{"analysis":"slipping"}`, "", "descriptive", map[string]any{"dropped_out": 0.0, "rules/0/id": "no_show", "members/0/gone": false, "absences_answered/findings": 0.0},
		},
		"nobody set a goal": {`{"analysis":"goals","kinds":["group"]}`, "not_identifiable", "no_data", nil},
		"falls over one evening": {
			`{"analysis":"ruptures",` + allianceOf + `,"reference":"scale","draws":20,"seed":2}`, "", "descriptive",
			map[string]any{"found": 0.0, "seed": 2.0, "pairs/0/shape": "too_few", "rules/1/id": "control_chart", "rules/1/verified": false},
		},
		"nobody gave an outcome": {
			`{"analysis":"outcome_change","measure":{"instrument":{"id":"gad-7","version":"1"},"score":"total","rater":"member"},"baseline":"first"}`, "not_identifiable", "no_data",
			map[string]any{"direction": "higher_worse", "reliable_change/threshold": 4.0, "no_cutoff_reason": "several_cutoffs", "total/stable_now": nil},
		},
		"nobody has an intake": {
			`{"analysis":"outcome_change","measure":{"instrument":{"id":"gad-7","version":"1"},"score":"total","rater":"member"},"baseline":"intake"}`, "not_identifiable", "no_data",
			map[string]any{"members/0/reason": "no_value", "total/cannot_tell": 12.0, "total/recovered": nil, "error/sd": nil, "error/limit": 3.5},
		},
		"a cohesion has no members": {`{"analysis":"series",` + cohesionOf + `}`, "refused", "no_series_of_members", map[string]any{"reliable_change/from": nil}},
		"one evening has no order": {
			`{"analysis":"lagged",` + allianceOf + `,` + against(cohesionOf) + `,"draws":19}`, "not_identifiable", "fewer_than_three_sessions",
			map[string]any{"occasions": 12.0, "pairs": 0.0, "against/level": "cohesion", "clustered_on": "group", "difference/estimate": nil},
		},
		"a planned question": {
			`{"analysis":"group_level",` + cohesionOf + `,"planned":[` + strings.TrimPrefix(cohesionOf, `"measure":`) + `],"detail":"quick","structure":"members_in_groups","turnover_limit":1}`,
			"supported", "beyond_chance",
			map[string]any{"around/multiplicity/status": "planned", "structure": "members_in_groups"},
		},
		"a direct consensus": {
			`{"analysis":"group_level",` + allianceOf + `,"composition":"direct_consensus","detail":"quick","draws":50}`, "*", "*",
			map[string]any{"around/agreement/summary/groups": 4.0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.made(t, "/v1/reports", x.body).object(t)
			if a, _ := got["answer"].(string); x.answer != "*" && (a != x.answer || got["reason"] != x.reason) {
				t.Errorf("%v because %v", got["answer"], got["reason"])
			}
			for place, want := range x.is {
				var steps []any
				for step := range strings.SplitSeq(place, "/") {
					if step == "0" || step == "1" {
						steps = append(steps, int(step[0]-'0'))
					} else {
						steps = append(steps, step)
					}
				}
				if v := at(t, got["result"], steps...); v != want {
					t.Errorf("%s is %v, want %v", place, v, want)
				}
			}
		})
	}
}

// TestWhatAnAnalysisHasNoUseForIsRefused goes through the keys that belong to
// others, with what was recorded and with a table.
func TestWhatAnAnalysisHasNoUseForIsRefused(t *testing.T) {
	t.Parallel()
	c := course(t)
	measure := strings.TrimPrefix(cohesionOf, `"measure":`)
	given := map[string]string{
		"against": strings.TrimPrefix(allianceOf, `"measure":`), "member_means": `true`, "missing": `"refuse"`, "structure": `"members_by_sessions"`, "turnover_limit": `0.2`,
		"planned": `[` + measure + `]`, "detail": `"full"`, "draws": `20`, "seed": `9`, "bound": `0.1`, "plan_icc": `0.2`, "as": `"cohesion"`, "composition": `"referent_shift"`,
		"measures": `[` + measure + `]`, "members": `["m-1"]`, "budget": `0.5`, "window": `{"from":1,"to":3}`, "baseline": `"first"`,
		"reliability": `0.8`, "norm_sd": `1.5`, "reference": `"scale"`,
	}
	for analysis, allowed := range map[string][]string{
		"agreement":         {"draws", "seed", "as", "composition"},
		"rater_reliability": {"missing", "as", "composition"},
		"levels":            {"against", "member_means", "detail", "draws", "seed", "bound", "as", "composition"},
		"level_table":       {},
		"round_robin":       {},
		"bonds":             {},
		"outcome_change":    {"members", "baseline", "reliability", "norm_sd"},
		"lagged":            {"against", "draws", "seed"},
		"one_with_many":     {"against", "draws", "seed"},
		"alliance":          {"against", "members"},
		"level_reliability": {"detail", "draws", "seed", "as", "composition"},
		"group_level":       {"structure", "turnover_limit", "planned", "detail", "draws", "seed", "bound", "plan_icc", "as", "composition"},
	} {
		t.Run(analysis, func(t *testing.T) {
			t.Parallel()
			body := map[string]json.RawMessage{"analysis": json.RawMessage(`"` + analysis + `"`)}
			if analysis != "level_table" {
				body["measure"] = json.RawMessage(measure)
			}
			if analysis == "levels" || analysis == "lagged" {
				body["against"] = json.RawMessage(given["against"])
			}
			var want []string
			for key, value := range given {
				if !slices.Contains(allowed, key) {
					body[key] = json.RawMessage(value)
					want = append(want, "/"+key+" not_for_this_analysis")
				}
			}
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			got := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: string(text)}).problem(t).rules()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("faults %v, want %v", got, want)
			}
		})
	}
	for name, x := range map[string]struct{ body, want string }{
		"no second measure":     {`{"analysis":"levels",` + cohesionOf + `}`, "/against required"},
		"no second to follow":   {`{"analysis":"lagged",` + cohesionOf + `}`, "/against required"},
		"twice the same":        {`{"analysis":"levels",` + cohesionOf + `,` + against(cohesionOf) + `}`, "/against same_measure"},
		"a measure of all":      {`{"analysis":"level_table",` + cohesionOf + `}`, "/measure table_takes_all"},
		"means of one session":  {`{"analysis":"levels",` + cohesionOf + `,` + against(allianceOf) + `,"member_means":true,"session":{"number":1}}`, "/member_means one_selection"},
		"no draws":              {`{"analysis":"agreement",` + cohesionOf + `,"draws":0}`, "/draws out_of_range"},
		"too large a seed":      {`{"analysis":"agreement",` + cohesionOf + `,"seed":9007199254740992}`, "/seed out_of_range"},
		"a turnover beyond all": {`{"analysis":"group_level",` + cohesionOf + `,"turnover_limit":1.5}`, "/turnover_limit out_of_range"},
		"a growth of records":   {`{"analysis":"growth"}`, "/table required"},
		"a plan with a table":   {withTable(t, "group,y\na,1\na,2\nb,3\n", `,"roles":{"group":"group","outcome":"y"},"planned":[`+measure+`]`), "/planned not_with_table"},
		"a seed beside a table": {withTable(t, "group,y\na,1\na,2\nb,3\n", `,"roles":{"group":"group","outcome":"y"},"seed":4`), "/seed not_with_table"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: x.body})
			if rules := got.problem(t).rules(); !slices.Equal(rules, []string{x.want}) {
				t.Errorf("faults: %v", rules)
			}
		})
	}
}
