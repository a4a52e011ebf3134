package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"holon/internal/fault"
	"holon/internal/store"
)

// Insert stores a new document, durable when it returns.
func (s *Store) Insert(ctx context.Context, c store.Collection, d store.Document) error {
	collection, declared, err := s.collection(c)
	if err != nil {
		return err
	}
	if _, err := declared.Values(d); err != nil {
		return err
	}
	_, err = collection.InsertOne(ctx, bson.Raw(d.Body))
	if err = s.refuse(ctx, err); fault.RuleOf(err) != "unique_taken" {
		return err
	}
	// A server names whichever index it looked at first; the id goes before.
	if s.exists(ctx, collection, d.ID) == nil {
		return store.IDTaken()
	}
	return err
}

// Replace swaps the document whose revision is rev for d, durable when it
// returns.
func (s *Store) Replace(ctx context.Context, c store.Collection, d store.Document, rev int64) error {
	collection, declared, err := s.collection(c)
	if err != nil {
		return err
	}
	if err := store.CheckOrder(d, rev); err != nil {
		return err
	}
	if _, err := declared.Values(d); err != nil {
		return err
	}
	result, err := collection.ReplaceOne(ctx, revision(d.ID, rev), bson.Raw(d.Body))
	if err != nil {
		return s.refuse(ctx, err)
	}
	return s.matched(ctx, collection, d.ID, result.MatchedCount)
}

// Delete removes the document whose revision is rev.
func (s *Store) Delete(ctx context.Context, c store.Collection, id string, rev int64) error {
	collection, _, err := s.collection(c)
	if err != nil {
		return err
	}
	result, err := collection.DeleteOne(ctx, revision(id, rev))
	if err != nil {
		return s.refuse(ctx, err)
	}
	return s.matched(ctx, collection, id, result.DeletedCount)
}

// revision is the filter for one revision of one document.
func revision(id string, rev int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}
}

// matched finds out why nothing was changed, if nothing was.
func (s *Store) matched(ctx context.Context, collection *mongo.Collection, id string, count int64) error {
	if count == 1 {
		return nil
	}
	if err := s.exists(ctx, collection, id); err != nil {
		return err
	}
	return store.WrittenSince()
}

// exists returns nil if there is a document of this id, else NotFound or what
// went wrong.
func (s *Store) exists(ctx context.Context, collection *mongo.Collection, id string) error {
	only := options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})
	return s.refuse(ctx, collection.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, only).Err())
}
