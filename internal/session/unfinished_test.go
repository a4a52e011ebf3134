package session_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// begun is a session with Ann's form of several levels, of which only item 1 is
// answered.
func begun(tb testing.TB) *session.Session {
	tb.Helper()
	s := meeting(tb, session.KindFamily)
	f := form(tb, "f-1", many, member(ann), session.About{TherapistID: lea})
	f.Answers, f.Unfinished = f.Answers[:1], true
	must(tb, s.Submit([]session.FormInput{f}, reference(tb)))
	return s
}

func TestAnUnfinishedFormIsAnsweredOverAllItsLevels(t *testing.T) {
	t.Parallel()
	s := begun(t)
	for level, r := range s.All {
		if !r.Unfinished || r.Version != 1 || r.FormMissing != 3 || r.FormItems != 4 {
			t.Errorf("%s begun: %+v", level, r)
		}
	}
	before := snapshot(t, s)
	read := s.Ratings
	must(t, s.AnswerForm(session.FormAnswers{Form: "f-1", Answers: []session.AnswerInput{{Item: 3, Value: new(2.0)}, {Item: 1, Value: new(5.0)}, {Item: 2, State: "declined"}}}, reference(t)))
	for level, r := range s.All {
		if !r.Unfinished || r.Version != 2 || r.FormMissing != 2 {
			t.Errorf("%s answered: %+v", level, r)
		}
	}
	old := &session.Session{Head: s.Head, ID: s.ID, GroupID: s.GroupID, GroupKind: s.GroupKind, Number: s.Number, Kind: s.Kind, HeldOn: s.HeldOn, Status: s.Status, Therapists: s.Therapists, Roster: s.Roster, Ratings: read}
	if after := snapshot(t, old); after != before {
		t.Errorf("what was read before changed:\n%s", cmp.Diff(before, after))
	}
	must(t, s.AnswerForm(session.FormAnswers{Form: "f-1", Finished: true}, reference(t)))
	want := map[instrument.Level][]session.Answer{
		instrument.Alliance:    {{Item: 1, State: session.Answered, Value: 5}, {Item: 4}},
		instrument.MemberGroup: {{Item: 2, State: session.Declined}},
		instrument.System:      {{Item: 3, State: session.Answered, Value: 2}},
	}
	for level, r := range s.All {
		if diff := cmp.Diff(want[level], r.Answers); diff != "" || r.Unfinished || r.Version != 3 || r.FormMissing != 2 {
			t.Errorf("%s finished: %+v\n%s", level, r, diff)
		}
	}
}

func TestAnUnfinishedFormKeepsItsPlaceAndTheSessionCloses(t *testing.T) {
	t.Parallel()
	s := begun(t)
	again := form(t, "f-2", many, member(ann), session.About{TherapistID: lea})
	wantFault(t, s.Submit([]session.FormInput{again}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.Present}, {MemberID: cleo, Attendance: session.Excused}}, nil))
	must(t, s.Close(nil))
	must(t, s.AnswerForm(session.FormAnswers{Form: "f-1", Answers: []session.AnswerInput{{Item: 4, Value: new(1.0)}}, Finished: true}, reference(t)))
}

func TestWrongAnswersToAnUnfinishedFormAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s := begun(t)
	before := snapshot(t, s)
	ref := reference(t)
	refused := func(kind fault.Kind, a session.FormAnswers, want ...string) {
		t.Helper()
		wantFault(t, s.AnswerForm(a, ref), kind, want...)
		if after := snapshot(t, s); after != before {
			t.Fatalf("a refusal changed the session:\n%s", cmp.Diff(before, after))
		}
	}
	refused(fault.NotFound, session.FormAnswers{Form: "f-9", Finished: true}, "no_such_form")
	refused(fault.Invalid, session.FormAnswers{Form: "f-1"}, "/items nothing_to_add")
	refused(fault.Invalid, session.FormAnswers{Form: "f-1", Answers: []session.AnswerInput{
		{Item: 5, Value: new(1.0)}, {Item: 2, Value: new(9.0)}, {Item: 3, Value: new(1.0)}, {Item: 3, Value: new(2.0)}, {Item: 4, State: "asleep"},
	}}, "/items/0/item no_such_item", "/items/1/value out_of_range", "/items/3/item item_twice", "/items/4/state unknown_state")
	guess := form(t, "f-2", many, therapist(lea), session.About{MemberID: ann})
	guess.Answers, guess.Unfinished = guess.Answers[:1], true
	must(t, s.Submit([]session.FormInput{guess}, ref))
	before = snapshot(t, s)
	refused(fault.Invalid, session.FormAnswers{Form: "f-2", Answers: []session.AnswerInput{{Item: 2, Value: new(1.0)}}}, "/items/0/item item_not_of_rater")
	must(t, s.AnswerForm(session.FormAnswers{Form: "f-1", Finished: true}, ref))
	before = snapshot(t, s)
	refused(fault.Conflict, session.FormAnswers{Form: "f-1", Finished: true}, "form_finished")

	past := form(t, "f-3", phq9, member(ben), session.About{})
	past.Unfinished, past.Entered.Mode, past.ReportedTotal = true, session.Imported, new(3.0)
	wantFault(t, s.Submit([]session.FormInput{past}, ref), fault.Invalid, "/forms/0/reported_total total_of_unfinished", "/forms/0/unfinished unfinished_import")
}

// TestAnsweredItemByItemIsAsAnsweredAtOnce draws the order of answers and of
// saves.
func TestAnsweredItemByItemIsAsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	rapid.Check(t, func(rt *rapid.T) {
		whole := form(t, "f-1", phq9, member(ann), session.About{})
		for i := range whole.Answers {
			whole.Answers[i].Value = new(float64(rapid.IntRange(0, 3).Draw(rt, "answer")))
		}
		once, parts := meeting(t, session.KindGroup), meeting(t, session.KindGroup)
		must(t, once.Submit([]session.FormInput{whole}, ref))
		left := rapid.Permutation(slices.Clone(whole.Answers)).Draw(rt, "order")
		first := whole
		n := rapid.IntRange(1, len(left)).Draw(rt, "first")
		first.Answers, first.Unfinished, left = left[:n], true, left[n:]
		must(t, parts.Submit([]session.FormInput{first}, ref))
		saves := 1
		for len(left) > 0 {
			n := rapid.IntRange(1, len(left)).Draw(rt, "more")
			must(t, parts.AnswerForm(session.FormAnswers{Form: "f-1", Answers: left[:n]}, ref))
			left, saves = left[n:], saves+1
		}
		must(t, parts.AnswerForm(session.FormAnswers{Form: "f-1", Finished: true}, ref))
		if v := parts.Outcomes[0].Version; v != saves+1 {
			rt.Fatalf("version %d after %d saves and the end", v, saves)
		}
		parts.Outcomes[0].Version = 1
		if diff := cmp.Diff(once.Ratings, parts.Ratings); diff != "" {
			rt.Fatalf("at once (-) and item by item (+):\n%s", diff)
		}
	})
}

// FuzzAnswersToAnUnfinishedForm: whatever comes, the session can be restored,
// and a refusal changes nothing.
func FuzzAnswersToAnUnfinishedForm(f *testing.F) {
	f.Add(1, 2.0, "", false)
	f.Add(4, 0.0, "declined", true)
	f.Add(-3, 1e300, "answered", false)
	f.Fuzz(func(t *testing.T, item int, value float64, state string, finished bool) {
		s := begun(t)
		before := snapshot(t, s)
		err := s.AnswerForm(session.FormAnswers{Form: "f-1", Answers: []session.AnswerInput{{Item: item, Value: &value, State: state}, {Item: 2}}, Finished: finished}, reference(t))
		if err != nil && snapshot(t, s) != before {
			t.Error("a refusal changed the session")
		}
		if err := session.RestoreSession(s); err != nil {
			t.Errorf("what was acknowledged cannot be restored: %v", err)
		}
	})
}

// counted takes forms and what is left out.
type counted struct {
	forms int
	left  map[string]int
}

func (c *counted) AddForm(string, []float64)     { c.forms++ }
func (c *counted) Leave(reason string, rows int) { c.left[reason] += rows }

func TestItemsOfAnUnfinishedFormEnterNoAnalysis(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindGroup), reference(t)
	finished, unfinished := form(t, "f-1", phq9, member(ann), session.About{}), form(t, "f-2", phq9, member(ben), session.About{})
	unfinished.Unfinished = true
	must(t, s.Submit([]session.FormInput{finished, unfinished}, ref))
	def, _ := ref.Definition(phq9)
	scorer, ok := session.NewScorer(def, session.Measure{Instrument: phq9, Score: "total", Rater: instrument.RaterMember})
	if !ok {
		t.Fatal("no such score")
	}
	got := counted{left: map[string]int{}}
	scorer.GatherItems(func(yield func(string, *session.Rating) bool) {
		for _, r := range s.All {
			if !yield(r.Rater.ID, r) {
				return
			}
		}
	}, &got)
	if diff := cmp.Diff(map[string]int{"unfinished_form": 1}, got.left); diff != "" || got.forms != 1 {
		t.Errorf("%d forms (-want +got):\n%s", got.forms, diff)
	}
	if value, why := scorer.Value(&s.Outcomes[1].Rating); value != nil || why != instrument.ReasonFormUnfinished {
		t.Errorf("a score of an unfinished form: %v because %q", value, why)
	}
}

func TestNothingOfAFormIsTakenBackByAnsweringIt(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindGroup), reference(t)
	started := form(t, "f-1", cohesion, member(ann), session.About{})
	started.Unfinished = true
	must(t, s.Submit([]session.FormInput{started}, ref))
	err := s.AnswerForm(session.FormAnswers{Form: "f-1", Answers: []session.AnswerInput{{Item: 1, State: "not_shown"}}}, ref)
	wantFault(t, err, fault.Invalid, "/items nothing_left")
	if x := s.Cohesion[0]; !x.Live() || x.Version != 1 {
		t.Errorf("%+v", x)
	}
}
