package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

func TestALostTokenIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	first := s.token
	code, out, errs := command(t, "token", "--data-dir", dir)
	if code != exitNoStart || out != "" || !strings.Contains(errs, "stop it") {
		t.Fatalf("beside a running service: code %d: %s%s", code, out, errs)
	}
	s.stop()

	code, out, errs = command(t, "token", "--data-dir", dir)
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	lines := strings.Fields(out)
	token := lines[len(lines)-1]
	if !access.LooksLikeToken(token) || token == first || strings.Contains(errs, token) {
		t.Fatalf("no new token, or not only on standard output: %s%s", out, errs)
	}
	accountInAudit(t, dir, out)

	again := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	for name, c := range map[string]struct {
		token string
		want  int
	}{
		"the new token": {token, http.StatusOK}, "the first token": {first, http.StatusOK}, "no token": {token + "x", http.StatusUnauthorized},
	} {
		again.token = c.token
		a, err := again.ask(t.Context(), "GET", "/v1/groups", "", "", nil)
		if err != nil || a.status != c.want {
			t.Errorf("%s: status %d, %v", name, a.status, err)
		}
	}
}

// accountInAudit reads that the command left a trace of the account it named.
func accountInAudit(t *testing.T, dir, out string) {
	t.Helper()
	engine, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }() // it was only read
	for e, err := range store.NewAudit(engine).Newest(t.Context(), time.Time{}, "", 1) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Action != access.CreateAccount || e.Principal != "command-line" || e.Object.ID == "" || !strings.Contains(out, e.Object.ID) {
			t.Errorf("the newest entry is %+v, printed was %s", e, out)
		}
		return
	}
	t.Error("the audit is empty")
}

// TestATokenOfATherapistIsBoundToThem makes an account that is a therapist's own,
// and none for somebody whom nobody knows.
func TestATokenOfATherapistIsBoundToThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	made, err := s.ask(t.Context(), "POST", "/v1/therapists", "", "", map[string]string{"code": "TL"})
	if err != nil || made.status != http.StatusCreated {
		t.Fatalf("status %d, %v", made.status, err)
	}
	var therapist struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(made.body, &therapist); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if code, out, errs := command(t, "token", "--data-dir", dir, "--therapist", "t-nobody"); code == exitDone || out != "" {
		t.Errorf("for nobody: code %d: %s%s", code, out, errs)
	}
	code, out, errs := command(t, "token", "--data-dir", dir, "--therapist", therapist.ID)
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	lines := strings.Fields(out)
	engine, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }() // it was only read
	a, err := store.NewAccounts(engine).ByTokenHash(t.Context(), access.HashToken(lines[len(lines)-1]))
	if err != nil || string(a.Principal().Therapist) != therapist.ID || !strings.HasPrefix(a.ID, "therapist-") {
		t.Errorf("account %+v, %v", a, err)
	}
}

func TestATokenIsOnlyMadeInDataThatExist(t *testing.T) {
	t.Parallel()
	mistyped := filepath.Join(t.TempDir(), "mistyped")
	if code, _, errs := command(t, "token", "--data-dir", mistyped); code != exitNoStart || !strings.Contains(errs, "no Holon data") {
		t.Errorf("code %d: %s", code, errs)
	}
	if found, err := filepath.Glob(mistyped + "*"); err != nil || len(found) > 0 {
		t.Errorf("the directory was made: %v %v", found, err)
	}

	unused := t.TempDir()
	engine, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: unused, Collections: store.Collections()})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := command(t, "token", "--data-dir", unused); code != exitNoStart || out != "" || !strings.Contains(errs, "first start") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
}
