package httpapi_test

import (
	"net/http"
	"slices"
	"testing"
)

func TestTheRecordOfASpellIsMendedAndAPastOneEntered(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	group := "/v1/groups/" + e.group
	fix := func(status int, path, body string, rev int) answer {
		t.Helper()
		return e.must(t, status, call{method: "POST", path: group + path, body: body, header: ifMatch(rev)})
	}
	got := fix(http.StatusOK, "/spells/1/corrections", `{"joined":"2026-01-19","why":"typing_error"}`, 6)
	if spell := objectAt(t, got.object(t), "spells", 0); spell["joined"] != "2026-01-19" || got.header.Get("ETag") != `"7"` {
		t.Errorf("%v, ETag %s", spell, got.header.Get("ETag"))
	}
	fix(http.StatusOK, "/therapist-spells/2/end", `{"to":"2026-03-02","why":"leave"}`, 7)
	got = fix(http.StatusOK, "/therapist-spells/2/corrections", `{"from":"2026-02-01","running":true,"role":"substitute","why":"learned_later"}`, 8)
	if spell := objectAt(t, got.object(t), "therapist_spells", 1); spell["to"] != nil || spell["why"] != nil || spell["role"] != "substitute" {
		t.Errorf("%v", spell)
	}
	fix(http.StatusPreconditionFailed, "/spells/1/corrections", `{"joined":"2026-01-19","why":"typing_error"}`, 6)
	e.must(t, http.StatusPreconditionRequired, call{method: "POST", path: group + "/spells/1/corrections", body: `{"joined":"2026-01-19","why":"typing_error"}`})
	e.must(t, http.StatusPreconditionRequired, call{method: "POST", path: group + "/therapist-spells/1/corrections", body: `{"role":"co","why":"other"}`})
	for body, want := range map[string]string{
		`{"why":"typing_error"}`:                                                " nothing_to_correct",
		`{"why":"` + rejected + `"}`:                                            "/why not_one_of",
		`{"left":"2026-02-30","left_why":"other","why":"other"}`:                "/left bad_date",
		`{"running":true,"left":"2026-02-20","left_why":"other","why":"other"}`: "/left ended_and_running",
	} {
		if rules := fix(http.StatusUnprocessableEntity, "/spells/1/corrections", body, 9).problem(t).rules(); !slices.Equal(rules, []string{want}) {
			t.Errorf("%s: %v", body, rules)
		}
	}
	past := e.made(t, group+"/spells", `{"member_id":"`+e.members[0]+`","role":"member","joined":"2026-01-12","left":"2026-01-14","left_why":"paused"}`).object(t)
	if spell := objectAt(t, past, "group", "spells", 3); spell["left"] != "2026-01-14" || spell["left_why"] != "paused" || past["number"] != 4.0 {
		t.Errorf("%v", past)
	}
	past = e.made(t, group+"/therapist-spells", `{"therapist_id":"`+e.co+`","role":"co","from":"2026-01-12","to":"2026-01-12","to_why":"other"}`).object(t)
	if past["number"] != 3.0 {
		t.Errorf("%v", past)
	}
	for path, bodies := range map[string]map[string]string{
		"/spells": {
			`{"member_id":"` + e.members[0] + `","role":"member","joined":"2026-01-12","left":"2026-01-14"}`: "/left_why required",
			`{"member_id":"` + e.members[0] + `","role":"member","joined":"2026-01-12","left_why":"paused"}`: "/left required",
		},
		"/therapist-spells": {
			`{"therapist_id":"` + e.co + `","role":"co","from":"2026-01-12","to":"2026-01-12"}`: "/to_why required",
			`{"therapist_id":"` + e.co + `","role":"co","from":"2026-01-12","to_why":"other"}`:  "/to required",
		},
	} {
		for body, want := range bodies {
			got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: group + path, body: body})
			if rules := got.problem(t).rules(); !slices.Equal(rules, []string{want}) {
				t.Errorf("%s: %v", body, rules)
			}
		}
	}
}
