package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormsThatBreakARule(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	e.must(t, http.StatusOK, call{
		method: "PUT", path: e.path("/attendance"), header: ifMatch(1),
		body: `{"members":[{"member_id":"` + e.members[2] + `","attendance":"no_show"}],"therapists":[{"therapist_id":"` + e.co + `","present":false}]}`,
	})
	m, form := e.members[0], func(id, rater, about, items string) string {
		return `{"instrument":{"id":"` + id + `","version":"1"},"rater":` + rater + `,` + about + `"occasion":"post","mode":"paper","items":` + items + `}`
	}
	member := `{"kind":"member","id":"` + m + `"}`
	one := `[{"item":1,"value":3}]`
	for name, x := range map[string]struct {
		form  string
		wants []string
	}{
		"a value out of range":      {e.alliance(m, "98765"), []string{"/forms/0/items/0/value out_of_range"}},
		"a value below":             {e.alliance(m, "-98765"), []string{"/forms/0/items/0/value out_of_range"}},
		"a value between steps":     {e.alliance(m, "7.598765"), []string{"/forms/0/items/0/value off_step"}},
		"an item that is not there": {form("holon-cohesion-1", member, "", `[{"item":2,"value":3}]`), []string{"/forms/0/items/0/item no_such_item"}},
		"an item twice":             {form("holon-cohesion-1", member, "", `[{"item":1,"value":3},{"item":1,"value":3}]`), []string{"/forms/0/items/1/item item_twice"}},
		"a value that was declined": {form("holon-cohesion-1", member, "", `[{"item":1,"value":3,"state":"declined"}]`), []string{"/forms/0/items/0/value value_without_answer"}},
		"an unknown state":          {form("holon-cohesion-1", member, "", `[{"item":1,"state":"`+rejected+`"}]`), []string{"/forms/0/items/0/state not_one_of"}},
		"no answers at all":         {form("holon-cohesion-1", member, "", `[]`), []string{"/forms/0/items empty_form"}},
		"an unknown version": {
			strings.Replace(e.alliance(m, "3"), `"version":"1"`, `"version":"98765"`, 1), []string{"/forms/0/instrument unknown_instrument_version"},
		},
		"a wrong level: system in a group": {form("holon-purpose-1", member, "", one), []string{"/forms/0/instrument system_is_of_families"}},
		"a wrong referent: cohesion of one member": {
			form("holon-cohesion-1", member, `"about":{"member_id":"`+e.members[1]+`"},`, one), []string{"/forms/0/about/member_id wrong_target"},
		},
		"a bond with oneself":     {form("holon-bond-1", member, `"about":{"member_id":"`+m+`"},`, one), []string{"/forms/0/about/member_id bond_with_oneself", "/forms/0/instrument bonds_switched_off"}},
		"an alliance with nobody": {form("holon-alliance-1", member, "", one), []string{"/forms/0/about/therapist_id target_missing"}},
		"an alliance with a stranger": {
			form("holon-alliance-1", member, `"about":{"therapist_id":"`+strings.ToLower(rejected)+`"},`, one), []string{"/forms/0/about/therapist_id therapist_not_in_session"},
		},
		"an absent rater":   {e.alliance(e.members[2], "3"), []string{"/forms/0/rater/id rater_absent"}},
		"an absent subject": {form("holon-alliance-1", member, `"about":{"therapist_id":"`+e.co+`"},`, one), []string{"/forms/0/about/therapist_id target_absent"}},
		"a rater who is not of the group": {
			strings.ReplaceAll(e.cohesion("X", "3"), `"X"`, `"`+strings.ToLower(rejected)+`"`), []string{"/forms/0/rater/id rater_not_on_roster"},
		},
		"a rater who may not": {
			form("phq-9", `{"kind":"therapist","id":"`+e.lead+`"}`, `"about":{"member_id":"`+m+`"},`, one), []string{"/forms/0/rater/kind rater_kind_not_allowed"},
		},
		"answered in the future": {
			strings.Replace(e.cohesion(m, "3"), `"mode":"device"`, `"mode":"paper","answered_on":"2198-07-05"`, 1), []string{"/forms/0/answered_on answered_in_the_future"},
		},
		"no occasion and no mode": {
			`{"instrument":{"id":"holon-cohesion-1","version":"1"},"rater":` + member + `,"items":` + one + `}`,
			[]string{"/forms/0/mode required", "/forms/0/occasion required"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"forms":[` + x.form + `]}`
			got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: e.path("/forms"), body: body})
			rules := got.problem(t).rules()
			slices.Sort(rules)
			if diff := cmp.Diff(x.wants, rules); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			unrepeated(t, e.clinic, got)
			if strings.Contains(string(got.body), strings.ToLower(rejected)) {
				t.Errorf("the identifier is repeated: %s", got.body)
			}
		})
	}
}

func TestABatchNamesAllItsFaultsAndStoresNothing(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	body := `{"forms":[` + strings.Join([]string{
		e.alliance(e.members[0], "8"), e.alliance(e.members[1], "11"), e.cohesion("nobody", "5"), e.cohesion(e.members[0], "6"),
	}, ",") + `]}`
	got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: e.path("/forms"), body: body})
	want := []string{"/forms/1/items/0/value out_of_range", "/forms/2/rater/id rater_not_on_roster"}
	if diff := cmp.Diff(want, got.problem(t).rules()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	now := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")})
	if now.header.Get("ETag") != `"1"` || len(listAt(t, now.object(t), "alliances")) != 0 {
		t.Errorf("something was stored: %s", now.body)
	}
}

func TestAnOccupiedPlaceIsAConflictAndACorrectionNeedsTheRatingsVersion(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	rating := textAt(t, e.submit(t, e.alliance(e.members[0], "8")).object(t), "forms", 0, "ratings", 0, "rating_id")
	if p := e.must(t, http.StatusConflict, call{method: "POST", path: e.path("/forms"), body: `{"forms":[` + e.alliance(e.members[0], "9") + `]}`}).problem(t); p.Rule != "slot_taken" {
		t.Errorf("%+v", p)
	}
	correct := func(status int, body string, header map[string]string) {
		t.Helper()
		e.must(t, status, call{method: "POST", path: e.path("/ratings/" + rating + "/corrections"), body: body, header: header})
	}
	good := `{"items":[{"item":1,"state":"declined"}],"why":"raters_own_request"}`
	correct(http.StatusPreconditionRequired, good, nil)
	correct(http.StatusPreconditionFailed, good, ifMatch(2)) // the session's revision, not the rating's
	correct(http.StatusUnprocessableEntity, `{"items":[{"item":1,"value":98765}],"why":"typing_error"}`, ifMatch(1))
	correct(http.StatusUnprocessableEntity, `{"why":"typing_error"}`, ifMatch(1))
	correct(http.StatusOK, good, ifMatch(1))
	correct(http.StatusPreconditionFailed, good, ifMatch(1))
	got := objectAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=alliance")}).object(t), "alliances", 0)
	if diff := cmp.Diff([]any{map[string]any{"item": 1.0, "value": nil, "state": "declined"}}, got["items"]); diff != "" {
		t.Error(diff)
	}
	if s := objectAt(t, got, "scores", 0); s["value"] != nil || s["reason"] != "none_answered" {
		t.Errorf("a score of nothing: %v", s)
	}
}

func TestTwelvePhonesAtOnce(t *testing.T) {
	t.Parallel()
	e := newClinic(t).evening(t, "PHONES", 12)
	var all sync.WaitGroup
	for i, m := range e.members {
		all.Go(func() {
			e.made(t, e.path("/forms"), `{"forms":[`+e.alliance(m, "8")+`,`+e.cohesion(m, string(rune('0'+i%10)))+`]}`)
		})
	}
	all.Wait()
	now := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")})
	got := now.object(t)
	if len(listAt(t, got, "alliances")) != 12 || len(listAt(t, got, "cohesion")) != 12 || now.header.Get("ETag") != `"13"` {
		t.Errorf("%d alliances, %d cohesion ratings, revision %s", len(listAt(t, got, "alliances")), len(listAt(t, got, "cohesion")), now.header.Get("ETag"))
	}
}

func TestSessionsThatBreakARule(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	sessions := "/v1/groups/" + e.group + "/sessions"
	for name, x := range map[string]struct {
		path, body string
		wants      []string
	}{
		"an individual session of nobody": {sessions, `{"kind":"individual","held_on":"2026-03-06"}`, []string{"/members who_was_seen"}},
		"an assessment without stage":     {sessions, `{"kind":"assessment","held_on":"2026-03-06"}`, []string{"/stage stage_of_assessment"}},
		"a meeting with an empty stage":   {sessions, `{"kind":"meeting","held_on":"2026-03-06","stage":""}`, []string{"/stage not_one_of"}},
		"no such day":                     {sessions, `{"kind":"meeting","held_on":"2026-02-30"}`, []string{"/held_on bad_date"}},
		"a stranger":                      {sessions, `{"kind":"individual","held_on":"2026-03-06","members":["zwergpinscher"]}`, []string{"/members/0 not_in_group"}},
		"a session that ends first": {
			sessions, `{"kind":"meeting","held_on":"2026-03-06","planned":{"start":"2026-03-06T19:00:00Z","end":"2026-03-06T18:00:00Z"}}`, []string{"/planned bad_span"},
		},
		"half a span": {sessions, `{"kind":"meeting","held_on":"2026-03-06","planned":{"start":"2026-03-06T19:00:00Z"}}`, []string{"/planned/end required"}},
		"a role of families": {
			"/v1/groups/" + e.group + "/spells", `{"member_id":"` + e.members[0] + `","role":"child","joined":"2026-03-06"}`, []string{"/role role_does_not_fit"},
		},
		"a closed family": {
			"/v1/groups", `{"code":"F1","kind":"family","format":"closed","starts_on":"2026-01-01"}`, []string{"/format family_is_open"},
		},
		"all at once": {
			"/v1/groups", `{"code":"` + rejected + `","kind":"` + rejected + `","format":"open","starts_on":""}`,
			[]string{"/kind not_one_of", "/starts_on required"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: x.path, body: x.body})
			rules := got.problem(t).rules()
			slices.Sort(rules)
			if diff := cmp.Diff(x.wants, rules); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			unrepeated(t, e.clinic, got)
		})
	}
	mark := `{"therapists":[{"therapist_id":"` + e.lead + `"}]}`
	if got := e.must(t, http.StatusUnprocessableEntity, call{method: "PUT", path: e.path("/attendance"), body: mark, header: ifMatch(1)}).problem(t).rules(); !slices.Equal(got, []string{"/therapists/0/present required"}) {
		t.Errorf("a therapist of whom nothing is said: %v", got)
	}
	if got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: e.path("/close"), body: `{}`, header: ifMatch(1)}).problem(t).rules(); !slices.Equal(got, []string{" attendance_missing"}) {
		t.Errorf("closing with three of unknown attendance: %v", got)
	}
}
