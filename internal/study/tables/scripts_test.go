package tables_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// needs skips a test on a machine without a program, or one that does not do what
// is needed of it.
func needs(t *testing.T, program, does string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("this machine has no %s", program)
	}
	flag := map[string]string{"Rscript": "-e", "python3": "-c"}[program]
	if does != "" && exec.CommandContext(t.Context(), program, flag, does).Run() != nil {
		t.Skipf("this machine has no %s that does %s", program, does)
	}
}

// ran runs a program in a package's directory and returns its status and output.
func ran(t *testing.T, dir string, env []string, program string, args ...string) (status int, out string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Env = append(cmd.Env, env...)
	text, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// TestScriptsReadEveryRow counts what load.R and load.py read.
func TestScriptsReadEveryRow(t *testing.T) {
	t.Parallel()
	in := input(full(t))
	files, _ := packed(t, in)
	var want strings.Builder
	for _, name := range []string{
		"groups", "members", "sessions", "attendance", "therapists", "measures", "alliances", "bonds", "member_group", "cohesion", "system", "encounter", "outcomes", "goals", "ruptures", "analyses",
	} {
		fmt.Fprintln(&want, name, len(cellsOf(t, files[name+".csv"])))
	}
	dir := unpacked(t, in)
	for program, script := range map[string]string{"Rscript": "load.R", "python3": "load.py"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			needs(t, program, "")
			status, out := ran(t, dir, nil, program, script)
			out = strings.ReplaceAll(out, " \n", "\n")
			if status != 0 || out != want.String() {
				t.Errorf("status %d:\n%s\nwant\n%s", status, out, want.String())
			}
		})
	}
}

// TestScriptsReadValuesAsTheyAre reads one number with many digits, a truth and a null.
func TestScriptsReadValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	f := frozen(t, studytest.Design{Groups: 12, Members: 4, Sessions: 1, Group: .3, Residual: .7, Seed: 4}, everybody)
	in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"group_level"}})
	want := ""
	for _, r := range in.Records {
		if r.Statistic == "mean_reml" && r.Level == "cohesion" {
			want = strconv.FormatFloat(*r.SE, 'g', -1, 64)
		}
	}
	dir := unpacked(t, in)
	for program, code := range map[string][]string{
		"Rscript": {"-e", `source("load.R"); a <- subset(holon$analyses, statistic == "mean_reml" & level == "cohesion"); stopifnot(identical(a$se, ` + want + `), identical(a$planned, FALSE), is.na(a$against), is.integer(a$groups)); cat("ok")`},
		"python3": {"-c", `from load import tables; a = [x for x in tables()["analyses"] if x["statistic"] == "mean_reml" and x["level"] == "cohesion"][0]; assert a["se"] == ` + want + ` and a["planned"] is False and a["against"] is None and isinstance(a["groups"], int); print("ok", end="")`},
	} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			needs(t, program, "")
			if status, out := ran(t, dir, nil, program, code...); status != 0 || out != "ok" {
				t.Errorf("status %d: %s", status, out)
			}
		})
	}
}

// TestPandasReadsEveryRow reads the tables as data frames.
func TestPandasReadsEveryRow(t *testing.T) {
	t.Parallel()
	needs(t, "python3", "import pandas")
	dir := unpacked(t, input(full(t)))
	code := `from load import frames, tables; f, t = frames(), tables(); assert all(len(f[n]) == len(t[n]) for n in t); assert str(f["cohesion"]["week"].dtype) == "Int64"; print("ok", end="")`
	if status, out := ran(t, dir, nil, "python3", "-c", code); status != 0 || out != "ok" {
		t.Errorf("status %d: %s", status, out)
	}
}

// TestRFindsTheSameNumbers runs reproduce.R on studies of both structures, with forms
// missing, and of both levels of release.
func TestRFindsTheSameNumbers(t *testing.T) {
	t.Parallel()
	needs(t, "Rscript", "library(lme4)")
	asked := aggregate.Request{Analyses: []string{"group_level", "one_with_many", "lagged"}}
	for name, c := range map[string]struct {
		design studytest.Design
		level  study.Level
		least  int // numbers to be compared
		said   []string
	}{
		"weekly, with families": {
			studytest.Design{Groups: 16, Members: 5, Sessions: 4, Families: 12, Group: .2, Member: .3, Evening: .1, Residual: .4, Missing: .15, Seed: 11},
			study.Controlled, 200,
			[]string{"variance             session", "variance_share       members_rate:therapist", "r_within", "test                 session"},
		},
		"once": {
			studytest.Design{Groups: 20, Members: 5, Sessions: 1, Group: .4, Residual: .6, Missing: .15, Seed: 5},
			study.Controlled, 70,
			[]string{"icc1", "icc_group_mean", "test                 group", "variance             group", "group_size_n0"},
		},
		"a rounded release": {
			studytest.Design{Groups: 16, Members: 5, Sessions: 3, Group: .3, Member: .3, Residual: .4, Missing: .1, Seed: 3},
			study.Aggregate, 70,
			[]string{"variance             group"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := unpacked(t, released(t, frozen(t, c.design, consented), c.level, asked))
			status, out := ran(t, dir, nil, "Rscript", "reproduce.R")
			var compared, passed int
			last := out[strings.LastIndex(strings.TrimSuffix(out, "\n"), "\n")+1:]
			if _, err := fmt.Sscanf(last, "%d numbers compared, %d not", &compared, &passed); err != nil || status != 0 || compared < c.least || !strings.HasSuffix(last, "; 0 beyond 1e-06.\n") {
				t.Errorf("status %d, %d compared, want %d: %v\n%s", status, compared, c.least, err, out)
			}
			for _, want := range c.said {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not compared:\n%s", want, out)
				}
			}
			if c.level == study.Controlled {
				wrongIsNoticed(t, dir)
			}
		})
	}
}

// TestRRunsOnEveryMeasureThereIs runs reproduce.R on a study of all levels, and on a release
// of all questions.
func TestRRunsOnEveryMeasureThereIs(t *testing.T) {
	t.Parallel()
	needs(t, "Rscript", "library(lme4)")
	for _, level := range []study.Level{study.Controlled, study.Aggregate} {
		dir := unpacked(t, released(t, full(t), level, aggregate.Request{}))
		status, out := ran(t, dir, nil, "Rscript", "reproduce.R")
		if status != 0 || !strings.HasSuffix(out, "; 0 beyond 1e-06.\n") {
			t.Errorf("%s ends with %d:\n%s", level, status, out)
		}
	}
}

// wrongIsNoticed changes one variance by two millionths.
func wrongIsNoticed(t *testing.T, dir string) {
	t.Helper()
	name := filepath.Join(dir, "analyses.csv")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		cells := strings.Split(line, ",")
		if len(cells) < 10 || cells[7] != "variance" || cells[8] != "residual" || cells[5] != "group_level" {
			continue
		}
		v, err := strconv.ParseFloat(cells[9], 64)
		if err != nil {
			t.Fatal(err)
		}
		cells[9] = strconv.FormatFloat(v*1.000002, 'g', -1, 64)
		lines[i] = strings.Join(cells, ",")
		break
	}
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out := ran(t, dir, nil, "Rscript", "reproduce.R"); status != 1 || !strings.Contains(out, "; 1 beyond 1e-06.") {
		t.Errorf("a number that is two millionths off ends with %d:\n%s", status, out)
	}
}

// TestNothingToCompareIsSaidWithWhy asks for a release of an analysis that needs items, none
// of whose numbers R computes.
func TestNothingToCompareIsSaidWithWhy(t *testing.T) {
	t.Parallel()
	needs(t, "Rscript", "library(lme4)")
	dir := unpacked(t, released(t, full(t), study.Controlled, aggregate.Request{Analyses: []string{"agreement"}}))
	status, out := ran(t, dir, nil, "Rscript", "reproduce.R")
	listed, why, ends := strings.Index(out, "Not computed again:"), strings.Index(out, "agreement rwg_mean: the analysis needs items"), strings.Index(out, "There was no number to compare.")
	if status != 2 || listed < 0 || why < listed || ends < why {
		t.Errorf("status %d:\n%s", status, out)
	}
}

// TestWithoutAReleaseThereIsNothingToReproduce says so.
func TestWithoutAReleaseThereIsNothingToReproduce(t *testing.T) {
	t.Parallel()
	needs(t, "Rscript", "library(lme4)")
	dir := unpacked(t, input(full(t)))
	if status, out := ran(t, dir, nil, "Rscript", "reproduce.R"); status != 2 || !strings.Contains(out, "without a release") {
		t.Errorf("status %d: %s", status, out)
	}
}
