package session_test

import (
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// withdraw corrects every item of a rating to not shown.
func withdraw(s *session.Session, id session.RatingID, items ...int) session.Correction {
	r, _, _ := s.Find(id)
	c := session.Correction{Rating: id, Version: r.Version, Why: session.CorrectAttendance}
	for _, n := range items {
		c.Answers = append(c.Answers, session.AnswerInput{Item: n, State: "not_shown"})
	}
	return c
}

func TestARatingEnteredForTheWrongPersonIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	absent := []session.Mark{{MemberID: ann, Attendance: session.NoShow}}
	wantFault(t, s.Attend(absent, nil), fault.Invalid, "/members/0/attendance absent_with_ratings")
	wantFault(t, s.Attend(nil, []session.TherapistMark{{TherapistID: lea}}), fault.Invalid, "/therapists/0/present absent_with_ratings")
	wantFault(t, s.Cancel(session.CancelOther), fault.Invalid, " rated_as_held")
	wantFault(t, s.SetRoster(group(t, session.KindGroup), []session.MemberID{ben}), fault.Invalid, "/members has_ratings")

	must(t, s.Correct(withdraw(s, "f-1.alliance", 1), reference(t)))
	if r := s.Alliances[0]; r.Version != 2 || r.FormMissing != r.FormItems || r.Answers[0] != (session.Answer{Item: 1, State: session.NotShown}) {
		t.Errorf("rating %+v", r)
	}
	must(t, session.RestoreSession(s))
	wantFault(t, s.Correct(session.Correction{Rating: "f-1.alliance", Version: 2, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(3.0)}}}, reference(t)),
		fault.Conflict, "rating_withdrawn")
	f.ID = "f-2"
	must(t, s.Submit([]session.FormInput{f}, reference(t))) // its place is free
	f.ID = "f-3"
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
	must(t, s.Correct(withdraw(s, "f-2.alliance", 1), reference(t)))
	must(t, s.SetRoster(group(t, session.KindGroup), []session.MemberID{ben, cleo}))
	must(t, s.SetRoster(group(t, session.KindGroup), []session.MemberID{ann, ben, cleo}))
	must(t, s.Attend(absent, []session.TherapistMark{{TherapistID: lea}}))
	must(t, s.Cancel(session.CancelOther))
}

func TestWhatWasWithdrawnCountsAsNeverGiven(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}),
		form(t, "f-2", alliance, member(ben), session.About{TherapistID: lea}),
	}, reference(t)))
	must(t, s.Correct(withdraw(s, "f-1.alliance", 1), reference(t)))
	d, _ := reference(t).Definition(alliance)
	scorer, ok := session.NewScorer(d, session.Measure{Instrument: alliance, Score: d.Scores[0].ID, Rater: instrument.RaterMember})
	if !ok {
		t.Fatal("no such score")
	}
	ratings := func(yield func(string, *session.Rating) bool) {
		for i := range s.Alliances {
			if !yield(string(s.Alliances[i].MemberID), &s.Alliances[i].Rating) {
				return
			}
		}
	}
	var rows sheet
	scorer.Gather(ratings, &rows)
	scorer.Silent(s, ratings, &rows)
	slices.Sort(rows.left)
	if !slices.Equal(rows.rows, []string{string(ben)}) || !slices.Equal(rows.left, []string{"no_form", "no_form"}) {
		t.Errorf("rows %v, left %v", rows.rows, rows.left)
	}
}

// sheet notes what it is given.
type sheet struct{ rows, left []string }

func (s *sheet) Add(row string, _ float64) { s.rows = append(s.rows, row) }

func (s *sheet) Leave(reason string, _ int) { s.left = append(s.left, reason) }
