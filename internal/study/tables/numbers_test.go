package tables_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

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
