package practice_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

func TestTwelvePhonesAtTheEndOfAnEveningAllSucceed(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 12)
	var wg sync.WaitGroup
	errs := make([]error, 12)
	for i := range 12 {
		wg.Go(func() { _, errs[i] = c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(i)}) })
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("phone %d: %v", i, err)
		}
	}
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	if len(s.Alliances) != 12 || s.Rev != 13 {
		t.Errorf("%d ratings at revision %d, want 12 at 13", len(s.Alliances), s.Rev)
	}
	history, err := c.History(t.Context(), request(), c.session)
	must(t, err)
	if len(history) != 13 || history[0].Rev != 13 || history[12].Change.Why != "created" || history[5].Change.Why != "forms_submitted" {
		t.Errorf("history %+v", history)
	}
	third, err := c.SessionAt(t.Context(), request(), c.session, 3)
	must(t, err)
	if len(third.Alliances) != 2 {
		t.Errorf("revision 3 has %d ratings, want 2", len(third.Alliances))
	}
}

func TestAReceiptNamesEveryRating(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	we := c.form(1)
	we.Instrument, we.About = cohesion, session.About{}
	late := c.form(0)
	late.Entered = session.Entry{By: "somebody else", At: evening.AddDate(1, 0, 0), Mode: session.Paper, AnsweredOn: new(session.Date("2026-03-04"))}
	r, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{we, late})
	must(t, err)
	if r.Replayed || r.Session.Rev != 2 || len(r.Forms) != 2 || r.Forms[0].FormID == r.Forms[1].FormID {
		t.Fatalf("receipt %+v", r)
	}
	for i, level := range []instrument.Level{instrument.Cohesion, instrument.Alliance} {
		want := []practice.RatingRef{{ID: session.RatingID(string(r.Forms[i].FormID) + "." + string(level)), Level: level, Version: 1}}
		if diff := cmp.Diff(want, r.Forms[i].Ratings); diff != "" {
			t.Errorf("form %d (-want +got):\n%s", i, diff)
		}
	}
	want := session.Entry{By: "operator", At: evening.Truncate(time.Millisecond), Mode: session.Paper, AnsweredOn: new(session.Date("2026-03-04"))}
	if diff := cmp.Diff(want, r.Session.Alliances[0].Entered); diff != "" {
		t.Errorf("author and time are not the practice's (-want +got):\n%s", diff)
	}
	stored := collect(t, store.NewInstruments(c.engine).All(t.Context()))
	if len(stored) != 2 || stored[0].Ref != alliance || stored[1].Ref != cohesion {
		t.Errorf("instruments copied at first use: %d", len(stored))
	}
}

func TestARepeatedSubmitGivesTheReceiptOfWhatWasStored(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 3)
	rq := keyed("k-1", "two forms")
	forms := []session.FormInput{c.form(0), c.form(1)}
	first, err := c.Submit(t.Context(), rq, c.session, forms)
	must(t, err)
	_, err = c.Submit(t.Context(), keyed("k-2", "another"), c.session, []session.FormInput{c.form(2)})
	must(t, err)
	_, err = c.Correct(t.Context(), request(), c.session, session.Correction{
		Rating: first.Forms[0].Ratings[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(4.0)}},
	})
	must(t, err)
	again, err := c.Submit(t.Context(), rq, c.session, forms)
	must(t, err)
	if !again.Replayed || again.Session.Rev != 4 || len(again.Session.Alliances) != 3 {
		t.Errorf("replay %+v at revision %d with %d ratings", again.Replayed, again.Session.Rev, len(again.Session.Alliances))
	}
	if again.Forms[0].FormID != first.Forms[0].FormID || again.Forms[0].Ratings[0].Version != 2 || len(again.Forms[1].Ratings) != 1 {
		t.Errorf("receipt %+v, was %+v", again.Forms, first.Forms)
	}
	_, err = c.Submit(t.Context(), keyed("k-1", "other forms"), c.session, []session.FormInput{c.form(2)})
	wantFault(t, err, fault.Invalid, "key_reused")
	// The key is the principal's and the document's.
	next, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	elsewhere, err := c.Submit(t.Context(), rq, next.ID, forms)
	must(t, err)
	if elsewhere.Replayed || elsewhere.Forms[0].FormID == first.Forms[0].FormID {
		t.Errorf("the same key on another session: %+v", elsewhere)
	}
}

func TestOneRequestSentTwelveTimesAtOnceIsStoredOnce(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	d := deps(t, e)
	var ticks atomic.Int64 // no two requests come in the same millisecond, so no two write the same bytes
	d.Clock = func() time.Time { return evening.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	p := practice.New(d)
	var wg sync.WaitGroup
	receipts := make([]*practice.Receipt, 12)
	errs := make([]error, 12)
	for i := range 12 {
		wg.Go(func() {
			receipts[i], errs[i] = p.Submit(t.Context(), keyed("k-1", "same"), c.session, []session.FormInput{c.form(0)})
		})
	}
	wg.Wait()
	fresh := 0
	for i, err := range errs {
		must(t, err)
		if !receipts[i].Replayed {
			fresh++
		}
		if len(receipts[i].Forms[0].Ratings) != 1 {
			t.Errorf("receipt %d: %+v", i, receipts[i].Forms)
		}
	}
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	if fresh != 1 || s.Count() != 1 || s.Rev != 2 {
		t.Errorf("%d were new, %d ratings at revision %d", fresh, s.Count(), s.Rev)
	}
}

func TestARefusedBatchLeavesNothingAndItsKeyFree(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	bad := c.form(0)
	bad.Answers[0].Value = new(11.0)
	_, err := c.Submit(t.Context(), keyed("k", "bad"), c.session, []session.FormInput{c.form(1), bad})
	wantFields(t, err, "/forms/1/items/0/value out_of_range")
	if n := len(collect(t, store.NewInstruments(c.engine).All(t.Context()))); n != 0 {
		t.Errorf("%d instruments were copied for a refused batch", n)
	}
	_, err = c.Submit(t.Context(), keyed("k", "mended"), c.session, []session.FormInput{c.form(1), c.form(0)})
	must(t, err)
	_, err = c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(0)})
	wantFault(t, err, fault.Conflict, "slot_taken")
	_, err = c.Submit(t.Context(), request(), c.session, make([]session.FormInput, session.MaxForms+1))
	wantFault(t, err, fault.TooLarge, "batch_too_large")
	_, err = c.Submit(t.Context(), request(), "s-none", []session.FormInput{c.form(0)})
	wantFault(t, err, fault.NotFound, "not_found")
}

func TestCorrectionsOfOneRatingDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	r, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(0)})
	must(t, err)
	correct := func(rq practice.Request, version int, value float64) error {
		_, err := c.Correct(t.Context(), rq, c.session, session.Correction{
			Rating: r.Forms[0].Ratings[0].ID, Version: version, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: &value}},
		})
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = correct(request(), 1, float64(i)) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Stale, "rating_corrected_since")
	}
	if won != 1 {
		t.Errorf("%d of 4 corrections of one version were taken", won)
	}
	must(t, correct(keyed("k", "again"), 2, 9))
	must(t, correct(keyed("k", "again"), 2, 9)) // the repeated request
	history, err := c.History(t.Context(), request(), c.session)
	must(t, err)
	if history[0].Rev != 4 || history[0].Change.Why != "corrected:typing_error" || history[0].Change.By != "operator" || !history[0].Change.At.Equal(evening.Truncate(time.Millisecond)) {
		t.Errorf("newest revision %+v", history[0])
	}
}

func TestAWriteThatNeverWinsEndsWithItsTime(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	d := deps(t, e)
	d.Sessions = rivalsToTheEnd{rivals{d.Sessions}}
	p := practice.New(d)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // long enough to come to the write
	defer cancel()
	_, err := p.Submit(ctx, request(), c.session, []session.FormInput{c.form(0)})
	if !fault.Is(err, fault.Unavailable) || fault.RuleOf(err) != "out_of_time" {
		t.Errorf("got %v, want out_of_time", err)
	}
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	if s.Count() != 0 {
		t.Error("what was refused is stored")
	}
}

func TestAFormThatWasReceivedIsStoredThoughItsSenderIsGone(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	whole, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	for i, parent := range []context.Context{t.Context(), whole} { // without a deadline and with one
		ctx, leave := context.WithCancel(parent)
		d := deps(t, e)
		d.Sessions = leaving{d.Sessions, leave}
		if _, err := practice.New(d).Submit(ctx, request(), c.session, []session.FormInput{c.form(i)}); err != nil || ctx.Err() == nil {
			t.Errorf("the sender has gone: %v", err)
		}
		s, err := c.Session(t.Context(), request(), c.session, nil)
		must(t, err)
		if s.Count() != i+1 {
			t.Error("the form is lost")
		}
	}
	gone, leave := context.WithCancel(t.Context())
	leave() // before it began
	before := len(entries(t, e))
	_, err := c.CreateMember(gone, request(), "GONE", nil)
	if !fault.Is(err, fault.Unavailable) || len(entries(t, e)) != before {
		t.Errorf("got %v", err)
	}
}

// leaving is a store of sessions whose caller goes away as soon as it is asked.
type leaving struct {
	practice.Sessions

	leave context.CancelFunc
}

func (l leaving) Get(ctx context.Context, id session.SessionID, levels []instrument.Level) (*session.Session, error) {
	l.leave()
	return l.Sessions.Get(ctx, id, levels)
}

func TestAStoreThatFailsBetweenTwoAttemptsIsTold(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	d := deps(t, e)
	d.Sessions = &vanishing{Sessions: rivals{d.Sessions}}
	_, err := practice.New(d).Submit(t.Context(), request(), c.session, []session.FormInput{c.form(0)})
	wantFault(t, err, fault.Unavailable, "store_closed")
}

// vanishing is a store of sessions that can be read once.
type vanishing struct {
	practice.Sessions

	read bool
}

func (v *vanishing) Get(ctx context.Context, id session.SessionID, levels []instrument.Level) (*session.Session, error) {
	if v.read {
		return nil, store.Closed()
	}
	v.read = true
	return v.Sessions.Get(ctx, id, levels)
}

// rivals is a store of sessions where somebody else is always faster.
type rivals struct{ practice.Sessions }

func (rivals) Replace(context.Context, *session.Session, int64) error { return store.WrittenSince() }

// rivalsToTheEnd are rivals who take all the time that there is.
type rivalsToTheEnd struct{ rivals }

func (r rivalsToTheEnd) Replace(ctx context.Context, s *session.Session, rev int64) error {
	<-ctx.Done()
	return r.rivals.Replace(ctx, s, rev)
}

func TestAgeIsLookedUpWhereAnInstrumentHasAges(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 0)
	srs, ok := c.Definition(instrument.Ref{ID: "srs", Version: "3.0"})
	if !ok || srs.Ages.From == nil {
		t.Fatal("the SRS has lost its ages")
	}
	var forms []session.FormInput
	for code, born := range map[string]*int{"CHILD": new(2026 - *srs.Ages.From + 2), "ADULT": new(1980), "UNKNOWN": nil} {
		m, err := c.CreateMember(t.Context(), request(), code, born)
		must(t, err)
		_, _, err = c.Join(t.Context(), request(), c.group, practice.SpellInput{MemberID: m.ID, Role: session.RoleMember, Joined: "2026-02-05"})
		must(t, err)
		f := session.FormInput{
			Instrument: srs.Ref, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(m.ID)}, About: session.About{TherapistID: c.therapist},
			Occasion: session.Post, Answers: []session.AnswerInput{{Item: 1, State: "declined"}}, Entered: session.Entry{Mode: session.Paper},
		}
		if code == "CHILD" {
			forms = append([]session.FormInput{f}, forms...)
		} else {
			forms = append(forms, f)
		}
	}
	s, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-06"})
	must(t, err)
	_, err = c.Submit(t.Context(), request(), s.ID, forms)
	wantFields(t, err, "/forms/0/rater/id outside_age_range")
	_, err = c.Submit(t.Context(), request(), s.ID, forms[1:])
	must(t, err)
}
