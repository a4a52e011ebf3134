package analysis_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// TestAnEveningSharedBySomeIsNotALastingGroup: every member is rated once, but
// in different sessions. Where several share theirs, its weather is in what is
// tested; where nobody does, or where it is no meeting, it is not.
func TestAnEveningSharedBySomeIsNotALastingGroup(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind     session.Kind
		perDay   [][]int // members of each session
		estimand multilevel.Estimand
		shared   bool
	}{
		"one came later":           {session.Meeting, [][]int{{0, 1, 2}, {3}}, multilevel.Group, true},
		"everybody on another day": {session.Meeting, [][]int{{0}, {1}, {2}, {3}}, multilevel.Group, false},
		"assessed on two days":     {session.Assessment, [][]int{{0, 1, 2}, {3}}, multilevel.Group, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecords(t)
			for i, id := range []string{"a", "b", "c", "d"} {
				g := r.group(t, id, session.KindGroup, people(id, 4)...)
				for day, members := range c.perDay {
					plan := session.Plan{Number: day + 1, Kind: c.kind, HeldOn: fmt.Sprintf("2026-02-%02d", day+1)}
					if c.kind == session.Assessment {
						plan.Stage = new(session.Intake)
					}
					s := r.open(t, g, plan)
					for _, m := range members {
						r.submit(t, s, form{instrument: cohesionItem, by: string(people(id, 4)[m]), answers: []float64{float64(2*i + m%2)}})
					}
				}
			}
			report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
			if report.GroupLevel().Estimand != c.estimand || (report.GroupLevel().REML.Variance.Session != nil) != c.shared || !report.Caveats.Has("different_sessions") {
				t.Errorf("estimand %s, %v", report.GroupLevel().Estimand, report.Caveats.List())
			}
			text := strings.Join(analysis.Sentences(&report), " ")
			if strings.Contains(text, "shared by those who were there") != c.shared || strings.Contains(text, "One evening of each") {
				t.Error(text)
			}
		})
	}
}

// TestWhoIsInTwoGroupsCountsOnce: of three people in three sessions one is in
// both groups.
func TestWhoIsInTwoGroupsCountsOnce(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	a := r.group(t, "a", session.KindGroup, "ann", "ben")
	r.rate(t, r.meeting(t, a, 1), cohesionItem, session.About{}, 4, 6)
	b := r.group(t, "b", session.KindGroup, "ann", "cleo")
	r.rate(t, r.meeting(t, b, 1), cohesionItem, session.About{}, 3)
	r.submit(t, r.meeting(t, b, 2), form{instrument: cohesionItem, by: "cleo", answers: []float64{9}})
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem), Detail: analysis.Quick})
	if report.Counts.Members != 3 || *report.Counts.Sessions != 3 || !report.Caveats.Has("members_in_several_groups") {
		t.Errorf("counts %+v, %v", report.Counts, report.Caveats.List())
	}
}

// TestAPThatIsTooSmallToBeWrittenSaysSo: no table has a p of 0.
func TestAPThatIsTooSmallToBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	for distance, tiny := range map[int]bool{1: false, 1_000_000: true} {
		var table strings.Builder
		table.WriteString("g,y\n")
		for i := range 400 {
			fmt.Fprintf(&table, "g%d,%d\n", i%40, distance*(i%40)+i%7)
		}
		reports, err := analysis.RunPlan(t.Context(), fstest.MapFS{"x.csv": {Data: []byte(table.String())}},
			analysis.Plan{Data: "x.csv", Roles: analysis.Roles{Group: "g", Outcomes: []string{"y"}}})
		if err != nil {
			t.Fatal(err)
		}
		if p := reports[0].GroupLevel().ANOVA.P; p == nil || (*p == 0) != tiny || reports[0].Caveats.Has("p_below_smallest_number") != tiny {
			t.Errorf("distance %d: p %v, %v", distance, p, reports[0].Caveats.List())
		}
	}
}

// TestSmallSharesAreNotWrittenAsNone, neither at the boundary of the variance
// component nor by rounding.
func TestSmallSharesAreNotWrittenAsNone(t *testing.T) {
	t.Parallel()
	boundary := told(multilevel.Supported, multilevel.BeyondChance, multilevel.Group, 0, 0.002, 0.11)
	boundary.GroupLevel().ICC1.Estimate = new(0.04)
	if got := analysis.Sentences(&boundary)[1]; !strings.Contains(got, "about 4 %") || !strings.Contains(got, "between 0.2 % and 11 %") {
		t.Error(got)
	}
	for upper, want := range map[float64]string{0.0004: "at most 0.04 %", 0.00004: "at most 0.01 %", 0.02: "at most 2 %", 0.048: "at most 4.8 %"} {
		r := told(multilevel.NotSupported, multilevel.UpperLimitBelow, multilevel.Group, 0, -0.1, upper)
		if got := analysis.Sentences(&r)[1]; !strings.Contains(got, want+" of") {
			t.Errorf("%g: %s", upper, got)
		}
	}
}
