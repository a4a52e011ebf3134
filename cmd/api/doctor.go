package main

import (
	"errors"
	"log/slog"
	"maps"
	"slices"

	"holon/internal/store"
)

// doctorCommand inspects what is stored. It changes nothing and may run beside
// a running service.
type doctorCommand struct {
	placeFlags
}

// Help gives the examples.
func (doctorCommand) Help() string {
	return `Looks for documents that cannot be read or are too large, gaps in histories, sessions without their
group, members, therapists or spells, or numbered twice, instrument copies that do not match their
hash, indexes that are missing or contradict the documents, answers that must be seen at once without
their finding, and what an interrupted move of a form, redaction, import, restore, move or backup
left; and for copies in the data directory from before a redaction. Nothing is changed, and the service may be running. Names documents by their identifiers only;
ends with code 5 if it found anything.

Examples:
  holon doctor
  holon doctor --data-dir /var/lib/holon`
}

// Run prints every finding and a census.
func (c doctorCommand) Run(p *program) (err error) {
	engine, err := dataFlags{placeFlags: c.placeFlags}.connect(p, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	n, err := inspect(p, engine, c.placeFlags)
	if err != nil {
		return err
	}
	return found(n)
}

// inspect prints every finding and a census, and returns how many there were.
func inspect(p *program, engine store.Engine, at placeFlags) (int, error) {
	n := 0
	var writing error
	census, err := store.Inspect(p.ctx, engine, func(x store.Problem) {
		n++
		writing = errors.Join(writing, p.tell("%s %s: %s (%s)", x.Collection, x.ID, x.Detail, x.Rule))
	})
	if err := errors.Join(err, writing); err != nil {
		return n, err
	}
	missing, err := notReplayed(p, at, engine)
	n += missing
	if err != nil {
		return n, err
	}
	copies, err := oldCopies(p, at, engine)
	n += copies
	if err != nil {
		return n, err
	}
	for _, name := range slices.Sorted(maps.Keys(census)) {
		if err := p.tell("%-12s %7d", name, census[name]); err != nil {
			return n, err
		}
	}
	if n > 0 {
		return n, p.tell("%d found. Documents that cannot be read are left out of analyses by name.", n)
	}
	return 0, p.tell("Nothing found.")
}
