package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
	"holon/internal/system"
)

// changingFamily has two caregivers and an adolescent over five sessions: all in the first;
// the second caregiver excused in the second; the adolescent alone in the third; the
// caregivers alone in the fourth; and in the fifth a grandparent who moved in.
func changingFamily(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	g := r.family(t, "f", parentsAndTeen()...)
	nan := math.NaN()
	none := []float64{nan, nan, nan, nan}
	r.evening(t, r.meeting(t, g, 1), familyEvening{[]float64{8, 7, 3}, []float64{8, 8, 6}, []float64{6, 5, 2}})
	r.evening(t, r.meeting(t, g, 2, "f-m2"), familyEvening{[]float64{8, nan, 4}, none, []float64{6, nan, 4}})
	alone := r.open(t, g, session.Plan{Number: 3, Kind: session.Individual, HeldOn: "2026-01-22", Members: []session.MemberID{"f-m3"}})
	r.evening(t, alone, familyEvening{[]float64{7}, none, none})
	pair := r.open(t, g, session.Plan{Number: 4, Kind: session.Subsystem, HeldOn: "2026-01-29", Members: []session.MemberID{"f-m1", "f-m2"}})
	r.evening(t, pair, familyEvening{[]float64{8, 7}, none, []float64{7, 7}})
	if _, err := g.Join("f-m4", session.RoleGrandparent, "2026-02-01"); err != nil {
		t.Fatal(err)
	}
	r.evening(t, r.meeting(t, g, 5), familyEvening{[]float64{8, 7, 6, 9}, none, []float64{6, 6, 6, 6}})
	s := r.sessions["f"][0]
	for i, v := range []float64{2, 2, 3} {
		r.submit(t, s, form{instrument: "softa-o-family", rater: instrument.RaterObserver, by: []string{"o1", "o2", "o3"}[i], answers: []float64{v}})
	}
	return r
}

// familiesOf runs the analysis.
func familiesOf(t *testing.T, src analysis.Source, ask analysis.Ask) (analysis.Report, *analysis.FamiliesResult) {
	t.Helper()
	r, err := analysis.Families(t.Context(), src, ask)
	if err != nil {
		t.Fatal(err)
	}
	result, ok := r.Result.(*analysis.FamiliesResult)
	if !ok {
		t.Fatalf("a result of type %T", r.Result)
	}
	return r, result
}

// place finds a measure of a result.
func place(t *testing.T, f *analysis.FamiliesResult, id string, rater instrument.RaterKind) int {
	t.Helper()
	at := slices.IndexFunc(f.Measures, func(m analysis.FamilyMeasure) bool {
		return m.Measure.Instrument.ID == id && m.Measure.Rater == rater
	})
	if at < 0 {
		t.Fatalf("no measure %s by %s among %+v", id, rater, f.Measures)
	}
	return at
}

// TestAFamilySideBySide has every member's answer, the therapist's own, the observers'
// consensus, and a line only where all who belong to the family on the day reported.
func TestAFamilySideBySide(t *testing.T) {
	t.Parallel()
	report, result := familiesOf(t, changingFamily(t), analysis.Ask{})
	if len(result.Families) != 1 || len(result.Families[0].Sessions) != 5 || len(result.Measures) != 4 {
		t.Fatalf("%+v", result)
	}
	f := result.Families[0]
	own, theirs := place(t, result, allianceItem, instrument.RaterMember), place(t, result, allianceItem, instrument.RaterTherapist)
	said := place(t, result, purposeItem, instrument.RaterMember)
	cells := func(number, measure int) (out []string) {
		for _, c := range f.Sessions[number-1].Cells {
			if c.Measure == measure {
				text := c.Gap
				if c.Value != nil {
					text = strings.Repeat("|", int(*c.Value))
				}
				if (c.Value != nil) != (c.Rating != "" && c.Gap == "") {
					t.Errorf("a value without its rating, or a rating without a value: %+v", c)
				}
				out = append(out, c.Member+" "+text)
			}
		}
		return out
	}
	for n, want := range map[int][]string{
		1: {"f-m1 ||||||||", "f-m2 |||||||", "f-m3 |||"},
		2: {"f-m1 ||||||||", "f-m2 excused", "f-m3 ||||"},
		3: {"f-m3 |||||||"},
		4: {"f-m1 ||||||||", "f-m2 |||||||"},
		5: {"f-m1 ||||||||", "f-m2 |||||||", "f-m3 ||||||", "f-m4 |||||||||"},
	} {
		if got := cells(n, own); !slices.Equal(got, want) {
			t.Errorf("session %d: %q, want %q", n, got, want)
		}
	}
	if got := cells(1, theirs); !slices.Equal(got, []string{"f-m1 ||||||||", "f-m2 ||||||||", "f-m3 ||||||"}) {
		t.Errorf("the therapist's own row: %q", got)
	}
	for n, want := range map[int]struct {
		n, of int
		value *float64
	}{1: {3, 3, new(13.0 / 3)}, 2: {2, 3, nil}, 4: {2, 3, nil}, 5: {4, 4, new(6.0)}} {
		lines := f.Sessions[n-1].Lines
		if len(lines) != 1 || lines[0].Measure != said || lines[0].N != want.n || lines[0].Of != want.of || len(lines[0].Ratings) != want.n {
			t.Errorf("session %d: %+v", n, lines)
			continue
		}
		if l := lines[0]; (l.Value == nil) != (want.value == nil) || l.Value != nil && *l.Value != *want.value || (l.Value == nil) != (l.Reason == analysis.NotFormed) {
			t.Errorf("session %d: %+v", n, l)
		}
	}
	if l := f.Sessions[0].Lines[0]; *l.Furthest != 4 || l.Higher != "f-m1" || l.Lower != "f-m3" || math.Abs(*l.SD-math.Sqrt(13.0/3)) > 1e-12 {
		t.Errorf("%+v", l)
	}
	if len(f.Sessions[2].Lines) != 0 {
		t.Errorf("a line of a session in which nobody was asked about the family: %+v", f.Sessions[2].Lines)
	}
	if c := f.Sessions[0].Consensus; len(c) != 1 || *c[0].Value != 2 || c[0].Way != system.Majority || c[0].Observers != 3 || len(c[0].Ratings) != 3 {
		t.Errorf("%+v", c)
	}
	house := f.Sessions[1].Household
	if len(house) != 3 || house[0].Role != "adolescent" || house[2].Member != "f-m2" || house[2].Attendance != "excused" || !house[2].Seat {
		t.Errorf("%+v", house)
	}
	if house := f.Sessions[2].Household; len(house) != 3 || house[1].Seat || !house[0].Seat {
		t.Errorf("%+v", house)
	}
	if house := f.Sessions[4].Household; len(house) != 4 || house[3].Role != "grandparent" {
		t.Errorf("%+v", house)
	}
	at := slices.IndexFunc(f.Rows, func(r analysis.FamilyRow) bool { return r.Measure == own && r.Rater == "f-m3" })
	if row := f.Rows[at]; row.Answered != 4 || *row.Mean != 5 || *row.First != 3 || *row.Last != 6 || row.Therapist != "t1" {
		t.Errorf("%+v", row)
	}
	if report.Counts.Groups != 1 || report.Counts.Members != 4 || *report.Counts.Sessions != 5 || !report.Caveats.Has("not_formed") {
		t.Errorf("%+v", report.Counts)
	}
}

// TestAFamilyIsAskedAboutNamedMeasuresAndMembers alone, and refuses what is none of it.
func TestAFamilyIsAskedAboutNamedMeasuresAndMembers(t *testing.T) {
	t.Parallel()
	r := changingFamily(t)
	_, result := familiesOf(t, r, analysis.Ask{Measures: []analysis.Measure{byMembers(purposeItem)}, Members: []session.MemberID{"f-m1", "f-m2"}})
	if len(result.Measures) != 1 || len(result.Families[0].Rows) != 2 {
		t.Errorf("%+v", result)
	}
	for _, s := range result.Families[0].Sessions {
		if s.Lines != nil {
			t.Errorf("a line of a part of the family: %+v", s.Lines)
		}
	}
	bad := measure("phq-9", instrument.RaterMember)
	bad.Score = "total"
	if _, err := analysis.Families(t.Context(), r, analysis.Ask{Measures: []analysis.Measure{bad}}); fault.RuleOf(err) != "not_said_in_a_family" {
		t.Errorf("an outcome: %v", err)
	}
	empty := newRecords(t)
	empty.group(t, "g", session.KindGroup, people("g", 3)...)
	report, none := familiesOf(t, empty, analysis.Ask{})
	if none.Reason != multilevel.NoData || len(report.Counts.Excluded) != 1 || report.Counts.Excluded[0].Reason != "not_a_family" {
		t.Errorf("%+v", report.Counts)
	}
}
