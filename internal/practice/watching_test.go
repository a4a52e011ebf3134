package practice_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
)

// weekly is a clinic whose clock goes on from week to week, and that is watched.
type weekly struct {
	*clinic

	now      time.Time
	sessions []session.SessionID
	ratings  [][]session.RatingID // by week and member; "" where nothing was said
}

// away marks somebody who did not come, and silent somebody who came and handed in
// no form.
const (
	away   = -1
	silent = -2
)

// newWeekly fills a store with a group of four and no closed session yet.
func newWeekly(t *testing.T) *weekly {
	t.Helper()
	w := &weekly{clinic: newClinic(t, open(t), 4), now: evening}
	w.restart(t)
	return w
}

// restart has another process take over.
func (w *weekly) restart(t *testing.T) {
	t.Helper()
	d := deps(t, w.engine)
	d.Clock, d.Watch = func() time.Time { return w.now }, analysis.Watch{}
	w.Practice = practice.New(d)
	must(t, w.CheckInstruments(t.Context()))
}

// week is the next week's session, entered and closed.
func (w *weekly) week(t *testing.T, said ...float64) {
	t.Helper()
	w.enter(t, said...)
	w.close(t, w.session)
}

// close closes a session.
func (w *weekly) close(t *testing.T, id session.SessionID) {
	t.Helper()
	s, err := w.Session(t.Context(), request(), id, nil)
	must(t, err)
	_, err = w.CloseSession(t.Context(), request(), id, s.Rev, nil)
	must(t, err)
}

// enter opens the session of the next week and enters who came and what members said
// of the alliance.
func (w *weekly) enter(t *testing.T, said ...float64) {
	t.Helper()
	ctx := t.Context()
	if len(w.sessions) > 0 {
		w.now = w.now.AddDate(0, 0, 7)
		s, err := w.OpenSession(ctx, request(), w.group, practice.OpenInput{Kind: session.Meeting, HeldOn: w.now.Format(time.DateOnly)})
		must(t, err)
		w.session = s.ID
	}
	var marks []session.Mark
	var forms []session.FormInput
	for i, v := range said {
		at := session.Present
		switch v {
		case away:
			at = session.Excused
		case silent:
		default:
			f := w.form(i)
			f.Answers[0].Value = new(v)
			forms = append(forms, f)
		}
		marks = append(marks, session.Mark{MemberID: w.members[i], Attendance: at})
	}
	s, err := w.Session(ctx, request(), w.session, nil)
	must(t, err)
	_, err = w.Attend(ctx, request(), w.session, s.Rev, marks, nil)
	must(t, err)
	ids := make([]session.RatingID, len(said))
	if len(forms) > 0 {
		r := w.submitted(t, forms...)
		k := 0
		for i, v := range said {
			if v >= 0 {
				ids[i] = r.Forms[k].Ratings[0].ID
				k++
			}
		}
	}
	w.sessions, w.ratings = append(w.sessions, w.session), append(w.ratings, ids)
}

// look looks at the courses and wants so many findings to change.
func (w *weekly) look(t *testing.T, want int) {
	t.Helper()
	n, err := w.WatchCourses(t.Context())
	if err != nil || n != want {
		t.Fatalf("%d findings changed, %v, want %d", n, err, want)
	}
}

// steady are weeks in which nothing stands out.
func (w *weekly) steady(t *testing.T, weeks int) {
	t.Helper()
	for k := range weeks {
		wave := float64(k % 2)
		w.week(t, 7+wave, 8-wave, 6+wave, 7-wave)
	}
}

// alarmed returns the one alarm.
func (w *weekly) alarmed(t *testing.T) *finding.Finding {
	t.Helper()
	all := slices.DeleteFunc(w.found(t, finding.Filter{}), func(f *finding.Finding) bool { return !slices.Contains(finding.Alarms(), f.Rule) })
	if len(all) != 1 {
		t.Fatalf("%d alarms: %+v", len(all), all)
	}
	return all[0]
}

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

// correct enters another value.
func (w *weekly) correct(t *testing.T, week, member, version int, value float64) {
	t.Helper()
	_, err := w.Correct(t.Context(), request(), w.sessions[week], session.Correction{
		Rating: w.ratings[week][member], Version: version, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(value)}},
	})
	must(t, err)
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
	if _, err := w.Set(t.Context(), request(), 4, finding.Settings{AcknowledgeWithin: 60}); err == nil {
		t.Error("a budget of nothing was taken")
	}
}

// TestARedactionTakesOutInWhatAMemberStoodOut, and the alarm is nobody's any more.
func TestARedactionTakesOutInWhatAMemberStoodOut(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	w.look(t, 1)
	id := w.alarmed(t).ID
	_, err := w.ActOnFinding(t.Context(), request(), id, finding.ActionInput{Code: finding.TalkedIndividually})
	must(t, err)
	d, err := w.RequestRedaction(t.Context(), request(), w.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = w.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	must(t, w.ResumeRedactions(t.Context()))
	all := store.NewFindings(w.engine)
	now, err := all.Get(t.Context(), id)
	must(t, err)
	for rev := int64(1); rev <= now.Rev; rev++ {
		f, err := all.At(t.Context(), id, rev)
		must(t, err)
		if f.Course != nil || f.Redacted == nil || f.State() != finding.Closed {
			t.Errorf("revision %d: %+v, %s", rev, f.Course, f.State())
		}
	}
	wantKinds(t, now, finding.Raised, finding.WasActed)
	w.look(t, 0)
	w.restart(t)
	w.look(t, 0)
}

// meanwhile does something just before the first finding is stored.
type meanwhile struct {
	practice.Findings

	do func()
}

// Insert does it.
func (m *meanwhile) Insert(ctx context.Context, f *finding.Finding) error {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.Findings.Insert(ctx, f)
}

// TestARedactionBesideALookTakesOutWhatTheLookRaises: the history was read before it,
// and the finding stored after it had gone through all findings.
func TestARedactionBesideALookTakesOutWhatTheLookRaises(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	other := w.Practice
	d := deps(t, w.engine)
	d.Clock, d.Watch = func() time.Time { return w.now }, analysis.Watch{}
	d.Findings = &meanwhile{d.Findings, func() {
		x, err := other.RequestRedaction(t.Context(), request(), w.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
		must(t, err)
		_, err = other.DecideRedaction(t.Context(), request(), x.ID, x.Rev, redaction.Redact, "")
		must(t, err)
		must(t, other.ResumeRedactions(t.Context()))
	}}
	w.Practice = practice.New(d)
	must(t, w.CheckInstruments(t.Context()))
	w.look(t, 1)
	must(t, w.ResumeRedactions(t.Context()))
	if f := w.alarmed(t); f.Course != nil || f.Redacted == nil || f.State() != finding.Closed {
		t.Errorf("%+v", f)
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

// TestARedactionOfOwnAnswersTakesTheMeasureOut, too: an alarm rests on them.
func TestARedactionOfOwnAnswersTakesTheMeasureOut(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	w.look(t, 1)
	d, err := w.RequestRedaction(t.Context(), request(), w.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = w.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.RedactPartly, redaction.LegalRetention)
	must(t, err)
	must(t, w.ResumeRedactions(t.Context()))
	if f := w.alarmed(t); f.Course != nil || f.Redacted == nil || f.State() != finding.Closed {
		t.Errorf("%+v", f)
	}
}
