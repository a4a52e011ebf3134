package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// symptoms is a member's PHQ-9 with only item 9 answered; more is put behind.
func (e *evening) symptoms(member, value, more string) string {
	return `{"instrument":{"id":"phq-9","version":"1"},"rater":{"kind":"member","id":"` + member +
		`"},"occasion":"pre","mode":"device","items":[{"item":9,"value":` + value + `}]` + more + `}`
}

// findings reads a page of findings.
func (c *clinic) findings(t *testing.T, query string) []any {
	t.Helper()
	return listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/findings" + query}).object(t), "findings")
}

// eventsOf lists what happened to a finding.
func eventsOf(t *testing.T, finding any) []string {
	t.Helper()
	var out []string
	for i := range listAt(t, finding, "events") {
		out = append(out, textAt(t, finding, "events", i, "kind"))
	}
	return out
}

func TestAFindingFromTheSaveToItsClosing(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	put := e.must(t, http.StatusOK, call{method: "PUT", path: "/v1/settings", header: ifMatch(1), body: `{"acknowledge_within_minutes":30,"substitutes":["` + e.co +
		`"],"supervisors":[],"excused_is_missed":false,"risk_texts":[{"language":"en","text":"Speak to us."}]}`})
	if tag := put.header.Get("ETag"); tag != `"2"` {
		t.Errorf("settings have the tag %s", tag)
	}
	if got := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/settings"}).object(t); numberAt(t, got, "acknowledge_within_minutes") != 30 || textAt(t, got, "change", "why") != "settings_changed" {
		t.Errorf("settings %v", got)
	}
	receipt := e.submit(t, e.symptoms(e.members[0], "1", ""), e.symptoms(e.members[1], "0", "")).object(t)
	if text := textAt(t, receipt, "forms", 0, "texts", 0, "text"); text != "Speak to us." || len(listAt(t, receipt, "forms", 1, "texts")) > 0 {
		t.Errorf("texts of %v", receipt)
	}
	list := e.findings(t, "?states=new,seen&rule=risk_item&group_id="+e.group+"&member_id="+e.members[0]+"&session_id="+e.session)
	if len(list) != 1 || at(t, list, 0, "acknowledge_by") == nil || textAt(t, list, 0, "addressed_to") != e.lead {
		t.Fatalf("findings %v", list)
	}
	path := "/v1/findings/" + textAt(t, list, 0, "id")
	for _, step := range []struct {
		path, body string
		status     int
		state      string
	}{
		{"/seen", "", http.StatusOK, "seen"},
		{"/actions", `{"code":"contacted","contact":"reached"}`, http.StatusCreated, "acted"},
		{"/close", "", http.StatusOK, "closed"},
		{"/close", "", http.StatusOK, "closed"},
		{"/reopen", "", http.StatusOK, "seen"},
	} {
		got := e.must(t, step.status, call{method: "POST", path: path + step.path, body: step.body}).object(t)
		if textAt(t, got, "state") != step.state {
			t.Errorf("after %s it is %v", step.path, got["state"])
		}
	}
	got := e.must(t, http.StatusOK, call{method: "GET", path: path})
	if diff := cmp.Diff([]string{"raised", "seen", "action", "closed", "reopened"}, eventsOf(t, got.object(t))); diff != "" || got.header.Get("ETag") != `"5"` {
		t.Errorf("events, tag %s (-want +got):\n%s", got.header.Get("ETag"), diff)
	}
	if p := e.must(t, http.StatusConflict, call{method: "POST", path: path + "/close"}).problem(t); p.Rule != "nothing_noted" {
		t.Errorf("closed with nothing noted: %s", p.Rule)
	}
	for _, x := range []call{
		{method: "GET", path: "/v1/findings"},
		{method: "GET", path: path},
		{method: "POST", path: path + "/seen"},
		{method: "POST", path: path + "/actions", body: `{"code":"adapted"}`},
		{method: "POST", path: path + "/close"},
		{method: "POST", path: path + "/reopen"},
		{method: "POST", path: "/v1/findings", body: `{"group_id":"` + e.group + `","topic":"other"}`},
		{method: "GET", path: "/v1/settings"},
		{method: "PUT", path: "/v1/settings", body: `{}`, raw: true},
		{method: "POST", path: e.path("/forms/f-x/answers"), body: `{"finished":true}`},
	} {
		x.unsigned = true
		e.must(t, http.StatusUnauthorized, x)
	}
}

func TestAFormIsAnsweredItemByItem(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	receipt := e.submit(t, e.symptoms(e.members[0], "0", `,"unfinished":true`)).object(t)
	form := textAt(t, receipt, "forms", 0, "form_id")
	rating := func() map[string]any {
		return objectAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t), "outcomes", 0)
	}
	if x := rating(); x["unfinished"] != true || textAt(t, x, "scores", 0, "reason") != "form_unfinished" || at(t, x, "scores", 0, "value") != nil {
		t.Errorf("unfinished: %v", x)
	}
	answer := func(status int, body, key string) answer {
		t.Helper()
		return e.must(t, status, call{method: "POST", path: e.path("/forms/" + form + "/answers"), body: body, header: map[string]string{"Idempotency-Key": key}})
	}
	var items []string
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		items = append(items, `{"item":`+n+`,"value":1}`)
	}
	for range 2 { // the second is the first, repeated
		got := answer(http.StatusOK, `{"items":[`+strings.Join(items, ",")+`]}`, "k1").object(t)
		if got["unfinished"] != true || numberAt(t, got, "ratings", 0, "version") != 2 || len(e.findings(t, "")) > 0 {
			t.Errorf("answered %v", got)
		}
	}
	got := answer(http.StatusOK, `{"items":[{"item":9,"value":2}],"finished":true}`, "k2").object(t)
	if got["unfinished"] != false || len(e.findings(t, "")) != 1 || len(listAt(t, got, "texts")) > 0 {
		t.Errorf("finished %v", got)
	}
	if x := rating(); x["unfinished"] != false || numberAt(t, x, "scores", 0, "value") != 10 {
		t.Errorf("finished: %v", x)
	}
	if p := answer(http.StatusConflict, `{"items":[{"item":9,"value":0}]}`, "k3").problem(t); p.Rule != "form_finished" {
		t.Errorf("answered after the end: %s", p.Rule)
	}
	e.must(t, http.StatusNotFound, call{method: "POST", path: e.path("/forms/f-none/answers"), body: `{"finished":true}`})
}

func TestAFindingIsOpenedByHandAndListedInPages(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	var made []string
	for _, topic := range []string{"safety", "climate", "adaptation"} {
		got := e.made(t, "/v1/findings", `{"group_id":"`+e.group+`","topic":"`+topic+`","members":["`+e.members[0]+`"],"session_id":"`+e.session+`"}`)
		made = append(made, got.id(t))
		if got.header.Get("Location") != "/v1/findings/"+got.id(t) || got.header.Get("ETag") != `"1"` {
			t.Errorf("headers %v", got.header)
		}
	}
	slices.Reverse(made)
	var listed []string
	query := "?limit=2"
	for query != "" {
		page := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/findings" + query}).object(t)
		for i := range listAt(t, page, "findings") {
			listed = append(listed, textAt(t, page, "findings", i, "id"))
		}
		query = ""
		if next, more := page["next_cursor"].(string); more {
			query = "?limit=2&cursor=" + next
			if got := e.do(t, call{method: "GET", path: "/v1/findings?states=new&cursor=" + next}); got.status != http.StatusBadRequest {
				t.Errorf("the cursor of another list: %d", got.status)
			}
		}
	}
	if diff := cmp.Diff(made, listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

func TestWrongFindingsAndSettingsAreRefusedWithEveryFault(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	e.submit(t, e.symptoms(e.members[0], "1", ""))
	path := "/v1/findings/" + textAt(t, e.findings(t, ""), 0, "id")
	for name, x := range map[string]struct {
		call call
		want []string
	}{
		"an action unknown": {call{method: "POST", path: path + "/actions", body: `{"code":"` + rejected + `"}`}, []string{"/code not_one_of"}},
		"a contact of none": {call{method: "POST", path: path + "/actions", body: `{"code":"contacted"}`}, []string{"/contact contact_missing"}},
		"nothing without reason": {
			call{method: "POST", path: path + "/actions", body: `{"code":"nothing","on":"2031-01-01"}`}, []string{"/on in_the_future", "/reason reason_missing"},
		},
		"a note about a stranger": {
			call{method: "POST", path: "/v1/findings", body: `{"group_id":"` + e.group + `","topic":"other","members":["` + rejected + `"]}`}, []string{"/members/0 not_in_group"},
		},
		"settings of nothing": {
			call{method: "PUT", path: "/v1/settings", header: ifMatch(1), body: `{}`},
			[]string{"/acknowledge_within_minutes required", "/excused_is_missed required", "/risk_texts required", "/substitutes required", "/supervisors required"},
		},
		"a text of no instrument": {
			call{
				method: "PUT", path: "/v1/settings", header: ifMatch(1),
				body: `{"acknowledge_within_minutes":30,"substitutes":[],"supervisors":["` + rejected + `"],"excused_is_missed":true,"risk_texts":[{"instrument_id":"` + rejected + `","language":"en","text":"x"}]}`,
			},
			[]string{"/risk_texts/0/instrument_id unknown_instrument", "/supervisors/0 bad_id"},
		},
		"an unfinished total": {
			call{method: "POST", path: e.path("/forms"), body: `{"forms":[` + e.symptoms(e.members[1], "0", `,"unfinished":true,"reported_total":3`) + `]}`},
			[]string{"/forms/0/reported_total total_of_unfinished"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := e.must(t, http.StatusUnprocessableEntity, x.call)
			rules := got.problem(t).rules()
			slices.Sort(rules)
			if diff := cmp.Diff(x.want, rules); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			unrepeated(t, e.clinic, got)
		})
	}
}

func TestAFindingAndTheLogHoldNoAnswer(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	e.submit(t, e.symptoms(e.members[0], "3", ""))
	got := string(e.must(t, http.StatusOK, call{method: "GET", path: "/v1/findings"}).body)
	for _, secret := range []string{`"value"`, "EVE-M", `:3,`, `:3}`} {
		if strings.Contains(got, secret) || strings.Contains(e.log.String(), secret) {
			t.Errorf("%s is told in\n%s\n%s", secret, got, e.log)
		}
	}
}
