package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/importing"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
	"holon/internal/store/sqlitestore"
)

// startedOnce makes data in a directory as the first start of a service does.
func startedOnce(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir).stop()
	return dir
}

// examples is where the files stand that the page about importing shows.
func examples(name string) string { return filepath.Join("..", "..", "docs", "examples", name) }

func TestImportTakesFilesIn(t *testing.T) {
	t.Parallel()
	dir := startedOnce(t)
	report := filepath.Join(t.TempDir(), "report.json")
	for _, x := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"long", examples("import-long.csv")}, exitRefused, "unknown_group"},
		{[]string{"roster", examples("import-roster.csv"), "--dry-run"}, exitDone, "Would be stored: 2 groups, 5 members, 2 therapists, 5 spells"},
		{[]string{"roster", examples("import-roster.csv")}, exitDone, "Stored: 2 groups, 5 members"},
		{[]string{"long", examples("import-long.csv"), "--report", report}, exitDone, "8 forms, 1 of them a total without answers"},
		{[]string{"long", examples("import-long.csv")}, exitDone, "There already, with the same content: 3 sessions, 8 forms."},
		{[]string{"redcap", examples("import-redcap.csv"), "--mapping", examples("import-redcap.json")}, exitDone, "not taken in: comments"},
		{[]string{"long", examples("import-roster.csv")}, exitRefused, "column_missing"},
		{[]string{"long", filepath.Join(dir, "nowhere.csv")}, exitRefused, ""},
		{[]string{"redcap", examples("import-redcap.csv")}, exitUsage, ""},
	} {
		code, out, errs := command(t, append(append([]string{"import"}, x.args...), "--data-dir", dir)...)
		if code != x.code || !strings.Contains(out, x.says) {
			t.Errorf("%v: code %d: %s%s", x.args, code, out, errs)
		}
		if code == exitRefused && strings.Contains(out+errs, "A-17") {
			t.Errorf("%v: a value of the file is printed: %s%s", x.args, out, errs)
		}
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r importing.Report
	if err := json.Unmarshal(text, &r); err != nil || r.New.Forms != 8 || r.State != importing.Stored {
		t.Errorf("%v: %s", err, text)
	}
	if code, out, errs := command(t, "doctor", "--data-dir", dir); code != exitDone {
		t.Errorf("doctor: code %d: %s%s", code, out, errs)
	}
}

// manyForms writes a roster and a long table of some hundred sessions.
func manyForms(t *testing.T) (roster, long string) {
	t.Helper()
	var people, answers strings.Builder
	people.WriteString("what,group,member,kind,format,starts_on,from\n")
	answers.WriteString("group,session_number,held_on,rater_kind,rater,instrument,version,occasion,item,value\n")
	for g := range 10 {
		fmt.Fprintf(&people, "group,G%d,,group,open,2026-01-01,\n", g)
		for m := range 6 {
			fmt.Fprintf(&people, "member,,G%d-%d,,,,\nspell,G%d,G%d-%d,,,,2026-01-01\n", g, m, g, g, m)
		}
		for s := range 30 {
			for m := range 6 {
				day := time.Date(2026, 1, 5+7*s, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				fmt.Fprintf(&answers, "G%d,%d,%s,member,G%d-%d,holon-cohesion-1,1,pre,1,%d\n", g, s+1, day, g, m, (g+s+m)%11)
			}
		}
	}
	dir := t.TempDir()
	roster, long = filepath.Join(dir, "roster.csv"), filepath.Join(dir, "long.csv")
	for name, text := range map[string]string{roster: people.String(), long: answers.String()} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return roster, long
}

// TestAnImportThatIsKilledIsFinishedByTheSameCommand kills imports half-way,
// again and again, and compares the result with that of an import that nobody
// disturbed.
func TestAnImportThatIsKilledIsFinishedByTheSameCommand(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL on this system")
	}
	bin := build(t)
	roster, long := manyForms(t)
	whole, cut := startedOnce(t), startedOnce(t)
	for _, dir := range []string{whole, cut} {
		if code, out, errs := command(t, "import", "roster", roster, "--data-dir", dir); code != exitDone {
			t.Fatalf("code %d: %s%s", code, out, errs)
		}
	}
	if code, out, errs := command(t, "import", "long", long, "--data-dir", whole); code != exitDone {
		t.Fatalf("code %d: %s%s", code, out, errs)
	}
	for range 4 {
		killWhileStoring(t, bin, long, cut)
		if code, out, _ := command(t, "doctor", "--data-dir", cut); code != exitFindings || !strings.Contains(out, "import_unfinished") {
			t.Errorf("doctor after a kill: code %d: %s", code, out)
		}
	}
	code, out, errs := command(t, "import", "long", long, "--data-dir", cut)
	if code != exitDone || !strings.Contains(out, "There already, with the same content: ") {
		t.Errorf("the last: code %d: %s%s", code, out, errs)
	}
	if code, out, errs := command(t, "doctor", "--data-dir", cut); code != exitDone {
		t.Errorf("doctor: code %d: %s%s", code, out, errs)
	}
	want, got := imported(t, whole), imported(t, cut)
	if len(want) != 300 {
		t.Errorf("%d sessions", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("killed and finished, the result is another one: %s", diff)
	}
}

// killWhileStoring runs an import and kills it once it has stored some more.
func killWhileStoring(t *testing.T, bin, file, dir string) {
	t.Helper()
	p := exec.CommandContext(t.Context(), bin, "import", "long", file, "--data-dir", dir, "--progress")
	p.Env = append(os.Environ(), "HOLON_MONGODB_URI=")
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	stored := 0
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if strings.Contains(lines.Text(), "storing sessions") {
			if stored++; stored == 2 {
				break
			}
		}
	}
	if stored < 2 {
		t.Error("the import ended before it was killed")
	}
	_ = p.Process.Kill() // it may have ended
	_ = p.Wait()         // it was killed
}

// imported reads every session of a store without the times of entry, which are
// all that the import's beginning gives, and of the writes.
func imported(t *testing.T, dir string) (list []*session.Session) {
	t.Helper()
	engine, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }() // it was only read
	began := map[time.Time]bool{}
	for x, err := range store.NewImports(engine).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		began[x.StartedAt] = true
	}
	for g, err := range store.NewGroups(engine).List(t.Context(), nil, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		for s, err := range store.NewSessions(engine).OfGroup(t.Context(), g.ID, 0, 0, nil) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range s.All {
				if !began[r.Entered.At] {
					t.Errorf("session %s: a form was entered at %s, when no import began", s.ID, r.Entered.At)
				}
				r.Entered.At = time.Time{}
			}
			s.Change.At = time.Time{}
			list = append(list, s)
		}
	}
	return list
}

func TestImportIntoMongoDB(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	server.Path = "/" + mongotest.Database(t)
	getenv := func(name string) string {
		if name == "HOLON_MONGODB_URI" {
			return server.String()
		}
		return ""
	}
	startIn(t, getenv, "serve", "--addr", "127.0.0.1:0").stop()
	for _, x := range []struct {
		args []string
		says string
	}{
		{[]string{"import", "roster", examples("import-roster.csv")}, "Stored: 2 groups"},
		{[]string{"import", "long", examples("import-long.csv")}, "Stored: 3 sessions"},
		{[]string{"import", "long", examples("import-long.csv")}, "Stored: nothing"},
		{[]string{"doctor"}, "Nothing found"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), x.args, getenv, strings.NewReader(""), &out, &errs); code != exitDone || !strings.Contains(out.String(), x.says) {
			t.Errorf("%v: code %d: %s%s", x.args, code, out.String(), errs.String())
		}
	}
}
