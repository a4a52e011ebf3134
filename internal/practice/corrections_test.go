package practice_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

// entered submits one form and returns its identifier.
func (c *clinic) entered(t *testing.T, f session.FormInput) session.FormID {
	t.Helper()
	r, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{f})
	must(t, err)
	return r.Forms[0].FormID
}

// another opens one more session of the group on the same day.
func (c *clinic) another(t *testing.T) session.SessionID {
	t.Helper()
	s, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	return s.ID
}

// alliances reads the alliance ratings of a session.
func (c *clinic) alliances(t *testing.T, id session.SessionID) []session.AllianceRating {
	t.Helper()
	s, err := c.Session(t.Context(), request(), id, []instrument.Level{instrument.Alliance})
	must(t, err)
	return s.Alliances
}

func TestAVoidThatFailedAnywhereIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
		t.Helper()
		id := c.entered(t, c.form(0))
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.VoidForm(ctx, keyed("k", "void"), c.session, session.Voiding{Form: id, Version: 1, Why: session.VoidTwice})
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				x := c.alliances(t, c.session)
				if x[0].Live() != (x[0].Version == 1) {
					t.Errorf("version %d, live %v", x[0].Version, x[0].Live())
				}
				return x[0].Version - 1
			},
		}
	})
}

func TestARestoreThatFailedAnywhereIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
		t.Helper()
		id := c.entered(t, c.form(0))
		_, err := c.VoidForm(t.Context(), request(), c.session, session.Voiding{Form: id, Version: 1, Why: session.VoidTwice})
		must(t, err)
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.RestoreForm(ctx, keyed("k", "restore"), c.session, session.Restoring{Form: id, Version: 2, Why: session.RestoreMistaken})
				return err
			},
			done: func(t *testing.T) int { t.Helper(); return c.alliances(t, c.session)[0].Version - 2 },
		}
	})
}

func TestAMoveWithinASessionThatFailedAnywhereIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	for name, rq := range map[string]practice.Request{"with a key": keyed("k", "move"), "without a key": request()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
				t.Helper()
				id := c.entered(t, c.form(0))
				to := session.Rater{Kind: instrument.RaterMember, ID: string(c.members[1])}
				return step{
					do: func(ctx context.Context, p *practice.Practice) error {
						r, err := p.MoveForm(ctx, rq, c.session, session.Move{Form: id, Version: 1, Rater: &to, Why: session.MoveRater})
						if err == nil && (r.OldForm != id || r.To.FormVersion(r.NewForm) != 1 || r.To.ID != c.session) {
							t.Errorf("receipt %+v", r)
						}
						return err
					},
					done: func(t *testing.T) int {
						t.Helper()
						x := c.alliances(t, c.session)
						live := 0
						for i := range x {
							if x[i].Live() {
								live++
							}
						}
						if live != 1 {
							t.Errorf("%d ratings count", live)
						}
						return len(x) - 1
					},
				}
			})
		})
	}
}

func TestTheSameMoveAtOnceIsDoneOnceAndAnswersAll(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	id, next := c.entered(t, c.form(0)), c.another(t)
	receipts, errs := make([]*practice.MoveReceipt, 6), make([]error, 6)
	var wg sync.WaitGroup
	for i := range receipts {
		wg.Go(func() {
			receipts[i], errs[i] = c.MoveForm(t.Context(), request(), c.session, session.Move{Form: id, Version: 1, To: next, Why: session.MoveSession})
		})
	}
	wg.Wait()
	for i := range receipts {
		must(t, errs[i])
		if receipts[i].NewForm != receipts[0].NewForm {
			t.Errorf("moved to %s and to %s", receipts[i].NewForm, receipts[0].NewForm)
		}
	}
	if from, to := c.alliances(t, c.session), c.alliances(t, next); len(from) != 1 || from[0].Live() || len(to) != 1 || !to[0].Live() {
		t.Errorf("%+v and %+v", from, to)
	}
}

// abandoned is a store of sessions in which a chosen one cannot be replaced.
type abandoned struct {
	practice.Sessions

	id session.SessionID
}

func (a abandoned) Replace(ctx context.Context, next *session.Session, rev int64) error {
	if next.ID == a.id {
		return store.Closed()
	}
	return a.Sessions.Replace(ctx, next, rev)
}

func TestAKeyOfAnUnfinishedMoveDoesNotStandForAnotherVersionOfTheForm(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	id, next := c.entered(t, c.form(0)), c.another(t)
	m := session.Move{Form: id, Version: 1, To: next, Why: session.MoveSession}
	d := deps(t, e)
	d.Sessions = abandoned{d.Sessions, c.session}
	_, err := practice.New(d).MoveForm(t.Context(), keyed("k", "move"), c.session, m)
	wantFault(t, err, fault.Unavailable, "store_closed")
	_, err = c.Correct(t.Context(), request(), c.session, session.Correction{
		Rating: session.RatingID(id + ".alliance"), Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(2.0)}},
	})
	must(t, err)
	m.Version = 2
	_, err = c.MoveForm(t.Context(), keyed("k", "move"), c.session, m)
	wantFault(t, err, fault.Invalid, "key_reused")
	if x := c.alliances(t, c.session); !x[0].Live() {
		t.Errorf("the corrected form counts nowhere: %+v", x)
	}
	_, err = c.MoveForm(t.Context(), keyed("l", "move"), c.session, m)
	must(t, err)
	if x := c.alliances(t, next); len(x) != 2 || x[0].Live() || !x[1].Live() || x[1].Answers[0].Value != 2 {
		t.Errorf("%+v", x)
	}
}

func TestAMoveNamesBothSessionsInTheAudit(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	id, next := c.entered(t, c.form(0)), c.another(t)
	rq := request()
	rq.ID = "req-move"
	_, err := c.MoveForm(t.Context(), rq, c.session, session.Move{Form: id, Version: 1, To: next, Why: session.MoveSession})
	must(t, err)
	got := map[string]int{}
	for _, x := range entries(t, e) {
		if x.RequestID == rq.ID {
			got[string(x.Action)+" "+x.Object.ID+" "+string(x.Outcome)]++
		}
	}
	want := map[string]int{"move_form " + string(c.session) + " allowed": 1, "move_form " + string(next) + " allowed": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestAMoveIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	young := 2020
	m, err := c.CreateMember(t.Context(), request(), "KID", &young)
	must(t, err)
	_, _, err = c.Join(t.Context(), request(), c.group, practice.SpellInput{MemberID: m.ID, Role: session.RoleMember, Joined: "2026-02-05"})
	must(t, err)
	next := c.another(t) // with the child on its roster
	f := c.form(0)
	f.Instrument, f.Entered.Mode = instrument.Ref{ID: "srs", Version: "3.0"}, session.Paper // from 13 years on
	id := c.entered(t, f)
	move := func(rq practice.Request, m session.Move) error {
		m.Form, m.Why = id, session.MoveSession
		_, err := c.MoveForm(t.Context(), rq, c.session, m)
		return err
	}
	wantFault(t, move(request(), session.Move{Version: 2, To: next}), fault.Stale, "form_changed_since")
	wantFields(t, move(request(), session.Move{Version: 1, To: "s-none"}), "/to/session_id unknown_session")
	wantFields(t, move(request(), session.Move{Version: 1, To: next, Rater: &session.Rater{Kind: instrument.RaterMember, ID: string(m.ID)}}), "/to/rater/id outside_age_range")
	_, err = c.CloseSession(t.Context(), keyed("used", "close"), c.session, 2, nil)
	wantFault(t, err, fault.Invalid, "attendance_missing")
	_, err = c.Attend(t.Context(), keyed("used", "attend"), c.session, 2, []session.Mark{{MemberID: c.members[1], Attendance: session.Late}}, nil)
	must(t, err)
	wantFault(t, move(keyed("used", "move"), session.Move{Version: 1, To: next}), fault.Invalid, "key_reused")
	damage(t, c.engine, "sessions", string(next), "roster")
	wantFault(t, move(request(), session.Move{Version: 1, To: next}), fault.Internal, "document_damaged")
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	if s.Rev != 3 || !s.Alliances[0].Live() {
		t.Errorf("revision %d, %+v", s.Rev, s.Alliances)
	}
}

func TestTheHistoryOfARatingHoldsEachOfItsVersionsOnce(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	id := c.entered(t, c.form(0))
	rating := session.RatingID(id + ".alliance")
	c.entered(t, c.form(1)) // a revision that is none of the rating's
	_, err := c.Correct(t.Context(), request(), c.session, session.Correction{Rating: rating, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(2.0)}}})
	must(t, err)
	_, err = c.Attend(t.Context(), request(), c.session, 4, []session.Mark{{MemberID: c.members[0], Attendance: session.Late}}, nil)
	must(t, err)
	_, err = c.VoidForm(t.Context(), request(), c.session, session.Voiding{Form: id, Version: 2, Why: session.VoidTrial})
	must(t, err)
	list, err := c.RatingHistory(t.Context(), request(), c.session, rating)
	must(t, err)
	type line struct {
		Version int
		Rev     int64
		Why     string
		Value   float64
		Void    bool
	}
	var got []line
	for _, x := range list {
		got = append(got, line{x.Rating.Version, x.Rev, x.Change.Why, x.Rating.Answers[0].Value, x.Rating.Void != nil})
		if x.Level != instrument.Alliance || x.Change.By != "operator" {
			t.Errorf("%+v", x)
		}
	}
	want := []line{{3, 6, "form_voided:trial_entry", 2, true}, {2, 4, "corrected:typing_error", 2, false}, {1, 2, "forms_submitted", 7, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = c.RatingHistory(t.Context(), request(), c.session, "f-none.alliance")
	wantFault(t, err, fault.NotFound, "no_such_rating")

	damage(t, c.engine, "history", "sessions/"+string(c.session)+"@2", "was")
	list, err = c.RatingHistory(t.Context(), request(), c.session, rating)
	left, ok := errors.AsType[*practice.LeftOutError](err)
	if !ok || len(left.IDs) == 0 || len(list) != 3 || list[2].Rev != 3 {
		t.Errorf("with a damaged revision: %v, %d versions", err, len(list))
	}
	read := 0
	for _, x := range entries(t, c.engine) {
		if x.Action == access.ReadHistory {
			read++
		}
	}
	if read != 3 {
		t.Errorf("three readings left %d entries", read)
	}
}

func TestAnAnswerThatMustBeSeenIsRaisedForWhomItIsMovedTo(t *testing.T) {
	t.Parallel()
	for _, elsewhere := range []bool{false, true} {
		c := newClinic(t, open(t), 2)
		r := c.submitted(t, c.symptoms(0, 2))
		first := c.only(t)
		to := c.session
		if elsewhere {
			to = c.another(t)
		}
		by := session.Rater{Kind: instrument.RaterMember, ID: string(c.members[1])}
		_, err := c.MoveForm(t.Context(), request(), c.session, session.Move{Form: r.Forms[0].FormID, Version: 1, To: to, Rater: &by, Why: session.MoveRater})
		must(t, err)
		standing := map[session.MemberID]bool{}
		for _, f := range c.found(t, finding.Filter{}) {
			standing[f.Members[0]] = f.Stands()
			if f.Members[0] == c.members[1] && f.SessionID != to {
				t.Errorf("raised in %s", f.SessionID)
			}
		}
		want := map[session.MemberID]bool{c.members[0]: false, c.members[1]: true}
		if diff := cmp.Diff(want, standing); diff != "" || first.Members[0] != c.members[0] {
			t.Errorf("to another session %v (-want +got):\n%s", elsewhere, diff)
		}
	}
}
