package httpapi_test

import (
	"net/http"
	"testing"
)

// TestARuptureIsEnteredOverTheInterface with its steps, shown with the session, and
// refused at every place that is wrong.
func TestARuptureIsEnteredOverTheInterface(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	body := func(kind, steps string) string {
		return `{"therapist_id":"` + e.lead + `","member_id":"` + e.members[0] + `","kind":"` + kind + `"` + steps + `}`
	}
	put := func(want int, body string) answer {
		t.Helper()
		rev := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).header.Get("ETag")
		return e.must(t, want, call{method: "PUT", path: e.path("/ruptures"), body: body, header: map[string]string{"If-Match": rev}, raw: want != http.StatusOK})
	}
	got := put(http.StatusOK, body("withdrawal", `,"steps":[{"kind":"invited_thoughts_and_feelings","session":1},{"kind":"changed_task_or_goal","session":2}]`)).object(t)
	if r := at(t, got, "ruptures", 0, "steps", 1, "session"); r != 2.0 {
		t.Errorf("the second step is in session %v", r)
	}
	s := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t)
	if kind := at(t, s, "ruptures", 0, "kind"); kind != "withdrawal" {
		t.Errorf("the session shows %v", kind)
	}
	put(http.StatusUnprocessableEntity, body("anger", ""))
	put(http.StatusUnprocessableEntity, body("withdrawal", `,"steps":[{"kind":"hoped","session":1}]`))
	put(http.StatusUnprocessableEntity, body("none", `,"steps":[{"kind":"returned_to_the_task","session":1}]`))
	e.must(t, http.StatusPreconditionRequired, call{method: "PUT", path: e.path("/ruptures"), body: body("none", ""), raw: true})
	if left := listAt(t, put(http.StatusOK, body("none", "")).object(t), "ruptures"); len(left) != 0 {
		t.Errorf("taken back: %v", left)
	}
	if s := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t); s["ruptures"] != nil {
		t.Errorf("the session shows %v", s["ruptures"])
	}
}
