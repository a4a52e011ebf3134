package session_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestHowAFormCameInIsCorrectedInAllItsRatings(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", many, member(ben), session.About{TherapistID: lea})}, reference(t)))
	correct := func(c session.Correction) error {
		c.Rating, c.Why = "f-1.system", session.CorrectOther
		r, _, _ := s.Find(c.Rating)
		c.Version = r.Version
		return s.Correct(c, reference(t))
	}
	must(t, correct(session.Correction{Mode: new(session.Paper), AnsweredOn: new("2026-03-04")}))
	for level, r := range s.All {
		if r.Version != 2 || r.Entered.Mode != session.Paper || *r.Entered.AnsweredOn != "2026-03-04" || r.Entered.By != "operator" {
			t.Errorf("%s: version %d, %+v", level, r.Version, r.Entered)
		}
	}
	must(t, correct(session.Correction{Remove: []session.Removal{session.RemoveAnsweredOn}}))
	for level, r := range s.All {
		if r.Version != 3 || r.Entered.AnsweredOn != nil {
			t.Errorf("%s: version %d, %+v", level, r.Version, r.Entered)
		}
	}
	before := snapshot(t, s)
	wantFault(t, correct(session.Correction{Mode: new(session.Paper)}), fault.Invalid, "/items nothing_to_correct")
	wantFault(t, correct(session.Correction{Remove: []session.Removal{session.RemoveAnsweredOn, session.RemoveTotal}}), fault.Invalid, "/items nothing_to_correct")
	wantFault(t, correct(session.Correction{AnsweredOn: new("2026-03-07")}), fault.Invalid, "/answered_on answered_in_the_future")
	wantFault(t, correct(session.Correction{AnsweredOn: new("yesterday")}), fault.Invalid, "/answered_on bad_date")
	wantFault(t, correct(session.Correction{
		Mode: new(session.Mode("fax")), AfterSeeing: new(true), AnsweredOn: new("2026-03-05"), Remove: []session.Removal{session.RemoveAnsweredOn, "rater"},
	}), fault.Invalid, "/mode unknown_mode", "/after_seeing only_a_guess", "/remove/0 given_and_removed", "/remove/1 unknown_removal")
	wantFault(t, correct(session.Correction{Answers: []session.AnswerInput{{Item: 3, State: "not_shown"}}}), fault.Invalid, " nothing_left")
	if after := snapshot(t, s); after != before {
		t.Errorf("refused corrections changed the session:\n%s", cmp.Diff(before, after))
	}
}

func TestAGuessIsCorrectedToOneMadeAfterSeeing(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, therapist(lea), session.About{MemberID: ann})}, reference(t)))
	must(t, s.Correct(session.Correction{Rating: "f-1.alliance", Version: 1, Why: session.CorrectOther, AfterSeeing: new(true)}, reference(t)))
	if !s.Alliances[0].AfterSeeing {
		t.Error("still blind")
	}
	must(t, s.Correct(session.Correction{Rating: "f-1.alliance", Version: 2, Why: session.CorrectOther, AfterSeeing: new(false)}, reference(t)))
	if s.Alliances[0].AfterSeeing || s.Alliances[0].Version != 3 {
		t.Errorf("%+v", s.Alliances[0])
	}
}

func TestATotalIsRemovedWhereItemsStay(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", phq9, member(ann), session.About{})
	f.ReportedTotal = new(12.0)
	must(t, s.Submit([]session.FormInput{f, total(form(t, "f-2", phq9, member(ben), session.About{}), 3)}, reference(t)))
	remove := session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectTyping, Remove: []session.Removal{session.RemoveTotal}}
	must(t, s.Correct(remove, reference(t)))
	if s.Outcomes[0].ReportedTotal != nil || len(s.Outcomes[0].Answers) != 9 {
		t.Errorf("%+v", s.Outcomes[0])
	}
	remove.Rating = "f-2.outcome"
	wantFault(t, s.Correct(remove, reference(t)), fault.Invalid, " nothing_left")
}

func TestTwoVersionsOfARatingAreCompared(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{total(form(t, "f-1", phq9, member(ann), session.About{}), 3)}, reference(t)))
	first := s.Outcomes[0].Rating
	must(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectMissing, Answers: []session.AnswerInput{{Item: 2, Value: new(1.0)}}}, reference(t)))
	second := s.Outcomes[0].Rating
	want := session.Difference{Parts: []session.RatingPart{session.PartItems}, Items: []int{1, 2, 3, 4, 5, 6, 7, 8, 9}}
	if diff := cmp.Diff(want, second.DifferenceFrom(&first)); diff != "" {
		t.Errorf("a total that got its items (-want +got):\n%s", diff)
	}
	must(t, s.Correct(session.Correction{
		Rating: "f-1.outcome", Version: 2, Why: session.CorrectMissing, Answers: []session.AnswerInput{{Item: 2, State: "declined"}, {Item: 3, Value: new(0.0)}},
		Mode: new(session.Paper), AnsweredOn: new("2026-03-05"), Remove: []session.Removal{session.RemoveTotal},
	}, reference(t)))
	third := s.Outcomes[0].Rating
	want = session.Difference{Parts: []session.RatingPart{session.PartItems, session.PartTotal, session.PartMode, session.PartAnsweredOn}, Items: []int{2, 3}}
	if diff := cmp.Diff(want, third.DifferenceFrom(&second)); diff != "" {
		t.Errorf("several parts (-want +got):\n%s", diff)
	}
	must(t, s.VoidForm(voiding(s, "f-1")))
	if diff := cmp.Diff(session.Difference{Parts: []session.RatingPart{session.PartVoid}}, s.Outcomes[0].DifferenceFrom(&third)); diff != "" {
		t.Errorf("a void (-want +got):\n%s", diff)
	}
}
