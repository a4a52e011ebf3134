package reporting_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/reporting"
)

func TestCancellingStopsTheRunAndCanBeRepeated(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	r := newRun()
	o.begin(t, "r-1", r)
	for range 2 {
		x, err := o.Cancel(t.Context(), "p", "r-1")
		if err != nil {
			t.Fatal(err)
		}
		want(t, "cancelled", x, analysis.Cancelled)
		<-r.stopped
	}
	want(t, "afterwards", o.await(t, "r-1"), analysis.Cancelled)
	if _, err := o.Cancel(t.Context(), "another", "r-1"); fault.RuleOf(err) != "no_such_report" {
		t.Errorf("another's: %v", err)
	}
	late := newRun()
	o.begin(t, "r-2", late)
	close(late.let)
	done := o.await(t, "r-2")
	if x, err := o.Cancel(t.Context(), "p", "r-2"); err != nil || x.State != analysis.Done || x.Rev != done.Rev {
		t.Errorf("too late: %+v, %v", x, err)
	}
}

func TestWhatACancelledRunBringsAllTheSameIsDropped(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	r := newRun()
	r.deaf = true
	o.begin(t, "r-1", r)
	if _, err := o.Cancel(t.Context(), "p", "r-1"); err != nil {
		t.Fatal(err)
	}
	<-r.stopped
	close(r.let)
	o.stop() // when everything has come back
	want(t, "afterwards", o.state(t, "r-1"), analysis.Cancelled)
}

func TestACleanStopInterruptsWhatRunsAndWhatWaits(t *testing.T) {
	t.Parallel()
	kept := records(t)
	o := newOffice(t, kept, true)
	o.begin(t, "r-1", newRun())
	o.begin(t, "r-2", newRun())
	if _, err := o.Ask(t.Context(), question("r-3"), newRun().work); err != nil {
		t.Fatal(err)
	}
	o.stop()
	for _, id := range []string{"r-1", "r-2", "r-3"} {
		x, err := kept.Get(t.Context(), id) // as it is stored, whoever looks
		if err != nil {
			t.Fatal(err)
		}
		want(t, id, x, analysis.Interrupted)
	}
	if _, err := o.Ask(t.Context(), question("r-4"), newRun().work); fault.RuleOf(err) != "stopping" {
		t.Errorf("asked after the stop: %v", err)
	}
}

func TestTheReportOfADeadProcessIsInterruptedForGood(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"alone": true, "with others": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := records(t)
			dead := newOffice(t, kept, alone)
			r := newRun()
			dead.begin(t, "r-1", r)
			dead.times.renew() // and from here on gives no sign
			next := newOffice(t, kept, alone)
			if !alone {
				want(t, "while the lease lasts", next.state(t, "r-1"), analysis.Running)
				next.times.pass(reporting.LeaseTime + time.Second)
			}
			for x, err := range next.Of(t.Context(), "p", "", 0) {
				if err != nil {
					t.Fatal(err)
				}
				want(t, "in the list", x, analysis.Interrupted)
			}
			want(t, "looked up", next.state(t, "r-1"), analysis.Interrupted)
			close(r.let) // it was only asleep
			want(t, "when it comes back", dead.await(t, "r-1"), analysis.Interrupted)
			want(t, "afterwards", next.state(t, "r-1"), analysis.Interrupted)
			if x, found, err := next.Kept(t.Context(), question("r-1")); err != nil || !found || x.State != analysis.Interrupted {
				t.Errorf("asked again under its key: %+v, %v, %v", x, found, err)
			}
		})
	}
}

func TestALeaseIsRenewedAndProgressKept(t *testing.T) {
	t.Parallel()
	kept := records(t)
	o, other := newOffice(t, kept, false), newOffice(t, kept, false)
	r := newRun()
	o.begin(t, "r-1", r)
	for range 5 {
		o.times.pass(reporting.LeaseTime / 2)
		other.times.pass(reporting.LeaseTime / 2)
		o.times.renew()
		x := other.state(t, "r-1")
		want(t, "seen by another process", x, analysis.Running)
		if x.Step == nil || x.Step.Done != 3 {
			t.Errorf("it shows %+v", x.Step)
		}
	}
	if x, err := other.Cancel(t.Context(), "p", "r-1"); err != nil || x.State != analysis.Cancelled {
		t.Fatalf("cancelled by another process: %+v, %v", x, err)
	}
	o.times.renew()
	<-r.stopped // it has heard
	want(t, "afterwards", o.await(t, "r-1"), analysis.Cancelled)
}

func TestOneQuestionInTwoProcessesIsOneReport(t *testing.T) {
	t.Parallel()
	kept := records(t)
	o, other := newOffice(t, kept, false), newOffice(t, kept, false)
	r, second := newRun(), newRun()
	o.begin(t, "r-1", r)
	o.times.renew()
	x, err := other.Ask(t.Context(), question("r-1"), second.work)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "the second answer", x, analysis.Running)
	foreign := question("r-1")
	foreign.SHA = "another"
	if _, _, err := other.Kept(t.Context(), foreign); fault.RuleOf(err) != "key_reused" {
		t.Errorf("another question under the key: %v", err)
	}
	close(r.let)
	want(t, "the first", o.await(t, "r-1"), analysis.Done)
	want(t, "seen by the other", other.await(t, "r-1"), analysis.Done)
}

func TestWhoGoesAwayFindsTheReportInTheList(t *testing.T) {
	t.Parallel()
	o := newOffice(t, records(t), true)
	o.times.never(reporting.Wait)
	r := newRun()
	ctx, leave := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() {
		_, err := o.Ask(ctx, question("r-1"), r.work)
		asked <- err
	}()
	<-r.begun
	leave()
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
	want(t, "looked up", o.state(t, "r-1"), analysis.Running)
	close(r.let)
	want(t, "afterwards", o.await(t, "r-1"), analysis.Done)
}

// away is a store that is not there for some replacements.
type away struct {
	reporting.Records

	left atomic.Int64
}

// Replace fails while it is away.
func (a *away) Replace(ctx context.Context, x analysis.Record, rev int64) error {
	if a.left.Add(-1) >= 0 {
		return fault.New(fault.Unavailable, "store_unreachable", "Away.")
	}
	return a.Records.Replace(ctx, x, rev)
}

func TestTheEndOfAReportIsWrittenWhenTheStoreIsBack(t *testing.T) {
	t.Parallel()
	kept := &away{Records: records(t)}
	kept.left.Store(2)
	o := newOffice(t, kept, true)
	close(o.times.timer(time.Second)) // the pause between two attempts
	r := newRun()
	o.begin(t, "r-1", r)
	close(r.let)
	want(t, "in the end", o.await(t, "r-1"), analysis.Done)
}
