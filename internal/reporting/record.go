package reporting

import (
	"context"
	"errors"
	"iter"
	"log/slog"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// advance changes a record, if change wants to, and answers it as it is then.
// Whoever was faster is looked at first.
func (d *Desk) advance(ctx context.Context, id string, change func(x *analysis.Record) bool) (analysis.Record, error) {
	for {
		x, err := d.records.Get(ctx, id)
		if err != nil || !change(&x) {
			return x, err
		}
		rev := x.Rev
		x.Rev++
		err = d.records.Replace(ctx, x, rev)
		if !fault.Is(err, fault.Stale) {
			return x, err
		}
	}
}

// renewAll renews the leases of all that is in hand, over and over.
func (d *Desk) renewAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.after(renewTime):
		}
		for _, j := range d.all() {
			if err := d.renew(ctx, j); err != nil && ctx.Err() == nil {
				d.logger.LogAttrs(ctx, slog.LevelWarn, "a lease was not renewed",
					slog.String("request_id", j.question.RequestID), slog.String("error", err.Error()))
			}
		}
	}
}

// renew renews the lease of a job and keeps how far it is. A job whose record
// has ended elsewhere is told to stop.
func (d *Desk) renew(ctx context.Context, j *job) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over || !j.recorded {
		return nil
	}
	x, err := d.advance(ctx, j.question.ID, func(x *analysis.Record) bool {
		if x.State.Final() {
			return false
		}
		j.show(x)
		x.Lease = d.lease()
		return true
	})
	if err != nil {
		return err
	}
	switch {
	case x.State == analysis.Cancelled:
		j.halt(errCancelled)
	case x.State.Final():
		j.halt(errTaken)
	}
	return nil
}

// Get reads a report of this principal: as it is at this moment, with its body
// if it is done. Another's is not found: that it exists is no business of who
// asks.
func (d *Desk) Get(ctx context.Context, principal, id string) (analysis.Record, error) {
	x, err := d.records.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return analysis.Record{}, err
	}
	if err != nil || x.Principal != principal {
		return analysis.Record{}, fault.New(fault.NotFound, "no_such_report", "There is no such report of yours.")
	}
	return d.present(ctx, x)
}

// Of streams the reports of a principal as they are at this moment, by
// identifier, those after one and at most limit of them, without what was
// asked, what failed, and their bodies.
func (d *Desk) Of(ctx context.Context, principal, after string, limit int) iter.Seq2[analysis.Record, error] {
	return func(yield func(analysis.Record, error) bool) {
		for x, err := range d.records.Of(ctx, principal, after, limit) {
			if err == nil {
				x, err = d.present(ctx, x)
				x.Asked, x.Failure, x.Body = nil, nil, nil
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// present answers what a record that was read is at this moment: with the
// newest of a run at this desk; and interrupted, for good, where the lease has
// lapsed.
func (d *Desk) present(ctx context.Context, x analysis.Record) (analysis.Record, error) {
	if x.State.Final() {
		return x, nil
	}
	if x.Lease.Owner == d.owner {
		if j := d.job(x.ID); j != nil {
			j.show(&x)
			return x, nil
		}
	}
	return d.advance(ctx, x.ID, func(x *analysis.Record) bool {
		if x.State.Final() || !d.lapsed(x.Lease) {
			return false
		}
		d.end(x, analysis.Interrupted)
		return true
	})
}

// lapsed tells whether nobody works on a record any more.
func (d *Desk) lapsed(l analysis.Lease) bool {
	return (d.alone && l.Owner != d.owner) || d.clock().After(l.Until)
}

// The reasons for which a run is told to stop.
var (
	errCancelled = errors.New("reporting: cancelled")
	errTaken     = errors.New("reporting: in other hands")
	errTooLong   = fault.New(fault.Unavailable, "took_too_long",
		"This took longer than an hour and was ended. Ask about fewer groups, about one measure at a time, or with fewer draws.")
)

// stopping refuses what comes when the desk is closed, and ends what runs then.
func stopping() error {
	return fault.New(fault.Unavailable, "stopping", "The service is stopping. Ask again when it runs.")
}

// busy refuses what there is no room for.
func busy() error {
	return fault.New(fault.Unavailable, "reports_busy", "As many analyses are being computed and waiting as this service takes. Ask again in a while, or cancel one of yours.")
}

// keyReused refuses another question under a used key.
func keyReused() error {
	return fault.New(fault.Invalid, "key_reused", "This Idempotency-Key was used for another request. Choose a new one for each.")
}

// internal is the fault that stands for what nobody foresaw.
func internal(cause error) *fault.Error {
	return fault.Wrap(fault.Internal, "internal", "Something went wrong here, not in what you sent. Tell the operator the number of the request.", cause)
}

// failureOf is what is kept of an error: what may be shown.
func failureOf(err error) *analysis.Failure {
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = internal(err)
	}
	return &analysis.Failure{Kind: f.Kind().String(), Rule: f.Rule(), Detail: f.Detail(), Fields: f.Fields()}
}
