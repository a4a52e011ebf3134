package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"holon/internal/access"
	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
	"holon/internal/store/sqlitestore"
)

// hashes reads what backup, restore and move print of each collection.
func hashes(t *testing.T, printed string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+) +\d+ documents +\d+ bytes  ([0-9a-f]{64})$`).FindAllStringSubmatch(printed, -1) {
		out[m[1]] = m[2]
	}
	if len(out) == 0 {
		t.Fatalf("no hash in: %s", printed)
	}
	return out
}

// done runs a command that has to end with a code, and returns what it printed.
func done(t *testing.T, want int, args ...string) string {
	t.Helper()
	code, out, errs := command(t, args...)
	if code != want {
		t.Fatalf("%v: code %d, want %d: %s%s", args, code, want, out, errs)
	}
	return out
}

// practiceIn makes a practice through the service and leaves the service
// running.
func practiceIn(t *testing.T, dir string) (s *service, session string) {
	t.Helper()
	s = start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	group, therapist, members := s.group(t, "THU", 3)
	session = s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	for i, m := range members {
		s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+session+"/forms", "", object{"forms": []object{
			form("holon-cohesion-1", m, nil, 5+i), form("holon-alliance-1", m, object{"therapist_id": therapist}, 8-i),
		}})
	}
	return s, session
}

// The whole way of a practice: backed up beside its service, restored, moved to
// MongoDB and back, and served again.
func TestAPracticeIsBackedUpRestoredMovedToMongoDBAndBack(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	server.Path = "/" + mongotest.Database(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	s, session := practiceIn(t, at("first"))
	want := s.must(t, http.StatusOK, "GET", "/v1/sessions/"+session, "", nil).body

	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("key.txt"), []byte(identity.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	backup := done(t, exitDone, "backup", "--data-dir", at("first"), "--out", at("b.zip.age"), "--recipient", identity.Recipient().String())
	if code := s.stop(); code != exitDone {
		t.Fatalf("the service: code %d", code)
	}
	checked := done(t, exitDone, "restore", at("b.zip.age"), "--identity", at("key.txt"), "--verify-only")
	restored := done(t, exitDone, "restore", at("b.zip.age"), "--identity", at("key.txt"), "--verify", "--data-dir", at("second"))
	done(t, exitDone, "doctor", "--data-dir", at("second"))
	there := done(t, exitDone, "move", "--from", at("second"), "--to", server.String())
	done(t, exitDone, "doctor", "--mongodb-uri", server.String())
	back := done(t, exitDone, "move", "--from", server.String(), "--to", at("third"))
	for what, printed := range map[string]string{"verify": checked, "restore": restored, "move to MongoDB": there, "move back": back} {
		for name, hash := range hashes(t, backup) {
			if got := hashes(t, printed)[name]; got != hash && name != "audit" { // which grows with each
				t.Errorf("%s: the hash of %s is %s, was %s", what, name, got, hash)
			}
		}
	}
	if strings.Contains(there+back, server.Host) {
		t.Error("the connection string is printed")
	}
	done(t, exitDone, "doctor", "--data-dir", at("third"))

	again := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", at("third"))
	again.token = s.token
	if got := again.must(t, http.StatusOK, "GET", "/v1/sessions/"+session, "", nil).body; !bytes.Equal(got, want) {
		t.Errorf("the session reads %s, was %s", got, want)
	}
	if got := auditedIn(t, at("third")); !slices.Equal(got, []string{"move_data", "move_data", "restore_data"}) {
		t.Errorf("the audit names %v", got)
	}
}

// audited lists what the command line did, by the audit, sorted.
func audited(t *testing.T, e store.Engine) []string {
	t.Helper()
	var actions []string
	for x, err := range store.NewAudit(e).Newest(t.Context(), time.Time{}, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if x.Principal == "command-line" {
			actions = append(actions, string(x.Action))
		}
	}
	slices.Sort(actions)
	return actions
}

// auditedIn is audited of a directory.
func auditedIn(t *testing.T, dir string) []string {
	t.Helper()
	e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }() // it was only read
	return audited(t, e)
}

func TestABackupBesideARunningServiceIsInTheAuditOfItsNextStart(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	s, _ := practiceIn(t, dir)
	done(t, exitDone, "backup", "--data-dir", dir, "--out", filepath.Join(out, "a.zip"))
	done(t, exitNoStart, "backup", "--data-dir", dir, "--out", filepath.Join(out, "a.zip")) // is there: no second entry
	if got := auditedIn(t, dir); len(got) > 0 {
		t.Errorf("the audit names %v", got)
	}
	s.stop()
	log := filepath.Join(dir, backupLog)
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, append(text, `{"id": "e-cut off`...), 0o600); err != nil {
		t.Fatal(err)
	}
	done(t, exitDone, "backup", "--data-dir", dir, "--out", filepath.Join(out, "b.zip"))
	for range 2 {
		again := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
		again.token = s.token
		if got := auditedIn(t, dir); !slices.Equal(got, []string{"back_up_data", "back_up_data"}) {
			t.Errorf("the audit names %v", got)
		}
		if !strings.Contains(again.said.String(), "cannot be read") {
			t.Error("the line that was cut off is passed over in silence")
		}
		again.stop()
	}
}

func TestADatabaseIsBackedUpWithAnEntryInItsAudit(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	database := mongotest.Database(t)
	server.Path = "/" + database
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--mongodb-uri", server.String())
	s.group(t, "THU", 2)
	out := filepath.Join(t.TempDir(), "b.zip")
	printed := done(t, exitDone, "backup", "--mongodb-uri", server.String(), "--out", out)
	if !strings.Contains(printed, "from mongodb") || strings.Contains(printed, server.Host) {
		t.Errorf("printed: %s", printed)
	}
	if got := audited(t, mongotest.Reopen(t, database, store.Collections())); !slices.Equal(got, []string{"back_up_data"}) {
		t.Errorf("the audit names %v", got)
	}
	done(t, exitDone, "restore", out, "--verify", "--data-dir", t.TempDir())
}

func TestALayoutChangesAfterACopyOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	older := slices.DeleteFunc(store.Collections(), func(c store.Collection) bool { return c.Name == "unfinished" })
	e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: older})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.NewAudit(e).Append(t.Context(), entry()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	blocked := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := command(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir, "--backup-dir", blocked)
	if code != exitNoStart || !strings.Contains(errs, "Nothing was changed") {
		t.Fatalf("a backup that cannot be made: code %d: %s", code, errs)
	}
	done(t, exitNoStart, "doctor", "--data-dir", dir) // still the older layout
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	copies, err := filepath.Glob(filepath.Join(dir, "backups", "before-layout-*.db"))
	if err != nil || len(copies) != 1 || !strings.Contains(s.said.String(), copies[0]) {
		t.Errorf("copies %v, %v; said %s", copies, err, s.said)
	}
	if got := auditedIn(t, dir); !slices.Equal(got, []string{"back_up_data"}) {
		t.Errorf("the audit names %v", got)
	}
	s.stop()
	s = start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	if copies, _ = filepath.Glob(filepath.Join(dir, "backups", "*")); len(copies) != 1 {
		t.Errorf("the second start made another: %v", copies)
	}
	s.stop()
}

func TestADatabaseChangesAfterABackupOrWhenThereIsOne(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	database := mongotest.Database(t)
	server.Path = "/" + database
	bare := store.Collections()
	for i := range bare {
		if bare[i].Name == "sessions" {
			bare[i].Indexes = nil
		}
	}
	e := mongotest.Reopen(t, database, bare)
	if err := store.NewAudit(e).Append(t.Context(), entry()); err != nil {
		t.Fatal(err)
	}
	done(t, exitFindings, "doctor", "--mongodb-uri", server.String()) // indexes are missing, and not made
	code, _, errs := command(t, "serve", "--addr", "127.0.0.1:0", "--mongodb-uri", server.String())
	if code != exitNoStart || !strings.Contains(errs, "--backup-dir") {
		t.Fatalf("without a place for a backup: code %d: %s", code, errs)
	}
	backups := filepath.Join(t.TempDir(), "backups")
	withVariable := func(name string) string { return map[string]string{"HOLON_BACKUP_DIR": backups}[name] }
	s := startIn(t, withVariable, "serve", "--addr", "127.0.0.1:0", "--mongodb-uri", server.String())
	made, err := filepath.Glob(filepath.Join(backups, "*.zip"))
	if err != nil || len(made) != 1 || !strings.Contains(s.said.String(), made[0]) {
		t.Fatalf("made %v, %v; said %s", made, err, s.said)
	}
	if got := audited(t, e); !slices.Equal(got, []string{"back_up_data"}) {
		t.Errorf("the audit names %v", got)
	}
	s.stop()
	done(t, exitDone, "restore", made[0], "--verify-only")
	done(t, exitDone, "doctor", "--mongodb-uri", server.String())

	// The other way: the operator says that there is a backup.
	other := mongotest.Database(t)
	server.Path = "/" + other
	if err := store.NewAudit(mongotest.Reopen(t, other, bare)).Append(t.Context(), entry()); err != nil {
		t.Fatal(err)
	}
	s = startIn(t, func(name string) string { return map[string]string{"HOLON_NO_BACKUP": "1"}[name] }, "serve", "--addr", "127.0.0.1:0", "--mongodb-uri", server.String())
	if !strings.Contains(s.said.String(), "no backup was made") {
		t.Errorf("said %s", s.said)
	}
	s.stop()
}

func TestWhatCannotBeBackedUpRestoredOrMovedIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := practiceIn(t, filepath.Join(dir, "data"))
	backup := filepath.Join(dir, "b.zip")
	done(t, exitDone, "backup", "--data-dir", filepath.Join(dir, "data"), "--out", backup)
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing to back up":             {[]string{"backup", "--data-dir", filepath.Join(dir, "none")}, exitNoStart, "no Holon data"},
		"a place that is not there":      {[]string{"backup", "--data-dir", filepath.Join(dir, "data"), "--out", filepath.Join(dir, "none", "b.zip")}, exitNoStart, "written"},
		"a recipient that is none":       {[]string{"backup", "--data-dir", filepath.Join(dir, "data"), "--recipient", "secret"}, exitRefused, "age1"},
		"no backup":                      {[]string{"restore", filepath.Join(dir, "none"), "--verify-only"}, exitNoStart, "cannot be read"},
		"into a running service's data":  {[]string{"restore", backup, "--data-dir", filepath.Join(dir, "data")}, exitNoStart, "another holon process"},
		"both checks":                    {[]string{"restore", backup, "--verify", "--verify-only"}, exitRefused, "--verify-only"},
		"a move from a running service":  {[]string{"move", "--from", filepath.Join(dir, "data"), "--to", filepath.Join(dir, "other")}, exitNoStart, "another holon process"},
		"a move to itself":               {[]string{"move", "--from", filepath.Join(dir, "data"), "--to", filepath.Join(dir, "data") + "/."}, exitRefused, "where they are"},
		"a move from nowhere":            {[]string{"move", "--from", filepath.Join(dir, "none"), "--to", filepath.Join(dir, "other")}, exitNoStart, "no Holon data"},
		"a move to a database in a typo": {[]string{"move", "--from", filepath.Join(dir, "data"), "--to", "mongodb://u:secret@"}, exitNoStart, ""},
	} {
		code, _, errs := command(t, tc.args...)
		if code != tc.code || !strings.Contains(strings.ToLower(errs), strings.ToLower(tc.says)) || strings.Contains(errs, "secret") {
			t.Errorf("%s: code %d, want %d, saying %q: %s", name, code, tc.code, tc.says, errs)
		}
	}
	s.stop()
	done(t, exitNoStart, "restore", backup, "--data-dir", filepath.Join(dir, "data")) // over data
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("a directory was made that is not there")
	}
}

func TestAStoreThatIsNotFilledToTheEndIsNotServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections()})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.NewUnfinished(e).Begin(t.Context(), store.Copying{Kind: "restore", Digest: "d", At: entry().At}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"token"}, {"backup"}} {
		code, _, errs := command(t, append(args, "--data-dir", dir)...)
		if code != exitNoStart || !strings.Contains(errs, "interrupted") {
			t.Errorf("%v: code %d: %s", args, code, errs)
		}
	}
	if out := done(t, exitFindings, "doctor", "--data-dir", dir); !strings.Contains(out, "copy_unfinished") {
		t.Errorf("doctor: %s", out)
	}
}

func TestTheManifestHoldsNothingOfPersons(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := practiceIn(t, dir)
	s.stop()
	out := filepath.Join(t.TempDir(), "b.zip")
	printed := done(t, exitDone, "backup", "--data-dir", dir, "--out", out)
	log, err := os.ReadFile(filepath.Join(dir, backupLog))
	if err != nil {
		t.Fatal(err)
	}
	var line map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimSpace(log), &line); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{printed, string(log)} {
		if strings.Contains(text, "THU") {
			t.Errorf("a code of the practice is in: %s", text)
		}
	}
}

// entry is a line of the audit.
func entry() access.Entry {
	return access.Entry{
		ID: "e-1", At: time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC), Principal: "operator", Action: access.ReadAudit,
		Object: access.Object{Kind: access.KindAudit}, Outcome: access.Allowed,
	}
}

func TestTheDocsNameEverythingThatDoctorFinds(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(docs, "backup.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := []string{"document_damaged", "schema_newer", "member_missing", "therapist_missing"} // of errors; of either noun
	var files []string
	for _, pattern := range []string{"*.go", "sqlitestore/check.go", "mongostore/indexes.go"} {
		some, err := filepath.Glob(filepath.Join("../../internal/store", pattern))
		if err != nil || len(some) == 0 {
			t.Fatalf("%s: %v, %v", pattern, some, err)
		}
		files = append(files, some...)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:report\(|Rule: )"([a-z_]+)"`).FindAllSubmatch(text, -1) {
			rules = append(rules, string(m[1]))
		}
	}
	if len(rules) < 15 {
		t.Fatalf("only %v were found in the code", rules)
	}
	for _, rule := range rules {
		if !bytes.Contains(page, []byte("`"+rule+"`")) {
			t.Errorf("docs/backup.md does not name %s", rule)
		}
	}
}
