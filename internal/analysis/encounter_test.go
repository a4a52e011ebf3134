package analysis_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// waiAnswers makes twelve equal answers for each leg: task is items 1 2 10 12, goal
// 4 6 8 11, bond 3 5 7 9.
func waiAnswers(task, goal, bond float64) []float64 {
	return []float64{task, task, bond, goal, bond, goal, bond, goal, bond, task, goal, task}
}

// telehealth is a group of three over six meetings with one therapist there: the first
// member is wholly present and does not share the goals, by video from the fourth
// meeting on; in the second member everything is in the middle; the third says nothing
// of the encounter in all but one meeting.
func telehealth(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	members := people("v", 3)
	g := r.group(t, "v", session.KindGroup, members...)
	for n := 1; n <= 6; n++ {
		s := r.meeting(t, g, n)
		marks := []session.Mark{{MemberID: members[0], Attendance: session.Present}, {MemberID: members[1], Attendance: session.Late, Modality: session.Phone}}
		if n >= 4 {
			marks[0].Modality = session.Video
		}
		if err := s.Attend(marks, []session.TherapistMark{{TherapistID: "t1", Present: true}, {TherapistID: "t2", Present: false}}); err != nil {
			t.Fatal(err)
		}
		goal := 2.0
		if n == 2 {
			goal = 5
		}
		with := session.About{TherapistID: "t1"}
		r.submit(t, s,
			form{instrument: "wai-sr", by: string(members[0]), about: with, answers: waiAnswers(4, goal, 5)},
			form{instrument: presenceItem, by: string(members[0]), answers: []float64{float64(8 + n%3)}}, // about nobody in particular
			form{instrument: "holon-empathy-1", by: string(members[0]), about: with, answers: []float64{5}},
			form{instrument: "wai-sr", by: string(members[1]), about: with, answers: waiAnswers(4, 4, 4)},
			form{instrument: presenceItem, by: string(members[1]), about: with, answers: []float64{float64(5 + n%2)}},
			form{instrument: "wai-sr", by: string(members[2]), about: with, answers: waiAnswers(2, 2, 2)})
		if n == 6 {
			r.submit(t, s, form{instrument: presenceItem, by: string(members[2]), about: with, answers: []float64{10}})
		}
	}
	return r
}

// TestAHighEncounterWithLowAgreementIsFlagged, by measure of the encounter, with the
// sessions, how the member took part, and what chance would do; and nobody else is.
func TestAHighEncounterWithLowAgreementIsFlagged(t *testing.T) {
	t.Parallel()
	report, got := allianceOf(t, telehealth(t), analysis.Ask{Measure: wai("bond")})
	rule := &got.Apart
	if len(rule.Encounters) != 2 || rule.Encounters[0].Instrument.ID != "holon-empathy-1" || rule.Encounters[1].Instrument.ID != presenceItem || !slices.Equal(rule.Legs, []string{"task", "goal"}) {
		t.Fatalf("%+v", rule)
	}
	first, second, third := got.Pairs[0].Encounters, got.Pairs[1].Encounters, got.Pairs[2].Encounters
	p := &first[1]
	if p.Sessions != 6 || p.High != 6 || p.Low != 5 || p.Together != 5 || !p.Flagged || !(math.Abs(*p.Paired-1) < 1e-12) || !(*p.ByChance > 0 && *p.ByChance < .2) {
		t.Errorf("presence of the first: %+v, paired %g, by chance %g", p, *p.Paired, *p.ByChance)
	}
	// Presence .9 1 .8 .9 1 .8; the lowest leg .25, and in the second meeting tasks at .75.
	if !(math.Abs(*p.Gap-(5.4-5*.25-.75)/6) < 1e-12) {
		t.Errorf("gap %g", *p.Gap)
	}
	ways := []analysis.ApartByModality{
		{Modality: session.InPerson, Sessions: 3, High: 3, Low: 2, Together: 2}, {Modality: session.Video, Sessions: 3, High: 3, Low: 3, Together: 3},
	}
	if !slices.Equal(p.ByModality, ways) {
		t.Errorf("by modality %+v", p.ByModality)
	}
	if e := &first[0]; e.Flagged || e.Low != 5 || e.High != 0 {
		t.Errorf("empathy in the middle: %+v", e)
	}
	if second[1].Flagged || second[1].Sessions != 6 || second[0].Sessions != 0 || third[1].Flagged || third[1].Together != 1 || third[1].Paired != nil {
		t.Errorf("%+v, %+v", second, third)
	}
	if m := &rule.Encounters[1]; m.Pairs != 3 || m.Flagged != 1 || m.ByChance == nil || m.Typical == nil {
		t.Errorf("%+v", m)
	}
	points := got.Pairs[0].Points
	if points[0].Modality != "in_person" || points[5].Modality != "video" || *points[0].Encounters[1] != 9 || *points[0].Encounters[0] != 5 {
		t.Errorf("%+v", points[0])
	}
	said := strings.Join(analysis.Sentences(&report), " ")
	for _, words := range []string{
		"Between t1 and v-m1 presence in this meeting is high while agreement on task or goal is low, in 5 of 6 sessions (2 of 3 in person, 3 of 3 by video).",
		"Presence in this meeting: 1 of 3 pairs so; if encounter and agreement were alike in all of them, about",
	} {
		if !strings.Contains(said, words) {
			t.Errorf("nothing says %q: %s", words, said)
		}
	}
	if !report.Caveats.Has("encounter_stands_beside") {
		t.Error("no word about the rule")
	}
}

// TestTheEncounterEntersNoScore: with and without it every number of the alliance is
// the same.
func TestTheEncounterEntersNoScore(t *testing.T) {
	t.Parallel()
	numbers := func(r *records) string {
		t.Helper()
		_, got := allianceOf(t, r, analysis.Ask{Measure: wai("bond")})
		for i := range got.Pairs {
			got.Pairs[i].Encounters = nil
			for k := range got.Pairs[i].Points {
				got.Pairs[i].Points[k].Encounters = nil
			}
		}
		got.Apart = analysis.ApartRule{}
		report := analysis.Report{Result: got}
		raw, err := json.Marshal(report.Document().Result)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	with, without := telehealth(t), telehealth(t)
	for _, s := range without.sessions["v"] {
		s.Encounter = nil
	}
	if numbers(with) != numbers(without) {
		t.Error("the encounter moves a number of the alliance")
	}
	_, none := allianceOf(t, without, analysis.Ask{Measure: wai("bond")})
	if len(none.Apart.Encounters) != 0 || len(none.Pairs[0].Encounters) != 0 {
		t.Errorf("%+v", none.Apart)
	}
	for name, q := range map[string]analysis.Ask{
		"not_members_alliance": {Measure: byMembers(presenceItem)},
		"not_an_outcome":       {Measure: byMembers(presenceItem)},
	} {
		ask := analysis.Alliance
		if name == "not_an_outcome" {
			ask = analysis.OutcomeChange
		}
		_, err := ask(t.Context(), with, q)
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || len(e.Fields()) != 1 || e.Fields()[0].Rule != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheFlagIsUnderTheGuess: what is withheld of the alliance in a session counts in
// no flag of it, and the encounter of that session is not told of beside it.
func TestTheFlagIsUnderTheGuess(t *testing.T) {
	t.Parallel()
	r := telehealth(t)
	for _, s := range r.sessions["v"] {
		if s.Number >= 2 {
			s.Alliances = slices.DeleteFunc(s.Alliances, func(x session.AllianceRating) bool { return x.MemberID == "v-m1" })
		}
	}
	_, got := allianceOf(t, r, analysis.Ask{Measure: wai("bond")})
	if p := got.Pairs[0].Encounters[1]; p.Flagged || p.Sessions != 1 || *got.Pairs[0].Points[5].Encounters[1] != 8 {
		t.Errorf("to anybody else: %+v", p)
	}
	report, err := analysis.Alliance(t.Context(), &unguessed{r, "v-m1", 2}, analysis.Ask{Measure: wai("bond")})
	if err != nil {
		t.Fatal(err)
	}
	hidden := resultOf[*analysis.AllianceResult](t, report)
	if p := hidden.Pairs[0]; p.Encounters[1].Flagged || p.Encounters[1].Sessions != 1 || p.Points[5].Gap != string(session.GapWithheld) || p.Points[5].Encounters[1] != nil {
		t.Errorf("before the guess: %+v", p)
	}
}

// TestAnInstrumentWithoutAgreementsHasNoFlag: one question about the alliance is
// neither tasks nor goals.
func TestAnInstrumentWithoutAgreementsHasNoFlag(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "a", session.KindGroup, people("a", 1)...)
	s := r.meeting(t, g, 1)
	with := session.About{TherapistID: "t1"}
	r.submit(t, s,
		form{instrument: allianceItem, by: "a-m1", about: with, answers: []float64{1}}, form{instrument: presenceItem, by: "a-m1", about: with, answers: []float64{10}},
		// Two therapists are there: what is about nobody in particular is about neither.
		form{instrument: "holon-rapport-1", by: "a-m1", answers: []float64{10}},
		form{instrument: presenceItem, rater: instrument.RaterTherapist, by: "t1", answers: []float64{10}})
	report, got := allianceOf(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
	if e := got.Pairs[0].Encounters; len(e) != 2 || e[0].Sessions != 0 || !report.Caveats.Has("no_task_or_goal") || report.Caveats.Has("encounter_stands_beside") {
		t.Errorf("%+v, %v", e, report.Caveats.List())
	}
	if p := got.Pairs[0].Points[0].Encounters; *p[0] != 10 || p[1] != nil {
		t.Errorf("%v", p)
	}
}
