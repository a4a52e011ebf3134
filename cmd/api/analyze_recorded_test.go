package main

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAQuestionAboutRecordedSessionsIsAnsweredWithoutTheService enters two
// evenings through the service, stops it, and asks who is better.
func TestAQuestionAboutRecordedSessionsIsAnsweredWithoutTheService(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", data)
	group, _, members := s.group(t, "THU", 2)
	for evening, answer := range []float64{2, 1} {
		day := []string{"2026-01-12", "2026-01-19"}[evening]
		session := s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": day}).id
		var items []object
		for n := range 7 {
			items = append(items, object{"item": n + 1, "value": answer})
		}
		s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+session+"/forms", "", object{"forms": []object{{
			"instrument": object{"id": "gad-7", "version": "1"}, "rater": object{"kind": "member", "id": members[0]},
			"occasion": "post", "mode": "paper", "items": items,
		}}})
	}
	s.stop()
	ask := func(want int, question string) (string, string) {
		t.Helper()
		file := filepath.Join(dir, "question.json")
		if err := os.WriteFile(file, []byte(question), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := command(t, "analyze", "recorded", file, "--data-dir", data)
		if code != want {
			t.Fatalf("code %d: %s%s", code, out, errs)
		}
		return out, errs
	}
	measure := `"measure":{"instrument":{"id":"gad-7","version":"1"},"score":"total","rater":"member"}`
	body, said := ask(exitDone, `{"analysis":"outcome_change",`+measure+`,"baseline":"first"}`)
	var report any
	if err := json.Unmarshal([]byte(body), &report); err != nil {
		t.Fatal(err)
	}
	found := map[string]any{}
	for _, m := range members {
		at := "members[member=" + m + "]."
		class, _ := lookup(report, at+"class")
		reason, _ := lookup(report, at+"reason")
		found[m] = cmp.Or(class, reason)
	}
	if len(found) != 2 || found[members[0]] != "improved" || found[members[1]] != "no_value" {
		t.Errorf("members %v in %s", found, body)
	}
	if !strings.Contains(strings.Join(strings.Fields(said), " "), "Of 2 members 1 improved since the beginning, 0 did not change beyond error, 0 deteriorated; of 1 it cannot be told.") {
		t.Error(said)
	}
	if _, said = ask(exitRefused, `{"analysis":"outcome_change",`+measure+`,"reliability":0.9,"draws":5}`); !strings.Contains(said, "/draws") {
		t.Error(said)
	}
	if _, said = ask(exitRefused, `{"analysis":"outcome_change",`+measure+`,"reliability":0.9}`); !strings.Contains(said, "/reliability") {
		t.Error(said)
	}
}
