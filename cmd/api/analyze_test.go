package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
)

// references is where the reference cases are kept, as plans.
const references = "../../internal/multilevel/testdata/reference"

// report is what the tests look at.
type report struct {
	Answer string `json:"answer"`
	Result struct {
		ICC1 struct {
			Estimate *float64 `json:"estimate"`
		} `json:"icc1"`
	} `json:"result"`
}

func TestAnalyzeRunsAReferencePlan(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, "analyze", filepath.Join(references, "icc-unbalanced-14-groups.json"))
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	// Expected by the case itself: icc1_n0.
	if r.Answer != "supported" || r.Result.ICC1.Estimate == nil ||
		!scalar.EqualWithinAbsOrRel(*r.Result.ICC1.Estimate, 0.359905640884881, 1e-12, 1e-9) {
		t.Errorf("answer %s, icc1 %v", r.Answer, r.Result.ICC1.Estimate)
	}
	if !strings.Contains(errs, "Yes, beyond chance") {
		t.Errorf("no sentence: %s", errs)
	}
}

func TestAnalyzeOfATableGivesWhatItsPlanGives(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.json")
	table := filepath.Join(references, "icc-unbalanced-14-groups.csv")
	if code, out, errs := command(t, "analyze", "group-level", "--data", table, "--group", "group", "--outcome", "y", "--out", file); code != exitDone || out != "" {
		t.Fatalf("code %d: %s%s", code, out, errs)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := command(t, "analyze", filepath.Join(references, "icc-unbalanced-14-groups.json"))
	if string(got) != want {
		t.Error("the two reports differ")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".holon-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAnalyzeAnswersWhatCannotBeToldWithCodeZero(t *testing.T) {
	t.Parallel()
	for plan, answer := range map[string]string{
		"icc-one-group": "not_identifiable", "icc-constant": "not_identifiable", "icc-duplicates": "refused",
	} {
		code, out, errs := command(t, "analyze", filepath.Join(references, plan+".json"))
		var r report
		if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || r.Answer != answer {
			t.Errorf("%s: code %d, answer %q, %v: %s", plan, code, r.Answer, err, errs)
		}
	}
}

func TestAnalyzeOfSeveralOutcomesIsOneValue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte("g,a,b\n1,2,3\n1,3,3\n2,5,1\n2,6,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "analyze", "group-level", "--data", filepath.Join(dir, "x.csv"), "--group", "g", "--outcome", "a", "--outcome", "b")
	var all struct {
		Reports []report `json:"reports"`
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != exitDone || len(all.Reports) != 2 {
		t.Errorf("code %d, %v, %d reports: %s%s", code, err, len(all.Reports), out, errs)
	}
}

func TestAnUnreadableCellIsNamedAndNotRepeated(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(file, []byte("g,y\n1,2\n1,sevenish\n2,3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "analyze", "group-level", "--data", file, "--group", "g", "--outcome", "y")
	if code != exitRefused || out != "" || !strings.Contains(errs, "/lines/3/2") || strings.Contains(errs, "sevenish") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
}

func TestATableWithSemicolonsIsToldOfCommas(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(file, []byte("g;y\n1;2\n2;3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := command(t, "analyze", "group-level", "--data", file, "--group", "g", "--outcome", "y")
	if code != exitRefused || !strings.Contains(errs, "commas") {
		t.Errorf("code %d: %s", code, errs)
	}
}

func TestAReportThatCannotBeWrittenLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	table := filepath.Join(references, "icc-unbalanced-14-groups.csv")
	code, _, errs := command(t, "analyze", "group-level", "--data", table, "--group", "group", "--outcome", "y", "--out", filepath.Join(t.TempDir(), "missing", "r.json"))
	if code != exitRefused || !strings.Contains(errs, "cannot be written") {
		t.Errorf("code %d: %s", code, errs)
	}
}
