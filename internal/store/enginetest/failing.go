package enginetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"

	"holon/internal/fault"
	"holon/internal/store"
)

// Mode is a way of going wrong at a write.
type Mode int

// The modes. Crashes last: from then on the engine answers nothing, as if the
// process had ended, and what it held is to be looked at through the engine
// below or one opened anew. After the other two the engine goes on working.
const (
	BeforeWrite   Mode = iota // crash instead of the write
	AfterWrite                // crash when the write is durable, before the caller hears of it
	CancelContext             // the caller's context is cancelled instead of the write
	LoseReply                 // the write is durable, and the caller hears that the server cannot be reached
)

// String names the mode for subtests.
func (m Mode) String() string {
	switch m {
	case BeforeWrite:
		return "crash before the write"
	case AfterWrite:
		return "crash after the write"
	case CancelContext:
		return "context cancelled at the write"
	case LoseReply:
		return "reply lost after the write"
	default:
		return fmt.Sprintf("mode %d", int(m))
	}
}

// errInjected is the cause of every failure that was made on purpose.
var errInjected = errors.New("enginetest: injected failure")

// IsInjected tells whether a failure is one that Failing made.
func IsInjected(err error) bool { return errors.Is(err, errInjected) }

// Failing is an engine that goes wrong once, at a chosen write (an Insert,
// Replace or Delete, counted from 1), and otherwise hands everything to the
// engine below. Safe for concurrent use.
type Failing struct {
	store.Engine

	mode   Mode
	at     int
	cancel context.CancelFunc

	mu      sync.Mutex
	writes  int
	crashed bool
}

// NewFailing wraps an engine. Cancel is the caller's own context's, needed for
// CancelContext only.
func NewFailing(e store.Engine, mode Mode, at int, cancel context.CancelFunc) *Failing {
	return &Failing{Engine: e, mode: mode, at: at, cancel: cancel}
}

// EveryWrite runs a use case again and again, with the failure at its first
// write, at its second, and so on, in every mode, each as a subtest, until the
// use case ends before the failure would have come. Run must make a fresh
// place, build its engine with NewFailing(below, mode, at, …), check what
// holds after the failure, and return that engine.
func EveryWrite(t *testing.T, run func(t *testing.T, mode Mode, at int) *Failing) {
	t.Helper()
	for mode := BeforeWrite; mode <= LoseReply; mode++ {
		t.Run(mode.String(), func(t *testing.T) {
			const most = 1000 // no use case writes so often
			for at, fired := 1, true; fired; at++ {
				if at > most {
					t.Fatal("the use case never ends")
				}
				ok := t.Run(fmt.Sprintf("write %d", at), func(t *testing.T) { fired = run(t, mode, at).Fired() })
				if !ok {
					return
				}
				if !fired && at == 1 {
					t.Error("the use case writes nothing")
				}
			}
		})
	}
}

// Fired tells whether the failure has come.
func (f *Failing) Fired() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes >= f.at
}

// Writes returns how many writes were asked for.
func (f *Failing) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}

// count counts a write and tells whether it is the one to go wrong.
func (f *Failing) count() (goesWrong bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.crashed {
		return false, injected()
	}
	f.writes++
	if f.writes != f.at {
		return false, nil
	}
	f.crashed = f.mode == BeforeWrite || f.mode == AfterWrite
	return true, nil
}

// alive refuses everything after a crash.
func (f *Failing) alive() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.crashed {
		return injected()
	}
	return nil
}

// injected is what a caller hears.
func injected() error {
	return fault.Wrap(fault.Unavailable, "store_unreachable", "The database does not answer; try again.", errInjected)
}

// write does a write, or goes wrong in its stead.
func (f *Failing) write(do func() error) error {
	goesWrong, err := f.count()
	switch {
	case err != nil:
		return err
	case !goesWrong:
		return do()
	}
	switch f.mode {
	case BeforeWrite:
		return injected()
	case CancelContext:
		f.cancel()
		return do() // with a context that is done
	case AfterWrite, LoseReply:
		if err := do(); err != nil {
			return err
		}
		return injected()
	default:
		panic("enginetest: unknown mode")
	}
}

// Insert counts as a write.
func (f *Failing) Insert(ctx context.Context, c store.Collection, d store.Document) error {
	return f.write(func() error { return f.Engine.Insert(ctx, c, d) })
}

// Replace counts as a write.
func (f *Failing) Replace(ctx context.Context, c store.Collection, d store.Document, rev int64) error {
	return f.write(func() error { return f.Engine.Replace(ctx, c, d, rev) })
}

// Delete counts as a write.
func (f *Failing) Delete(ctx context.Context, c store.Collection, id string, rev int64) error {
	return f.write(func() error { return f.Engine.Delete(ctx, c, id, rev) })
}

// Get reads, unless the engine has crashed.
func (f *Failing) Get(ctx context.Context, c store.Collection, id string, fields []string) (store.Document, error) {
	if err := f.alive(); err != nil {
		return store.Document{}, err
	}
	return f.Engine.Get(ctx, c, id, fields)
}

// Query reads until the engine has crashed.
func (f *Failing) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		for d, err := range f.Engine.Query(ctx, q) {
			if crash := f.alive(); crash != nil {
				d, err = store.Document{}, crash
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
		// A crash is told even where there was nothing more to read.
		if crash := f.alive(); crash != nil {
			yield(store.Document{}, crash)
		}
	}
}

// Ping tells whether the engine has crashed.
func (f *Failing) Ping(ctx context.Context) error {
	if err := f.alive(); err != nil {
		return err
	}
	return f.Engine.Ping(ctx)
}
