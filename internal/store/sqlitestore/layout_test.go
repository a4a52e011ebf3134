package sqlitestore_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// colour makes a note of one colour.
func colour(tb testing.TB, id string, rev int64, colour string) store.Document {
	tb.Helper()
	return note(tb, id, rev, bson.E{Key: "colour", Value: colour})
}

// byColour lists the ids in the order of the index "colour".
func byColour(t *testing.T, s *sqlitestore.Store, c store.Collection) []string {
	t.Helper()
	var ids []string
	for d, err := range s.Query(t.Context(), store.Query{Collection: c, Index: "colour"}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	return ids
}

func TestAnIndexAddedLaterIsFilledAndOneRemovedIsForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	indexed := notes(store.Index{Name: "colour", Fields: []string{"colour"}})
	with := func(c store.Collection, do func(s *sqlitestore.Store)) {
		s := open(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{c}})
		do(s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	with(notes(), func(s *sqlitestore.Store) {
		put(t, s, colour(t, "a", 1, "red"), colour(t, "b", 1, "blue"), note(t, "c", 1))
		for i := range 200 { // more than one page to fill
			put(t, s, colour(t, fmt.Sprintf("z%03d", i), 1, "white"))
		}
	})
	with(indexed, func(s *sqlitestore.Store) {
		if diff := cmp.Diff([]string{"c", "b", "a", "z000"}, byColour(t, s, indexed)[:4]); diff != "" {
			t.Errorf("added later (-want +got):\n%s", diff)
		}
		if n := len(byColour(t, s, indexed)); n != 203 {
			t.Errorf("the index holds %d documents, want 203", n)
		}
	})
	with(notes(), func(s *sqlitestore.Store) { // an older program in between
		if err := s.Replace(t.Context(), notes(), colour(t, "a", 2, "azure"), 1); err != nil {
			t.Fatal(err)
		}
	})
	with(indexed, func(s *sqlitestore.Store) {
		if diff := cmp.Diff([]string{"c", "a", "b"}, byColour(t, s, indexed)[:3]); diff != "" {
			t.Errorf("added again (-want +got):\n%s", diff)
		}
	})
	unique := notes(store.Index{Name: "colour", Fields: []string{"colour"}, Unique: true})
	wantRefused(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{unique}}, "index_impossible", "notes")
	with(indexed, func(s *sqlitestore.Store) { // as it was
		if n := len(byColour(t, s, indexed)); n != 203 {
			t.Errorf("after the refusal the index holds %d documents, want 203", n)
		}
	})
}

func TestReadingAnOlderFileAsksForAWriterOnce(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	if err := open(t, cfg).Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Collections = []store.Collection{notes(store.Index{Name: "colour", Fields: []string{"colour"}})}
	cfg.ReadOnly = true
	wantRefused(t, cfg, "data_file_outdated", cfg.Dir)
	cfg.ReadOnly = false
	if err := open(t, cfg).Close(); err != nil {
		t.Fatal(err)
	}
	cfg.ReadOnly = true
	open(t, cfg)
}

func TestADamagedDocumentStopsNeitherTheStartNorAStream(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	s := open(t, cfg)
	put(t, s, colour(t, "a", 1, "red"), colour(t, "b", 1, "blue"), colour(t, "c", 1, "green"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(cfg.Dir, "holon.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE notes SET doc = x'0102' WHERE id = 'b'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	indexed := notes(store.Index{Name: "colour", Fields: []string{"colour"}})
	cfg.Collections = []store.Collection{indexed}
	s = open(t, cfg)
	if diff := cmp.Diff([]string{"b", "c", "a"}, byColour(t, s, indexed)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if d, err := s.Get(t.Context(), indexed, "b", nil); err != nil || string(d.Body) != "\x01\x02" {
		t.Errorf("the damaged one is given as it is: %x, %v", d.Body, err)
	}
}
