package dyad_test

import (
	"testing"

	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/session"
)

// bondForm is one member's form about another; a nil value was declined.
func bondForm(from, to session.MemberID, occasion session.Occasion, value *float64) session.BondRating {
	a := session.Answer{Item: 1, State: session.Declined}
	if value != nil {
		a = session.Answer{Item: 1, State: session.Answered, Value: *value}
	}
	r := session.Rating{
		Instrument: instrument.Ref{ID: "holon-bond-1", Version: "1"}, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(from)},
		Occasion: occasion, Answers: []session.Answer{a}, FormItems: 1,
	}
	if value == nil {
		r.FormMissing = 1
	}
	return session.BondRating{Rating: r, From: from, To: to}
}

// TestARoundHasWhoCameAndTheLaterFormOfEachPair reads one session in which one
// member stayed away, one said nothing, a form was withdrawn and one is not done.
func TestARoundHasWhoCameAndTheLaterFormOfEachPair(t *testing.T) {
	t.Parallel()
	s := &session.Session{ID: "s-1", GroupID: "g-1"}
	for member, came := range map[session.MemberID]session.Attendance{
		"a": session.Present, "b": session.Late, "c": "", "d": session.NoShow, "e": session.Present,
	} {
		s.Roster = append(s.Roster, session.Seat{MemberID: member, Attendance: came})
	}
	withdrawn, unfinished, redacted := bondForm("b", "c", session.Post, new(1.0)), bondForm("c", "b", session.Post, new(2.0)), bondForm("c", "e", session.Post, nil)
	withdrawn.Void = &session.Void{}
	unfinished.Unfinished = true
	redacted.Redacted = &session.Redacted{}
	s.Bonds = []session.BondRating{
		bondForm("a", "b", session.Post, new(7.0)), bondForm("a", "b", session.Pre, new(3.0)),
		bondForm("b", "a", session.Pre, new(4.0)), bondForm("b", "a", session.Post, new(5.0)),
		bondForm("a", "d", session.Pre, new(6.0)), bondForm("d", "a", session.Pre, new(6.0)),
		bondForm("c", "a", session.Post, nil), bondForm("x", "a", session.Post, new(9.0)),
		withdrawn, unfinished, redacted,
	}
	got := dyad.NewBonds(scorer(t, "holon-bond-1", instrument.RaterMember)).Round(s)
	if names := got.Group.Members; len(names) != 4 || names[0] != "a" || names[3] != "e" || got.Group.Name != "g-1" {
		t.Errorf("members %v", names)
	}
	values := map[string]float64{}
	for _, c := range got.Group.Cells {
		values[got.Group.Members[c.Actor]+got.Group.Members[c.Partner]] = c.Value
	}
	if len(values) != 2 || values["ab"] != 7 || values["ba"] != 5 {
		t.Errorf("ratings %v", values)
	}
	left := map[string]int{}
	for _, x := range got.Excluded.List() {
		left[x.Reason] = x.Rows
	}
	want := map[string]int{"not_both_present": 3, "earlier_form_of_the_day": 2, "missing_score_none_answered": 1, "unfinished_form": 1, "redacted": 1}
	for reason, n := range want {
		if left[reason] != n {
			t.Errorf("%s: %d, want %d", reason, left[reason], n)
		}
	}
	if len(left) != len(want) {
		t.Errorf("left out: %v", left)
	}
}

// TestTheThresholdIsTheMiddleOfTheUpperHalf of a scale from 0 to 10.
func TestTheThresholdIsTheMiddleOfTheUpperHalf(t *testing.T) {
	t.Parallel()
	if got := dyad.NewBonds(scorer(t, "holon-bond-1", instrument.RaterMember)).TieThreshold(); got != 7.5 {
		t.Errorf("%g", got)
	}
}
