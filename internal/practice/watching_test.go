package practice_test

import (
	"slices"
	"testing"
	"time"

	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

// TestAnAlarmIsAFindingUntilSomebodyAnswersIt: a member's fall in a closed session
// raises one, once, in whatever process; what was done about it stays when the answer
// turns out to be another, and when it falls again after all.
func TestAnAlarmIsAFindingUntilSomebodyAnswersIt(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.look(t, 0)
	w.week(t, 7, 8, 1, 7)
	w.now = w.now.Add(2 * time.Hour)
	w.look(t, 1)
	f := w.alarmed(t)
	if f.Rule != finding.DropBesideOthers || f.SessionID != w.session || !slices.Equal(f.Members, w.members[2:3]) || f.State() != finding.New || f.AddressedTo() != w.therapist {
		t.Errorf("%+v", f)
	}
	if x := f.Course; x == nil || x.Instrument != alliance || x.TherapistID != w.therapist || f.Events[0].By != finding.Clock {
		t.Errorf("about %+v, by %s", x, f.Events[0].By)
	}
	w.look(t, 0)
	w.restart(t)
	w.look(t, 0)
	if n, err := w.Escalate(t.Context()); n > 0 || err != nil {
		t.Errorf("time changed %d findings, %v", n, err)
	}
	done, err := w.RecomputeFindings(t.Context(), request())
	if err != nil || done.Raised+done.Withdrawn > 0 {
		t.Errorf("recomputed %+v, %v", done, err)
	}
	_, err = w.ActOnFinding(t.Context(), request(), f.ID, finding.ActionInput{Code: finding.TaskRenegotiated})
	must(t, err)
	w.now = w.now.Add(time.Hour)
	w.correct(t, 9, 2, 1, 7)
	w.look(t, 1)
	if f = w.alarmed(t); f.Stands() || f.State() != finding.Closed || f.Events[2].Cause != finding.RuleNotMet {
		t.Errorf("corrected: stands %v, %s, %+v", f.Stands(), f.State(), f.Events)
	}
	w.now = w.now.Add(time.Hour)
	w.correct(t, 9, 2, 2, 0)
	w.look(t, 1)
	f = w.alarmed(t)
	wantKinds(t, f, finding.Raised, finding.WasActed, finding.Withdrawn, finding.RaisedAgain)
	if f.State() != finding.New || !f.Stands() {
		t.Errorf("fallen after all: %s", f.State())
	}
}

// TestAWeekInWhichAllFallIsOneAlarm of the whole group, which a therapist with an
// account of their own finds when every guess is in.
func TestAWeekInWhichAllFallIsOneAlarm(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 3, 3, 2, away)
	w.look(t, 1)
	if f := w.alarmed(t); f.Rule != finding.WholeGroup || len(f.Members) != 0 {
		t.Errorf("%+v", f)
	}
	seen := func() int {
		list, _, err := w.Findings(t.Context(), w.lead(), finding.Filter{}, practice.Page{})
		must(t, err)
		return len(list)
	}
	if n := seen(); n != 0 {
		t.Errorf("before the guesses the therapist finds %d", n)
	}
	_, err := w.GiveUpGuess(t.Context(), w.lead(), w.session, w.members[:3]) // there is nothing to guess of who was away
	must(t, err)
	if n := seen(); n != 1 {
		t.Errorf("after them %d", n)
	}
	w.now = w.now.Add(3 * time.Hour)
	w.look(t, 0) // to open an answer is no change of it
}

// TestSignsAreRaisedWhereTheyBegin, not in every session that they last.
func TestSignsAreRaisedWhereTheyBegin(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 2)
	w.week(t, 7, 8, 6, silent)
	w.week(t, 7, away, 6, silent)
	w.week(t, 8, away, 7, 7)
	w.week(t, 8, away, 7, silent)
	w.look(t, 3)
	var got []string
	for _, f := range w.found(t, finding.Filter{}) {
		got = append(got, string(f.Rule)+" "+string(f.SessionID)+" "+string(f.Members[0]))
	}
	slices.Sort(got)
	want := []string{
		"blank_or_no_form " + string(w.sessions[2]) + " " + string(w.members[3]), "blank_or_no_form " + string(w.sessions[5]) + " " + string(w.members[3]),
		"two_of_three_missed " + string(w.sessions[4]) + " " + string(w.members[1]),
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// The member had been excused by mistake, and was there.
	s, err := w.Session(t.Context(), request(), w.sessions[3], nil)
	must(t, err)
	w.now = w.now.Add(time.Hour)
	_, err = w.Attend(t.Context(), request(), w.sessions[3], s.Rev, []session.Mark{{MemberID: w.members[1], Attendance: session.Present}}, nil)
	must(t, err)
	// So it begins a week later, and another form is missing.
	w.look(t, 3)
	list := w.found(t, finding.Filter{MemberID: w.members[1], Rule: finding.TwoOfThreeMissed})
	if len(list) != 2 || list[0].SessionID != w.sessions[5] || list[1].Stands() {
		t.Errorf("%+v", list)
	}
}

// TestOldAndImportedSessionsRaiseNothing: there is nothing to be done about that week
// any more, and past data are past.
func TestOldAndImportedSessionsRaiseNothing(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	w.now = w.now.AddDate(0, 0, 29)
	w.look(t, 0)
	w.now = w.now.AddDate(0, 0, -1)
	w.restart(t)
	w.look(t, 1)

	w = newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	s, err := w.Session(t.Context(), request(), w.session, nil)
	must(t, err)
	s.ID, s.Number = "s-past", s.Number+1
	for i := range s.Alliances { // here another member falls
		s.Alliances[i].Answers[0].Value = map[session.MemberID]float64{w.members[0]: 1, w.members[1]: 8, w.members[2]: 6, w.members[3]: 7}[s.Alliances[i].MemberID]
	}
	must(t, store.NewSessions(w.engine).Insert(t.Context(), s)) // as an import does
	w.look(t, 1)
	if f := w.alarmed(t); f.SessionID == "s-past" {
		t.Errorf("%+v", f)
	}
}

// TestABudgetThatIsSetIsTheOneThatIsWatchedBy: with less allowed the same fall is none.
func TestABudgetThatIsSetIsTheOneThatIsWatchedBy(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.look(t, 0)
	w.week(t, 7, 8, 4, 7)
	set := func(rev int64, budget float64) {
		t.Helper()
		_, err := w.Set(t.Context(), request(), rev, finding.Settings{AcknowledgeWithin: 60, AlarmBudget: budget})
		must(t, err)
	}
	set(1, 1e-9)
	w.look(t, 0)
	set(2, 10)
	w.now = w.now.Add(time.Hour)
	n, err := w.WatchCourses(t.Context())
	if err != nil || n == 0 {
		t.Errorf("with ten a week %d findings, %v", n, err)
	}
	set(3, 1e-9)
	w.look(t, 0) // what was found is not taken back because limits moved
	if s, err := w.Set(t.Context(), request(), 4, finding.Settings{AcknowledgeWithin: 60}); err != nil || s.AlarmBudget != 1e-9 {
		t.Errorf("a budget that nobody names did not stay: %v", err)
	}
}

// TestEveryGroupIsLookedAtOnceAnHour, since another process may have changed it and
// ended before its own look.
func TestEveryGroupIsLookedAtOnceAnHour(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.look(t, 0)
	mine := w.Practice
	w.restart(t)
	w.week(t, 7, 8, 1, 7)
	w.Practice = mine
	w.now = w.now.AddDate(0, 0, -7).Add(59 * time.Minute)
	w.look(t, 0)
	w.now = w.now.AddDate(0, 0, 7)
	w.look(t, 1)
}

// TestWhatBeganInAnOpenSessionIsAskedAboutInTheNext, once: to close the open one later
// asks nothing anew, and leaves the answer where it was given.
func TestWhatBeganInAnOpenSessionIsAskedAboutInTheNext(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.enter(t, 7, 8, 1, silent)
	open := w.session
	w.week(t, 7, 8, 1, silent)
	w.look(t, 2)
	for _, f := range w.found(t, finding.Filter{}) {
		if f.SessionID != w.session {
			t.Errorf("%s in %s", f.Rule, f.SessionID)
		}
		_, err := w.ActOnFinding(t.Context(), request(), f.ID, finding.ActionInput{Code: finding.TalkedIndividually})
		must(t, err)
	}
	w.now = w.now.Add(time.Hour)
	w.close(t, open)
	w.look(t, 0)
	for _, f := range w.found(t, finding.Filter{}) {
		if f.State() != finding.Acted || !f.Stands() {
			t.Errorf("%s is %s, stands %v", f.Rule, f.State(), f.Stands())
		}
	}
}
