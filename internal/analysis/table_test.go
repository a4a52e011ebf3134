package analysis_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/session"
)

// TestRecordsAndTableAgree asks the same of recorded sessions and of a table
// typed from them: one hash, one result.
func TestRecordsAndTableAgree(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	var b strings.Builder
	b.WriteString("group,session,member,y\n")
	for _, g := range r.groups {
		for _, s := range r.sessions[g.ID] {
			for _, x := range s.Cohesion {
				fmt.Fprintf(&b, "%s,%s,%s,%g\n", s.GroupID, s.ID, x.Rater.ID, x.Answers[0].Value)
			}
		}
	}
	plan := analysis.Plan{
		Data: "x.csv", Detail: analysis.Quick,
		Roles: analysis.Roles{Group: "group", Session: "session", Member: "member", Outcomes: []string{"y"}},
	}
	reports, err := analysis.RunPlan(t.Context(), fstest.MapFS{"x.csv": {Data: []byte(b.String())}}, plan)
	if err != nil {
		t.Fatal(err)
	}
	recorded := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem), Detail: analysis.Quick})
	recorded.Result = &analysis.GroupLevelResult{GroupLevel: *recorded.GroupLevel()} // a table knows nothing of what stands around it
	recorded.Data = nil                                                              // nor has it a version
	want, got := recorded.Document(), reports[0].Document()
	if diff := cmp.Diff(want.Input, got.Input); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Result, got.Result); diff != "" {
		t.Error(diff)
	}
	recordsOnly := func(c analysis.CaveatDocument) bool {
		return slices.Contains([]string{"negative_control_missing", "same_therapists_everywhere", "exploratory"}, c.Code)
	}
	if diff := cmp.Diff(slices.DeleteFunc(want.Caveats, recordsOnly), got.Caveats); diff != "" {
		t.Error(diff)
	}
}

// FuzzTable reads whatever comes: faults, or reports that can be written.
func FuzzTable(f *testing.F) {
	f.Add("g,m,y\na,1,2\nb,1,3\n", "")
	f.Add("\ufeffg,m,y\r\na,1,\r\n", "keep")
	f.Add("g,m,y\na,1,1e308\na,1,-1e308\nb,2,0\n", "average")
	f.Add("g,m,y\na,1,1e308\na,1,1.5e308\nb,2,0\nb,3,1\n", "average")
	f.Add("g,m,y\n\"a\",1,2\na,1,2\n", "drop_exact")
	f.Fuzz(func(t *testing.T, table, way string) {
		dir := fstest.MapFS{"x.csv": {Data: []byte(table)}}
		for _, member := range []string{"m", ""} {
			plan := analysis.Plan{
				Data: "x.csv", Roles: analysis.Roles{Group: "g", Member: member, Outcomes: []string{"y"}}, Duplicates: analysis.Duplicates(way),
			}
			reports, err := analysis.RunPlan(t.Context(), dir, plan)
			if fault.Is(err, fault.Internal) {
				t.Errorf("a table that is our fault: %v", err)
			}
			if err != nil {
				continue
			}
			body, err := analysis.Encode(&reports[0])
			if err != nil || !json.Valid(body) {
				t.Errorf("a report that cannot be written: %v", err)
			}
			if len(analysis.Sentences(&reports[0])) < 2 {
				t.Error("a report without sentences")
			}
		}
	})
}

// FuzzPlan reads whatever comes: a fault, or a plan that has nothing wrong.
func FuzzPlan(f *testing.F) {
	f.Add([]byte(`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y"}, "options": {"bound": 0.1}}`))
	f.Add([]byte(`{"analysis": "group_level", "data": "..", "roles": null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := analysis.ParsePlan(text)
		if err == nil {
			err = plan.Check()
			if err != nil {
				t.Errorf("a plan that was parsed is refused: %v", err)
			}
		}
	})
}

// BenchmarkTableOfAllMeasures asks about every measure of 60 groups of 8 over
// 20 sessions: four items a week and the group climate.
func BenchmarkTableOfAllMeasures(b *testing.B) {
	r := benchRecords(b)
	ratings := 0
	for _, list := range r.sessions {
		for _, s := range list {
			ratings += s.Count()
		}
	}
	for b.Loop() {
		if _, err := analysis.GroupLevelTable(b.Context(), r, analysis.Ask{Session: &analysis.Selection{Number: 5}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(ratings), "ns/rating")
}

// benchRecords fills records for the benchmark.
func benchRecords(b *testing.B) *records {
	b.Helper()
	r := newRecords(b)
	for k := range 60 {
		id := fmt.Sprintf("g%02d", k)
		g := r.group(b, id, session.KindGroup, people(id, 8)...)
		for number := 1; number <= 20; number++ {
			s := r.meeting(b, g, number)
			for i, seat := range s.Roster {
				v := float64((i*7 + k*3 + number) % 11)
				by := string(seat.MemberID)
				r.submit(b, s,
					form{instrument: cohesionItem, by: by, answers: []float64{v}}, form{instrument: standingItem, by: by, answers: []float64{v}},
					form{instrument: presenceItem, by: by, answers: []float64{v}},
					form{instrument: allianceItem, by: by, about: session.About{TherapistID: "t1"}, answers: []float64{v}},
					form{instrument: "gcq-s", by: by, answers: []float64{1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5}})
			}
		}
	}
	return r
}
