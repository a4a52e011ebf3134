package store

import "holon/internal/session"

// writeOpenings writes which answers were opened to therapists without a guess;
// a session in which none were has no such field.
func writeOpenings(w *writing, openings []session.Opening) {
	if len(openings) == 0 {
		return
	}
	list(w, "openings", openings, func(w *writing, o *session.Opening) {
		w.text("therapist_id", string(o.TherapistID))
		w.text("member_id", string(o.MemberID))
		w.text("why", string(o.Why))
		w.text("by", o.By)
		w.instant("at", o.At)
	})
}

// readOpening reads one opening.
func (d *decoder) readOpening(r *reading, o *session.Opening) error {
	for r.next() {
		switch string(r.key) {
		case "therapist_id":
			o.TherapistID = session.TherapistID(d.word(r))
		case "member_id":
			o.MemberID = session.MemberID(d.word(r))
		case "why":
			o.Why = session.OpeningReason(d.word(r))
		case "by":
			o.By = d.word(r)
		case "at":
			o.At = r.instant()
		default:
			r.unknown()
		}
	}
	return r.err
}
