package enginetest_test

import (
	"context"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/enginetest"
	"holon/internal/store/sqlitestore"
)

// twoSteps is a use case of two writes: an insert and its replacement.
func twoSteps(ctx context.Context, t *testing.T, e store.Engine) error {
	t.Helper()
	plain := enginetest.Collections()[1]
	for rev := int64(1); rev <= 2; rev++ {
		body, err := bson.Marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: rev}})
		if err != nil {
			t.Fatal(err)
		}
		d := store.Document{ID: "a", Rev: rev, Body: body}
		if rev == 1 {
			err = e.Insert(ctx, plain, d)
		} else {
			err = e.Replace(ctx, plain, d, 1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func TestFailingFailsAtEveryWriteInEveryMode(t *testing.T) {
	t.Parallel()
	tried := map[enginetest.Mode]int{}
	enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, at int) *enginetest.Failing {
		t.Helper()
		tried[mode]++
		plain := enginetest.Collections()[1]
		below, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: t.TempDir(), Collections: enginetest.Collections()})
		if err != nil {
			t.Fatal(err)
		}
		defer below.Close() //nolint:errcheck // the suite of the engine checks that
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f := enginetest.NewFailing(below, mode, at, cancel)
		err = twoSteps(ctx, t, f)
		if at > 2 {
			if err != nil || f.Fired() || f.Writes() != 2 {
				t.Fatalf("nothing fails any more: %v, %d writes", err, f.Writes())
			}
			return f
		}
		if !fault.Is(err, fault.Unavailable) || enginetest.IsInjected(err) == (mode == enginetest.CancelContext) {
			t.Fatalf("the failure: %v", err)
		}
		done := int64(at - 1)
		if mode == enginetest.AfterWrite || mode == enginetest.LoseReply {
			done = int64(at)
		}
		got, err := below.Get(t.Context(), plain, "a", nil)
		if done > 0 && (err != nil || got.Rev != done) || done == 0 && !fault.Is(err, fault.NotFound) {
			t.Errorf("below there is revision %d, %v; want %d", got.Rev, err, done)
		}
		crashed := mode == enginetest.BeforeWrite || mode == enginetest.AfterWrite
		if got := enginetest.IsInjected(f.Ping(t.Context())); got != crashed {
			t.Errorf("dead afterwards: %t, want %t", got, crashed)
		}
		streamed := 0
		for _, err := range f.Query(t.Context(), store.Query{Collection: plain}) {
			if enginetest.IsInjected(err) != crashed {
				t.Errorf("stream afterwards: %v", err)
			}
			streamed++
		}
		if crashed && streamed != 1 {
			t.Errorf("a dead engine streams %d answers, want its failure alone", streamed)
		}
		return f
	})
	for mode := enginetest.BeforeWrite; mode <= enginetest.LoseReply; mode++ {
		if tried[mode] != 3 {
			t.Errorf("%s: tried at %d writes, want 3", mode, tried[mode])
		}
	}
}
