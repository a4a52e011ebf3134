package practice_test

import (
	"slices"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/session"
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

// correct enters another value.
func (w *weekly) correct(t *testing.T, week, member, version int, value float64) {
	t.Helper()
	_, err := w.Correct(t.Context(), request(), w.sessions[week], session.Correction{
		Rating: w.ratings[week][member], Version: version, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(value)}},
	})
	must(t, err)
}
