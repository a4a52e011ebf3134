package outcome_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/outcome"
	"holon/internal/session"
)

// scorer returns the scorer of a one-item instrument that comes with Holon.
func scorer(t *testing.T, id string, rater instrument.RaterKind) session.Scorer {
	t.Helper()
	registry, err := instrument.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	ref := instrument.Ref{ID: id, Version: "1"}
	def, ok := registry.Lookup(ref)
	if !ok {
		t.Fatalf("no instrument %s", id)
	}
	s, ok := session.NewScorer(def, session.Measure{Instrument: ref, Score: "total", Rater: rater})
	if !ok {
		t.Fatalf("no such score of %s", id)
	}
	return s
}

// rating is one answer to a one-item instrument.
func rating(id string, rater instrument.RaterKind, by string, value float64) session.Rating {
	return session.Rating{
		Instrument: instrument.Ref{ID: id, Version: "1"}, Rater: session.Rater{Kind: rater, ID: by}, Occasion: session.Post,
		Answers: []session.Answer{{Item: 1, State: session.Answered, Value: value}}, FormItems: 1,
	}
}

// meeting is a session of members m1 to m4, the last of them absent.
func meeting() *session.Session {
	return &session.Session{
		ID: "s1", GroupID: "g1", Kind: session.Meeting, GroupKind: session.KindGroup,
		Roster: []session.Seat{{MemberID: "m1"}, {MemberID: "m2"}, {MemberID: "m3"}, {MemberID: "m4", Attendance: session.NoShow}},
	}
}

// row is a row of the meeting.
func row(member string, value float64) multilevel.Row {
	return multilevel.Row{Group: "g1", Session: "s1", Member: member, Value: value}
}

// check compares rows and exclusions.
func check(t *testing.T, got multilevel.Ratings, rows []multilevel.Row, excluded []multilevel.Exclusion) {
	t.Helper()
	if diff := cmp.Diff(rows, got.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(excluded, got.Excluded.List()); diff != "" {
		t.Error(diff)
	}
}

// items is a form of seven items, all answered with the same value.
func items(by string, value float64) session.Rating {
	r := rating("gad-7", instrument.RaterMember, by, value)
	r.Answers, r.FormItems = nil, 7
	for i := range 7 {
		r.Answers = append(r.Answers, session.Answer{Item: i + 1, State: session.Answered, Value: value})
	}
	return r
}

// TestAnUnfinishedFormEntersNoAnalysis even where all of it is answered; it is
// counted, and its rater did not hand in nothing.
func TestAnUnfinishedFormEntersNoAnalysis(t *testing.T) {
	t.Parallel()
	unfinished := items("m1", 2)
	unfinished.Unfinished = true
	s := meeting()
	s.Outcomes = []session.OutcomeRating{{Rating: unfinished, MemberID: "m1"}, {Rating: items("m3", 1), MemberID: "m3"}}
	o := outcome.New(scorer(t, "gad-7", instrument.RaterMember))
	got := o.Read(s)
	if len(got.Rows) != 1 {
		t.Errorf("rows %v", got.Rows)
	}
	want := []multilevel.Exclusion{{Reason: "absent", Rows: 1}, {Reason: "no_form", Rows: 1}, {Reason: "unfinished_form", Rows: 1}}
	if diff := cmp.Diff(want, got.Excluded.List()); diff != "" {
		t.Error(diff)
	}
}

// TestOutcomesAreTheMembersOwn leaves out what one member says of another, and
// a form with a missing answer by its reason.
func TestOutcomesAreTheMembersOwn(t *testing.T) {
	t.Parallel()
	incomplete := items("m3", 1)
	incomplete.Answers[4].State, incomplete.FormMissing = session.Declined, 1
	void := items("m1", 3)
	void.Void = &session.Void{Why: session.VoidTwice}
	s := meeting()
	s.Outcomes = []session.OutcomeRating{
		{Rating: items("m1", 2), MemberID: "m1"},
		{Rating: items("m1", 3), MemberID: "m2"},
		{Rating: void, MemberID: "m4"},
		{Rating: void, MemberID: "m1"},
		{Rating: incomplete, MemberID: "m3"},
		{Rating: items("m4", 1), MemberID: "m4"}, // absent, and answered all the same
	}
	o := outcome.New(scorer(t, "gad-7", instrument.RaterMember))
	check(t, o.Read(s), []multilevel.Row{row("m1", 14), row("m4", 7)}, []multilevel.Exclusion{
		{Reason: "missing_score_too_many_missing", Rows: 1}, {Reason: "no_form", Rows: 1}, {Reason: "other_informant", Rows: 1},
	})
	if o.Composition() != multilevel.Additive || o.Objection() != nil {
		t.Errorf("composition %s, objection %v", o.Composition(), o.Objection())
	}
	if x := outcome.New(scorer(t, "gad-7", instrument.RaterTherapist)).Objection(); x == nil || x.Reason != "one_with_many" {
		t.Errorf("a therapist's view of all: %+v", x)
	}
}
