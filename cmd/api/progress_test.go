package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// interrupter is standard error in front of somebody who presses Ctrl-C when a
// text appears there.
type interrupter struct {
	bytes.Buffer

	at     string
	cancel context.CancelFunc
}

// Write takes a text and looks at it.
func (x *interrupter) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(x.at)) {
		x.cancel()
	}
	return x.Buffer.Write(p)
}

func TestCtrlCStopsAnAnalysisWhichHasThenWrittenNothing(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "report.json")
	for name, args := range map[string][]string{
		"standard output": {"analyze", filepath.Join(references, "icc-unbalanced-14-groups.json"), "--progress"},
		"a file":          {"analyze", filepath.Join(references, "icc-unbalanced-14-groups.json"), "--progress", "--out", out},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		errs := &interrupter{at: "reading", cancel: cancel}
		var stdout bytes.Buffer
		code := run(ctx, args, nothing, strings.NewReader(""), &stdout, errs)
		cancel()
		if code != exitStopped || stdout.Len() != 0 || !strings.HasSuffix(errs.String(), "holon: stopped before the end.\n") {
			t.Errorf("%s: code %d, %d bytes written: %s", name, code, stdout.Len(), errs)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("there is a report")
	}
}

func TestProgressIsToldWhereSomebodyReadsIt(t *testing.T) {
	t.Parallel()
	plan := filepath.Join(references, "icc-unbalanced-14-groups.json")
	_, quietly, errs := command(t, "analyze", plan)
	if strings.Contains(errs, "reading") {
		t.Errorf("told though nobody asked and this is no terminal: %s", errs)
	}
	_, loudly, errs := command(t, "analyze", plan, "--progress")
	if !strings.HasPrefix(errs, "  reading\n") || strings.Contains(errs, "\r") {
		t.Errorf("asked for: %s", errs)
	}
	if quietly != loudly {
		t.Error("the reports differ")
	}
}

func TestProgressWritesALineForEveryTenthAndOneLineOnATerminal(t *testing.T) {
	t.Parallel()
	tell := func(x *progressWriter) string {
		var out bytes.Buffer
		x.w = &out
		x.tell("reading", 0, 0)
		for i := range 100 {
			x.tell("bootstrap", i+1, 100)
		}
		x.end()
		return out.String()
	}
	if got := tell(&progressWriter{}); strings.Count(got, "\n") != 12 || !strings.HasSuffix(got, "  bootstrap: 100 of 100\n") {
		t.Errorf("elsewhere: %s", got)
	}
	at := time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)
	clock := func() time.Time { at = at.Add(20 * time.Millisecond); return at }
	got := tell(&progressWriter{terminal: true, clock: clock})
	if n := strings.Count(got, "\r"); n < 20 || n > 25 || strings.Contains(got, "\n") || !strings.HasSuffix(got, "100 of 100\r\x1b[K") {
		t.Errorf("on a terminal, %d times: %q", n, got)
	}
}
