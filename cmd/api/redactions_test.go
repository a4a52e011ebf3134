package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holon/internal/redaction"
)

// filesWith lists the files of a directory that hold one of the texts.
func filesWith(t *testing.T, dir string, what ...[]byte) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range what {
			if bytes.Contains(content, b) {
				found = append(found, e.Name()+" holds "+string(b))
			}
		}
	}
	return found
}

// TestARedactionOutlivesTheRestoreOfAnOlderBackup is the drill of
// docs/redaction.md: a copy from before a redaction is put in the data's place,
// doctor says what is missing, and the journal is replayed.
func TestARedactionOutlivesTheRestoreOfAnOlderBackup(t *testing.T) {
	t.Parallel()
	dir, backup := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "backup")
	serve := []string{"serve", "--addr", "127.0.0.1:0", "--data-dir", dir}
	s := start(t, serve...)
	group, _, _ := s.group(t, "THU", 2)
	member := s.must(t, http.StatusCreated, "POST", "/v1/members", "", object{"code": "CODE-OF-ANNA", "birth_year": 1937}).id
	s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/spells", "", object{"member_id": member, "role": "member", "joined": "2026-01-12"})
	held := s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	total := object{
		"instrument": object{"id": "phq-9", "version": "1"}, "rater": object{"kind": "member", "id": member},
		"occasion": "pre", "mode": "paper", "answered_on": "1998-07-06", "reported_total": 13.0625,
	}
	s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+held+"/forms", "", object{"forms": []object{total}})
	s.stop()
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "before.zip")
	done(t, exitDone, "backup", "--data-dir", dir, "--out", file)
	secret := [][]byte{[]byte("CODE-OF-ANNA"), []byte("1998-07-06"), binary.LittleEndian.AppendUint64(nil, math.Float64bits(13.0625))}
	if found := filesWith(t, dir, secret...); len(found) != 3 {
		t.Fatalf("before: %v", found)
	}

	again := start(t, serve...)
	again.token = s.token
	asked := again.must(t, http.StatusCreated, "POST", "/v1/members/"+member+"/redactions", "", object{"by": "member", "on": "2026-02-02", "reference": "DSR-7"})
	decided := read[object](t, again.must(t, http.StatusOK, "POST", "/v1/redactions/"+asked.id+"/decision", `"1"`, object{"verdict": "redact"}))
	if decided["state"] != "done" {
		t.Fatalf("%v", decided)
	}
	if found := filesWith(t, dir, secret...); found != nil {
		t.Errorf("while the service runs: %v", found)
	}
	code, listed, errs := command(t, "redactions", "list", "--data-dir", dir)
	if code != exitDone || !strings.Contains(listed, asked.id+"  done       "+member+"  2026-02-02  redact") {
		t.Errorf("listed with code %d: %s%s", code, listed, errs)
	}
	exported := filepath.Join(t.TempDir(), "journal.jsonl")
	if code, _, errs := command(t, "redactions", "export", "--data-dir", dir, "--out", exported); code != exitDone {
		t.Errorf("exported with code %d: %s", code, errs)
	}
	again.stop()
	for _, log := range []string{s.said.String(), again.said.String()} {
		for _, b := range secret {
			if strings.Contains(log, string(b)) {
				t.Errorf("the log holds %q", b)
			}
		}
	}
	kept, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(exported); err != nil || !bytes.Equal(text, kept) {
		t.Errorf("exported %s, kept %s, %v", text, kept, err)
	}

	restore := filepath.Join(backup, journalName)
	if err := os.WriteFile(restore, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if found := filesWith(t, backup, secret...); len(found) != 3 {
		t.Fatalf("restored: %v", found)
	}
	code, out, errs := command(t, "doctor", "--data-dir", backup)
	if code != exitFindings || !strings.Contains(out, "redaction_not_replayed") {
		t.Errorf("doctor ends with %d: %s%s", code, out, errs)
	}
	forgetful := filepath.Join(t.TempDir(), "forgetful")
	if err := os.CopyFS(forgetful, os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", forgetful).stop() // without the step of the drill
	if found := filesWith(t, forgetful, secret...); found != nil {
		t.Errorf("served without a replay: %v", found)
	}
	if code, out, errs := command(t, "doctor", "--data-dir", forgetful); code != exitDone {
		t.Errorf("doctor ends with %d: %s%s", code, out, errs)
	}
	for _, want := range []string{"Carried out now: 1", "before: 1;"} {
		code, out, errs = command(t, "redactions", "replay", "--from", restore, "--data-dir", backup)
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("replayed with %d: %s%s", code, out, errs)
		}
		if found := filesWith(t, backup, secret...); found != nil {
			t.Errorf("replayed: %v", found)
		}
	}
	if code, out, errs := command(t, "doctor", "--data-dir", backup); code != exitDone {
		t.Errorf("doctor ends with %d: %s%s", code, out, errs)
	}

	// A restore that is given the journal does both at once.
	third := filepath.Join(t.TempDir(), "third")
	if out := done(t, exitDone, "restore", file, "--verify", "--data-dir", third, "--redactions", exported); !strings.Contains(out, "Carried out now: 1") {
		t.Errorf("restored: %s", out)
	}
	if found := filesWith(t, third, secret...); found != nil {
		t.Errorf("restored with the journal: %v", found)
	}
	done(t, exitDone, "doctor", "--data-dir", third)
}

func TestAJournalCutByACrashIsGoneOnWith(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, journalName)
	j := &fileJournal{dir: dir}
	for _, e := range journalEntries() {
		if err := j.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole[:len(whole)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range journalEntries() {
		if err := j.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, whole) {
		t.Errorf("%s, %v; want %s", now, err, whole)
	}
	if err := os.WriteFile(file, []byte("no entry\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(t.Context(), journalEntries()[0]); err == nil {
		t.Error("a broken journal was written to")
	}
}

// journalEntries are two decisions.
func journalEntries() []redaction.Entry {
	first := redaction.Entry{
		Decision: "rd-1", Member: "m-1", By: redaction.ByMember, On: "2026-02-02", Reference: "DSR-7", Verdict: redaction.Redact,
		DecidedBy: "operator", DecidedAt: time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC),
	}
	second := first
	second.Decision, second.Verdict, second.Basis = "rd-2", redaction.RedactPartly, redaction.LegalRetention
	return []redaction.Entry{first, second}
}

func TestAnExportThatFailsLeavesTheLastJournal(t *testing.T) {
	t.Parallel()
	last := filepath.Join(t.TempDir(), "journal.jsonl")
	if err := os.WriteFile(last, []byte("of last week\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := command(t, "redactions", "export", "--data-dir", filepath.Join(t.TempDir(), "nowhere"), "--out", last); code == exitDone {
		t.Error("data that are not there were exported")
	}
	if text, err := os.ReadFile(last); err != nil || string(text) != "of last week\n" {
		t.Errorf("the last journal is %q now, %v", text, err)
	}
}
