package sqlitestore_test

import (
	"testing"

	"holon/internal/store"
	"holon/internal/store/enginetest"
	"holon/internal/store/sqlitestore"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, enginetest.Harness{
		Many: 700,
		Place: func(t *testing.T, collections []store.Collection) func(t *testing.T) store.Engine {
			t.Helper()
			dir := t.TempDir()
			return func(t *testing.T) store.Engine {
				t.Helper()
				return open(t, sqlitestore.Config{Dir: dir, Collections: collections})
			}
		},
	})
}

// open opens a store that is closed when the test ends.
func open(tb testing.TB, cfg sqlitestore.Config) *sqlitestore.Store {
	tb.Helper()
	s, err := sqlitestore.Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
