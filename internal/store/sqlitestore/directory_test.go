package sqlitestore_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// notes is a collection with the indexes given.
func notes(indexes ...store.Index) store.Collection {
	return store.Collection{Name: "notes", Indexes: indexes}
}

// note makes a document of it.
func note(tb testing.TB, id string, rev int64, rest ...bson.E) store.Document {
	tb.Helper()
	body, err := bson.Marshal(append(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}, rest...))
	if err != nil {
		tb.Fatal(err)
	}
	return store.Document{ID: id, Rev: rev, Body: body}
}

// put stores documents that must be accepted.
func put(tb testing.TB, s *sqlitestore.Store, docs ...store.Document) {
	tb.Helper()
	for _, d := range docs {
		if err := s.Insert(tb.Context(), notes(), d); err != nil {
			tb.Fatal(err)
		}
	}
}

// wantRefused opens and expects a fault of this rule, whose text names what is
// given.
func wantRefused(t *testing.T, cfg sqlitestore.Config, rule string, named ...string) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), cfg)
	if err == nil {
		t.Fatalf("opened, want %s (close: %v)", rule, s.Close())
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Rule() != rule {
		t.Fatalf("got %v, want %s", err, rule)
	}
	for _, n := range named {
		if !strings.Contains(e.Detail(), n) {
			t.Errorf("%q does not name %q", e.Detail(), n)
		}
	}
}

func TestASecondWriterIsRefusedAndReadersAreNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}}
	writer := open(t, cfg)
	put(t, writer, note(t, "a", 1))
	wantRefused(t, cfg, "data_dir_in_use", "pid "+strconv.Itoa(os.Getpid()), dir)

	cfg.ReadOnly = true
	reader := open(t, cfg)
	put(t, writer, note(t, "b", 1)) // while the reader is open
	if err := writer.Replace(t.Context(), notes(), note(t, "a", 2), 1); err != nil {
		t.Fatal(err)
	}
	for id, rev := range map[string]int64{"a": 2, "b": 1} {
		if d, err := reader.Get(t.Context(), notes(), id, nil); err != nil || d.Rev != rev {
			t.Errorf("the reader sees %s in revision %d, %v; want %d", id, d.Rev, err, rev)
		}
	}
	for what, err := range map[string]error{
		"insert":  reader.Insert(t.Context(), notes(), note(t, "c", 1)),
		"replace": reader.Replace(t.Context(), notes(), note(t, "a", 3), 2),
		"delete":  reader.Delete(t.Context(), notes(), "a", 2),
	} {
		if fault.RuleOf(err) != "opened_read_only" {
			t.Errorf("%s through a reader: %v", what, err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err := reader.Get(t.Context(), notes(), "b", nil); err != nil || d.Rev != 1 {
		t.Errorf("the reader outlives the writer: %v", err)
	}
	cfg.ReadOnly = false
	put(t, open(t, cfg), note(t, "d", 1))
	if _, err := reader.Get(t.Context(), notes(), "d", nil); err != nil {
		t.Errorf("the reader sees the next writer: %v", err)
	}
}

func TestReadingAloneAfterACleanEnd(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	writer := open(t, cfg)
	put(t, writer, note(t, "a", 1))
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.ReadOnly = true
	if _, err := open(t, cfg).Get(t.Context(), notes(), "a", nil); err != nil {
		t.Error(err)
	}
}

func TestReadingNothingMakesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "absent")
	wantRefused(t, sqlitestore.Config{Dir: dir, ReadOnly: true}, "no_data", dir)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the directory was made: %v", err)
	}
}

func TestDirectoryAndFilesArePrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes are not used here")
	}
	dir := filepath.Join(t.TempDir(), "with space, % and ?", "data")
	s := open(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}})
	put(t, s, note(t, "a", 1))
	found := map[string]os.FileMode{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = info.Mode()
	}
	want := map[string]os.FileMode{"holon.db": 0o600, "holon.db-wal": 0o600, "holon.db-shm": 0o600, "holon.lock": 0o600, "holon.pid": 0o600}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", info.Mode(), err)
	}
}

func TestALinkOutOfTheDirectoryIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"holon.db", "holon.lock", "holon.pid"} {
		dir := t.TempDir()
		elsewhere := filepath.Join(t.TempDir(), "precious")
		if err := os.WriteFile(elsewhere, []byte("kept"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here")
		}
		cfg := sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}}
		for range 2 { // the lock is given back
			wantRefused(t, cfg, "data_dir_unusable", dir)
		}
		info, err := os.Stat(elsewhere)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(elsewhere); err != nil || string(text) != "kept" || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: the file it leads to holds %q with mode %v, %v", name, text, info.Mode(), err)
		}
	}
	// The data directory itself may be a link.
	target, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	put(t, open(t, sqlitestore.Config{Dir: link, Collections: []store.Collection{notes()}}), note(t, "a", 1))
}

func TestAFileThatCannotBeOpenedIsNotCalledDamaged(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	if err := os.Mkdir(filepath.Join(cfg.Dir, "holon.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, cfg, "data_dir_unusable", cfg.Dir)
	cfg.ReadOnly = true
	wantRefused(t, cfg, "data_dir_unusable", cfg.Dir)
}

func TestAFileOfAnotherProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, setUp := range map[string]string{
		"foreign_data_file": "CREATE TABLE recipes (name TEXT)",
		"newer_data_file":   "PRAGMA application_id = 0x486f6c6e; PRAGMA user_version = 99",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "holon.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), setUp); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		wantUntouched(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}}, path, name)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "holon.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	wantUntouched(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}}, path, "data_file_unreadable")
}

func TestWhatWasReplacedOrDeletedIsNotLeftInTheFile(t *testing.T) {
	t.Parallel()
	const secret = "not for anybody any more"
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	s := open(t, cfg)
	for i := range 50 {
		put(t, s, note(t, strconv.Itoa(i), 1, bson.E{Key: "text", Value: strings.Repeat(secret, 1+40*i)}))
	}
	for i := range 50 {
		err := s.Delete(t.Context(), notes(), strconv.Itoa(i), 1)
		if i%2 == 0 {
			put(t, s, note(t, strconv.Itoa(i), 1))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if text, err := os.ReadFile(filepath.Join(cfg.Dir, entry.Name())); err != nil || strings.Contains(string(text), secret) {
			t.Errorf("%s still holds it (%v)", entry.Name(), err)
		}
	}
}

// wantUntouched expects both ways of opening to be refused without changing the
// file, and the lock to be free again.
func wantUntouched(t *testing.T, cfg sqlitestore.Config, path, rule string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		wantRefused(t, cfg, rule, path)
	}
	cfg.ReadOnly = true
	wantRefused(t, cfg, rule, path)
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("%s: the file was changed (%v)", rule, err)
	}
}
