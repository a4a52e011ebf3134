package sqlitestore_test

import (
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// sessionLike makes a session document of about so many bytes.
func sessionLike(b *testing.B, id string, rev int64, number, size int) store.Document {
	b.Helper()
	return note(b, id, rev, bson.E{Key: "group_id", Value: "g1"}, bson.E{Key: "number", Value: int64(number)},
		bson.E{Key: "held_on", Value: "2026-01-01"}, bson.E{Key: "alliances", Value: bson.Binary{Data: make([]byte, size-120)}})
}

// sessions opens a store and finds the collection that is declared for them.
func sessions(b *testing.B) (*sqlitestore.Store, store.Collection) {
	b.Helper()
	s := open(b, sqlitestore.Config{Dir: b.TempDir(), Collections: store.Collections()})
	for _, c := range store.Collections() {
		if c.Name == "sessions" {
			return s, c
		}
	}
	b.Fatal("no sessions are declared")
	return nil, store.Collection{}
}

// BenchmarkEngine moves bare bytes, on documents of the two usual sizes: what
// the repositories are compared with.
func BenchmarkEngine(b *testing.B) {
	for _, size := range []int{26_000, 44_000} {
		name := fmt.Sprintf("%dKB", size/1000)
		b.Run("insert/"+name, func(b *testing.B) { benchmarkInsert(b, size) })
		b.Run("replace/"+name, func(b *testing.B) { benchmarkReplace(b, size) })
		b.Run("get/"+name, func(b *testing.B) { benchmarkGet(b, size) })
		b.Run("query 40/"+name, func(b *testing.B) { benchmarkQuery(b, size) })
	}
}

// benchmarkInsert inserts durably.
func benchmarkInsert(b *testing.B, size int) {
	b.Helper()
	s, c := sessions(b)
	b.SetBytes(int64(size))
	for i := 0; b.Loop(); i++ {
		if err := s.Insert(b.Context(), c, sessionLike(b, fmt.Sprint("s", i), 1, i, size)); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkReplace replaces one document durably.
func benchmarkReplace(b *testing.B, size int) {
	b.Helper()
	s, c := sessions(b)
	if err := s.Insert(b.Context(), c, sessionLike(b, "a", 1, 1, size)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	for rev := int64(1); b.Loop(); rev++ {
		if err := s.Replace(b.Context(), c, sessionLike(b, "a", rev+1, 1, size), rev); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkGet reads one document.
func benchmarkGet(b *testing.B, size int) {
	b.Helper()
	s, c := sessions(b)
	if err := s.Insert(b.Context(), c, sessionLike(b, "a", 1, 1, size)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := s.Get(b.Context(), c, "a", nil); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkQuery streams the forty sessions of a group.
func benchmarkQuery(b *testing.B, size int) {
	b.Helper()
	s, c := sessions(b)
	for i := range 40 {
		if err := s.Insert(b.Context(), c, sessionLike(b, fmt.Sprint("s", i), 1, i, size)); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(40 * int64(size))
	for b.Loop() {
		n := 0
		for _, err := range s.Query(b.Context(), store.Query{Collection: c, Index: "number", Equal: []any{"g1"}}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 40 {
			b.Fatalf("got %d documents", n)
		}
	}
}
