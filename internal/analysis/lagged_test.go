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

// Of the ORS everybody answers four lines from 0 to 10.
func wellbeing() analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: "ors", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
}

// courses has groups of five over so many meetings. What a member says of the
// alliance goes before what the member says of herself by arrow; one member of
// every group misses the fourth meeting.
func courses(t *testing.T, groups, meetings int, arrow float64) *records {
	t.Helper()
	r := newRecords(t)
	random := rand.New(rand.NewPCG(8, 26))
	round := func(v float64) float64 { return math.Round(10*min(10, max(0, v))) / 10 }
	for k := range groups {
		id := fmt.Sprintf("g%02d", k)
		members := people(id, 5)
		g := r.group(t, id, session.KindGroup, members...)
		last := map[session.MemberID]float64{}
		for number := 1; number <= meetings; number++ {
			var absent []session.MemberID
			if number == 4 {
				absent = members[:1]
			}
			s := r.meeting(t, g, number, absent...)
			for _, m := range members {
				if slices.Contains(absent, m) {
					continue
				}
				alliance := random.NormFloat64()
				well := 5 + arrow*last[m] + 0.5*random.NormFloat64()
				last[m] = alliance
				forms := []form{{instrument: "ors", by: string(m), answers: []float64{round(well), round(well + 0.2), round(well), round(well - 0.1)}}}
				if number != 6 || m != members[1] { // one form is missing
					forms = append(forms, form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{math.Round(min(10, max(0, 5+1.5*alliance)))}})
				}
				r.submit(t, s, forms...)
			}
		}
	}
	return r
}

// lagged asks what goes before what.
func lagged(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.LaggedResult) {
	t.Helper()
	report, err := analysis.Lagged(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.LaggedResult](t, report)
}

// alliesWell asks about alliance and well-being.
func alliesWell() analysis.Ask {
	return analysis.Ask{Measure: byMembers(allianceItem), Against: wellbeing(), Draws: 99}
}

// TestWhatGoesBeforeIsFoundInRecordedSessions plants an arrow from alliance to
// well-being, and counts what is lost where somebody was absent or a form is
// missing: an absence makes a longer gap, a missing form breaks the chain twice.
func TestWhatGoesBeforeIsFoundInRecordedSessions(t *testing.T) {
	t.Parallel()
	r := courses(t, 16, 10, 0.8)
	report, got := lagged(t, r, alliesWell())
	if got.Answer != multilevel.Supported || !got.Forward.Shown || got.Backward.Shown || !(*got.Forward.Corrected.Estimate > 0.4) {
		t.Errorf("%s because %s, forward %v %v, backward %v", got.Answer, got.Reason, got.Forward.Shown, got.Forward.Corrected.Estimate, got.Backward.Shown)
	}
	// Of 16 groups: 5·10 sittings less an absence and a missing form; pairs are
	// 9 of three members, 8 of who was absent, 7 of whose form is missing.
	if got.Occasions != 16*48 || got.Pairs != 16*(27+8+7) || report.Counts.Members != 80 || report.Counts.Groups != 16 || *report.Counts.Sessions != 160 {
		t.Errorf("%d occasions, %d pairs, counts %+v", got.Occasions, got.Pairs, report.Counts)
	}
	if want := []string{"attended_without_first_measure 16"}; !slices.Equal(excluded(report), want) {
		t.Errorf("excluded %v", excluded(report))
	}
	if g := got.Gap; *g.Least != 7 || *g.Most != 14 || !g.Covariate || got.Unit != "day" || got.Forward.Adjusted.Gap.Estimate == nil {
		t.Errorf("gaps %v to %v %s", *g.Least, *g.Most, got.Unit)
	}
	if got.Against == nil || got.Against.Level != instrument.Outcome || report.Subject.Level != instrument.Alliance || report.Input.Rows != got.Occasions || report.Data == nil {
		t.Errorf("subject %+v, against %+v", report.Subject, got.Against)
	}
}

// TestNoSentenceOfALaggedReportClaimsACause reads all that is said to people.
func TestNoSentenceOfALaggedReportClaimsACause(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, r := range []*records{courses(t, 16, 10, 0.8), courses(t, 5, 7, 0), courses(t, 2, 8, 0.8), courses(t, 4, 2, 0)} {
		for _, q := range []analysis.Ask{alliesWell(), {Measure: wellbeing(), Against: byMembers(allianceItem), Draws: 99}} {
			report, _ := lagged(t, r, q)
			for _, sentence := range noCause(t, &report) {
				said[sentence] = true
			}
		}
	}
	if len(said) < 12 {
		t.Errorf("only %d sentences were looked at", len(said))
	}
}

// TestOneOrTwoSessionsSayNothingOfOrder holds for recorded sessions as well.
func TestOneOrTwoSessionsSayNothingOfOrder(t *testing.T) {
	t.Parallel()
	for _, meetings := range []int{1, 2} {
		report, got := lagged(t, courses(t, 5, meetings, 0.8), alliesWell())
		if got.Answer != multilevel.NotIdentifiable || got.Reason != "fewer_than_three_sessions" || got.Together.RWithin != nil || !report.Caveats.Has("fewer_than_three_sessions") {
			t.Errorf("%d: %s because %s", meetings, got.Answer, got.Reason)
		}
	}
}

// TestWhatHasNoCourseIsRefused: bonds between members, and one report about a
// whole.
func TestWhatHasNoCourseIsRefused(t *testing.T) {
	t.Parallel()
	r := courses(t, 4, 4, 0)
	for _, m := range []analysis.Measure{byMembers(bondItem), measure(cohesionItem, instrument.RaterObserver)} {
		report, got := lagged(t, r, analysis.Ask{Measure: m, Against: wellbeing()})
		if got.Answer != multilevel.Refused || got.Reason != "no_course_of_members" || report.Instead == "" {
			t.Errorf("%s: %s because %s", m.Instrument, got.Answer, got.Reason)
		}
	}
	r.group(t, "family", session.KindFamily, people("family", 3)...)
	s := r.meeting(t, r.groups[len(r.groups)-1], 1)
	r.submit(t, s, form{instrument: "ors", by: "family-m1", answers: []float64{5, 5, 5, 5}},
		form{instrument: allianceItem, by: "family-m1", about: session.About{TherapistID: "t1"}, answers: []float64{5}})
	if _, got := lagged(t, r, alliesWell()); got.Answer != multilevel.Refused || got.Reason != "mixed_group_kinds" {
		t.Errorf("families among groups: %s because %s", got.Answer, got.Reason)
	}
}

// TestOrderOfDocumentsMeansNothingToLagged gives the same bytes, with a damaged
// document named.
func TestOrderOfDocumentsMeansNothingToLagged(t *testing.T) {
	t.Parallel()
	r := courses(t, 5, 7, 0.5)
	r.damage("g03", "g03-s9")
	sameInAnyOrder(t, r, func() analysis.Report {
		report, _ := lagged(t, r, alliesWell())
		if !slices.Contains(excluded(report), "document_damaged 1") || !report.Caveats.Has("document_damaged") {
			t.Errorf("excluded %v", excluded(report))
		}
		return report
	})
}

// TestLaggedTablesThatMislead: a member twice in a session, sessions without
// numbers.
func TestLaggedTablesThatMislead(t *testing.T) {
	t.Parallel()
	plan := analysis.Plan{Analysis: analysis.LaggedName, Roles: analysis.Roles{Member: "m", Session: "s", Predictor: "x", Outcomes: []string{"y"}}}
	reports, err := run(t, plan, "m,s,x,y\na,1,2,3\na,1,3,3\na,2,1,1\n")
	if err != nil {
		t.Fatal(err)
	}
	if v := reports[0].Result.Verdict(); v.Answer != multilevel.Refused || v.Reason != "member_twice_in_session" || reports[0].Instead == "" {
		t.Errorf("%+v", v)
	}
	if _, err := run(t, plan, "m,s,x,y\na,spring,2,3\n"); err == nil {
		t.Error("a session that is no number was taken")
	}
}
