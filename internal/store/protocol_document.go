package store

import (
	"holon/internal/session"
	"holon/internal/study"
)

// writeProtocol writes what was decided before anybody looked, if there is one.
func writeProtocol(w *writing, p *study.Protocol) {
	if p == nil {
		return
	}
	w.document("protocol")
	writeMeasureOf(w, "primary", &p.Primary)
	w.text("model", string(p.Model))
	w.number("bound", p.Bound)
	w.document("stop")
	if p.Stop.Groups != 0 {
		w.whole("groups", p.Stop.Groups)
	}
	textOf(w, "on", p.Stop.On)
	w.end()
	list(w, "planned", p.Planned, func(w *writing, q *study.Question) {
		w.text("analysis", q.Analysis)
		writeMeasureOf(w, "measure", &q.Measure)
		writeMeasureOf(w, "against", q.Against)
	})
	w.text("by", p.By)
	w.instant("at", p.At)
	w.text("sha256", p.SHA256)
	w.end()
}

// readProtocol reads what was decided before anybody looked.
func (d *decoder) readProtocol(r *reading, p *study.Protocol) error {
	for r.next() {
		switch string(r.key) {
		case "primary":
			in := r.document()
			r.fail(d.readMeasure(&in, &p.Primary))
		case "model":
			setWord(&p.Model, d.word(r))
		case "bound":
			p.Bound = r.number()
		case "stop":
			in := r.document()
			r.fail(d.readStop(&in, &p.Stop))
		case "planned":
			p.Planned = readList(r, d.readQuestion)
		case "by":
			p.By = d.word(r)
		case "at":
			p.At = r.instant()
		case "sha256":
			p.SHA256 = r.text()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (p.Primary.Score == "" || p.Model == "" || p.By == "" || p.At.IsZero() || p.SHA256 == "") {
		return errIncomplete
	}
	return r.err
}

// setWord sets a word whose type this package does not know by name.
func setWord[S ~string](to *S, word string) { *to = S(word) }

// readStop reads when a study has all its data.
func (d *decoder) readStop(r *reading, x *study.Stop) error {
	for r.next() {
		switch string(r.key) {
		case "groups":
			x.Groups = r.small()
		case "on":
			x.On = pointerTo[session.Date](d.word(r))
		default:
			r.unknown()
		}
	}
	return r.err
}

// readQuestion reads a question that was planned.
func (d *decoder) readQuestion(r *reading, q *study.Question) error {
	for r.next() {
		switch string(r.key) {
		case "analysis":
			q.Analysis = d.word(r)
		case "measure":
			in := r.document()
			r.fail(d.readMeasure(&in, &q.Measure))
		case "against":
			in := r.document()
			q.Against = &session.Measure{}
			r.fail(d.readMeasure(&in, q.Against))
		default:
			r.unknown()
		}
	}
	if r.err == nil && (q.Analysis == "" || q.Measure.Score == "") {
		return errIncomplete
	}
	return r.err
}
