package objective_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/objective"
)

// rules lists "pointer rule" of every fault.
func rules(err error) []string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return nil
	}
	var out []string
	for _, f := range e.Fields() {
		out = append(out, f.Pointer+" "+f.Rule)
	}
	return out
}

// rule is a rule with these occasions and conditions.
func rule(who, over, conditions string) string {
	return `{"code":"x","for":"` + who + `","over":` + over + `,"conditions":[` + conditions + `]}`
}

func TestEveryFaultOfARuleHasItsPlace(t *testing.T) {
	t.Parallel()
	const (
		attended  = `{"sessions":"attended"}`
		scheduled = `{"sessions":"scheduled"}`
		every     = `"needed":{"every":true}`
		came      = `{"attended":{},"needed":{"at_least":1}}`
		task      = `"instrument":{"id":"wai-sr","version":"1"},"score":"task","rater":"member","scale":"per_item"`
	)
	for name, x := range map[string]struct {
		rule string
		want []string
	}{
		"nothing of it": {
			`{"code":"Not a code","for":"everybody","over":{"sessions":"all"},"conditions":[]}`,
			[]string{"/code bad_code", "/for unknown_subject", "/over/sessions unknown_sessions", "/conditions bad_number_of_conditions"},
		},
		"occasions": {
			rule("each_member", `{"sessions":"attended","kinds":["meeting","meeting"],"excused":"counts","each":"day","first":0,"at":[3,2],"from":"soon"}`, came),
			[]string{
				"/over/kinds/1 unknown_kind", "/over/excused excused_of_scheduled", "/over/each unknown_period", "/conditions/0 period_needs_action",
				"/over/first out_of_range", "/over/from bad_date", "/over/at first_or_checkpoints", "/over/at/1 bad_checkpoint", "/conditions/0/attended needs_scheduled",
			},
		},
		"two in one":         {rule("each_member", scheduled, `{"attended":{},"goals_endorsed":{"by":"member"},`+every+`}`), []string{"/conditions/0 one_condition"}},
		"nothing in one":     {rule("each_member", scheduled, `{`+every+`}`), []string{"/conditions/0 one_condition"}},
		"a row of every":     {rule("each_member", scheduled, `{"attended":{},"needed":{"every":true,"consecutive":true}}`), []string{"/conditions/0/needed/consecutive consecutive_of_a_number"}},
		"a share of goals":   {rule("each_member", attended, `{"goals_endorsed":{"by":"anybody"},"needed":{"share":0.5}}`), []string{"/conditions/0/needed number_of_goals", "/conditions/0/goals_endorsed/by unknown_rater"}},
		"eleven goals":       {rule("each_member", attended, `{"goals_endorsed":{"by":"both"},"needed":{"at_least":11}}`), []string{"/conditions/0/needed/at_least out_of_range"}},
		"more than there is": {rule("each_member", `{"sessions":"scheduled","at":[2,4]}`, `{"attended":{},"needed":{"at_least":3}}`), []string{"/conditions/0/needed/at_least out_of_range"}},
		"an unknown score": {
			rule("each_member", attended, `{"score":{"instrument":{"id":"wai-sr","version":"1"},"score":"tusk","rater":"cat","occasion":"noon","scale":"stars","out_of":5},`+every+`}`),
			[]string{
				"/conditions/0/score/rater unknown_rater", "/conditions/0/score/occasion unknown_occasion", "/conditions/0/score/scale unknown_scale",
				"/conditions/0/score/score no_such_score", "/conditions/0/score one_limit",
			},
		},
		"an unknown version":     {rule("each_member", attended, `{"score":{"instrument":{"id":"wai-sr"},"score":"task","rater":"member","scale":"score","at_least":1,"out_of":20},`+every+`}`), []string{"/conditions/0/score/instrument unknown_instrument_version"}},
		"a limit above the top":  {rule("each_member", attended, `{"score":{`+task+`,"at_least":6,"out_of":5,"grace_days":93},`+every+`}`), []string{"/conditions/0/score/grace_days out_of_range", "/conditions/0/score/at_least out_of_range"}},
		"another scale's top":    {rule("each_member", attended, `{"score":{`+task+`,"at_least":4,"out_of":20},`+every+`}`), []string{"/conditions/0/score/out_of other_scale"}},
		"a rater it is not for":  {rule("each_member", attended, `{"score":{"instrument":{"id":"wai-sr","version":"1"},"score":"task","rater":"observer","scale":"score","at_least":4,"out_of":20},`+every+`}`), []string{"/conditions/0/score/rater rater_kind_not_allowed"}},
		"a rater of the group":   {rule("each_member", attended, `{"score":{"instrument":{"id":"holon-cohesion-1","version":"1"},"score":"rating","rater":"observer","scale":"score","at_least":4,"out_of":10},`+every+`}`), []string{"/conditions/0/score/rater not_about_a_member"}},
		"a fall over everything": {rule("each_member", scheduled, `{"drop_addressed":{`+task+`,"drop":9,"out_of":5,"codes":["prayed","adapted","adapted"]},`+every+`}`), []string{"/conditions/0/drop_addressed/codes/0 unknown_action", "/conditions/0/drop_addressed/codes/2 unknown_action", "/conditions/0/drop_addressed/drop out_of_range", "/conditions/0/drop_addressed needs_attended"}},
		"no absence":             {rule("group", attended, `{"miss_contacted":{"after":["late"],"within_days":0,"contacts":["shouted"]},`+every+`}`), []string{"/conditions/0/miss_contacted needs_a_member", "/conditions/0/miss_contacted needs_scheduled", "/conditions/0/miss_contacted/after/0 which_absence", "/conditions/0/miss_contacted/within_days out_of_range", "/conditions/0/miss_contacted/contacts/0 unknown_contact"}},
		"no action":              {rule("group", attended, `{"action":{"codes":[]},`+every+`}`), []string{"/conditions/0/action/codes which_action"}},
		"a form of nobody":       {rule("each_member", attended, `{"form":{"instrument":{"id":"phq-9","version":"0"},"rater":"therapist"},`+every+`}`), []string{"/conditions/0/form/rater not_about_a_member", "/conditions/0/form/instrument unknown_instrument_version"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := objective.Parse([]byte(x.rule), registry(t).Lookup)
			if diff := cmp.Diff(x.want, rules(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzParse: whatever is sent is refused or can be judged, said, written and
// read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(rule("each_member", `{"sessions":"scheduled","first":10,"excused":"left_out"}`, `{"attended":{},"needed":{"at_least":8}}`)))
	f.Add([]byte(rule("group", `{"sessions":"attended","each":"month","months":3}`, `{"action":{"codes":["adapted"]},"needed":{"every":true}}`)))
	f.Add([]byte(rule("each_member", `{"sessions":"attended","at":[1,2]}`, `{"score":{"instrument":{"id":"wai-sr","version":"1"},"score":"task","rater":"member","scale":"per_item","at_least":4,"out_of":5},"needed":{"share":0.5}}`)))
	r := registry(f)
	course := readRecorded(f, "testdata/task-twice.json").courseOn(f, "2026-03-06", r)
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, err := objective.Parse(text, r.Lookup)
		if err != nil {
			return
		}
		again, err := objective.RestoreRule(canonical(t, parsed))
		must(t, err)
		if diff := cmp.Diff(parsed.Sentence(), again.Sentence()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(len(again.Evaluate(course)), len(parsed.Evaluate(course))); diff != "" {
			t.Error(diff)
		}
	})
}
