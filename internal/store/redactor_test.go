package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
)

// The marks that are looked for, in every document there is.
const (
	ownMark, pastMark, totalMark = 7.1234567, 3.7654321, 11.2233445
	aboutMark, otherMark         = 5.4321098, 9.8761234
)

// holds tells which of the marks stand in any document of any collection.
func holds(tb testing.TB, e store.Engine) map[float64]bool {
	tb.Helper()
	found := map[float64]bool{}
	for _, c := range store.Collections() {
		for d, err := range e.Query(tb.Context(), store.Query{Collection: c}) {
			must(tb, err)
			for _, x := range []float64{ownMark, pastMark, totalMark, aboutMark, otherMark} {
				double := binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))
				found[x] = found[x] || bytes.Contains(d.Body, double) || bytes.Contains(d.Body, fmt.Append(nil, x))
			}
		}
	}
	return found
}

// textsIn tells which texts stand in any document of any collection.
func textsIn(tb testing.TB, e store.Engine, texts ...string) []string {
	tb.Helper()
	var found []string
	for _, c := range store.Collections() {
		for d, err := range e.Query(tb.Context(), store.Query{Collection: c}) {
			must(tb, err)
			for _, s := range texts {
				if bytes.Contains(d.Body, []byte(s)) && !slices.Contains(found, s) {
					found = append(found, s)
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// rated is a rating as repositories take it, with one answer.
func rated(form string, kind instrument.RaterKind, rater string, value float64) session.Rating {
	return session.Rating{
		ID: session.RatingID(form + ".x"), FormID: session.FormID(form), Version: 1, Instrument: instrument.Ref{ID: "holon-alliance-1", Version: "1"},
		Rater: session.Rater{Kind: kind, ID: rater}, Occasion: session.Post, FormItems: 1,
		Answers: []session.Answer{{Item: 1, State: session.Answered, Value: value}}, Entered: session.Entry{By: "p-operator", At: at(1), Mode: session.Paper},
	}
}

// marked stores a group of three with an evening in three revisions: what its
// first member answered and corrected, what was said of the member, and what
// another said.
func marked(tb testing.TB, e store.Engine) *session.Session {
	tb.Helper()
	copyInstruments(tb, e)
	_, s := thursday(tb, e, 3)
	m, err := store.NewMembers(e).Get(tb.Context(), "m-01")
	must(tb, err)
	m.Code, m.BirthYear, m.Change = "CODE-OF-ANNA", new(1937), change("secret-birth")
	must(tb, store.NewMembers(e).Replace(tb.Context(), m, 1))
	own := rated("f-own", instrument.RaterMember, "m-01", pastMark)
	own.ReportedTotal = new(totalMark)
	s.Alliances = []session.AllianceRating{
		{Rating: own, TherapistID: "t-1", MemberID: "m-01"},
		{Rating: rated("f-guess", instrument.RaterTherapist, "t-1", aboutMark), TherapistID: "t-1", MemberID: "m-01"},
		{Rating: rated("f-other", instrument.RaterMember, "m-02", otherMark), TherapistID: "t-1", MemberID: "m-02"},
	}
	s.Change = change("secret-forms")
	must(tb, store.NewSessions(e).Replace(tb.Context(), s, 1))
	s.Alliances[0].Answers = []session.Answer{{Item: 1, State: session.Answered, Value: ownMark}}
	s.Alliances[0].Version = 2
	s.Change = change("secret-correction")
	must(tb, store.NewSessions(e).Replace(tb.Context(), s, 2))
	return s
}

// taken is the redaction of the first member.
func taken(about bool) session.Redaction {
	return session.Redaction{Member: "m-01", Decision: "rd-1", At: at(9), About: about}
}

func TestARedactionLeavesNothingInAnyDocument(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx, r := t.Context(), store.NewRedactor(e)
		marked(t, e)
		texts := []string{"CODE-OF-ANNA", "sha-secret-birth", "sha-secret-correction", "sha-secret-forms"}
		wantSame(t, "before", map[float64]bool{ownMark: true, pastMark: true, totalMark: true, aboutMark: true, otherMark: true}, holds(t, e))
		wantSame(t, "texts before", texts, textsIn(t, e, texts...))
		seen, err := r.Sweep(ctx, taken(true))
		must(t, err)
		if len(seen.Left) != 6 || seen.Extent.Ratings != 2 || seen.Extent.Sessions != 1 {
			t.Errorf("before: %+v", seen)
		}
		must(t, r.Rewrite(ctx, taken(false), change("")))
		wantSame(t, "in part", map[float64]bool{ownMark: false, pastMark: false, totalMark: false, aboutMark: true, otherMark: true}, holds(t, e))
		must(t, r.Rewrite(ctx, taken(true), change("")))
		must(t, r.Rewrite(ctx, taken(true), change(""))) // again: nothing to do
		must(t, r.Scrub(ctx))
		wantSame(t, "after", map[float64]bool{ownMark: false, pastMark: false, totalMark: false, aboutMark: false, otherMark: true}, holds(t, e))
		wantSame(t, "texts after", nil, textsIn(t, e, texts...))
		seen, err = r.Sweep(ctx, taken(true))
		must(t, err)
		want := redaction.Sweep{Extent: redaction.Extent{Groups: []session.GroupID{"g-thursday"}, Sessions: 1, Forms: 2, Ratings: 2, Revisions: 7}}
		wantSame(t, "after", want, seen)
		s, err := store.NewSessions(e).Get(ctx, "s-01", nil)
		must(t, err)
		if s.Rev != 5 {
			t.Errorf("revision %d after two rewrites of revision 3", s.Rev)
		}
		wantSound(t, e)
	})
}

func TestARevisionThatIsRedactedTellsWhoeverReadItBefore(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	s := marked(t, e)
	late := *s
	late.Change = change("late")
	stale := &slow{Engine: e, then: func() { must(t, store.NewRedactor(e).Rewrite(t.Context(), taken(true), change(""))) }}
	err := store.NewSessions(stale).Replace(t.Context(), &late, 3)
	wantFault(t, "a writer who read before", err, fault.Stale, "written_since")
	wantSound(t, e)
}

func TestAnInspectionFindsWhatARedactionLeft(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	marked(t, e)
	ctx, all := t.Context(), store.NewRedactions(e)
	d, err := redaction.New("rd-1", "m-01", redaction.Request{By: redaction.ByMember, On: "2026-03-02", Reference: "DSR-7"}, "2026-03-05")
	must(t, err)
	d.Change = change("rd")
	must(t, all.Insert(ctx, d))
	wantSound(t, e)
	must(t, d.Decide(redaction.Redact, "", "operator", at(9)))
	must(t, all.Replace(ctx, d, 1))
	wantSame(t, "started", []string{"redaction_unfinished redactions/rd-1"}, inspected(t, e))
	d.Finish(redaction.Extent{}, redaction.Reports{}, at(10))
	must(t, all.Replace(ctx, d, 2))
	wantSame(t, "done in name only", slices.Repeat([]string{"redaction_left redactions/rd-1"}, 6), inspected(t, e))
	must(t, store.NewRedactor(e).Rewrite(ctx, d.Redaction(), change("")))
	wantSound(t, e)
}

// slow is an engine at which something is done between the reading of a
// document and what follows.
type slow struct {
	store.Engine

	then func()
	done bool
}

// Get reads, and lets the other go first.
func (s *slow) Get(ctx context.Context, c store.Collection, id string, fields []string) (store.Document, error) {
	d, err := s.Engine.Get(ctx, c, id, fields)
	if !s.done {
		s.done = true
		s.then()
	}
	return d, err
}

func TestARedactionTakesWhatWasFirstEnteredUnderAnothersName(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		form := twoEvenings(t, e) // by the first member, who never said that
		p := practiceOver(t, e)
		rq := practice.Request{Principal: access.Principal{ID: "operator", Role: access.RoleOperator}, ID: "req"}
		value := session.Correction{Rating: session.RatingID(form) + ".cohesion", Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(7.0)}}}
		_, err := p.Correct(t.Context(), rq, "s-01", value)
		must(t, err)
		by := session.Rater{Kind: instrument.RaterMember, ID: "m-02"}
		_, err = p.MoveForm(t.Context(), rq, "s-01", session.Move{Form: form, Version: 2, To: "s-02", Rater: &by, Why: session.MoveRater})
		must(t, err)
		x := session.Redaction{Member: "m-02", Decision: "rd-2", At: at(9)}
		r := store.NewRedactor(e)
		must(t, r.Rewrite(t.Context(), x, change("redacted")))
		left, err := r.Sweep(t.Context(), x)
		must(t, err)
		if len(left.Left) > 0 || len(left.Blocked) > 0 {
			t.Errorf("left: %+v", left)
		}
		for _, id := range []session.SessionID{"s-01", "s-02"} {
			heads, errs := collect(store.NewSessions(e).Revisions(t.Context(), id))
			if len(errs) > 0 {
				t.Error(errs)
			}
			for _, h := range heads {
				s, err := store.NewSessions(e).At(t.Context(), id, h.Rev)
				must(t, err)
				for _, rating := range s.All {
					if rating.Redacted == nil || rating.Answers[0].State != session.StateRedacted || rating.Answers[0].Value != 0 {
						t.Errorf("%s at %d: %+v", id, h.Rev, rating)
					}
				}
			}
		}
		again, err := r.Sweep(t.Context(), x)
		must(t, err)
		wantSame(t, "what was done", left, again)
	})
}

func TestGoalsAndFormsUnderAnothersNameAreRedactedToo(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	ctx := t.Context()
	s := marked(t, e)
	g, err := store.NewGroups(e).Get(ctx, "g-thursday")
	must(t, err)
	g.Goals = []session.Goal{
		{ID: "go-own", Code: "SLEEP-ALONE", Owner: "m-01", From: "2026-01-08"}, {ID: "go-shared", Code: "TALK-MORE", From: "2026-01-08"},
	}
	must(t, store.NewGroups(e).Replace(ctx, g, g.Rev))
	entered := session.Entry{By: "p-operator", At: at(1), Mode: session.Paper}
	own, lead := session.Rater{Kind: instrument.RaterMember, ID: "m-01"}, session.Rater{Kind: instrument.RaterTherapist, ID: "t-1"}
	s.Goals = []session.GoalRating{
		{Rater: own, GoalID: "go-shared", Version: 1, Value: new(ownMark), Entered: entered},
		{Rater: lead, GoalID: "go-own", Version: 1, Value: new(aboutMark), Entered: entered},
		{Rater: lead, GoalID: "go-shared", Version: 1, Value: new(otherMark), Entered: entered},
	}
	s.Alliances[0].MovedFrom = &session.Origin{FormPlace: session.FormPlace{Session: "s-02", Form: "f-wrong"}, Version: 1, By: "p-operator", At: at(2), Why: session.MoveRater}
	must(t, store.NewSessions(e).Replace(ctx, s, 3))
	before := evening(t, g, 2) // where the form stood under another's name, and stands as void
	wrong := rated("f-wrong", instrument.RaterMember, "m-02", pastMark)
	before.Roster = before.Roster[1:]
	before.Alliances = []session.AllianceRating{{Rating: wrong, TherapistID: "t-1", MemberID: "m-02"}}
	must(t, store.NewSessions(e).Insert(ctx, before))
	before.Alliances[0].Void = &session.Void{By: "p-operator", At: at(2), Why: session.VoidMoved, MovedTo: &session.FormPlace{Session: "s-01", Form: "f-own"}}
	must(t, store.NewSessions(e).Replace(ctx, before, 1))
	must(t, store.NewRedactor(e).Rewrite(ctx, taken(true), change("")))
	wantSame(t, "after", map[float64]bool{ownMark: false, pastMark: false, totalMark: false, aboutMark: false, otherMark: true}, holds(t, e))
	wantSame(t, "codes of goals", []string{"TALK-MORE"}, textsIn(t, e, "SLEEP-ALONE", "TALK-MORE"))
	void, err := store.NewSessions(e).Get(ctx, "s-02", nil)
	must(t, err)
	if r := void.Alliances[0]; r.Redacted == nil || r.Void == nil || r.Rater.ID != "m-02" {
		t.Errorf("the void form: %+v", r)
	}
	seen, err := store.NewRedactor(e).Sweep(ctx, taken(true))
	must(t, err)
	if len(seen.Left) > 0 || seen.Extent.Ratings != 3 {
		t.Errorf("%+v", seen)
	}
}
