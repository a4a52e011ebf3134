package enginetest

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/fault"
	"holon/internal/store"
)

// texts are strings whose order by bytes differs from any collation, and from
// the order of UTF-16 (the last two).
func texts() []any {
	return []any{nil, "", "A", "Z", "a", "ab", "z", "\u00e4", "a\u0308", "é", "\uffee", "😀"}
}

// numbers are integers that a double cannot tell apart, and the ends.
func numbers() []any {
	return []any{nil, int64(math.MinInt64), int64(-1), int64(0), int64(1), int64(1)<<53 + 1, int64(1)<<53 + 2, int64(math.MaxInt64)}
}

// times are instants before and after 1970.
func times() []any {
	return []any{nil, instant(-1), instant(0), instant(1), instant(1763650000123)}
}

// row is a document of the collection things as the sorted slice knows it.
type row struct {
	doc  store.Document
	keys map[string][]any // for each index, its fields and then the id
}

// rows makes documents with many ties.
func rows(t *testing.T, n int) []row {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 2))
	pick := func(values []any) any { return values[r.IntN(len(values))] }
	list := make([]row, n)
	for i, at := range r.Perm(n) {
		id := is[string](texts()[2+at%10]) + strconv.Itoa(at)
		owner, slot := is[string](texts()[1+at%5]), int64(at/5)
		colour, weight, when := pick(texts()), pick(numbers()), pick(times())
		list[i] = row{doc: thing(t, id, owner, slot, colour, weight, when), keys: map[string][]any{
			"": {id}, "slot": {owner, slot, id}, "colour": {colour, weight, id}, "at": {when, id},
		}}
	}
	return list
}

// is says what a value is known to be; anything else is a mistake of the suite.
func is[T any](value any) T {
	typed, ok := value.(T)
	if !ok {
		panic(fmt.Sprintf("enginetest: %T where another type is known to be", value))
	}
	return typed
}

// compareKeys orders keys as the port says: nothing first, strings by bytes.
func compareKeys(a, b []any) int {
	for i := range min(len(a), len(b)) {
		if c := compareValues(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// compareValues orders two values of one field.
func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch a := a.(type) {
	case string:
		return strings.Compare(a, is[string](b))
	case int64:
		return cmp.Compare(a, is[int64](b))
	default:
		return is[time.Time](a).Compare(is[time.Time](b))
	}
}

// deciding tells how many values of an index's key decide its order: a unique
// index needs no id.
func deciding(index string) int {
	return map[string]int{"": 1, "slot": 2, "colour": 3, "at": 2}[index]
}

// answer is what a query must give, by brute force.
func answer(list []row, q store.Query) []string {
	var found []row
	for _, r := range list {
		key := r.keys[q.Index]
		c := 1
		if q.After != nil {
			c = compareKeys(key, q.After[:deciding(q.Index)])
		}
		if q.Descending && q.After != nil {
			c = -c
		}
		if compareKeys(key, q.Equal) == 0 && c > 0 {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b row) int {
		c := compareKeys(a.keys[q.Index], b.keys[q.Index])
		if q.Descending {
			return -c
		}
		return c
	})
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	order := []string{}
	for _, r := range found {
		order = append(order, r.doc.ID)
	}
	return order
}

// testOrder asks every sort of query of one set of documents and compares with
// the sorted slice.
func testOrder(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	list := rows(t, min(h.Many, 150))
	for _, r := range list {
		insert(t, e, things(), r.doc)
	}
	pools := map[string][][]any{"": {}, "slot": {texts()[1:], numbers()[1:]}, "colour": {texts(), numbers()}, "at": {times()}}
	rapid.Check(t, func(rt *rapid.T) {
		q := store.Query{Collection: things()}
		q.Index = rapid.SampledFrom([]string{"", "slot", "colour", "at"}).Draw(rt, "index")
		q.Descending = rapid.Bool().Draw(rt, "descending")
		q.Limit = rapid.IntRange(0, 12).Draw(rt, "limit")
		key := slices.Clone(rapid.SampledFrom(list).Draw(rt, "of").keys[q.Index])
		if rapid.Bool().Draw(rt, "invented") {
			for i, pool := range pools[q.Index] {
				key[i] = rapid.SampledFrom(pool).Draw(rt, "value")
			}
		}
		q.Equal = key[:rapid.IntRange(0, len(key)-1).Draw(rt, "equal")]
		if rapid.Bool().Draw(rt, "after") {
			q.After = key
		}
		got, err := collect(t.Context(), e, q)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(answer(list, q), ids(got)); diff != "" {
			rt.Fatalf("%+v (-want +got):\n%s", q, diff)
		}
	})
}

// testPaging walks every index in pages of three, both ways, by the key of the
// last document of a page.
func testPaging(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	list := rows(t, min(h.Many, 40))
	for _, r := range list {
		insert(t, e, things(), r.doc)
	}
	for _, q := range []store.Query{
		{Index: ""},
		{Index: "slot"},
		{Index: "slot", Equal: []any{"A"}},
		{Index: "colour", Descending: true},
		{Index: "at", Descending: true},
		{Index: "at", Equal: []any{nil}},
	} {
		q.Collection, q.Fields = things(), []string{}
		want := answer(list, q)
		q.Limit = 3
		got := []string{}
		for len(got) <= len(want) {
			docs, err := collect(t.Context(), e, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(docs) == 0 {
				break
			}
			got = append(got, ids(docs)...)
			if q.After, err = things().Key(q.Index, docs[len(docs)-1]); err != nil {
				t.Fatal(err)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("index %q (-want +got):\n%s", q.Index, diff)
		}
	}
}

// testMalformedQuery asks what the declaration does not allow.
func testMalformedQuery(t *testing.T, h Harness) {
	t.Helper()
	e := h.open(t)
	insert(t, e, things(), thing(t, "a", "ann", 1, nil, nil, nil))
	for name, q := range map[string]store.Query{
		"unknown index":         {Index: "size"},
		"too many equal values": {Index: "at", Equal: []any{instant(0), "a"}},
		"a double":              {Index: "slot", Equal: []any{"ann", 1.0}},
		"a plain int":           {Index: "slot", Equal: []any{"ann", 1}},
		"half a key":            {Index: "slot", After: []any{"ann"}},
		"a key from elsewhere":  {Index: "slot", Equal: []any{"ann"}, After: []any{"bob", int64(1), "b"}},
		"a negative limit":      {Limit: -1},
	} {
		q.Collection = things()
		docs, err := collect(t.Context(), e, q)
		wantFault(t, name, err, fault.Internal, "query_malformed")
		if len(docs) > 0 {
			t.Errorf("%s: got documents %v", name, ids(docs))
		}
	}
}
