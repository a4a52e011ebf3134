// Package store keeps Holon's documents: a small port that every engine
// implements, the repositories written once over it, and the stored shapes
// (BSON) with their schema versions. No invariant spans documents, and no
// engine needs a transaction over several of them.
package store

import (
	"context"
	"iter"
)

// Document is one stored document as an engine moves it: the whole BSON, beside
// the two of its fields that the engine itself acts on. `_id` (a string) is the
// body's first element and `rev` (an integer) stands at its top level; an
// engine refuses a body that disagrees with ID or Rev. A body that comes from
// an engine belongs to the caller.
type Document struct {
	ID   string
	Rev  int64
	Body []byte
}

// Query reads documents in the order of one declared index.
type Query struct {
	Collection Collection
	Index      string // an index of the collection; "" is the order of `_id`
	Equal      []any  // values of the index's leading fields
	After      []any  // the full key (index fields, then `_id`; see [Collection.Key]) to go on after; nil starts at the beginning. It must agree with Equal
	Descending bool
	Limit      int      // 0 is no limit: the caller streams
	Fields     []string // top-level fields wanted; nil is all. `_id`, `rev` and the index's fields always come. An engine may return more than asked
}

// Scrubber is an engine that keeps traces of what was overwritten in files of
// its own, such as a log of writes, and can remove them.
type Scrubber interface {
	// Scrub leaves nothing in the engine's files but what is stored now. It may
	// take as long as copying all of it.
	Scrub(ctx context.Context) error
}

// Engine is the port. All methods are safe for concurrent use, and no argument
// is kept or changed.
//
// Failures are faults: NotFound; Conflict with the rule "id_taken",
// "unique_taken" or "opened_read_only"; Stale; Unavailable for a done context,
// a closed engine or a server that cannot be reached; anything else is
// Internal. A document that collides by its id and by an index at once is
// "id_taken". An error does not tell whether a write happened: only a nil
// error says that it is durable.
type Engine interface {
	// Insert stores a new document, durable when it returns.
	Insert(ctx context.Context, c Collection, d Document) error
	// Replace swaps the document whose revision is rev for d, durable when it
	// returns; d.Rev must be greater. Exactly one of several writers on one
	// revision wins; the others get Stale. No document of this id is NotFound.
	Replace(ctx context.Context, c Collection, d Document, rev int64) error
	// Get reads one document, with at least the fields named (nil: all).
	Get(ctx context.Context, c Collection, id string, fields []string) (Document, error)
	// Query streams documents in the index's order. It stops at the first
	// error, which it yields. It holds no lock and no connection between two
	// documents, so the engine may be written and read inside the loop. It is
	// not a snapshot: a document written while the stream runs may be in it or
	// not, and one whose index fields change may come twice.
	Query(ctx context.Context, q Query) iter.Seq2[Document, error]
	// Delete removes the document whose revision is rev; Stale if it is another
	// revision, NotFound if there is none.
	Delete(ctx context.Context, c Collection, id string, rev int64) error
	// Ping tells whether the engine can answer now.
	Ping(ctx context.Context) error
	// Close ends it; later calls get Unavailable.
	Close() error
}
