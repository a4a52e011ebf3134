package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// taskTwice is the contract's own example.
const taskTwice = `{"code":"task-twice","for":"each_member","over":{"sessions":"attended","first":4},
	"conditions":[{"score":{"instrument":{"id":"wai-sr","version":"1"},"score":"task","rater":"member","scale":"per_item","at_least":4,"out_of":5},"needed":{"at_least":2}}]}`

func TestGoalsAreSetRatedCorrectedAndEnded(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	goals := "/v1/groups/" + e.group + "/goals"
	made := e.made(t, goals, `{"code":"together","from":"2026-01-12"}`)
	id := textAt(t, made.object(t), "goal_id")
	if want := "/v1/groups/" + e.group + "#/goals/0"; made.header.Get("Location") != want || textAt(t, made.object(t), "group", "goals", 0, "id") != id {
		t.Errorf("made %s at %s", made.body, made.header.Get("Location"))
	}
	own := textAt(t, e.made(t, goals, `{"code":"sleep","owner":"`+e.members[0]+`","from":"2026-01-12"}`).object(t), "goal_id")
	refused := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: goals, body: `{"code":"sleep","owner":"m-none","from":"2026-01-12"}`})
	if diff := cmp.Diff([]string{"/code goal_code_taken", "/owner owner_not_in_group"}, refused.problem(t).rules()); diff != "" {
		t.Error(diff)
	}
	said := func(member, goal, rest string) string {
		return `{"ratings":[{"rater":{"kind":"member","id":"` + member + `"},"goal_id":"` + goal + `","mode":"device",` + rest + `}]}`
	}
	ratings := e.path("/goal-ratings")
	key := map[string]string{"Idempotency-Key": "evening-goals"}
	first := call{method: "POST", path: ratings, body: said(e.members[0], own, `"value":4,"endorsed":true`), header: key}
	stored := e.must(t, http.StatusCreated, first)
	if again := e.must(t, http.StatusCreated, first); string(again.body) != string(stored.body) {
		t.Errorf("answered %s, then %s", stored.body, again.body)
	}
	e.made(t, ratings, said(e.members[1], id, `"endorsed":false`))
	if p := e.must(t, http.StatusConflict, call{method: "POST", path: ratings, body: said(e.members[0], own, `"value":5`)}).problem(t); p.Rule != "goal_rated_already" {
		t.Errorf("%+v", p)
	}
	corrected := said(e.members[0], own, `"value":5,"endorsed":null,"corrects":{"version":1,"why":"typing_error"}`)
	e.made(t, ratings, corrected)
	if p := e.must(t, http.StatusPreconditionFailed, call{method: "POST", path: ratings, body: corrected}).problem(t); p.Rule != "goal_rating_corrected_since" {
		t.Errorf("%+v", p)
	}
	now := e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=bond")}).object(t)
	got := objectAt(t, now, "goals", 0)
	delete(got, "entered")
	want := map[string]any{"rater": map[string]any{"kind": "member", "id": e.members[0]}, "goal_id": own, "version": 2.0, "value": 5.0, "endorsed": nil}
	if diff := cmp.Diff(want, got); diff != "" || len(listAt(t, now, "goals")) != 2 {
		t.Error(diff)
	}
	history := listAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("/history")}).object(t), "revisions")
	if why := textAt(t, history, 0, "change", "why"); why != "goals_rated:typing_error" {
		t.Errorf("the correction's reason is %q", why)
	}
	if v := at(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("/history/2")}).object(t), "goals", 0, "value"); v != 4.0 {
		t.Errorf("revision 2 holds %v", v)
	}
	ended := e.must(t, http.StatusOK, call{method: "POST", path: goals + "/" + id + "/end", body: `{"until":"2026-03-31"}`, header: ifMatch(8)})
	if day := textAt(t, ended.object(t), "goals", 0, "until"); day != "2026-03-31" {
		t.Errorf("ended on %s", day)
	}
	e.must(t, http.StatusNotFound, call{method: "POST", path: goals + "/a-none/end", body: `{"until":"2026-03-31"}`, header: ifMatch(9)})
}

func TestAnObjectiveIsTakenInAskedAndRetired(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	made := e.made(t, "/v1/objectives", taskTwice)
	place := made.header.Get("Location")
	read := e.must(t, http.StatusOK, call{method: "GET", path: place})
	if string(read.body) != string(made.body) {
		t.Errorf("taken in as %s, read as %s", made.body, read.body)
	}
	if v := numberAt(t, e.made(t, "/v1/objectives", taskTwice).object(t), "version"); v != 2 {
		t.Errorf("the same code again is version %v", v)
	}
	page := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/objectives?limit=1"}).object(t)
	next := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/objectives?limit=1&cursor=" + textAt(t, page, "next_cursor")}).object(t)
	if numberAt(t, next, "objectives", 0, "version") != 2 || next["next_cursor"] != nil {
		t.Errorf("the second page: %v", next)
	}
	retired := e.must(t, http.StatusOK, call{method: "POST", path: place + "/retire", header: ifMatch(1)})
	if at(t, retired.object(t), "retired") != true {
		t.Errorf("retired: %s", retired.body)
	}
	e.must(t, http.StatusOK, call{
		method: "PUT", path: e.path("/attendance"), header: ifMatch(1),
		body: `{"members":[{"member_id":"` + e.members[0] + `","attendance":"present"},{"member_id":"` + e.members[1] + `","attendance":"excused"}]}`,
	})
	e.submit(t, `{"instrument":{"id":"wai-sr","version":"1"},"rater":{"kind":"member","id":"`+e.members[0]+`"},"about":{"therapist_id":"`+e.lead+`"},
		"occasion":"post","mode":"paper","items":[{"item":1,"value":4},{"item":2,"value":4},{"item":10,"value":4},{"item":12,"value":4}]}`)
	got := e.must(t, http.StatusOK, call{method: "GET", path: place + "/results?group_id=" + e.group + "&as_of=2026-03-06"}).object(t)
	first := objectAt(t, got, "results", 0)
	if first["answer"] != "open" || first["member_id"] != e.members[0] ||
		textAt(t, first, "sentence") != "Open, what is still to come decides: it held on 1 of 1 occasion, needed 2." {
		t.Errorf("the first member: %v", first)
	}
	second := objectAt(t, got, "results", 1)
	if reason := textAt(t, second, "left_out", 0, "reason"); reason != "excused" {
		t.Errorf("the second member: %v", second)
	}
	if third := objectAt(t, got, "results", 2); textAt(t, third, "used", 0, "counts") != "may_count" {
		t.Errorf("the third member, of whom nobody said anything: %v", third)
	}
	e.must(t, http.StatusNotFound, call{method: "GET", path: place + "/results?group_id=g-none"})
	e.must(t, http.StatusNotFound, call{method: "GET", path: "/v1/objectives/o-none/results?group_id=" + e.group})
	if p := e.must(t, http.StatusUnprocessableEntity, call{method: "GET", path: place + "/results?group_id=" + e.group + "&as_of=2027-01-01"}).problem(t); p.Rule != "as_of_the_future" {
		t.Errorf("%+v", p)
	}
}

func TestEveryFaultOfARuleIsNamed(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	got := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/objectives", body: `{"code":"x","for":"group","over":{"sessions":"attended","weeks":2,"months":1},
		"conditions":[{"score":{"instrument":{"id":"wai-sr","version":"1"},"score":"task","rater":"member","scale":"per_item","at_least":4,"out_of":20},"needed":{"at_least":2,"every":true}},
			{"attended":{},"needed":{"share":1.5}}]}`})
	if diff := cmp.Diff([]string{
		"/over one_length", "/conditions/0/needed how_often", "/conditions/0/score/out_of other_scale",
		"/conditions/1/needed/share out_of_range", "/conditions/1/attended needs_a_member", "/conditions/1/attended needs_scheduled",
	}, got.problem(t).rules()); diff != "" {
		t.Error(diff)
	}
}

// TestASharedGoalSaysWhichOwnGoalsItContains at its setting and later, each time
// with the revision of the group that was read.
func TestASharedGoalSaysWhichOwnGoalsItContains(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	goals := "/v1/groups/" + e.group + "/goals"
	own := textAt(t, e.made(t, goals, `{"code":"G-1","owner":"`+e.members[0]+`","from":"2026-03-05"}`).object(t), "goal_id")
	other := textAt(t, e.made(t, goals, `{"code":"G-2","owner":"`+e.members[1]+`","from":"2026-03-05"}`).object(t), "goal_id")
	set := e.made(t, goals, `{"code":"G-3","from":"2026-03-05","contains":["`+own+`"]}`).object(t)
	shared := textAt(t, set, "goal_id")
	if got := listAt(t, set, "group", "goals", 2, "contains"); len(got) != 1 || got[0] != own {
		t.Errorf("set with %v", got)
	}
	rev := int(numberAt(t, set, "group", "rev"))
	change := call{method: "PUT", path: goals + "/" + shared + "/contains", body: `{"contains":["` + other + `","` + own + `"]}`, header: ifMatch(rev)}
	changed := e.must(t, http.StatusOK, change).object(t)
	if got := listAt(t, changed, "goals", 2, "contains"); len(got) != 2 || got[0] != other || textAt(t, changed, "change", "why") != "goals_contained" {
		t.Errorf("changed to %v", changed)
	}
	e.must(t, http.StatusPreconditionFailed, change)
	change.header = nil
	e.must(t, http.StatusPreconditionRequired, change)
	change.header = ifMatch(rev + 1)
	change.body = `{"contains":["` + shared + `"]}`
	if p := e.must(t, http.StatusUnprocessableEntity, change).problem(t); len(p.Errors) != 1 || p.Errors[0].Rule != "contains_shared_goal" || p.Errors[0].Pointer != "/contains/0" {
		t.Errorf("%+v", p)
	}
	e.made(t, e.path("/goal-ratings"), `{"ratings":[
		{"rater":{"kind":"member","id":"`+e.members[0]+`"},"goal_id":"`+own+`","value":4,"mode":"device"},
		{"rater":{"kind":"member","id":"`+e.members[1]+`"},"goal_id":"`+other+`","value":7,"mode":"device"},
		{"rater":{"kind":"member","id":"`+e.members[0]+`"},"goal_id":"`+shared+`","value":5,"endorsed":true,"mode":"device"},
		{"rater":{"kind":"therapist","id":"`+e.lead+`"},"goal_id":"`+shared+`","value":8,"endorsed":true,"mode":"device"}]}`)
	point := objectAt(t, e.made(t, "/v1/reports", `{"analysis":"goals"}`).object(t), "result", "goals", 2, "points", 0)
	if numberAt(t, point, "contained", "mean") != 5.5 || at(t, point, "consensus", "endorsed") != nil || numberAt(t, point, "gap_to_therapists", "difference") != 3 ||
		textAt(t, point, "gap", "reason") != "too_few_values" || textAt(t, point, "contained", "rests_on", 1, "goal") != own && textAt(t, point, "contained", "rests_on", 0, "goal") != own {
		t.Errorf("reported %v", point)
	}
	change.body = `{}`
	e.must(t, http.StatusUnprocessableEntity, change)
	change.body = `{"contains":[]}`
	if _, left := objectAt(t, e.must(t, http.StatusOK, change).object(t), "goals", 2)["contains"]; left {
		t.Error("a goal that contains none still says what it contains")
	}
}
