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
		key, whole := uniqueKeyOf(c, x, d)
		if !whole {
			continue // damaged, which its reader tells
		}
		if n.unique[key] {
			n.report("key_twice", c.Name, d.ID, "Another document of the collection has the same "+strings.Join(x.Fields, " and ")+".")
		}
		n.unique[key] = true
	}
}

// historyRoom is what an entry of history may have beyond what it archives.
func historyRoom(c Collection) int {
	if c.Name == historyCollection().Name {
		return 1 << 20
	}
	return 0
}

// uniqueKeyOf returns a document's key in a unique index, or that it has none.
func uniqueKeyOf(c Collection, x Index, d Document) (uniqueKey, bool) {
	values, err := lookUp(c.Name, d.Body, x.Fields)
	if err != nil || slices.Contains(values, nil) {
		return uniqueKey{}, false
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %q", c.Name, x.Name) // a hash does not fail
	for _, v := range values {
		if t, ok := v.(time.Time); ok {
			v = t.UnixMilli()
		}
		_, _ = fmt.Fprintf(h, " %T %q", v, fmt.Sprint(v)) // as above
	}
	return uniqueKey(h.Sum(nil)[:16]), true
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
