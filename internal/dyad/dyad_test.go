package dyad_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/dyad"
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

// TestAlliancesWithSeveralTherapists: member 1 rates 8 and 6, which make 7.
func TestAlliancesWithSeveralTherapists(t *testing.T) {
	t.Parallel()
	const id = "holon-alliance-1"
	s := meeting()
	s.Alliances = []session.AllianceRating{
		{Rating: rating(id, instrument.RaterMember, "m1", 8), TherapistID: "t1", MemberID: "m1"},
		{Rating: rating(id, instrument.RaterMember, "m1", 6), TherapistID: "t2", MemberID: "m1"},
		{Rating: rating(id, instrument.RaterMember, "m2", 3), TherapistID: "t1", MemberID: "m2"},
		{Rating: rating(id, instrument.RaterTherapist, "t1", 9), TherapistID: "t1", MemberID: "m3"},
	}
	a := dyad.NewAlliances(scorer(t, id, instrument.RaterMember))
	got := a.Read(s)
	check(t, got, []multilevel.Row{row("m1", 7), row("m2", 3)},
		[]multilevel.Exclusion{{Reason: "absent", Rows: 1}, {Reason: "no_form", Rows: 1}, {Reason: "other_rater_kind", Rows: 1}})
	code, detail := a.Averaging(got.Averaged)
	if got.Averaged != 1 || code != "mean_over_therapists" || detail == "" {
		t.Errorf("%d rows are means: %s", got.Averaged, code)
	}
	if a.Composition() != multilevel.Additive || a.Objection() != nil {
		t.Errorf("composition %s, objection %v", a.Composition(), a.Objection())
	}
}

// TestOneRaterOfManyIsAnotherModel names it.
func TestOneRaterOfManyIsAnotherModel(t *testing.T) {
	t.Parallel()
	for _, rater := range []instrument.RaterKind{instrument.RaterTherapist, instrument.RaterObserver} {
		o := dyad.NewAlliances(scorer(t, "holon-alliance-1", rater)).Objection()
		if o == nil || o.Answer != multilevel.Refused || o.Reason != "one_with_many" {
			t.Errorf("%s: %+v", rater, o)
		}
	}
	if o := dyad.NewEncounters(scorer(t, "holon-presence-1", instrument.RaterTherapist)).Objection(); o == nil || o.Reason != "one_with_many" {
		t.Errorf("presence: %+v", o)
	}
}

// TestBondsAreARoundRobin reads one row per rater and refuses.
func TestBondsAreARoundRobin(t *testing.T) {
	t.Parallel()
	const id = "holon-bond-1"
	s := meeting()
	s.Bonds = []session.BondRating{
		{Rating: rating(id, instrument.RaterMember, "m1", 8), From: "m1", To: "m2"},
		{Rating: rating(id, instrument.RaterMember, "m1", 4), From: "m1", To: "m3"},
		{Rating: rating(id, instrument.RaterMember, "m2", 3), From: "m2", To: "m1"},
	}
	b := dyad.NewBonds(scorer(t, id, instrument.RaterMember))
	check(t, b.Read(s), []multilevel.Row{row("m1", 6), row("m2", 3)}, []multilevel.Exclusion{})
	if o := b.Objection(); o == nil || o.Reason != "social_relations" {
		t.Errorf("objection %+v", o)
	}
}

// TestPresenceIsOfTheRater has one row per member.
func TestPresenceIsOfTheRater(t *testing.T) {
	t.Parallel()
	const id = "holon-presence-1"
	s := meeting()
	s.Encounter = []session.EncounterRating{{Rating: rating(id, instrument.RaterMember, "m2", 5), TherapistID: "t1"}}
	e := dyad.NewEncounters(scorer(t, id, instrument.RaterMember))
	check(t, e.Read(s), []multilevel.Row{row("m2", 5)}, []multilevel.Exclusion{{Reason: "absent", Rows: 1}, {Reason: "no_form", Rows: 2}})
	if e.Composition() != multilevel.Additive || e.Objection() != nil {
		t.Errorf("composition %s, objection %v", e.Composition(), e.Objection())
	}
}
