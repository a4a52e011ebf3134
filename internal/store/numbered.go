package store

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"holon/internal/fault"
)

// numbered names the n-th record of a sequence that is only ever added to. Its
// identifiers stand in the order of the numbers.
func numbered(sequence string, n int) string { return fmt.Sprintf("%s@%06d", sequence, n) }

// sequence streams the records of one sequence, from the first to the last.
func sequence(ctx context.Context, e Engine, c Collection, name string) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		prefix := name + "@"
		for d, err := range e.Query(ctx, Query{Collection: c, After: []any{prefix}}) {
			if err == nil && !strings.HasPrefix(d.ID, prefix) {
				return
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// sequenceOf names the sequence that a record is of.
func sequenceOf(id string) string { return id[:max(strings.LastIndexByte(id, '@'), 0)] }

// appendRecord stores the next record of a sequence. If somebody else stored one
// of this number, the answer is Stale.
func appendRecord(ctx context.Context, e Engine, c Collection, id string, w *writing) error {
	err := insertRecord(ctx, e, c, id, w)
	if fault.RuleOf(err) == "id_taken" {
		return WrittenSince()
	}
	return err
}
