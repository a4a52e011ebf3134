package mongostore_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/mongostore/mongotest"
)

// notes is a collection with one index.
func notes(x store.Index) []store.Collection {
	return []store.Collection{{Name: "notes", Indexes: []store.Index{x}}}
}

// note makes a document of it.
func note(t *testing.T, id, code string) store.Document {
	t.Helper()
	body, err := bson.Marshal(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(1)}, {Key: "code", Value: code}})
	if err != nil {
		t.Fatal(err)
	}
	return store.Document{ID: id, Rev: 1, Body: body}
}

// direct is a client of the driver on the test server.
func direct(t *testing.T) *mongo.Client {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(mongotest.URI(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Disconnect(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return client
}

func TestIndexesAreMadeAsDeclaredAndRemadeWhenDeclaredOtherwise(t *testing.T) {
	t.Parallel()
	database := mongotest.Database(t)
	keys := func() map[string]string {
		specs, err := direct(t).Database(database).Collection("notes").Indexes().ListSpecifications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, s := range specs {
			found[s.Name] = s.KeysDocument.String()
			if s.Unique != nil && *s.Unique {
				found[s.Name] += " unique"
			}
		}
		delete(found, "_id_")
		return found
	}
	for _, step := range []struct {
		index store.Index
		want  string
	}{
		{store.Index{Name: "code", Fields: []string{"code"}}, `{"code": {"$numberInt":"1"},"_id": {"$numberInt":"1"}}`},
		{store.Index{Name: "code", Fields: []string{"code"}}, `{"code": {"$numberInt":"1"},"_id": {"$numberInt":"1"}}`},
		{store.Index{Name: "code", Fields: []string{"code"}, Unique: true}, `{"code": {"$numberInt":"1"}} unique`},
	} {
		s := mongotest.Reopen(t, database, notes(step.index))
		if diff := cmp.Diff(map[string]string{"code": step.want}, keys()); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", step.index, diff)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMongoshFindsNestedDocuments(t *testing.T) {
	t.Parallel()
	database := mongotest.Database(t)
	s := mongotest.Reopen(t, database, store.Collections())
	body, err := bson.Marshal(bson.D{
		{Key: "_id", Value: "s1"},
		{Key: "rev", Value: int64(1)},
		{Key: "group_id", Value: "g1"},
		{Key: "number", Value: int64(3)},
		{Key: "alliances", Value: bson.A{bson.D{{Key: "member_id", Value: "m7"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Insert(t.Context(), store.Collection{Name: "sessions"}, store.Document{ID: "s1", Rev: 1, Body: body}); err != nil {
		t.Fatal(err)
	}
	found, err := direct(t).Database(database).Collection("sessions").FindOne(t.Context(), bson.D{{Key: "alliances.member_id", Value: "m7"}}).Raw()
	if err != nil || !bytes.Equal(found, body) {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestADamagedDocumentDoesNotStopAStream(t *testing.T) {
	t.Parallel()
	database := mongotest.Database(t)
	collections := notes(store.Index{Name: "code", Fields: []string{"code"}})
	s := mongotest.Reopen(t, database, collections)
	for _, d := range []store.Document{note(t, "a", "x"), note(t, "c", "x")} {
		if err := s.Insert(t.Context(), collections[0], d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := direct(t).Database(database).Collection("notes").InsertOne(t.Context(), bson.D{{Key: "_id", Value: "b"}, {Key: "rev", Value: "one"}}); err != nil {
		t.Fatal(err)
	}
	revisions := map[string]int64{}
	for d, err := range s.Query(t.Context(), store.Query{Collection: collections[0]}) {
		if err != nil {
			t.Fatal(err)
		}
		revisions[d.ID] = d.Rev
	}
	if diff := cmp.Diff(map[string]int64{"a": 1, "b": 0, "c": 1}, revisions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSlowCommandsAreLoggedWithoutTheirContents(t *testing.T) {
	t.Parallel()
	const secret = "declined"
	var log bytes.Buffer
	collections := notes(store.Index{Name: "code", Fields: []string{"code"}, Unique: true})
	s, err := mongostore.Open(t.Context(), mongostore.Config{
		URI: mongotest.URI(t), Database: mongotest.Database(t), Collections: collections,
		Logger: slog.New(slog.NewTextHandler(&log, nil)), SlowAfter: time.Nanosecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Insert(t.Context(), collections[0], note(t, "a", secret)); err != nil {
		t.Fatal(err)
	}
	err = s.Insert(t.Context(), collections[0], note(t, "b", secret))
	if fault.RuleOf(err) != "unique_taken" || strings.Contains(err.Error(), secret) {
		t.Errorf("the refusal: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "command=insert") || strings.Contains(text, secret) {
		t.Errorf("the log: %s", text)
	}
}
