package httpapi_test

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// formOf is the identifier of a batch's form.
func formOf(t *testing.T, receipt answer, i int) string {
	t.Helper()
	return textAt(t, receipt.object(t), "forms", i, "form_id")
}

// keyed adds an Idempotency-Key to headers.
func keyed(header map[string]string, key string) map[string]string {
	out := maps.Clone(header)
	out["Idempotency-Key"] = key
	return out
}

func TestAFormEnteredInTheWrongSessionIsMovedAndBothPlacesSaySo(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	receipt := e.submit(t, e.alliance(e.members[0], "8"), e.cohesion(e.members[0], "6"))
	form := formOf(t, receipt, 0)
	other := e.made(t, "/v1/groups/"+e.group+"/sessions", `{"kind":"meeting","held_on":"2026-03-04"}`).id(t)
	move := call{
		method: "POST", path: e.path("/forms/" + form + "/move"),
		body: `{"to":{"session_id":"` + other + `"},"why":"wrong_session"}`, header: keyed(ifMatch(1), "move-1"),
	}
	first := e.must(t, http.StatusOK, move)
	if again := e.must(t, http.StatusOK, move); !bytes.Equal(first.body, again.body) || first.header.Get("ETag") != `"1"` {
		t.Errorf("answered %s, then %s", first.body, again.body)
	}
	move.header = ifMatch(1) // without the key it is the same move still
	if again := e.must(t, http.StatusOK, move); !bytes.Equal(first.body, again.body) {
		t.Errorf("answered %s, then %s", first.body, again.body)
	}
	moved := textAt(t, first.object(t), "to", "form_id")
	old := objectAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t), "alliances", 0)
	now := objectAt(t, e.must(t, http.StatusOK, call{method: "GET", path: "/v1/sessions/" + other}).object(t), "alliances", 0)
	if diff := cmp.Diff(map[string]any{"session_id": other, "form_id": moved}, at(t, old, "void", "moved_to")); diff != "" {
		t.Error(diff)
	}
	if at(t, old, "void", "why") != "moved" || len(listAt(t, old, "scores")) != 0 || at(t, old, "items", 0, "value") != 8.0 {
		t.Errorf("what stays behind: %v", old)
	}
	if at(t, now, "moved_from", "form_id") != form || at(t, now, "moved_from", "version") != 1.0 || now["void"] != nil || at(t, now, "scores", 0, "value") != 8.0 {
		t.Errorf("at the new place: %v", now)
	}
	if diff := cmp.Diff(old["entered"], now["entered"]); diff != "" {
		t.Errorf("how it came in (-before +now):\n%s", diff)
	}
	e.submit(t, e.alliance(e.members[0], "5")) // the place is free
}

func TestAMoveNamesEveryFaultOfTheNewPlace(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	form := formOf(t, e.submit(t, e.alliance(e.members[0], "8")), 0)
	path := e.path("/forms/" + form + "/move")
	for name, x := range map[string]struct {
		body   string
		rev    int
		status int
		want   []string
	}{
		"nobody known":       {`{"to":{"rater":{"kind":"member","id":"m-none"},"about":{"therapist_id":"t-none"}},"why":"wrong_rater"}`, 1, 422, []string{"/to/rater/id rater_not_on_roster", "/to/about/therapist_id therapist_not_in_session"}},
		"no session known":   {`{"to":{"session_id":"s-none"},"why":"wrong_session"}`, 1, 422, []string{"/to/session_id unknown_session"}},
		"where it is":        {`{"to":{"occasion":"post"},"why":"wrong_occasion"}`, 1, 422, []string{"/to nothing_to_move"}},
		"nothing said":       {`{"to":{},"why":"other"}`, 1, 422, []string{"/to required"}},
		"an unknown reason":  {`{"to":{"occasion":"pre"},"why":"whim"}`, 1, 422, []string{"/why not_one_of"}},
		"an unknown key":     {`{"to":{"occasion":"pre","level":"bond"},"why":"other"}`, 1, 422, []string{"/to/level unknown_key"}},
		"an old version":     {`{"to":{"occasion":"pre"},"why":"wrong_occasion"}`, 9, 412, nil},
		"without a version":  {`{"to":{"occasion":"pre"},"why":"wrong_occasion"}`, 0, 428, nil},
		"by another's place": {`{"to":{"rater":{"kind":"member","id":"` + e.members[1] + `"}},"why":"wrong_rater"}`, 1, 409, []string{"/to slot_taken"}},
	} {
		if name == "by another's place" {
			e.submit(t, e.alliance(e.members[1], "5"))
		}
		header := map[string]string{}
		if x.rev > 0 {
			header = ifMatch(x.rev)
		}
		got := e.must(t, x.status, call{method: "POST", path: path, body: x.body, header: header}).problem(t)
		var faults []string
		for _, f := range got.Errors {
			faults = append(faults, f.Pointer+" "+f.Rule)
		}
		if x.want != nil && !cmp.Equal(x.want, faults) {
			t.Errorf("%s: %v, want %v", name, faults, x.want)
		}
	}
	if p := e.must(t, http.StatusNotFound, call{method: "POST", path: e.path("/forms/f-none/move"), body: `{"to":{"occasion":"pre"},"why":"other"}`, header: ifMatch(1)}).problem(t); p.Rule != "no_such_form" {
		t.Errorf("%+v", p)
	}
}

func TestAFormIsVoidedRestoredAndItsRatingsHistoryRead(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	receipt := e.submit(t, e.alliance(e.members[0], "8"))
	form := formOf(t, receipt, 0)
	rating := textAt(t, receipt.object(t), "forms", 0, "ratings", 0, "rating_id")
	post := func(status int, rest, body string, version int) answer {
		t.Helper()
		return e.must(t, status, call{method: "POST", path: e.path(rest), body: body, header: ifMatch(version)})
	}
	post(200, "/ratings/"+rating+"/corrections", `{"items":[{"item":1,"state":"declined"}],"mode":"paper","answered_on":"2026-03-04","why":"misread_paper"}`, 1)
	post(200, "/ratings/"+rating+"/corrections", `{"remove":["answered_on"],"why":"other"}`, 2)
	if tag := post(200, "/forms/"+form+"/void", `{"why":"entered_twice"}`, 3).header.Get("ETag"); tag != `"4"` {
		t.Errorf("the void form's version is %s", tag)
	}
	if p := post(409, "/forms/"+form+"/void", `{"why":"entered_twice"}`, 4).problem(t); p.Rule != "form_void" {
		t.Errorf("%+v", p)
	}
	if p := post(409, "/ratings/"+rating+"/corrections", `{"items":[{"item":1,"value":7}],"why":"other"}`, 4).problem(t); p.Rule != "form_void" {
		t.Errorf("%+v", p)
	}
	post(422, "/forms/"+form+"/void", `{"why":"moved"}`, 4)
	if tag := post(200, "/forms/"+form+"/restore", `{"why":"voided_by_mistake"}`, 4).header.Get("ETag"); tag != `"5"` {
		t.Errorf("the restored form's version is %s", tag)
	}
	post(412, "/forms/"+form+"/restore", `{"why":"voided_by_mistake"}`, 4)

	got := e.must(t, http.StatusOK, call{method: "GET", path: e.path("/ratings/" + rating + "/history")}).object(t)
	if got["level"] != "alliance" || got["rating_id"] != rating {
		t.Errorf("%v", got)
	}
	type line struct {
		Version float64
		Why     any
		Changed []any
		Items   []any
	}
	var lines []line
	for _, x := range listAt(t, got, "versions") {
		v := objectAt(t, x)
		lines = append(lines, line{numberAt(t, v, "version"), at(t, v, "change", "why"), listAt(t, v, "changed"), listAt(t, v, "changed_items")})
	}
	want := []line{
		{5, "form_restored:voided_by_mistake", []any{"void"}, []any{}},
		{4, "form_voided:entered_twice", []any{"void"}, []any{}},
		{3, "corrected:other", []any{"answered_on"}, []any{}},
		{2, "corrected:misread_paper", []any{"items", "mode", "answered_on"}, []any{1.0}},
		{1, "forms_submitted", []any{}, []any{}},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p := e.must(t, http.StatusNotFound, call{method: "GET", path: e.path("/ratings/f-none.alliance/history")}).problem(t); p.Rule != "no_such_rating" {
		t.Errorf("%+v", p)
	}
}

func TestAReportNamesTheVersionOfItsDataAndACorrectionChangesIt(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	receipt := e.submit(t, e.cohesion(e.members[0], "6"), e.cohesion(e.members[1], "4"))
	rating := textAt(t, receipt.object(t), "forms", 0, "ratings", 0, "rating_id")
	for name, body := range map[string]string{
		"group_level":       `{"analysis":"group_level",` + cohesionOf + `}`,
		"agreement":         `{"analysis":"agreement",` + cohesionOf + `}`,
		"levels":            `{"analysis":"levels",` + cohesionOf + `,"against":` + allianceOf[len(`"measure":`):] + `}`,
		"level_reliability": `{"analysis":"level_reliability",` + cohesionOf + `}`,
		"level_table":       `{"analysis":"level_table"}`,
		"rater_reliability": `{"analysis":"rater_reliability",` + cohesionOf + `}`,
	} {
		ask := func() map[string]any {
			t.Helper()
			return objectAt(t, e.made(t, "/v1/reports", body).object(t), "input")
		}
		first := ask()
		if v, ok := first["data_version"].(string); !ok || len(v) != 64 || first["documents"] != 2.0 || first["latest_change"] == nil {
			t.Fatalf("%s: %v", name, first)
		}
		if again := ask(); !cmp.Equal(first, again) {
			t.Errorf("%s: the same data: %v, then %v", name, first, again)
		}
		version := int(numberAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t), "cohesion", 0, "version"))
		e.must(t, http.StatusOK, call{
			method: "POST", path: e.path("/ratings/" + rating + "/corrections"), header: ifMatch(version),
			body: `{"items":[{"item":1,"value":` + strconv.Itoa(4+version%2) + `}],"why":"typing_error"}`,
		})
		if now := ask(); now["data_version"] == first["data_version"] || now["latest_change"] == first["latest_change"] || now["documents"] != 2.0 {
			t.Errorf("%s: corrected: %v, then %v", name, first, now)
		}
	}
	sent := `{"analysis":"group_level","table":"g,m,y\na,1,2\na,2,3\nb,3,5\nb,4,6\n","roles":{"group":"g","member":"m","outcome":"y"}}`
	input := objectAt(t, e.made(t, "/v1/reports", sent).object(t), "input")
	if input["data_version"] != nil || input["latest_change"] != nil || input["documents"] != nil || input["sha256"] == nil {
		t.Errorf("of a table: %v", input)
	}
}
