package store

import "holon/internal/session"

// writeVoid writes that a rating's form does not count, if it does not.
func writeVoid(w *writing, v *session.Void) {
	if v == nil {
		return
	}
	w.document("void")
	w.text("by", v.By)
	w.instant("at", v.At)
	w.text("why", string(v.Why))
	if v.MovedTo != nil {
		w.document("moved_to")
		writePlace(w, v.MovedTo)
		w.end()
	}
	w.end()
}

// writeOrigin writes where a rating's form was before it was moved, if it was.
func writeOrigin(w *writing, o *session.Origin) {
	if o == nil {
		return
	}
	w.document("moved_from")
	writePlace(w, &o.FormPlace)
	w.whole("version", o.Version)
	w.text("by", o.By)
	w.instant("at", o.At)
	w.text("why", string(o.Why))
	w.end()
}

// writePlace writes where a form is, into what is being written.
func writePlace(w *writing, p *session.FormPlace) {
	w.text("session_id", string(p.Session))
	w.text("form_id", string(p.Form))
}

// readVoid reads since when and why a form does not count.
func (d *decoder) readVoid(r *reading, v *session.Void) error {
	for r.next() {
		switch string(r.key) {
		case "by":
			v.By = d.word(r)
		case "at":
			v.At = r.instant()
		case "why":
			v.Why = session.VoidReason(d.word(r))
		case "moved_to":
			in := r.document()
			v.MovedTo = new(session.FormPlace)
			for in.next() {
				if !readPlace(&in, v.MovedTo) {
					in.unknown()
				}
			}
			r.fail(in.err)
		default:
			r.unknown()
		}
	}
	return r.err
}

// readPlace reads the element at hand as part of where a form is, and answers
// false if it is none.
func readPlace(r *reading, p *session.FormPlace) bool {
	switch string(r.key) {
	case "session_id":
		p.Session = session.SessionID(r.text())
	case "form_id":
		p.Form = session.FormID(r.text())
	default:
		return false
	}
	return true
}

// readOrigin reads where a form was before it was moved.
func (d *decoder) readOrigin(r *reading, o *session.Origin) error {
	for r.next() {
		switch string(r.key) {
		case "version":
			o.Version = r.small()
		case "by":
			o.By = d.word(r)
		case "at":
			o.At = r.instant()
		case "why":
			o.Why = session.MoveReason(d.word(r))
		default:
			if !readPlace(r, &o.FormPlace) {
				r.unknown()
			}
		}
	}
	return r.err
}
