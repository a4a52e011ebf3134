package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/store"
	"holon/internal/store/enginetest"
	"holon/internal/store/mongostore/mongotest"
)

// write is a request that writes, told apart from what carries it out. Do may
// be repeated: it is what a client does who never got an answer.
type write struct {
	name    string
	prepare func(t *testing.T, e store.Engine)
	do      func(ctx context.Context, e store.Engine) error
	// done tells whether the request's effect is there, and fails the test if
	// there is a half of it or more than one of it.
	done func(t *testing.T, e store.Engine) bool
}

// writes lists every write of every repository.
func writes() []write {
	return []write{
		standing(),
		insertion("group", groupsOf), insertion("member", membersOf), insertion("therapist", therapistsOf), insertion("session", sessionsOf), insertion("finding", findingsOf),
		replacement("group", groupsOf), replacement("member", membersOf), replacement("therapist", therapistsOf), replacement("session", sessionsOf), replacement("finding", findingsOf),
		{
			name: "copy of an instrument",
			do: func(ctx context.Context, e store.Engine) error {
				return store.NewInstruments(e).Copy(ctx, cohesionDefinition())
			},
			done: func(t *testing.T, e store.Engine) bool {
				t.Helper()
				return found(t, func() (*instrument.Definition, error) {
					return store.NewInstruments(e).Get(t.Context(), cohesionDefinition().Ref)
				})
			},
		},
		{
			name: "report",
			do: func(ctx context.Context, e store.Engine) error {
				return store.NewReports(e).Insert(ctx, analysis.Record{ID: "r", Principal: "p", Analysis: "a", CreatedAt: at(0), State: analysis.Done, Body: []byte("{}")})
			},
			done: func(t *testing.T, e store.Engine) bool {
				t.Helper()
				return found(t, func() (analysis.Record, error) { return store.NewReports(e).Get(t.Context(), "r") })
			},
		},
		{
			name: "report that is done",
			prepare: func(t *testing.T, e store.Engine) {
				t.Helper()
				must(t, store.NewReports(e).Insert(t.Context(), running()))
			},
			do: func(ctx context.Context, e store.Engine) error {
				x := running()
				x.Rev, x.State, x.Lease, x.EndedAt, x.Body = 2, analysis.Done, analysis.Lease{}, new(at(9)), []byte("{}")
				return store.NewReports(e).Replace(ctx, x, 1)
			},
			done: func(t *testing.T, e store.Engine) bool {
				t.Helper()
				x, err := store.NewReports(e).Get(t.Context(), "r")
				must(t, err)
				if x.State != analysis.Done {
					wantSame(t, "the report before", running(), x)
				}
				return x.State == analysis.Done
			},
		},
		{
			name: "account",
			do: func(ctx context.Context, e store.Engine) error {
				return store.NewAccounts(e).Insert(ctx, access.Account{ID: "p", Role: access.RoleOperator, TokenHash: "h", CreatedAt: at(0)})
			},
			done: func(t *testing.T, e store.Engine) bool {
				t.Helper()
				return found(t, func() (access.Account, error) { return store.NewAccounts(e).ByTokenHash(t.Context(), "h") })
			},
		},
		{
			name: "audit entry",
			do: func(ctx context.Context, e store.Engine) error {
				return store.NewAudit(e).Append(ctx, access.Entry{ID: "a", At: at(0), Action: access.ReadAudit, Object: access.Object{Kind: "audit"}, Outcome: access.Allowed})
			},
			done: func(t *testing.T, e store.Engine) bool {
				t.Helper()
				entries, errs := collect(store.NewAudit(e).Newest(t.Context(), at(99), "", 0))
				if len(entries) > 1 || len(errs) > 0 {
					t.Errorf("entries %v, %v", entries, errs)
				}
				return len(entries) == 1
			},
		},
	}
}

// found tells whether something is there; it may be missing but not broken.
func found[T any](t *testing.T, get func() (T, error)) bool {
	t.Helper()
	_, err := get()
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	return err == nil
}

// cohesionDefinition is an instrument that comes with Holon.
func cohesionDefinition() *instrument.Definition {
	registry, err := instrument.Load(nil)
	if err != nil {
		panic(err)
	}
	d, _ := registry.Lookup(instrument.Ref{ID: "holon-cohesion-1", Version: "1"})
	return d
}

// insertion is the first write of a noun.
func insertion[T any, ID ~string](name string, of func(store.Engine) noun[T, ID]) write {
	return write{
		name: "insert of a " + name,
		do: func(ctx context.Context, e store.Engine) error {
			n := of(e)
			err := n.all.Insert(ctx, n.fresh())
			if fault.RuleOf(err) != "id_taken" {
				return err
			}
			stored, err := n.get(ctx, n.id)
			if err == nil && n.head(stored).Change.Key != n.head(n.fresh()).Change.Key {
				return errors.New("somebody else's")
			}
			return err
		},
		done: func(t *testing.T, e store.Engine) bool {
			t.Helper()
			n := of(e)
			got, err := n.get(t.Context(), n.id)
			if fault.Is(err, fault.NotFound) {
				return false
			}
			must(t, err)
			wantSame(t, "the stored "+name, n.fresh(), got)
			return true
		},
	}
}

// replacement is a later write of a noun, with the look for its key that makes
// it repeatable.
func replacement[T any, ID ~string](name string, of func(store.Engine) noun[T, ID]) write {
	return write{
		name: "replacement of a " + name,
		prepare: func(t *testing.T, e store.Engine) {
			t.Helper()
			n := of(e)
			v := n.fresh()
			must(t, n.all.Insert(t.Context(), v))
			must(t, n.all.Replace(t.Context(), n.edited(v, "second"), 1))
		},
		do: func(ctx context.Context, e store.Engine) error {
			n := of(e)
			v, err := n.get(ctx, n.id)
			if err != nil {
				return err
			}
			if _, used, err := n.all.KeyUse(ctx, n.id, "third"); err != nil || used {
				return err
			}
			rev := n.head(v).Rev
			return n.all.Replace(ctx, n.edited(v, "third"), rev)
		},
		done: func(t *testing.T, e store.Engine) bool {
			t.Helper()
			n := of(e)
			got, err := n.get(t.Context(), n.id)
			must(t, err)
			want := n.fresh()
			n.edited(want, "second")
			done := n.head(got).Rev == 3
			if done {
				n.edited(want, "third")
			}
			h := n.head(want)
			h.Rev, h.Schema = 2, 1
			if done {
				h.Rev = 3
			}
			wantSame(t, "the stored "+name, want, got)
			revisions := int64(0)
			for _, err := range n.all.Revisions(t.Context(), n.id) {
				must(t, err)
				revisions++
			}
			if revisions != h.Rev {
				t.Errorf("%d revisions at revision %d", revisions, h.Rev)
			}
			return done
		},
	}
}

func TestInterruptedWritesLoseNothingAndCanBeRepeated(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(t *testing.T) store.Engine{
		"sqlite":  func(t *testing.T) store.Engine { t.Helper(); return openSQLite(t) },
		"mongodb": func(t *testing.T) store.Engine { t.Helper(); return mongotest.Open(t, store.Collections()) },
	} {
		for _, w := range writes() {
			t.Run(w.name+" on "+engine, func(t *testing.T) {
				t.Parallel()
				w.interruptedWrites(t, open)
				w.interruptedReads(t, open)
			})
		}
	}
}

// interruptedWrites makes every write step go wrong in every mode.
func (w write) interruptedWrites(t *testing.T, open func(t *testing.T) store.Engine) {
	t.Helper()
	enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, n int) *enginetest.Failing {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		below := w.place(t, open)
		e := enginetest.NewFailing(below, mode, n, cancel)
		w.survives(t, below, w.do(ctx, e))
		return e
	})
}

// interruptedReads makes every read step go wrong in every mode.
func (w write) interruptedReads(t *testing.T, open func(t *testing.T) store.Engine) {
	t.Helper()
	for _, mode := range []readMode{crashBefore, crashAfter, cancelBefore, cancelAfter} {
		for n, fired := 1, true; fired; n++ {
			t.Run(fmt.Sprintf("%s read %d", mode, n), func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				below := w.place(t, open)
				e := &failingRead{Engine: below, mode: mode, at: n, cancel: cancel}
				w.survives(t, below, w.do(ctx, e))
				fired = e.reads >= n
			})
		}
	}
}

// place makes an empty store, prepared for a write.
func (w write) place(t *testing.T, open func(t *testing.T) store.Engine) store.Engine {
	t.Helper()
	e := open(t)
	if w.prepare != nil {
		w.prepare(t, e)
	}
	return e
}

// survives checks what holds after a write was interrupted: what was
// acknowledged is there, nothing is there by halves, and the same request again
// has its effect exactly once.
func (w write) survives(t *testing.T, e store.Engine, answer error) {
	t.Helper()
	done := w.done(t, e)
	if answer == nil && !done {
		t.Error("the write was acknowledged, and is not there")
	}
	sound(t, e)
	if err := w.do(t.Context(), e); err != nil {
		t.Errorf("the same request again: %v", err)
	}
	if !w.done(t, e) {
		t.Error("the same request again was acknowledged, and is not there")
	}
	sound(t, e)
}

// sound checks documents and history; that what they name is missing is a matter
// of the fixture here.
func sound(t *testing.T, e store.Engine) {
	t.Helper()
	if _, err := store.Inspect(t.Context(), e, func(p store.Problem) {
		if !strings.HasSuffix(p.Rule, "_missing") {
			t.Errorf("the inspection found %+v", p)
		}
	}); err != nil {
		t.Error(err)
	}
}

// readMode is a way of going wrong at a read.
type readMode string

// The modes; after a crash the engine answers nothing more.
const (
	crashBefore  readMode = "crash before"
	crashAfter   readMode = "crash after"
	cancelBefore readMode = "context cancelled before"
	cancelAfter  readMode = "context cancelled after"
)

// failingRead goes wrong at a chosen read, counted from 1.
type failingRead struct {
	store.Engine

	mode   readMode
	at     int
	cancel context.CancelFunc

	mu      sync.Mutex
	reads   int
	crashed bool
}

// read counts a read and does it, or goes wrong.
func (f *failingRead) read(do func() error) error {
	f.mu.Lock()
	f.reads++
	now, crashed := f.reads == f.at, f.crashed
	f.crashed = f.crashed || now && (f.mode == crashBefore || f.mode == crashAfter)
	f.mu.Unlock()
	if crashed || now && f.mode == crashBefore {
		return store.Unreachable(errors.New("injected"))
	}
	if now && f.mode == cancelBefore {
		f.cancel()
	}
	err := do()
	if now && f.mode == cancelAfter {
		f.cancel()
	}
	return err
}

// Get counts as a read.
func (f *failingRead) Get(ctx context.Context, c store.Collection, id string, fields []string) (d store.Document, err error) {
	err = f.read(func() error {
		d, err = f.Engine.Get(ctx, c, id, fields)
		return err
	})
	return d, err
}

// Query counts as a read.
func (f *failingRead) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		if err := f.read(func() error { return nil }); err != nil {
			yield(store.Document{}, err)
			return
		}
		f.Engine.Query(ctx, q)(yield)
	}
}

// Insert is refused after a crash.
func (f *failingRead) Insert(ctx context.Context, c store.Collection, d store.Document) error {
	if f.dead() {
		return store.Unreachable(errors.New("injected"))
	}
	return f.Engine.Insert(ctx, c, d)
}

// Replace is refused after a crash.
func (f *failingRead) Replace(ctx context.Context, c store.Collection, d store.Document, rev int64) error {
	if f.dead() {
		return store.Unreachable(errors.New("injected"))
	}
	return f.Engine.Replace(ctx, c, d, rev)
}

// dead tells whether the crash has come.
func (f *failingRead) dead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.crashed
}
