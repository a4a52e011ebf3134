package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

func TestInstrumentCommandsSayWhatIsScoredAndWhatIsRefused(t *testing.T) {
	t.Parallel()
	code, out, _ := command(t, "instruments", "list")
	lines := strings.Split(out, "\n")
	if code != exitDone || !strings.Contains(lines[0], "SCORED") || !strings.Contains(lines[0], "REFUSED") {
		t.Fatalf("%d:\n%s", code, out)
	}
	for id, want := range map[string]string{"wai-sr ": " 4 ", "wai-s ": "4 to attest", "gq-30 ": "without key"} {
		found := false
		for _, line := range lines {
			if strings.HasPrefix(line, id) {
				found = found || strings.Contains(line, want)
			}
		}
		if !found {
			t.Errorf("%s is not shown with %q", id, want)
		}
	}
	code, out, errs := command(t, "instruments", "show", "wai-s", "1")
	if code != exitDone || !strings.HasPrefix(out, "{") || !strings.Contains(errs, "Score bond is refused until your practice attests its key. From memory: ") {
		t.Errorf("%d %s", code, errs)
	}
	if _, _, errs = command(t, "instruments", "show", "gq-30", "1"); !strings.Contains(errs, "for want of a key") {
		t.Errorf("show of a form without keys says %q", errs)
	}
	if _, _, errs = command(t, "instruments", "show", "phq-9", "1"); errs != "" {
		t.Errorf("show of the PHQ-9 says %q", errs)
	}
}

func TestCheckReadsEveryKindOfFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("risks/gad.json", `{"schema":1,"instrument":"gad-7","version":"1","item":7,"at_least":3,"source":"our own rule"}`)
	write("cutoffs/srs.json", `{"schema":1,"instrument":"srs","version":"3.0","score":"total","population":"p","label":"l","value":36,"applies":"below","source":"s"}`)
	if code, out, errs := command(t, "instruments", "check", dir); code != exitDone || !strings.HasPrefix(out, "2 files are in order") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	write("risks/bad.json", `{"schema":1,"instrument":"gad-7","version":"1","item":8,"at_least":3,"source":"our own rule"}`)
	write("wordings/bad.json", `{"schema":1,"instrument":"srs","version":"3.0","language":"en","use":"screen","licence":{"holder":"h","reference":"r"},"items":[{"number":1,"wording":[{"rater":"member","text":"a","low":"b","high":"c"}]}]}`)
	code, _, errs := command(t, "instruments", "check", dir)
	if code != exitRefused || !strings.Contains(errs, "bad.json/item") || !strings.Contains(errs, "bad.json/use") || !strings.Contains(errs, "bad.json/items") {
		t.Errorf("%d %s", code, errs)
	}
}

// TestAnotherProcessesAttestationIsTakenUp: at a tick the store is read again.
func TestAnotherProcessesAttestationIsTakenUp(t *testing.T) {
	t.Parallel()
	engine, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: t.TempDir(), Collections: store.Collections()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	registry, err := instrument.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	here, there := newPractice(engine, registry, time.Now), newPractice(engine, registry, time.Now)
	ref := instrument.Ref{ID: "wai-s", Version: "1"}
	rq := practice.Request{Principal: access.Principal{ID: "operator", Role: access.RoleOperator}}
	if _, err := there.Attest(t.Context(), rq, ref, practice.AttestationInput{Scores: []string{"bond"}, Statement: instrument.StatementCompared}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan struct{})
	go func() {
		readInstruments(ctx, ticks, here, slog.New(slog.DiscardHandler))
		close(ended)
	}()
	ticks <- time.Time{}
	ticks <- time.Time{} // taken once the first is done with
	stop()
	<-ended
	if d, _ := here.Definition(ref); d.KeyOf("bond").Status != instrument.KeyAttested {
		t.Error("what another process attested is not known here")
	}
}
