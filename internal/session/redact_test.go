package session_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// ofAnn is the redaction of Ann, with what others said of her or without.
func ofAnn(about bool) session.Redaction {
	return session.Redaction{Member: ann, Decision: "rd-1", At: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC), About: about}
}

// isAbout tells whether a rating is about a member.
func isAbout(s *session.Session, id session.RatingID, m session.MemberID) bool {
	return slices.ContainsFunc(s.Alliances, func(x session.AllianceRating) bool { return x.ID == id && x.MemberID == m }) ||
		slices.ContainsFunc(s.Bonds, func(x session.BondRating) bool { return x.ID == id && x.To == m }) ||
		slices.ContainsFunc(s.MemberGroup, func(x session.MemberGroupRating) bool { return x.ID == id && x.MemberID == m }) ||
		slices.ContainsFunc(s.Outcomes, func(x session.OutcomeRating) bool { return x.ID == id && x.MemberID == m })
}

func TestARedactionTakesEveryValueOfTheMemberAndNoOther(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	tombs, kept := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		s := meeting(t, rapid.SampledFrom([]session.GroupKind{session.KindGroup, session.KindFamily}).Draw(rt, "group"))
		must(t, s.Submit([]session.FormInput{ // something to take and something to keep, whatever is drawn
			form(t, "f-own", phq9, member(ann), session.About{}), form(t, "f-other", phq9, member(ben), session.About{}),
		}, ref))
		for i := range rapid.IntRange(1, 8).Draw(rt, "forms") {
			f := likelyForm(t, rt, i)
			if rapid.Bool().Draw(rt, "any") {
				f = anyForm(rt, i)
			}
			_ = s.Submit([]session.FormInput{f}, ref) // what is refused is not there
		}
		about := rapid.Bool().Draw(rt, "about")
		was := *s
		changed, answers := s.Redact(ofAnn(about))
		if !changed || s.Count() != was.Count() {
			rt.Fatalf("changed: %v; %d ratings of %d", changed, s.Count(), was.Count())
		}
		if err := session.RestoreSession(s); err != nil {
			rt.Fatalf("what is left cannot be restored: %v", err)
		}
		took := false
		for _, r := range was.All {
			now, _, _ := s.Find(r.ID)
			own := r.Rater == member(ann)
			if !own && (!about || !isAbout(&was, r.ID, ann)) {
				kept++
				if diff := cmp.Diff(r, now); diff != "" {
					rt.Fatalf("another's rating changed:\n%s", diff)
				}
				continue
			}
			took = true
			tombs++
			want := session.Rating{
				ID: r.ID, FormID: r.FormID, Version: r.Version, Instrument: r.Instrument, Rater: r.Rater, Occasion: r.Occasion,
				FormItems: r.FormItems, FormMissing: r.FormItems, Entered: session.Entry{By: r.Entered.By, At: r.Entered.At, Mode: r.Entered.Mode},
				Redacted: &session.Redacted{Decision: "rd-1", At: ofAnn(about).At}, Answers: []session.Answer{},
			}
			for _, a := range r.Answers {
				want.Answers = append(want.Answers, session.Answer{Item: a.Item, State: session.StateRedacted})
			}
			if diff := cmp.Diff(&want, now); diff != "" {
				rt.Fatalf("the tombstone (-want +got):\n%s", diff)
			}
		}
		if took != answers {
			rt.Fatalf("took answers: %v, said %v", took, answers)
		}
		if changed, _ := s.Redact(ofAnn(about)); changed {
			rt.Fatal("redacted once more, something changes")
		}
	})
	if tombs == 0 || kept == 0 {
		t.Errorf("%d tombstones, %d kept: the property was not tried", tombs, kept)
	}
}

func TestTheOtherPartOfAFormIsWorthWhatItWas(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindFamily), reference(t)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", many, therapist(lea), session.About{MemberID: ann})}, ref))
	s.Redact(ofAnn(true))
	purposeOf := func() session.Rating { return s.System[0].Rating }
	if s.Alliances[0].Redacted == nil || purposeOf().Redacted != nil || purposeOf().FormMissing != 0 {
		t.Fatalf("%+v", s.Ratings)
	}
	must(t, s.Correct(session.Correction{
		Rating: purposeOf().ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 3, Value: new(4.0)}},
	}, ref))
	if purposeOf().FormMissing != 0 || s.Alliances[0].FormMissing != s.Alliances[0].FormItems {
		t.Errorf("missing after a correction: %d, and of the tombstone %d", purposeOf().FormMissing, s.Alliances[0].FormMissing)
	}
}

func TestAWithdrawnRatingStaysNone(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindGroup), reference(t)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", cohesion, member(ann), session.About{})}, ref))
	withdraw(s, s.Cohesion[0].ID)
	s.Cohesion[0].ReportedTotal = new(7.0)
	s.Redact(ofAnn(true))
	r := s.Cohesion[0]
	if r.Redacted == nil || r.ReportedTotal != nil || r.Answers[0].State != session.NotShown {
		t.Errorf("%+v", r)
	}
}

func TestARedactedRatingIsNoScoreForThatReason(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindGroup), reference(t)
	total := form(t, "f-2", phq9, member(ann), session.About{})
	total.Answers, total.ReportedTotal = nil, new(11.0)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", cohesion, member(ann), session.About{}), total}, ref))
	s.Redact(ofAnn(true))
	for _, x := range []struct {
		measure session.Measure
		rating  *session.Rating
	}{
		{session.Measure{Instrument: cohesion, Score: "rating", Rater: instrument.RaterMember}, &s.Cohesion[0].Rating},
		{session.Measure{Instrument: phq9, Score: "total", Rater: instrument.RaterMember}, &s.Outcomes[0].Rating},
	} {
		def, _ := ref.Definition(x.measure.Instrument)
		scorer, ok := session.NewScorer(def, x.measure)
		if v, why := scorer.Value(x.rating); !ok || v != nil || why != instrument.ReasonRedacted {
			t.Errorf("%v, %s", v, why)
		}
	}
}

func TestNobodySendsWhatOnlyARedactionWrites(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", cohesion, member(ann), session.About{})
	f.Answers = []session.AnswerInput{{Item: 1, State: "redacted"}}
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Invalid, "/forms/0/items/0/state unknown_state")
}

func TestASpellOfARedactedMemberCanOnlyEnd(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	if !g.Redact(ofAnn(true)) || g.Redact(ofAnn(true)) {
		t.Error("a group is not redacted once")
	}
	wantFault(t, g.AmendSpell(1, session.SpellAmendment{Joined: new("2026-02-06"), Why: session.AmendTyping}), fault.Conflict, "spell_redacted")
	must(t, g.Leave(1, "2026-03-10", session.LeftDroppedOut))
	if x := g.Spells[0]; *x.Left != "2026-03-10" || x.LeftWhy != nil {
		t.Errorf("%+v", x)
	}
	must(t, g.Leave(2, "2026-03-10", session.LeftCompleted))
	must(t, g.Leave(3, "2026-03-10", session.LeftCompleted))
	must(t, g.End("2026-03-10"))
}

func TestAttendanceOfARedactedMemberHasNoModality(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	s.Redact(ofAnn(true))
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.Present}}, nil))
	if s.Roster[0].Modality != "" || s.Roster[1].Modality != session.InPerson {
		t.Errorf("%+v", s.Roster)
	}
}

func TestAVoidOrMovedFormStaysSoWhenItIsRedacted(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindGroup), reference(t)
	must(t, s.Submit([]session.FormInput{total(form(t, "f-1", phq9, member(ann), session.About{}), 11)}, ref))
	m := moving(s, "f-1", "s-1", session.MoveRater)
	m.Rater = new(member(ben))
	moved, err := moveWithin(s, m, ref)
	must(t, err)
	trail := session.NewTrail()
	ofBen := session.Redaction{Member: ben, Decision: "rd-2", At: nextDay, About: true}
	trail.Add(s, ofBen)
	ofBen.Forms = trail.Forms()
	if diff := cmp.Diff(map[session.FormID]bool{"f-1": true}, ofBen.Forms); diff != "" {
		t.Errorf("what stayed behind under Ann's name (-want +got):\n%s", diff)
	}
	s.Redact(ofBen)
	for _, r := range s.Outcomes {
		if r.Redacted == nil || r.ReportedTotal != nil || (r.Void == nil) != (r.FormID == moved.Form) || (r.MovedFrom == nil) != (r.FormID == "f-1") {
			t.Errorf("%+v", r)
		}
	}
	must(t, session.RestoreSession(s))
	again := session.NewTrail()
	again.Add(s, ofBen)
	if diff := cmp.Diff(ofBen.Forms, again.Forms()); diff != "" {
		t.Errorf("the trail of what was redacted (-before +now):\n%s", diff)
	}
	_, err = s.Relocate(moving(s, moved.Form, "s-2", session.MoveSession), ref)
	wantFault(t, err, fault.Conflict, "rating_redacted")
	wantFault(t, s.VoidForm(voiding(s, moved.Form)), fault.Conflict, "rating_redacted")
	// Ann's own redaction takes what bears her name, and nothing of Ben's.
	other := session.NewTrail()
	other.Add(s, session.Redaction{Member: ann})
	if forms := other.Forms(); len(forms) != 0 {
		t.Errorf("of Ann: %v", forms)
	}
}

func TestTheTrailFollowsSeveralMovesAndThoseThatWereGivenUp(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	s, next := meeting(t, session.KindGroup), nextMeeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", phq9, member(ann), session.About{})}, ref))
	m := moving(s, "f-1", "s-1", session.MoveRater)
	m.Rater = new(member(ben))
	second, err := moveWithin(s, m, ref)
	must(t, err)
	wrong := moving(s, second.Form, "s-2", session.MoveSession)
	wrong.Rater = new(member(ann))
	given, err := s.Relocate(wrong, ref)
	must(t, err)
	must(t, next.Receive(given, ref))
	right := moving(s, second.Form, "s-2", session.MoveSession)
	right.Rater = new(member(cleo))
	third, err := s.Relocate(right, ref)
	must(t, err)
	must(t, next.Receive(third, ref))
	must(t, s.Release(third))
	for who, want := range map[session.MemberID]map[session.FormID]bool{
		cleo: {"f-1": true, second.Form: true, given.Form: true},
		ben:  {}, // what was under his name is Cleo's
	} {
		trail := session.NewTrail()
		for _, x := range []*session.Session{s, next} {
			trail.Add(x, session.Redaction{Member: who, About: true})
		}
		if diff := cmp.Diff(want, trail.Forms()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
	}
}

func TestAMoveThatWasGivenUpMakesNothingAnothers(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	for _, giveUp := range []func(t *testing.T, in *session.Session, r *session.Relocation){
		func(t *testing.T, in *session.Session, r *session.Relocation) { t.Helper(); must(t, in.GiveUp(r)) },
		func(t *testing.T, in *session.Session, r *session.Relocation) {
			t.Helper()
			must(t, in.VoidForm(voiding(in, r.Form)))
		},
	} {
		s, next := meeting(t, session.KindGroup), nextMeeting(t, session.KindGroup)
		must(t, s.Submit([]session.FormInput{form(t, "f-1", phq9, member(ann), session.About{})}, ref))
		wrong := moving(s, "f-1", "s-2", session.MoveSession)
		wrong.Rater = new(member(ben))
		r, err := s.Relocate(wrong, ref)
		must(t, err)
		must(t, next.Receive(r, ref))
		formsOf := func(who session.MemberID) map[session.FormID]bool {
			trail := session.NewTrail()
			for _, x := range []*session.Session{s, next} {
				trail.Add(x, session.Redaction{Member: who})
			}
			return trail.Forms()
		}
		if !formsOf(ben)["f-1"] {
			t.Error("the move is under way, and Ben's redaction leaves his answers under Ann's name")
		}
		giveUp(t, next, r)
		if forms := formsOf(ben); len(forms) > 0 {
			t.Errorf("the move was given up, and Ben's redaction takes Ann's %v", forms)
		}
		if forms := formsOf(ann); !forms[r.Form] {
			t.Error("Ann's answers stay under Ben's name")
		}
	}
}

func TestNothingOfATombstoneIsChanged(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindGroup), reference(t)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", cohesion, member(ann), session.About{})}, ref))
	s.Cohesion[0].Unfinished = true
	s.Redact(ofAnn(true))
	was := snapshot(t, s)
	_, moved := s.Relocate(session.Move{Form: "f-1", Version: 1, To: "s-2", Why: session.MoveSession}, ref)
	for what, err := range map[string]error{
		"corrected": s.Correct(session.Correction{Rating: s.Cohesion[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(1.0)}}}, ref),
		"voided":    s.VoidForm(session.Voiding{Form: "f-1", Version: 1, Why: session.VoidTwice}),
		"answered":  s.AnswerForm(session.FormAnswers{Form: "f-1", Answers: []session.AnswerInput{{Item: 1, Value: new(1.0)}}}, ref),
		"moved":     moved,
	} {
		if fault.RuleOf(err) != "rating_redacted" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if diff := cmp.Diff(was, snapshot(t, s)); diff != "" {
		t.Error(diff)
	}
	m, err := session.NewMember(ann, "A-1", new(1980))
	must(t, err)
	m.Redact(ofAnn(true))
	wantFault(t, m.Correct(session.MemberCorrection{Code: new("A-1"), Why: session.AmendTyping}), fault.Conflict, "member_redacted")
}

func TestGoalsOfARedactedMemberAreTombstones(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.SetGoal(session.GoalInput{ID: "go-own", Code: "SLEEP", Owner: ann, From: "2026-02-05"}))
	must(t, g.SetGoal(session.GoalInput{ID: "go-all", Code: "TALK", From: "2026-02-05"}))
	s := meeting(t, session.KindGroup)
	entry := session.Entry{By: "p", At: enteredAt, Mode: session.Device}
	rate := func(by session.Rater, goal session.GoalID) error {
		return s.RateGoals(g, []session.GoalRatingInput{{Rater: by, GoalID: goal, Value: new(3.0), Endorsed: new(true), Entered: entry}})
	}
	must(t, rate(member(ann), "go-all"))
	must(t, rate(therapist(lea), "go-own"))
	must(t, rate(member(ben), "go-all"))
	x := ofAnn(true)
	x.Goals = g.GoalsOf(ann)
	g.Redact(x)
	s.Redact(x)
	if g.Goals[0].Code == "SLEEP" || g.Goals[1].Code != "TALK" || len(s.Goals) != 3 || s.Goals[0].Value != nil || s.Goals[1].Endorsed != nil || *s.Goals[2].Value != 3 {
		t.Errorf("%+v, %+v", g.Goals, s.Goals)
	}
	if changed, _ := s.Redact(x); changed || g.Redact(x) {
		t.Error("redacted once more, something changes")
	}
	wantFault(t, rate(member(ann), "go-all"), fault.Invalid, "/ratings/0/rater/id member_redacted")
	wantFault(t, rate(therapist(carl), "go-own"), fault.Invalid, "/ratings/0/goal_id member_redacted")
}

func TestACorrectionOfTheOtherPartOfAFormLeavesTheTombstone(t *testing.T) {
	t.Parallel()
	s, ref := meeting(t, session.KindFamily), reference(t)
	f := form(t, "f-1", many, therapist(lea), session.About{MemberID: ann})
	f.Entered.AnsweredOn = new(session.Date("2026-03-04"))
	must(t, s.Submit([]session.FormInput{f}, ref))
	s.Redact(ofAnn(true))
	want := s.Alliances[0].Rating
	must(t, s.Correct(session.Correction{
		Rating: s.System[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 3, Value: new(4.0)}}, Mode: new(session.Device),
	}, ref))
	if diff := cmp.Diff(want, s.Alliances[0].Rating); diff != "" {
		t.Errorf("the tombstone (-before +after):\n%s", diff)
	}
}
