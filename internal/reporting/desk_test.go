package reporting_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/reporting"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// office is one process's desk over records that others may share, with a clock
// and timers that the test moves.
type office struct {
	*reporting.Desk

	records reporting.Records
	times   *times
	log     *bytes.Buffer
	stop    func() // ends the process cleanly
}

// times is a clock and the timers of one process.
type times struct {
	mu  sync.Mutex
	now time.Time
	due map[time.Duration]chan time.Time
}

// clock tells the time.
func (x *times) clock() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.now
}

// pass lets time go by.
func (x *times) pass(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.now = x.now.Add(d)
}

// timer is the channel on which a time of this length is over.
func (x *times) timer(d time.Duration) chan time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.due[d] == nil {
		x.due[d] = make(chan time.Time)
	}
	return x.due[d]
}

// after is the timer as the desk knows it.
func (x *times) after(d time.Duration) <-chan time.Time { return x.timer(d) }

// never makes a time one that is never over.
func (x *times) never(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.due[d] = make(chan time.Time)
}

// renew lets every lease be renewed, and waits until all are.
func (x *times) renew() {
	x.timer(10 * time.Second) <- time.Time{}
	x.timer(10 * time.Second) <- time.Time{} // taken when the first round is over
}

// records opens a store of reports.
func records(t *testing.T) *store.Reports {
	t.Helper()
	e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: t.TempDir(), Collections: store.Collections()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return store.NewReports(e)
}

// newOffice opens a desk that nobody is kept waiting at.
func newOffice(t *testing.T, kept reporting.Records, alone bool) *office {
	t.Helper()
	o := &office{records: kept, log: &bytes.Buffer{}, times: &times{
		now: time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC), due: map[time.Duration]chan time.Time{},
	}}
	close(o.times.timer(reporting.Wait))
	o.Desk = reporting.New(reporting.Config{
		Records: kept, Clock: o.times.clock, Logger: slog.New(slog.NewTextHandler(o.log, nil)), Alone: alone, After: o.times.after,
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context())) // the test's own ends before its cleanup
	var work sync.WaitGroup
	work.Go(func() { o.Run(ctx) })
	o.stop = sync.OnceFunc(func() { cancel(); work.Wait() })
	t.Cleanup(o.stop)
	return o
}

// run is work that a test holds in its hand.
type run struct {
	begun, let chan struct{}
	stopped    chan struct{} // closed when the run heard that it is to stop
	deaf       bool          // it does not mind
	err        error
}

// newRun returns work that waits to be let go.
func newRun() *run {
	return &run{begun: make(chan struct{}), let: make(chan struct{}), stopped: make(chan struct{})}
}

// work tells how far it is and waits.
func (r *run) work(ctx context.Context, progress analysis.Progress) ([]byte, error) {
	progress.Tell("bootstrap", 3, 10)
	close(r.begun)
	select {
	case <-r.let:
	case <-ctx.Done():
		close(r.stopped)
		if !r.deaf {
			return nil, ctx.Err()
		}
		<-r.let
	}
	if r.err != nil {
		return nil, r.err
	}
	return []byte(`{"answer":"supported"}`), nil
}

// question asks under a name of its own.
func question(id string) reporting.Question {
	return reporting.Question{ID: id, Principal: "p", Analysis: "group_level", Asked: []byte(`{"analysis":"group_level"}`), RequestID: "q-" + id, SHA: "sha-" + id}
}

// begin asks, and waits until it is worked at.
func (o *office) begin(t *testing.T, id string, r *run) analysis.Record {
	t.Helper()
	x, err := o.Ask(t.Context(), question(id), r.work)
	if err != nil {
		t.Fatal(err)
	}
	<-r.begun
	return x
}

// state reads a report.
func (o *office) state(t *testing.T, id string) analysis.Record {
	t.Helper()
	x, err := o.Get(t.Context(), "p", id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// await waits, by asking again under the same key, until a report is final.
func (o *office) await(t *testing.T, id string) analysis.Record {
	t.Helper()
	for {
		x, found, err := o.Kept(t.Context(), question(id))
		if err != nil || !found {
			t.Fatalf("%v, found %v", err, found)
		}
		if x.State.Final() {
			return x
		}
	}
}

// want fails when a report is not in this state.
func want(t *testing.T, what string, x analysis.Record, state analysis.State) {
	t.Helper()
	if x.State != state || (x.EndedAt != nil) != state.Final() || (x.Lease.Owner == "") != state.Final() || (len(x.Body) > 0) != (state == analysis.Done) {
		t.Errorf("%s: state %s, ended %v, lease %v, %d bytes; want %s", what, x.State, x.EndedAt, x.Lease, len(x.Body), state)
	}
}

func TestALongReportIsRunningAndThenDone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	r := newRun()
	o.begin(t, "r-1", r)
	x := o.state(t, "r-1")
	want(t, "begun", x, analysis.Running)
	if x.Step == nil || *x.Step != (analysis.Step{Stage: "bootstrap", Done: 3, Total: 10}) || x.StartedAt == nil {
		t.Errorf("it tells %+v, started %v", x.Step, x.StartedAt)
	}
	close(r.let)
	x = o.await(t, "r-1")
	want(t, "let go", x, analysis.Done)
	if again := o.state(t, "r-1"); !bytes.Equal(again.Body, x.Body) || string(again.Asked) != string(question("r-1").Asked) {
		t.Errorf("read again: %s, asked %s", again.Body, again.Asked)
	}
}

func TestAQuickReportIsAnsweredAndKeptAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	o.times.never(reporting.Wait)
	x, err := o.Ask(t.Context(), question("r-1"), func(context.Context, analysis.Progress) ([]byte, error) { return []byte("{}"), nil })
	if err != nil {
		t.Fatal(err)
	}
	want(t, "answered", x, analysis.Done)
	want(t, "kept", o.state(t, "r-1"), analysis.Done)
	refusal := fault.New(fault.Invalid, "no_sense", "No.")
	if _, err := o.Ask(t.Context(), question("r-2"), func(context.Context, analysis.Progress) ([]byte, error) { return nil, refusal }); !errors.Is(err, error(refusal)) {
		t.Errorf("refused with %v", err)
	}
	if _, err := o.Get(t.Context(), "p", "r-2"); !fault.Is(err, fault.NotFound) {
		t.Errorf("what was refused at once is kept: %v", err)
	}
}

func TestWhatFailsLaterSaysWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	var faults fault.List
	faults.Add("/measure", "required", "Name it.")
	for id, x := range map[string]struct {
		err          error
		kind, rule   string
		fields, logs int
	}{
		"r-refused": {faults.Err(), "invalid", "required", 1, 0},
		"r-broken":  {errors.New("mongodb://user:hunter2@host"), "internal", "internal", 0, 1},
	} {
		r := newRun()
		r.err = x.err
		o.begin(t, id, r)
		close(r.let)
		got := o.await(t, id)
		want(t, id, got, analysis.Failed)
		if f := got.Failure; f == nil || f.Kind != x.kind || f.Rule != x.rule || len(f.Fields) != x.fields || strings.Contains(f.Detail, "hunter2") {
			t.Errorf("%s: %+v", id, f)
		}
	}
	o.stop()
	if n := strings.Count(o.log.String(), "report failed"); n != 1 {
		t.Errorf("%d failures of ours in the log:\n%s", n, o.log)
	}
}

func TestAPanicEndsTheReportAndNothingElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	begun, let := make(chan struct{}), make(chan struct{})
	_, err := o.Ask(t.Context(), question("r-1"), func(context.Context, analysis.Progress) ([]byte, error) {
		close(begun)
		<-let
		panic("hunter2")
	})
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	close(let)
	x := o.await(t, "r-1")
	want(t, "after the panic", x, analysis.Failed)
	if x.Failure.Kind != "internal" {
		t.Errorf("%+v", x.Failure)
	}
	r := newRun()
	o.begin(t, "r-2", r)
	close(r.let)
	want(t, "the next", o.await(t, "r-2"), analysis.Done)
	o.stop()
	if text := o.log.String(); !strings.Contains(text, "panic") || strings.Contains(text, "hunter2") {
		t.Errorf("log: %s", text)
	}
}

func TestSoManyAtOnceSoManyInWaitAndNoMore(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	var runs []*run
	ask := func(i int) (analysis.Record, error) {
		r := newRun()
		runs = append(runs, r)
		return o.Ask(t.Context(), question("r-"+string(rune('a'+i))), r.work)
	}
	for i := range reporting.AtOnce + reporting.Waiting {
		if _, err := ask(i); err != nil {
			t.Fatal(err)
		}
		if i < reporting.AtOnce {
			<-runs[i].begun
		}
	}
	if _, err := ask(25); fault.RuleOf(err) != "reports_busy" || !fault.Is(err, fault.Unavailable) {
		t.Errorf("one more: %v", err)
	}
	third := "r-" + string(rune('a'+reporting.AtOnce))
	want(t, "in wait", o.state(t, third), analysis.Pending)
	if x, err := o.Cancel(t.Context(), "p", third); err != nil || x.State != analysis.Cancelled || x.StartedAt != nil {
		t.Errorf("cancelled in wait: %+v, %v", x, err)
	}
	if _, err := ask(24); err != nil {
		t.Errorf("where one left there is room: %v", err)
	}
	for i, r := range runs {
		if i != reporting.AtOnce && i != reporting.AtOnce+reporting.Waiting {
			close(r.let)
			<-r.begun
		}
	}
	want(t, "the last", o.await(t, "r-"+string(rune('a'+24))), analysis.Done)
	want(t, "the cancelled", o.state(t, third), analysis.Cancelled)
}

func TestWorkThatWaitedTooLongIsNotDoneAnyMore(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	first, second, third := newRun(), newRun(), newRun()
	o.begin(t, "r-1", first)
	o.begin(t, "r-2", second)
	if _, err := o.Ask(t.Context(), question("r-3"), third.work); err != nil {
		t.Fatal(err)
	}
	o.times.pass(reporting.Longest + time.Second)
	close(first.let)
	x := o.await(t, "r-3")
	want(t, "an hour later", x, analysis.Failed)
	if x.Failure.Rule != "took_too_long" {
		t.Errorf("%+v", x.Failure)
	}
	close(second.let)
	want(t, "what began in time", o.await(t, "r-2"), analysis.Done)
}
