package session_test

import (
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestASessionTellsWhichFormsItHolds(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	stored := form(t, "f-1", many, member(ann), session.About{TherapistID: lea})
	must(t, s.Submit([]session.FormInput{stored}, reference(t)))
	before := *s
	for name, c := range map[string]struct {
		change func(f *session.FormInput)
		want   session.Holding
	}{
		"the same":             {func(*session.FormInput) {}, session.Held},
		"in another order":     {func(f *session.FormInput) { f.Answers[0], f.Answers[1] = f.Answers[1], f.Answers[0] }, session.Held},
		"another member's":     {func(f *session.FormInput) { f.Rater = member(ben) }, session.NotHeld},
		"of another therapist": {func(f *session.FormInput) { f.About.TherapistID = carl }, session.Differs}, // its other levels have the same place
		"another occasion":     {func(f *session.FormInput) { f.Occasion = session.Pre }, session.NotHeld},
		"another answer":       {func(f *session.FormInput) { f.Answers[3].Value = new(4.0) }, session.Differs},
		"a state":              {func(f *session.FormInput) { f.Answers[2] = session.AnswerInput{Item: 3, State: "declined"} }, session.Differs},
		"a part of it":         {func(f *session.FormInput) { f.Answers[1] = session.AnswerInput{Item: 2, State: "not_shown"} }, session.Differs},
		"by its identifier": {func(f *session.FormInput) {
			f.ID, f.Answers[0].Value = "f-1", new(5.0)
		}, session.Held},
	} {
		f := form(t, "f-2", many, member(ann), session.About{TherapistID: lea})
		c.change(&f)
		got, err := s.Holds(f, reference(t))
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
	if before.Count() != s.Count() || s.Rev != before.Rev {
		t.Error("looking changed the session")
	}
	f := form(t, "f-2", many, member(dora), session.About{TherapistID: lea})
	f.Answers[0].Value = new(9.0)
	_, err := s.Holds(f, reference(t))
	wantFault(t, err, fault.Invalid, "/forms/0/items/0/value out_of_range", "/forms/0/rater/id rater_not_on_roster")
}

func TestAWithdrawnFormIsNotHeldUnlessByItsIdentifier(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	withdraw(s, "f-1.alliance")
	if got, err := s.Holds(f, reference(t)); err != nil || got != session.Held {
		t.Errorf("%s, %v", got, err)
	}
	f.ID = "f-2"
	if got, err := s.Holds(f, reference(t)); err != nil || got != session.NotHeld {
		t.Errorf("%s, %v", got, err)
	}
}

func TestASessionIsCompleteWhenEverybodyIsMarked(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.Excused}}, nil))
	if s.Complete() {
		t.Error("Cleo is not marked")
	}
	must(t, s.Attend([]session.Mark{{MemberID: cleo, Attendance: session.Late}}, nil))
	if !s.Complete() || (&session.Session{}).Complete() {
		t.Error("all are marked; a session of nobody is never complete")
	}
}

func TestAStandInSeatsEverybody(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.Leave(1, "2026-02-10", session.LeftPaused))
	_, err := g.Join(ann, session.RoleMember, "2026-03-10")
	must(t, err)
	s := session.StandIn(g, "2020-01-01")
	if len(s.Roster) != 3 || len(s.Therapists) != 2 {
		t.Errorf("%+v", s)
	}
}
