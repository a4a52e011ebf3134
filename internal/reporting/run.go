package reporting

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/parallel"
	"holon/internal/session"
)

// ending is what a run came to.
type ending struct {
	state analysis.State
	body  []byte
	err   error // of a failed or interrupted one
}

// run works at a job that has its turn.
func (d *Desk) run(ctx context.Context, j *job) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if !j.begin(session.Millis(d.clock()), cancel) {
		d.finish(ctx, j, judge(j.why(), nil, nil))
		return
	}
	left := max(Longest-d.clock().Sub(j.asked), 0)
	limited, end := context.WithTimeoutCause(ctx, left, errTooLong)
	defer end()
	body, err := d.attempt(limited, j)
	d.finish(ctx, j, judge(context.Cause(limited), body, err))
}

// why returns why the job is to stop, nil if it is not.
func (j *job) why() error {
	j.state.Lock()
	defer j.state.Unlock()
	return j.halted
}

// judge says what a run came to, by why it was stopped, if it was, and by what
// it brought.
func judge(stopped error, body []byte, err error) ending {
	switch {
	case err == nil && len(body) > 0: // it came to its end before it heard
		return ending{state: analysis.Done, body: body}
	case stopped == nil && err == nil:
		return ending{state: analysis.Failed, err: internal(errors.New("a run brought nothing"))}
	case stopped == nil:
		return ending{state: analysis.Failed, err: err}
	case errors.Is(stopped, errCancelled):
		return ending{state: analysis.Cancelled}
	case errors.Is(stopped, errTooLong):
		return ending{state: analysis.Failed, err: stopped}
	default:
		return ending{state: analysis.Interrupted, err: stopping()}
	}
}

// attempt does the work, and turns a panic into a fault. What was panicked with
// may hold anything and is logged only where it is the runtime's own.
func (d *Desk) attempt(ctx context.Context, j *job) (body []byte, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		what, stack := parallel.Recovered(p)
		d.logger.LogAttrs(ctx, slog.LevelError, "panic",
			slog.String("request_id", j.question.RequestID), slog.String("what", what), slog.String("stack", stack))
		err = internal(nil)
	}()
	return j.work(ctx, j.tell)
}

// finish makes the job's end known: in its record, to who waits, and at the
// desk. Only the first end counts.
func (d *Desk) finish(ctx context.Context, j *job, e ending) {
	ctx, cancel := staying(ctx)
	defer cancel()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return
	}
	if j.recorded {
		j.record, j.err = d.keepEnd(ctx, j, e)
	} else {
		j.record, j.err = d.firstRecord(ctx, j, e)
	}
	j.over, j.work = true, nil // what it was given is not needed any more
	close(j.ended)
	d.mu.Lock()
	delete(d.jobs, j.question.ID)
	d.mu.Unlock()
}

// firstRecord keeps a report that is done before there was a record of it.
// Anything else leaves none: who waits is told.
func (d *Desk) firstRecord(ctx context.Context, j *job, e ending) (analysis.Record, error) {
	if e.state != analysis.Done {
		return analysis.Record{}, e.err
	}
	x := j.fresh()
	j.show(&x)
	x.Body = e.body
	d.end(&x, analysis.Done)
	err := d.records.Insert(ctx, x)
	if fault.Is(err, fault.Conflict) {
		return d.taken(ctx, j.question)
	}
	return x, err
}

// keepEnd writes the end of a report into its record, again and again while the
// store is away: it was promised.
func (d *Desk) keepEnd(ctx context.Context, j *job, e ending) (analysis.Record, error) {
	why := failureOf(e.err)
	for attempt := 1; ; attempt++ {
		x, err := d.advance(ctx, j.question.ID, func(x *analysis.Record) bool {
			if x.State.Final() {
				return false
			}
			j.show(x)
			if x.Body = e.body; e.state == analysis.Failed {
				x.Failure = why
			}
			d.end(x, e.state)
			return true
		})
		if err == nil {
			d.log(ctx, j, e)
			return x, nil
		}
		d.logger.LogAttrs(ctx, slog.LevelError, "the end of a report cannot be kept",
			slog.String("request_id", j.question.RequestID), slog.String("error", err.Error()), slog.Int("attempt", attempt))
		if !fault.Is(err, fault.Unavailable) {
			return analysis.Record{}, err
		}
		select {
		case <-ctx.Done():
			return analysis.Record{}, err
		case <-d.after(time.Second):
		}
	}
}

// log tells the operator of a report that failed for a reason of ours.
func (d *Desk) log(ctx context.Context, j *job, e ending) {
	if e.state != analysis.Failed || (!fault.Is(e.err, fault.Internal) && !fault.Is(e.err, fault.Unavailable)) {
		return
	}
	d.logger.LogAttrs(ctx, slog.LevelError, "report failed",
		slog.String("request_id", j.question.RequestID), slog.String("error", e.err.Error()))
}

// end puts a record into a final state.
func (d *Desk) end(x *analysis.Record, state analysis.State) {
	x.State, x.Lease, x.EndedAt = state, analysis.Lease{}, new(session.Millis(d.clock()))
}
