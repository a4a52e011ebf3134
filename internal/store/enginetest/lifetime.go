package enginetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/store"
)

// testDoneContext calls everything with a context that is done.
func testDoneContext(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, plain(), document(t, "a", 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantAllUnavailable(ctx, t, e)
	wantDocument(t, e, plain(), document(t, "a", 1))
	wantFault(t, "nothing was inserted", getError(t.Context(), e, plain(), "new"), fault.NotFound, "")
}

// wantAllUnavailable calls every method and expects Unavailable.
func wantAllUnavailable(ctx context.Context, t *testing.T, e store.Engine) {
	t.Helper()
	wantFault(t, "insert", e.Insert(ctx, plain(), document(t, "new", 1)), fault.Unavailable, "")
	wantFault(t, "replace", e.Replace(ctx, plain(), document(t, "a", 2), 1), fault.Unavailable, "")
	wantFault(t, "delete", e.Delete(ctx, plain(), "a", 1), fault.Unavailable, "")
	wantFault(t, "get", getError(ctx, e, plain(), "a"), fault.Unavailable, "")
	wantFault(t, "ping", e.Ping(ctx), fault.Unavailable, "")
	docs, err := collect(ctx, e, store.Query{Collection: plain()})
	wantFault(t, "query", err, fault.Unavailable, "")
	if len(docs) > 0 {
		t.Errorf("query gave documents: %v", ids(docs))
	}
}

// testCancelInsideStream cancels after the second document.
func testCancelInsideStream(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, plain(), many(t, h.Many)...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen, failures := 0, 0
	for _, err := range e.Query(ctx, store.Query{Collection: plain()}) {
		if err != nil {
			failures++
			wantFault(t, "the stream's end", err, fault.Unavailable, "")
			continue
		}
		if seen++; seen == 2 {
			cancel()
		}
	}
	if seen != 2 || failures != 1 {
		t.Errorf("saw %d documents and %d errors, want 2 and 1", seen, failures)
	}
	wantDocument(t, e, plain(), many(t, h.Many)[0])
}

// testClosed calls everything on a closed engine.
func testClosed(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, plain(), document(t, "a", 1))
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	wantAllUnavailable(t.Context(), t, e)
}

// testCloseInUse closes while others read and write until they are refused,
// and finds every acknowledged write after opening again.
func testCloseInUse(t *testing.T, h Harness) {
	t.Helper()
	open := h.Place(t, Collections())
	e := open(t)
	insert(t, e, plain(), document(t, "a", 1))
	const workers = 4
	acknowledged := make([]int64, workers)
	var started sync.WaitGroup
	started.Add(workers)
	errs := together(workers+1, func(i int) error {
		if i == workers {
			started.Wait()
			return e.Close()
		}
		for n := int64(1); ; n++ {
			_, err := collect(t.Context(), e, store.Query{Collection: plain()})
			if err == nil {
				err = getError(t.Context(), e, plain(), "a")
			}
			if err == nil {
				err = e.Insert(t.Context(), plain(), document(t, fmt.Sprintf("w%d-%d", i, n), 1))
			}
			if n == 1 {
				started.Done()
			}
			if err != nil {
				return err
			}
			acknowledged[i] = n
		}
	})
	if errs[workers] != nil {
		t.Errorf("close: %v", errs[workers])
	}
	again := open(t)
	for i, err := range errs[:workers] {
		wantFault(t, "an operation during the close", err, fault.Unavailable, "")
		for n := range acknowledged[i] {
			wantDocument(t, again, plain(), document(t, fmt.Sprintf("w%d-%d", i, n+1), 1))
		}
	}
}

// testRestart closes and opens again between writes.
func testRestart(t *testing.T, h Harness) {
	t.Helper()
	open := h.Place(t, Collections())
	first := open(t)
	list := rows(t, 12)
	for _, r := range list {
		insert(t, first, things(), r.doc)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t)
	for _, r := range list {
		wantDocument(t, second, things(), r.doc)
	}
	q := store.Query{Collection: things(), Index: "colour"}
	docs, err := collect(t.Context(), second, q)
	if diff := cmp.Diff(answer(list, q), ids(docs)); err != nil || diff != "" {
		t.Errorf("order after a restart: %v\n%s", err, diff)
	}
	owner, slot := is[string](list[3].keys["slot"][0]), is[int64](list[3].keys["slot"][1])
	wantFault(t, "a unique value after a restart",
		second.Insert(t.Context(), things(), thing(t, "another", owner, slot, nil, nil, nil)), fault.Conflict, "unique_taken")
	if err := second.Delete(t.Context(), things(), list[0].doc.ID, 1); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "deleted before a restart", getError(t.Context(), open(t), things(), list[0].doc.ID), fault.NotFound, "")
}
