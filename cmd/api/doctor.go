package main

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"holon/internal/store"
)

// doctorCommand inspects what is stored. It changes nothing and may run beside
// a running service.
type doctorCommand struct {
	dataFlags
}

// Help gives the examples.
func (doctorCommand) Help() string {
	return `Looks for documents that cannot be read, gaps in histories, sessions without their group,
instrument copies that do not match their hash, forms that an interrupted move left in two sessions,
answers that must be seen at once without their finding, and redactions that are not at their end.
Nothing is changed, and the service may be running.
Names documents by their identifiers only; ends with code 5 if it found anything.

Examples:
  holon doctor
  holon doctor --data-dir /var/lib/holon`
}

// Run prints every finding and a census.
func (c doctorCommand) Run(p *program) (err error) {
	engine, err := c.open(p, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	found := 0
	var writing error
	census, err := store.Inspect(p.ctx, engine, func(x store.Problem) {
		found++
		_, e := fmt.Fprintf(p.stdout, "%s %s: %s (%s)\n", x.Collection, x.ID, x.Detail, x.Rule)
		writing = errors.Join(writing, e)
	})
	if err := errors.Join(err, writing); err != nil {
		return err
	}
	missing, err := notReplayed(p, c.dataFlags, engine)
	if err != nil {
		return err
	}
	found += missing
	for _, name := range slices.Sorted(maps.Keys(census)) {
		if _, err := fmt.Fprintf(p.stdout, "%-12s %7d\n", name, census[name]); err != nil {
			return err
		}
	}
	if found > 0 {
		if _, err := fmt.Fprintf(p.stdout, "%d found. Documents that cannot be read are left out of analyses by name.\n", found); err != nil {
			return err
		}
		return errFindings
	}
	_, err = fmt.Fprintln(p.stdout, "Nothing found.")
	return err
}
