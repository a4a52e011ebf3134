package store

import "holon/internal/session"

// writeRuptures writes what therapists entered of ruptures; a session without any
// has no such field.
func writeRuptures(w *writing, ruptures []session.Rupture) {
	if len(ruptures) == 0 {
		return
	}
	list(w, "ruptures", ruptures, func(w *writing, r *session.Rupture) {
		w.text("therapist_id", string(r.TherapistID))
		w.text("member_id", string(r.MemberID))
		w.textIfAny("kind", string(r.Kind))
		list(w, "steps", r.Steps, func(w *writing, x *session.RepairStep) {
			w.text("kind", string(x.Kind))
			w.whole("session", x.Number)
			w.text("by", x.By)
			w.instant("at", x.At)
		})
		w.text("by", r.By)
		w.instant("at", r.At)
		writeRedacted(w, r.Redacted)
	})
}

// readRupture reads one rupture.
func (d *decoder) readRupture(r *reading, x *session.Rupture) error {
	for r.next() {
		switch string(r.key) {
		case "therapist_id":
			x.TherapistID = session.TherapistID(d.word(r))
		case "member_id":
			x.MemberID = session.MemberID(d.word(r))
		case "kind":
			x.Kind = session.RuptureKind(d.word(r))
		case "steps":
			x.Steps = readList(r, d.readRepairStep)
		case "by":
			x.By = d.word(r)
		case "at":
			x.At = r.instant()
		case "redacted":
			x.Redacted = d.readRedacted(r)
		default:
			r.unknown()
		}
	}
	return r.err
}

// readRepairStep reads one step.
func (d *decoder) readRepairStep(r *reading, x *session.RepairStep) error {
	for r.next() {
		switch string(r.key) {
		case "kind":
			x.Kind = session.RepairKind(d.word(r))
		case "session":
			x.Number = r.small()
		case "by":
			x.By = d.word(r)
		case "at":
			x.At = r.instant()
		default:
			r.unknown()
		}
	}
	return r.err
}
