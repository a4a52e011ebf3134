package archive

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/store"
)

// Restoring says into what a backup is restored, and how.
type Restoring struct {
	Engine   store.Engine
	At       time.Time
	Verify   bool     // read all of it back and compare
	Progress Progress // nil tells nobody

	// Replay does again what was decided about the data after the backup was made,
	// such as the redaction of a member. It may run twice. Nil does nothing.
	Replay func(ctx context.Context, e store.Engine) error
	// Finish is called when everything else is done, before the store may be used:
	// the place of the audit entry. It may run twice. Nil does nothing.
	Finish func(ctx context.Context) error
}

// Restore puts a backup into an empty store. The whole backup is checked before
// the first document is written. Interrupted, the same restore goes on where it
// stopped, and until it has ended nothing else opens the store.
func Restore(ctx context.Context, a *Archive, into Restoring) error {
	if err := a.Verify(ctx, into.Progress); err != nil {
		return err
	}
	work, err := begin(ctx, into.Engine, store.Copying{Kind: "restore", Digest: a.Manifest.Digest, At: into.At})
	if err != nil {
		return err
	}
	if !work.Copied {
		if err := a.copyInto(ctx, into); err != nil {
			return err
		}
		if err := store.NewUnfinished(into.Engine).Advance(ctx, work); err != nil {
			return err
		}
		work.Copied = true
	}
	if into.Replay != nil {
		if err := into.Replay(ctx, into.Engine); err != nil {
			return err
		}
	}
	if into.Finish != nil {
		if err := into.Finish(ctx); err != nil {
			return err
		}
	}
	return end(ctx, into.Engine, work)
}

// copyInto stores every document of the backup and, if asked to, reads all back.
func (a *Archive) copyInto(ctx context.Context, into Restoring) error {
	for _, m := range a.Manifest.Collections {
		c, err := portable(m.Name)
		if err != nil {
			return err
		}
		err = fillCollection(ctx, into.Engine, c, a.documents(ctx, c), func(n int) {
			into.Progress.now("writing "+c.Name, n, int(m.Documents))
		})
		if err != nil {
			return err
		}
	}
	if !into.Verify {
		return nil
	}
	there, err := digest(ctx, into.Engine, a.Manifest.Digests(), into.Progress)
	if err != nil {
		return err
	}
	if !maps.Equal(there, a.Manifest.Digests()) {
		return differs(a.Manifest.Digests(), there)
	}
	return nil
}

// digest reads all of a store, telling how far it is of what is expected.
func digest(ctx context.Context, e store.Engine, expected store.Digest, progress Progress) (store.Digest, error) {
	counts := map[string]int{}
	return store.DigestOf(ctx, e, func(c store.Collection) {
		counts[c.Name]++
		progress.now("comparing "+c.Name, counts[c.Name], int(expected[c.Name].Documents))
	})
}

// differs is the answer where a store does not hold what was put into it. It
// names the collections.
func differs(want, got store.Digest) error {
	var names []string
	for _, d := range []store.Digest{want, got} {
		for name := range d {
			if want[name] != got[name] && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return fault.New(fault.Internal, "copy_differs", fmt.Sprintf(
		"What was read back is not what was written, in: %v. Do not use this store; check the disk or the server, remove what is there and begin anew.", names))
}
