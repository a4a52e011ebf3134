package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
)

// slowTable is a table whose analysis takes long enough to be killed in.
func slowTable() object {
	var rows strings.Builder
	rows.WriteString("group,y\n")
	for g := range 200 {
		for m := range 20 {
			fmt.Fprintf(&rows, "g%d,%d\n", g, 1+(g*7+m*5+g*m*m)%7)
		}
	}
	return object{
		"analysis": "agreement", "table": rows.String(),
		"roles": object{"group": "group", "items": []string{"y"}}, "options": object{"draws": 1_000_000},
	}
}

// reportState is what the tests look at of a report that is not done.
type reportState struct {
	ID, State, Advice string
}

// running asks for a report that takes long and returns where it is.
func running(t *testing.T, c client, key string) string {
	t.Helper()
	a, err := c.ask(t.Context(), "POST", "/v1/reports", key, "", slowTable())
	if err != nil || a.status != http.StatusAccepted {
		t.Fatalf("%v, status %d: %.300s", err, a.status, a.body)
	}
	return "/v1/reports/" + a.id
}

// TestAReportWhoseProcessIsKilledIsInterrupted kills a process that computes,
// and one that is told to stop; the next shows both reports as interrupted,
// takes up neither, and answers the same question under a new key.
func TestAReportWhoseProcessIsKilledIsInterrupted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL on this system")
	}
	bin := build(t)
	dir := t.TempDir()
	p, c := launch(t, bin, dir, "")
	killed := running(t, c, "killed")
	if s := read[reportState](t, c.must(t, http.StatusAccepted, "GET", killed, "", nil)); s.State != "running" {
		t.Errorf("before: %+v", s)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // it was killed
	p, c = launch(t, bin, dir, c.token)
	stopped := running(t, c, "stopped")
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("a stop while a report was computed was not a clean one: %v", err)
	}
	p, c = launch(t, bin, dir, c.token)
	for name, place := range map[string]string{"killed": killed, "stopped": stopped} {
		for range 2 {
			s := read[reportState](t, c.must(t, http.StatusOK, "GET", place, "", nil))
			if s.State != "interrupted" || !strings.Contains(s.Advice, "Ask again") || "/v1/reports/"+s.ID != place {
				t.Errorf("%s: %+v", name, s)
			}
		}
		a, err := c.ask(t.Context(), "POST", "/v1/reports", name, "", slowTable())
		if err != nil || a.status != http.StatusOK || read[reportState](t, a).State != "interrupted" {
			t.Errorf("%s, asked again under its key: %v, status %d", name, err, a.status)
		}
	}
	again := running(t, c, "again")
	if s := read[reportState](t, c.must(t, http.StatusOK, "POST", again+"/cancel", "", nil)); s.State != "cancelled" {
		t.Errorf("cancelled: %+v", s)
	}
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the last stop was not a clean one: %v", err)
	}
	if code, out, errs := command(t, "doctor", "--data-dir", dir); code != exitDone {
		t.Errorf("doctor: code %d: %s%s", code, out, errs)
	}
}
