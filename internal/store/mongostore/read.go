package mongostore

import (
	"context"
	"iter"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"holon/internal/store"
)

// batchSize is how many documents a server sends at once: some megabytes of
// the largest that are usual.
const batchSize = 128

// Get reads one document, with the fields named (nil: all).
func (s *Store) Get(ctx context.Context, c store.Collection, id string, fields []string) (store.Document, error) {
	collection, _, err := s.collection(c)
	if err != nil {
		return store.Document{}, err
	}
	body, err := collection.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(projection(fields, nil))).Raw()
	if err != nil {
		return store.Document{}, s.refuse(ctx, err)
	}
	return received(body), nil
}

// Query streams documents in the order of one declared index.
func (s *Store) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		cursor, err := s.find(ctx, q)
		if err != nil {
			yield(store.Document{}, err)
			return
		}
		defer func() {
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
			defer cancel()
			_ = cursor.Close(ending) // all was read that anybody wants; the server drops idle cursors
		}()
		for cursor.Next(ctx) {
			if ctx.Err() != nil || s.closed.Load() {
				break
			}
			if !yield(received(cursor.Current), nil) {
				return
			}
		}
		switch {
		case s.closed.Load():
			yield(store.Document{}, store.Closed())
		case ctx.Err() != nil:
			yield(store.Document{}, store.OutOfTime(ctx.Err()))
		case cursor.Err() != nil:
			yield(store.Document{}, s.refuse(ctx, cursor.Err()))
		}
	}
}

// find opens a cursor for a query.
func (s *Store) find(ctx context.Context, q store.Query) (*mongo.Cursor, error) {
	collection, declared, err := s.collection(q.Collection)
	if err != nil {
		return nil, err
	}
	q.Collection = declared
	p, err := q.Plan()
	if err != nil {
		return nil, err
	}
	direction := 1
	if q.Descending {
		direction = -1
	}
	order := bson.D{}
	for _, k := range p.Keys {
		order = append(order, bson.E{Key: k, Value: direction})
	}
	cursor, err := collection.Find(ctx, filter(p, q.Descending), options.Find().
		SetSort(order).
		SetLimit(int64(q.Limit)).
		SetBatchSize(batchSize).
		SetProjection(projection(q.Fields, p.Index.Fields)))
	return cursor, s.refuse(ctx, err)
}

// filter asks for the equal values and for what comes after a key. "After" is
// a choice of ranges, one for each key that may be the first to differ, each
// of which the index answers in order.
func filter(p store.Plan, descending bool) bson.D {
	same := bson.D{}
	for i, v := range p.Equal {
		same = append(same, bson.E{Key: p.Keys[i], Value: v})
	}
	if p.After == nil {
		return same
	}
	choices := bson.A{}
	for i := len(p.Equal); i < len(p.Keys); i++ {
		for _, beyond := range beyond(p.After[i], descending, p.Index.Unique || p.Keys[i] == "_id") {
			choices = append(choices, append(slices.Clone(same), bson.E{Key: p.Keys[i], Value: beyond}))
		}
		same = append(same, bson.E{Key: p.Keys[i], Value: p.After[i]})
	}
	if len(choices) == 0 { // a unique index, fully given: nothing comes after
		return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}}}
	}
	return bson.D{{Key: "$or", Value: choices}}
}

// beyond lists the conditions under which a field lies after a value. A missing
// field comes before everything; comparisons of a server never meet it.
func beyond(v any, descending, always bool) []any {
	switch {
	case v == nil && descending:
		return nil
	case v == nil:
		return []any{bson.D{{Key: "$ne", Value: nil}}}
	case descending && always:
		return []any{bson.D{{Key: "$lt", Value: v}}}
	case descending:
		return []any{bson.D{{Key: "$lt", Value: v}}, nil}
	default:
		return []any{bson.D{{Key: "$gt", Value: v}}}
	}
}

// projection names the fields wanted and those that always come; nil is all.
func projection(fields, always []string) any {
	if fields == nil {
		return bson.D{}
	}
	wanted := slices.Concat([]string{"_id", "rev"}, always, fields)
	slices.Sort(wanted)
	p := bson.D{}
	for _, f := range slices.Compact(wanted) {
		p = append(p, bson.E{Key: f, Value: 1})
	}
	return p
}

// received makes a document of bytes that belong to the driver. Damage is for
// the reader to find, by name: without a string `_id` the id is empty, without
// an integer `rev` the revision is one that no write matches.
func received(body bson.Raw) store.Document {
	d := store.Document{Body: slices.Clone([]byte(body))}
	d.ID, _ = body.Lookup("_id").StringValueOK()
	if rev := body.Lookup("rev"); rev.Type == bson.TypeInt32 || rev.Type == bson.TypeInt64 {
		d.Rev = rev.AsInt64()
	}
	return d
}
