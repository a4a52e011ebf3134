package sqlitestore

import (
	"context"
	"errors"

	"holon/internal/store"
)

// InsertAll stores new documents in one transaction: all of them, durably, or
// none. It is for filling a whole store; the faults are those of Insert.
func (s *Store) InsertAll(ctx context.Context, c store.Collection, docs []store.Document) (err error) {
	t, err := s.writable(c)
	if err != nil {
		return err
	}
	tx, err := s.writer.db.BeginTx(ctx, nil)
	if err != nil {
		return s.refuse(ctx, err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first error says more
		}
	}()
	stmt, err := tx.PrepareContext(ctx, t.insert)
	if err != nil {
		return s.refuse(ctx, err)
	}
	for _, d := range docs {
		values, err := t.collection.Values(d)
		if err != nil {
			return errors.Join(err, stmt.Close())
		}
		args := make([]any, 0, len(values)+3)
		if _, err := stmt.ExecContext(ctx, appendCells(append(args, d.ID, d.Rev, d.Body), values)...); err != nil {
			return errors.Join(s.refuse(ctx, err), stmt.Close())
		}
	}
	if err := stmt.Close(); err != nil {
		return s.refuse(ctx, err)
	}
	return s.refuse(ctx, tx.Commit())
}
