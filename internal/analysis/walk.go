package analysis

import (
	"context"
	"slices"

	"holon/internal/caveat"
	"holon/internal/instrument"
	"holon/internal/session"
)

// walk goes once through the sessions of chosen groups, one group in memory at
// a time, for analyses that need a group's whole course. It notes what cannot be
// read and in which state the rest was.
type walk struct {
	src    Source
	groups []*session.Group

	damaged  []string // documents left out, by name
	sessions int      // read, cancelled ones too
	data     *DataVersion
}

// newWalk returns a way through the groups of a question that was checked.
func newWalk(src Source, ask *Ask) *walk { return &walk{src: src, groups: ask.chosen(src)} }

// each gives every group with its sessions by number, with the ratings of these
// levels, to visit. Errors are those of the source but for damaged documents,
// which are left out, those of visit, and that of a context that ends.
func (w *walk) each(ctx context.Context, levels []instrument.Level, visit func(*session.Group, []*session.Session) error) error {
	w.damaged = w.src.LeftOut()
	w.sessions = 0
	var read versioning
	for _, g := range w.groups {
		read.add("groups", string(g.ID), &g.Head)
		var sessions []*session.Session
		for s, err := range w.src.Sessions(ctx, g.ID, levels...) {
			if err == nil {
				read.add("sessions", string(s.ID), &s.Head)
				sessions = append(sessions, s)
				continue
			}
			name, ok := damaged(err, g.ID)
			if !ok {
				return err
			}
			w.damaged = append(w.damaged, name)
		}
		if err := ctx.Err(); err != nil {
			return cancelled(err)
		}
		w.sessions += len(sessions)
		if err := visit(g, sessions); err != nil {
			return err
		}
	}
	slices.Sort(w.damaged)
	w.data = read.version()
	return nil
}

// remarks says what could not be read.
func (w *walk) remarks() caveat.Set {
	var out caveat.Set
	damagedRemark(&out, w.damaged)
	return out
}
