package main

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// filesOfTotals are those of the example of the docs.
func filesOfTotals(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(docs, "examples", "*-totals.json"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v: %v", files, err)
	}
	return files
}

// TestTheFilesOfTheExampleAreWhatItsPlansGive writes the totals of the example
// anew; all but the random identifier and the hash is to be the same.
func TestTheFilesOfTheExampleAreWhatItsPlansGive(t *testing.T) {
	t.Parallel()
	for _, file := range filesOfTotals(t) {
		code, out, errs := command(t, "pool", "totals", strings.TrimSuffix(file, "-totals.json")+".json")
		if code != exitDone {
			t.Fatalf("code %d: %s", code, errs)
		}
		if *update {
			if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		same := func(text []byte) string {
			var lines []string
			for line := range strings.Lines(string(text)) {
				if !strings.Contains(line, `"id"`) && !strings.Contains(line, `"sha256"`) {
					lines = append(lines, line)
				}
			}
			return strings.Join(lines, "")
		}
		if got, want := same([]byte(out)), same(kept); got != want || len(want) < 300 {
			t.Errorf("%s: %s\nwant %s", file, got, want)
		}
	}
}

// TestThePooledExampleIsTheTestOfOneTable joins the tables of the example, without
// the one group that is withheld, and compares.
func TestThePooledExampleIsTheTestOfOneTable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	joined := []byte("group,member,cohesion\n")
	for _, name := range []string{"pool-here.csv", "pool-elsewhere.csv"} {
		text, err := os.ReadFile(filepath.Join(docs, "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		_, rows, _ := bytes.Cut(text, []byte("\n"))
		for line := range bytes.Lines(rows) {
			if !bytes.HasPrefix(line, []byte("e30,")) { // the only group of nine
				joined = append(joined, line...)
			}
		}
	}
	table := filepath.Join(dir, "all.csv")
	if err := os.WriteFile(table, joined, 0o600); err != nil {
		t.Fatal(err)
	}
	_, want, _ := command(t, "analyze", "group-level", "--data", table, "--group", "group", "--member", "member", "--outcome", "cohesion")
	code, got, errs := command(t, append([]string{"pool", "test"}, filesOfTotals(t)...)...)
	if code != exitDone || !strings.Contains(errs, "Yes, beyond chance") {
		t.Fatalf("code %d: %s", code, errs)
	}
	sameNumbers(t, got, want,
		"answer", "reason", "counts.groups", "counts.ratings", "result.icc1.estimate", "icc1.ci[level=0.95].lower", "icc1.ci[level=0.9].upper",
		"result.reml.variance.group", "result.ml.deviance", "result.anova.p", "tests[method=exact_rlrt].p", "tests[method=bootstrap_rlrt].p", "result.settle.groups_to_show", "result.settle.power_now")
	for _, alone := range []string{"pool-here.json", "pool-elsewhere.json"} {
		_, out, _ := command(t, "analyze", filepath.Join(docs, "examples", alone))
		var r report
		if err := json.Unmarshal([]byte(out), &r); err != nil || r.Answer != "cannot_tell" {
			t.Errorf("%s: %s, %v", alone, r.Answer, err)
		}
	}
}

// sameNumbers compares values of two reports by their keys.
func sameNumbers(t *testing.T, got, want string, keys ...string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(got), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		x, okX := lookup(a, key)
		y, okY := lookup(b, key)
		m, isNumber := x.(float64)
		n, both := y.(float64)
		if !okX || !okY || x == nil || isNumber != both || isNumber && math.Abs(m-n) > 1e-9*math.Abs(n) || !isNumber && x != y {
			t.Errorf("%s: %v, want %v", key, x, y)
		}
	}
}

// TestTotalsOfRecordedSessions enters one evening of six groups through the
// service, stops it, and compares the test of totals with that of the ratings.
func TestTotalsOfRecordedSessions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", data)
	for k := range 5 {
		group, _, members := s.group(t, "G"+string(rune('A'+k)), 3)
		session := s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": "2026-01-12"}).id
		for i, member := range members {
			var items []object
			for n := range 7 {
				items = append(items, object{"item": n + 1, "value": (k + i*(n+k)) % 4})
			}
			s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+session+"/forms", "", object{"forms": []object{{
				"instrument": object{"id": "gad-7", "version": "1"}, "rater": object{"kind": "member", "id": member},
				"occasion": "post", "mode": "paper", "items": items,
			}}})
		}
	}
	s.stop()
	file := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const measure = `"measure":{"instrument":{"id":"gad-7","version":"1"},"score":"total","rater":"member"}`
	question := file("question.json", `{"analysis":"group_level",`+measure+`}`)
	code, want, errs := command(t, "analyze", "recorded", question, "--data-dir", data)
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	ours := filepath.Join(dir, "ours.json")
	if code, _, errs = command(t, "pool", "totals", "recorded", question, "--data-dir", data, "--out", ours); code != exitDone || !strings.Contains(errs, "15 ratings in 5 groups") {
		t.Fatalf("code %d: %s", code, errs)
	}
	code, got, errs := command(t, "pool", "test", ours)
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	sameNumbers(t, got, want, "answer", "reason", "outcome", "estimand", "counts.groups", "counts.members", "counts.ratings", "subject.measure.score", "subject.title", "subject.composition",
		"result.icc1.estimate", "result.reml.deviance", "result.anova.p", "tests[method=exact_rlrt].p")
	text, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ text, says string }{
		"other.json":  {`{"analysis":"alarms"}`, "only_group_level"},
		"strange.csv": {"group,y\n", ""},
	} {
		if code, out, errs := command(t, "pool", "totals", "recorded", file(name, x.text), "--data-dir", data); code != exitRefused || out != "" {
			t.Errorf("%s: code %d: %s%s", name, code, out, errs)
		}
	}
	cut := file("cut.json", string(text[:len(text)/2]))
	changed := file("changed.json", strings.Replace(string(text), `"groups": 5`, `"groups": 6`, 1))
	for name, says := range map[string]string{cut: "cut.json", changed: "changed.json/sha256", question: "question.json/totals_version", ours: "ours.json/id"} {
		if code, out, errs := command(t, "pool", "test", ours, name); code != exitRefused || out != "" || !strings.Contains(errs, says) {
			t.Errorf("%s: code %d: %s%s", says, code, out, errs)
		}
	}
}

// TestOneSessionOfEachGroupHasTotalsWhereAllHaveNone takes incomplete weeks, and
// names an earlier file.
func TestOneSessionOfEachGroupHasTotalsWhereAllHaveNone(t *testing.T) {
	t.Parallel()
	plan := filepath.Join(docs, "examples", "weekly-absences.json")
	if code, out, errs := command(t, "pool", "totals", plan); code != exitRefused || out != "" || !strings.Contains(errs, "one session of each group") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
	first := filepath.Join(t.TempDir(), "first.json")
	weekly := filepath.Join(docs, "examples", "weekly.json")
	if code, _, errs := command(t, "pool", "totals", weekly, "--session", "last", "--kind", "family", "--out", first); code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	code, out, errs := command(t, "pool", "test", first)
	var r struct {
		Estimand string `json:"estimand"`
		Result   struct {
			Structure string `json:"structure"`
		} `json:"result"`
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || r.Estimand != "group_plus_session" || r.Result.Structure != "members_in_groups" {
		t.Errorf("code %d, %+v, %v: %s", code, r, err, errs)
	}
	if code, _, errs = command(t, "pool", "totals", weekly, "--session", "last", "--kind", "family", "--since", first, "--out", filepath.Join(t.TempDir(), "second.json")); code != exitDone || strings.Contains(errs, "withheld") {
		t.Errorf("the same groups again: code %d: %s", code, errs)
	}
	given, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if code, out, errs = command(t, "pool", "totals", weekly, "--session", "last", "--kind", "family", "--since", first, "--out", first); code != exitRefused || out != "" || !strings.Contains(errs, "it is there already") {
		t.Errorf("over what was given: code %d: %s%s", code, out, errs)
	}
	if kept, err := os.ReadFile(first); err != nil || !bytes.Equal(kept, given) {
		t.Errorf("what was given is overwritten, %v", err)
	}
	if code, _, errs = command(t, "pool", "totals", weekly, "--since", weekly); code != exitRefused || !strings.Contains(errs, "/totals_version") {
		t.Errorf("an earlier file that is none: code %d: %s", code, errs)
	}
}

// TestPlansThatHaveNoTotalsAreRefused names what stands in the way.
func TestPlansThatHaveNoTotalsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"x.csv": "g,m,t,y\n1,1,a,2\n1,2,a,3\n2,1,b,5\n2,2,b,6\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for plan, says := range map[string]string{
		`{"analysis": "growth", "data": "x.csv", "roles": {"group": "g", "member": "m", "time": "t", "outcome": "y"}}`:           "/analysis",
		`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "member": "m", "therapist": "t", "outcome": "y"}}`: "/roles/therapist",
		`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcomes": ["y", "m"]}}`:                          "/roles/outcomes",
		`{"analysis": "group_level", "data": "none.csv", "roles": {"group": "g", "outcome": "y"}}`:                               "/data",
		`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y"}}`:                                  "No shape may be written",
	} {
		file := filepath.Join(dir, "plan.json")
		if err := os.WriteFile(file, []byte(plan), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := command(t, "pool", "totals", file); code != exitRefused || out != "" || !strings.Contains(errs, says) {
			t.Errorf("%s: code %d: %s%s", says, code, out, errs)
		}
	}
	if code, _, errs := command(t, "pool", "totals", filepath.Join(docs, "examples", "pool-here.json"), "--least-people", "5"); code != exitRefused || !strings.Contains(errs, "--least-people") {
		t.Errorf("a weaker rule: code %d: %s", code, errs)
	}
}
