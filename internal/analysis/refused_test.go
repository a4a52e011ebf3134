package analysis_test

import (
	"slices"
	"testing"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// TestQuestionsThatMisleadAreRefused goes through them by name.
func TestQuestionsThatMisleadAreRefused(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b", "c", "d"} {
		g := r.group(t, id, session.KindGroup, people(id, 3)...)
		for number := 1; number <= 2; number++ {
			s := r.meeting(t, g, number)
			r.rate(t, s, cohesionItem, session.About{}, 4, 5, 6)
			r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 3, 8, 9)
			r.rate(t, s, presenceItem, session.About{}, 3, 8, 9)
			r.rate(t, s, standingItem, session.About{}, 3, 8, 9)
			r.submit(t, s,
				form{instrument: cohesionItem, rater: instrument.RaterTherapist, by: "t1", answers: []float64{7}},
				form{instrument: allianceItem, rater: instrument.RaterTherapist, by: "t1", about: session.About{MemberID: session.MemberID(id + "-m1")}, answers: []float64{7}},
				form{instrument: bondItem, by: id + "-m1", about: session.About{MemberID: session.MemberID(id + "-m2")}, answers: []float64{7}},
				form{instrument: "phq-9", by: id + "-m1", occasion: session.Pre, answers: []float64{0, 1, 2, 3, 0, 1, 2, 3, 0}},
				form{instrument: "phq-9", by: id + "-m1", occasion: session.Post, answers: []float64{0, 1, 2, 3, 0, 1, 2, 3, 0}})
		}
	}
	family := r.group(t, "z", session.KindFamily, people("z", 3)...)
	r.rate(t, r.meeting(t, family, 1), allianceItem, session.About{TherapistID: "t1"}, 5, 5, 6)
	groups := []session.GroupKind{session.KindGroup}
	first := &analysis.Selection{Number: 1}
	phq := analysis.Measure{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
	for name, c := range map[string]struct {
		ask    analysis.Ask
		answer multilevel.Answer
		reason multilevel.Reason
	}{
		"alliance as cohesion":      {analysis.Ask{Measure: byMembers(allianceItem), As: instrument.Cohesion, Kinds: groups, Session: first}, "refused", "not_cohesion"},
		"standing as cohesion":      {analysis.Ask{Measure: byMembers(standingItem), As: instrument.Cohesion, Session: first}, "refused", "not_cohesion"},
		"presence as alliance":      {analysis.Ask{Measure: byMembers(presenceItem), As: instrument.Alliance, Session: first}, "refused", "not_alliance"},
		"cohesion as outcome":       {analysis.Ask{Measure: byMembers(cohesionItem), As: instrument.Outcome, Session: first}, "refused", "level_does_not_fit"},
		"alliance as shared view":   {analysis.Ask{Measure: byMembers(allianceItem), Composition: multilevel.ReferentShift, Kinds: groups, Session: first}, "refused", "composition_does_not_fit"},
		"therapist's alliances":     {analysis.Ask{Measure: measure(allianceItem, instrument.RaterTherapist), Session: first}, "refused", "one_with_many"},
		"bonds":                     {analysis.Ask{Measure: byMembers(bondItem), Session: first}, "refused", "social_relations"},
		"therapist's cohesion":      {analysis.Ask{Measure: measure(cohesionItem, instrument.RaterTherapist), Session: first}, "not_identifiable", "global_rating"},
		"groups with families":      {analysis.Ask{Measure: byMembers(allianceItem), Session: first}, "refused", "mixed_group_kinds"},
		"before and after":          {analysis.Ask{Measure: phq, Session: first}, "refused", "two_occasions"},
		"nobody has rated that":     {analysis.Ask{Measure: byMembers(purposeItem)}, "not_identifiable", "no_data"},
		"a session that is not yet": {analysis.Ask{Measure: byMembers(cohesionItem), Session: &analysis.Selection{Number: 9}}, "not_identifiable", "no_data"},
		"one group of many":         {analysis.Ask{Measure: byMembers(cohesionItem), Groups: []session.GroupID{"a"}, Session: first}, "not_identifiable", "one_group"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report, err := analysis.GroupLevel(t.Context(), &records{registry: r.registry, groups: r.groups, sessions: r.sessions}, c.ask)
			if err != nil {
				t.Fatal(err)
			}
			if report.GroupLevel().Answer != c.answer || report.GroupLevel().Reason != c.reason {
				t.Errorf("%s because %s, want %s because %s", report.GroupLevel().Answer, report.GroupLevel().Reason, c.answer, c.reason)
			}
			if report.GroupLevel().ICC1.Estimate != nil || report.GroupLevel().ANOVA.F != nil {
				t.Error("a number where there must be none")
			}
			if !report.Caveats.Has(string(c.reason)) {
				t.Errorf("no explanation: %v", report.Caveats.List())
			}
			if report.GroupLevel().Reason != multilevel.OneGroup { // what one group holds is described
				for _, path := range figures(t, &report) {
					t.Errorf("%s has a value, though nothing was computed", path)
				}
			}
			if c.answer == "refused" && report.Instead == "" {
				t.Error("nothing to ask instead")
			}
		})
	}
	asAsked := ask(t, r, analysis.Ask{Measure: byMembers(allianceItem), As: instrument.Alliance, Composition: multilevel.DirectConsensus, Kinds: groups, Session: first})
	if asAsked.GroupLevel().Answer == "refused" || asAsked.Subject.Composition != multilevel.DirectConsensus || asAsked.Caveats.Has("agreement_not_shown") {
		t.Errorf("a direct consensus asked for: %s, %s", asAsked.GroupLevel().Answer, asAsked.Subject.Composition)
	}
}

func TestQuestionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	_, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{
		Measure: analysis.Measure{Instrument: instrument.Ref{ID: cohesionItem, Version: "7"}, Score: "rating", Rater: "nobody", Occasion: "during"},
		As:      "warmth", Composition: "sum", Groups: []session.GroupID{"a", "q"}, Kinds: []session.GroupKind{"crowd"},
		Session: &analysis.Selection{Number: 1, Place: analysis.First}, Bound: 1.5, PlanICC: -1,
	})
	want := []string{
		"/as unknown_level", "/composition unknown_composition", "/kinds/0 unknown_kind", "/groups/1 unknown_group", "/session one_selection",
		"/bound out_of_range", "/plan_icc out_of_range", "/measure/rater unknown_rater", "/measure/occasion unknown_occasion",
		"/measure/instrument unknown_instrument_version",
	}
	if got := faultsOf(t, err); !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
	_, err = analysis.GroupLevel(t.Context(), r, analysis.Ask{
		Measure: analysis.Measure{Instrument: instrument.Ref{ID: cohesionItem, Version: "1"}, Score: "warmth", Rater: instrument.RaterMember},
		Session: &analysis.Selection{Place: "middle"},
	})
	if got := faultsOf(t, err); !slices.Equal(got, []string{"/session/place unknown_place", "/measure/score unknown_score"}) {
		t.Errorf("faults %v", got)
	}
}

// TestOnlyRatersOfTheItemsAreAskedAbout: nobody but members fills in the group
// climate, and therapists speak of alliances but have no bonds.
func TestOnlyRatersOfTheItemsAreAskedAbout(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	climate := func(rater instrument.RaterKind) analysis.Measure {
		return analysis.Measure{Instrument: instrument.Ref{ID: "gcq-s", Version: "1"}, Score: "engaged", Rater: rater}
	}
	for name, c := range map[string]struct {
		measure analysis.Measure
		allowed bool
	}{
		"climate by members":     {climate(instrument.RaterMember), true},
		"climate by therapists":  {climate(instrument.RaterTherapist), false},
		"climate by observers":   {climate(instrument.RaterObserver), false},
		"alliance by therapists": {measure(allianceItem, instrument.RaterTherapist), true},
		"bonds by therapists":    {measure(bondItem, instrument.RaterTherapist), false},
		"a total by therapists":  {analysis.Measure{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterTherapist}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := analysis.GroupLevel(t.Context(), &records{registry: r.registry, groups: r.groups, sessions: r.sessions}, analysis.Ask{Measure: c.measure})
			if c.allowed {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if got := faultsOf(t, err); !fault.Is(err, fault.Invalid) || !slices.Equal(got, []string{"/measure/rater rater_kind_not_allowed"}) {
				t.Errorf("faults %v", got)
			}
		})
	}
}
