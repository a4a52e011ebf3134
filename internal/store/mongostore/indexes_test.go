package mongostore_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/mongostore/mongotest"
)

// coloured makes a document with a colour.
func coloured(t *testing.T, id, colour string) store.Document {
	t.Helper()
	body, err := bson.Marshal(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(1)}, {Key: "colour", Value: colour}})
	if err != nil {
		t.Fatal(err)
	}
	return store.Document{ID: id, Rev: 1, Body: body}
}

func TestADatabaseIsLookedAtAsItIsAndCopiedBeforeItChanges(t *testing.T) {
	t.Parallel()
	plain := store.Collection{Name: "notes"}
	indexed := store.Collection{Name: "notes", Indexes: []store.Index{{Name: "colour", Fields: []string{"colour"}, Unique: true}}}
	calls, refusal := 0, error(nil)
	cfg := mongostore.Config{URI: mongotest.URI(t), Database: mongotest.Database(t), BeforeChange: func(context.Context, *mongostore.Store) error {
		calls++
		return refusal
	}}
	with := func(c store.Collection, asItIs bool, do func(s *mongostore.Store)) error {
		cfg.Collections, cfg.AsItIs = []store.Collection{c}, asItIs
		s, err := mongostore.Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		do(s)
		return s.Close()
	}
	lacks := func(want ...string) func(s *mongostore.Store) {
		return func(s *mongostore.Store) {
			var found []string
			if err := s.Check(t.Context(), func(p store.Problem) { found = append(found, p.Rule+" "+p.Collection+"/"+p.ID) }); err != nil {
				t.Error(err)
			}
			if !slices.Equal(found, want) {
				t.Errorf("found %v, want %v", found, want)
			}
		}
	}
	expect := func(what string, err error, want int) {
		t.Helper()
		if err != nil || calls != want {
			t.Fatalf("%s: %d calls, want %d: %v", what, calls, want, err)
		}
	}
	expect("a new database", with(plain, false, func(s *mongostore.Store) {
		if err := s.InsertAll(t.Context(), plain, []store.Document{coloured(t, "a", "red"), coloured(t, "b", "blue")}); err != nil {
			t.Error(err)
		}
		if err := s.InsertAll(t.Context(), plain, []store.Document{coloured(t, "c", "green"), coloured(t, "a", "red")}); !fault.Is(err, fault.Conflict) {
			t.Errorf("one that is there: %v", err)
		}
	}), 0)
	expect("as it is", with(indexed, true, lacks("index_missing notes/colour")), 0)
	refusal = errors.New("no backup")
	if err := with(indexed, false, func(*mongostore.Store) {}); !errors.Is(err, refusal) || calls != 1 {
		t.Errorf("refused: %v after %d calls", err, calls)
	}
	expect("after the refusal", with(indexed, true, lacks("index_missing notes/colour")), 1)
	refusal = nil
	expect("changed", with(indexed, false, lacks()), 2)
	expect("the same again", with(indexed, false, lacks()), 2)
}
