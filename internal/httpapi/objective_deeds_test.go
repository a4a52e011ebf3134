package httpapi_test

import (
	"net/http"
	"testing"
)

// answerOf asks an objective about the evening's group and returns the answer
// about one member.
func (e *evening) answerOf(t *testing.T, place, member string) string {
	t.Helper()
	got := e.must(t, http.StatusOK, call{method: "GET", path: place + "/results?group_id=" + e.group + "&as_of=2026-03-06"}).object(t)
	for i := range listAt(t, got, "results") {
		if x := objectAt(t, got, "results", i); x["member_id"] == member {
			return textAt(t, x, "answer")
		}
	}
	t.Fatalf("no answer about the member in %v", got)
	return ""
}

func TestWhatWasDoneAboutAMissedSessionDecidesAnObjective(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	place := e.made(t, "/v1/objectives", `{"code":"reached-again","for":"each_member","over":{"sessions":"scheduled","first":1},
		"conditions":[{"miss_contacted":{"after":["no_show"],"within_days":1,"contacts":["reached"]},"needed":{"every":true}}]}`).header.Get("Location")
	missed := e.members[2]
	e.must(t, http.StatusOK, call{
		method: "PUT", path: e.path("/attendance"), header: ifMatch(1),
		body: `{"members":[{"member_id":"` + e.members[0] + `","attendance":"present"},{"member_id":"` + e.members[1] + `","attendance":"present"},{"member_id":"` + missed + `","attendance":"no_show"}]}`,
	})
	e.must(t, http.StatusOK, call{method: "POST", path: e.path("/close"), header: ifMatch(2), body: `{}`})
	if got := e.answerOf(t, place, missed); got != "open" {
		t.Errorf("before anybody was reached for: %s", got)
	}
	list := e.findings(t, "?rule=missed_session&member_id="+missed)
	if len(list) != 1 {
		t.Fatalf("findings %v", list)
	}
	actions := "/v1/findings/" + textAt(t, list, 0, "id") + "/actions"
	e.made(t, actions, `{"code":"contacted","contact":"not_reached","on":"2026-03-06"}`)
	if got := e.answerOf(t, place, missed); got != "open" {
		t.Errorf("after an attempt that reached nobody: %s", got)
	}
	e.made(t, actions, `{"code":"contacted","contact":"reached","on":"2026-03-06"}`)
	if got := e.answerOf(t, place, missed); got != "met" {
		t.Errorf("after the contact: %s", got)
	}
}
