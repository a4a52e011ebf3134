package archive

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"time"

	"holon/internal/fault"
	"holon/internal/store"
)

// Moving says from where to where a practice is copied.
type Moving struct {
	From, To store.Engine
	At       time.Time
	Progress Progress // nil tells nobody

	// Announce is called once, before anything goes out: the place of the source's
	// audit entry, which is so copied too. Nil does nothing.
	Announce func(ctx context.Context) error
	// Differs is told of every document that is not the same on both sides in the
	// end. Nil is told nothing.
	Differs func(document string)
}

// Move copies all documents of a store into an empty one, then reads both sides
// and compares every document. It returns what both hold. Documents that no
// store would take are not left behind in silence: the move is refused. So is one
// whose source was written meanwhile.
func Move(ctx context.Context, m Moving) (store.Digest, error) {
	if err := store.CheckFinished(ctx, m.From); err != nil {
		return nil, err
	}
	_, goesOn, err := store.NewUnfinished(m.To).Get(ctx)
	if err != nil {
		return nil, err
	}
	if !goesOn {
		if err := CheckEmpty(ctx, m.To); err != nil {
			return nil, err
		}
		if m.Announce != nil {
			if err := m.Announce(ctx); err != nil {
				return nil, err
			}
		}
	}
	before, err := m.sound(ctx)
	if err != nil {
		return nil, err
	}
	work, err := begin(ctx, m.To, store.Copying{Kind: "move", Digest: before.SHA256(), At: m.At})
	if err != nil {
		return nil, err
	}
	if !work.Copied {
		if err := m.copy(ctx, before); err != nil {
			return nil, err
		}
	}
	if err := m.compare(ctx, before); err != nil {
		return nil, err
	}
	return before, end(ctx, m.To, work)
}

// sound reads the source: its digest, or the refusal of what cannot be moved.
func (m Moving) sound(ctx context.Context) (store.Digest, error) {
	all := store.Digest{}
	for _, c := range store.Portable() {
		t := store.NewTallying(c)
		n := 0
		for d, err := range m.From.Query(ctx, store.Query{Collection: c}) {
			if err != nil {
				return nil, err
			}
			if err := c.Sound(d); err != nil {
				return nil, fault.Wrap(fault.Unavailable, "source_damaged", fmt.Sprintf(
					"The document %s is damaged, so it cannot be moved, and nothing was. The command doctor lists all such documents; a backup can be restored without them.", store.DocumentName(c, d.ID)), err)
			}
			if err := t.Add(d); err != nil {
				return nil, err
			}
			n++
			m.Progress.now("reading "+c.Name, n, 0)
		}
		if n > 0 {
			all[c.Name] = t.Tally()
		}
	}
	return all, nil
}

// copy stores all documents of the source in the target.
func (m Moving) copy(ctx context.Context, all store.Digest) error {
	for _, c := range store.Portable() {
		if all[c.Name].Documents == 0 {
			continue
		}
		err := fillCollection(ctx, m.To, c, m.From.Query(ctx, store.Query{Collection: c}), func(n int) {
			m.Progress.now("copying "+c.Name, n, int(all[c.Name].Documents))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compare reads both sides and compares every document, and what the source
// holds now with what it held at the beginning.
func (m Moving) compare(ctx context.Context, before store.Digest) error {
	different, now := 0, store.Digest{}
	for _, c := range store.Portable() {
		t := store.NewTallying(c)
		err := m.pairs(ctx, c, t, func(id string) {
			different++
			if m.Differs != nil {
				m.Differs(store.DocumentName(c, id))
			}
		})
		if err != nil {
			return err
		}
		if tally := t.Tally(); tally.Documents > 0 {
			now[c.Name] = tally
		}
	}
	if different > 0 || now.SHA256() != before.SHA256() {
		return fault.New(fault.Conflict, "move_differs", fmt.Sprintf(
			"The two sides are not the same: %d documents differ. Something wrote to one of them meanwhile. Stop every Holon on both, remove what is in the target, and move again; the source was left as it is.", different))
	}
	return nil
}

// pairs walks a collection on both sides in step and calls differs with every
// identifier that is on one side only or with other bytes on the other.
func (m Moving) pairs(ctx context.Context, c store.Collection, t *store.Tallying, differs func(id string)) error {
	left, stopLeft := iter.Pull2(m.From.Query(ctx, store.Query{Collection: c}))
	defer stopLeft()
	right, stopRight := iter.Pull2(m.To.Query(ctx, store.Query{Collection: c}))
	defer stopRight()
	a, errA, moreA := left()
	b, errB, moreB := right()
	for n := 1; moreA || moreB; n++ {
		if errA != nil {
			return errA
		}
		if errB != nil {
			return errB
		}
		onLeft, onRight := moreA && (!moreB || a.ID <= b.ID), moreB && (!moreA || b.ID <= a.ID)
		if !onLeft {
			differs(b.ID)
		} else if !onRight || a.Rev != b.Rev || !bytes.Equal(a.Body, b.Body) {
			differs(a.ID)
		}
		if onLeft {
			if err := t.Add(a); err != nil {
				return err
			}
			a, errA, moreA = left()
		}
		if onRight {
			b, errB, moreB = right()
		}
		m.Progress.now("comparing "+c.Name, n, 0)
	}
	return nil
}
