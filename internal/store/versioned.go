package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"holon/internal/fault"
	"holon/internal/session"
)

// shape says how the documents of one collection are written and read.
type shape[T any, ID ~string] struct {
	collection Collection
	about      func(v *T) (ID, *session.Head)
	write      func(w *writing, v *T, h *session.Head)
	read       func(d *decoder, body []byte) (*T, error)
	fields     func(want levels) []string         // what a query names; nil names all
	keeps      func(stored []byte, next *T) error // refuses to lose what is stored; nil never refuses
	raises     []raise
}

// schema is the version that documents are written with.
func (s *shape[T, ID]) schema() int { return len(s.raises) + 1 }

// versioned is a collection of documents with revisions, each of which is in
// history once it is superseded. A write archives the stored revision first
// and then swaps it for the next: the swap is the commit, and whoever reads
// the document or its history sees every committed revision.
type versioned[T any, ID ~string] struct {
	engine Engine
	shape  shape[T, ID]
}

// Insert stores a new value as revision 1. A taken identifier is the Conflict
// "id_taken", a taken code or number "unique_taken". Rev and Schema of the
// value are set once it is stored.
func (s *versioned[T, ID]) Insert(ctx context.Context, v *T) error {
	d, err := s.document(v, 1, 1024)
	if err != nil {
		return err
	}
	if err := s.engine.Insert(ctx, s.shape.collection, d); err != nil && !s.committed(ctx, d, err) {
		return err
	}
	s.stored(v, 1)
	return nil
}

// Replace swaps revision rev for the next value, and keeps revision rev in
// history. If another revision is stored the answer is Stale. Asked again
// for a write that was committed without anybody knowing, it says so. Rev and
// Schema of the value are set once it is stored.
func (s *versioned[T, ID]) Replace(ctx context.Context, next *T, rev int64) error {
	id, _ := s.shape.about(next)
	before, err := s.engine.Get(ctx, s.shape.collection, string(id), nil)
	if err != nil {
		return err
	}
	d, err := s.document(next, rev+1, len(before.Body)+1024)
	if err != nil {
		return err
	}
	if before.Rev != rev {
		err = WrittenSince()
	} else if err = s.keep(ctx, before, next); err != nil {
		return err
	} else {
		err = s.engine.Replace(ctx, s.shape.collection, d, rev)
	}
	if err != nil && !s.committed(ctx, d, err) {
		return err
	}
	s.stored(next, rev+1)
	return nil
}

// keep archives what is about to be superseded, unless the next value would
// lose some of it.
func (s *versioned[T, ID]) keep(ctx context.Context, before Document, next *T) error {
	if s.shape.keeps != nil {
		err := s.shape.keeps(before.Body, next)
		if err != nil && fault.RuleOf(err) == "" {
			return damaged(s.shape.collection.Name, before.ID, err)
		}
		if err != nil {
			return err
		}
	}
	return archive(ctx, s.engine, s.shape.collection, before)
}

// document makes the stored form of a value. What could not be read back is
// refused before it is acknowledged.
func (s *versioned[T, ID]) document(v *T, rev int64, size int) (Document, error) {
	id, h := s.shape.about(v)
	head := *h
	head.Rev, head.Schema = rev, s.shape.schema()
	w := newWriting(size)
	s.shape.write(w, v, &head)
	d := Document{ID: string(id), Rev: rev, Body: w.bytes()}
	if err := checkSize(d); err != nil {
		return Document{}, err
	}
	if _, err := s.shape.read(newDecoder(everyLevel), d.Body); err != nil {
		return Document{}, malformed("document_incomplete", "%s cannot be stored, since it could not be read back: %w", documentName(s.shape.collection, d.ID), err)
	}
	return d, nil
}

// stored notes in the value what it was stored as.
func (s *versioned[T, ID]) stored(v *T, rev int64) {
	_, h := s.shape.about(v)
	h.Rev, h.Schema = rev, s.shape.schema()
}

// committed finds out after a failed write whether it happened nevertheless: a
// connection may break after the server has written, and a driver may have
// tried twice. The very bytes are the proof, in the document or, if somebody
// wrote since, in history. What the document shows may still be undone, where a
// server has not passed it on to the others yet. So it is archived first: that
// write comes after the one in doubt and is durable only with it.
func (s *versioned[T, ID]) committed(ctx context.Context, d Document, failed error) bool {
	if ctx.Err() != nil || fault.RuleOf(failed) == "unique_taken" {
		return false
	}
	now, err := s.engine.Get(ctx, s.shape.collection, d.ID, nil)
	if err != nil || now.Rev < d.Rev {
		return false
	}
	if now.Rev == d.Rev {
		return bytes.Equal(now.Body, d.Body) && archive(ctx, s.engine, s.shape.collection, now) == nil
	}
	past, err := s.engine.Get(ctx, historyCollection(), revisionID(documentName(s.shape.collection, d.ID), d.Rev), nil)
	if err != nil {
		return false
	}
	was, err := field(past.Body, "was")
	return err == nil && bytes.Equal(was, d.Body)
}

// Get reads the value. A damaged document gives a [DamagedError].
func (s *versioned[T, ID]) Get(ctx context.Context, id ID) (*T, error) {
	return s.get(ctx, id, everyLevel)
}

// get is Get with these levels only.
func (s *versioned[T, ID]) get(ctx context.Context, id ID, want levels) (*T, error) {
	d, err := s.engine.Get(ctx, s.shape.collection, string(id), s.names(want))
	if err != nil {
		return nil, err
	}
	return s.restore(ctx, newDecoder(want), d)
}

// names lists the fields that a query for these levels names.
func (s *versioned[T, ID]) names(want levels) []string {
	if s.shape.fields == nil {
		return nil
	}
	return s.shape.fields(want)
}

// restore reads a document, raising its schema first if it is an older one.
func (s *versioned[T, ID]) restore(ctx context.Context, dec *decoder, d Document) (*T, error) {
	c := s.shape.collection
	schema, err := schemaOf(d.Body)
	if err != nil {
		return nil, damaged(c.Name, d.ID, err)
	}
	if schema > s.shape.schema() {
		return nil, newer(c.Name, d.ID, schema, s.shape.schema())
	}
	if schema < s.shape.schema() {
		if s.names(dec.levels) != nil { // a part of a document cannot be raised
			if d, err = s.engine.Get(ctx, c, d.ID, nil); err != nil {
				return nil, err
			}
		}
		if d.Body, err = raiseTo(d.Body, schema, s.shape.raises); err != nil {
			return nil, damaged(c.Name, d.ID, err)
		}
	}
	v, err := s.shape.read(dec, d.Body)
	if err != nil {
		return nil, damaged(c.Name, d.ID, err)
	}
	if id, h := s.shape.about(v); string(id) != d.ID || h.Rev != d.Rev {
		return nil, damaged(c.Name, d.ID, errors.New("its identifier or revision is another than its key's"))
	}
	return v, nil
}

// stream reads values in the order of a query. A document that cannot be
// restored comes as a [DamagedError], and the stream goes on after it.
func (s *versioned[T, ID]) stream(ctx context.Context, q Query, want levels) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		q.Collection, q.Fields = s.shape.collection, s.names(want)
		dec := newDecoder(want)
		for d, err := range s.engine.Query(ctx, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			v, err := s.restore(ctx, dec, d)
			if !yield(v, err) {
				return
			}
			if err != nil && !isDamaged(err) {
				return
			}
		}
	}
}

// Revisions streams the heads of all revisions, the stored one first, then
// history from the newest to the oldest. One that cannot be read comes as a
// [DamagedError], and the stream goes on.
func (s *versioned[T, ID]) Revisions(ctx context.Context, id ID) iter.Seq2[session.Head, error] {
	return func(yield func(session.Head, error) bool) {
		// The document first: what is superseded after this was archived before, so
		// no revision is missed.
		head, err := s.head(ctx, id)
		if !yield(head, err) || (err != nil && !isDamaged(err)) {
			return
		}
		going := true
		err = revisions(ctx, s.engine, documentName(s.shape.collection, string(id)), true, []string{"schema", "document", "revision", "was_schema", "change"},
			func(d Document, a archived, err error) bool {
				switch {
				case err != nil:
					going = yield(session.Head{}, damaged(historyCollection().Name, d.ID, err))
				case head.Rev == 0 || a.head.Rev < head.Rev: // else it is a copy of the stored one
					going = yield(a.head, nil)
				}
				return going
			})
		if going && err != nil {
			yield(session.Head{}, err)
		}
	}
}

// head reads what the stored document says about itself.
func (s *versioned[T, ID]) head(ctx context.Context, id ID) (session.Head, error) {
	d, err := s.engine.Get(ctx, s.shape.collection, string(id), []string{"schema", "change"})
	if err != nil {
		return session.Head{}, err
	}
	h, err := headOf(d.Body)
	if err != nil {
		return h, damaged(s.shape.collection.Name, d.ID, err)
	}
	return h, nil
}

// At reads the value as it was at a revision.
func (s *versioned[T, ID]) At(ctx context.Context, id ID, rev int64) (*T, error) {
	d, err := s.engine.Get(ctx, s.shape.collection, string(id), nil)
	if err != nil {
		return nil, err
	}
	if rev > d.Rev || rev < 1 {
		return nil, DocumentNotFound()
	}
	if rev < d.Rev {
		if d, err = s.past(ctx, id, rev); err != nil {
			return nil, err
		}
	}
	return s.restore(ctx, newDecoder(everyLevel), d)
}

// past reads a superseded revision out of history.
func (s *versioned[T, ID]) past(ctx context.Context, id ID, rev int64) (Document, error) {
	key := revisionID(documentName(s.shape.collection, string(id)), rev)
	d, err := s.engine.Get(ctx, historyCollection(), key, nil)
	if fault.Is(err, fault.NotFound) {
		return Document{}, damaged(historyCollection().Name, key, fmt.Errorf("a revision that was superseded is missing: %w", err))
	}
	if err != nil {
		return Document{}, err
	}
	was, err := field(d.Body, "was")
	if err != nil {
		return Document{}, damaged(historyCollection().Name, key, err)
	}
	return Document{ID: string(id), Rev: rev, Body: was}, nil
}

// KeyUse finds the revision whose change carries this key, however many were
// written since, and returns its head. The empty key is never used.
func (s *versioned[T, ID]) KeyUse(ctx context.Context, id ID, key string) (session.Head, bool, error) {
	if key == "" {
		return session.Head{}, false, nil
	}
	// The document first, as in Revisions.
	head, err := s.head(ctx, id)
	if err != nil {
		return session.Head{}, false, err
	}
	if head.Change.Key == key {
		return head, true, nil
	}
	q := Query{
		Collection: historyCollection(), Index: "key", Equal: []any{documentName(s.shape.collection, string(id)), key}, Limit: 1,
		Fields: []string{"schema", "revision", "was_schema", "change"},
	}
	for d, err := range s.engine.Query(ctx, q) {
		if err != nil {
			return session.Head{}, false, err
		}
		a, err := readArchived(d.Body)
		if err != nil {
			return session.Head{}, false, damaged(historyCollection().Name, d.ID, err)
		}
		return a.head, true, nil
	}
	return session.Head{}, false, nil
}
