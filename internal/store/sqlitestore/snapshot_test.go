package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// snapshot opens a snapshot, closed when the test ends.
func snapshot(t *testing.T, cfg sqlitestore.Config) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.OpenSnapshot(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// entries lists what is in a directory.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestASnapshotShowsOneInstantAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	writer := open(t, cfg)
	put(t, writer, note(t, "a", 1), note(t, "b", 1))
	s := snapshot(t, cfg)
	put(t, writer, note(t, "c", 1))
	if err := writer.Replace(t.Context(), notes(), note(t, "a", 2), 1); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Get(t.Context(), notes(), "a", nil); err != nil || d.Rev != 1 {
		t.Errorf("the snapshot shows revision %d, %v", d.Rev, err)
	}
	if _, err := s.Get(t.Context(), notes(), "c", nil); err == nil {
		t.Error("the snapshot shows what came later")
	}
	if err := s.Insert(t.Context(), notes(), note(t, "d", 1)); err == nil {
		t.Error("a snapshot was written to")
	}
	if runtime.GOOS != "windows" && slices.Contains(entries(t, cfg.Dir), "holon-snapshot.db") {
		t.Error("the snapshot's file has a name while it is read")
	}
	_, err := sqlitestore.OpenSnapshot(t.Context(), cfg)
	wantRule(t, err, "backup_running")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := entries(t, cfg.Dir); slices.ContainsFunc(left, func(n string) bool { return strings.HasPrefix(n, "holon-snapshot") }) {
		t.Errorf("left behind: %v", left)
	}
	if _, err := snapshot(t, cfg).Get(t.Context(), notes(), "c", nil); err != nil {
		t.Errorf("the next snapshot: %v", err)
	}
}

// wantRule expects a fault.
func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), rule) {
		t.Errorf("got %v, want %s", err, rule)
	}
}

func TestASnapshotOfAnOlderLayoutLeavesTheFileAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := open(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}})
	put(t, old, colour(t, "a", 1, "red"), colour(t, "b", 1, "blue"))
	indexed := notes(store.Index{Name: "colour", Fields: []string{"colour"}})
	s := snapshot(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{indexed}})
	if got := byColour(t, s, indexed); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("by colour: %v", got)
	}
	if err := errors.Join(s.Close(), old.Close()); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{indexed}, ReadOnly: true}, "data_file_outdated")
}

func TestWhatAKilledBackupLeftIsFoundAndRemoved(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	if err := open(t, cfg).Close(); err != nil {
		t.Fatal(err)
	}
	plant := func() {
		for _, name := range []string{"holon-snapshot.db", "holon-snapshot.db-journal"} {
			if err := os.WriteFile(filepath.Join(cfg.Dir, name), []byte("half of it"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone := func(what string) {
		t.Helper()
		if left := entries(t, cfg.Dir); slices.ContainsFunc(left, func(n string) bool { return strings.HasPrefix(n, "holon-snapshot") }) {
			t.Errorf("%s left %v", what, left)
		}
	}
	plant()
	reading := cfg
	reading.ReadOnly = true
	if got := checked(t, open(t, reading)); !slices.Equal(got, []string{"snapshot_left file/holon-snapshot.db"}) {
		t.Errorf("found %v", got)
	}
	if err := snapshot(t, cfg).Close(); err != nil {
		t.Fatal(err)
	}
	gone("the next backup")
	plant()
	open(t, cfg)
	gone("the next writer")
}

// checked lists what a store finds in itself.
func checked(t *testing.T, s *sqlitestore.Store) []string {
	t.Helper()
	var found []string
	if err := s.Check(t.Context(), func(p store.Problem) { found = append(found, p.Rule+" "+p.Collection+"/"+p.ID) }); err != nil {
		t.Fatal(err)
	}
	return found
}

// lostRow takes a document out of the table and leaves it in the index, by making
// the index a partial one for as long as that takes.
const lostRow = `PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = sql || ' WHERE id <> ''a''' WHERE name = 'notes_by_colour'` +
	"\nDELETE FROM notes WHERE id = 'a'\n" +
	`PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = replace(sql, ' WHERE id <> ''a''', '') WHERE name = 'notes_by_colour'`

func TestAFileThatContradictsItselfIsFound(t *testing.T) {
	t.Parallel()
	indexed := notes(store.Index{Name: "colour", Fields: []string{"colour"}})
	for name, tc := range map[string]struct {
		damage string
		want   []string
	}{
		"nothing":                      {"", nil},
		"another index value":          {"UPDATE notes SET k_colour = 'green' WHERE id = 'a'", []string{"index_contradicts notes/a"}},
		"an index value that is gone":  {"UPDATE notes SET k_colour = -1e999 WHERE id = 'a'", []string{"index_contradicts notes/a"}},
		"a document damaged elsewhere": {"UPDATE notes SET doc = x'0102' WHERE id = 'a'", nil},
		"an index with a row too many": {lostRow, []string{"file_damaged file/holon.db"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{indexed}}
			s := open(t, cfg)
			put(t, s, colour(t, "a", 1, "red"), colour(t, "b", 1, "blue"), note(t, "c", 1))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			for text := range strings.SplitSeq(tc.damage, "\n") {
				behind(t, cfg.Dir, text)
			}
			cfg.ReadOnly = true
			if got := checked(t, open(t, cfg)); !slices.Equal(got, tc.want) {
				t.Errorf("found %v, want %v", got, tc.want)
			}
		})
	}
}

// behind changes the file behind the store's back.
func behind(t *testing.T, dir, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "holon.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), text)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestACopyIsMadeBeforeTheLayoutOfDocumentsChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	indexed := notes(store.Index{Name: "colour", Fields: []string{"colour"}})
	calls, copied, filled := 0, "", false
	cfg := sqlitestore.Config{Dir: dir, BeforeChange: func(ctx context.Context, s *sqlitestore.Store) error {
		calls++
		path, err := s.CopyInto(ctx, filepath.Join(dir, "backups"), "before.db")
		copied = path
		return err
	}}
	start := func(c ...store.Collection) error {
		cfg.Collections = c
		s, err := sqlitestore.Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		if len(c) == 2 && !filled {
			put(t, s, colour(t, "a", 1, "red"))
			filled = true
		}
		return s.Close()
	}
	more := store.Collection{Name: "more"}
	for _, c := range [][]store.Collection{{notes()}, {indexed}, {indexed, more}, {indexed, more}} { // new; empty; empty, then filled; the same
		if err := start(c...); err != nil || calls != 0 {
			t.Fatalf("%v: %d calls, %v", c, calls, err)
		}
	}
	if err := start(notes(), more); err != nil || calls != 1 { // an index less
		t.Fatalf("%d calls, %v", calls, err)
	}
	info, err := os.Stat(copied)
	if err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("the copy: %v, %v", info, err)
	}
	// The copy is the data file as it was: put into a directory, it is the store.
	text, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	if err := os.WriteFile(filepath.Join(old, "holon.db"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, sqlitestore.Config{Dir: old, Collections: []store.Collection{indexed, more}, BeforeChange: func(context.Context, *sqlitestore.Store) error {
		t.Error("the copy is not of the old layout")
		return nil
	}})
	if got := byColour(t, s, indexed); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the copy holds %v", got)
	}
	// A name that is taken is not overwritten, and then nothing is changed.
	wantRule(t, start(indexed, more), "copy_exists")
	wantRefused(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{indexed, more}, ReadOnly: true}, "data_file_outdated")
}

func TestManyDocumentsAreStoredAllOrNone(t *testing.T) {
	t.Parallel()
	s := open(t, sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}})
	if err := s.InsertAll(t.Context(), notes(), []store.Document{note(t, "a", 1), note(t, "b", 7)}); err != nil {
		t.Fatal(err)
	}
	wantRule(t, s.InsertAll(t.Context(), notes(), []store.Document{note(t, "c", 1), note(t, "a", 1)}), "id_taken")
	if _, err := s.Get(t.Context(), notes(), "c", nil); err == nil {
		t.Error("half of it was stored")
	}
	if d, err := s.Get(t.Context(), notes(), "b", nil); err != nil || d.Rev != 7 {
		t.Errorf("%v, %v", d, err)
	}
	put(t, s, note(t, "c", 1)) // the writer goes on
}
