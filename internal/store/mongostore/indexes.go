package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"holon/internal/fault"
	"holon/internal/store"
)

var _ store.Checker = (*Store)(nil)

// Check finds declared indexes that the database lacks.
func (s *Store) Check(ctx context.Context, found func(store.Problem)) error {
	for _, name := range s.order {
		c := s.known[name]
		lacking, err := s.lacking(ctx, c)
		if err != nil {
			return err
		}
		for _, x := range lacking {
			found(store.Problem{Rule: "index_missing", Collection: c.Name, ID: x.Name, Detail: "The index is missing or is not the declared one; the next start of the service makes it."})
		}
	}
	return nil
}

// lacking lists the declared indexes of a collection that the database does not
// have as they are declared.
func (s *Store) lacking(ctx context.Context, c store.Collection) ([]store.Index, error) {
	if s.closed.Load() {
		return nil, store.Closed()
	}
	if len(c.Indexes) == 0 {
		return nil, nil
	}
	there, err := s.database.Collection(c.Name).Indexes().ListSpecifications(ctx)
	if err != nil {
		return nil, s.refuse(ctx, err)
	}
	var lacking []store.Index
	for _, x := range c.Indexes {
		if !slices.ContainsFunc(there, func(is mongo.IndexSpecification) bool { return isIndex(is, x) }) {
			lacking = append(lacking, x)
		}
	}
	return lacking, nil
}

// isIndex tells whether an index of the database is the declared one.
func isIndex(is mongo.IndexSpecification, x store.Index) bool {
	elements, err := is.KeysDocument.Elements()
	if err != nil || is.Name != x.Name || x.Unique != (is.Unique != nil && *is.Unique) {
		return false
	}
	var keys []string
	for _, e := range elements {
		keys = append(keys, e.Key())
	}
	return slices.Equal(keys, x.Keys())
}

// willChange tells whether making the declared indexes would change a database
// that holds documents.
func (s *Store) willChange(ctx context.Context) (bool, error) {
	changing := false
	for _, name := range s.order {
		lacking, err := s.lacking(ctx, s.known[name])
		if err != nil {
			return false, err
		}
		changing = changing || len(lacking) > 0
	}
	if !changing {
		return false, nil
	}
	only := options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})
	for _, name := range s.order {
		err := s.refuse(ctx, s.database.Collection(name).FindOne(ctx, bson.D{}, only).Err())
		if err == nil || !fault.Is(err, fault.NotFound) {
			return err == nil, err
		}
	}
	return false, nil
}
