package enginetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
)

// together calls do n times at once and returns all errors.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

// oneWinner checks that one of several writers won and the others got a fault
// of this kind, and returns who won.
func oneWinner(t *testing.T, errs []error, kind fault.Kind) int {
	t.Helper()
	winner := slices.Index(errs, nil)
	for i, err := range errs {
		if i != winner && !fault.Is(err, kind) {
			t.Errorf("writer %d got %v, want %s", i, err, kind)
		}
	}
	if winner < 0 {
		t.Fatal("nobody won")
	}
	return winner
}

// testEightWriters lets eight writers replace one revision, several times over.
func testEightWriters(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, plain(), document(t, "a", 1))
	for rev := int64(1); rev < 6; rev++ {
		docs := make([]store.Document, 8)
		for i := range docs {
			docs[i] = document(t, "a", rev+1, bson.E{Key: "by", Value: int32(i)})
		}
		errs := together(len(docs), func(i int) error { return e.Replace(t.Context(), plain(), docs[i], rev) })
		wantDocument(t, e, plain(), docs[oneWinner(t, errs, fault.Stale)])
	}
}

// testEightInserts lets eight writers insert one id, then one unique value.
func testEightInserts(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	docs := make([]store.Document, 8)
	for i := range docs {
		docs[i] = document(t, "a", 1, bson.E{Key: "by", Value: int32(i)})
	}
	errs := together(len(docs), func(i int) error { return e.Insert(t.Context(), plain(), docs[i]) })
	wantDocument(t, e, plain(), docs[oneWinner(t, errs, fault.Conflict)])
	for i := range docs {
		docs[i] = thing(t, fmt.Sprint("id", i), "ann", 1, nil, nil, nil)
	}
	errs = together(len(docs), func(i int) error { return e.Insert(t.Context(), things(), docs[i]) })
	winner := oneWinner(t, errs, fault.Conflict)
	all, err := collect(t.Context(), e, store.Query{Collection: things(), Index: "slot"})
	if diff := cmp.Diff([]string{docs[winner].ID}, ids(all)); err != nil || diff != "" {
		t.Errorf("after all inserts: %v\n%s", err, diff)
	}
}

// testReadersAndWriters counts up in two fields of one document from several
// sides, while others read it and stream.
func testReadersAndWriters(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	count := func(rev, n int64) store.Document {
		return document(t, "counter", rev, bson.E{Key: "a", Value: n}, bson.E{Key: "pad", Value: make([]byte, 9000)}, bson.E{Key: "b", Value: n})
	}
	insert(t, e, plain(), count(1, 0))
	const writers, times = 3, 6
	errs := together(writers+2, func(i int) error {
		if i >= writers {
			return readWhole(t.Context(), e, times, i == writers)
		}
		for done := 0; done < times; {
			d, err := e.Get(t.Context(), plain(), "counter", nil)
			if err != nil {
				return err
			}
			n := bson.Raw(d.Body).Lookup("a").Int64()
			switch err := e.Replace(t.Context(), plain(), count(d.Rev+1, n+1), d.Rev); {
			case err == nil:
				done++
			case !fault.Is(err, fault.Stale):
				return err
			}
		}
		return nil
	})
	for i, err := range errs {
		if err != nil {
			t.Errorf("worker %d: %v", i, err)
		}
	}
	wantDocument(t, e, plain(), count(1+writers*times, writers*times))
}

// readWhole reads the counter several times and checks that its two fields
// agree.
func readWhole(ctx context.Context, e store.Engine, times int, stream bool) error {
	for range times {
		var docs []store.Document
		if stream {
			all, err := collect(ctx, e, store.Query{Collection: plain()})
			if err != nil {
				return err
			}
			docs = all
		} else {
			d, err := e.Get(ctx, plain(), "counter", nil)
			if err != nil {
				return err
			}
			docs = append(docs, d)
		}
		for _, d := range docs {
			a, b := bson.Raw(d.Body).Lookup("a").Int64(), bson.Raw(d.Body).Lookup("b").Int64()
			if a != b || d.Rev != a+1 {
				return fmt.Errorf("a torn document: a %d, b %d, revision %d", a, b, d.Rev)
			}
		}
	}
	return nil
}

// testWriteInsideStream replaces, reads and streams inside the loops of more
// streams than an engine has connections.
func testWriteInsideStream(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	docs := many(t, h.Many)
	insert(t, e, plain(), docs...)
	errs := together(6, func(worker int) error {
		seen := 0
		for d, err := range e.Query(t.Context(), store.Query{Collection: plain()}) {
			if err != nil {
				return err
			}
			seen++
			if seen%10 != 1 {
				continue
			}
			if _, err := e.Get(t.Context(), plain(), d.ID, nil); err != nil {
				return err
			}
			err := e.Replace(t.Context(), plain(), document(t, d.ID, d.Rev+1), d.Rev)
			if err != nil && !fault.Is(err, fault.Stale) {
				return err
			}
		}
		if seen != len(docs) {
			return fmt.Errorf("worker %d saw %d documents of %d", worker, seen, len(docs))
		}
		return nil
	})
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}

// testLeaveStream breaks out of streams and goes on.
func testLeaveStream(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, plain(), many(t, h.Many)...)
	for range 8 {
		for d, err := range e.Query(t.Context(), store.Query{Collection: plain(), Descending: true}) {
			if want := fmt.Sprintf("d%04d", h.Many-1); err != nil || d.ID != want {
				t.Fatalf("first of all downwards: %q, %v, want %q", d.ID, err, want)
			}
			break
		}
	}
	if err := e.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
