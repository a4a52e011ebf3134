package tables_test

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

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
