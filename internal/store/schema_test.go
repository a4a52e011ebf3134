package store

import (
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestOlderSchemasAreRaisedAndNewerOnesRefused(t *testing.T) {
	t.Parallel()
	// Schema 1 of this test called the code a label; schema 2 calls it code.
	s := therapistShape()
	s.raises = []raise{func(body []byte) ([]byte, error) {
		var d bson.D
		if err := bson.Unmarshal(body, &d); err != nil {
			return nil, err
		}
		for i := range d {
			switch d[i].Key {
			case "label":
				d[i].Key = "code"
			case "schema":
				d[i].Value = int32(2)
			}
		}
		return bson.Marshal(d)
	}}
	all := versioned[session.Therapist, session.TherapistID]{shape: s}
	written := func(schema int32, name string) Document {
		body, err := bson.Marshal(bson.D{
			{Key: "_id", Value: "t-1"},
			{Key: name, Value: "T-1"},
			{Key: "rev", Value: int64(3)},
			{Key: "schema", Value: schema},
			{Key: "change", Value: bson.D{{Key: "by", Value: "p"}, {Key: "at", Value: instant}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return Document{ID: "t-1", Rev: 3, Body: body}
	}
	for _, d := range []Document{written(1, "label"), written(2, "code")} {
		got, err := all.restore(t.Context(), newDecoder(everyLevel), d)
		if err != nil {
			t.Fatal(err)
		}
		if got.Code != "T-1" || got.Schema != 2 {
			t.Errorf("got code %q at schema %d, want T-1 at 2", got.Code, got.Schema)
		}
	}
	for rule, d := range map[string]Document{"schema_newer": written(3, "code"), "document_damaged": written(0, "code")} {
		_, err := all.restore(t.Context(), newDecoder(everyLevel), d)
		if _, is := errors.AsType[*DamagedError](err); !is || fault.RuleOf(err) != rule {
			t.Errorf("got %v, want %s", err, rule)
		}
	}
}
