package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"holon/internal/fault"
	"holon/internal/store"
)

// Insert stores a new document, durable when it returns.
func (s *Store) Insert(ctx context.Context, c store.Collection, d store.Document) error {
	t, err := s.writable(c)
	if err != nil {
		return err
	}
	values, err := t.collection.Values(d)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(values)+3)
	_, err = s.exec(ctx, t.insert, appendCells(append(args, d.ID, d.Rev, d.Body), values))
	if err = s.refuse(ctx, err); fault.RuleOf(err) != "unique_taken" {
		return err
	}
	// SQLite names whichever index it looked at first; the id goes before.
	if s.exists(ctx, t, d.ID) == nil {
		return store.IDTaken()
	}
	return err
}

// Replace swaps the document whose revision is rev for d, durable when it
// returns.
func (s *Store) Replace(ctx context.Context, c store.Collection, d store.Document, rev int64) error {
	t, err := s.writable(c)
	if err != nil {
		return err
	}
	if err := store.CheckOrder(d, rev); err != nil {
		return err
	}
	values, err := t.collection.Values(d)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(values)+4)
	args = append(appendCells(append(args, d.Rev, d.Body), values), d.ID, rev)
	return s.swap(ctx, t, t.replace, args, d.ID)
}

// Delete removes the document whose revision is rev.
func (s *Store) Delete(ctx context.Context, c store.Collection, id string, rev int64) error {
	t, err := s.writable(c)
	if err != nil {
		return err
	}
	return s.swap(ctx, t, t.remove, []any{id, rev}, id)
}

// swap runs a statement that changes one document of one revision, and finds
// out why if it changed none.
func (s *Store) swap(ctx context.Context, t *table, text string, args []any, id string) error {
	changed, err := s.exec(ctx, text, args)
	if err != nil {
		return s.refuse(ctx, err)
	}
	if changed == 1 {
		return nil
	}
	if err := s.exists(ctx, t, id); err != nil {
		return err
	}
	return store.WrittenSince()
}

// exec runs one writing statement, a transaction of its own, and returns how
// many rows it changed.
func (s *Store) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	stmt, err := s.writer.statements.get(ctx, text)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// exists returns nil if there is a document of this id, else NotFound or what
// went wrong. It asks the writing connection, which sees the latest state.
func (s *Store) exists(ctx context.Context, t *table, id string) error {
	stmt, err := s.writer.statements.get(ctx, t.exists)
	if err != nil {
		return s.refuse(ctx, err)
	}
	var one int
	return s.refuse(ctx, stmt.QueryRowContext(ctx, id).Scan(&one))
}

// writable finds the table for a write, unless the store may only read.
func (s *Store) writable(c store.Collection) (*table, error) {
	t, err := s.table(c)
	if err == nil && s.writer == nil {
		return nil, store.OpenedReadOnly()
	}
	return t, err
}

// refuse turns a failure of the driver into a fault. A nil error stays nil.
func (s *Store) refuse(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case s.closed.Load():
		return store.Closed()
	case ctx.Err() != nil:
		return store.OutOfTime(ctx.Err())
	case errors.Is(err, sql.ErrNoRows):
		return store.DocumentNotFound()
	}
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return store.Broken(err)
	}
	switch failed.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return store.IDTaken()
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return store.UniqueTaken()
	}
	switch failed.Code() & 0xff { // the primary code of an extended one
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return store.Unreachable(err)
	case sqlite3.SQLITE_FULL:
		return fault.Wrap(fault.Unavailable, "disk_full", "The disk that holds the data is full; nothing more can be stored until there is room.", err)
	default:
		return store.Broken(err)
	}
}
