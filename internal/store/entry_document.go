package store

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// writeInstrumentRef writes which version of an instrument something is about.
func writeInstrumentRef(w *writing, ref instrument.Ref) {
	w.document("instrument")
	w.text("id", ref.ID)
	w.text("version", ref.Version)
	w.end()
}

// readInstrument reads which version of an instrument was answered.
func (d *decoder) readInstrument(r *reading, x *instrument.Ref) error {
	for r.next() {
		switch string(r.key) {
		case "id":
			x.ID = d.word(r)
		case "version":
			x.Version = d.word(r)
		default:
			r.unknown()
		}
	}
	return r.err
}

// writeRater writes who answered.
func writeRater(w *writing, x session.Rater) {
	w.document("rater")
	w.text("kind", string(x.Kind))
	w.text("id", x.ID)
	w.end()
}

// readRater reads who answered.
func (d *decoder) readRater(r *reading, x *session.Rater) error {
	for r.next() {
		switch string(r.key) {
		case "kind":
			x.Kind = instrument.RaterKind(d.word(r))
		case "id":
			x.ID = d.word(r)
		default:
			r.unknown()
		}
	}
	return r.err
}

// writeEntry writes who brought the answers in, when and how.
func writeEntry(w *writing, x *session.Entry) {
	w.document("entered")
	w.text("by", x.By)
	w.instant("at", x.At)
	w.text("mode", string(x.Mode))
	textOf(w, "answered_on", x.AnsweredOn)
	w.end()
}

// readEntry reads who brought the answers in.
func (d *decoder) readEntry(r *reading, x *session.Entry) error {
	for r.next() {
		switch string(r.key) {
		case "by":
			x.By = d.word(r)
		case "at":
			x.At = r.instant()
		case "mode":
			x.Mode = session.Mode(d.word(r))
		case "answered_on":
			x.AnsweredOn = pointerTo[session.Date](d.word(r))
		default:
			r.unknown()
		}
	}
	return r.err
}
