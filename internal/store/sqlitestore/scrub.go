package sqlitestore

import (
	"context"
	"errors"
	"strings"

	"holon/internal/fault"
	"holon/internal/store"
)

var _ store.Scrubber = (*Store)(nil)

// Scrub leaves nothing in the data file and its log but what is stored now. To
// overwrite what is deleted (secure_delete) is not enough: the log keeps every
// version of a page until it is begun anew, and a page that was rearranged may
// keep what was moved. So the file is written anew, and the log is cut to
// nothing. While somebody reads an old version the log cannot be cut; that is
// waited for, as long as connections wait, and then answered with
// "scrub_blocked" (Unavailable). The snapshot that a killed backup left beside the
// file goes, too.
func (s *Store) Scrub(ctx context.Context) error {
	switch {
	case s.closed.Load():
		return store.Closed()
	case s.writer == nil:
		return store.OpenedReadOnly()
	}
	if err := removeLeftovers(s.dir); err != nil {
		return err
	}
	if err := s.vacuum(ctx); err != nil {
		return s.refuse(ctx, err)
	}
	var busy, pages, moved int
	if err := s.writer.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
		return s.refuse(ctx, err)
	}
	if busy != 0 {
		return fault.New(fault.Unavailable, "scrub_blocked", "Another process reads the data, so traces of what was overwritten cannot be removed yet. End what reads them, such as an export, and try again.")
	}
	return nil
}

// vacuum writes the file anew. SQLite does that over a nameless file of the same
// size, which would otherwise lie wherever the system has its temporary files: on
// another disk perhaps, that nobody thought of encrypting.
func (s *Store) vacuum(ctx context.Context) (err error) {
	if err := s.keepTemporaryFiles(ctx, s.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.keepTemporaryFiles(context.WithoutCancel(ctx), "")) }()
	_, err = s.writer.db.ExecContext(ctx, "VACUUM")
	return err
}

// keepTemporaryFiles says where SQLite puts them; "" is where the system has its
// own.
func (s *Store) keepTemporaryFiles(ctx context.Context, dir string) error {
	_, err := s.writer.db.ExecContext(ctx, "PRAGMA temp_store_directory = '"+strings.ReplaceAll(dir, "'", "''")+"'")
	return err
}
