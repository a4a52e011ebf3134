package analysis_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// total is the total of an outcome that members answer.
func total(id string) analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: "total", Rater: instrument.RaterMember}
}

// changed asks who is better or worse.
func changed(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.OutcomeChangeResult) {
	t.Helper()
	report, err := analysis.OutcomeChange(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.OutcomeChangeResult](t, report)
}

// scoresOf has a group whose members give an instrument of so many items these
// totals, from 0 to 3 an item, in an intake and then meeting by meeting; -1 is no
// form.
func scoresOf(t *testing.T, of instrument.Ref, items int, members ...[]int) *records {
	t.Helper()
	r := newRecords(t)
	names := people("g", len(members))
	g := r.group(t, "g", session.KindGroup, names...)
	for at := range members[0] {
		var s *session.Session
		if at == 0 {
			s = r.open(t, g, session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-01-02"})
		} else {
			s = r.meeting(t, g, at+1)
		}
		for i, m := range names {
			left := members[i][at]
			if left < 0 {
				continue
			}
			answers := make([]float64, items)
			for k := range answers {
				answers[k] = float64(min(left, 3))
				left -= int(answers[k])
			}
			r.submit(t, s, form{instrument: of.ID, version: of.Version, by: string(m), answers: answers})
		}
	}
	return r
}

// TestWhoImprovedAndWhoDidNot by the published change of four points of the GAD-7.
func TestWhoImprovedAndWhoDidNot(t *testing.T) {
	t.Parallel()
	r := scoresOf(t, total("gad-7").Instrument, 7,
		[]int{14, 12, 10}, // improved: exactly four less
		[]int{14, 12, 11}, // three less
		[]int{8, 13, 12},  // deteriorated, twice
		[]int{8, 12, 9},   // was worse once
		[]int{-1, 9, -1},  // one value
	)
	report, got := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	for i, want := range []struct {
		class outcome.State
		worse []int
	}{{outcome.Improved, nil}, {outcome.Unchanged, nil}, {outcome.Deteriorated, []int{2, 3}}, {outcome.Unchanged, []int{2}}, {"", nil}} {
		m := &got.Members[i]
		if m.Class != want.class || !slices.Equal(m.Worse, want.worse) || (m.OffTrack != nil && *m.OffTrack) != (want.class == outcome.Deteriorated) {
			t.Errorf("%s: %q, worse in %v, off track %v", m.Member, m.Class, m.Worse, m.OffTrack)
		}
	}
	if n := got.Total; n.Improved != 1 || n.Unchanged != 2 || n.Deteriorated != 1 || n.Unknown != 1 || n.EverWorse != 2 || n.Members != 5 || got.Groups[0].Improved != 1 || got.Groups[0].Group != "g" {
		t.Errorf("counts %+v", n)
	}
	if m := got.Members[4]; m.Reason != series.TooFewValues || m.Change != nil || m.Recovered != nil {
		t.Errorf("one value: %+v", m)
	}
	if got.Rule != analysis.ReliablyWorse || got.NoCutoff != "several_cutoffs" || !report.Caveats.Has("several_cutoffs") || got.Members[0].Recovered != nil {
		t.Errorf("rule %q, cut-off %v because %q", got.Rule, got.Cutoff, got.NoCutoff)
	}
	// The published change says nothing of error: that is taken from neighbours. On a
	// scale of whole points a change counts from 4 on, and 3.5 is midway.
	sd := *series.SpreadOf([][]float64{{14, 12, 10}, {14, 12, 11}, {8, 13, 12}, {8, 12, 9}, {9}}).Successive
	if m := got.Members[0]; *m.StableNow != *series.FlaggedEver(3.5, sd, 1) || *m.StableEver != *series.FlaggedEver(3.5, sd, 2) {
		t.Errorf("stable members: %v now, %v ever", *m.StableNow, *m.StableEver)
	}
	said := strings.Join(noCause(t, &report), "\n")
	if !strings.Contains(said, "Of 5 members 1 improved since the beginning, 2 did not change beyond error, 1 deteriorated; of 1 it cannot be told") || !strings.Contains(said, "member g-m3 (+4 points).") || !strings.Contains(said, "none of the 4 members who can be classed") {
		t.Error(said)
	}
}

// TestAStandardDeviationIsOneThatAScaleHas: what cannot be computed with is refused.
func TestAStandardDeviationIsOneThatAScaleHas(t *testing.T) {
	t.Parallel()
	r := scoresOf(t, total("gad-7").Instrument, 7, []int{14, 9, 10}, []int{3, 9, 9})
	for _, sd := range []float64{5e-324, 1e-7, 1e7, 1e308, math.Inf(1), -1, math.NaN()} {
		if _, err := analysis.OutcomeChange(t.Context(), r, analysis.Ask{Measure: total("gad-7"), NormSD: sd, Reliability: 0.9}); err == nil {
			t.Errorf("a standard deviation of %g was taken", sd)
		}
	}
	for _, sd := range []float64{1e-6, 1e6} {
		for _, reliability := range []float64{5e-324, 0.5, 1 - 1e-16} {
			report, _ := changed(t, r, analysis.Ask{Measure: total("gad-7"), NormSD: sd, Reliability: reliability})
			if _, err := json.Marshal(report.Document()); err != nil {
				t.Errorf("%g and %g: %v", sd, reliability, err)
			}
		}
	}
}

// TestWhoIsNotOnTrackIsNamedWithTheGroup where there are several.
func TestWhoIsNotOnTrackIsNamedWithTheGroup(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for k, id := range []string{"a", "b", "c"} {
		g := r.group(t, id, session.KindGroup, "m-both", session.MemberID("m-"+id))
		for number := 1; number <= 3; number++ {
			s := r.meeting(t, g, number)
			for _, m := range []string{"m-both", "m-" + id} {
				worse := float64(min(3, number-1))
				if m != "m-both" && k > 0 {
					worse = 0
				}
				r.submit(t, s, form{instrument: "gad-7", by: m, answers: []float64{worse, worse, worse, 0, 0, 1, 0}})
			}
		}
	}
	report, _ := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "member m-a of group a (+6 points), member m-both of group a (+6 points), member m-both of group b (+6 points), member m-both of group c (+6 points).") || !strings.Contains(said, "Of members of several groups there are 1;") {
		t.Error(said)
	}
}

// TestRecoveredCrossesTheCutoff: reliably better and from one side of CORE-10's
// clinical cut-off of 11 to the other. The cut-off itself counts as ill.
func TestRecoveredCrossesTheCutoff(t *testing.T) {
	t.Parallel()
	asked := total("core-10")
	asked.Instrument.Version = "1.printed" // no item is turned
	r := scoresOf(t, asked.Instrument, 10, []int{20, 10}, []int{20, 11}, []int{10, 2}, []int{12, 10})
	_, got := changed(t, r, analysis.Ask{Measure: asked, Reliability: 0.9, NormSD: 5})
	for i, want := range []bool{true, false, false, false} {
		if m := &got.Members[i]; m.Recovered == nil || *m.Recovered != want {
			t.Errorf("%s: %s, recovered %v", m.Member, m.Class, m.Recovered)
		}
	}
	if got.Cutoff == nil || got.Cutoff.Value != 11 || got.Members[2].Class != outcome.Improved || got.Members[3].Class != outcome.Unchanged {
		t.Errorf("cut-off %+v, classes %s %s", got.Cutoff, got.Members[2].Class, got.Members[3].Class)
	}
	// A change of 4.4 points is more than error, on a scale of whole points one of 5.
	if m := got.Members[0]; !(math.Abs(*m.StableNow-*series.FlaggedEver(4.5, 5*math.Sqrt(0.1), 1)) < 1e-12) || got.Error.From != analysis.ErrorAsked || *got.Total.Recovered != 1 {
		t.Errorf("a stable member is found in %v; %d recovered", *m.StableNow, *got.Total.Recovered)
	}
}

// TestTheBetterEndTurnsTheClasses: on the ORS more is better.
func TestTheBetterEndTurnsTheClasses(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 2)
	g := r.group(t, "g", session.KindGroup, members...)
	for number, v := range map[int][2]float64{1: {3, 8}, 2: {8, 3}} {
		s := r.meeting(t, g, number)
		for i, m := range members {
			r.submit(t, s, form{instrument: "ors", by: string(m), answers: []float64{v[i], v[i], v[i], v[i]}})
		}
	}
	slices.SortFunc(r.sessions["g"], func(a, b *session.Session) int { return a.Number - b.Number })
	_, got := changed(t, r, analysis.Ask{Measure: wellbeing(), Reliability: 0.8, NormSD: 8})
	if got.Members[0].Class != outcome.Improved || got.Members[1].Class != outcome.Deteriorated || got.Better != instrument.HigherBetter {
		t.Errorf("%s and %s", got.Members[0].Class, got.Members[1].Class)
	}
	// Without a reliability nothing is called better, and no rule is there.
	report, none := changed(t, r, analysis.Ask{Measure: wellbeing()})
	if m := none.Members[0]; m.Class != "" || m.Reason != series.NoReliability || none.Rule != "" || none.NoRule != "no_rule" || !report.Caveats.Has("no_reliability") || none.Total.StableNow != nil {
		t.Errorf("%+v, rule %q", m, none.Rule)
	}
	if said := noCause(t, &report); !strings.Contains(strings.Join(said, " "), "No rule is available") {
		t.Error(said)
	}
}

// TestTheChangeCountsFromTheIntake, or from the first value where that was asked for,
// or where nothing was asked and there is no intake; a follow-up is not the outcome.
func TestTheChangeCountsFromTheIntake(t *testing.T) {
	t.Parallel()
	r := scoresOf(t, total("gad-7").Instrument, 7, []int{14, 6, 6}, []int{-1, 12, 6})
	after := r.open(t, r.groups[0], session.Plan{Number: 9, Kind: session.Assessment, Stage: new(session.FollowUp), HeldOn: "2026-09-02"})
	r.submit(t, after, form{instrument: "gad-7", by: "g-m1", answers: []float64{3, 3, 3, 3, 3, 3, 3}})
	for baseline, want := range map[analysis.Baseline][]float64{"": {14, 12}, analysis.FromIntake: {14, 12}, analysis.FromFirst: {14, 12}} {
		_, got := changed(t, r, analysis.Ask{Measure: total("gad-7"), Baseline: baseline})
		for i := range got.Members {
			switch m := &got.Members[i]; {
			case baseline == analysis.FromIntake && i == 1:
				if m.Reason != outcome.NoIntake || m.Baseline != nil || m.Class != "" {
					t.Errorf("no intake: %+v", m)
				}
			case m.Baseline.Value != want[i] || m.Last.Value != 6:
				t.Errorf("%q: %s from %+v to %+v", baseline, m.Member, m.Baseline, m.Last)
			case (m.From == analysis.FromIntake) != (i == 0 && baseline != analysis.FromFirst):
				t.Errorf("%q: %s counted from %s", baseline, m.Member, m.From)
			}
		}
	}
}

// TestOutcomeChangesInAnyOrder gives the same bytes; an alliance is no outcome.
func TestOutcomeChangesInAnyOrder(t *testing.T) {
	t.Parallel()
	r := courses(t, 3, 6, 0.5)
	sameInAnyOrder(t, r, func() analysis.Report {
		report, got := changed(t, r, analysis.Ask{Measure: wellbeing(), Reliability: 0.8, NormSD: 2})
		if len(got.Members) != 15 || len(got.Groups) != 3 {
			t.Errorf("%d members in %d groups", len(got.Members), len(got.Groups))
		}
		return report
	})
	if _, err := analysis.OutcomeChange(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem)}); err == nil {
		t.Error("an alliance was taken for an outcome")
	}
	if _, got := changed(t, r, analysis.Ask{Measure: total("gad-7")}); got.Verdict().Answer != multilevel.NotIdentifiable {
		t.Errorf("nobody answered: %+v", got.Verdict())
	}
}
