// Package sqlitestore is the embedded engine: one SQLite file in a directory
// of its own, with a table for each collection that holds id, revision, the
// values of the declared indexes and the BSON document itself. It needs no
// server and no C compiler.
//
// A write is durable when it returns: write-ahead log with synchronous=FULL
// (and F_FULLFSYNC where the system has it). There is one writing process at a
// time, which a lock file keeps; any number of others may read beside it. In
// the file, a missing index value is minus infinity, which sorts before every
// integer and every string and, unlike NULL, equals itself.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"holon/internal/fault"
	"holon/internal/store"
)

// fileName is the one data file in the data directory.
const fileName = "holon.db"

// Config says what to open.
type Config struct {
	Dir         string             // the data directory; a writer makes it if it is missing
	Collections []store.Collection // every collection that will be used
	ReadOnly    bool               // read beside a running writer; every write is refused

	// BeforeChange is called before the layout of a file that holds documents is
	// changed, with a store that can be copied; its error stops that. Nil changes.
	BeforeChange func(ctx context.Context, s *Store) error
}

// Store is a [store.Engine] over one SQLite file.
type Store struct {
	dir     string
	tables  map[string]*table
	readers *pool
	writer  *pool // nil when read-only
	lock    *writerLock
	ended   func() error // what else Close has to do; nil is nothing
	closed  atomic.Bool
}

var _ store.Engine = (*Store)(nil)

// Open opens the data directory, makes what is missing in it, and brings tables
// and indexes to what is declared. A second writer on one directory gets the
// fault "data_dir_in_use" (Conflict), which names the process that holds it.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, store.Broken(err)
	}
	s, err := newStore(cfg.Collections)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	if cfg.ReadOnly {
		err = s.openToRead(ctx, dir)
	} else {
		err = s.openToWrite(ctx, dir, cfg.BeforeChange)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// newStore makes a store of the declared collections that is not open yet.
func newStore(collections []store.Collection) (*Store, error) {
	s := &Store{tables: map[string]*table{}}
	for _, c := range collections {
		if err := c.Validate(); err != nil {
			return nil, err
		}
		s.tables[c.Name] = newTable(c)
	}
	return s, nil
}

// Dir returns the data directory.
func (s *Store) Dir() string { return s.dir }

// openToWrite takes the lock, makes the file and brings its layout up to date.
func (s *Store) openToWrite(ctx context.Context, dir string, before func(context.Context, *Store) error) error {
	if err := makePrivateDir(dir); err != nil {
		return fault.Wrap(fault.Unavailable, "data_dir_unusable", "The data directory "+dir+" cannot be made or written; check its path and who may write to it.", err)
	}
	var err error
	if s.lock, err = lockWriter(dir); err != nil {
		return err
	}
	if err := removeLeftovers(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, fileName)
	if err := makePrivateFile(dir, fileName); err != nil {
		return fault.Wrap(fault.Unavailable, "data_dir_unusable", "The file "+path+" cannot be made or written; check who may write to it.", err)
	}
	if s.writer, err = openPool(path, "rwc", 1); err != nil {
		return err
	}
	if err := s.prepareFile(ctx, path, before); err != nil {
		return err
	}
	s.readers, err = openPool(path, "ro", max(4, runtime.GOMAXPROCS(0)))
	return err
}

// openToRead opens an existing file and checks that it is laid out as declared.
func (s *Store) openToRead(ctx context.Context, dir string) error {
	if err := IsThere(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, fileName)
	var err error
	if s.readers, err = openPool(path, "ro", max(4, runtime.GOMAXPROCS(0))); err != nil {
		return err
	}
	return s.checkFile(ctx, path)
}

// IsThere refuses a directory that has no data file.
func IsThere(dir string) error {
	path := filepath.Join(dir, fileName)
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return noData(dir)
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, "data_dir_unusable", "The file "+path+" cannot be read; check who may read it.", err)
	}
	return nil
}

// noData is the answer where nothing was ever stored.
func noData(dir string) error {
	return fault.New(fault.NotFound, "no_data", "There are no Holon data in "+dir+".")
}

// makePrivateDir makes the data directory for this user alone. One that exists
// already keeps its mode; the files in it are private anyhow.
func makePrivateDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// makePrivateFile makes a file of the data directory for this user alone; SQLite
// gives the files beside the data file the same mode. A link that leads out of
// the directory is refused: whoever put it there chooses what is overwritten.
// The data file must not be opened like this while SQLite has it open in this
// process: closing it would drop SQLite's locks.
func makePrivateFile(dir, name string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return errors.Join(err, root.Close())
	}
	if err := errors.Join(f.Chmod(0o600), f.Close(), root.Close()); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a directory's new entries durable, where a system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir) //nolint:gosec // the operator says where
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// dataSource names the file with every setting of a connection.
func dataSource(path, mode string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	settings := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)",
		"synchronous(FULL)",
		"fullfsync(1)",
		"checkpoint_fullfsync(1)",
		"cache_size(-8000)",
		"trusted_schema(0)",
		"secure_delete(1)", // what was redacted or replaced is overwritten
	}}
	u.RawQuery = settings.Encode()
	return u.String()
}

// Ping tells whether the file can be read now.
func (s *Store) Ping(ctx context.Context) error {
	if s.closed.Load() {
		return store.Closed()
	}
	if err := s.readers.db.PingContext(ctx); err != nil {
		return s.refuse(ctx, err)
	}
	var one int
	if err := s.readers.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&one); err != nil {
		return s.refuse(ctx, err)
	}
	return nil
}

// Close waits for what runs, closes the file and gives the lock back. Closing
// again does nothing.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	if s.ended != nil {
		errs = append(errs, s.ended())
	}
	if err := errors.Join(errs...); err != nil {
		return store.Broken(err)
	}
	return nil
}

// table finds the table of a declared collection.
func (s *Store) table(c store.Collection) (*table, error) {
	if s.closed.Load() {
		return nil, store.Closed()
	}
	t, ok := s.tables[c.Name]
	if !ok {
		return nil, store.Broken(fmt.Errorf("collection %s was not declared to Open", c.Name))
	}
	return t, nil
}

// pool is a set of connections and the statements prepared on them.
type pool struct {
	db         *sql.DB
	statements *statements
}

// openPool opens at most limit connections, which stay open.
func openPool(path, mode string, limit int) (*pool, error) {
	db, err := sql.Open("sqlite", dataSource(path, mode))
	if err != nil {
		return nil, store.Broken(err)
	}
	db.SetMaxOpenConns(limit)
	db.SetMaxIdleConns(limit)
	return &pool{db: db, statements: &statements{db: db, byText: map[string]*sql.Stmt{}}}, nil
}

// close ends the pool once what runs on it has ended.
func (p *pool) close() error {
	return errors.Join(p.statements.close(), p.db.Close())
}
