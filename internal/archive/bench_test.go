package archive_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson" //nolint:depguard // documents are made here as bytes, and read by nobody

	"holon/internal/archive"
	"holon/internal/store"
)

// large is an engine that makes its documents up: n sessions of some kilobytes
// and twice as much history.
type large struct {
	store.Engine

	n    int
	peak uint64
}

// Query makes documents, and looks at the memory in use now and then.
func (l *large) Query(_ context.Context, q store.Query) iter.Seq2[store.Document, error] {
	each := map[string]int{"sessions": 1, "history": 2}[q.Collection.Name]
	return func(yield func(store.Document, error) bool) {
		for i := range each * l.n {
			id := fmt.Sprintf("s-%09d", i)
			content := bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(3)}, {Key: "group_id", Value: "g"}, {Key: "number", Value: int64(i)}}
			if q.Collection.Name == "history" {
				id = fmt.Sprintf("sessions/s-%09d@%d", i/2, i%2+1)
				content = bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(1)}, {Key: "document", Value: fmt.Sprintf("sessions/s-%09d", i/2)}, {Key: "revision", Value: int64(i%2 + 1)}}
			}
			body, err := bson.Marshal(append(content, bson.E{Key: "pad", Value: make([]byte, 6000)}))
			if i%10_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				l.peak = max(l.peak, m.HeapAlloc)
			}
			rev := int64(3)
			if q.Collection.Name == "history" {
				rev = 1
			}
			if !yield(store.Document{ID: id, Rev: rev, Body: body}, err) || err != nil {
				return
			}
		}
	}
}

// Get says that nothing is there, in particular no note.
func (*large) Get(context.Context, store.Collection, string, []string) (store.Document, error) {
	return store.Document{}, store.DocumentNotFound()
}

// The memory that a backup of a live database needs grows by what it notes of
// each document, its name and revision, and not by the documents.
func BenchmarkBackupMemory(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := &large{n: n}
			for b.Loop() {
				live := source(e)
				live.Live = true
				m, err := archive.Write(b.Context(), io.Discard, live)
				must(b, err)
				b.SetBytes(3 * int64(n) * 6000)
				if m.Digests().Documents() != int64(3*n) {
					b.Fatalf("%d documents", m.Digests().Documents())
				}
			}
			b.ReportMetric(float64(e.peak)/(1<<20), "peak-MB")
		})
	}
}
