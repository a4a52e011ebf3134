package cohesion_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/cohesion"
	"holon/internal/instrument"
	"holon/internal/multilevel"
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
	s, ok := session.NewScorer(def, session.Measure{Instrument: ref, Score: "rating", Rater: rater})
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

// TestMembersReports has one row per member who spoke of the whole, and counts
// the therapist's report, the absent member and the one who said nothing.
func TestMembersReports(t *testing.T) {
	t.Parallel()
	const id = "holon-cohesion-1"
	s := meeting()
	s.Cohesion = []session.CohesionRating{
		{Rating: rating(id, instrument.RaterMember, "m2", 7)},
		{Rating: rating(id, instrument.RaterMember, "m1", 4)},
		{Rating: rating(id, instrument.RaterTherapist, "t1", 9)},
		{Rating: rating("another", instrument.RaterMember, "m3", 1)},
	}
	r := cohesion.NewReports(scorer(t, id, instrument.RaterMember))
	check(t, r.Read(s), []multilevel.Row{row("m1", 4), row("m2", 7)},
		[]multilevel.Exclusion{{Reason: "absent", Rows: 1}, {Reason: "no_form", Rows: 1}, {Reason: "other_rater_kind", Rows: 1}})
	if r.Composition() != multilevel.ReferentShift || r.Objection() != nil {
		t.Errorf("composition %s, objection %v", r.Composition(), r.Objection())
	}
}

// TestReportsFromOutside are one global rating of the whole, the mean of those
// who gave one, and cannot be divided.
func TestReportsFromOutside(t *testing.T) {
	t.Parallel()
	const id = "holon-cohesion-1"
	s := meeting()
	s.Cohesion = []session.CohesionRating{
		{Rating: rating(id, instrument.RaterTherapist, "t1", 9)}, {Rating: rating(id, instrument.RaterTherapist, "t2", 6)},
	}
	r := cohesion.NewReports(scorer(t, id, instrument.RaterTherapist))
	check(t, r.Read(s), []multilevel.Row{row("", 7.5)}, []multilevel.Exclusion{})
	o := r.Objection()
	if r.Composition() != multilevel.Global || o == nil || o.Answer != multilevel.NotIdentifiable || o.Reason != "global_rating" {
		t.Errorf("composition %s, objection %+v", r.Composition(), o)
	}
}

// TestStandingIsNoReportAboutTheWhole stays additive.
func TestStandingIsNoReportAboutTheWhole(t *testing.T) {
	t.Parallel()
	const id = "holon-standing-1"
	s := meeting()
	s.MemberGroup = []session.MemberGroupRating{
		{Rating: rating(id, instrument.RaterMember, "m1", 4), MemberID: "m1"}, {Rating: rating(id, instrument.RaterMember, "m3", 5), MemberID: "m3"},
	}
	r := cohesion.NewStanding(scorer(t, id, instrument.RaterMember))
	check(t, r.Read(s), []multilevel.Row{row("m1", 4), row("m3", 5)},
		[]multilevel.Exclusion{{Reason: "absent", Rows: 1}, {Reason: "no_form", Rows: 1}})
	if r.Composition() != multilevel.Additive || r.Objection() != nil {
		t.Errorf("composition %s, objection %v", r.Composition(), r.Objection())
	}
	if o := cohesion.NewStanding(scorer(t, id, instrument.RaterObserver)).Objection(); o == nil || o.Reason != "one_with_many" {
		t.Errorf("an observer of all members: %+v", o)
	}
}
