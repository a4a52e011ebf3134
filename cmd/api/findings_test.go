package main

import (
	"net/http"
	"strings"
	"testing"

	"holon/internal/finding"
	"holon/internal/store"
)

// TestALostFindingIsFoundByDoctorAndRaisedAnew loses a finding as no fault of
// the service could: behind its back.
func TestALostFindingIsFoundByDoctorAndRaisedAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	group, _, members := s.group(t, "RISK", 1)
	held := s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+held+"/forms", "", object{"forms": []object{{
		"instrument": object{"id": "phq-9", "version": "1"}, "rater": object{"kind": "member", "id": members[0]}, "occasion": "pre", "mode": "paper",
		"items": []object{{"item": 9, "value": 1}},
	}}})
	s.stop()
	lose(t, dir)

	code, out, errs := command(t, "doctor", "--data-dir", dir)
	if code != exitFindings || !strings.Contains(out, "finding_missing") || !strings.Contains(out, held) {
		t.Errorf("doctor: code %d: %s%s", code, out, errs)
	}
	for _, want := range []string{"1 sessions looked through: 1 findings raised, 0 withdrawn.", "1 sessions looked through: 0 findings raised, 0 withdrawn."} {
		code, out, errs = command(t, "findings", "recompute", "--data-dir", dir)
		if code != exitDone || !strings.HasPrefix(out, want+"\n") || !strings.Contains(out, "last four weeks: 0 findings changed.") {
			t.Errorf("code %d: %s%s", code, out, errs)
		}
	}
	if code, out, errs = command(t, "doctor", "--data-dir", dir); code != exitDone {
		t.Errorf("doctor afterwards: code %d: %s%s", code, out, errs)
	}
}

// lose removes the only finding.
func lose(t *testing.T, dir string) {
	t.Helper()
	p := &program{ctx: t.Context()}
	engine, err := openDirectory(p, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }() // it is opened again
	lost := 0
	for f, err := range store.NewFindings(engine).List(t.Context(), finding.Filter{}, nil, 0) {
		if err != nil {
			t.Fatal(err)
		}
		lost++
		if err := engine.Delete(t.Context(), store.Collection{Name: "findings"}, string(f.ID), f.Rev); err != nil {
			t.Fatal(err)
		}
	}
	if lost != 1 {
		t.Fatalf("%d findings", lost)
	}
}
