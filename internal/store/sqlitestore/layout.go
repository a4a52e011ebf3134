package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"holon/internal/fault"
)

// The file says in its header whose it is and how it is laid out (PRAGMA
// application_id and user_version). Whoever raises the version says so in
// willChange too.
const (
	applicationID = 0x486f6c6e // "Holn"
	layoutVersion = 1
)

// prepareFile brings the file to the declared layout, in one transaction: a
// crash leaves the old layout or the new one. What is to be done before a change
// of a file that holds documents is done first.
func (s *Store) prepareFile(ctx context.Context, path string, before func(context.Context, *Store) error) error {
	isNew, err := checkHeader(ctx, s.writer.db, path)
	if err != nil {
		return s.refuseFile(ctx, path, err)
	}
	var mode string
	if err := s.writer.db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return s.refuseFile(ctx, path, err)
	}
	if mode != "wal" {
		return fault.New(fault.Unavailable, "data_dir_unusable", "The data directory's file system cannot keep a write-ahead log; use a local disk.")
	}
	if before != nil && !isNew {
		changing, err := s.willChange(ctx, s.writer.db)
		if err != nil {
			return s.refuseFile(ctx, path, err)
		}
		if changing {
			if err := before(ctx, s); err != nil {
				return err
			}
		}
	}
	tx, err := s.writer.db.BeginTx(ctx, nil)
	if err != nil {
		return s.refuseFile(ctx, path, err)
	}
	if err := s.layOut(ctx, tx, isNew); err != nil {
		return errors.Join(s.refuseFile(ctx, path, err), tx.Rollback())
	}
	return s.refuseFile(ctx, path, tx.Commit())
}

// willChange tells whether laying out would change a file that holds documents.
func (s *Store) willChange(ctx context.Context, db querier) (bool, error) {
	changing, holds := false, false
	for _, t := range s.tables {
		f, err := t.look(ctx, db)
		if err != nil {
			return false, err
		}
		changing = changing || !t.isLaidOut(f) || t.hasMore(f)
		if len(f.columns) == 0 || holds {
			continue
		}
		if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quote(t.collection.Name)+")").Scan(&holds); err != nil {
			return false, err
		}
	}
	return changing && holds, nil
}

// checkFile finds out whether a file that may only be read is laid out as
// declared.
func (s *Store) checkFile(ctx context.Context, path string) error {
	isNew, err := checkHeader(ctx, s.readers.db, path)
	if err != nil {
		return s.refuseFile(ctx, path, err)
	}
	for _, t := range s.tables {
		found, err := t.look(ctx, s.readers.db)
		if err != nil {
			return s.refuseFile(ctx, path, err)
		}
		if isNew || !t.isLaidOut(found) {
			return fault.New(fault.Unavailable, "data_file_outdated", "The file "+path+" was written by an older Holon; start this one on it once, so that it is brought up to date.")
		}
	}
	return nil
}

// refuseFile turns a failure to open into a fault, and leaves faults alone.
func (s *Store) refuseFile(ctx context.Context, path string, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || err == nil {
		return err
	}
	if fault.Is(s.refuse(ctx, err), fault.Unavailable) {
		return s.refuse(ctx, err)
	}
	if failed, ok := errors.AsType[*sqlite.Error](err); ok {
		switch failed.Code() & 0xff {
		case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY:
			return fault.Wrap(fault.Unavailable, "data_dir_unusable", "The file "+path+" cannot be opened; check the disk, and who may read the file and write beside it. Who only reads needs that too.", err)
		}
	}
	return fault.Wrap(fault.Internal, "data_file_unreadable", "The file "+path+" cannot be read as Holon's data; restore it from a backup, or move it away.", err)
}

// layOut marks a new file as ours and brings every table to its declaration.
func (s *Store) layOut(ctx context.Context, tx *sql.Tx, isNew bool) error {
	if isNew {
		header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, layoutVersion)
		if _, err := tx.ExecContext(ctx, header); err != nil {
			return err
		}
	}
	for _, t := range s.tables {
		if err := t.layOut(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// querier is what can be asked: a transaction or a pool.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkHeader refuses a file of another program or of a newer Holon, and tells
// whether the file is still empty.
func checkHeader(ctx context.Context, db querier, path string) (isNew bool, err error) {
	var app, version, tables int
	for text, into := range map[string]*int{
		"PRAGMA application_id":              &app,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, text).Scan(into); err != nil {
			return false, err
		}
	}
	switch {
	case app == 0 && version == 0 && tables == 0:
		return true, nil
	case app != applicationID:
		return false, fault.New(fault.Conflict, "foreign_data_file", "The file "+path+" belongs to another program; use another directory.")
	case version > layoutVersion:
		return false, fault.New(fault.Conflict, "newer_data_file", "The file "+path+" was written by a newer Holon; use that version.")
	}
	return false, nil
}
