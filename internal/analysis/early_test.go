package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// beginningsOf has groups of six over eight meetings, with an intake of everybody
// and an assessment at the end of the second member. Every member has an early
// alliance in meetings 3 to 5, answered by the member and guessed by the
// therapist, that goes before the final outcome by slope. In every group the
// first member misses the third meeting, the fifth leaves after the fifth meeting
// and the sixth after the second.
func beginningsOf(t *testing.T, groups int, slope float64) *records {
	t.Helper()
	r := newRecords(t)
	random := rand.New(rand.NewPCG(26, 5))
	tenth := func(v float64) float64 { return math.Round(10*min(10, max(0, v))) / 10 }
	whole := func(v float64) float64 { return math.Round(min(10, max(0, v))) }
	for k := range groups {
		id := fmt.Sprintf("g%02d", k)
		members := people(id, 6)
		g := r.group(t, id, session.KindGroup, members...)
		start, alliance := map[session.MemberID]float64{}, map[session.MemberID]float64{}
		well := func(s *session.Session, m session.MemberID, v float64) {
			r.submit(t, s, form{instrument: "ors", by: string(m), answers: []float64{tenth(v), tenth(v), tenth(v), tenth(v)}})
		}
		intake := session.Intake
		before := r.open(t, g, session.Plan{Number: 1, Kind: session.Assessment, Stage: &intake, HeldOn: "2026-01-02"})
		for _, m := range members {
			start[m], alliance[m] = 4+random.NormFloat64(), random.NormFloat64()
			well(before, m, start[m])
		}
		for number := 2; number <= 9; number++ {
			var absent []session.MemberID
			if number == 4 {
				absent = members[:1]
			}
			s := r.meeting(t, g, number, absent...)
			here := members
			if number > 3 {
				here = here[:5]
			}
			if number > 6 {
				here = here[:4]
			}
			for _, m := range members {
				switch {
				case slices.Contains(absent, m):
				case !slices.Contains(here, m):
					if err := s.Attend([]session.Mark{{MemberID: m, Attendance: session.NoShow}}, nil); err != nil {
						t.Fatal(err)
					}
				case number >= 4 && number <= 6:
					pair := session.About{TherapistID: "t1", MemberID: m}
					r.submit(t, s, form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{whole(5 + 1.5*alliance[m] + 0.4*random.NormFloat64())}},
						form{instrument: allianceItem, rater: instrument.RaterTherapist, by: "t1", about: pair, answers: []float64{whole(5 + 0.5*alliance[m] + random.NormFloat64())}})
					if number == 5 {
						well(s, m, start[m]+0.3+0.3*random.NormFloat64())
					}
				case number == 9:
					well(s, m, start[m]+1+slope*alliance[m]+0.4*random.NormFloat64())
				}
			}
		}
		end := session.EndStage
		after := r.open(t, g, session.Plan{Number: 10, Kind: session.Assessment, Stage: &end, HeldOn: "2026-04-02"})
		well(after, members[1], start[members[1]]+1+slope*alliance[members[1]]+0.4*random.NormFloat64())
	}
	return r
}

// early asks whether the early alliance tells of the final outcome.
func early(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.EarlyAllianceResult) {
	t.Helper()
	if q.Measure.Score == "" {
		q.Measure = byMembers(allianceItem)
	}
	if q.Against.Score == "" {
		q.Against = wellbeing()
	}
	q.Draws = 199
	report, err := analysis.EarlyAlliance(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.EarlyAllianceResult](t, report)
}

// TestAnEarlyAllianceIsFoundInRecordedSessions plants that it goes before the
// outcome, and counts who is not in it and why.
func TestAnEarlyAllianceIsFoundInRecordedSessions(t *testing.T) {
	t.Parallel()
	r := beginningsOf(t, 14, 0.8)
	report, got := early(t, r, analysis.Ask{})
	m := &got.Measures[0]
	if got.Answer != multilevel.Supported || !(*m.Within.Standard.Estimate > 0.3) || !(*m.Within.Increment.CI[0].Lower > 0) {
		t.Errorf("%s because %s, standardised %v, increment %v", got.Answer, got.Reason, m.Within.Standard.Estimate, m.Within.Increment)
	}
	if c := report.Counts; c.Groups != 14 || c.Members != 70 || m.Dropped.Members != 14 || m.Dropped.Stayed != 56 || m.Within.Members != 56 {
		t.Errorf("counts %+v, dropped %+v, %d in the line", c, m.Dropped, m.Within.Members)
	}
	if want := []string{"left_before_the_window 14"}; !slices.Equal(excluded(report), want) {
		t.Errorf("excluded %v", excluded(report))
	}
	if got.Window != (analysis.Window{From: 3, To: 5}) || got.Against.Level != instrument.Outcome || report.Subject.Level != instrument.Alliance || report.Data == nil {
		t.Errorf("window %v, about %+v and %+v", got.Window, report.Subject, got.Against)
	}
	if len(got.Measures) != 2 || got.Measures[1].Rater != "therapist" || len(got.Raters) != 1 || !(*got.Raters[0].Client > *got.Raters[0].Therapist) || len(got.Raters[0].Difference.CI) != 2 {
		t.Errorf("raters %+v", got.Raters)
	}
	if m.Between.Groups != 14 || m.Between.Alliance.Estimate == nil || !report.Caveats.Has("drop_outs_not_in_it") || !report.Caveats.Has("order_in_time_only") || !report.Caveats.Has("increment_never_below_nothing") {
		t.Errorf("between %+v, caveats %v", m.Between, report.Caveats.List())
	}
}

// TestNothingIsFoundWhereNothingIs has an outcome that owes nothing to the alliance.
func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	t.Parallel()
	if _, got := early(t, beginningsOf(t, 6, 0), analysis.Ask{}); got.Answer != multilevel.CannotTell || got.Needed != 542 {
		t.Errorf("%s because %s, %d members needed", got.Answer, got.Reason, got.Needed)
	}
}

// TestTheWindowCountsAttendedMeetings: whoever missed the third meeting has the
// third attended one a week later, and the change by the window's end reaches as
// far as the window.
func TestTheWindowCountsAttendedMeetings(t *testing.T) {
	t.Parallel()
	r := beginningsOf(t, 5, 0.5)
	// The third attended meeting of the first members is the fourth, in which the
	// outcome was asked for; that of the others is the third, and by its end they
	// have no outcome but that of the intake.
	asked, third := early(t, r, analysis.Ask{Window: analysis.Window{From: 3, To: 3}})
	_, fifth := early(t, r, analysis.Ask{Window: analysis.Window{From: 5, To: 5}})
	if got := third.Measures[0].Early.Members; got != 5 || !slices.Contains(excluded(asked), "no_outcome_by_the_end_of_the_window 20") {
		t.Errorf("%d members have an outcome by their third attended meeting, want 5; excluded %v", got, excluded(asked))
	}
	// Their fifth attended meeting is the sixth, in which nobody was asked.
	if got := fifth.Measures[0].Early.Members; got != 20 {
		t.Errorf("%d members have a fifth attended meeting with an alliance, want 20", got)
	}
	report, none := early(t, r, analysis.Ask{Window: analysis.Window{From: 7, To: 8}})
	if none.Answer != multilevel.NotIdentifiable || none.Reason != multilevel.NoData || !slices.Contains(excluded(report), "no_early_alliance 20") {
		t.Errorf("%s because %s, excluded %v", none.Answer, none.Reason, excluded(report))
	}
}

// TestTheEarlyAllianceIsTheMeanOverTheWindow: of 9, 2, 4, blank and 9 in the
// second to sixth attended meeting, meetings 3 to 5 have the mean 3.
func TestTheEarlyAllianceIsTheMeanOverTheWindow(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, people("g", 1)...)
	for number := 1; number <= 6; number++ {
		s := r.meeting(t, g, number)
		if answer := map[int]float64{2: 9, 3: 2, 4: 4, 6: 9}[number]; answer > 0 {
			r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, answer)
		}
		r.submit(t, s, form{instrument: "ors", by: "g-m1", answers: []float64{5, 5, 5, 5}})
	}
	if _, got := early(t, r, analysis.Ask{}); got.Measures[0].Early.Mean == nil || *got.Measures[0].Early.Mean != 3 {
		t.Errorf("early alliance %+v, want the mean 3", got.Measures[0].Early)
	}
}

// TestTheFinalOutcomeIsTheAssessmentAtTheEnd where there is one, whatever the last
// meeting said.
func TestTheFinalOutcomeIsTheAssessmentAtTheEnd(t *testing.T) {
	t.Parallel()
	r := beginningsOf(t, 5, 0.5)
	_, before := early(t, r, analysis.Ask{})
	change := func(kind session.Kind, member int) {
		for id, all := range r.sessions {
			for _, s := range all {
				for i := range s.Outcomes {
					x := &s.Outcomes[i]
					if s.Kind == kind && s.Number >= 9 && x.MemberID == people(string(id), 6)[member] {
						for k := range x.Answers {
							x.Answers[k].Value = 10 - x.Answers[k].Value
						}
					}
				}
			}
		}
	}
	change(session.Meeting, 1)
	if _, same := early(t, r, analysis.Ask{}); *same.Measures[0].Within.Alliance.Estimate != *before.Measures[0].Within.Alliance.Estimate {
		t.Error("the last meeting counted though there is an assessment at the end")
	}
	change(session.Assessment, 1)
	if _, other := early(t, r, analysis.Ask{}); *other.Measures[0].Within.Alliance.Estimate == *before.Measures[0].Within.Alliance.Estimate {
		t.Error("the assessment at the end does not count")
	}
}

// TestGuessesAfterSeeingAreNoEarlyAlliance leaves out those made after the answer
// was seen.
func TestGuessesAfterSeeingAreNoEarlyAlliance(t *testing.T) {
	t.Parallel()
	r := beginningsOf(t, 5, 0.5)
	marked := 0
	for id, all := range r.sessions {
		for _, s := range all {
			for i := range s.Alliances {
				if x := &s.Alliances[i]; x.Rater.Kind == instrument.RaterTherapist && x.MemberID == people(string(id), 6)[2] {
					x.AfterSeeing = true
					marked++
				}
			}
		}
	}
	_, got := early(t, r, analysis.Ask{})
	if marked != 15 || got.Measures[0].Early.Members != 25 || got.Measures[1].Early.Members != 20 {
		t.Errorf("%d marked; %d members by themselves, %d by their therapist", marked, got.Measures[0].Early.Members, got.Measures[1].Early.Members)
	}
}

// TestNoSentenceOfAnEarlyAllianceClaimsACause reads all that is said to people.
func TestNoSentenceOfAnEarlyAllianceClaimsACause(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	strong, weak, two := beginningsOf(t, 12, 0.8), beginningsOf(t, 6, 0), beginningsOf(t, 2, 0.8)
	for _, r := range []*records{strong, weak, two} {
		for _, q := range []analysis.Ask{{}, {Measure: measure(allianceItem, instrument.RaterTherapist)}, {Window: analysis.Window{From: 8, To: 8}}, {Measure: wellbeing(), Against: byMembers(allianceItem)}} {
			report, _ := early(t, r, q)
			for _, sentence := range noCause(t, &report) {
				said[sentence] = true
			}
		}
	}
	if len(said) < 15 {
		t.Errorf("only %d sentences were looked at", len(said))
	}
}

// TestWhatIsNoAllianceAndOutcomeIsRefused names measures of other levels.
func TestWhatIsNoAllianceAndOutcomeIsRefused(t *testing.T) {
	t.Parallel()
	r := beginningsOf(t, 4, 0)
	for _, q := range []analysis.Ask{{Measure: byMembers(cohesionItem)}, {Against: byMembers(cohesionItem)}, {Measure: wellbeing(), Against: byMembers(allianceItem)}} {
		report, got := early(t, r, q)
		if got.Answer != multilevel.Refused || report.Instead == "" || len(got.Measures) != 0 {
			t.Errorf("%s against %s: %s because %s", q.Measure.Instrument, q.Against.Instrument, got.Answer, got.Reason)
		}
	}
}

// TestOrderOfDocumentsMeansNothingToEarlyAlliances gives the same bytes, with a
// damaged document named.
func TestOrderOfDocumentsMeansNothingToEarlyAlliances(t *testing.T) {
	t.Parallel()
	r := beginningsOf(t, 5, 0.5)
	r.damage("g03", "g03-s11")
	sameInAnyOrder(t, r, func() analysis.Report {
		report, _ := early(t, r, analysis.Ask{})
		if !slices.Contains(excluded(report), "document_damaged 1") || !report.Caveats.Has("document_damaged") {
			t.Errorf("excluded %v", excluded(report))
		}
		return report
	})
}
