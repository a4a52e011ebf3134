package sqlitestore

import (
	"context"
	"errors"
	"iter"

	"holon/internal/store"
)

// A stream is read in pages, so that it holds no connection while its caller
// thinks, and never more than this in memory (beyond one document).
const (
	pageRows  = 128
	pageBytes = 1 << 20
)

// Get reads one document; it is always the whole one.
func (s *Store) Get(ctx context.Context, c store.Collection, id string, _ []string) (store.Document, error) {
	t, err := s.table(c)
	if err != nil {
		return store.Document{}, err
	}
	stmt, err := s.readers.statements.get(ctx, t.get)
	if err != nil {
		return store.Document{}, s.refuse(ctx, err)
	}
	d := store.Document{ID: id}
	if err := stmt.QueryRowContext(ctx, id).Scan(&d.Rev, &d.Body); err != nil {
		return store.Document{}, s.refuse(ctx, err)
	}
	return d, nil
}

// Query streams documents in the order of one declared index.
func (s *Store) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		p, err := q.Plan()
		if err != nil {
			yield(store.Document{}, err)
			return
		}
		after, left := appendCells(nil, p.After), q.Limit
		for {
			page, last, err := s.page(ctx, q, p, after, left)
			for _, d := range page {
				if ctx.Err() != nil {
					yield(store.Document{}, store.OutOfTime(ctx.Err()))
					return
				}
				if !yield(d, nil) {
					return
				}
			}
			if err != nil {
				yield(store.Document{}, err)
				return
			}
			left -= len(page)
			if last == nil || (q.Limit > 0 && left == 0) {
				return
			}
			after = last
		}
	}
}

// page reads some documents after a key, and returns the cells of the last
// one's key if there may be more.
func (s *Store) page(ctx context.Context, q store.Query, p store.Plan, after []any, left int) (docs []store.Document, last []any, err error) {
	t, err := s.table(q.Collection)
	if err != nil {
		return nil, nil, err
	}
	if len(p.Equal) == len(p.Keys) && len(after) > 0 {
		return nil, nil, nil // a unique index, fully given: nothing comes after
	}
	limit := pageRows
	if q.Limit > 0 {
		limit = min(limit, left)
	}
	stmt, err := s.readers.statements.get(ctx, t.selectPage(p, q.Descending, len(after) > 0))
	if err != nil {
		return nil, nil, s.refuse(ctx, err)
	}
	args := appendCells(nil, p.Equal)
	if len(after) > 0 {
		args = append(args, after[len(p.Equal):]...)
	}
	rows, err := stmt.QueryContext(ctx, append(args, limit)...)
	if err != nil {
		return nil, nil, s.refuse(ctx, err)
	}
	defer func() { err = errors.Join(err, s.refuse(ctx, rows.Close())) }()
	docs = make([]store.Document, 0, min(limit, 16))
	key := make([]any, len(p.Keys))
	size, full := 0, false
	for !full && rows.Next() {
		var d store.Document
		into := []any{&d.ID, &d.Rev, &d.Body}
		for i := range key {
			into = append(into, &key[i])
		}
		if err := rows.Scan(into...); err != nil {
			return docs, nil, s.refuse(ctx, err)
		}
		docs = append(docs, d)
		size += len(d.Body)
		full = len(docs) == limit || size >= pageBytes
	}
	if err := rows.Err(); err != nil {
		return docs, nil, s.refuse(ctx, err)
	}
	if !full {
		return docs, nil, nil
	}
	return docs, key, nil
}
