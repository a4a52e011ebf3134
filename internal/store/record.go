package store

import (
	"bytes"
	"context"
	"errors"
	"iter"
)

// recordSchema is the version of the shapes of what is written once and never
// changed: instruments, accounts, audit.
const recordSchema = 1

// record begins the document of something that is never changed.
func record(id string, size int) *writing {
	w := newWriting(size)
	w.text("_id", id)
	w.revision("rev", 1)
	w.whole("schema", recordSchema)
	return w
}

// insertRecord stores a record, durably. One that is there already with the very
// same bytes is the outcome of an earlier attempt.
func insertRecord(ctx context.Context, e Engine, c Collection, id string, w *writing) error {
	d := Document{ID: id, Rev: 1, Body: w.bytes()}
	if err := checkSize(d); err != nil {
		return err
	}
	return written(ctx, e, c, d, e.Insert(ctx, c, d))
}

// written answers how a write went: one that failed and whose very bytes are
// stored was done by an earlier attempt, or without a reply.
func written(ctx context.Context, e Engine, c Collection, d Document, failed error) error {
	if failed == nil || ctx.Err() != nil {
		return failed
	}
	there, err := e.Get(ctx, c, d.ID, nil)
	if err != nil || !bytes.Equal(there.Body, d.Body) {
		return failed
	}
	return nil
}

// readRecord reads a record: each takes the element at hand, or answers false
// if it does not know it; whole tells at the end whether nothing is missing.
func readRecord(c Collection, d Document, each func(r *reading) bool, whole func() bool) error {
	return readRecordOf(recordSchema, c, d, each, whole)
}

// readRecordOf is readRecord of a shape whose last schema is known.
func readRecordOf(known int, c Collection, d Document, each func(r *reading) bool, whole func() bool) error {
	schema, err := schemaOf(d.Body)
	if err != nil {
		return damaged(c.Name, d.ID, err)
	}
	if schema > known {
		return newer(c.Name, d.ID, schema, known)
	}
	id := ""
	r := readDocument(d.Body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			id = r.text()
		case "rev", "schema":
			r.integer()
		default:
			if !each(&r) {
				r.unknown()
			}
		}
	}
	if r.err == nil && (id != d.ID || !whole()) {
		r.err = errors.New("a field is missing, or the identifier is another than its key's")
	}
	if r.err != nil {
		return damaged(c.Name, d.ID, r.err)
	}
	return nil
}

// records streams what a query finds; a document that cannot be read comes as
// a [DamagedError], and the stream goes on.
func records[T any](ctx context.Context, e Engine, q Query, read func(Document) (T, error)) iter.Seq2[T, error] {
	return recordsOf(e.Query(ctx, q), read)
}

// recordsOf is records of documents that were found already.
func recordsOf[T any](found iter.Seq2[Document, error], read func(Document) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for d, err := range found {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !yield(read(d)) {
				return
			}
		}
	}
}
