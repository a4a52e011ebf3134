package store

import (
	"context"

	"holon/internal/redaction"
	"holon/internal/session"
)

// decision notes a decision to redact, to be looked after at the end.
func (n *inspection) decision(_ context.Context, d *redaction.Decision) error {
	switch d.State {
	case redaction.Started:
		n.report("redaction_unfinished", redactionsCollection().Name, string(d.ID),
			"It was decided and is not at its end. It goes on at the next start of the service; documents that cannot be read have to be mended or removed first.")
	case redaction.Done:
		n.redacted = append(n.redacted, d)
	case redaction.Requested, redaction.Refused:
	}
	return nil
}

// leftovers looks for what redactions that are done should have taken out: a
// backup that was restored brings it back.
func (n *inspection) leftovers(ctx context.Context) error {
	if len(n.redacted) == 0 {
		return nil
	}
	all := make([]session.Redaction, len(n.redacted))
	for i, d := range n.redacted {
		all[i] = d.Redaction()
	}
	r := NewRedactor(n.engine)
	found, err := r.Look(ctx, all...)
	if err != nil {
		return err
	}
	late, err := r.Late(ctx, n.redacted)
	if err != nil {
		return err
	}
	for i, d := range n.redacted {
		if len(late[i].Withdrawn) > len(d.Reports.Withdrawn) {
			n.report("redaction_left", redactionsCollection().Name, string(d.ID), "There are reports that were asked for before it and not withdrawn. They are withdrawn at the next start of the service.")
		}
		for _, name := range found[i].Left {
			n.report("redaction_left", redactionsCollection().Name, string(d.ID), "It is done, and there is something to take out of "+name+". Carry it out again: the command redactions replay, from what redactions export writes.")
		}
	}
	return nil
}
