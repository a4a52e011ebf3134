package reporting

import (
	"context"
	"slices"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/session"
)

// Kept looks for what this very question led to before: under its
// Idempotency-Key, at this desk or stored. Another question under the same key
// is refused. Of a question that is being worked at and has no record yet, it
// waits for what Ask answers.
func (d *Desk) Kept(ctx context.Context, q Question) (analysis.Record, bool, error) {
	if q.SHA == "" {
		return analysis.Record{}, false, nil
	}
	if j := d.job(q.ID); j != nil {
		if j.question.SHA != q.SHA {
			return analysis.Record{}, false, keyReused()
		}
		x, err := d.await(ctx, j)
		return x, err == nil, err
	}
	x, err := d.records.Get(ctx, q.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		return analysis.Record{}, false, nil
	case err != nil:
		return analysis.Record{}, false, err
	case x.RequestSHA != q.SHA:
		return analysis.Record{}, false, keyReused()
	}
	x, err = d.present(ctx, x)
	return x, err == nil, err
}

// Ask has a question worked at, and waits a little for the answer. The record
// is then of one of three sorts: done; pending or running, which from here on
// can be looked up, listed and cancelled; or, if an earlier process recorded
// the same question meanwhile, whatever that one says. What is refused within
// that time is an error and leaves nothing behind. Who goes away meanwhile
// finds the report in the list.
func (d *Desk) Ask(ctx context.Context, q Question, work Work) (analysis.Record, error) {
	j, err := d.admit(q, work)
	if err != nil {
		return analysis.Record{}, err
	}
	return d.await(ctx, j)
}

// admit takes a question if there is room for it. The same question asked at
// the same time is one.
func (d *Desk) admit(q Question, work Work) (*job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if j := d.jobs[q.ID]; j != nil {
		if j.question.SHA != q.SHA {
			return nil, keyReused()
		}
		return j, nil
	}
	switch {
	case d.closed:
		return nil, stopping()
	case len(d.jobs) >= AtOnce+Waiting:
		return nil, busy()
	}
	j := &job{question: q, work: work, asked: session.Millis(d.clock()), ended: make(chan struct{})}
	d.jobs[q.ID] = j
	d.waiting = append(d.waiting, j)
	d.poke()
	return j, nil
}

// await waits for the job's end, not for long, and answers what it is then.
func (d *Desk) await(ctx context.Context, j *job) (analysis.Record, error) {
	select {
	case <-j.ended:
		return j.record, j.err
	case <-d.after(Wait):
	case <-ctx.Done():
	}
	return d.note(ctx, j)
}

// note makes the record of a job that is not done yet. What cannot be recorded
// is not worked at: nobody could find it.
func (d *Desk) note(ctx context.Context, j *job) (analysis.Record, error) {
	ctx, cancel := staying(ctx)
	defer cancel()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return j.record, j.err
	}
	if j.recorded {
		x, err := d.records.Get(ctx, j.question.ID)
		if err != nil {
			return x, err
		}
		return d.present(ctx, x)
	}
	x := j.fresh()
	x.Lease = d.lease()
	j.show(&x)
	err := d.records.Insert(ctx, x)
	if fault.Is(err, fault.Conflict) { // another process has the same question
		j.halt(errTaken)
		return d.taken(ctx, j.question)
	}
	if err != nil {
		j.halt(err)
		return analysis.Record{}, err
	}
	j.recorded = true
	return x, nil
}

// taken answers the record that another process made of the same question.
func (d *Desk) taken(ctx context.Context, q Question) (analysis.Record, error) {
	x, err := d.records.Get(ctx, q.ID)
	if err == nil && (q.SHA == "" || x.RequestSHA != q.SHA) {
		err = keyReused()
	}
	return x, err
}

// lease is the lease that this process takes now.
func (d *Desk) lease() analysis.Lease {
	return analysis.Lease{Owner: d.owner, Until: session.Millis(d.clock().Add(LeaseTime))}
}

// Cancel ends a report of this principal that is not ended, and answers what
// it is then: cancelled, or what it had become before.
func (d *Desk) Cancel(ctx context.Context, principal, id string) (analysis.Record, error) {
	if _, err := d.Get(ctx, principal, id); err != nil {
		return analysis.Record{}, err
	}
	x, err := d.advance(ctx, id, func(x *analysis.Record) bool {
		if x.State.Final() {
			return false
		}
		if j := d.job(id); j != nil {
			j.show(x)
		}
		d.end(x, analysis.Cancelled)
		return true
	})
	if err != nil || x.State != analysis.Cancelled {
		return x, err
	}
	if j := d.job(id); j != nil {
		j.halt(errCancelled)
		if d.leave(j) {
			d.finish(ctx, j, ending{state: analysis.Cancelled})
		}
	}
	return x, nil
}

// leave takes a job out of those that wait; it answers false if it has begun.
func (d *Desk) leave(j *job) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiting, j)
	if i < 0 {
		return false
	}
	d.waiting = slices.Delete(d.waiting, i, i+1)
	return true
}
