// Package store keeps Holon's documents: a small port that every engine
// implements, the repositories written once over it, and the stored shapes
// (BSON) with their schema versions. No invariant spans documents, and no
// engine needs a transaction over several of them.
package store

import (
	"context"
	"iter"
)

// Document is one stored document as an engine moves it: the whole BSON, which
// holds `_id` and `rev` too, beside the two that the engine itself acts on.
type Document struct {
	ID   string
	Rev  int64
	Body []byte
}

// Collection declares a collection and every index that queries may use.
type Collection struct {
	Name    string
	Indexes []Index
}

// Index is an ordered index over top-level fields of the document, `_id` being
// always its last key. Fields hold strings, 64-bit integers, or nothing; a
// document without one of the fields is ordered first.
type Index struct {
	Name   string
	Fields []string
	Unique bool
}

// Query reads documents in the order of one declared index.
type Query struct {
	Collection Collection
	Index      string // an index of the collection; "" is the order of `_id`
	Equal      []any  // values (string or int64) of the index's leading fields
	After      []any  // the full key (index fields, then `_id`) to go on after; nil starts at the beginning
	Descending bool
	Limit      int      // 0 is no limit: the caller streams
	Fields     []string // top-level fields wanted; nil is all. `_id` and `rev` always come. An engine may return more than asked
}

// Engine is the port. All methods are safe for concurrent use, and no argument
// is kept or changed. Failures are faults: NotFound, Conflict with rule
// "id_taken" or "unique_taken", Stale, Unavailable for a done context or a
// closed engine; anything else is Internal. An error does not tell whether a
// write happened: only a nil error says that it is durable.
type Engine interface {
	// Insert stores a new document, durable when it returns.
	Insert(ctx context.Context, c Collection, d Document) error
	// Replace swaps the document whose revision is rev for d, durable when it
	// returns. Exactly one of several writers on one revision wins; the others
	// get Stale.
	Replace(ctx context.Context, c Collection, d Document, rev int64) error
	// Get reads one document, with at least the fields named (nil: all).
	Get(ctx context.Context, c Collection, id string, fields []string) (Document, error)
	// Query streams documents. It stops at the first error, which it yields.
	Query(ctx context.Context, q Query) iter.Seq2[Document, error]
	// Delete removes the document whose revision is rev.
	Delete(ctx context.Context, c Collection, id string, rev int64) error
	// Ping tells whether the engine can answer now.
	Ping(ctx context.Context) error
	// Close ends it; later calls get Unavailable.
	Close() error
}
