package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/vigilance"
	"holon/internal/session"
)

// alarms asks who stood out.
func alarms(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.AlarmsResult) {
	t.Helper()
	report, err := analysis.Alarms(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.AlarmsResult](t, report)
}

// absent is what somebody says who did not come.
var absent = math.NaN()

// weekly adds a group of a number of members over some weeks, who say of the alliance
// with the first therapist what says returns for each of them, counted from 0.
func (r *records) weekly(t *testing.T, id string, members, first, last int, says func(week, member int) float64) *session.Group {
	t.Helper()
	g := r.group(t, id, session.KindGroup, people(id, members)...)
	for week := first; week <= last; week++ {
		var away []session.MemberID
		var forms []form
		for i, m := range people(id, members) {
			v := says(week, i)
			if math.IsNaN(v) {
				away = append(away, m)
				continue
			}
			forms = append(forms, form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{v}})
		}
		r.submit(t, r.meeting(t, g, week, away...), forms...)
	}
	return g
}

// even says nearly the same every week.
func even(week, member int) float64 { return 6 + float64((week*(member+2)+member)%3) }

// steady says nearly the same every week, and all members but one the same.
func steady(week, member int) float64 { return []float64{7, 8, float64(6 + week%2), 7}[member] }

// evenly has two groups of five over ten weeks in which members say nearly the same;
// in the eighth, one member of the first group falls, and all of the second.
func evenly(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		r.weekly(t, id, 5, 1, 10, func(week, member int) float64 {
			if week == 8 && (id == "b" || member == 1) {
				return 1
			}
			return even(week, member)
		})
	}
	return r
}

// TestOneWhoFallsIsAnAlarmAndAllWhoFallAreOne of the whole group.
func TestOneWhoFallsIsAnAlarmAndAllWhoFallAreOne(t *testing.T) {
	t.Parallel()
	report, got := alarms(t, evenly(t), analysis.Ask{})
	var one, all bool
	for _, a := range got.All {
		switch {
		case a.Group == "a" && a.Number == 8 && a.Member == "a-m2" && a.Rule == vigilance.Drop:
			one = a.Value == 1 && a.Expected > 5 && a.Therapist == "t1"
		case a.Group == "b" && a.Number == 8 && a.Member == "":
			all = a.Rule == vigilance.Together && a.Value < -4
		case a.Group == "b" && a.Number == 8:
			t.Errorf("a member's alarm beside the group's: %+v", a)
		}
	}
	if !one || !all {
		t.Errorf("one %v, all %v: %+v", one, all, got.All)
	}
	// Both groups are led by the same two therapists: 2·16 comparisons a week, but for
	// the first weeks, which have fewer.
	if got.Budget != vigilance.Default || !(math.Abs(*got.P-0.25/32) < 1e-12) || !(got.ByChance > 0) || got.Comparisons < 200 || len(got.Seen) != 3 {
		t.Errorf("budget %v, P %v, by chance %v in %d", got.Budget, *got.P, got.ByChance, got.Comparisons)
	}
	said := strings.Join(noCause(t, &report), "\n")
	for _, words := range []string{"Alliance with the therapist t1: the whole group, on average 6.03 below what its members said before.", "member a-m2 at 1, where", "3 alarms in 1 member and 1 of whole groups; chance gives about 2 in as many comparisons of members", "Of real falls of two standard deviations within members (twice their usual ups and downs) about 26 in 100"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
}

// TestABudgetGivesMoreAlarmsOrNone: with more allowed there are as many or more, and
// each of the few is among the many.
func TestABudgetGivesMoreAlarmsOrNone(t *testing.T) {
	t.Parallel()
	r := evenly(t)
	_, few := alarms(t, r, analysis.Ask{Budget: 0.01})
	_, many := alarms(t, r, analysis.Ask{Budget: 1})
	if !(*few.P < *many.P) || !(few.ByChance < many.ByChance) || len(few.All) > len(many.All) {
		t.Errorf("%d alarms, then %d", len(few.All), len(many.All))
	}
}

// TestWhatChanceGivesIsOfTheMembersAskedAbout, as the alarms are: their own, and those
// of their groups as a whole. What everybody said stays what they are measured by.
func TestWhatChanceGivesIsOfTheMembersAskedAbout(t *testing.T) {
	t.Parallel()
	r := evenly(t)
	_, all := alarms(t, r, analysis.Ask{})
	comparisons, listed := 0, 0
	for _, id := range []string{"a", "b"} {
		for _, m := range people(id, 5) {
			_, one := alarms(t, r, analysis.Ask{Members: []session.MemberID{m}})
			for _, a := range one.All {
				if a.Group != id || a.Member != "" && a.Member != string(m) || !slices.ContainsFunc(all.All, func(b analysis.Alarm) bool {
					return b.Session == a.Session && b.Member == a.Member && b.Rule == a.Rule && b.Z == a.Z
				}) {
					t.Errorf("asked about %s: %+v", m, a)
				}
				listed++
			}
			if *one.P != *all.P || math.Abs(one.ByChance-*one.P*float64(one.Comparisons)) > 1e-12 {
				t.Errorf("%s: P %v, %v by chance in %d", m, *one.P, one.ByChance, one.Comparisons)
			}
			comparisons += one.Comparisons
		}
	}
	// Each of five members counts the nine comparisons of the whole group again.
	if comparisons-2*4*9 != all.Comparisons || listed != len(all.All)+4 {
		t.Errorf("%d comparisons of single members, %d in all; %d alarms, then %d", comparisons, all.Comparisons, listed, len(all.All))
	}
}

// TestAGroupThatNobodyLeadsIsWatched by its own budget.
func TestAGroupThatNobodyLeadsIsWatched(t *testing.T) {
	t.Parallel()
	r := evenly(t)
	for _, g := range r.groups {
		g.TherapistSpells = nil
	}
	_, got := alarms(t, r, analysis.Ask{})
	if got.P == nil || math.Abs(*got.P-0.25/16) > 1e-12 || len(got.All) < 2 || !(got.ByChance > 0) {
		t.Errorf("P %v, %v by chance, found %+v", got.P, got.ByChance, got.All)
	}
	if raised := grounded(t, allClosed(t, r), vigilance.Default); len(raised) < 2 {
		t.Errorf("raised %q", raised)
	}
}

// TestEveryScoreAskedForIsWatched: task, goal and bond of one form side by side, where
// the goal alone falls; nobody asking, its total.
func TestEveryScoreAskedForIsWatched(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	ref := instrument.Ref{ID: "wai-sr", Version: "1"}
	goal := []int{4, 6, 8, 11} // Hatcher & Gillaspy 2006
	for week := 1; week <= 8; week++ {
		s := r.meeting(t, g, week)
		for i, m := range members {
			answers := make([]float64, 12)
			for k := range answers {
				answers[k] = 3 + float64((week*(i+1)+k/2)%2)
				if week == 8 && i == 0 && slices.Contains(goal, k+1) {
					answers[k] = 1
				}
			}
			r.submit(t, s, form{instrument: ref.ID, by: string(m), about: session.About{TherapistID: "t1"}, answers: answers})
		}
	}
	var asked []analysis.Measure
	for _, score := range []string{"task", "goal", "bond"} {
		asked = append(asked, analysis.Measure{Instrument: ref, Score: score, Rater: instrument.RaterMember})
	}
	report, got := alarms(t, r, analysis.Ask{Measures: asked})
	if report.Counts.Ratings != 3*4*8 || math.Abs(*got.P-0.25/39) > 1e-12 {
		t.Errorf("%d ratings, P %v", report.Counts.Ratings, *got.P)
	}
	if !slices.ContainsFunc(got.All, func(a analysis.Alarm) bool { return a.Score == "goal" && a.Number == 8 && a.Member == "g-m1" }) {
		t.Errorf("%+v", got.All)
	}
	if report, _ = alarms(t, r, analysis.Ask{}); report.Counts.Ratings != 4*8 {
		t.Errorf("%d ratings", report.Counts.Ratings)
	}
}

// TestWhatCannotBeSeenIsNotSaidToBe: where nobody's values differ there is nothing to
// measure by.
func TestWhatCannotBeSeenIsNotSaidToBe(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.weekly(t, "g", 4, 1, 6, func(_, _ int) float64 { return 10 })
	report, got := alarms(t, r, analysis.Ask{})
	if got.Comparisons != 0 || got.ByChance != 0 || len(got.Seen) != 3 || got.Seen[1].Share != nil {
		t.Errorf("%+v", got)
	}
	said := strings.Join(noCause(t, &report), "\n")
	if !strings.Contains(said, "so that a fall would not be seen") || strings.Contains(said, "in 100 are seen") {
		t.Error(said)
	}
	// A fall from there is seen at once.
	r.rate(t, r.meeting(t, g, 7), allianceItem, session.About{TherapistID: "t1"}, 8, 10, 10, 10)
	if _, got = alarms(t, r, analysis.Ask{}); len(got.All) == 0 || got.All[0].Member != "g-m1" || got.All[0].Expected != 10 || got.Seen[1].Share == nil {
		t.Errorf("%+v", got)
	}
}

// TestMoreIsWorseTurnsAnAlarmRound: a rise of symptoms is one, and a fall is none.
func TestMoreIsWorseTurnsAnAlarmRound(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	for week := 1; week <= 8; week++ {
		s := r.meeting(t, g, week)
		for i, m := range members {
			v := float64((week + i) % 2)
			switch {
			case week == 8 && i == 0:
				v = 3
			case week < 8 && i == 3:
				v = 3
			}
			r.submit(t, s, form{instrument: "gad-7", by: string(m), answers: []float64{v, v, v, 1, 1, v, v}})
		}
	}
	_, got := alarms(t, r, analysis.Ask{Budget: 2})
	for _, a := range got.All {
		if a.Number == 8 && a.Member == "g-m4" {
			t.Errorf("getting better is an alarm: %+v", a)
		}
		if a.Number == 8 && a.Member == "g-m1" && !(a.Value > a.Expected && a.Z > 0) {
			t.Errorf("%+v", a)
		}
	}
	if !slices.ContainsFunc(got.All, func(a analysis.Alarm) bool { return a.Number == 8 && a.Member == "g-m1" }) {
		t.Errorf("getting worse is none: %+v", got.All)
	}
}

// TestAlarmsInAnyOrder gives the same bytes; bonds and cohesion are refused, and
// nothing is found in nothing.
func TestAlarmsInAnyOrder(t *testing.T) {
	t.Parallel()
	r := evenly(t)
	r.damage("a", "a-s99")
	sameInAnyOrder(t, r, func() analysis.Report {
		report, _ := alarms(t, r, analysis.Ask{})
		if !slices.Contains(excluded(report), "document_damaged 1") {
			t.Errorf("excluded %v", excluded(report))
		}
		return report
	})
	if _, err := analysis.Alarms(t.Context(), r, analysis.Ask{Measures: []analysis.Measure{byMembers(cohesionItem)}}); err == nil {
		t.Error("a cohesion was taken")
	}
	if _, got := alarms(t, newRecords(t), analysis.Ask{}); got.Verdict().Answer != multilevel.NotIdentifiable {
		t.Errorf("%+v", got.Verdict())
	}
}

// TestGroupsOneAfterTheOtherAreNoLargerCaseload: the budget is of a week, and in no
// week do both of them meet.
func TestGroupsOneAfterTheOtherAreNoLargerCaseload(t *testing.T) {
	t.Parallel()
	least := func(laterBy int) float64 {
		r := newRecords(t)
		r.weekly(t, "a", 5, 1, 10, even)
		r.weekly(t, "b", 5, 1+laterBy, 10+laterBy, func(week, member int) float64 { return even(week-laterBy, member) })
		_, got := alarms(t, r, analysis.Ask{})
		return *got.P
	}
	// 3·5 + 1 comparisons a week of one group.
	if both, after, half := least(0), least(12), least(5); !(math.Abs(both-0.25/32) < 1e-12) || !(math.Abs(after-0.25/16) < 1e-12) || !(math.Abs(half-0.25/(20.0*16/15)) < 1e-12) {
		t.Errorf("together %v, one after the other %v, with five weeks of both %v", both, after, half)
	}
}
