package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holon/internal/fault"
)

// Copying is the note of work that fills a whole store and is not finished: a
// store that holds it is not to be used. It stands from before the first
// document until after the last check.
type Copying struct {
	Kind   string // restore or move
	Digest string // of all that is to be copied
	Copied bool   // every document is there and was compared; what follows a copy is not finished
	At     time.Time
}

// unfinishedID is the one identifier in its collection: one store is filled once
// at a time.
const unfinishedID = "copying"

// unfinishedCollection holds the note, and nothing most of the time.
func unfinishedCollection() Collection {
	return Collection{Name: "unfinished"}
}

// Unfinished keeps the note of unfinished work.
type Unfinished struct {
	engine Engine
}

// NewUnfinished returns the note's place in an engine.
func NewUnfinished(e Engine) *Unfinished { return &Unfinished{engine: e} }

// Get reads the note; false says that nothing is unfinished.
func (u *Unfinished) Get(ctx context.Context) (Copying, bool, error) {
	d, err := u.engine.Get(ctx, unfinishedCollection(), unfinishedID, nil)
	if fault.Is(err, fault.NotFound) {
		return Copying{}, false, nil
	}
	if err != nil {
		return Copying{}, false, err
	}
	x, err := readCopying(d)
	return x, err == nil, err
}

// Begin puts the note there, durably. That one is there already is a Conflict.
func (u *Unfinished) Begin(ctx context.Context, x Copying) error {
	return u.engine.Insert(ctx, unfinishedCollection(), copyingDocument(x, 1))
}

// Advance notes that all is copied.
func (u *Unfinished) Advance(ctx context.Context, x Copying) error {
	x.Copied = true
	return u.engine.Replace(ctx, unfinishedCollection(), copyingDocument(x, 2), 1)
}

// End takes the note away: the store may be used.
func (u *Unfinished) End(ctx context.Context) error {
	return u.engine.Delete(ctx, unfinishedCollection(), unfinishedID, 2)
}

// CheckFinished refuses a store in which a restore or a move was interrupted.
func CheckFinished(ctx context.Context, e Engine) error {
	x, there, err := NewUnfinished(e).Get(ctx)
	if err != nil {
		return err
	}
	if there {
		return fault.New(fault.Unavailable, "copy_unfinished", fmt.Sprintf(
			"A %s into this store was interrupted, so not all of the practice is in it. Run the same %s command again; it goes on where it stopped.", x.Kind, x.Kind))
	}
	return nil
}

// copyingDocument makes the document of the note.
func copyingDocument(x Copying, rev int64) Document {
	w := newWriting(256)
	w.text("_id", unfinishedID)
	w.revision("rev", rev)
	w.whole("schema", recordSchema)
	w.text("kind", x.Kind)
	w.text("digest", x.Digest)
	w.truth("copied", x.Copied)
	w.instant("at", x.At)
	return Document{ID: unfinishedID, Rev: rev, Body: w.bytes()}
}

// readCopying reads the document of the note.
func readCopying(d Document) (Copying, error) {
	var x Copying
	err := readRecord(unfinishedCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "kind":
			x.Kind = r.text()
		case "digest":
			x.Digest = r.text()
		case "copied":
			x.Copied = r.truth()
		case "at":
			x.At = r.instant()
		default:
			return false
		}
		return true
	}, func() bool { return x.Kind != "" && x.Digest != "" && !x.At.IsZero() })
	if err == nil && x.Copied != (d.Rev == 2) {
		err = damaged(unfinishedCollection().Name, d.ID, errors.New("its revision contradicts its state"))
	}
	return x, err
}
