package sqlitestore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// nameless lists SQLite's temporary files that this process has open. Their names
// are gone, and Linux still tells where they are.
func nameless() []string {
	open, _ := filepath.Glob("/proc/self/fd/*") // the pattern is right
	var out []string
	for _, fd := range open {
		if at, err := os.Readlink(fd); err == nil && strings.Contains(at, "etilqs_") {
			out = append(out, at)
		}
	}
	return out
}

// Not parallel: other tests' scrubs are this process's, too.
func TestWhatAScrubWritesMeanwhileIsInTheDataDirectory(t *testing.T) { //nolint:paralleltest // see above
	cfg := sqlitestore.Config{Dir: t.TempDir(), Collections: []store.Collection{notes()}}
	s := open(t, cfg)
	var all []store.Document
	for i := range 200 {
		all = append(all, note(t, fmt.Sprintf("n-%03d", i), 1, bson.E{Key: "text", Value: strings.Repeat("secret", 20_000)}))
	}
	if err := s.InsertAll(t.Context(), notes(), all); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for range 20 {
		var ended atomic.Bool
		result := make(chan error, 1)
		go func() {
			result <- s.Scrub(t.Context())
			ended.Store(true)
		}()
		for !ended.Load() {
			for _, at := range nameless() {
				if seen++; !strings.HasPrefix(at, cfg.Dir) {
					t.Fatalf("a file of all data is at %s", at)
				}
			}
		}
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		if seen > 0 {
			return
		}
	}
	t.Error("no temporary file was seen, so this proves nothing")
}
