package session_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestACorrectionRaisesTheRatingsVersion(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", phq9, member(ann), session.About{}), form(t, "f-2", phq9, member(ben), session.About{})}, reference(t)))
	read := *s
	must(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{
		{Item: 2, Value: new(3.0)}, {Item: 9, State: "declined"},
	}}, reference(t)))
	got := s.Outcomes[0]
	if got.Version != 2 || got.FormMissing != 1 || got.Answers[1].Value != 3 || got.Answers[8] != (session.Answer{Item: 9, State: session.Declined}) {
		t.Errorf("rating %+v", got)
	}
	if old := read.Outcomes[0]; old.Version != 1 || old.Answers[1].Value != 0 || old.FormMissing != 0 {
		t.Errorf("the revision read before was changed with it: %+v", old)
	}
	if diff := cmp.Diff(read.Outcomes[1], s.Outcomes[1]); diff != "" {
		t.Errorf("another's rating changed:\n%s", diff)
	}
	wantFault(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(1.0)}}}, reference(t)),
		fault.Stale, "rating_corrected_since")
	// What was declined can be given a value again.
	must(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 2, Why: session.CorrectMissing, Answers: []session.AnswerInput{{Item: 9, Value: new(2.0)}}}, reference(t)))
	if got := s.Outcomes[0]; got.Version != 3 || got.FormMissing != 0 {
		t.Errorf("rating %+v", got)
	}
}

func TestACorrectionRecountsTheSiblingsOfItsForm(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", many, member(ben), session.About{TherapistID: lea})}, reference(t)))
	must(t, s.Correct(session.Correction{Rating: "f-1.system", Version: 1, Why: session.CorrectReading, Answers: []session.AnswerInput{{Item: 3, State: "not_answered"}}}, reference(t)))
	for level, r := range s.All {
		wantVersion := 1
		if level == "system" {
			wantVersion = 2
		}
		if r.FormItems != 4 || r.FormMissing != 1 || r.Version != wantVersion {
			t.Errorf("%s: %d of %d missing, version %d", level, r.FormMissing, r.FormItems, r.Version)
		}
	}
}

func TestACorrectionNamesEveryFaultAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", many, member(ben), session.About{TherapistID: lea})}, reference(t)))
	before := snapshot(t, s)
	try := func(c session.Correction) error {
		if c.Rating == "" {
			c.Rating = "f-1.alliance"
		}
		if c.Version == 0 {
			c.Version = 1
		}
		return s.Correct(c, reference(t))
	}
	wantFault(t, try(session.Correction{Rating: "f-1.bond"}), fault.NotFound, "no_such_rating")
	wantFault(t, try(session.Correction{Why: session.CorrectTyping}), fault.Invalid, "/items nothing_to_correct")
	wantFault(t, try(session.Correction{Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(1.0)}}}), fault.Invalid, "/items nothing_to_correct")
	wantFault(t, try(session.Correction{Why: "whim", ReportedTotal: new(9.0), Answers: []session.AnswerInput{
		{Item: 1, Value: new(9.0)}, {Item: 2, Value: new(1.0)}, {Item: 4, Value: new(1.0)}, {Item: 4, Value: new(2.0)}, {Item: 77, Value: new(1.0)},
	}}), fault.Invalid,
		"/why unknown_reason", "/items/0/value out_of_range", "/items/1/item no_such_item", "/items/3/item item_twice", "/items/4/item no_such_item",
		"/reported_total total_of_mixed_levels")
	if after := snapshot(t, s); after != before {
		t.Errorf("refused corrections changed the session:\n%s", cmp.Diff(before, after))
	}
	s.Alliances[0].Answers = s.Alliances[0].Answers[:1] // as no constructor makes it
	wantFault(t, try(session.Correction{Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 4, Value: new(2.0)}}}), fault.Internal, "definition_mismatch")
	s.Alliances[0].Instrument.Version = "0"
	wantFault(t, try(session.Correction{Why: session.CorrectTyping}), fault.Internal, "definition_missing")
}

func TestATotalIsCorrectedOrGetsItsItems(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", phq9, member(ann), session.About{})
	f.Answers, f.ReportedTotal = nil, new(12.0)
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	same := session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectReading, ReportedTotal: new(12.0)}
	wantFault(t, s.Correct(same, reference(t)), fault.Invalid, "/items nothing_to_correct")
	must(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectReading, ReportedTotal: new(21.0)}, reference(t)))
	if got := s.Outcomes[0]; *got.ReportedTotal != 21 || got.Version != 2 || len(got.Answers) != 0 {
		t.Errorf("rating %+v", got)
	}
	must(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 2, Why: session.CorrectMissing, Answers: []session.AnswerInput{{Item: 1, Value: new(2.0)}}}, reference(t)))
	got := s.Outcomes[0]
	if len(got.Answers) != 9 || got.Answers[0].Value != 2 || got.Answers[1].State != session.NotAnswered || got.FormMissing != 8 || *got.ReportedTotal != 21 {
		t.Errorf("rating %+v", got)
	}
}
