package session_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// nextDay is when the fixtures' corrections are made.
var nextDay = time.Date(2026, 3, 6, 9, 0, 0, 987654321, time.UTC)

// voiding takes back a form as it is now.
func voiding(s *session.Session, id session.FormID) session.Voiding {
	return session.Voiding{Form: id, Version: s.FormVersion(id), Why: session.VoidTwice, By: "operator", At: nextDay}
}

// restoring takes a void back.
func restoring(s *session.Session, id session.FormID) session.Restoring {
	return session.Restoring{Form: id, Version: s.FormVersion(id), Why: session.RestoreMistaken}
}

// withdraw makes a rating what corrections of earlier versions made of it: none
// of its items was shown.
func withdraw(s *session.Session, id session.RatingID) {
	r, _, _ := s.Find(id)
	r.Version++
	for i := range r.Answers {
		r.Answers[i] = session.Answer{Item: r.Answers[i].Item, State: session.NotShown}
	}
}

// takenBack are the two ways in which a form can have been taken back.
func takenBack(t *testing.T) map[string]func(s *session.Session, id session.FormID) {
	t.Helper()
	return map[string]func(s *session.Session, id session.FormID){
		"void":                      func(s *session.Session, id session.FormID) { must(t, s.VoidForm(voiding(s, id))) },
		"withdrawn by a correction": func(s *session.Session, id session.FormID) { withdraw(s, session.RatingID(id+".alliance")) },
	}
}

func TestAFormThatWasTakenBackIsInNobodysWay(t *testing.T) {
	t.Parallel()
	for name, takeBack := range takenBack(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := meeting(t, session.KindGroup)
			f := form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})
			must(t, s.Submit([]session.FormInput{f}, reference(t)))
			absent := []session.Mark{{MemberID: ann, Attendance: session.NoShow}}
			wantFault(t, s.Attend(absent, nil), fault.Invalid, "/members/0/attendance absent_with_ratings")
			wantFault(t, s.Attend(nil, []session.TherapistMark{{TherapistID: lea}}), fault.Invalid, "/therapists/0/present absent_with_ratings")
			wantFault(t, s.Cancel(session.CancelOther), fault.Invalid, " rated_as_held")
			wantFault(t, s.SetRoster(group(t, session.KindGroup), []session.MemberID{ben}), fault.Invalid, "/members has_ratings")

			takeBack(s, "f-1")
			if r := s.Alliances[0]; r.Version != 2 || r.Live() {
				t.Errorf("rating %+v", r)
			}
			must(t, session.RestoreSession(s))
			wantFault(t, s.Correct(session.Correction{Rating: "f-1.alliance", Version: 2, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(3.0)}}}, reference(t)),
				fault.Conflict, "form_void")
			wantFault(t, s.VoidForm(voiding(s, "f-1")), fault.Conflict, "form_void")
			_, err := s.Relocate(session.Move{Form: "f-1", Version: 2, To: "s-1", Occasion: new(session.Pre), Why: session.MoveOccasion}, reference(t))
			wantFault(t, err, fault.Conflict, "form_void")
			f.ID = "f-2"
			must(t, s.Submit([]session.FormInput{f}, reference(t))) // its place is free
			f.ID = "f-3"
			wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
			takeBack(s, "f-2")
			must(t, s.SetRoster(group(t, session.KindGroup), []session.MemberID{ben, cleo}))
			must(t, s.SetRoster(group(t, session.KindGroup), []session.MemberID{ann, ben, cleo}))
			must(t, s.Attend(absent, []session.TherapistMark{{TherapistID: lea}}))
			must(t, s.Cancel(session.CancelOther))
		})
	}
}

func TestAFormThatWasTakenBackCountsAsNeverGiven(t *testing.T) {
	t.Parallel()
	for name, takeBack := range takenBack(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := meeting(t, session.KindGroup)
			must(t, s.Submit([]session.FormInput{
				form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}),
				form(t, "f-2", alliance, member(ben), session.About{TherapistID: lea}),
			}, reference(t)))
			takeBack(s, "f-1")
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
			var items sheet
			scorer.GatherItems(ratings, &items)
			if !slices.Equal(items.rows, []string{string(ben)}) || len(items.left) != 0 {
				t.Errorf("items of %v, left %v", items.rows, items.left)
			}
		})
	}
}

// sheet notes what it is given.
type sheet struct{ rows, left []string }

func (s *sheet) Add(row string, _ float64) { s.rows = append(s.rows, row) }

func (s *sheet) AddForm(row string, _ []float64) { s.rows = append(s.rows, row) }

func (s *sheet) Leave(reason string, _ int) { s.left = append(s.left, reason) }

func TestAVoidTakesTheWholeFormAndKeepsWhatItHeld(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", many, member(ben), session.About{TherapistID: lea})}, reference(t)))
	must(t, s.Correct(session.Correction{Rating: "f-1.system", Version: 1, Why: session.CorrectReading, Answers: []session.AnswerInput{{Item: 3, Value: new(2.0)}}}, reference(t)))
	must(t, s.Correct(session.Correction{Rating: "f-1.alliance", Version: 1, Why: session.CorrectReading, Answers: []session.AnswerInput{{Item: 4, Value: new(5.0)}}}, reference(t)))
	if v := s.FormVersion("f-1"); v != 3 {
		t.Errorf("after two corrections of two parts the form's version is %d", v)
	}
	before := snapshot(t, s)
	read := *s
	for want, v := range map[string]session.Voiding{
		"no_such_form":       {Form: "f-9", Version: 1, Why: session.VoidTwice},
		"form_changed_since": {Form: "f-1", Version: 2, Why: session.VoidTwice},
	} {
		kind := fault.NotFound
		if want == "form_changed_since" {
			kind = fault.Stale
		}
		wantFault(t, s.VoidForm(v), kind, want)
	}
	for _, why := range []session.VoidReason{"", "whim", session.VoidMoved, session.VoidMoveEnded} {
		wantFault(t, s.VoidForm(session.Voiding{Form: "f-1", Version: 3, Why: why}), fault.Invalid, "/why unknown_reason")
	}
	if after := snapshot(t, s); after != before {
		t.Errorf("refused voids changed the session:\n%s", cmp.Diff(before, after))
	}
	must(t, s.VoidForm(voiding(s, "f-1")))
	want := &session.Void{By: "operator", At: session.Millis(nextDay), Why: session.VoidTwice}
	for level, r := range s.All {
		if diff := cmp.Diff(want, r.Void); diff != "" || r.Version != 4 || len(r.Answers) == 0 {
			t.Errorf("%s: version %d, %d answers, void %s", level, r.Version, len(r.Answers), diff)
		}
	}
	if read.Alliances[0].Void != nil {
		t.Error("the revision read before was changed with it")
	}
	must(t, session.RestoreSession(s))
}

func TestAVoidIsTakenBackWhereTheFormCouldBeEnteredNow(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	wantFault(t, s.RestoreForm(restoring(s, "f-1"), reference(t)), fault.Conflict, "form_not_void")
	wantFault(t, s.RestoreForm(restoring(s, "f-9"), reference(t)), fault.NotFound, "no_such_form")
	given := s.Alliances[0]
	must(t, s.VoidForm(voiding(s, "f-1")))
	wantFault(t, s.RestoreForm(session.Restoring{Form: "f-1", Version: 1, Why: session.RestoreOther}, reference(t)), fault.Stale, "form_changed_since")
	wantFault(t, s.RestoreForm(session.Restoring{Form: "f-1", Version: 2, Why: "whim"}, reference(t)), fault.Invalid, "/why unknown_reason")

	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.NoShow}}, nil))
	wantFault(t, s.RestoreForm(restoring(s, "f-1"), reference(t)), fault.Invalid, " rater_absent")
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Late}}, nil))
	f.ID = "f-2"
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	wantFault(t, s.RestoreForm(restoring(s, "f-1"), reference(t)), fault.Conflict, "slot_taken")
	must(t, s.VoidForm(voiding(s, "f-2")))
	must(t, s.RestoreForm(restoring(s, "f-1"), reference(t)))
	given.Version = 3
	if diff := cmp.Diff(given, s.Alliances[0]); diff != "" {
		t.Errorf("restored (-given +now):\n%s", diff)
	}
	s.Alliances[0].Instrument.Version = "0"
	must(t, s.VoidForm(voiding(s, "f-1")))
	wantFault(t, s.RestoreForm(restoring(s, "f-1"), reference(t)), fault.Internal, "definition_missing")
}

func TestWhatAVoidLacksIsFoundWhenItIsRead(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(r *session.Rating){
		"bad_void": func(r *session.Rating) { r.Void = &session.Void{By: "operator", At: nextDay} },
		"bad_move": func(r *session.Rating) {
			r.MovedFrom = &session.Origin{FormPlace: session.FormPlace{Session: "s-0"}, Version: 1, At: nextDay, Why: session.MoveOther}
		},
	} {
		s := meeting(t, session.KindGroup)
		must(t, s.Submit([]session.FormInput{form(t, "f-1", phq9, member(ann), session.About{})}, reference(t)))
		spoil(&s.Outcomes[0].Rating)
		wantFault(t, session.RestoreSession(s), fault.Invalid, "/outcome/f-1.outcome "+want)
	}
}
