package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"holon/cmd/api/internal/demo"
	"holon/internal/instrument"
)

// One practice is filled for all of this by the program as people run it: filling
// and the table are what takes time. Its fill is cut off and finished; the table
// must be that of one filled at once, which is what the golden file holds.
func TestDemo(t *testing.T) { //nolint:tparallel // one process at a time may write to the directory
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	cutOff(t, dir)
	bin := build(t)
	table, errs, err := ran(t, bin, "demo", "--no-serve", "--demo-dir", dir)
	if err != nil || !strings.Contains(errs, "half filled; going on") || !strings.Contains(errs, "642 of 642 sessions") {
		t.Fatalf("%v: %s", err, errs)
	}
	golden(t, "demo.golden", table)
	for line := range strings.Lines(table) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "%") {
			t.Errorf("a number is parted from its percent sign: %s", line)
		}
	}

	t.Run("the doctor finds nothing", func(t *testing.T) {
		code, out, errs := command(t, "doctor", "--data-dir", dir)
		if code != exitDone || !strings.Contains(out, "Nothing found.") {
			t.Errorf("code %d: %s%s", code, out, errs)
		}
	})
	t.Run("a question is answered though nobody was ever let in", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "question.json")
		if err := os.WriteFile(file, []byte(`{"analysis": "family_alliance"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := command(t, "analyze", "recorded", file, "--data-dir", dir)
		if code != exitDone || !strings.Contains(out, `"analysis":"family_alliance"`) {
			t.Errorf("code %d: %.200s%s", code, out, errs)
		}
	})
	t.Run("a second start fills nothing, prints the same bytes, leaves a configured MongoDB alone and serves", func(t *testing.T) {
		p, s, said := launched(t, bin, "mongodb://127.0.0.1:1/never", "demo", "--demo-dir", dir, "--addr", "127.0.0.1:0")
		t.Cleanup(func() {
			_ = p.Process.Kill() // nothing is written any more
			_ = p.Wait()
		})
		if log := said.String(); !strings.HasPrefix(s.printed, table) || strings.Contains(log, "sessions") || !strings.Contains(log, "leaves that database alone") || strings.Contains(log, "never") {
			t.Errorf("%s\n%s", log, s.printed)
		}
		type page struct {
			Groups []struct{ ID, Code string }
		}
		homes := read[page](t, s.must(t, http.StatusOK, "GET", "/v1/groups?kind=family", "", nil))
		if len(homes.Groups) != 30 || homes.Groups[0].Code != "F01" {
			t.Errorf("%d families", len(homes.Groups))
		}
	})
}

// cutOff fills the beginning of a practice and dies in the middle of it.
func cutOff(t *testing.T, dir string) {
	t.Helper()
	registry, err := instrument.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{ctx: t.Context(), stderr: &bytes.Buffer{}}
	engine, err := openDirectory(p, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	clock := &demo.Clock{}
	cut := func() (cut bool) {
		defer func() { cut = recover() != nil }()
		_ = demo.Fill(t.Context(), newPractice(engine, registry, clock.Now), clock, registry, func(int, int) { panic("cut") })
		return false
	}()
	if !cut {
		t.Fatal("the fill was not cut off")
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheDemonstrationIsNeverMixedWithOtherData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	s.group(t, "REAL", 2)
	if code := s.stop(); code != exitDone {
		t.Fatal(code)
	}
	code, out, errs := command(t, "demo", "--no-serve", "--demo-dir", dir)
	if code != exitNoStart || out != "" || !strings.Contains(errs, "not the demonstration's") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
}

func TestREADMEShowsTheTableThatIsPrinted(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile("testdata/demo.golden")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "would not have been enough:\n\n```\n")
	excerpt, _, found := strings.Cut(rest, "```")
	if n := strings.Count(excerpt, "\n"); !found || n < 5 {
		t.Fatalf("README shows %d lines of the table", n)
	}
	for line := range strings.Lines(excerpt) {
		if !strings.Contains(string(printed), line) {
			t.Errorf("the demonstration does not print: %s", line)
		}
	}
}

// TestThePageOfRupturesSaysWhatTheDemonstrationFinds, of the planted ones and of
// the others.
func TestThePageOfRupturesSaysWhatTheDemonstrationFinds(t *testing.T) {
	t.Parallel()
	printed, err := os.ReadFile("testdata/demo.golden")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/ruptures.md")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`planted in (\d+) members .*?: (\d+) were found.*?(\d+) further falls .*?about (\d+) in as many`)
	found := told.FindAllStringSubmatch(strings.Join(strings.Fields(string(printed)), " "), -1)
	if len(found) != 2 {
		t.Fatalf("the demonstration tells of %d kinds of group", len(found))
	}
	a, b := found[0], found[1]
	want := a[2] + " of " + a[1] + " in the therapy groups and " + b[2] + " of " + b[1] + " in the families, beside " + a[3] + " and " + b[3] +
		" falls where nothing was planted (chance gives about " + a[4] + " and " + b[4]
	if !strings.Contains(string(page), want) {
		t.Errorf("the page does not say: %s", want)
	}
}
