package tables_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
	"holon/internal/study/tables"
)

// TestEveryRatingHasARow counts: no rating of a measure is left out because it has no
// score, and every value is the very one that scoring gives.
func TestEveryRatingHasARow(t *testing.T) {
	t.Parallel()
	f := full(t)
	files, _ := packed(t, input(f))
	got := map[string]string{}
	reasons := 0
	for _, name := range []string{"alliances", "bonds", "member_group", "cohesion", "system", "encounter", "outcomes"} {
		for _, row := range cellsOf(t, files[name+".csv"]) {
			got[values(row, []string{"group", "session", "rating", "measure"})] = row["value"] + "|" + row["reason"]
			if (row["value"] == "") == (row["reason"] == "") {
				t.Errorf("%s: the value is %q and the reason %q: one of them", name, row["value"], row["reason"])
			}
			if row["reason"] != "" {
				reasons++
			}
		}
	}
	want := map[string]string{}
	for x, err := range f.Frozen(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range x.Sessions {
			for r := range study.RatingsOf(s) {
				for _, m := range f.Study.Measures {
					def, _ := f.Definition(m.Instrument)
					scorer, _ := session.NewScorer(def, m)
					if scorer.Level() != r.Level || scorer.Fit(r.Rating) != session.Fits {
						continue
					}
					v, why := scorer.Value(r.Rating)
					said := "|" + string(why)
					if v != nil {
						said = strconv.FormatFloat(*v, 'g', -1, 64) + "|"
					}
					want[strings.Join([]string{string(s.GroupID), strconv.Itoa(s.Number), string(r.ID), study.MeasureName(m)}, "\x00")] = said
				}
			}
		}
	}
	if !maps.Equal(got, want) || len(want) < 500 || reasons < 10 {
		t.Errorf("%d rows of %d ratings, %d of them without a value", len(got), len(want), reasons)
	}
}

// TestNobodyIsTold looks through every byte of a package for what must not be in it.
func TestNobodyIsTold(t *testing.T) {
	t.Parallel()
	f := full(t)
	files, _ := packed(t, released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"group_level"}}))
	var forbidden []string
	for _, g := range f.Groups() {
		for _, sp := range g.Spells {
			if sp.Redacted { // of a member without consent
				forbidden = append(forbidden, string(sp.MemberID))
			}
		}
	}
	if len(forbidden) != 16 {
		t.Fatalf("%d members without consent, want one of each of 16 groups", len(forbidden))
	}
	forbidden = append(forbidden, "g-0", "m-0", "t-00", "o-0", "G00", "own-g", "shared-g", "goal-", "to-see", "anna", "bert", "2000-01", "2024-", "2025-06", "frozen\",", "paused by")
	withheld := regexp.MustCompile(`\bx-[a-z2-7]{16}`)
	for name, body := range files {
		if strings.HasSuffix(name, ".R") || strings.HasSuffix(name, ".py") {
			continue // the same for everybody
		}
		if withheld.Match(body) {
			t.Errorf("%s holds the place of a member without consent", name)
		}
		for _, word := range forbidden {
			if bytes.Contains(body, []byte(word)) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
	for _, table := range tables.All() {
		for _, c := range table.Columns {
			for _, word := range []string{"date", "day", "time", "birth", "name", "code", "note"} {
				if strings.Contains(c.Name, word) && c.Name != "method_version" {
					t.Errorf("%s has a column %s", table.Name, c.Name)
				}
			}
		}
	}
	seats := map[string]int{}
	for _, row := range cellsOf(t, files["attendance.csv"]) {
		seats[values(row, []string{"group", "session"})]++
	}
	for _, row := range cellsOf(t, files["sessions.csv"]) {
		all, _ := strconv.Atoi(row["seats"])
		if with := seats[values(row, []string{"group", "session"})]; row["seats_without_consent"] != "1" || with != all-1 {
			t.Errorf("%d of %d seats are named, %s without consent", with, all, row["seats_without_consent"])
		}
	}
}

// TestAMemberWhoSlippedThroughIsNotTold: rows come in that freezing would not have let
// in, and go no further.
func TestAMemberWhoSlippedThroughIsNotTold(t *testing.T) {
	t.Parallel()
	f := full(t)
	out := f.Snapshot.Members[3]
	in := input(f)
	in.Snapshot = new(*f.Snapshot)
	in.Snapshot.Members = slices.DeleteFunc(slices.Clone(f.Snapshot.Members), func(m session.MemberID) bool { return m == out })
	before, _ := packed(t, input(f))
	files, _ := packed(t, in)
	found := 0
	for name, body := range files {
		if bytes.Contains(body, []byte(out)) {
			t.Errorf("%s tells of the member", name)
		}
		found += bytes.Count(before[name], []byte(out))
	}
	if found < 20 {
		t.Errorf("the member stood in %d places before", found)
	}
}

// TestFewFamiliesHaveNoRows draws one family fewer than the threshold, and as many.
func TestFewFamiliesHaveNoRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		families  int
		selection study.Selection
		rows      bool
	}{
		"ten families":              {10, study.Everything(), false},
		"eleven families":           {11, study.Everything(), true},
		"eleven of which one stays": {11, study.Selection{Name: "late", Numbers: &study.Span{From: 3, To: 9}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drawn := studytest.Draw(t, studytest.Design{Groups: 3, Members: 4, Sessions: 3, Families: c.families, Residual: 1, Seed: 2})
			last := ""
			if c.selection.Numbers != nil {
				drawn.Alter(func(g *session.Group, s *session.Session) {
					if g.Kind == session.KindFamily && (last == "" || last == string(g.ID)) {
						last = string(g.ID)
					} else if g.Kind == session.KindFamily && s.Number == 3 {
						s.Status = session.StatusCancelled
					}
				})
			}
			f := drawn.Freeze(t, drawn.Study(t, studytest.Cohesion()), everybody)
			in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"group_level"}})
			in.Selection, in.Release.SelectedBy = c.selection, c.selection.SHA256
			files, _ := packed(t, in)
			told := false
			for _, name := range []string{"groups", "sessions"} {
				for _, row := range cellsOf(t, files[name+".csv"]) {
					told = told || row["kind"] == "family"
				}
			}
			if roles := bytes.Contains(files["members.csv"], []byte("caregiver")); told != c.rows || roles != c.rows {
				t.Errorf("rows of families are there: %t, their members: %t, want %t", told, roles, c.rows)
			}
			numbers := 0
			for _, row := range cellsOf(t, files["analyses.csv"]) {
				if row["kind"] != "family" {
					continue
				}
				if row["estimate"] != "" || row["members"] != "" {
					numbers++
				} else if !c.rows && (row["suppressed"] != "true" || row["reason"] != "suppressed") {
					t.Errorf("a number of families is neither there nor suppressed: %v", row)
				}
			}
			if (numbers > 0) != c.rows {
				t.Errorf("%d numbers of families", numbers)
			}
			if left := bytes.Contains(files["codebook.md"], []byte("`fewer_families_than_threshold` | not said")); left == c.rows {
				t.Errorf("the codebook says that families were left out: %t", left)
			}
		})
	}
}

// TestSelectedRowsAlone takes the second session.
func TestSelectedRowsAlone(t *testing.T) {
	t.Parallel()
	f := full(t)
	in := input(f)
	in.Selection = study.Selection{Name: "second", Kinds: []session.GroupKind{session.KindGroup}, Weeks: &study.Span{From: 1, To: 1}}
	files, _ := packed(t, in)
	for _, name := range []string{"sessions", "attendance", "therapists", "alliances", "bonds", "cohesion", "goals", "ruptures"} {
		rows := cellsOf(t, files[name+".csv"])
		for _, row := range rows {
			if row["session"] != "2" || row["week"] != "1" {
				t.Errorf("%s holds session %s of week %s", name, row["session"], row["week"])
			}
		}
		if len(rows) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	if !bytes.Contains(files["codebook.md"], []byte("| sessions | `not_selected` | 44 |")) { // 4·2 of groups, 12·3 of families
		t.Error("the codebook does not say how many sessions were not selected")
	}
}

// TestTheSameRowsGiveTheSameBytes packs twice.
func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	_, a := packed(t, input(full(t)))
	_, b := packed(t, input(full(t)))
	if !bytes.Equal(a, b) {
		t.Error("two packages of the same rows differ")
	}
}

// breaking yields some groups and then fails.
type breaking struct{ of *studytest.Frozen }

// errBroken is what a store would say.
var errBroken = errors.New("the store broke")

// Frozen fails after two groups.
func (b breaking) Frozen(ctx context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		n := 0
		for x, err := range b.of.Frozen(ctx) {
			if n++; n > 2 {
				yield(tables.Frozen{}, errBroken)
				return
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// TestWhatFailsLeavesNothing: no byte is written, and no row stays on disk.
func TestWhatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	f := full(t)
	in := input(f)
	in.Groups = breaking{f}
	var out bytes.Buffer
	dir := t.TempDir()
	if _, err := tables.Package(t.Context(), &out, in, dir); !errors.Is(err, errBroken) || out.Len() > 0 {
		t.Errorf("the error is %v after %d bytes", err, out.Len())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tables.Package(ended, &out, input(f), dir); !fault.Is(err, fault.Unavailable) || out.Len() > 0 {
		t.Errorf("given up, the error is %v after %d bytes", err, out.Len())
	}
	if _, err := tables.Package(t.Context(), &out, input(f), dir); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files stay: %v", len(left), err)
	}
}

// TestWhatDoesNotBelongTogetherIsRefused names releases of other rows.
func TestWhatDoesNotBelongTogetherIsRefused(t *testing.T) {
	t.Parallel()
	f := full(t)
	for rule, change := range map[string]func(*tables.Input){
		"release_of_other_rows":   func(in *tables.Input) { in.Release.Snapshot = "sn-other" },
		"release_withdrawn":       func(in *tables.Input) { in.Release.Withdraw("rd-1") },
		"records_without_release": func(in *tables.Input) { in.Release = nil },
		"aggregate_only":          func(in *tables.Input) { in.Study = new(*in.Study); in.Study.Release = study.Aggregate },
		"snapshot_ended":          func(in *tables.Input) { in.Snapshot = new(*in.Snapshot); in.Snapshot.End("rd-1", studytest.TakenAt()) },
	} {
		in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"none"}})
		in.Records = []aggregate.Record{{}}
		change(&in)
		var out bytes.Buffer
		if _, err := tables.Package(t.Context(), &out, in, t.TempDir()); fault.RuleOf(err) != rule || out.Len() > 0 {
			t.Errorf("the rule is %q, want %q", fault.RuleOf(err), rule)
		}
	}
	in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"none"}})
	in.Selection = study.Selection{Name: "other", SHA256: "other"}
	if _, err := tables.Stream(t.Context(), &bytes.Buffer{}, in, tables.Cohesion, tables.CSV); fault.RuleOf(err) != "release_of_other_rows" {
		t.Errorf("of another selection the rule is %q", fault.RuleOf(err))
	}
}

// TestWhatIsMissingIsSaid looks at rows that have none of something.
func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	files, _ := packed(t, input(full(t)))
	count := func(table, column, value string) (n int) {
		for _, row := range cellsOf(t, files[table+".csv"]) {
			if row[column] == value {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		table, column, value string
		want                 int
	}{
		{"encounter", "reason", string(instrument.ReasonNoneAnswered), 48}, // one of each session of 16 groups
		{"encounter", "therapist", "", 48},
		{"goals", "reason", "not_rated", 48},
		{"goals", "owner", "", 48},
		{"ruptures", "step", "0", 48},
		{"ruptures", "step_kind", "validated_the_members_position", 48},
		{"members", "left_why", "paused", 16},
		{"members", "spell", "2", 16},
		{"attendance", "attendance", "excused", 48},
		{"attendance", "spell", "2", 32},
	} {
		if n := count(c.table, c.column, c.value); n != c.want {
			t.Errorf("%s: %d rows have %s %q, want %d", c.table, n, c.column, c.value, c.want)
		}
	}
}

// TestNumbersAreThoseOfTheRelease reads every number of the release back.
func TestNumbersAreThoseOfTheRelease(t *testing.T) {
	t.Parallel()
	f := frozen(t, studytest.Design{Groups: 12, Members: 4, Sessions: 2, Group: .3, Residual: .7, Seed: 4}, everybody)
	in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"group_level", "one_with_many"}})
	files, _ := packed(t, in)
	rows := cellsOf(t, files["analyses.csv"])
	if len(rows) != len(in.Records) || len(rows) < 50 {
		t.Fatalf("%d rows of %d records", len(rows), len(in.Records))
	}
	same := func(cell string, v *float64) bool {
		read, err := strconv.ParseFloat(cell, 64)
		return (v == nil && cell == "") || (v != nil && err == nil && read == *v)
	}
	for i := range rows {
		r, row := &in.Records[i], rows[i]
		if !same(row["estimate"], r.Estimate) || !same(row["se"], r.SE) || !same(row["lower"], r.Lower) || !same(row["upper"], r.Upper) || !same(row["p"], r.P) ||
			row["statistic"] != r.Statistic || row["measure"] != r.Measure || row["record"] != strconv.Itoa(i+1) || row["caveats"] != strings.Join(r.Caveats, ";") {
			t.Errorf("the row %v is not the record %+v", row, *r)
		}
	}
}

// TestReferencesAreNamedOnlyWhereKept takes a spell out of a group that seats refer to,
// and a measure out of the study that the release has.
func TestReferencesAreNamedOnlyWhereKept(t *testing.T) {
	t.Parallel()
	f := full(t)
	in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"outcome_change"}})
	whole, _ := packed(t, in)
	for _, g := range f.Groups() {
		g.Spells = g.Spells[:len(g.Spells)-1]
	}
	in.Snapshot = new(*in.Snapshot)
	in.Snapshot.SHA256 = contentOf(t, f)
	in.Study = new(*in.Study)
	in.Study.Measures = slices.DeleteFunc(slices.Clone(in.Study.Measures), func(m session.Measure) bool { return m == studytest.Outcome() })
	broken, _ := packed(t, in)
	references := func(files map[string][]byte, to string) int {
		return bytes.Count(files["datapackage.json"], []byte(`"resource": "`+to+`"`))
	}
	if a, b := references(whole, "members"), references(broken, "members"); a != 1 || b != 0 {
		t.Errorf("%d and %d references to members", a, b)
	}
	if a, b := references(whole, "measures"), references(broken, "measures"); a != 8 || b != 7 {
		t.Errorf("%d and %d references to measures", a, b)
	}
}

// contentOf hashes what a source yields.
func contentOf(tb testing.TB, source tables.Source) string {
	tb.Helper()
	var content study.Content
	for x, err := range source.Frozen(tb.Context()) {
		if err != nil {
			tb.Fatal(err)
		}
		content.Check(x.Group, x.Sessions)
	}
	return content.Sum()
}

// again yields groups in another way than they were frozen.
type again []tables.Frozen

// Frozen yields them.
func (a again) Frozen(context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		for _, x := range a {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// TestOtherRowsThanThoseFrozenAreNoPackage: a group is missing, stands twice or in
// another place, or one answer was changed.
func TestOtherRowsThanThoseFrozenAreNoPackage(t *testing.T) {
	t.Parallel()
	f := full(t)
	var all again
	for x, err := range f.Frozen(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	answered := *all[5].Sessions[1]
	answered.Cohesion = slices.Clone(answered.Cohesion)
	answered.Cohesion[0].Answers = slices.Clone(answered.Cohesion[0].Answers)
	answered.Cohesion[0].Answers[2].Value++
	changed := slices.Clone(all)
	changed[5].Sessions = slices.Clone(changed[5].Sessions)
	changed[5].Sessions[1] = &answered
	for name, rows := range map[string]again{
		"as they were": all, "one is missing": all[:15], "one stands twice": append(slices.Clone(all[:1]), all...), "another order": append(slices.Clone(all[1:]), all[0]), "one answer": changed,
	} {
		in := input(f)
		in.Groups = rows
		var out bytes.Buffer
		_, err := tables.Package(t.Context(), &out, in, t.TempDir())
		if fine := name == "as they were"; (err == nil) != fine || (!fine && (fault.RuleOf(err) != "rows_not_frozen" || out.Len() > 0)) {
			t.Errorf("%s: %v after %d bytes", name, err, out.Len())
		}
		if _, err := tables.Stream(t.Context(), &out, in, tables.Cohesion, tables.NDJSON); (err == nil) != (name == "as they were") {
			t.Errorf("%s, as a stream: %v", name, err)
		}
	}
	in := input(f)
	in.Definition = func(instrument.Ref) (*instrument.Definition, bool) { return nil, false }
	if _, err := tables.Package(t.Context(), &bytes.Buffer{}, in, t.TempDir()); fault.RuleOf(err) != "measure_without_definition" {
		t.Errorf("without definitions: %v", err)
	}
}
