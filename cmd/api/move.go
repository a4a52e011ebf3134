package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/sqlitestore"
)

// moveCommand copies a practice from one engine into another.
type moveCommand struct {
	changeFlags
	progressFlag

	From string `required:"" help:"Where the data are: a directory, or a connection string of MongoDB." placeholder:"DIR|URI" variable:"HOLON_MOVE_FROM"`
	To   string `required:"" help:"Where they go, an empty place of either kind." placeholder:"DIR|URI" variable:"HOLON_MOVE_TO"`
}

// Help gives the examples.
func (moveCommand) Help() string {
	return `Copies every document into an empty store, then reads both sides and compares document by document.
Stop the service first: with the embedded store that is made sure of, with MongoDB a write meanwhile is
found at the end and the move is refused. The source is left as it is. Interrupted, the same command
goes on. Give connection strings in HOLON_MOVE_FROM and HOLON_MOVE_TO: command lines can be seen.

Examples:
  HOLON_MOVE_TO=mongodb://... holon move --from /var/lib/holon
  HOLON_MOVE_FROM=mongodb://... holon move --to /var/lib/holon`
}

// Run copies, compares and prints what both sides hold.
func (c moveCommand) Run(p *program) (err error) {
	if c.From == c.To || (!isURI(c.From) && !isURI(c.To) && sameDir(c.From, c.To)) {
		return fault.New(fault.Invalid, "move_to_itself", "The data are to go where they are; name another place with --to.")
	}
	from, err := c.source(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := c.target(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	told, end := c.listener(p)
	digest, err := archive.Move(p.ctx, archive.Moving{
		From: from, To: to, At: p.clock(), Progress: archive.Progress(told),
		Announce: func(ctx context.Context) error { return atKeyboard(ctx, p, from, access.MoveData, "move") },
		Differs: func(document string) {
			_ = p.tell("differs: %s", document) // the count comes with the error
		},
	})
	end()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(digest)) {
		x := digest[name]
		if err := p.tell("  %-12s %8d documents %12d bytes  %s", name, x.Documents, x.Bytes, x.SHA256); err != nil {
			return err
		}
	}
	return p.tell("Digest of all, the same on both sides: %s\n%d documents moved and compared. The source was left as it is: serve from the new place only, and keep the old one until you have a backup.",
		digest.SHA256(), digest.Documents())
}

// source opens where the data are, which has to be there. The embedded store is
// locked against writers; a database is left as it is.
func (c moveCommand) source(p *program) (store.Engine, error) {
	if isURI(c.From) {
		engine, err := mongostore.Open(p.ctx, mongostore.Config{
			URI: c.From, Collections: store.Collections(), Logger: slog.New(slog.DiscardHandler), AsItIs: true,
		})
		if err != nil {
			return nil, err
		}
		return engine, nil
	}
	if err := sqlitestore.IsThere(c.From); err != nil {
		return nil, err
	}
	engine, err := embedded(c.From, c.changeFlags).openEmbedded(p, false)
	if err != nil {
		return nil, err
	}
	if err := takeUpBackups(p, engine, c.From); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return engine, nil
}

// target opens where they go.
func (c moveCommand) target(p *program) (store.Engine, error) {
	if isURI(c.To) {
		return openToFill(p, "", c.To)
	}
	return openToFill(p, c.To, "")
}

// isURI tells a connection string from a directory.
func isURI(place string) bool {
	return strings.HasPrefix(place, "mongodb://") || strings.HasPrefix(place, "mongodb+srv://")
}

// sameDir tells whether two paths name one directory, as far as their names say.
func sameDir(a, b string) bool {
	x, errX := filepath.Abs(a)
	y, errY := filepath.Abs(b)
	return errX == nil && errY == nil && x == y
}
