package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
)

func TestEveryDeclaredCollectionIsSoundAndNamedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range store.Collections() {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if seen[c.Name] {
			t.Errorf("%s is declared twice", c.Name)
		}
		seen[c.Name] = true
	}
}

func TestAMistakenDeclarationIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]store.Collection{
		"no name":               {},
		"a name to be quoted":   {Name: `a"b`},
		"an index without name": {Name: "a", Indexes: []store.Index{{Fields: []string{"f"}}}},
		"an index of nothing":   {Name: "a", Indexes: []store.Index{{Name: "i"}}},
		"two of one name":       {Name: "a", Indexes: []store.Index{{Name: "i", Fields: []string{"f"}}, {Name: "i", Fields: []string{"g"}}}},
		"a field twice":         {Name: "a", Indexes: []store.Index{{Name: "i", Fields: []string{"f", "f"}}}},
		"a nested field":        {Name: "a", Indexes: []store.Index{{Name: "i", Fields: []string{"f.g"}}}},
		"the id as a field":     {Name: "a", Indexes: []store.Index{{Name: "i", Fields: []string{"_id"}}}},
	} {
		if err := c.Validate(); fault.RuleOf(err) != "collection_malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValuesAndKeysAreReadFromTheDocument(t *testing.T) {
	t.Parallel()
	c := store.Collection{Name: "things", Indexes: []store.Index{
		{Name: "place", Fields: []string{"group", "number"}},
		{Name: "at", Fields: []string{"at", "gone"}},
	}}
	at := time.UnixMilli(1763650000123).UTC()
	body, err := bson.Marshal(bson.D{
		{Key: "_id", Value: "x"},
		{Key: "at", Value: at},
		{Key: "nested", Value: bson.D{{Key: "group", Value: "not this one"}}},
		{Key: "number", Value: int32(7)},
		{Key: "group", Value: "g"},
		{Key: "rev", Value: int64(3)},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := store.Document{ID: "x", Rev: 3, Body: body}
	values, err := c.Values(d)
	if diff := cmp.Diff([]any{at, nil, "g", int64(7)}, values); err != nil || diff != "" {
		t.Errorf("values of %v: %v\n%s", c.Fields(), err, diff)
	}
	for index, want := range map[string][]any{"": {"x"}, "place": {"g", int64(7), "x"}, "at": {at, nil, "x"}} {
		key, err := c.Key(index, d)
		if diff := cmp.Diff(want, key); err != nil || diff != "" {
			t.Errorf("key in %q: %v\n%s", index, err, diff)
		}
	}
	if _, err := c.Key("size", d); !fault.Is(err, fault.Internal) {
		t.Errorf("an unknown index: %v", err)
	}
	if _, err := c.Values(store.Document{ID: "x", Rev: 3, Body: body[:len(body)-4]}); fault.RuleOf(err) != "document_malformed" {
		t.Errorf("a cut body: %v", err)
	}
}

// FuzzIdentity reads the head of arbitrary bytes; what it accepts, a strict
// reader of BSON finds in the same place.
func FuzzIdentity(f *testing.F) {
	body, err := bson.Marshal(bson.D{{Key: "_id", Value: "x"}, {Key: "rev", Value: int64(3)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		id, rev, err := store.Identity(body)
		if err != nil {
			return
		}
		if got := bson.Raw(body).Lookup("_id").StringValue(); got != id {
			t.Errorf("id %q, want %q", id, got)
		}
		if got := bson.Raw(body).Lookup("rev").AsInt64(); got != rev {
			t.Errorf("revision %d, want %d", rev, got)
		}
	})
}
