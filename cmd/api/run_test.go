package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHelpOfEveryCommand(t *testing.T) {
	t.Setenv("COLUMNS", "98")
	var all strings.Builder
	for _, args := range [][]string{
		{},
		{"serve"},
		{"demo"},
		{"analyze"},
		{"analyze", "plan"},
		{"analyze", "group-level"},
		{"pool"},
		{"pool", "totals"},
		{"pool", "totals", "plan"},
		{"pool", "totals", "recorded"},
		{"pool", "test"},
		{"study"},
		{"study", "agreement"},
		{"instruments"},
		{"instruments", "list"},
		{"instruments", "show"},
		{"instruments", "check"},
		{"objectives"},
		{"objectives", "check"},
		{"import"},
		{"import", "roster"},
		{"import", "long"},
		{"import", "redcap"},
		{"doctor"},
		{"backup"},
		{"restore"},
		{"move"},
		{"token"},
		{"redactions"},
		{"redactions", "list"},
		{"redactions", "export"},
		{"redactions", "replay"},
		{"version"},
	} {
		code, out, errs := command(t, append(args, "--help")...)
		if code != exitDone || errs != "" {
			t.Errorf("%v: code %d, %s", args, code, errs)
		}
		all.WriteString("$ holon " + strings.Join(append(args, "--help"), " ") + "\n" + out + "\n")
	}
	golden(t, "help.golden", all.String())
}

func TestWithoutACommandTheHelpIsShown(t *testing.T) {
	t.Parallel()
	code, out, _ := command(t)
	if code != exitDone || !strings.Contains(out, "Usage: holon <command>") {
		t.Errorf("code %d: %s", code, out)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	plan := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(plan, []byte(`{"analysis": "group_level", "dta": "x.csv"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	site := t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "x.json"), []byte(`{"schema": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"an unknown command":               {[]string{"frobnicate"}, exitUsage, "frobnicate"},
		"an unknown flag":                  {[]string{"serve", "--nonsense"}, exitUsage, "--nonsense"},
		"a flag without its value":         {[]string{"analyze", "group-level", "--data"}, exitUsage, "--data"},
		"a plan with an unknown key":       {[]string{"analyze", plan}, exitRefused, "/dta"},
		"a plan that is not there":         {[]string{"analyze", "/nowhere/plan.json"}, exitRefused, "no such file"},
		"a bound that is no share":         {[]string{"analyze", "group-level", "--data", plan, "--group", "g", "--outcome", "y", "--bound", "0"}, exitRefused, "--bound"},
		"an instrument file with faults":   {[]string{"instruments", "check", site}, exitRefused, "x.json"},
		"an instrument version not known":  {[]string{"instruments", "show", "wai-sr", "99"}, exitRefused, "It has: 1."},
		"an instrument not known":          {[]string{"instruments", "show", "wai"}, exitUsage, ""},
		"an instrument without versions":   {[]string{"instruments", "show", "wai", "1"}, exitRefused, "instruments list"},
		"a directory without instruments":  {[]string{"instruments", "check", t.TempDir()}, exitRefused, ".json"},
		"a table instead of a plan":        {[]string{"analyze", filepath.Join(references, "icc-constant.csv")}, exitRefused, "group-level --data"},
		"a doctor without data":            {[]string{"doctor", "--data-dir", t.TempDir()}, exitNoStart, "no Holon data"},
		"a database that cannot be read":   {[]string{"doctor", "--mongodb-uri", "mongodb://u:secret@"}, exitRefused, ""},
		"instruments that are not there":   {[]string{"serve", "--instruments", "/nowhere"}, exitNoStart, "/nowhere"},
		"a version":                        {[]string{"version"}, exitDone, ""},
		"an instrument that comes with it": {[]string{"instruments", "show", "wai-sr", "1"}, exitDone, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, _, errs := command(t, tc.args...)
			if code != tc.code || !strings.Contains(strings.ToLower(errs), strings.ToLower(tc.says)) {
				t.Errorf("code %d, want %d, saying %q: %s", code, tc.code, tc.says, errs)
			}
			if strings.Contains(errs, "secret") {
				t.Error("the connection string is printed")
			}
		})
	}
}

func TestFlagsStandAboveTheEnvironmentAndThatAboveDefaults(t *testing.T) {
	t.Parallel()
	inEnvironment, inFlag := filepath.Join(t.TempDir(), "environment"), filepath.Join(t.TempDir(), "flag")
	getenv := func(name string) string {
		if name == "HOLON_DATA_DIR" {
			return inEnvironment
		}
		return ""
	}
	for _, tc := range []struct {
		args []string
		want string
	}{{[]string{"doctor"}, inEnvironment}, {[]string{"doctor", "--data-dir", inFlag}, inFlag}, {nil, ""}} {
		if tc.args == nil {
			continue
		}
		var out, errs bytes.Buffer
		if code := run(t.Context(), tc.args, getenv, strings.NewReader(""), &out, &errs); code != exitNoStart || !strings.Contains(errs.String(), tc.want) {
			t.Errorf("%v: code %d, want one about %s: %s", tc.args, code, tc.want, errs.String())
		}
	}
}

func TestInstrumentsAreListed(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, "instruments", "list")
	if code != exitDone {
		t.Fatal(errs)
	}
	for _, want := range []string{"wai-sr", "holon-cohesion-1", "phq-9", "cohesion", "permission required"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list does not hold %q:\n%s", want, out)
		}
	}
	_, out, _ = command(t, "instruments", "show", "gcq-s", "1")
	if !json.Valid([]byte(out)) || !strings.Contains(out, `"avoiding"`) {
		t.Errorf("no definition: %s", out)
	}
}

func TestCreateAnalyseReadStopAndStartAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	if s.token == "" {
		t.Fatal("the first start prints no token")
	}
	group, therapist, members := s.group(t, "THU", 3)
	held := s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	var forms []object
	for i, m := range members {
		forms = append(forms, form("holon-cohesion-1", m, nil, 5+i), form("holon-alliance-1", m, object{"therapist_id": therapist}, 8-i))
	}
	var marks []object
	for _, m := range members {
		marks = append(marks, object{"member_id": m, "attendance": "present"})
	}
	s.must(t, http.StatusPreconditionRequired, "PUT", "/v1/sessions/"+held+"/attendance", "", object{"members": marks})
	s.must(t, http.StatusOK, "PUT", "/v1/sessions/"+held+"/attendance", `"1"`, object{"members": marks})
	s.must(t, http.StatusPreconditionFailed, "PUT", "/v1/sessions/"+held+"/attendance", `"1"`, object{"members": marks})
	s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+held+"/forms", "", object{"forms": forms})
	measure := object{"instrument": object{"id": "holon-cohesion-1", "version": "1"}, "score": "rating", "rater": "member"}
	made := s.must(t, http.StatusCreated, "POST", "/v1/reports", "", object{"analysis": "group_level", "measure": measure})
	if got := read[object](t, made)["reason"]; got != "one_group" {
		t.Errorf("one group is answered %v: %s", got, made.body)
	}
	if code := s.stop(); code != exitDone {
		t.Fatalf("stopping gave code %d", code)
	}

	again := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	if again.token != "" {
		t.Error("the token is printed again")
	}
	again.token = s.token
	stored := read[map[string]json.RawMessage](t, again.must(t, http.StatusOK, "GET", "/v1/sessions/"+held, "", nil))
	var cohesion []object
	if err := json.Unmarshal(stored["cohesion"], &cohesion); err != nil || len(cohesion) != 3 {
		t.Errorf("after the restart: %v, %s", err, stored["cohesion"])
	}
	kept := again.must(t, http.StatusOK, "GET", "/v1/reports/"+made.id, "", nil)
	if !bytes.Equal(kept.body, made.body) {
		t.Error("the report reads differently after the restart")
	}
}

func TestASecondStartOnTheSameDataIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	code, _, errs := command(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	if code != exitNoStart || !strings.Contains(errs, "Another Holon process") || !strings.Contains(errs, dir) {
		t.Errorf("code %d: %s", code, errs)
	}
	if code, out, errs := command(t, "doctor", "--data-dir", dir); code != exitDone || !strings.Contains(out, "Nothing found.") {
		t.Errorf("doctor beside a running service: code %d, %s%s", code, out, errs)
	}
}

func TestAnAddressInUseIsRefusedAndTheTokenIsNotUsedUp(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	code, out, errs := command(t, "serve", "--addr", taken.Addr().String(), "--data-dir", dir)
	if code != exitNoStart || !strings.Contains(errs, "Nothing can listen on") || strings.Contains(out, "holon_") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	if s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir); s.token == "" {
		t.Error("the next start shows no token")
	}
}

func TestAnAddressOthersCanReachIsWarnedOf(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "0.0.0.0:80": false, "10.0.0.1:80": false} {
		a, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if loopback(a) != want {
			t.Errorf("%s: loopback is %v", addr, !want)
		}
	}
}

func TestAStopBeforeTheEndIsSaid(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"demo", "--no-serve", "--demo-dir", filepath.Join(t.TempDir(), "d")}, nothing, strings.NewReader(""), &out, &errs)
	if code != exitStopped || !strings.Contains(errs.String(), "stopped before the end") {
		t.Errorf("code %d: %s", code, errs.String())
	}
}
