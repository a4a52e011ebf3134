package sqlitestore_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// traces counts how often a text stands in the files of a directory.
func traces(t *testing.T, dir, text string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		n += bytes.Count(content, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAScrubLeavesOnlyWhatIsStoredWhileOthersRead(t *testing.T) {
	t.Parallel()
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	s := open(t, cfg)
	for i := range 200 {
		put(t, s, note(t, fmt.Sprintf("n-%03d", i), 1, bson.E{Key: "text", Value: strings.Repeat("secret", 1+i)}))
	}
	beside := open(t, sqlitestore.Config{Dir: cfg.Dir, Collections: cfg.Collections, ReadOnly: true})
	for i := range 200 {
		d := note(t, fmt.Sprintf("n-%03d", i), 2, bson.E{Key: "text", Value: "public"})
		if err := s.Replace(t.Context(), notes(), d, 1); err != nil {
			t.Fatal(err)
		}
	}
	if traces(t, cfg.Dir, "secret") == 0 {
		t.Error("there is nothing to scrub, so this proves nothing")
	}
	killed := filepath.Join(cfg.Dir, "holon-snapshot.db") // a backup's
	if err := os.WriteFile(killed, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, kept := traces(t, cfg.Dir, "secret"), traces(t, cfg.Dir, "public"); n > 0 || kept != 200 {
		t.Errorf("%d traces; %d of 200 that are stored", n, kept)
	}
	if d, err := beside.Get(t.Context(), notes(), "n-007", nil); err != nil || d.Rev != 2 {
		t.Errorf("who reads beside it finds revision %d, %v", d.Rev, err)
	}
	if err := beside.Scrub(t.Context()); fault.RuleOf(err) != "opened_read_only" {
		t.Errorf("scrubbed by a reader: %v", err)
	}
}
