package archive

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"holon/internal/fault"
	"holon/internal/store"
)

// A store is filled in batches of this many documents or bytes.
const (
	batchDocuments = 256
	batchBytes     = 4 << 20
)

// bulk is an engine that can store many documents at once.
type bulk interface {
	InsertAll(ctx context.Context, c store.Collection, docs []store.Document) error
}

// begin notes in the store that it is being filled, unless the same work was
// begun there before. Anything else in the store is a refusal.
func begin(ctx context.Context, to store.Engine, work store.Copying) (store.Copying, error) {
	unfinished := store.NewUnfinished(to)
	there, is, err := unfinished.Get(ctx)
	if err != nil {
		return work, err
	}
	if is {
		if there.Kind != work.Kind || there.Digest != work.Digest {
			return work, fault.New(fault.Conflict, "copy_of_another", fmt.Sprintf(
				"A %s of something else was begun in this store and is not finished. Run that one again, or remove what it left: the data directory, or the database.", there.Kind))
		}
		return there, nil
	}
	if err := CheckEmpty(ctx, to); err != nil {
		return work, err
	}
	return work, unfinished.Begin(ctx, work)
}

// CheckEmpty refuses a store that holds anything.
func CheckEmpty(ctx context.Context, e store.Engine) error {
	for _, c := range store.Portable() {
		for _, err := range e.Query(ctx, store.Query{Collection: c, Limit: 1, Fields: []string{}}) {
			if err != nil {
				return err
			}
			return NotEmpty()
		}
	}
	return nil
}

// NotEmpty is the answer where data would be put over others.
func NotEmpty() error {
	return fault.New(fault.Conflict, "store_not_empty",
		"There are data already where these should go, and nothing is ever put over them. Name a new directory with --data-dir or --to, or an empty database; a service that was started there once has made an account in it.")
}

// CheckTarget refuses a store that may not be filled: one that holds anything
// but what interrupted work left.
func CheckTarget(ctx context.Context, e store.Engine) error {
	_, goesOn, err := store.NewUnfinished(e).Get(ctx)
	if err != nil || goesOn {
		return err
	}
	return CheckEmpty(ctx, e)
}

// end takes the note away: the store may be used.
func end(ctx context.Context, to store.Engine, work store.Copying) error {
	unfinished := store.NewUnfinished(to)
	if !work.Copied {
		if err := unfinished.Advance(ctx, work); err != nil {
			return err
		}
	}
	return unfinished.End(ctx)
}

// fillCollection stores documents that are not there yet. One that is there
// has to be the very same.
func fillCollection(ctx context.Context, to store.Engine, c store.Collection, from iter.Seq2[store.Document, error], met func(n int)) error {
	var batch []store.Document
	size, done := 0, 0
	flush := func() error {
		if err := insertBatch(ctx, to, c, batch); err != nil {
			return err
		}
		done += len(batch)
		met(done)
		batch, size = batch[:0], 0
		return nil
	}
	for d, err := range from {
		if err != nil {
			return err
		}
		batch = append(batch, d)
		if size += len(d.Body); len(batch) < batchDocuments && size < batchBytes {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return flush()
}

// insertBatch stores a batch at once, or, where some of it is there already, one
// after another.
func insertBatch(ctx context.Context, to store.Engine, c store.Collection, batch []store.Document) error {
	if many, ok := to.(bulk); ok {
		if err := many.InsertAll(ctx, c, batch); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	for _, d := range batch {
		if err := insertSame(ctx, to, c, d); err != nil {
			return err
		}
	}
	return nil
}

// insertSame stores a document, or finds that it is there.
func insertSame(ctx context.Context, to store.Engine, c store.Collection, d store.Document) error {
	failed := to.Insert(ctx, c, d)
	if fault.RuleOf(failed) != "id_taken" {
		return failed
	}
	there, err := to.Get(ctx, c, d.ID, nil)
	if err != nil {
		return err
	}
	if !bytes.Equal(there.Body, d.Body) {
		return fault.Wrap(fault.Conflict, "copy_contradicts",
			"A document that was copied before is another one now: the store was written meanwhile. Remove what is there, the data directory or the database, and begin anew.",
			fmt.Errorf("%s differs", store.DocumentName(c, d.ID)))
	}
	return nil
}
