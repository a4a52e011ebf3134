package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"holon/internal/fault"
)

// Tally says what a collection holds: how many documents of how many bytes, and
// the SHA-256 of their bodies one after another in the order of `_id`. The same
// documents have the same tally on every engine.
type Tally struct {
	Documents int64  `json:"documents"`
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"`
}

// Digest says what a store holds, by collection; those without a document are
// left out, so that it does not change with the declaration of new ones.
type Digest map[string]Tally

// SHA256 is one hash over all collections: of lines as sha256sum prints them of
// the files of a backup, in the order of their names.
func (d Digest) SHA256() string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(d)) {
		_, _ = fmt.Fprintf(&lines, "%s  %s.bson\n", d[name].SHA256, name) // a builder does not fail
	}
	sum := sha256.Sum256([]byte(lines.String()))
	return hex.EncodeToString(sum[:])
}

// Documents counts the documents of all collections.
func (d Digest) Documents() int64 {
	var n int64
	for _, t := range d {
		n += t.Documents
	}
	return n
}

// Tallying adds up documents as they pass. They have to come in the order of
// their identifiers, each once.
type Tallying struct {
	collection string
	sum        hash.Hash
	tally      Tally
	last       string
}

// NewTallying begins at nothing.
func NewTallying(c Collection) *Tallying { return &Tallying{collection: c.Name, sum: sha256.New()} }

// Add adds a document. One that does not come after the last is refused: it is
// there twice, or an engine orders otherwise.
func (t *Tallying) Add(d Document) error {
	if t.tally.Documents > 0 && d.ID <= t.last {
		return fault.Wrap(fault.Internal, "order_broken", "Documents do not come in the order of their identifiers, or one comes twice.",
			fmt.Errorf("%s: %s does not come after %s", t.collection, d.ID, t.last))
	}
	t.last = d.ID
	t.tally.Documents++
	t.tally.Bytes += int64(len(d.Body))
	t.sum.Write(d.Body)
	return nil
}

// Tally returns what was added so far.
func (t *Tallying) Tally() Tally {
	now := t.tally
	now.SHA256 = hex.EncodeToString(t.sum.Sum(nil))
	return now
}

// DigestOf reads all that an engine holds of what is portable; met, if any, is
// called with every document.
func DigestOf(ctx context.Context, e Engine, met func(Collection)) (Digest, error) {
	all := Digest{}
	for _, c := range Portable() {
		t := NewTallying(c)
		for d, err := range e.Query(ctx, Query{Collection: c}) {
			if err != nil {
				return nil, err
			}
			if err := t.Add(d); err != nil {
				return nil, err
			}
			if met != nil {
				met(c)
			}
		}
		if t.tally.Documents > 0 {
			all[c.Name] = t.Tally()
		}
	}
	return all, nil
}
