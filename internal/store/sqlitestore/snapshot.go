package sqlitestore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"

	"holon/internal/fault"
	"holon/internal/store"
)

// While a backup runs, the data directory holds its lock, and for a moment the
// snapshot.
const (
	backupLockName = "holon-backup.lock"
	snapshotName   = "holon-snapshot.db"
)

// OpenSnapshot opens the data as they are at one instant, beside a running
// writer. VACUUM INTO copies them, at the speed of the disk, into a file of the
// data directory that only this user can read; a slow reader of the snapshot
// holds up nobody. The file's name is gone when OpenSnapshot returns, and the
// file with Close or the end of the process (on Windows, both with Close). What a
// crash leaves is removed by the next snapshot or the next writer.
//
// A file of an older layout is opened too: only the copy is laid out anew. A
// second snapshot at once is the Conflict "backup_running".
func OpenSnapshot(ctx context.Context, cfg Config) (s *Store, err error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, store.Broken(err)
	}
	if err := IsThere(dir); err != nil {
		return nil, err
	}
	if s, err = newStore(cfg.Collections); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
			s = nil
		}
	}()
	lock, err := lockBackup(dir)
	if err != nil {
		return s, err
	}
	path := filepath.Join(dir, snapshotName)
	s.ended = func() error { return errors.Join(removeDatabase(path), lock.Unlock()) }
	if err := removeDatabase(path); err != nil {
		return s, unusable(path, err)
	}
	if err := copyData(ctx, filepath.Join(dir, fileName), dir, snapshotName); err != nil {
		return s, err
	}
	if err := s.layOutSnapshot(ctx, path); err != nil {
		return s, err
	}
	if s.readers, err = openPool(path, "ro", 1); err != nil {
		return s, err
	}
	if err := s.readers.db.PingContext(ctx); err != nil { // the one connection, from now on
		return s, s.refuseFile(ctx, path, err)
	}
	if runtime.GOOS != "windows" {
		err = os.Remove(path)
	}
	return s, err
}

// layOutSnapshot brings the copy to the declared layout.
func (s *Store) layOutSnapshot(ctx context.Context, path string) error {
	p, err := openPool(path, "rw", 1)
	if err != nil {
		return err
	}
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(s.refuseFile(ctx, path, err), p.close())
	}
	if err := s.layOut(ctx, tx, false); err != nil {
		return errors.Join(s.refuseFile(ctx, path, err), tx.Rollback(), p.close())
	}
	return errors.Join(s.refuseFile(ctx, path, tx.Commit()), p.close())
}

// copyData copies a data file of ours as it is at one instant into a new private
// file of a directory.
func copyData(ctx context.Context, from, dir, name string) error {
	var s Store // for its way with errors
	source, err := openPool(from, "ro", 1)
	if err != nil {
		return err
	}
	isNew, err := checkHeader(ctx, source.db, from)
	if err == nil && isNew {
		err = noData(filepath.Dir(from))
	}
	if err != nil {
		return errors.Join(s.refuseFile(ctx, from, err), source.close())
	}
	return errors.Join(vacuumInto(ctx, source, dir, name), source.close())
}

// vacuumInto writes what a connection sees into a new private file, durably.
func vacuumInto(ctx context.Context, p *pool, dir, name string) error {
	path := filepath.Join(dir, name)
	if err := makePrivateFile(dir, name); err != nil { // empty, which SQLite takes for new
		return unusable(path, err)
	}
	var s Store
	if _, err := p.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(s.refuseFile(ctx, path, err), removeDatabase(path))
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0o600) //nolint:gosec // our own file
	if err != nil {
		return unusable(path, err)
	}
	if err := errors.Join(f.Sync(), f.Close(), syncDir(dir)); err != nil {
		return unusable(path, err)
	}
	return nil
}

// CopyInto writes a whole copy of the data file into a directory, which is made
// if it is missing, and returns its path. The copy is there whole or not at all;
// one of the same name is not overwritten.
func (s *Store) CopyInto(ctx context.Context, dir, name string) (string, error) {
	if s.closed.Load() || s.writer == nil {
		return "", store.OpenedReadOnly()
	}
	path, part := filepath.Join(dir, name), "."+name+".part"
	if err := makePrivateDir(dir); err != nil {
		return "", unusable(dir, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Conflict, "copy_exists", "There is a file "+path+" already; nothing was overwritten.")
	}
	if err := removeDatabase(filepath.Join(dir, part)); err != nil {
		return "", unusable(dir, err)
	}
	if err := vacuumInto(ctx, s.writer, dir, part); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(dir, part), path); err != nil {
		return "", unusable(path, err)
	}
	if err := syncDir(dir); err != nil {
		return "", unusable(dir, err)
	}
	return path, nil
}

// lockBackup takes the right to make a snapshot.
func lockBackup(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, backupLockName), flock.SetPermissions(0o600))
	taken, err := false, makePrivateFile(dir, backupLockName)
	if err == nil {
		taken, err = lock.TryLock()
	}
	if err != nil {
		return nil, unusable(filepath.Join(dir, backupLockName), err)
	}
	if !taken {
		return nil, fault.New(fault.Conflict, "backup_running", "Another backup of "+dir+" is running; wait until it has ended.")
	}
	return lock, nil
}

// removeLeftovers removes the snapshot of a backup that was killed, and leaves
// that of a running one alone.
func removeLeftovers(dir string) error {
	path := filepath.Join(dir, snapshotName)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	lock, err := lockBackup(dir)
	if fault.RuleOf(err) == "backup_running" {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(removeDatabase(path), lock.Unlock()); err != nil {
		return unusable(path, err)
	}
	return nil
}

// hasLeftover tells whether a killed backup left its snapshot.
func hasLeftover(dir string) (bool, error) {
	if _, err := os.Lstat(filepath.Join(dir, snapshotName)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	lock, err := lockBackup(dir)
	if fault.RuleOf(err) == "backup_running" {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, lock.Unlock()
}

// removeDatabase removes a file of SQLite's and what it may have left beside it.
func removeDatabase(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// unusable is the answer where a file or directory cannot be made or written.
func unusable(path string, err error) error {
	return fault.Wrap(fault.Unavailable, "data_dir_unusable", path+" cannot be made or written; check the disk and who may write there.", err)
}
