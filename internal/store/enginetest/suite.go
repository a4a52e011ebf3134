// Package enginetest is the contract of [store.Engine] in executable form: one
// suite that every engine passes, and a wrapper that fails at a chosen write.
package enginetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
)

// Harness is an engine under test.
type Harness struct {
	// Place makes an empty place with these collections, and returns what opens
	// an engine on it. The engine is closed when the test ends at the latest.
	// Opening again, once the engine before is closed, finds the same documents.
	Place func(t *testing.T, collections []store.Collection) func(t *testing.T) store.Engine
	// Many is how many documents make a long stream; it should be more than the
	// engine fetches at once, unless that takes too long.
	Many int
	// Lacks names kinds of BSON value that the server under test cannot keep;
	// the tests of those are skipped by name. It may hold UniqueReplace.
	Lacks []string
}

// UniqueReplace says that a server refuses a replace that collides in a unique
// index, but not so that one could tell why.
const UniqueReplace = "the reason of a refused replace"

// Run runs the whole suite, every test in a place of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, part := range []struct {
		name string
		run  func(t *testing.T, h Harness)
	}{
		{"a document comes back byte for byte", testRoundTrip},
		{"a projection holds what was asked for and what orders it", testProjection},
		{"an id is taken once", testIDTaken},
		{"a unique index is taken once", testUniqueTaken},
		{"a unique index is taken once by replace too", testUniqueTakenByReplace},
		{"a body that disagrees with its document is refused", testMalformed},
		{"replace swaps one revision", testReplace},
		{"delete removes one revision", testDelete},
		{"a query that is not declared is refused", testMalformedQuery},
		{"every order agrees with a sorted slice", testOrder},
		{"paging meets every document once", testPaging},
		{"a stream may be written and read inside its loop", testWriteInsideStream},
		{"a stream may be left early", testLeaveStream},
		{"eight writers on one revision have one winner", testEightWriters},
		{"eight inserts of one id have one winner", testEightInserts},
		{"readers and writers at once see whole documents", testReadersAndWriters},
		{"a done context is unavailable", testDoneContext},
		{"a context that ends in a stream ends the stream", testCancelInsideStream},
		{"a closed engine is unavailable", testClosed},
		{"an engine closed in use finishes or refuses", testCloseInUse},
		{"a restart finds everything", testRestart},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.run(t, h)
		})
	}
}

// Collections returns the collections of the suite: things has every sort of
// index, plain has none.
func Collections() []store.Collection {
	return []store.Collection{things(), plain()}
}

// things has a unique index of two fields, and indexes of fields that may be
// missing.
func things() store.Collection {
	return store.Collection{Name: "things", Indexes: []store.Index{
		{Name: "slot", Fields: []string{"owner", "slot"}, Unique: true},
		{Name: "colour", Fields: []string{"colour", "weight"}},
		{Name: "at", Fields: []string{"at"}},
	}}
}

// plain is ordered by `_id` alone.
func plain() store.Collection { return store.Collection{Name: "plain"} }

// open opens one engine on a place of its own.
func (h Harness) open(t *testing.T) store.Engine {
	t.Helper()
	return h.Place(t, Collections())(t)
}

// document makes a document of the collection plain.
func document(tb testing.TB, id string, rev int64, rest ...bson.E) store.Document {
	tb.Helper()
	body, err := bson.Marshal(append(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}, rest...))
	if err != nil {
		tb.Fatal(err)
	}
	return store.Document{ID: id, Rev: rev, Body: body}
}

// thing makes a document of the collection things; nil values are left out.
func thing(tb testing.TB, id, owner string, slot int64, colour, weight, at any) store.Document {
	tb.Helper()
	rest := bson.D{{Key: "owner", Value: owner}, {Key: "slot", Value: slot}}
	for key, v := range map[string]any{"colour": colour, "weight": weight, "at": at} {
		if v != nil {
			rest = append(rest, bson.E{Key: key, Value: v})
		}
	}
	return document(tb, id, 1, rest...)
}

// insert stores documents that must be accepted.
func insert(tb testing.TB, e store.Engine, c store.Collection, docs ...store.Document) {
	tb.Helper()
	for _, d := range docs {
		if err := e.Insert(tb.Context(), c, d); err != nil {
			tb.Fatalf("insert %s: %v", d.ID, err)
		}
	}
}

// wantDocument checks that the engine holds exactly this document.
func wantDocument(tb testing.TB, e store.Engine, c store.Collection, want store.Document) {
	tb.Helper()
	got, err := e.Get(tb.Context(), c, want.ID, nil)
	if err != nil {
		tb.Fatalf("get %s: %v", want.ID, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("document %s (-want +got):\n%s", want.ID, diff)
	}
}

// wantFault checks an error's kind and, unless rule is "", its rule.
func wantFault(tb testing.TB, what string, err error, kind fault.Kind, rule string) {
	tb.Helper()
	if !fault.Is(err, kind) || (rule != "" && fault.RuleOf(err) != rule) {
		tb.Errorf("%s: got %v, want %s %s", what, err, kind, rule)
	}
}

// collect reads a stream to its end.
func collect(ctx context.Context, e store.Engine, q store.Query) ([]store.Document, error) {
	var docs []store.Document
	for d, err := range e.Query(ctx, q) {
		if err != nil {
			return docs, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// ids lists the documents' ids.
func ids(docs []store.Document) []string {
	list := make([]string, len(docs))
	for i, d := range docs {
		list[i] = d.ID
	}
	return list
}

// many makes n documents of the collection plain, in the order of their ids.
func many(tb testing.TB, n int) []store.Document {
	tb.Helper()
	docs := make([]store.Document, n)
	for i := range docs {
		docs[i] = document(tb, fmt.Sprintf("d%04d", i), 1, bson.E{Key: "text", Value: strings.Repeat("x", 50)})
	}
	return docs
}

// instant is a time that a document can hold.
func instant(milliseconds int64) time.Time { return time.UnixMilli(milliseconds).UTC() }
