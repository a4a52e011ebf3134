package httpapi_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ifMatch names a revision.
func ifMatch(rev int) map[string]string {
	return map[string]string{"If-Match": strconv.Quote(strconv.Itoa(rev))}
}

func TestAnEveningFromTheFirstMemberToTheClosedSession(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	put := func(status int, path, body string, rev int) answer {
		t.Helper()
		return e.must(t, status, call{method: "PUT", path: path, body: body, header: ifMatch(rev)})
	}
	put(http.StatusOK, e.path("/roster"), `{"members":["`+e.members[2]+`","`+e.members[0]+`","`+e.members[1]+`"]}`, 1)
	attended := put(http.StatusOK, e.path("/attendance"), `{"members":[{"member_id":"`+e.members[0]+`","attendance":"present","modality":"video"},
		{"member_id":"`+e.members[1]+`","attendance":"late"},{"member_id":"`+e.members[2]+`","attendance":"excused"}],
		"therapists":[{"therapist_id":"`+e.co+`","present":false}]}`, 2)
	if tag := attended.header.Get("ETag"); tag != `"3"` {
		t.Errorf("ETag after two changes is %s", tag)
	}
	receipt := e.submit(t, e.alliance(e.members[0], "8"), e.cohesion(e.members[0], "6"))
	if receipt.header.Get("Location") != e.path("") || receipt.header.Get("ETag") != `"4"` {
		t.Errorf("receipt's headers: %v", receipt.header)
	}
	rating := textAt(t, receipt.object(t), "forms", 0, "ratings", 0, "rating_id")
	corrected := e.must(t, http.StatusOK, call{
		method: "POST", path: e.path("/ratings/" + rating + "/corrections"),
		body: `{"items":[{"item":1,"value":7}],"why":"typing_error"}`, header: ifMatch(1),
	})
	if corrected.header.Get("ETag") != `"2"` {
		t.Errorf("the corrected rating's version is %s", corrected.header.Get("ETag"))
	}
	closed := e.must(t, http.StatusOK, call{
		method: "POST", path: e.path("/close"), body: `{"actual":{"start":"2026-03-05T18:00:00Z","end":"2026-03-05T19:30:00Z"}}`, header: ifMatch(5),
	}).object(t)
	if closed["status"] != "closed" {
		t.Errorf("status %v", closed["status"])
	}
	e.submit(t, e.cohesion(e.members[1], "9")) // late paper is still accepted
	now := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t)
	pair := objectAt(t, now, "alliances", 0)
	want := []any{map[string]any{"score_id": "rating", "value": 7.0, "n_items": 1.0, "prorated": false, "reason": nil, "detail": nil, "key": map[string]any{"status": "verified", "by": nil, "at": nil}}}
	if diff := cmp.Diff(want, pair["scores"]); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	history := listAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("/history")}).object(t), "revisions")
	if len(history) != 7 {
		t.Errorf("%d revisions, want 7", len(history))
	}
	before := e.must(t, http.StatusOK, call{method: "GET", path: e.path("/history/4")}).object(t)
	if v := at(t, before, "alliances", 0, "items", 0, "value"); v != 8.0 {
		t.Errorf("revision 4 holds %v, want the 8 before the correction", v)
	}
	e.must(t, http.StatusNotFound, call{method: "GET", path: e.path("/history/99")})
}

func TestLevelsThatWereNotAskedForAreLeftOutAndNotEmpty(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	e.submit(t, e.alliance(e.members[0], "8"), e.cohesion(e.members[0], "6"))
	got := e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=alliance,bond")}).object(t)
	if diff := cmp.Diff([]any{"alliance", "bond"}, got["levels"]); diff != "" {
		t.Error(diff)
	}
	if len(listAt(t, got, "alliances")) != 1 || len(listAt(t, got, "bonds")) != 0 {
		t.Errorf("the levels asked for: %v, %v", got["alliances"], got["bonds"])
	}
	for _, left := range []string{"cohesion", "system", "outcomes", "member_group", "encounter"} {
		if _, there := got[left]; there {
			t.Errorf("%s was not asked for and is there", left)
		}
	}
}

func TestSpellsGroupsAndCancelledSessions(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	group := "/v1/groups/" + e.group
	joined := e.must(t, http.StatusOK, call{method: "GET", path: group})
	if joined.header.Get("ETag") != `"6"` {
		t.Fatalf("three members and two therapists make revision %s", joined.header.Get("ETag"))
	}
	stale := e.must(t, http.StatusPreconditionFailed, call{
		method: "POST", path: group + "/spells/1/end", body: `{"left":"2026-03-10","why":"completed"}`, header: ifMatch(5),
	})
	if p := stale.problem(t); p.Type != "urn:holon:problem:stale" {
		t.Errorf("%+v", p)
	}
	post := func(path, body string, rev int) {
		t.Helper()
		e.must(t, http.StatusOK, call{method: "POST", path: path, body: body, header: ifMatch(rev)})
	}
	post(e.path("/cancel"), `{"why":"holiday"}`, 1)
	for i := range 3 {
		post(group+"/spells/"+strconv.Itoa(i+1)+"/end", `{"left":"2026-03-10","why":"completed"}`, 6+i)
	}
	post(group+"/therapist-spells/1/end", `{"to":"2026-03-10","why":"group_ended"}`, 9)
	post(group+"/therapist-spells/2/end", `{"to":"2026-03-10","why":"group_ended"}`, 10)
	post(group+"/end", `{"ended_on":"2026-03-10"}`, 11)
	again := e.must(t, http.StatusNotFound, call{
		method: "POST", path: group + "/spells/77/end", body: `{"left":"2026-03-10","why":"completed"}`, header: ifMatch(12),
	})
	if p := again.problem(t); p.Rule != "no_such_spell" {
		t.Errorf("%+v", p)
	}
	list := listAt(t, e.must(t, http.StatusOK, call{method: "GET", path: group + "/sessions"}).object(t), "sessions")
	if len(list) != 1 || at(t, list, 0, "cancel_why") != "holiday" {
		t.Errorf("sessions: %v", list)
	}
}

func TestListsComeInPagesAndACursorBelongsToItsList(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for i := range 5 {
		c.made(t, "/v1/members", `{"code":"M`+strconv.Itoa(i)+`"}`)
		c.made(t, "/v1/therapists", `{"code":"T`+strconv.Itoa(i)+`"}`)
		c.made(t, "/v1/groups", `{"code":"F`+strconv.Itoa(i)+`","kind":"family","format":"open","starts_on":"2026-01-12"}`)
	}
	for list, path := range map[string]string{"members": "/v1/members?limit=2", "therapists": "/v1/therapists?limit=2", "groups": "/v1/groups?limit=2&kind=family"} {
		var codes []string
		next := ""
		for range 4 {
			got := c.must(t, http.StatusOK, call{method: "GET", path: path + next}).object(t)
			for _, x := range listAt(t, got, list) {
				codes = append(codes, textAt(t, x, "code")[1:])
			}
			cursor, more := got["next_cursor"].(string)
			if !more {
				break
			}
			next = "&cursor=" + cursor
		}
		if diff := cmp.Diff([]string{"0", "1", "2", "3", "4"}, codes); diff != "" {
			t.Errorf("%s in pages of two:\n%s", list, diff)
		}
	}
	cursor := textAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/members?limit=2"}).object(t), "next_cursor")
	for name, path := range map[string]string{
		"of another list": "/v1/therapists?cursor=" + cursor,
		"cut":             "/v1/members?cursor=" + cursor[:len(cursor)-1],
		"altered":         "/v1/members?cursor=" + swap(cursor),
		"invented":        "/v1/members?cursor=TTI",
		"of another kind": "/v1/groups?kind=couple&cursor=" + cursor,
	} {
		if p := c.must(t, http.StatusBadRequest, call{method: "GET", path: path}).problem(t); p.Rule != "bad_cursor" {
			t.Errorf("a cursor %s: %+v", name, p)
		}
	}
}

// swap changes one letter in the middle of a text.
func swap(s string) string {
	b := []byte(s)
	k := len(b) / 2
	b[k] = 'A' + (b[k]+1)%26
	return string(b)
}

func TestARepeatedRequestIsDoneOnceAndAnotherUnderItsKeyIsRefused(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	key := map[string]string{"Idempotency-Key": "evening-5"}
	for name, x := range map[string]struct{ path, body, other string }{
		"member":  {"/v1/members", `{"code":"ONCE"}`, `{"code":"TWICE"}`},
		"session": {"/v1/groups/" + e.group + "/sessions", `{"kind":"meeting","held_on":"2026-03-12"}`, `{"kind":"meeting","held_on":"2026-03-13"}`},
		"forms":   {e.path("/forms"), `{"forms":[` + e.alliance(e.members[0], "8") + `]}`, `{"forms":[` + e.alliance(e.members[0], "9") + `]}`},
		"report":  {"/v1/reports", `{"analysis":"group_level_table"}`, `{"analysis":"group_level_table","kinds":["group"]}`},
	} {
		first := e.must(t, http.StatusCreated, call{method: "POST", path: x.path, body: x.body, header: key})
		again := e.must(t, http.StatusCreated, call{method: "POST", path: x.path, body: x.body, header: key})
		if first.header.Get("Location") != again.header.Get("Location") {
			t.Errorf("%s: made twice, %s and %s", name, first.header.Get("Location"), again.header.Get("Location"))
		}
		if want := bytes.ReplaceAll(first.body, []byte(`"replayed":false`), []byte(`"replayed":true`)); !bytes.Equal(want, again.body) {
			t.Errorf("%s: answered %s, then %s", name, first.body, again.body)
		}
		if p := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: x.path, body: x.other, header: key}).problem(t); p.Rule != "key_reused" {
			t.Errorf("%s: another body under the key: %+v", name, p)
		}
	}
}

func TestPreconditions(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	for name, x := range map[string]struct {
		tag    string
		status int
		rule   string
	}{
		"missing":            {"", http.StatusPreconditionRequired, "if_match_missing"},
		"of an old revision": {`"9"`, http.StatusPreconditionFailed, "written_since"},
		"a word":             {`abc`, http.StatusBadRequest, "if_match_malformed"},
		"a word in quotes":   {`"abc"`, http.StatusBadRequest, "if_match_malformed"},
		"weak":               {`W/"1"`, http.StatusBadRequest, "if_match_malformed"},
		"any":                {`*`, http.StatusBadRequest, "if_match_malformed"},
		"without quotes":     {`1`, http.StatusBadRequest, "if_match_malformed"},
		"a list":             {`"1", "2"`, http.StatusBadRequest, "if_match_malformed"},
		"padded":             {`"01"`, http.StatusBadRequest, "if_match_malformed"},
		"zero":               {`"0"`, http.StatusBadRequest, "if_match_malformed"},
		"far too long":       {`"` + strings.Repeat("1", 60) + `"`, http.StatusBadRequest, "if_match_malformed"},
	} {
		for _, path := range []string{"/close", "/cancel"} {
			body := map[string]string{"/close": `{}`, "/cancel": `{"why":"holiday"}`}[path]
			got := e.must(t, x.status, call{method: "POST", path: e.path(path), body: body, header: map[string]string{"If-Match": x.tag}})
			if p := got.problem(t); p.Rule != x.rule {
				t.Errorf("%s: %+v", path, p)
			}
		}
		if t.Failed() {
			t.Fatalf("If-Match %s", name)
		}
	}
}

func TestEveryInstrumentCanBeReadWithItsStructure(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	list := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/instruments"}).object(t), "instruments")
	if len(list) < 12 {
		t.Errorf("only %d instruments", len(list))
	}
	for _, x := range list {
		outline := objectAt(t, x)
		got := c.must(t, http.StatusOK, call{method: "GET", path: "/v1/instruments/" + textAt(t, outline, "id") + "/versions/" + textAt(t, outline, "version")})
		full := got.object(t)
		if float64(len(listAt(t, full, "items"))) != outline["n_items"] || got.header.Get("ETag") != strconv.Quote(textAt(t, outline, "sha256")) {
			t.Errorf("%v: %d items, tag %s", outline, len(listAt(t, full, "items")), got.header.Get("ETag"))
		}
		for _, rule := range listAt(t, full, "scores") {
			if none := len(listAt(t, rule, "cutoffs")) == 0; none != (at(t, rule, "cutoffs_reason") != nil) {
				t.Errorf("%v: no cut-offs %v, reason %v", outline["id"], none, at(t, rule, "cutoffs_reason"))
			}
		}
		if outline["id"] == "phq-9" {
			item := objectAt(t, full, "items", 8)
			if item["risk"] == nil || item["max"] != 3.0 {
				t.Errorf("the ninth item of the PHQ-9: %v", item)
			}
		}
	}
}

func TestMembersAndTherapistsAreReadAsTheyWereEntered(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for path, body := range map[string]string{"/v1/members": `{"code":"M-014","birth_year":1987}`, "/v1/therapists": `{"code":"T-02"}`} {
		made := c.made(t, path, body)
		read := c.must(t, http.StatusOK, call{method: "GET", path: made.header.Get("Location")})
		if !bytes.Equal(made.body, read.body) || read.header.Get("ETag") != `"1"` {
			t.Errorf("entered as %s, read as %s", made.body, read.body)
		}
		if p := c.must(t, http.StatusConflict, call{method: "POST", path: path, body: body}).problem(t); p.Rule != "code_taken" {
			t.Errorf("the same code again: %+v", p)
		}
	}
	if year := at(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/members"}).object(t), "members", 0, "birth_year"); year != 1987.0 {
		t.Errorf("year of birth %v", year)
	}
}

func TestAMemberIsCorrectedAtTheRevisionThatWasRead(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	place := c.made(t, "/v1/members", `{"code":"M-014","birth_year":1987}`).header.Get("Location")
	c.made(t, "/v1/members", `{"code":"M-015"}`)
	post := func(status int, body string, rev int) answer {
		t.Helper()
		return c.must(t, status, call{method: "POST", path: place + "/corrections", body: body, header: ifMatch(rev)})
	}
	corrected := post(http.StatusOK, `{"code":"M-013","remove":["birth_year"],"why":"typing_error"}`, 1)
	if x := corrected.object(t); x["code"] != "M-013" || x["birth_year"] != nil || corrected.header.Get("ETag") != `"2"` {
		t.Errorf("%v", x)
	}
	post(http.StatusPreconditionFailed, `{"code":"M-012","why":"typing_error"}`, 1)
	if p := post(http.StatusConflict, `{"code":"M-015","why":"typing_error"}`, 2).problem(t); p.Rule != "code_taken" {
		t.Errorf("%+v", p)
	}
	if read := c.must(t, http.StatusOK, call{method: "GET", path: place}); !bytes.Equal(read.body, corrected.body) {
		t.Errorf("answered %s, read %s", corrected.body, read.body)
	}
}
