package practice_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/enginetest"
)

// symptoms is a member's PHQ-9 with this answer to item 9, the others 0.
func (c *clinic) symptoms(member int, nine float64) session.FormInput {
	f := session.FormInput{
		Instrument: phq9, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(c.members[member])},
		Occasion: session.Pre, Entered: session.Entry{Mode: session.Device},
	}
	for item := 1; item <= 8; item++ {
		f.Answers = append(f.Answers, session.AnswerInput{Item: item, Value: new(0.0)})
	}
	f.Answers = append(f.Answers, session.AnswerInput{Item: 9, Value: new(nine)})
	return f
}

// submitted enters forms.
func (c *clinic) submitted(t *testing.T, forms ...session.FormInput) *practice.Receipt {
	t.Helper()
	r, err := c.Submit(t.Context(), request(), c.session, forms)
	must(t, err)
	return r
}

// found lists the findings of a filter.
func (c *clinic) found(t *testing.T, want finding.Filter) []*finding.Finding {
	t.Helper()
	list, _, err := c.Findings(t.Context(), request(), want, practice.Page{})
	must(t, err)
	return list
}

// only returns the one finding there is.
func (c *clinic) only(t *testing.T) *finding.Finding {
	t.Helper()
	list := c.found(t, finding.Filter{})
	if len(list) != 1 {
		t.Fatalf("%d findings", len(list))
	}
	return list[0]
}

// kinds lists what happened to a finding.
func kinds(f *finding.Finding) []finding.EventKind {
	var out []finding.EventKind
	for _, e := range f.Events {
		out = append(out, e.Kind)
	}
	return out
}

// wantKinds checks what happened to a finding.
func wantKinds(t *testing.T, f *finding.Finding, want ...finding.EventKind) {
	t.Helper()
	if diff := cmp.Diff(want, kinds(f)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestAnAnswerAtItsTriggerRaisesAFindingWithItsSave(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	below, above := c.symptoms(0, 0), c.symptoms(1, 1)
	above.Entered.Mode = session.Paper
	r := c.submitted(t, below, above)
	f := c.only(t)
	want := &finding.Finding{
		Head: f.Head, ID: f.ID, Rule: finding.RiskItem, RuleVersion: 1, GroupID: c.group, SessionID: c.session, Members: c.members[1:],
		Risk: &finding.Risk{
			Instrument: phq9, Item: 9, Rater: above.Rater, Occasion: session.Pre,
			Trigger: finding.Trigger{AtLeast: 1, Source: f.Risk.Trigger.Source, Verified: f.Risk.Trigger.Verified},
		},
		Events: []finding.Event{{
			Kind: finding.Raised, At: session.Millis(evening), By: operator.ID, To: c.therapist,
			Rating: &finding.RatingVersion{ID: r.Forms[1].Ratings[0].ID, Version: 1},
		}},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("the finding (-want +got):\n%s", diff)
	}
	if f.Risk.Trigger.Source == "" || f.State() != finding.New || !f.Stands() {
		t.Errorf("source %q, state %s", f.Risk.Trigger.Source, f.State())
	}
	var written bool
	for _, e := range entries(t, c.engine) {
		written = written || e.Action == access.WriteFinding && e.Object.ID == string(f.ID) && e.Object.GroupID == c.group
	}
	if !written {
		t.Error("the audit does not name the finding")
	}
}

// TestEveryRiskItemThatComesWithHolonRaises fills in each instrument that has risk items, one of them at its
// trigger and then just below.
func TestEveryRiskItemThatComesWithHolonRaises(t *testing.T) {
	t.Parallel()
	registry, err := instrument.Load(nil)
	must(t, err)
	tried := 0
	for _, d := range registry.List() {
		for _, item := range d.Items {
			if item.Risk == nil || !slices.Contains(item.Raters, instrument.RaterMember) {
				continue
			}
			tried++
			t.Run(d.Ref.String()+" item "+strconv.Itoa(item.Number), func(t *testing.T) {
				t.Parallel()
				c := newClinic(t, open(t), 2)
				for i, value := range []float64{item.Risk.AtLeast - item.Step, item.Risk.AtLeast} {
					c.submitted(t, session.FormInput{
						Instrument: d.Ref, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(c.members[i])}, Occasion: session.Pre,
						Answers: []session.AnswerInput{{Item: item.Number, Value: &value}}, Entered: session.Entry{Mode: session.Paper},
					})
				}
				f := c.only(t)
				if f.Risk.Item != item.Number || f.Risk.Instrument != d.Ref || f.Members[0] != c.members[1] || f.Risk.Trigger.Source != item.Risk.Source {
					t.Errorf("the finding is about %+v of %v", f.Risk, f.Members)
				}
			})
		}
	}
	if tried < 2 {
		t.Errorf("only %d risk items were tried", tried)
	}
}

func TestWhatIsImportedRaisesNothingUntilAPersonCorrectsIt(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	past := c.symptoms(0, 3)
	past.Entered.Mode = session.Imported
	r := c.submitted(t, past)
	if len(r.Forms[0].Texts) > 0 {
		t.Error("an import returned a text")
	}
	correct := func(version int, answers ...session.AnswerInput) {
		t.Helper()
		_, err := c.Correct(t.Context(), request(), c.session, session.Correction{
			Rating: r.Forms[0].Ratings[0].ID, Version: version, Why: session.CorrectTyping, Answers: answers,
		})
		must(t, err)
	}
	correct(1, session.AnswerInput{Item: 1, Value: new(2.0)}) // of another item
	done, err := c.RecomputeFindings(t.Context(), request())
	must(t, err)
	if list := c.found(t, finding.Filter{}); len(list) > 0 || done.Raised > 0 {
		t.Errorf("%d findings, %d raised by recomputation", len(list), done.Raised)
	}
	correct(2, session.AnswerInput{Item: 9, Value: new(2.0)})
	f := c.only(t)
	wantKinds(t, f, finding.Raised)
	done, err = c.RecomputeFindings(t.Context(), request())
	must(t, err)
	if f = c.only(t); !f.Stands() || done.Raised+done.Withdrawn > 0 {
		t.Errorf("stands: %v; the recomputation %+v", f.Stands(), done)
	}
	_, err = c.VoidForm(t.Context(), request(), c.session, session.Voiding{Form: r.Forms[0].FormID, Version: 3, Why: session.VoidOther})
	must(t, err)
	_, err = c.RestoreForm(t.Context(), request(), c.session, session.Restoring{Form: r.Forms[0].FormID, Version: 4, Why: session.RestoreMistaken})
	must(t, err)
	wantKinds(t, c.only(t), finding.Raised, finding.Withdrawn, finding.RaisedAgain)
	sound(t, c.engine)
}

func TestARefusedBatchRaisesNothing(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	wrong := c.symptoms(1, 0)
	wrong.Answers[0].Value = new(7.0)
	if _, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{c.symptoms(0, 3), wrong}); err == nil {
		t.Fatal("the batch was taken")
	}
	if list := c.found(t, finding.Filter{}); len(list) > 0 {
		t.Errorf("%d findings of what was refused", len(list))
	}
}

func TestTheTherapistsGuessIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	guess := c.form(0)
	guess.Rater, guess.About = session.Rater{Kind: instrument.RaterTherapist, ID: string(c.therapist)}, session.About{MemberID: c.members[0]}
	guess.Unfinished = true // the therapist is still at it
	c.submitted(t, guess)
	c.submitted(t, c.symptoms(0, 2))
	if f := c.only(t); f.State() != finding.New {
		t.Errorf("state %s", f.State())
	}
}

func TestAnUnfinishedFormRaisesWithEachSaveOfTheItem(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	started := c.symptoms(0, 0)
	started.Answers, started.Unfinished = started.Answers[:2], true
	r := c.submitted(t, started)
	if len(c.found(t, finding.Filter{})) > 0 {
		t.Fatal("raised before the item was answered")
	}
	answer := func(finished bool, answers ...session.AnswerInput) *session.Session {
		t.Helper()
		s, err := c.AnswerForm(t.Context(), request(), c.session, session.FormAnswers{Form: r.Forms[0].FormID, Answers: answers, Finished: finished})
		must(t, err)
		return s
	}
	answer(false, session.AnswerInput{Item: 9, Value: new(1.0)})
	wantKinds(t, c.only(t), finding.Raised)
	answer(false, session.AnswerInput{Item: 3, Value: new(1.0)})
	wantKinds(t, c.only(t), finding.Raised) // of another item
	answer(false, session.AnswerInput{Item: 9, Value: new(0.0)})
	if f := c.only(t); f.Stands() || f.State() != finding.New || f.Events[1].Cause != finding.AnswerCorrected {
		t.Errorf("taken back by the rater: stands %v, state %s, events %+v", f.Stands(), f.State(), f.Events)
	}
	s := answer(true, session.AnswerInput{Item: 9, Value: new(3.0)})
	wantKinds(t, c.only(t), finding.Raised, finding.Withdrawn, finding.RaisedAgain)
	if x := s.Outcomes[0]; x.Unfinished || x.Version != 5 || x.FormMissing != 5 {
		t.Errorf("the finished form: unfinished %v, version %d, %d missing", x.Unfinished, x.Version, x.FormMissing)
	}
}

func TestACorrectionRaisesAgainAndWithdraws(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	r := c.submitted(t, c.symptoms(0, 1))
	id := c.only(t).ID
	_, err := c.SeeFinding(t.Context(), request(), id)
	must(t, err)
	version := 0
	correct := func(answers ...session.AnswerInput) *finding.Finding {
		t.Helper()
		version++
		_, err := c.Correct(t.Context(), request(), c.session, session.Correction{
			Rating: r.Forms[0].Ratings[0].ID, Version: version, Why: session.CorrectTyping, Answers: answers,
		})
		must(t, err)
		return c.only(t)
	}
	f := correct(session.AnswerInput{Item: 1, Value: new(1.0)})
	if f.State() != finding.Seen {
		t.Errorf("a correction of another item made it %s", f.State())
	}
	if f = correct(session.AnswerInput{Item: 9, Value: new(2.0)}); f.State() != finding.New {
		t.Errorf("another answer that must be seen is %s", f.State())
	}
	if f = correct(session.AnswerInput{Item: 9, Value: new(0.0)}); f.Stands() || f.State() != finding.New {
		t.Errorf("corrected below: stands %v, state %s", f.Stands(), f.State())
	}
	f = correct(session.AnswerInput{Item: 9, Value: new(3.0)})
	wantKinds(t, f, finding.Raised, finding.WasSeen, finding.RaisedAgain, finding.Withdrawn, finding.RaisedAgain)
	form := r.Forms[0].FormID
	_, err = c.VoidForm(t.Context(), request(), c.session, session.Voiding{Form: form, Version: 5, Why: session.VoidTwice})
	must(t, err)
	f = c.only(t)
	if last := f.Events[len(f.Events)-1]; f.Stands() || last.Cause != finding.FormWithdrawn {
		t.Errorf("a void form: stands %v, last %+v", f.Stands(), last)
	}
	_, err = c.RestoreForm(t.Context(), request(), c.session, session.Restoring{Form: form, Version: 6, Why: session.RestoreMistaken})
	must(t, err)
	if f = c.only(t); !f.Stands() || f.State() != finding.New {
		t.Errorf("the void taken back: stands %v, state %s", f.Stands(), f.State())
	}
	_, err = c.VoidForm(t.Context(), request(), c.session, session.Voiding{Form: form, Version: 7, Why: session.VoidTwice})
	must(t, err)
	c.submitted(t, c.symptoms(0, 1)) // the place is free again
	if f = c.only(t); f.ID != id || !f.Stands() {
		t.Errorf("the form sent again: %s stands %v", f.ID, f.Stands())
	}
}

// standing checks that every stored answer that must be seen has its finding.
func standing(t *testing.T, c *clinic) int {
	t.Helper()
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	grounds := finding.GroundsOf(s, finding.Reading{Definition: c.Definition})
	for _, g := range grounds {
		f, err := c.Finding(t.Context(), request(), g.ID)
		if err != nil || !f.Stands() {
			t.Errorf("the answer in %s is stored and has no finding: %v", g.Rating.ID, err)
		}
	}
	return len(grounds)
}

// crashed lets a save fail at each of its writes. Whatever happened, no stored
// answer is without its finding; repeated, the save is done once, and the
// finding is as if nothing had gone wrong.
func crashed(t *testing.T, prepare func(t *testing.T, c *clinic) func(ctx context.Context, p *practice.Practice) error, want ...finding.EventKind) {
	t.Helper()
	enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, at int) *enginetest.Failing {
		t.Helper()
		below := open(t)
		c := newClinic(t, below, 1)
		save := prepare(t, c)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		failing := enginetest.NewFailing(below, mode, at, cancel)
		p := practice.New(deps(t, failing))
		must(t, p.CheckInstruments(t.Context()))
		err := save(ctx, p)
		if n := standing(t, c); err == nil && n != 1 {
			t.Errorf("acknowledged, and %d answers must be seen", n)
		}
		restarted := practice.New(deps(t, below))
		must(t, restarted.CheckInstruments(t.Context()))
		for range 2 {
			must(t, save(t.Context(), restarted))
			standing(t, c)
		}
		wantKinds(t, c.only(t), want...)
		var problems []string
		_, err = store.Inspect(t.Context(), below, func(x store.Problem) { problems = append(problems, x.Rule) })
		if err != nil || len(problems) > 0 {
			t.Errorf("doctor finds %v, %v", problems, err)
		}
		return failing
	})
}

func TestASaveThatFailedAnywhereLeavesNoAnswerWithoutItsFinding(t *testing.T) {
	t.Parallel()
	t.Run("submitted", func(t *testing.T) {
		t.Parallel()
		crashed(t, func(_ *testing.T, c *clinic) func(context.Context, *practice.Practice) error {
			return func(ctx context.Context, p *practice.Practice) error {
				_, err := p.Submit(ctx, keyed("k", "form"), c.session, []session.FormInput{c.symptoms(0, 2)})
				return err
			}
		}, finding.Raised)
	})
	t.Run("corrected", func(t *testing.T) {
		t.Parallel()
		crashed(t, func(t *testing.T, c *clinic) func(context.Context, *practice.Practice) error {
			t.Helper()
			r := c.submitted(t, c.symptoms(0, 0))
			return func(ctx context.Context, p *practice.Practice) error {
				_, err := p.Correct(ctx, keyed("k", "correct"), c.session, session.Correction{
					Rating: r.Forms[0].Ratings[0].ID, Version: 1, Why: session.CorrectReading, Answers: []session.AnswerInput{{Item: 9, Value: new(1.0)}},
				})
				return err
			}
		}, finding.Raised)
	})
	t.Run("answered", func(t *testing.T) {
		t.Parallel()
		crashed(t, func(t *testing.T, c *clinic) func(context.Context, *practice.Practice) error {
			t.Helper()
			started := c.symptoms(0, 0)
			started.Answers, started.Unfinished = started.Answers[:1], true
			r := c.submitted(t, started)
			return func(ctx context.Context, p *practice.Practice) error {
				_, err := p.AnswerForm(ctx, keyed("k", "answer"), c.session, session.FormAnswers{
					Form: r.Forms[0].FormID, Answers: []session.AnswerInput{{Item: 9, Value: new(1.0)}},
				})
				return err
			}
		}, finding.Raised)
	})
}

// withoutSaves is a repository whose sessions cannot be written.
type withoutSaves struct{ practice.Sessions }

func (withoutSaves) Replace(context.Context, *session.Session, int64) error {
	return fault.New(fault.Unavailable, "store_unreachable", "Away.")
}

// at is a practice over a clinic's store at another time.
func (c *clinic) at(t *testing.T, now time.Time, change ...func(*practice.Deps)) *practice.Practice {
	t.Helper()
	d := deps(t, c.engine)
	d.Clock = func() time.Time { return now }
	for _, f := range change {
		f(&d)
	}
	p := practice.New(d)
	must(t, p.CheckInstruments(t.Context()))
	return p
}

func TestAFindingWhoseAnswerWasNeverStoredClosesByItself(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(context.Context, *practice.Practice) error{
		"by the clock": func(ctx context.Context, p *practice.Practice) error { _, err := p.Escalate(ctx); return err },
		"by the recomputation": func(ctx context.Context, p *practice.Practice) error {
			_, err := p.RecomputeFindings(ctx, request())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t, open(t), 1)
			broken := c.at(t, evening, func(d *practice.Deps) { d.Sessions = withoutSaves{d.Sessions} })
			if _, err := broken.Submit(t.Context(), request(), c.session, []session.FormInput{c.symptoms(0, 2)}); err == nil {
				t.Fatal("the form was taken")
			}
			var problems []string
			_, err := store.Inspect(t.Context(), c.engine, func(x store.Problem) { problems = append(problems, x.Rule) })
			if diff := cmp.Diff([]string{"answer_not_stored"}, problems); err != nil || diff != "" {
				t.Errorf("doctor (-want +got): %v\n%s", err, diff)
			}
			must(t, settle(t.Context(), c.at(t, evening.Add(finding.InFlight-time.Second))))
			wantKinds(t, c.only(t), finding.Raised) // its save may be under way
			must(t, settle(t.Context(), c.at(t, evening.Add(time.Hour))))
			f := c.only(t)
			if last := f.Events[len(f.Events)-1]; f.State() != finding.Closed || last.Cause != finding.AnswerNotStored {
				t.Errorf("state %s, last %+v", f.State(), last)
			}
			c.submitted(t, c.symptoms(0, 2))
			if f := c.only(t); f.State() != finding.New || !f.Stands() {
				t.Errorf("the form sent again: %s, stands %v", f.State(), f.Stands())
			}
		})
	}
}

func TestRecomputationRaisesWhatIsMissingAndRemovesNothing(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	c.submitted(t, c.symptoms(0, 2), c.symptoms(1, 1))
	list := c.found(t, finding.Filter{})
	kept, lost := list[0], list[1]
	must(t, c.engine.Delete(t.Context(), store.Collection{Name: "findings"}, string(lost.ID), lost.Rev))
	_, err := c.ActOnFinding(t.Context(), request(), kept.ID, finding.ActionInput{Code: finding.SafetyProtocol})
	must(t, err)
	var problems []string
	_, err = store.Inspect(t.Context(), c.engine, func(x store.Problem) { problems = append(problems, x.Rule) })
	if diff := cmp.Diff([]string{"finding_missing"}, problems); err != nil || diff != "" {
		t.Errorf("doctor (-want +got): %v\n%s", err, diff)
	}
	for want := 1; want >= 0; want-- {
		done, err := c.RecomputeFindings(t.Context(), request())
		must(t, err)
		if done.Raised != want || done.Sessions != 1 || done.Withdrawn != 0 || len(done.LeftOut) > 0 {
			t.Errorf("recomputed %+v, want %d raised", done, want)
		}
	}
	f, err := c.Finding(t.Context(), request(), kept.ID)
	must(t, err)
	wantKinds(t, f, finding.Raised, finding.WasActed)
}

func TestAMissedSessionHasItsPlaceForContacts(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 3)
	mark := func(rev int64, member int, a session.Attendance) {
		t.Helper()
		_, err := c.Attend(t.Context(), request(), c.session, rev, []session.Mark{{MemberID: c.members[member], Attendance: a}}, nil)
		must(t, err)
	}
	mark(1, 0, session.Present)
	mark(2, 1, session.NoShow)
	mark(3, 2, session.Excused)
	if n := len(c.found(t, finding.Filter{})); n > 0 {
		t.Errorf("%d findings before the session is closed", n)
	}
	_, err := c.CloseSession(t.Context(), request(), c.session, 4, nil)
	must(t, err)
	f := c.only(t)
	if f.Rule != finding.MissedSession || f.Members[0] != c.members[1] {
		t.Errorf("the finding is %s of %v", f.Rule, f.Members)
	}
	_, err = c.ActOnFinding(t.Context(), request(), f.ID, finding.ActionInput{Code: finding.Contacted, Contact: finding.ContactMessage, On: "2026-03-05"})
	must(t, err)
	mark(5, 1, session.Late)
	if f = c.only(t); f.State() != finding.Closed || f.Events[2].Cause != finding.AttendanceCorrected {
		t.Errorf("after all there: %s, %+v", f.State(), f.Events)
	}
	mark(6, 2, session.NoShow)
	if list := c.found(t, finding.Filter{MemberID: c.members[2]}); len(list) != 1 {
		t.Errorf("excused, then not: %d findings", len(list))
	}
	_, err = c.Set(t.Context(), request(), 1, finding.Settings{AcknowledgeWithin: 60, AlarmBudget: 0.5, ExcusedIsMissed: true})
	must(t, err)
	mark(7, 2, session.Present)
	mark(8, 2, session.Excused)
	wantKinds(t, c.found(t, finding.Filter{MemberID: c.members[2]})[0], finding.Raised, finding.Withdrawn, finding.RaisedAgain)
}

func TestAKeyThatWithdrewIsFreeForAnAction(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	r := c.submitted(t, c.symptoms(0, 1))
	_, err := c.Correct(t.Context(), keyed("k", "correct"), c.session, session.Correction{
		Rating: r.Forms[0].Ratings[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 9, Value: new(0.0)}},
	})
	must(t, err)
	f, err := c.ActOnFinding(t.Context(), keyed("k", "act"), c.only(t).ID, finding.ActionInput{Code: finding.NothingWithReason, Reason: finding.ReasonEntryError})
	must(t, err)
	wantKinds(t, f, finding.Raised, finding.Withdrawn, finding.WasActed)
}

// TestAnswersAtTheSameTimeLeaveNoneWithoutItsFinding has several hands answer
// one item up and down; whichever answer is left, it has its finding.
func TestAnswersAtTheSameTimeLeaveNoneWithoutItsFinding(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	started := c.symptoms(0, 0)
	started.Unfinished = true
	form := c.submitted(t, started).Forms[0].FormID
	met := 0
	for range 15 {
		var hands sync.WaitGroup
		for hand := range 4 {
			hands.Go(func() {
				for i := range 3 {
					_, err := c.AnswerForm(context.WithoutCancel(t.Context()), request(), c.session, session.FormAnswers{
						Form: form, Answers: []session.AnswerInput{{Item: 9, Value: new(float64((hand + i) % 3))}},
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		hands.Wait()
		met += standing(t, c)
	}
	if met == 0 {
		t.Error("no answer that was left had to be seen: the race was hardly tried")
	}
}

// meddled is a repository of findings in which somebody else is faster: just
// before its second look at a finding, or before its first replacement.
type meddled struct {
	practice.Findings

	meddle        func()
	atGet, atSwap int // counted down to 0
}

func (m *meddled) Get(ctx context.Context, id finding.ID) (*finding.Finding, error) {
	if m.atGet--; m.atGet == 0 {
		m.meddle()
	}
	return m.Findings.Get(ctx, id)
}

func (m *meddled) Replace(ctx context.Context, next *finding.Finding, rev int64) error {
	if m.atSwap--; m.atSwap == 0 {
		m.meddle()
	}
	return m.Findings.Replace(ctx, next, rev)
}

func TestAnAnswerThatComesWhileAnotherIsWithdrawnKeepsItsFinding(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*meddled{"before the finding is read again": {atGet: 2}, "before it is replaced": {atSwap: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t, open(t), 1)
			started := c.symptoms(0, 1)
			started.Unfinished = true
			form := c.submitted(t, started).Forms[0].FormID
			answer := func(p *practice.Practice, value float64) {
				_, err := p.AnswerForm(t.Context(), request(), c.session, session.FormAnswers{Form: form, Answers: []session.AnswerInput{{Item: 9, Value: &value}}})
				if err != nil {
					t.Error(err)
				}
			}
			met := false
			m.meddle = func() { met = true; answer(c.Practice, 2) }
			answer(c.at(t, evening, func(d *practice.Deps) { m.Findings, d.Findings = d.Findings, m }), 0)
			if n := standing(t, c); !met || n != 1 {
				t.Errorf("met %v, %d answers must be seen", met, n)
			}
		})
	}
}

func TestAMovedFormRaisesWhereItBelongs(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	other, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-02-26"})
	must(t, err)
	form := c.submitted(t, c.symptoms(0, 1)).Forms[0].FormID
	wrong := c.only(t).ID
	_, err = c.MoveForm(t.Context(), request(), c.session, session.Move{
		Form: form, Version: 1, To: other.ID, Rater: &session.Rater{Kind: instrument.RaterMember, ID: string(c.members[1])}, Why: session.MoveSession,
	})
	must(t, err)
	list := c.found(t, finding.Filter{SessionID: other.ID})
	if len(list) != 1 || !list[0].Stands() || list[0].Members[0] != c.members[1] {
		t.Errorf("where the form belongs: %+v", list)
	}
	f, err := c.Finding(t.Context(), request(), wrong)
	must(t, err)
	if last := f.Events[len(f.Events)-1]; f.Stands() || last.Cause != finding.FormWithdrawn || f.State() != finding.New {
		t.Errorf("where it was: stands %v, %s, last %+v", f.Stands(), f.State(), last)
	}
}

func TestATriggerOfThePracticesOwnRaisesAndSaysSo(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	site := fstest.MapFS{"risks/phq-9.json": {Data: []byte(`{"schema":1,"instrument":"phq-9","version":"1","item":1,"at_least":2,"source":"our protocol"}`)}}
	registry, err := instrument.Load(site)
	must(t, err)
	own := c.at(t, evening, func(d *practice.Deps) { d.Registry = registry })
	form := c.symptoms(0, 0)
	form.Answers[0].Value = new(2.0)
	_, err = own.Submit(t.Context(), request(), c.session, []session.FormInput{form})
	must(t, err)
	f := c.only(t)
	if f.Risk.Item != 1 || !f.Risk.Trigger.Site || f.Risk.Trigger.Source != "our protocol" {
		t.Errorf("the finding is about %+v", f.Risk)
	}
	// Without the trigger, as doctor looks and a later version may, it stands: the
	// answer is what it was.
	done, err := c.at(t, evening.Add(time.Hour)).RecomputeFindings(t.Context(), request())
	must(t, err)
	var problems []string
	_, err = store.Inspect(t.Context(), c.engine, func(x store.Problem) { problems = append(problems, x.Rule) })
	if err != nil || len(problems) > 0 || done.Withdrawn > 0 || !c.only(t).Stands() {
		t.Errorf("recomputed %+v, doctor finds %v, %v", done, problems, err)
	}
}

// TestATriggerFromMemoryThatThePracticeRaised: an answer below it raises
// nothing, and doctor, which has no files of the practice's, misses nothing.
func TestATriggerFromMemoryThatThePracticeRaised(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	registry, err := instrument.Load(fstest.MapFS{"risks/oq.json": {Data: []byte(`{"schema":1,"instrument":"oq-45","version":"2","item":44,"at_least":3,"source":"our team on 3 March 2026"}`)}})
	must(t, err)
	own := c.at(t, evening, func(d *practice.Deps) { d.Registry = registry })
	form := c.symptoms(0, 0)
	form.Instrument, form.Answers = instrument.Ref{ID: "oq-45", Version: "2"}, nil
	form.Answers = append(form.Answers, session.AnswerInput{Item: 44, Value: new(2.0)})
	_, err = own.Submit(t.Context(), request(), c.session, []session.FormInput{form})
	must(t, err)
	var problems []string
	_, err = store.Inspect(t.Context(), c.engine, func(x store.Problem) { problems = append(problems, x.Rule) })
	if list := c.found(t, finding.Filter{}); err != nil || len(list)+len(problems) > 0 {
		t.Errorf("%d findings, doctor finds %v, %v", len(list), problems, err)
	}
}

func TestARedactionTakesOutWhichItemItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	m.submitted(t, m.symptoms(0, 2), m.symptoms(1, 1))
	redacted := m.found(t, finding.Filter{MemberID: m.members[0], Rule: finding.RiskItem})[0]
	_, err := m.ActOnFinding(t.Context(), request(), redacted.ID, finding.ActionInput{Code: finding.SafetyProtocol})
	must(t, err)
	m.decide(t, m.Practice, redaction.Redact, "")
	all := store.NewFindings(m.store)
	now, err := all.Get(t.Context(), redacted.ID)
	must(t, err)
	for rev := int64(1); rev <= now.Rev; rev++ {
		f, err := all.At(t.Context(), redacted.ID, rev)
		must(t, err)
		if f.Risk != nil || f.Redacted == nil || f.State() != finding.Closed {
			t.Errorf("revision %d: %+v, %s", rev, f.Risk, f.State())
		}
	}
	wantKinds(t, now, finding.Raised, finding.WasActed) // the practice's own record stays
	done, err := m.RecomputeFindings(t.Context(), request())
	if err != nil || done.Raised+done.Withdrawn > 0 {
		t.Errorf("recomputed %+v, %v", done, err)
	}
	if f, err := m.ReopenFinding(t.Context(), request(), redacted.ID); err != nil || f.State() != finding.Closed {
		t.Errorf("reopened: %v", err)
	}
	if other := m.found(t, finding.Filter{MemberID: m.members[1], Rule: finding.RiskItem}); len(other) != 1 || other[0].Risk == nil {
		t.Errorf("another member's: %+v", other)
	}
	sound(t, m.store)
}

func TestRecomputationLeavesSessionsAloneThatWereImportedClosed(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	s.ID, s.Number, s.Status = "s-past", 77, session.StatusClosed
	for i := range s.Roster {
		s.Roster[i].Attendance = session.NoShow
	}
	must(t, store.NewSessions(c.engine).Insert(t.Context(), s)) // as an import does
	_, err = c.Attend(t.Context(), request(), c.session, 1, []session.Mark{{MemberID: c.members[0], Attendance: session.NoShow}, {MemberID: c.members[1], Attendance: session.Present}}, nil)
	must(t, err)
	_, err = c.CloseSession(t.Context(), request(), c.session, 2, nil)
	must(t, err)
	lost := c.only(t)
	must(t, c.engine.Delete(t.Context(), store.Collection{Name: "findings"}, string(lost.ID), lost.Rev))
	done, err := c.RecomputeFindings(t.Context(), request())
	if f := c.only(t); err != nil || done.Raised != 1 || f.ID != lost.ID {
		t.Errorf("recomputed %+v, %v: %+v", done, err, f)
	}
	_, err = c.Attend(t.Context(), request(), "s-past", 1, []session.Mark{{MemberID: c.members[0], Attendance: session.Present}}, nil)
	must(t, err)
	_, err = c.Attend(t.Context(), request(), "s-past", 2, []session.Mark{{MemberID: c.members[0], Attendance: session.NoShow}}, nil)
	must(t, err)
	if list := c.found(t, finding.Filter{SessionID: "s-past"}); len(list) != 1 {
		t.Errorf("corrected by hand: %d findings", len(list))
	}
}

func TestAMissedSessionThatWasNeverClosedClosesByItself(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	_, err := c.Attend(t.Context(), request(), c.session, 1, []session.Mark{{MemberID: c.members[0], Attendance: session.NoShow}}, nil)
	must(t, err)
	broken := c.at(t, evening.Add(time.Second), func(d *practice.Deps) { d.Sessions = withoutSaves{d.Sessions} })
	if _, err := broken.CloseSession(t.Context(), request(), c.session, 2, nil); err == nil {
		t.Fatal("the session was closed")
	}
	if n := c.look(t, finding.InFlight); n != 0 {
		t.Errorf("%d changed while it may be under way", n)
	}
	c.look(t, finding.InFlight+time.Minute)
	if f := c.only(t); f.State() != finding.Closed || f.Events[1].Cause != finding.AnswerNotStored {
		t.Errorf("%s, %+v", f.State(), f.Events)
	}
	_, err = c.CloseSession(t.Context(), request(), c.session, 2, nil)
	must(t, err)
	if f := c.only(t); f.State() != finding.New || !f.Stands() {
		t.Errorf("closed after all: %s", f.State())
	}
}

func TestWhoseFormWasRedactedUnderAnothersNameIsStillSeen(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	wrong := c.submitted(t, c.symptoms(1, 2)).Forms[0].FormID // it is the other's
	_, err := c.MoveForm(t.Context(), request(), c.session, session.Move{
		Form: wrong, Version: 1, To: c.session, Rater: &session.Rater{Kind: instrument.RaterMember, ID: string(c.members[0])}, Why: session.MoveRater,
	})
	must(t, err)
	d, err := c.RequestRedaction(t.Context(), request(), c.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = c.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	c.submitted(t, c.symptoms(1, 3))
	list := c.found(t, finding.Filter{MemberID: c.members[1]})
	if len(list) != 1 || !list[0].Stands() || list[0].State() != finding.New || list[0].Risk == nil || list[0].Redacted != nil {
		t.Fatalf("the answer is acknowledged, and nobody sees it: %+v", list)
	}
	done, err := c.RecomputeFindings(t.Context(), request())
	must(t, err)
	if done.Raised+done.Withdrawn > 0 {
		t.Errorf("%+v", done)
	}
	sound(t, c.engine)
}

// delayed is a repository of sessions in which something happens before a
// session is replaced.
type delayed struct {
	practice.Sessions

	before func()
}

func (d delayed) Replace(ctx context.Context, next *session.Session, rev int64) error {
	d.before()
	return d.Sessions.Replace(ctx, next, rev)
}

func TestAnAnswerThatComesLateIsNotTakenForOneThatNeverCame(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	broken := c.at(t, evening, func(d *practice.Deps) { d.Sessions = withoutSaves{d.Sessions} })
	save := func(p *practice.Practice) error {
		_, err := p.Submit(t.Context(), keyed("k", "form"), c.session, []session.FormInput{c.symptoms(0, 2)})
		return err
	}
	if save(broken) == nil {
		t.Fatal("the form was taken")
	}
	later := evening.Add(finding.InFlight)
	clock := c.at(t, later)
	again := c.at(t, later, func(d *practice.Deps) {
		d.Sessions = delayed{d.Sessions, func() {
			if _, err := clock.RecomputeFindings(t.Context(), request()); err != nil {
				t.Error(err)
			}
		}}
	})
	must(t, save(again))
	if f := c.only(t); !f.Stands() || f.State() != finding.New {
		t.Errorf("the answer is acknowledged, and its finding is withdrawn: %+v", f.Events)
	}
}

func TestAMissedSessionOfARedactedMemberSaysWhyItIsNone(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	s, err := c.Attend(t.Context(), request(), c.session, 1, []session.Mark{{MemberID: c.members[0], Attendance: session.NoShow}}, nil)
	must(t, err)
	_, err = c.CloseSession(t.Context(), request(), c.session, s.Rev, nil)
	must(t, err)
	d, err := c.RequestRedaction(t.Context(), request(), c.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = c.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	_, err = c.RecomputeFindings(t.Context(), request())
	must(t, err)
	if last := c.only(t).Events[1]; last.Kind != finding.Withdrawn || last.Cause != finding.AnswerRedacted {
		t.Errorf("%+v", last)
	}
}
