package session_test

import (
	"iter"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
	"holon/internal/session"
)

// ofPairs yields alliances with their pairs, as the level of pairs does.
func ofPairs(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
	return func(yield func(session.Unit, *session.Rating) bool) {
		for i := range s.Alliances {
			x := &s.Alliances[i]
			if !yield(session.Unit{TherapistID: x.TherapistID, MemberID: x.MemberID}, &x.Rating) {
				return
			}
		}
	}
}

// sitting is a session of Ann, Ben and Cleo with Lea, in which those given an
// answer rated their alliance with Lea; states are of a form without a value.
func sitting(number int, answers map[session.MemberID]session.Answer, change func(*session.Session)) *session.Session {
	s := &session.Session{
		ID: session.SessionID("s-" + string(rune('0'+number))), GroupID: "g-1", Number: number, Kind: session.Meeting,
		HeldOn: session.Date("2026-03-0" + string(rune('0'+number))), Status: session.StatusClosed,
		Therapists: []session.Presence{{TherapistID: lea, Role: session.Lead, Present: true}},
		Roster: []session.Seat{
			{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.Present}, {MemberID: cleo, Attendance: session.Present},
		},
	}
	for m, a := range answers {
		a.Item = 1
		s.Alliances = append(s.Alliances, session.AllianceRating{TherapistID: lea, MemberID: m, Rating: session.Rating{
			ID: session.RatingID(m), Version: 1, Instrument: alliance, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(m)},
			Occasion: session.Post, Answers: []session.Answer{a}, FormItems: 1, FormMissing: missing(a), Entered: session.Entry{Mode: session.Paper},
		}})
	}
	if change != nil {
		change(s)
	}
	return s
}

// missing counts the items of a one-item form that have no value.
func missing(a session.Answer) int {
	if a.State == session.Answered {
		return 0
	}
	return 1
}

// TestASeriesKeepsWhyThereIsNoValue goes through every gap.
func TestASeriesKeepsWhyThereIsNoValue(t *testing.T) {
	t.Parallel()
	def, _ := reference(t).Definition(alliance)
	scorer, _ := session.NewScorer(def, session.Measure{Instrument: alliance, Score: "rating", Rater: instrument.RaterMember})
	said := func(v float64) session.Answer { return session.Answer{State: session.Answered, Value: v} }
	all := map[session.MemberID]session.Answer{ann: said(7), ben: said(6)}
	annAbsent := func(how session.Attendance) func(*session.Session) {
		return func(s *session.Session) { s.Roster[0].Attendance = how }
	}
	benOnly := map[session.MemberID]session.Answer{ben: said(6)}
	sessions := []*session.Session{
		sitting(9, all, nil), // in any order
		sitting(1, all, nil),
		sitting(2, benOnly, nil),
		sitting(3, benOnly, annAbsent(session.Excused)),
		sitting(4, benOnly, annAbsent(session.NoShow)),
		sitting(5, nil, nil),
		sitting(6, map[session.MemberID]session.Answer{ann: {State: session.Declined}, ben: said(5)}, nil),
		sitting(7, all, func(s *session.Session) { s.Status = session.StatusCancelled }),
		sitting(8, nil, func(s *session.Session) { s.Therapists[0].Present = false }),
	}
	for i := range sessions[0].Alliances {
		if x := &sessions[0].Alliances[i]; x.MemberID == ann {
			x.Unfinished = true
		}
	}
	got := scorer.SeriesOf(sessions, ofPairs)
	if len(got) != 2 || got[0].Unit.MemberID != ann || got[1].Unit.MemberID != ben || got[0].GroupID != "g-1" {
		t.Fatalf("units %+v", got)
	}
	var gaps []session.Gap
	for _, p := range got[0].Points {
		gaps = append(gaps, p.Gap)
	}
	want := []session.Gap{
		session.GapNone, session.GapNoForm, session.GapExcused, session.GapNoShow, session.GapNotAsked, session.GapBlank, session.GapTherapistAbsent,
		session.GapUnfinished,
	}
	if diff := cmp.Diff(want, gaps); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{7}, got[0].Values()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{6, 6, 6, 6, 5, 6}, got[1].Values()); diff != "" {
		t.Error(diff)
	}
	first := got[0].Points[0]
	if first.Rating != session.RatingID(ann) || first.Version != 1 || first.Mode != session.Paper || !first.Attended() || first.Number != 1 {
		t.Errorf("first point %+v", first)
	}
}

// TestASeriesOfARedactedMemberSaysSo has no value where the answers were taken
// out, whether a form is left or not.
func TestASeriesOfARedactedMemberSaysSo(t *testing.T) {
	t.Parallel()
	def, _ := reference(t).Definition(alliance)
	scorer, _ := session.NewScorer(def, session.Measure{Instrument: alliance, Score: "rating", Rater: instrument.RaterMember})
	form := map[session.MemberID]session.Answer{ann: {State: session.StateRedacted}, ben: {State: session.Answered, Value: 3}}
	sessions := []*session.Session{
		sitting(1, form, nil),
		sitting(2, map[session.MemberID]session.Answer{ben: {State: session.Answered, Value: 3}}, func(s *session.Session) { s.Roster[0].Redacted = true }),
	}
	for i := range sessions[0].Alliances {
		if x := &sessions[0].Alliances[i]; x.MemberID == ann {
			x.Redacted = &session.Redacted{}
		}
	}
	for _, p := range scorer.SeriesOf(sessions, ofPairs)[0].Points {
		if p.Gap != session.GapRedacted {
			t.Errorf("session %d: gap %q", p.Number, p.Gap)
		}
	}
}

// TestReportsOfTwoAboutOneAreTwoSeries, each with the informant's own gaps.
func TestReportsOfTwoAboutOneAreTwoSeries(t *testing.T) {
	t.Parallel()
	def, _ := reference(t).Definition(adherenceSeen)
	scorer, ok := session.NewScorer(def, session.Measure{Instrument: adherenceSeen, Score: "rating", Rater: instrument.RaterMember})
	if !ok {
		t.Fatal("no score")
	}
	report := func(by session.MemberID, value float64) session.OutcomeRating {
		return session.OutcomeRating{MemberID: cleo, Rating: session.Rating{
			ID: session.RatingID(by), Version: 1, Instrument: adherenceSeen, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(by)},
			Occasion: session.Post, Answers: []session.Answer{{Item: 1, State: session.Answered, Value: value}}, FormItems: 1,
		}}
	}
	sessions := []*session.Session{
		sitting(1, nil, func(s *session.Session) { s.Outcomes = []session.OutcomeRating{report(ann, 10), report(ben, 90)} }),
		sitting(2, nil, func(s *session.Session) { // the child is away, which keeps nobody from reporting
			s.Outcomes = []session.OutcomeRating{report(ann, 20)}
			s.Roster[1].Attendance, s.Roster[2].Attendance = session.Excused, session.NoShow
		}),
		sitting(3, nil, func(s *session.Session) { s.Outcomes = []session.OutcomeRating{report(ann, 30)} }),
		sitting(4, nil, func(s *session.Session) { s.Roster = s.Roster[2:] }), // the child alone
		sitting(5, nil, func(s *session.Session) { s.Roster[1].Redacted = true }),
		sitting(6, nil, nil),
	}
	got := scorer.SeriesOf(sessions, func(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
		return func(yield func(session.Unit, *session.Rating) bool) {
			for i := range s.Outcomes {
				x := &s.Outcomes[i]
				if !yield(session.Unit{MemberID: x.MemberID, Informant: x.Rater}, &x.Rating) {
					return
				}
			}
		}
	})
	lines := map[string]string{}
	for _, line := range got {
		for _, p := range line.Points {
			said := string(p.Gap)
			if p.Gap == session.GapNone {
				said = strconv.FormatFloat(p.Value, 'f', -1, 64)
			}
			lines[line.Unit.Informant.ID] += " " + strconv.Itoa(p.Number) + ":" + said
		}
	}
	want := map[string]string{
		string(ann): " 1:10 2:20 3:30 5:not_asked 6:not_asked",
		string(ben): " 1:90 2:excused 3:no_form 5:redacted 6:not_asked",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}
