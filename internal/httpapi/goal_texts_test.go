package httpapi_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// wanted is the evening with a goal of the first member's own and a shared one.
func wanted(t *testing.T) (e *evening, own, shared string) {
	t.Helper()
	e = newEvening(t)
	goals := "/v1/groups/" + e.group + "/goals"
	own = textAt(t, e.made(t, goals, `{"code":"G-1","owner":"`+e.members[0]+`","from":"2026-03-05"}`).object(t), "goal_id")
	shared = textAt(t, e.made(t, goals, `{"code":"G-2","from":"2026-03-05","contains":["`+own+`"]}`).object(t), "goal_id")
	return e, own, shared
}

func TestAGoalsWordsAreGivenReadAndReplaced(t *testing.T) {
	t.Parallel()
	e, own, shared := wanted(t)
	place := "/v1/groups/" + e.group + "/goals/" + own + "/text"
	if p := e.must(t, http.StatusNotFound, call{method: "GET", path: place}).problem(t); p.Rule != "no_goal_text" {
		t.Errorf("%+v", p)
	}
	first := call{method: "PUT", path: place, body: `{"text":" to sleep <at> night "}`, header: map[string]string{"Idempotency-Key": "words-1"}}
	given := e.must(t, http.StatusOK, first)
	if again := e.must(t, http.StatusOK, first); !bytes.Equal(again.body, given.body) || given.header.Get("ETag") != `"1"` {
		t.Errorf("answered %s, then %s", given.body, again.body)
	}
	got := given.object(t)
	if textAt(t, got, "text") != "to sleep <at> night" || textAt(t, got, "author", "id") != e.members[0] || textAt(t, got, "visible_to") != "author_and_therapists" || textAt(t, got, "why") != "first" {
		t.Errorf("%s", given.body)
	}
	change := call{method: "PUT", path: place, body: `{"text":"to sleep","visible_to":"group","why":"reworded"}`}
	e.must(t, http.StatusPreconditionRequired, change)
	change.header = ifMatch(2)
	e.must(t, http.StatusPreconditionFailed, change)
	change.header = ifMatch(1)
	e.must(t, http.StatusOK, change)
	read := e.must(t, http.StatusOK, call{method: "GET", path: place})
	if now := read.object(t); textAt(t, now, "text") != "to sleep" || textAt(t, now, "visible_to") != "group" || read.header.Get("ETag") != `"2"` || read.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", read.header, read.body)
	}
	ofShared := "/v1/groups/" + e.group + "/goals/" + shared + "/text"
	e.must(t, http.StatusOK, call{method: "PUT", path: ofShared, body: `{"text":"to talk","author":{"kind":"therapist","id":"` + e.lead + `"}}`})
	for name, c := range map[string]struct{ path, body, want string }{
		"nothing":      {ofShared, `{"text":"","author":{"kind":"member","id":"` + e.members[0] + `"},"why":"author"}`, "/text required"},
		"two lines":    {place, `{"text":"SECRET\nSECRET","why":"reworded"}`, "/text control_character"},
		"long":         {place, `{"text":"` + strings.Repeat("SECRET", 90) + `","why":"reworded"}`, "/text too_long"},
		"of nobody":    {ofShared, `{"text":"SECRET","why":"reworded"}`, "/author required"},
		"no reason":    {place, `{"text":"SECRET"}`, "/why unknown_reason"},
		"an observer":  {ofShared, `{"text":"SECRET","author":{"kind":"observer","id":"o-1"},"why":"author"}`, "/author/kind not_one_of"},
		"to everybody": {place, `{"text":"SECRET","visible_to":"everybody","why":"reworded"}`, "/visible_to not_one_of"},
	} {
		number := 2
		if c.path == ofShared {
			number = 1
		}
		got := e.must(t, http.StatusUnprocessableEntity, call{method: "PUT", path: c.path, body: c.body, header: ifMatch(number)})
		p := got.problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Pointer+" "+p.Errors[0].Rule != c.want {
			t.Errorf("%s: %+v, want %s", name, p.Errors, c.want)
		}
		if strings.Contains(string(got.body), "SECRET") {
			t.Errorf("%s: the problem repeats the words: %s", name, got.body)
		}
	}
}

// TestAGoalsWordsStandNowhereElse reads everything that the service answers, asks
// for every analysis that goes without a measure, and looks through the logs.
func TestAGoalsWordsStandNowhereElse(t *testing.T) {
	t.Parallel()
	e, own, shared := wanted(t)
	const secret = "MY-VERY-OWN-WORDS"
	text := func(goal string) string { return "/v1/groups/" + e.group + "/goals/" + goal + "/text" }
	e.must(t, http.StatusOK, call{method: "PUT", path: text(own), body: `{"text":"` + secret + `","visible_to":"group"}`, header: map[string]string{"Idempotency-Key": "words-1"}})
	e.must(t, http.StatusOK, call{method: "PUT", path: text(shared), body: `{"text":"` + secret + `","author":{"kind":"therapist","id":"` + e.lead + `"}}`})
	e.must(t, http.StatusUnprocessableEntity, call{method: "PUT", path: text(own), body: `{"text":"` + secret + `"}`, header: ifMatch(1)})
	e.must(t, http.StatusPreconditionFailed, call{method: "PUT", path: text(own), body: `{"text":"` + secret + `","why":"reworded"}`, header: ifMatch(7)})
	e.must(t, http.StatusBadRequest, call{method: "PUT", path: text(own), body: `{"text":"` + secret + `",}`})
	e.made(t, e.path("/goal-ratings"), `{"ratings":[{"rater":{"kind":"member","id":"`+e.members[0]+`"},"goal_id":"`+own+`","value":4,"mode":"device"}]}`)
	var report string
	for _, analysis := range []string{"goals", "level_table", "group_level_table", "slipping", "alarms"} {
		got := e.must(t, http.StatusCreated, call{method: "POST", path: "/v1/reports", body: `{"analysis":"` + analysis + `"}`})
		report = got.header.Get("Location")
		if bytes.Contains(got.body, []byte(secret)) {
			t.Errorf("%s has the words", analysis)
		}
	}
	if !bytes.Contains(e.must(t, http.StatusOK, call{method: "GET", path: text(own)}).body, []byte(secret)) {
		t.Fatal("the words are not where they belong")
	}
	known := strings.NewReplacer("{group_id}", e.group, "{member_id}", e.members[0], "{therapist_id}", e.lead, "{session_id}", e.session, "{goal_id}", own,
		"{report_id}", report[strings.LastIndex(report, "/")+1:], "{number}", "1", "{rev}", "1")
	read := 0
	for template, item := range readContract().Paths.Map() {
		if item.Get == nil || strings.HasSuffix(template, "/text") {
			continue
		}
		got := e.do(t, call{method: "GET", path: somewhere.Replace(known.Replace(template)), raw: true})
		if got.status == http.StatusOK {
			read++
		}
		if bytes.Contains(got.body, []byte(secret)) {
			t.Errorf("GET %s has the words", template)
		}
	}
	if read < 15 {
		t.Errorf("only %d addresses answered", read)
	}
	if strings.Contains(e.log.String(), secret) {
		t.Error("the log has the words")
	}
}

// TestATherapistsOwnAccountReadsTheWordsOfOwnGroupsAlone.
func TestATherapistsOwnAccountReadsTheWordsOfOwnGroupsAlone(t *testing.T) {
	t.Parallel()
	e, own, _ := wanted(t)
	place := "/v1/groups/" + e.group + "/goals/" + own + "/text"
	e.must(t, http.StatusOK, call{method: "PUT", path: place, body: `{"text":"to sleep"}`})
	stranger := e.made(t, "/v1/therapists", `{"code":"T-X"}`).id(t)
	e.own(t, e.lead).must(t, http.StatusOK, call{method: "GET", path: place})
	of := e.own(t, stranger)
	of.must(t, http.StatusForbidden, call{method: "GET", path: place})
	of.must(t, http.StatusForbidden, call{method: "PUT", path: place, body: `{"text":"x","why":"reworded"}`, header: ifMatch(1)})
}
