package enginetest

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
)

// testRoundTrip stores every kind of BSON value and compares bytes.
func testRoundTrip(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	decimal, err := bson.ParseDecimal128("0.10")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"string":            "Füße, “quoted”, 😀 and \u0301",
		"empty string":      "",
		"string with zero":  "a\x00b",
		"int32":             int32(-7),
		"int64":             int64(math.MaxInt64),
		"smallest int64":    int64(math.MinInt64),
		"int64 beyond 2^53": int64(1)<<53 + 1,
		"double":            0.1,
		"whole double":      3.0,
		"tiny double":       math.SmallestNonzeroFloat64,
		"huge double":       -math.MaxFloat64,
		"negative zero":     math.Copysign(0, -1),
		"not a number":      math.NaN(),
		"infinity":          math.Inf(1),
		"true":              true,
		"null":              nil,
		"time":              bson.NewDateTimeFromTime(instant(1763650000123)),
		"time before 1970":  bson.NewDateTimeFromTime(instant(-123456789)),
		"array":             bson.A{int32(1), nil, "x", bson.D{{Key: "a", Value: bson.A{}}}},
		"array in array":    bson.A{bson.A{int32(1)}, bson.A{}},
		"nested":            bson.D{{Key: "z", Value: int32(1)}, {Key: "a", Value: bson.D{{Key: "9", Value: bson.A{bson.D{{Key: "deep", Value: 1.5}}}}}}},
		"empty document":    bson.D{},
		"binary":            bson.Binary{Data: []byte{0, 1, 255}},
		"uuid":              bson.Binary{Subtype: 4, Data: make([]byte, 16)},
		"object id":         bson.ObjectID{1, 2, 3},
		"regex":             bson.Regex{Pattern: "^a", Options: "i"},
		"timestamp":         bson.Timestamp{T: 5, I: 6},
		"decimal128":        decimal,
		"javascript":        bson.JavaScript("1"),
		"minkey":            bson.MinKey{},
		"maxkey":            bson.MaxKey{},
	} {
		t.Run(name, func(t *testing.T) {
			if slices.Contains(h.Lacks, name) {
				t.Skipf("the server under test cannot keep this kind of value: %s", name)
			}
			d := document(t, "value: "+name, 1, bson.E{Key: "v", Value: value}, bson.E{Key: "after", Value: true})
			insert(t, e, plain(), d)
			wantDocument(t, e, plain(), d)
		})
	}
	large := document(t, "large", 1, bson.E{Key: "v", Value: bson.Binary{Data: make([]byte, 300_000)}})
	insert(t, e, plain(), large)
	wantDocument(t, e, plain(), large)
}

// testProjection reads some fields of a document, alone and in a stream.
func testProjection(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	d := thing(t, "a", "ann", 1, "red", int64(5), nil)
	insert(t, e, things(), d)
	got, err := e.Get(t.Context(), things(), "a", []string{"colour"})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, got, "_id", "rev", "colour")
	if got.ID != "a" || got.Rev != 1 {
		t.Errorf("got id %q, revision %d", got.ID, got.Rev)
	}
	none, err := e.Get(t.Context(), things(), "a", []string{})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, none, "_id", "rev")
	docs, err := collect(t.Context(), e, store.Query{Collection: things(), Index: "slot", Fields: []string{"weight", "absent"}})
	if err != nil || len(docs) != 1 {
		t.Fatalf("got %d documents, %v", len(docs), err)
	}
	holds(t, docs[0], "_id", "rev", "weight", "owner", "slot")
	key, err := things().Key("slot", docs[0])
	if diff := cmp.Diff([]any{"ann", int64(1), "a"}, key); err != nil || diff != "" {
		t.Errorf("key of a projected document: %v %s", err, diff)
	}
}

// holds checks that a document has these fields.
func holds(t *testing.T, d store.Document, fields ...string) {
	t.Helper()
	for _, f := range fields {
		if _, err := bson.Raw(d.Body).LookupErr(f); err != nil {
			t.Errorf("field %s: %v", f, err)
		}
	}
}

// testIDTaken inserts an id twice: alone, and where an index collides too.
func testIDTaken(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	first := document(t, "a", 1, bson.E{Key: "v", Value: "first"})
	insert(t, e, plain(), first)
	wantFault(t, "second insert", e.Insert(t.Context(), plain(), document(t, "a", 1)), fault.Conflict, "id_taken")
	wantDocument(t, e, plain(), first)
	insert(t, e, things(), thing(t, "a", "ann", 1, nil, nil, nil))
	wantFault(t, "the same once more", e.Insert(t.Context(), things(), thing(t, "a", "ann", 1, nil, nil, nil)), fault.Conflict, "id_taken")
	wantFault(t, "the id alone", e.Insert(t.Context(), things(), thing(t, "a", "ann", 2, nil, nil, nil)), fault.Conflict, "id_taken")
	if _, err := e.Get(t.Context(), plain(), "A", nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("ids are told apart by case: %v", err)
	}
}

// testUniqueTaken collides in the unique index by insert.
func testUniqueTaken(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, things(), thing(t, "b", "ann", 2, nil, nil, nil), thing(t, "c", "Ann", 2, nil, nil, nil), thing(t, "d", "ann ", 2, nil, nil, nil))
	wantFault(t, "insert", e.Insert(t.Context(), things(), thing(t, "e", "ann", 2, nil, nil, nil)), fault.Conflict, "unique_taken")
	wantFault(t, "get of the refused", getError(t.Context(), e, things(), "e"), fault.NotFound, "")
	if err := e.Delete(t.Context(), things(), "b", 1); err != nil {
		t.Fatal(err)
	}
	insert(t, e, things(), thing(t, "e", "ann", 2, nil, nil, nil))
}

// testUniqueTakenByReplace collides in the unique index by replace.
func testUniqueTakenByReplace(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	a, b := thing(t, "a", "ann", 1, nil, nil, nil), thing(t, "b", "ann", 2, nil, nil, nil)
	insert(t, e, things(), a, b)
	moved := document(t, "b", 2, bson.E{Key: "owner", Value: "ann"}, bson.E{Key: "slot", Value: int64(1)})
	err := e.Replace(t.Context(), things(), moved, 1)
	if slices.Contains(h.Lacks, UniqueReplace) {
		if err == nil {
			t.Error("the replace was accepted")
		}
	} else {
		wantFault(t, "replace", err, fault.Conflict, "unique_taken")
	}
	wantDocument(t, e, things(), b)
	if err := e.Delete(t.Context(), things(), "a", 1); err != nil {
		t.Fatal(err)
	}
	if err := e.Replace(t.Context(), things(), moved, 1); err != nil {
		t.Errorf("the slot is free again: %v", err)
	}
	wantDocument(t, e, things(), moved)
}

// getError returns only the error of a Get.
func getError(ctx context.Context, e store.Engine, c store.Collection, id string) error {
	_, err := e.Get(ctx, c, id, nil)
	return err
}

// testMalformed offers bodies that an engine must not take.
func testMalformed(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	marshal := func(d bson.D) []byte {
		body, err := bson.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	for name, body := range map[string][]byte{
		"no BSON":               []byte("hello"),
		"nothing":               nil,
		"another id":            marshal(bson.D{{Key: "_id", Value: "b"}, {Key: "rev", Value: 1}}),
		"another revision":      marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: 2}}),
		"no revision":           marshal(bson.D{{Key: "_id", Value: "a"}}),
		"a fractional revision": marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: 1.5}}),
		"id not first":          marshal(bson.D{{Key: "rev", Value: 1}, {Key: "_id", Value: "a"}}),
		"no unique field":       marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: 1}, {Key: "owner", Value: "ann"}, {Key: "slot", Value: nil}}),
		"an array in an index":  marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: 1}, {Key: "owner", Value: "ann"}, {Key: "slot", Value: 1}, {Key: "colour", Value: bson.A{"red"}}}),
	} {
		wantFault(t, name, e.Insert(t.Context(), things(), store.Document{ID: "a", Rev: 1, Body: body}), fault.Internal, "document_malformed")
	}
	wantFault(t, "after all of them", getError(t.Context(), e, things(), "a"), fault.NotFound, "")
	insert(t, e, plain(), document(t, "a", 3))
	for _, rev := range []int64{2, 3} {
		wantFault(t, "a revision that does not grow", e.Replace(t.Context(), plain(), document(t, "a", rev), 3), fault.Internal, "document_malformed")
	}
	wantDocument(t, e, plain(), document(t, "a", 3))
}

// testReplace replaces the right revision, an old one, and nothing.
func testReplace(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, things(), thing(t, "a", "ann", 1, "red", int64(1), nil), thing(t, "b", "ann", 2, "red", int64(2), nil))
	second := document(t, "a", 2, bson.E{Key: "owner", Value: "ann"}, bson.E{Key: "slot", Value: int64(1)}, bson.E{Key: "colour", Value: "blue"})
	if err := e.Replace(t.Context(), things(), second, 1); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, e, things(), second)
	third := document(t, "a", 3, bson.E{Key: "owner", Value: "ann"}, bson.E{Key: "slot", Value: int64(1)})
	wantFault(t, "the revision before", e.Replace(t.Context(), things(), third, 1), fault.Stale, "written_since")
	wantDocument(t, e, things(), second)
	wantFault(t, "a missing document", e.Replace(t.Context(), plain(), document(t, "z", 2), 1), fault.NotFound, "")
	wantFault(t, "which is not made", getError(t.Context(), e, plain(), "z"), fault.NotFound, "")
	red, err := collect(t.Context(), e, store.Query{Collection: things(), Index: "colour", Equal: []any{"red"}})
	if diff := cmp.Diff([]string{"b"}, ids(red)); err != nil || diff != "" {
		t.Errorf("the index follows the document: %v\n%s", err, diff)
	}
}

// testDelete deletes an old revision, nothing, and the right revision.
func testDelete(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, plain(), document(t, "a", 2), document(t, "b", 2))
	wantFault(t, "another revision", e.Delete(t.Context(), plain(), "a", 1), fault.Stale, "written_since")
	wantFault(t, "a missing document", e.Delete(t.Context(), plain(), "z", 1), fault.NotFound, "")
	wantDocument(t, e, plain(), document(t, "a", 2))
	if err := e.Delete(t.Context(), plain(), "a", 2); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "deleted", getError(t.Context(), e, plain(), "a"), fault.NotFound, "")
	wantFault(t, "deleted twice", e.Delete(t.Context(), plain(), "a", 2), fault.NotFound, "")
	wantDocument(t, e, plain(), document(t, "b", 2))
	insert(t, e, plain(), document(t, "a", 1))
}
