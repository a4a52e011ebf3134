package store

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
)

// Collection declares a collection and every index that queries may use.
type Collection struct {
	Name    string
	Indexes []Index
}

// Index is an ordered index over top-level fields of the document, `_id` being
// the last key of one that is not unique.
//
// A field holds strings, 64-bit integers (int64) or times of a millisecond
// (time.Time), one of these kinds throughout the collection, or nothing (nil: null
// or left out). Nothing is ordered first; strings are ordered by their bytes,
// without any collation. A document that lacks a field of a unique index is refused,
// since databases disagree on whether two absent values are alike.
type Index struct {
	Name   string
	Fields []string
	Unique bool
}

// tableName is what an engine can use as a name without any quoting.
var tableName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

// Validate finds mistakes in the declaration, as an Internal fault.
func (c Collection) Validate() error {
	if !tableName.MatchString(c.Name) {
		return malformed("collection_malformed", "the collection name %q is not lower snake case", c.Name)
	}
	seen := map[string]bool{}
	for _, x := range c.Indexes {
		if !tableName.MatchString(x.Name) || seen[x.Name] || len(x.Fields) == 0 {
			return malformed("collection_malformed", "%s: index %q has no fields, or a bad or repeated name", c.Name, x.Name)
		}
		seen[x.Name] = true
		for i, f := range x.Fields {
			if !tableName.MatchString(f) || slices.Contains(x.Fields[:i], f) {
				return malformed("collection_malformed", "%s: index %s: field %q is no plain name, or repeated", c.Name, x.Name, f)
			}
		}
	}
	return nil
}

// Fields returns the name of every field that some index uses, sorted.
func (c Collection) Fields() []string {
	var names []string
	for _, x := range c.Indexes {
		names = append(names, x.Fields...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Index finds a declared index. The name "" is the order of `_id`: a unique
// index without fields.
func (c Collection) Index(name string) (Index, error) {
	if name == "" {
		return Index{Unique: true}, nil
	}
	for _, x := range c.Indexes {
		if x.Name == name {
			return x, nil
		}
	}
	return Index{}, malformed("query_malformed", "%s: no index is named %q", c.Name, name)
}

// Keys returns the fields that order an index: its own, and `_id` where they
// do not decide alone.
func (x Index) Keys() []string {
	if x.Unique && len(x.Fields) > 0 {
		return x.Fields
	}
	return append(slices.Clone(x.Fields), "_id")
}

// Key returns the document's place in an index, in the form that Query.After
// takes: the index's fields, then `_id`.
func (c Collection) Key(index string, d Document) ([]any, error) {
	x, err := c.Index(index)
	if err != nil {
		return nil, err
	}
	values, err := lookUp(c.Name, d.Body, x.Fields)
	if err != nil {
		return nil, err
	}
	return append(values, d.ID), nil
}

// Values checks a document that is to be written and returns the value of each
// of the collection's Fields, in that order.
func (c Collection) Values(d Document) ([]any, error) {
	id, rev, err := Identity(d.Body)
	if err != nil {
		return nil, err
	}
	if id != d.ID || rev != d.Rev || id == "" {
		return nil, malformed("document_malformed", "%s: `_id` or `rev` of the body are not those of the document", c.Name)
	}
	fields := c.Fields()
	values, err := lookUp(c.Name, d.Body, fields)
	if err != nil {
		return nil, err
	}
	for _, x := range c.Indexes {
		if !x.Unique {
			continue
		}
		for _, f := range x.Fields {
			if values[slices.Index(fields, f)] == nil {
				return nil, malformed("document_malformed", "%s: the field %s of the unique index %s is missing", c.Name, f, x.Name)
			}
		}
	}
	return values, nil
}

// Identity reads `_id`, the first element, and `rev` from a BSON document.
func Identity(body []byte) (id string, rev int64, err error) {
	elements, err := bson.Raw(body).Elements()
	if err != nil {
		return "", 0, fault.Wrap(fault.Internal, "document_malformed", "A stored document is damaged.", err)
	}
	if len(elements) == 0 || elements[0].Key() != "_id" {
		return "", 0, malformed("document_malformed", "`_id` is not the first element")
	}
	id, isString := elements[0].Value().StringValueOK()
	if !isString {
		return "", 0, malformed("document_malformed", "`_id` is not a string")
	}
	at := slices.IndexFunc(elements, func(e bson.RawElement) bool { return e.Key() == "rev" })
	if at < 0 {
		return "", 0, malformed("document_malformed", "`rev` is missing")
	}
	rev, isInteger := elements[at].Value().AsInt64OK()
	if !isInteger || elements[at].Value().Type == bson.TypeDouble {
		return "", 0, malformed("document_malformed", "`rev` is not an integer")
	}
	return id, rev, nil
}

// lookUp reads top-level fields that are to be indexed.
func lookUp(collection string, body []byte, fields []string) ([]any, error) {
	values := make([]any, len(fields), len(fields)+1)
	elements, err := bson.Raw(body).Elements()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "document_malformed", "A stored document is damaged.", err)
	}
	for _, e := range elements {
		i := slices.Index(fields, e.Key())
		if i < 0 {
			continue
		}
		switch v := e.Value(); v.Type {
		case bson.TypeString:
			values[i] = v.StringValue()
		case bson.TypeInt32, bson.TypeInt64:
			values[i] = v.AsInt64()
		case bson.TypeDateTime:
			values[i] = v.Time().UTC()
		case bson.TypeNull:
		default:
			return nil, malformed("document_malformed", "%s: the indexed field %s holds a BSON %s", collection, fields[i], v.Type)
		}
	}
	return values, nil
}

// Plan is a checked query: what an engine needs to know beyond the query
// itself.
type Plan struct {
	Index Index
	Keys  []string // the fields that order the answer
	Equal []any    // values of the leading Keys
	After []any    // a value for each of Keys; nil starts at the beginning
}

// Plan checks the query against the collection's declaration.
func (q Query) Plan() (Plan, error) {
	x, err := q.Collection.Index(q.Index)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Index: x, Keys: x.Keys(), Equal: q.Equal}
	if len(q.Equal) > len(x.Fields) || q.Limit < 0 {
		return Plan{}, malformed("query_malformed", "%s: %d equal values for index %q, limit %d", q.Collection.Name, len(q.Equal), x.Name, q.Limit)
	}
	for _, v := range slices.Concat(q.Equal, q.After) {
		switch v.(type) {
		case nil, string, int64, time.Time:
		default:
			return Plan{}, malformed("query_malformed", "%s: index %q is asked for a %T", q.Collection.Name, x.Name, v)
		}
	}
	if q.After == nil {
		return p, nil
	}
	if len(q.After) != len(x.Fields)+1 {
		return Plan{}, malformed("query_malformed", "%s: the key to go on after has %d values, not %d", q.Collection.Name, len(q.After), len(x.Fields)+1)
	}
	for i, v := range q.Equal {
		if !same(v, q.After[i]) {
			return Plan{}, malformed("query_malformed", "%s: the key to go on after is outside of what is asked", q.Collection.Name)
		}
	}
	p.After = q.After[:len(p.Keys)]
	return p, nil
}

// same compares two key values; times are equal when they are the same instant.
func same(a, b any) bool {
	if t, ok := a.(time.Time); ok {
		u, isTime := b.(time.Time)
		return isTime && t.Equal(u)
	}
	return a == b
}

// malformed is the fault of a caller inside the program; its text is for the
// log and names no value of a document.
func malformed(rule, format string, args ...any) error {
	return fault.Wrap(fault.Internal, rule, "Holon asked its store for something that cannot be.", fmt.Errorf(format, args...))
}
