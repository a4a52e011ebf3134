package archive_test

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"sync"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
)

// collection finds a declared collection.
func collection(tb testing.TB, name string) store.Collection {
	tb.Helper()
	all := store.Collections()
	i := slices.IndexFunc(all, func(c store.Collection) bool { return c.Name == name })
	if i < 0 {
		tb.Fatalf("no collection %s", name)
	}
	return all[i]
}

// reference knows the instruments that come with Holon.
func reference(tb testing.TB) session.Reference {
	tb.Helper()
	registry, err := instrument.Load(nil)
	must(tb, err)
	return session.Reference{Definition: registry.Lookup}
}

// cutting is an engine in which one document has lost its end.
type cutting struct {
	store.Engine

	collection, id string
}

// Query cuts the document.
func (c cutting) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		for d, err := range c.Engine.Query(ctx, q) {
			if q.Collection.Name == c.collection && d.ID == c.id {
				d.Body = d.Body[:len(d.Body)-10]
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

// meddling is an engine that is written by somebody else right before a
// collection is read for the nth time.
type meddling struct {
	store.Engine

	at  string
	nth int
	do  func()

	mu   sync.Mutex
	seen int
}

// Query lets the other write first.
func (m *meddling) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	m.mu.Lock()
	now := false
	if q.Collection.Name == m.at {
		m.seen++
		now = m.seen == m.nth
	}
	m.mu.Unlock()
	if now {
		m.do()
	}
	return m.Engine.Query(ctx, q)
}

// changing is an engine that stores one document otherwise than it is told.
type changing struct {
	store.Engine

	collection, id string
}

// Insert stores another byte at the end of the document's last text.
func (c changing) Insert(ctx context.Context, in store.Collection, d store.Document) error {
	if in.Name == c.collection && d.ID == c.id {
		d.Body = slices.Clone(d.Body)
		d.Body[bytes.LastIndexByte(d.Body, 'T')] = 'U'
	}
	return c.Engine.Insert(ctx, in, d)
}
