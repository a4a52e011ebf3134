package store

import (
	"context"
	"iter"
	"time"

	"holon/internal/access"
	"holon/internal/session"
)

// Audit keeps who did what with whose data. It is only ever added to.
type Audit struct {
	engine Engine
}

// NewAudit returns the audit of an engine.
func NewAudit(e Engine) *Audit { return &Audit{engine: e} }

// Append keeps an entry, durably.
func (a *Audit) Append(ctx context.Context, x access.Entry) error {
	w := record(x.ID, 512)
	w.instant("at", x.At)
	w.text("principal", x.Principal)
	w.text("action", string(x.Action))
	w.document("object")
	w.text("kind", x.Object.Kind)
	w.textIfAny("id", x.Object.ID)
	w.textIfAny("group_id", string(x.Object.GroupID))
	w.end()
	w.text("outcome", string(x.Outcome))
	w.textIfAny("request_id", x.RequestID)
	return insertRecord(ctx, a.engine, auditCollection(), x.ID, w)
}

// Newest streams entries from the newest to the oldest, those before one (its
// time and identifier; the zero time: from the newest) and at most limit of
// them (0: all).
func (a *Audit) Newest(ctx context.Context, before time.Time, beforeID string, limit int) iter.Seq2[access.Entry, error] {
	q := Query{Collection: auditCollection(), Index: "at", Descending: true, Limit: limit}
	if !before.IsZero() {
		q.After = []any{session.Millis(before), beforeID}
	}
	return records(ctx, a.engine, q, readEntry)
}

// readEntry reads the document of an entry.
func readEntry(d Document) (access.Entry, error) {
	x := access.Entry{ID: d.ID}
	err := readRecord(auditCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "at":
			x.At = r.instant()
		case "principal":
			x.Principal = r.text()
		case "action":
			x.Action = access.Action(r.text())
		case "object":
			in := r.document()
			r.fail(readObject(&in, &x.Object))
		case "outcome":
			x.Outcome = access.Outcome(r.text())
		case "request_id":
			x.RequestID = r.text()
		default:
			return false
		}
		return true
	}, func() bool { return !x.At.IsZero() && x.Action != "" && x.Object.Kind != "" && x.Outcome != "" })
	return x, err
}

// readObject reads what something was done to.
func readObject(r *reading, o *access.Object) error {
	for r.next() {
		switch string(r.key) {
		case "kind":
			o.Kind = r.text()
		case "id":
			o.ID = r.text()
		case "group_id":
			o.GroupID = session.GroupID(r.text())
		default:
			r.unknown()
		}
	}
	return r.err
}
