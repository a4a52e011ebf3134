package store

import (
	"context"

	"holon/internal/fault"
	"holon/internal/session"
)

// moves looks whether the forms that moves put into a session left the one they
// come from. A move that was interrupted between the two leaves a form that
// counts twice.
func (n *inspection) moves(ctx context.Context, s *session.Session) error {
	seen := map[session.FormID]bool{}
	for _, r := range s.All {
		from := r.MovedFrom
		if from == nil || from.Session == s.ID || !r.Live() || r.Redacted != nil || seen[r.FormID] {
			continue
		}
		seen[r.FormID] = true
		source, err := NewSessions(n.engine).Get(ctx, from.Session, nil)
		switch {
		case isDamaged(err): // which is a problem of its own
		case fault.Is(err, fault.NotFound):
			n.report("move_source_missing", sessionsCollection().Name, string(s.ID),
				"Its form "+string(r.FormID)+" was moved from the session "+string(from.Session)+", which is not stored.")
		case err != nil:
			return err
		case countsTwice(source, session.FormPlace{Session: s.ID, Form: r.FormID}, from):
			n.report("move_unfinished", sessionsCollection().Name, string(s.ID),
				"Its form "+string(r.FormID)+" was moved from the session "+string(from.Session)+", where the form "+string(from.Form)+
					" does not say so: the move was interrupted, or is being made now. Repeat the same request, or void the wrong one of the two.")
		}
	}
	return nil
}

// countsTwice tells whether a form that was moved still counts where it was, or
// somewhere else again. A tombstone counts nowhere.
func countsTwice(source *session.Session, to session.FormPlace, from *session.Origin) bool {
	for _, r := range source.OfForm(from.Form) {
		if r.Live() && r.Redacted == nil || r.Void != nil && r.Void.MovedTo != nil && *r.Void.MovedTo != to {
			return true
		}
	}
	return false
}
