package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/store"
)

func TestRecordsOfImportsAreKept(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		imports := store.NewImports(e)
		begun := session.ImportRecord{ID: "i-1", Rev: 1, Kind: "long", FileSHA: "5f", Rows: 12, By: "command-line", StartedAt: at(1), State: session.ImportRunning}
		must(t, imports.Insert(t.Context(), begun))
		must(t, imports.Insert(t.Context(), begun)) // the same attempt once more
		got, err := imports.Get(t.Context(), "i-1")
		must(t, err)
		if diff := cmp.Diff(begun, got); diff != "" {
			t.Error(diff)
		}
		if found := unfinished(t, e); found != 1 {
			t.Errorf("%d unfinished imports are reported", found)
		}
		done := begun
		done.Rev, done.State, done.EndedAt, done.Forms, done.Sessions = 2, session.ImportDone, new(at(2).Add(time.Second)), 7, 3
		must(t, imports.Replace(t.Context(), done, 1))
		if err := imports.Replace(t.Context(), session.ImportRecord{ID: "i-1", Rev: 2, Kind: "x", FileSHA: "5f", By: "other", StartedAt: at(1), State: session.ImportRunning}, 1); !fault.Is(err, fault.Stale) {
			t.Errorf("a stale replace: %v", err)
		}
		got, err = imports.Get(t.Context(), "i-1")
		must(t, err)
		if diff := cmp.Diff(done, got); diff != "" {
			t.Error(diff)
		}
		if found := unfinished(t, e); found != 0 {
			t.Errorf("%d unfinished imports are reported", found)
		}
		tamper(t, e, "imports", "i-1", drop("ended_at"))
		if _, err := imports.Get(t.Context(), "i-1"); fault.RuleOf(err) != "document_damaged" {
			t.Errorf("a record that is done and never ended: %v", err)
		}
	})
}

// unfinished counts the imports that an inspection reports as not finished.
func unfinished(t *testing.T, e store.Engine) (found int) {
	t.Helper()
	_, err := store.Inspect(t.Context(), e, func(x store.Problem) {
		if x.Rule == "import_unfinished" {
			found++
		}
	})
	must(t, err)
	return found
}
