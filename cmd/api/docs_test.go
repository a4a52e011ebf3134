package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/multilevel/decomposition"
)

// docs is where the pages are.
const docs = "../../docs"

// The pages that show what no example computes here: the calibration has a
// program of its own, the stored documents, backups, corrections, files to
// import, objectives, questionnaires, redactions, alliances, bonds, early alliances,
// outcome changes, goals, ruptures, series, signs, alarms, clients, the rows of
// studies and their codes tests of their own; findings are no numbers.
func otherPages() []string {
	return []string{
		"a-family.md", "alliance.md", "alarms.md", "backup.md", "bonds.md", "calibration.md", "clients.md", "collections.md", "corrections.md", "disclosure.md", "early-alliance.md", "families.md", "family-alliance.md", "findings.md", "goals.md", "import.md", "instruments.md",
		"objectives.md", "outcome-change.md", "redaction.md", "ruptures.md", "series.md", "slipping.md", "splits.md",
		"release-codes.md", "session-document.md", "studies.md", "study-exports.md",
	}
}

// A worked example is a section of a page: a line that names the plan of
// docs/examples, tables of keys with values, or of keys that are to be there,
// sums by hand, and prose.
func TestEveryNumberOfTheExamplesInTheDocsIsWhatHolonPrints(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(docs, "*.md"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	for _, file := range pages {
		name := filepath.Base(file)
		if slices.Contains(otherPages(), name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			examples := examplesOf(t, file)
			if len(examples) == 0 {
				t.Fatal("the page has no worked example")
			}
			for _, e := range examples {
				e.check(t)
			}
		})
	}
}

// check compares an example with what is computed from its data.
func (e *example) check(t *testing.T) {
	t.Helper()
	found := computed(t, e.source)
	if len(e.values)+len(e.keys) == 0 {
		t.Errorf("%s: the example shows nothing", e.source)
	}
	shown := map[string]bool{}
	for _, row := range e.values {
		shown[row[1]] = true
		v, ok := lookup(found, row[0])
		switch {
		case !ok:
			t.Errorf("%s: there is no %s", e.source, row[0])
		case !writtenAs(v, row[1]):
			t.Errorf("%s: %s: the page says %s, Holon prints %v", e.source, row[0], row[1], v)
		}
	}
	for _, key := range e.keys {
		if _, ok := lookup(found, key); !ok {
			t.Errorf("%s: there is no key %s", e.source, key)
		}
	}
	for _, line := range e.sums {
		checkSum(t, line, shown)
	}
	for _, number := range e.prose {
		if !shown[number] {
			t.Errorf("%s: the text says %s, which is in no table and no sum of the example", e.source, number)
		}
	}
}

func TestTheTableOfChancesInTheDocsIsWhatTheCodeGives(t *testing.T) {
	t.Parallel()
	columns := []struct{ members, share float64 }{{8, .05}, {8, .10}, {8, .20}, {3, .10}, {3, .20}}
	rows := tableRows(t, filepath.Join(docs, "group-level-test.md"), "| groups | 8 members")
	if len(rows) != 5 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		k, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range columns {
			if got := multilevel.Balanced(k, c.members).Power(c.share); !printedAs(got, row[i+1]) {
				t.Errorf("%d groups of %g at %g: the page says %s, the code gives %.4f", k, c.members, c.share, row[i+1], got)
			}
		}
	}
}

func TestTheDocsNameEveryAnalysisAndEveryMethod(t *testing.T) {
	t.Parallel()
	names := map[string][]string{
		"README.md": {
			string(analysis.GroupLevelName), string(analysis.CrossedName), string(analysis.GrowthName), string(analysis.AgreementName),
			string(analysis.AgreementNullName), string(analysis.RaterReliabilityName), string(analysis.LevelsName),
			string(analysis.LevelTableName), string(analysis.LevelReliabilityName), string(analysis.DesignName),
			string(analysis.RoundRobinName), string(analysis.BondsName), string(analysis.OneWithManyName),
			string(analysis.LaggedName), string(analysis.ResponseSurfaceName),
		},
		"tests-and-intervals.md": {
			multilevel.MethodF, multilevel.MethodREML, multilevel.MethodML, multilevel.MethodExactREML, multilevel.MethodBootstrap,
			multilevel.MethodQuasiF, multilevel.MethodQuasiFDifference, multilevel.MethodPermutation, multilevel.MethodPermutationBound,
			multilevel.IntervalWald, multilevel.IntervalF, multilevel.IntervalSearle, multilevel.IntervalThomasHultquist, multilevel.IntervalSmith,
			multilevel.IntervalSatterthwaite, multilevel.IntervalMLS, multilevel.IntervalChiSquare, multilevel.IntervalProfile,
			decomposition.MethodFisherZ, decomposition.MethodT, decomposition.MethodDelta, decomposition.MethodDeltaZ, decomposition.MethodProfile,
			decomposition.MethodBootstrap, decomposition.MethodJackknife, decomposition.MethodJackknifeZ, decomposition.MethodFeldt,
			decomposition.MethodGroupsResamp,
		},
		"group-level-test.md": {
			string(multilevel.MembersInGroups), string(multilevel.SessionsInMembers), string(multilevel.MembersBySessions),
			string(multilevel.OneGroupBySessions), string(multilevel.GroupsInTherapists), string(multilevel.GroupsOfCotherapists),
		},
		"rater-reliability.md": {
			agreement.ICC11, agreement.ICC21, agreement.ICC31, agreement.ICC1K, agreement.ICC2K, agreement.ICC3K,
		},
	}
	for page, all := range names {
		text, err := os.ReadFile(filepath.Join(docs, page))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, name := range all {
			if !strings.Contains(string(text), "`"+name+"`") {
				t.Errorf("%s does not name %s", page, name)
			}
		}
	}
}

func TestEveryPlanOfTheDocsIsUsedAndEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(docs, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	for _, file := range append(pages, "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	examples, err := filepath.Glob(filepath.Join(docs, "examples", "*"))
	if err != nil || len(examples) == 0 {
		t.Fatalf("%d examples: %v", len(examples), err)
	}
	for _, file := range examples {
		name := "docs/examples/" + strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if !strings.Contains(all.String(), name) {
			t.Errorf("no page uses %s", file)
		}
	}
	for _, file := range pages {
		if !strings.Contains(all.String(), "]("+filepath.Base(file)+")") && filepath.Base(file) != "README.md" {
			t.Errorf("no page leads to %s", file)
		}
	}
}

// computed returns what is computed from an example's data: the report of a
// plan, that of all files of totals, or the course of the people in a table.
func computed(t *testing.T, source string) any {
	t.Helper()
	course := strings.HasSuffix(source, ".csv")
	args := []string{"analyze", filepath.Join("../..", source)}
	if strings.HasSuffix(source, "-totals.json") {
		args = append([]string{"pool", "test"}, filesOfTotals(t)...)
	}
	var text string
	if course {
		text = courseOfTable(t, filepath.Join("../..", source))
	} else {
		var code int
		var errs string
		if code, text, errs = command(t, args...); code != exitDone {
			t.Fatalf("%s: code %d: %s", source, code, errs)
		}
	}
	var found any
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	if course {
		found, _ = lookup(found, "around.course")
	}
	return found
}
