package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// uniqueKey is the hash of a key that has to be unique: so many bytes for each
// document are kept while a store is inspected, and no more.
type uniqueKey [16]byte

// met notes a document of any collection: that it is there, and what is wrong
// with it as a document, whatever it holds.
func (n *inspection) met(c Collection, d Document) {
	n.counts[c.Name]++
	if c.Name != historyCollection().Name {
		n.known[documentName(c, d.ID)] = true
	}
	if len(d.Body) > MaxDocument+historyRoom(c) {
		n.report("document_too_large", c.Name, d.ID, fmt.Sprintf("It has %d bytes, more than every engine can keep and archive.", len(d.Body)))
	}
	for _, x := range c.Indexes {
		if !x.Unique {
			continue
		}
		key, values := uniqueKeyOf(c, x, d)
		if values == nil {
			continue // damaged, which its reader tells
		}
		if n.unique[key] {
			n.suspects = append(n.suspects, suspect{collection: c, index: x, values: values, id: d.ID})
		}
		n.unique[key] = true
	}
}

// suspect is a document whose unique key was met before. Beside a writer, two
// documents can have had one key one after the other.
type suspect struct {
	collection Collection
	index      Index
	values     []any
	id         string
}

// twice reports the suspects that have their key together with another now.
func (n *inspection) twice(ctx context.Context) error {
	for _, x := range n.suspects {
		others := 0
		for d, err := range n.engine.Query(ctx, Query{Collection: x.collection, Index: x.index.Name, Equal: x.values, Fields: []string{}}) {
			if err != nil {
				return err
			}
			if d.ID != x.id {
				others++
			}
		}
		if others > 0 {
			n.report("key_twice", x.collection.Name, x.id, "Another document of the collection has the same "+strings.Join(x.index.Fields, " and ")+".")
		}
	}
	return nil
}

// historyRoom is what an entry of history may have beyond what it archives.
func historyRoom(c Collection) int {
	if c.Name == historyCollection().Name {
		return 1 << 20
	}
	return 0
}

// uniqueKeyOf returns the values of a document's key in a unique index, nil if it
// has none, and their hash.
func uniqueKeyOf(c Collection, x Index, d Document) (uniqueKey, []any) {
	values, err := lookUp(c.Name, d.Body, x.Fields)
	if err != nil || slices.Contains(values, nil) {
		return uniqueKey{}, nil
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %q", c.Name, x.Name) // a hash does not fail
	for _, v := range values {
		if t, ok := v.(time.Time); ok {
			v = t.UnixMilli()
		}
		_, _ = fmt.Fprintf(h, " %T %q", v, fmt.Sprint(v)) // as above
	}
	return uniqueKey(h.Sum(nil)[:16]), values
}

// unfinished looks for the note of a restore or a move that was interrupted.
func (n *inspection) unfinished(ctx context.Context) error {
	c := unfinishedCollection()
	for d, err := range n.engine.Query(ctx, Query{Collection: c}) {
		if err != nil {
			return err
		}
		n.met(c, d)
		x, err := readCopying(d)
		if err != nil {
			if err := n.unreadable(err); err != nil {
				return err
			}
			continue
		}
		n.report("copy_unfinished", c.Name, d.ID, "A "+x.Kind+" into this store was interrupted, so not all may be in it; run the same command again.")
	}
	return nil
}
