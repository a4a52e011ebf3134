package session_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/instrument"
	"holon/internal/session"
)

// entered is what must never be lost of a form: its answers as they were last
// given or corrected, by level and item.
type entered map[session.FormID]map[string]session.Answer

// evenings are two sessions that forms are entered in and moved between.
type evenings struct {
	ref  session.Reference
	all  []*session.Session
	kept entered
	made int
	done map[string]int
}

// one draws one of the sessions, and one of its forms where it has any.
func (e *evenings) one(rt *rapid.T) (*session.Session, session.FormID) {
	s := rapid.SampledFrom(e.all).Draw(rt, "session")
	var forms []session.FormID
	for _, r := range s.All {
		if !slices.Contains(forms, r.FormID) {
			forms = append(forms, r.FormID)
		}
	}
	if len(forms) == 0 {
		return s, ""
	}
	return s, rapid.SampledFrom(forms).Draw(rt, "form")
}

// note remembers the answers of a form.
func (e *evenings) note(s *session.Session, id session.FormID) {
	e.kept[id] = answersIn(s, id)
}

// answersIn returns the answers of a form by level and item.
func answersIn(s *session.Session, id session.FormID) map[string]session.Answer {
	out := map[string]session.Answer{}
	for level, r := range s.All {
		for _, a := range r.Answers {
			if r.FormID == id {
				out[fmt.Sprint(level, " ", a.Item)] = a
			}
		}
	}
	return out
}

// enter enters a form that is nearly always right, with its own answers.
func (e *evenings) enter(tb testing.TB, rt *rapid.T) {
	tb.Helper()
	s, _ := e.one(rt)
	e.made++
	f := likelyForm(tb, rt, e.made)
	for i := range f.Answers {
		f.Answers[i].Value = new(float64(rapid.IntRange(1, 3).Draw(rt, "value")))
	}
	if s.Submit([]session.FormInput{f}, e.ref) == nil {
		e.note(s, f.ID)
		e.done["enter"]++
	}
}

// correct corrects one answer of a form.
func (e *evenings) correct(rt *rapid.T) {
	s, id := e.one(rt)
	ratings := s.OfForm(id)
	if len(ratings) == 0 {
		return
	}
	c := session.Correction{Rating: ratings[0].ID, Version: ratings[0].Version, Why: session.CorrectTyping}
	c.Answers = []session.AnswerInput{{Item: 1, State: rapid.SampledFrom([]string{"declined", "not_shown", ""}).Draw(rt, "state")}}
	if c.Answers[0].State == "" {
		c.Answers[0].Value = new(float64(rapid.IntRange(1, 3).Draw(rt, "value")))
	}
	if s.Correct(c, e.ref) == nil {
		e.note(s, id)
		e.done["correct"]++
	}
}

// void voids or restores a form.
func (e *evenings) void(rt *rapid.T) {
	s, id := e.one(rt)
	if rapid.Bool().Draw(rt, "restore") {
		if s.RestoreForm(restoring(s, id), e.ref) == nil {
			e.done["restore"]++
		}
		return
	}
	if s.VoidForm(voiding(s, id)) == nil {
		e.done["void"]++
	}
}

// move moves a form, sometimes stopping half-way and going on later.
func (e *evenings) move(rt *rapid.T) {
	from, id := e.one(rt)
	to := rapid.SampledFrom(e.all).Draw(rt, "to")
	m := moving(from, id, to.ID, session.MoveOther)
	if rapid.Bool().Draw(rt, "another rater") {
		m.Rater = new(member(rapid.SampledFrom([]session.MemberID{ann, ben, cleo, dora}).Draw(rt, "rater")))
	}
	if rapid.Bool().Draw(rt, "another occasion") {
		m.Occasion = new(rapid.SampledFrom([]session.Occasion{session.Pre, session.Post}).Draw(rt, "occasion"))
	}
	r, err := from.Relocate(m, e.ref)
	if err != nil {
		return
	}
	if from == to {
		if from.Move(r, e.ref) == nil {
			e.kept[r.Form] = e.kept[id]
			e.done["move within"]++
		}
		return
	}
	if to.Receive(r, e.ref) != nil {
		return
	}
	e.kept[r.Form] = e.kept[id]
	if rapid.IntRange(0, 3).Draw(rt, "interrupted") == 0 {
		return
	}
	if err := from.Release(r); err != nil {
		rt.Fatalf("nobody came between, and the form does not leave: %v", err)
	}
	e.done["move between"]++
}

// check finds what was lost, what counts twice in one session, and what counts
// and could not be entered now.
func (e *evenings) check(rt *rapid.T) {
	for _, s := range e.all {
		if err := session.RestoreSession(s); err != nil {
			rt.Fatalf("what was acknowledged cannot be restored: %v", err)
		}
		places := map[string]bool{}
		for level, r := range s.All {
			if !r.Live() {
				continue
			}
			if key := fmt.Sprint(level, r.Instrument.ID, r.Rater, r.Occasion, aboutIn(s, r.ID)); places[key] {
				rt.Fatalf("the place %s is taken twice", key)
			} else {
				places[key] = true
			}
			if !mayCount(s, r) {
				rt.Fatalf("%s counts, and could not be entered now", r.ID)
			}
		}
	}
	for id, want := range e.kept {
		found := false
		for _, s := range e.all {
			if got := answersIn(s, id); len(got) > 0 {
				found = true
				for at, a := range want {
					if got[at] != a {
						rt.Fatalf("%s: %s is %+v, want %+v", id, at, got[at], a)
					}
				}
			}
		}
		if !found {
			rt.Fatalf("the form %s is lost", id)
		}
	}
}

// aboutIn says whom a rating of the levels used here is about.
func aboutIn(s *session.Session, id session.RatingID) string {
	for _, x := range s.Alliances {
		if x.ID == id {
			return string(x.TherapistID) + string(x.MemberID)
		}
	}
	for _, x := range s.Encounter {
		if x.ID == id {
			return string(x.TherapistID)
		}
	}
	return ""
}

// mayCount tells, apart from the rules under test, whether a member's rating
// may stand in a session: on the roster, and not absent where it speaks of the
// meeting.
func mayCount(s *session.Session, r *session.Rating) bool {
	seat, ok := s.SeatOf(session.MemberID(r.Rater.ID))
	if !ok || r.Rater.Kind != instrument.RaterMember {
		return false
	}
	return r.Occasion == session.Pre || r.Instrument == phq9 || !seat.Attendance.Absent()
}

func TestNoAnswerIsLostAndNoneCountsTwiceWhateverIsCorrectedMovedOrVoided(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	done := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		e := &evenings{ref: ref, all: []*session.Session{meeting(t, session.KindGroup), nextMeeting(t, session.KindGroup)}, kept: entered{}, done: done}
		for range 60 {
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0, 1:
				e.enter(t, rt)
			case 2:
				e.correct(rt)
			case 3:
				e.void(rt)
			case 4:
				s, _ := e.one(rt)
				// Refused while there are ratings that count.
				_ = s.Attend([]session.Mark{{MemberID: ben, Attendance: rapid.SampledFrom([]session.Attendance{session.Present, session.NoShow}).Draw(rt, "ben")}}, nil)
			default:
				e.move(rt)
			}
			e.check(rt)
		}
	})
	for _, what := range []string{"enter", "correct", "void", "restore", "move within", "move between"} {
		if done[what] < 20 {
			t.Errorf("%s was done %d times: the property was hardly tried", what, done[what])
		}
	}
}
