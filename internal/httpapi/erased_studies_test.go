package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAfterAnErasureEverythingLeavesWhenManyDiffer erases one of those behind a release. The
// numbers of everybody else, held against it, would tell what was erased: they leave when
// the groups have met once more.
func TestAfterAnErasureEverythingLeavesWhenManyDiffer(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	first := r.snapshot(t)
	made := r.must(t, http.StatusCreated, r.release(first, "everything", "aggregate", r.token)).id(t)
	erased := r.evenings[0].members[0]
	r.must(t, http.StatusOK, call{method: "POST", path: r.evenings[0].asked(t, erased) + "/decision", body: `{"verdict":"redact"}`, header: ifMatch(1)})

	for rule, ask := range map[string]call{
		"release_withdrawn": {method: "GET", path: r.path("/releases/" + made + "/records")},
		"snapshot_ended":    r.release(first, "everything", "aggregate", r.token),
	} {
		p := r.must(t, http.StatusConflict, ask).problem(t)
		if p.Rule != rule || !strings.Contains(p.Detail, "once at least as many people as the threshold differ") {
			t.Errorf("%s: %+v", rule, p)
		}
	}
	if p := r.must(t, http.StatusConflict, r.release(r.snapshot(t), "everything", "aggregate", r.token)).problem(t); p.Rule != "differs_by_few" {
		t.Errorf("numbers of everybody but the one who was erased: %+v", p)
	}

	for g, e := range r.evenings {
		e.session = r.made(t, "/v1/groups/"+e.group+"/sessions", `{"kind":"meeting","held_on":"2026-03-05"}`).id(t)
		members := e.members
		if g == 0 {
			members = members[1:]
		}
		e.met(t, g, members)
	}
	r.must(t, http.StatusCreated, r.release(r.snapshot(t), "everything", "aggregate", r.token))
}
