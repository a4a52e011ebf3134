// Package reporting runs the analyses that are asked for: a bounded number at
// once and a bounded number in wait, each until it is done, cancelled, failed or
// cut off by the end of the process. What became of each stands in its record,
// which one process holds a lease of while it works.
//
// Every change of a record is a compare-and-swap of its revision, and a final
// state never changes. So whoever says first that a report is cancelled or
// interrupted is right: a run that comes back later finds the record ended and
// its result is dropped.
//
// A run does no more than was allowed when it was asked for: who asks is
// authorised, and the reads are audited, before the work is handed over, and
// the work ends an hour after that at the latest. It never reads what was not
// authorised then.
package reporting

import (
	"context"
	"crypto/rand"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"time"

	"holon/internal/analysis"
)

// The bounds. Those that clients meet stand in the contract, too.
const (
	// Wait is how long whoever asks is kept waiting for a report that may be
	// done quickly.
	Wait = 2 * time.Second
	// Longest is how long after the asking a report may be worked at.
	Longest = time.Hour
	// AtOnce is how many are computed at once; each uses all processors where
	// its method can.
	AtOnce = 2
	// Waiting is how many more may wait for their turn.
	Waiting = 16
	// LeaseTime is how long a process that gives no sign is believed to live,
	// and renewTime how often it gives one. Clocks of processes that share a
	// database must not differ by as much.
	LeaseTime = 30 * time.Second
	renewTime = 10 * time.Second
	// writeTime bounds a write that must not depend on who asked, and stopTime
	// how long runs that are told to stop are waited for.
	writeTime = 10 * time.Second
	stopTime  = 5 * time.Second
)

// Records keeps what was asked for. Insert answers a taken identifier with a
// Conflict, Replace another revision than the stored with Stale.
type Records interface {
	Insert(ctx context.Context, x analysis.Record) error
	Replace(ctx context.Context, x analysis.Record, rev int64) error
	Get(ctx context.Context, id string) (analysis.Record, error)
	Of(ctx context.Context, principal, after string, limit int) iter.Seq2[analysis.Record, error]
}

// Config is what a desk works with; Records, Clock and Logger are needed.
type Config struct {
	Records Records
	Clock   func() time.Time
	Logger  *slog.Logger
	// Alone says that no other process can be working on these records, as where
	// the store lets one process in at a time: then every lease of another is
	// that of a dead one.
	Alone bool
	// After tells when a time is over; time.After if nil.
	After func(time.Duration) <-chan time.Time
}

// Desk takes questions and has them worked at. Make it with New, and let Run
// run as long as questions are to be answered.
type Desk struct {
	records Records
	clock   func() time.Time
	logger  *slog.Logger
	alone   bool
	after   func(time.Duration) <-chan time.Time
	owner   string // this process's name in leases
	wake    chan struct{}

	mu      sync.Mutex
	jobs    map[string]*job // all that are not ended
	waiting []*job          // those of them that have not begun, in order
	active  int             // how many have
	closed  bool
}

// New returns a desk at which nobody works yet.
func New(c Config) *Desk {
	if c.After == nil {
		c.After = time.After
	}
	return &Desk{
		records: c.Records, clock: c.Clock, logger: c.Logger, alone: c.Alone, after: c.After,
		owner: strings.ToLower(rand.Text()), wake: make(chan struct{}, 1), jobs: map[string]*job{},
	}
}

// Run works until ctx ends, from which every run has its context. Then it takes
// no more questions, stops what runs, and marks what did not come to its end as
// interrupted; only a store that cannot be reached keeps it from that, and then
// the lease lapses.
func (d *Desk) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { d.renewAll(ctx) })
	for ctx.Err() == nil {
		d.startNext(ctx, &work)
		select {
		case <-ctx.Done():
		case <-d.wake:
		}
	}
	d.mu.Lock()
	d.closed = true
	left := d.waiting
	d.waiting = nil
	d.mu.Unlock()
	for _, j := range left {
		d.finish(ctx, j, ending{state: analysis.Interrupted, err: stopping()})
	}
	d.awaitRuns(ctx, &work)
}

// awaitRuns lets runs that were told to stop come back. Those that take too
// long are given up: whatever they bring then is dropped.
func (d *Desk) awaitRuns(ctx context.Context, work *sync.WaitGroup) {
	back := make(chan struct{})
	go func() { work.Wait(); close(back) }()
	select {
	case <-back:
	case <-d.after(stopTime):
		for _, j := range d.all() {
			d.finish(ctx, j, ending{state: analysis.Interrupted, err: stopping()})
		}
	}
}

// startNext begins what waits, as far as there is room.
func (d *Desk) startNext(ctx context.Context, work *sync.WaitGroup) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.active < AtOnce && len(d.waiting) > 0 {
		j := d.waiting[0]
		d.waiting = d.waiting[1:]
		d.active++
		work.Go(func() {
			d.run(ctx, j)
			d.mu.Lock()
			d.active--
			d.mu.Unlock()
			d.poke()
		})
	}
}

// poke makes Run look for what can begin.
func (d *Desk) poke() {
	select {
	case d.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// all returns the jobs that are not ended.
func (d *Desk) all() []*job {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]*job, 0, len(d.jobs))
	for _, j := range d.jobs {
		out = append(out, j)
	}
	return out
}

// job returns the job of this name that is not ended, nil if there is none.
func (d *Desk) job(id string) *job {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.jobs[id]
}

// staying is a context for a write that has to happen though who asked may be
// gone, or the process is stopping.
func staying(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), writeTime)
}
