package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/store"
)

// InsertAll stores new documents, durably, when it returns nil. After an error
// some of them may be stored. It is for filling a whole store; the faults are
// those of Insert, but a taken id may be "unique_taken".
func (s *Store) InsertAll(ctx context.Context, c store.Collection, docs []store.Document) error {
	collection, declared, err := s.collection(c)
	if err != nil {
		return err
	}
	bodies := make([]any, len(docs))
	for i, d := range docs {
		if _, err := declared.Values(d); err != nil {
			return err
		}
		bodies[i] = bson.Raw(d.Body)
	}
	_, err = collection.InsertMany(ctx, bodies)
	return s.refuse(ctx, err)
}
