package session_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// nextMeeting opens another session of the group on the same day.
func nextMeeting(tb testing.TB, kind session.GroupKind) *session.Session {
	tb.Helper()
	return meetingOn(tb, kind, "2026-03-05")
}

// meetingOn opens the group's next session on a day.
func meetingOn(tb testing.TB, kind session.GroupKind, day string) *session.Session {
	tb.Helper()
	s, err := session.NewSession("s-2", group(tb, kind), session.Plan{Number: 6, Kind: session.Meeting, HeldOn: day})
	must(tb, err)
	s.Head = session.Head{Rev: 1, Schema: 1}
	return s
}

// moving names a form as it is now, and why it moves.
func moving(s *session.Session, id session.FormID, to session.SessionID, why session.MoveReason) session.Move {
	return session.Move{Form: id, Version: s.FormVersion(id), To: to, Why: why, By: "operator", At: nextDay}
}

// moveWithin moves a form inside a session.
func moveWithin(s *session.Session, m session.Move, ref session.Reference) (*session.Relocation, error) {
	r, err := s.Relocate(m, ref)
	if err != nil {
		return nil, err
	}
	return r, s.Move(r, ref)
}

func TestAMoveCarriesTheFormAsItIsAndFreesItsPlace(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", phq9, member(ann), session.About{})
	f.Entered.Mode, f.Entered.AnsweredOn = session.Paper, new(session.Date("2026-03-04"))
	f.Answers[8] = session.AnswerInput{Item: 9, State: "declined"}
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	must(t, s.Correct(session.Correction{Rating: "f-1.outcome", Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 2, Value: new(3.0)}}}, reference(t)))
	given := s.Outcomes[0]
	m := moving(s, "f-1", "s-1", session.MoveRater)
	m.Rater = new(member(ben))
	r, err := moveWithin(s, m, reference(t))
	must(t, err)
	old, now := s.Outcomes[0], s.Outcomes[1]
	want := given
	want.Version, want.Void = 3, &session.Void{By: "operator", At: session.Millis(nextDay), Why: session.VoidMoved, MovedTo: &session.FormPlace{Session: "s-1", Form: r.Form}}
	if diff := cmp.Diff(want, old); diff != "" {
		t.Errorf("what stays behind (-want +got):\n%s", diff)
	}
	want = given
	want.ID, want.FormID, want.Version, want.Rater, want.MemberID = session.RatingID(r.Form+".outcome"), r.Form, 1, member(ben), ben
	want.MovedFrom = &session.Origin{FormPlace: session.FormPlace{Session: "s-1", Form: "f-1"}, Version: 2, By: "operator", At: session.Millis(nextDay), Why: session.MoveRater}
	if diff := cmp.Diff(want, now); diff != "" {
		t.Errorf("at the new place (-want +got):\n%s", diff)
	}
	must(t, session.RestoreSession(s))
	f.ID = "f-2"
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	wantFault(t, s.RestoreForm(restoring(s, "f-1"), reference(t)), fault.Conflict, "form_moved")

	again, err := s.Relocate(m, reference(t)) // the same request once more
	must(t, err)
	if !again.Done || again.Form != r.Form {
		t.Errorf("again: %+v", again)
	}
	wantFault(t, s.Move(again, reference(t)), fault.Conflict, "moved_already")
	elsewhere := m
	elsewhere.Rater = new(member(cleo))
	_, err = s.Relocate(elsewhere, reference(t))
	wantFault(t, err, fault.Conflict, "form_void")
}

func TestAMoveNamesWhatWasWrongAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind  session.GroupKind
		form  session.FormInput
		move  session.Move
		check func(s *session.Session) bool // of the ratings that count
	}{
		"another rater of an alliance, with the same therapist": {
			form: form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}), move: session.Move{Rater: new(member(ben))},
			check: func(s *session.Session) bool {
				x := s.Alliances[1]
				return x.MemberID == ben && x.TherapistID == lea && x.Rater == member(ben)
			},
		},
		"a member's answer that was the therapist's guess": {
			form: form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}), move: session.Move{Rater: new(therapist(lea)), About: &session.About{MemberID: ann}},
			check: func(s *session.Session) bool {
				x := s.Alliances[1]
				return x.MemberID == ann && x.TherapistID == lea && x.Rater == therapist(lea)
			},
		},
		"another therapist": {
			form: form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}), move: session.Move{About: &session.About{TherapistID: carl}},
			check: func(s *session.Session) bool {
				return s.Alliances[1].TherapistID == carl && s.Alliances[1].MemberID == ann
			},
		},
		"another partner of a bond": {
			form: form(t, "f-1", bond, member(ann), session.About{MemberID: ben}), move: session.Move{About: &session.About{MemberID: cleo}},
			check: func(s *session.Session) bool { return s.Bonds[1].From == ann && s.Bonds[1].To == cleo },
		},
		"a child reported on by another": {
			kind: session.KindFamily,
			form: form(t, "f-1", child, member(ann), session.About{MemberID: ben}), move: session.Move{Rater: new(member(cleo))},
			check: func(s *session.Session) bool {
				return s.Outcomes[1].MemberID == ben && s.Outcomes[1].Rater == member(cleo)
			},
		},
		"answered before the meeting": {
			form: form(t, "f-1", presence, member(ann), session.About{TherapistID: lea}), move: session.Move{Occasion: new(session.Pre)},
			check: func(s *session.Session) bool {
				return s.Encounter[1].Occasion == session.Pre && s.Encounter[1].TherapistID == lea
			},
		},
		"a form of several levels": {
			kind: session.KindFamily,
			form: form(t, "f-1", many, member(ann), session.About{TherapistID: lea}), move: session.Move{Rater: new(member(cleo)), About: &session.About{TherapistID: carl}},
			check: func(s *session.Session) bool {
				return s.Alliances[1].MemberID == cleo && s.MemberGroup[1].MemberID == cleo && s.System[1].Rater == member(cleo) && s.Alliances[1].TherapistID == carl
			},
		},
		"a total": {
			form: total(form(t, "f-1", phq9, member(ann), session.About{}), 12), move: session.Move{Rater: new(member(cleo))},
			check: func(s *session.Session) bool {
				return len(s.Outcomes[1].Answers) == 0 && *s.Outcomes[1].ReportedTotal == 12 && s.Outcomes[1].MemberID == cleo
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.kind == "" {
				c.kind = session.KindGroup
			}
			s := meeting(t, c.kind)
			must(t, s.Submit([]session.FormInput{c.form}, reference(t)))
			m := moving(s, "f-1", "s-1", session.MoveOther)
			m.Rater, m.About, m.Occasion = c.move.Rater, c.move.About, c.move.Occasion
			_, err := moveWithin(s, m, reference(t))
			must(t, err)
			for level, x := range s.All {
				if x.Live() != (x.FormID != "f-1") {
					t.Errorf("%s of %s: live %v", level, x.FormID, x.Live())
				}
			}
			if !c.check(s) {
				t.Errorf("moved to %s", snapshot(t, s))
			}
			must(t, session.RestoreSession(s))
		})
	}
}

// total makes a form hold only a total.
func total(f session.FormInput, n float64) session.FormInput {
	f.Answers, f.ReportedTotal = nil, &n
	return f
}

func TestTheNewPlaceIsJudgedAsIfTheFormWereEnteredNow(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}),
		form(t, "f-2", alliance, member(cleo), session.About{TherapistID: lea}),
		form(t, "f-3", cohesion, member(ann), session.About{}),
		form(t, "f-4", teens, member(ann), session.About{}),
	}, reference(t)))
	must(t, s.Attend([]session.Mark{{MemberID: ben, Attendance: session.NoShow}}, nil))
	before := snapshot(t, s)
	for name, c := range map[string]struct {
		form session.FormID
		move session.Move
		kind fault.Kind
		want []string
	}{
		"somebody absent":              {"f-1", session.Move{Rater: new(member(ben))}, fault.Invalid, []string{"/to/rater/id rater_absent"}},
		"somebody not on the roster":   {"f-1", session.Move{Rater: new(member(dora))}, fault.Invalid, []string{"/to/rater/id rater_not_on_roster"}},
		"a place that is taken":        {"f-1", session.Move{Rater: new(member(cleo))}, fault.Conflict, []string{"/to slot_taken"}},
		"where it is":                  {"f-1", session.Move{Rater: new(member(ann)), Occasion: new(session.Post)}, fault.Invalid, []string{"/to nothing_to_move"}},
		"a therapist without a member": {"f-1", session.Move{Rater: new(therapist(lea)), About: &session.About{}}, fault.Invalid, []string{"/to/about/member_id target_missing"}},
		"everything at once": {
			"f-1",
			session.Move{Rater: &session.Rater{Kind: "cat", ID: "Mrs X"}, About: &session.About{TherapistID: sue}, Occasion: new(session.Occasion("later"))},
			fault.Invalid,
			[]string{"/to/occasion unknown_occasion", "/to/rater/kind unknown_rater", "/to/rater/id bad_id", "/to/rater/kind rater_kind_not_allowed", "/to/about/therapist_id therapist_not_in_session", "/to/about/member_id target_missing"},
		},
		"about one member, said of the group": {"f-3", session.Move{About: &session.About{MemberID: cleo}}, fault.Invalid, []string{"/to/about/member_id wrong_target"}},
		"somebody of the age it is meant for": {"f-4", session.Move{Rater: new(member(ben)), Occasion: new(session.Pre)}, 0, nil},
	} {
		m := moving(s, c.form, "s-1", session.MoveOther)
		m.Rater, m.About, m.Occasion = c.move.Rater, c.move.About, c.move.Occasion
		next := *s
		_, err := moveWithin(&next, m, reference(t))
		if c.want == nil {
			must(t, err)
			continue
		}
		t.Log(name)
		wantFault(t, err, c.kind, c.want...)
		if after := snapshot(t, &next); after != before {
			t.Errorf("%s: a refused move changed the session:\n%s", name, cmp.Diff(before, after))
		}
	}
	m := moving(s, "f-1", "s-1", "whim")
	m.Occasion = new(session.Pre)
	_, err := s.Relocate(m, reference(t))
	wantFault(t, err, fault.Invalid, "/why unknown_reason")
	m.Version = 9
	_, err = s.Relocate(m, reference(t))
	wantFault(t, err, fault.Stale, "form_changed_since")
	m.Form = "f-9"
	_, err = s.Relocate(m, reference(t))
	wantFault(t, err, fault.NotFound, "no_such_form")
	if after := snapshot(t, s); after != before {
		t.Errorf("the session changed:\n%s", cmp.Diff(before, after))
	}
}

func TestTheOtherSessionsRulesHold(t *testing.T) {
	t.Parallel()
	s, family := meeting(t, session.KindGroup), nextMeeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", cohesion, member(ann), session.About{})}, reference(t)))
	r, err := s.Relocate(moving(s, "f-1", "s-2", session.MoveSession), reference(t))
	must(t, err)
	wantFault(t, family.Receive(r, reference(t)), fault.Invalid, "/to cohesion_is_of_groups")
	if family.Count() != 0 {
		t.Error("a refused form was taken")
	}
	// What was entered on the evening of the fifth cannot be about the twelfth.
	later := meetingOn(t, session.KindGroup, "2026-03-12")
	wantFault(t, later.Receive(r, reference(t)), fault.Invalid, "/to/occasion not_held_yet")
}

func TestAMoveBetweenSessionsCanBeRepeatedAtEveryStep(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	s, next := meeting(t, session.KindGroup), nextMeeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})}, ref))
	m := moving(s, "f-1", "s-2", session.MoveSession)
	r, err := s.Relocate(m, ref)
	must(t, err)
	must(t, next.Receive(r, ref))
	wantFault(t, next.Receive(r, ref), fault.Conflict, "moved_already")
	r, err = s.Relocate(m, ref) // after an interruption
	must(t, err)
	if r.Done {
		t.Error("the form still counts where it was")
	}
	wantFault(t, next.Receive(r, ref), fault.Conflict, "moved_already")
	must(t, s.Release(r))
	wantFault(t, s.Release(r), fault.Conflict, "moved_already")
	if len(s.Alliances) != 1 || s.Alliances[0].Live() || len(next.Alliances) != 1 || !next.Alliances[0].Live() {
		t.Errorf("%+v and %+v", s.Alliances, next.Alliances)
	}
	back, err := next.Relocate(moving(next, r.Form, "s-1", session.MoveSession), ref) // it was right after all
	must(t, err)
	must(t, s.Receive(back, ref))
	must(t, next.Release(back))
	if len(s.Alliances) != 2 || !s.Alliances[1].Live() || next.Alliances[0].Live() || !strings.HasPrefix(string(s.Alliances[1].ID), string(back.Form)) {
		t.Errorf("%+v and %+v", s.Alliances, next.Alliances)
	}
}

func TestWhatAnUnfinishedMoveLeftIsReplacedUnlessSomebodyWorkedOnIt(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	s, next := meeting(t, session.KindGroup), nextMeeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})}, ref))
	first, err := s.Relocate(moving(s, "f-1", "s-2", session.MoveSession), ref)
	must(t, err)
	must(t, next.Receive(first, ref))
	correct := func(s *session.Session, id session.FormID, value float64) {
		must(t, s.Correct(session.Correction{Rating: session.RatingID(id + ".alliance"), Version: s.FormVersion(id), Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: &value}}}, ref))
	}
	correct(s, "f-1", 4)
	wantFault(t, s.Release(first), fault.Stale, "form_changed_since")
	second, err := s.Relocate(moving(s, "f-1", "s-2", session.MoveSession), ref)
	must(t, err)
	must(t, next.Receive(second, ref))
	if x := next.Alliances; len(x) != 2 || x[0].Void == nil || x[0].Void.Why != session.VoidMoveEnded || !x[1].Live() || x[1].Answers[0].Value != 4 {
		t.Errorf("%+v", x)
	}
	correct(next, second.Form, 7) // before the move was finished
	correct(s, "f-1", 5)
	third, err := s.Relocate(moving(s, "f-1", "s-2", session.MoveSession), ref)
	must(t, err)
	before := snapshot(t, next)
	wantFault(t, next.Receive(third, ref), fault.Conflict, "move_unfinished")
	wantFault(t, next.GiveUp(second), fault.Conflict, "form_void")
	if after := snapshot(t, next); after != before {
		t.Errorf("refused, and changed:\n%s", cmp.Diff(before, after))
	}
	must(t, next.VoidForm(voiding(next, second.Form)))
	must(t, next.Receive(third, ref))
	must(t, next.VoidForm(voiding(next, third.Form)))
	wantFault(t, next.HasReceived(third), fault.Conflict, "copy_void")
	wantFault(t, next.Receive(third, ref), fault.Conflict, "copy_void")
	must(t, next.RestoreForm(restoring(next, third.Form), ref))
	must(t, next.HasReceived(third))
	must(t, s.Release(third))
}

func TestAMoveThatWasGivenUpIsNotRestored(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	s, next := meeting(t, session.KindGroup), nextMeeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})}, ref))
	first, err := s.Relocate(moving(s, "f-1", "s-2", session.MoveSession), ref)
	must(t, err)
	must(t, next.Receive(first, ref))
	elsewhere := moving(s, "f-1", "s-2", session.MoveSession)
	elsewhere.Occasion = new(session.Pre)
	second, err := s.Relocate(elsewhere, ref)
	must(t, err)
	must(t, next.Receive(second, ref))
	wantFault(t, next.RestoreForm(restoring(next, first.Form), ref), fault.Conflict, "move_given_up")
	wantFault(t, next.Receive(first, ref), fault.Conflict, "move_given_up")
	must(t, next.GiveUp(second))
	wantFault(t, next.RestoreForm(restoring(next, second.Form), ref), fault.Conflict, "move_given_up")
	if !s.Alliances[0].Live() || next.Alliances[0].Live() || next.Alliances[1].Live() {
		t.Errorf("%+v and %+v", s.Alliances, next.Alliances)
	}
}

func TestAnObserversRatingMovesToo(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", alliance, observer(), session.About{TherapistID: lea, MemberID: ann})
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	m := moving(s, "f-1", "s-1", session.MoveTarget)
	m.About = &session.About{TherapistID: carl, MemberID: ann}
	_, err := moveWithin(s, m, reference(t))
	must(t, err)
	if x := s.Alliances[1]; x.TherapistID != carl || x.MemberID != ann || x.Rater.Kind != instrument.RaterObserver {
		t.Errorf("%+v", x)
	}
}
