package sqlitestore

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"holon/internal/fault"
	"holon/internal/store"
)

// TestMain finds goroutines that outlive their store.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openForTest opens the real collections.
func openForTest(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), Collections: store.Collections()})
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

func TestEveryConnectionHasTheSettingsThatKeepDataSafe(t *testing.T) {
	t.Parallel()
	s := openForTest(t)
	for name, p := range map[string]*pool{"writer": s.writer, "readers": s.readers} {
		for setting, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "fullfsync": "1", "checkpoint_fullfsync": "1", "busy_timeout": "5000", "trusted_schema": "0", "secure_delete": "1",
		} {
			var got string
			if err := p.db.QueryRowContext(t.Context(), "PRAGMA "+setting).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %q, %v; want %q", name, setting, got, err, want)
			}
		}
	}
	if _, err := s.readers.db.ExecContext(t.Context(), "DELETE FROM groups"); err == nil {
		t.Error("a reading connection can write")
	}
}

func TestAnOperationThatCloseOvertakesIsUnavailable(t *testing.T) {
	t.Parallel()
	s := openForTest(t)
	groups := s.tables["groups"]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.exec(t.Context(), groups.remove, []any{"a", 1})
	if err == nil || fault.RuleOf(s.refuse(t.Context(), err)) != "store_closed" {
		t.Errorf("%v", err)
	}
}

func TestNoDeclaredQuerySortsOrScans(t *testing.T) {
	t.Parallel()
	s := openForTest(t)
	for _, c := range store.Collections() {
		for _, x := range append([]store.Index{{}}, c.Indexes...) {
			declared, err := c.Index(x.Name)
			if err != nil {
				t.Fatal(err)
			}
			for equal := range len(x.Fields) + 1 {
				for variant := range 4 {
					p := store.Plan{Index: declared, Keys: declared.Keys(), Equal: make([]any, equal)}
					after := variant&1 == 1 && equal < len(p.Keys)
					text := s.tables[c.Name].selectPage(p, variant&2 == 2, after)
					plan := explain(t.Context(), t, s, text)
					constrained := equal > 0 || after
					if strings.Contains(plan, "TEMP B-TREE") || constrained && !strings.Contains(plan, "SEARCH") || !strings.Contains(plan, "USING INDEX") {
						t.Errorf("%s\n%s", text, plan)
					}
				}
			}
		}
	}
}

// explain returns how SQLite would answer a text.
func explain(ctx context.Context, t *testing.T, s *Store, text string) string {
	t.Helper()
	args := make([]any, strings.Count(text, "?"))
	for i := range args {
		args[i] = int64(1)
	}
	rows, err := s.readers.db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close() //nolint:errcheck // only read
	plan := ""
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan += fmt.Sprintln(detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}
