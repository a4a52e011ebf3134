package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asked records a request for erasure about a member and returns where it is
// read.
func (e *evening) asked(t *testing.T, member string) string {
	t.Helper()
	return e.made(t, "/v1/members/"+member+"/redactions", `{"by":"member","on":"2026-03-02","reference":"DSR-7"}`).header.Get("Location")
}

func TestAMemberIsRedactedFromTheRequestToTheTombstones(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	first, second := e.members[0], e.members[1]
	e.submit(t, e.alliance(first, "8"), e.cohesion(first, "6"), e.cohesion(second, "9"))
	e.submit(t, `{"instrument":{"id":"holon-alliance-1","version":"1"},"rater":{"kind":"therapist","id":"`+e.lead+`"},"about":{"member_id":"`+first+
		`"},"occasion":"post","mode":"device","items":[{"item":1,"value":3}]}`)
	report := e.made(t, "/v1/reports", `{"analysis":"group_level_table"}`)
	place := e.asked(t, first)
	seen := e.must(t, http.StatusOK, call{method: "GET", path: place + "/preview"}).object(t)
	if n := numberAt(t, seen, "extent", "ratings"); n != 3 {
		t.Errorf("%v ratings would be redacted", n)
	}
	if n := numberAt(t, e.must(t, http.StatusOK, call{method: "GET", path: place + "/preview?verdict=redact_partly"}).object(t), "extent", "ratings"); n != 2 {
		t.Errorf("%v ratings would be redacted in part", n)
	}
	done := e.must(t, http.StatusOK, call{method: "POST", path: place + "/decision", body: `{"verdict":"redact"}`, header: ifMatch(1)}).object(t)
	if done["state"] != "done" || done["verdict"] != "redact" || numberAt(t, done, "extent", "ratings") != 3 {
		t.Errorf("%v", done)
	}
	if diff := cmp.Diff(listAt(t, seen, "reports", "withdrawn"), listAt(t, done, "reports", "withdrawn")); diff != "" {
		t.Errorf("withdrawn reports: %s", diff)
	}
	gone := e.must(t, http.StatusOK, call{method: "GET", path: report.header.Get("Location")}).object(t)
	if gone["state"] != "withdrawn" || !strings.Contains(textAt(t, gone, "advice"), "Ask again") {
		t.Errorf("the report: %v", gone)
	}
	member := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/members/" + first}).object(t)
	if !strings.HasPrefix(textAt(t, member, "code"), "redacted-") || textAt(t, member, "redacted", "decision") != textAt(t, done, "id") {
		t.Errorf("the member: %v", member)
	}
	now := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t)
	want := map[string]any{"item": 1.0, "value": nil, "state": "redacted"}
	if diff := cmp.Diff(want, at(t, now, "alliances", 0, "items", 0)); diff != "" {
		t.Errorf("an item (-want +got):\n%s", diff)
	}
	if reason := at(t, now, "cohesion", 0, "scores", 0, "reason"); reason != "redacted" {
		t.Errorf("no score for %v", reason)
	}
	if v := at(t, now, "cohesion", 1, "items", 0, "value"); v != 9.0 {
		t.Errorf("another's answer is %v", v)
	}
	if at(t, now, "roster", 0, "redacted") != true {
		t.Errorf("the seat: %v", at(t, now, "roster", 0))
	}
	before := e.must(t, http.StatusOK, call{method: "GET", path: e.path("/history/2")}).object(t)
	if v := at(t, before, "alliances", 0, "items", 0, "value"); v != nil {
		t.Errorf("the past holds %v", v)
	}
	group := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/groups/" + e.group}).object(t)
	if at(t, group, "spells", 0, "redacted") != true {
		t.Errorf("the spell: %v", at(t, group, "spells", 0))
	}
	refused := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: e.path("/forms"), body: `{"forms":[` + e.alliance(first, "5") + `]}`}).problem(t)
	if diff := cmp.Diff([]string{"/forms/0/rater/id member_redacted"}, refused.rules()); diff != "" {
		t.Error(diff)
	}
	list := listAt(t, e.must(t, http.StatusOK, call{method: "GET", path: "/v1/redactions"}).object(t), "redactions")
	if diff := cmp.Diff([]any{e.must(t, http.StatusOK, call{method: "GET", path: place}).object(t)}, list); diff != "" {
		t.Errorf("listed and read (-read +listed):\n%s", diff)
	}
	if text := e.log.String(); strings.Contains(text, "EVE-MA") {
		t.Error("the log holds a code")
	}
}

func TestADecisionIsMadeOnceOnAGround(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	path := e.asked(t, e.members[0]) + "/decision"
	for name, x := range map[string]struct {
		body string
		rule string
	}{
		"a refusal without ground": {`{"verdict":"refuse"}`, "/basis basis_missing"},
		"a part without ground":    {`{"verdict":"redact_partly"}`, "/basis basis_missing"},
		"a ground to keep nothing": {`{"verdict":"redact","basis":"legal_claims"}`, "/basis basis_of_nothing"},
		"a verdict that is none":   {`{"verdict":"delete"}`, "/verdict not_one_of"},
		"a ground that is none":    {`{"verdict":"refuse","basis":"because"}`, "/basis not_one_of"},
	} {
		p := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: path, body: x.body, header: ifMatch(1)}).problem(t)
		if diff := cmp.Diff([]string{x.rule}, p.rules()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	e.must(t, http.StatusPreconditionRequired, call{method: "POST", path: path, body: `{"verdict":"redact"}`})
	refused := e.must(t, http.StatusOK, call{method: "POST", path: path, body: `{"verdict":"refuse","basis":"legal_retention"}`, header: ifMatch(1)}).object(t)
	if refused["state"] != "refused" || refused["basis"] != "legal_retention" || len(listAt(t, refused, "scope")) != 0 {
		t.Errorf("%v", refused)
	}
	if p := e.must(t, http.StatusConflict, call{method: "POST", path: path, body: `{"verdict":"redact"}`, header: ifMatch(2)}).problem(t); p.Rule != "decided_already" {
		t.Errorf("%+v", p)
	}
	if p := e.must(t, http.StatusPreconditionFailed, call{method: "POST", path: path, body: `{"verdict":"redact"}`, header: ifMatch(1)}).problem(t); p.Rule != "written_since" {
		t.Errorf("%+v", p)
	}
}

func TestARequestForErasureIsRecordedAsItCame(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	path := "/v1/members/" + e.members[0] + "/redactions"
	p := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: path, body: `{"by":"member","on":"2031-01-01","reference":"a name"}`, raw: true}).problem(t)
	if diff := cmp.Diff([]string{"/on in_the_future", "/reference bad_code"}, p.rules()); diff != "" {
		t.Error(diff)
	}
	e.must(t, http.StatusNotFound, call{method: "POST", path: "/v1/members/m-nobody/redactions", body: `{"by":"member","on":"2026-03-02","reference":"DSR-7"}`})
	key := map[string]string{"Idempotency-Key": "dsr-7"}
	body := `{"by":"authority","on":"2026-03-02","reference":"DSR-7"}`
	first := e.must(t, http.StatusCreated, call{method: "POST", path: path, body: body, header: key})
	again := e.must(t, http.StatusCreated, call{method: "POST", path: path, body: body, header: key})
	if string(first.body) != string(again.body) || first.object(t)["state"] != "requested" {
		t.Errorf("%s, then %s", first.body, again.body)
	}
	e.must(t, http.StatusNotFound, call{method: "GET", path: "/v1/redactions/rd-404"})
}
