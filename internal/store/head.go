package store

import (
	"errors"
	"fmt"

	"holon/internal/session"
)

// writeHead writes what every document carries about itself, in the midst of
// its other fields.
func writeHead(w *writing, h *session.Head) {
	w.revision("rev", h.Rev)
	w.whole("schema", h.Schema)
	writeChange(w, &h.Change)
}

// writeChange writes who made the revision.
func writeChange(w *writing, c *session.Change) {
	w.document("change")
	w.text("by", c.By)
	w.instant("at", c.At)
	w.textIfAny("why", c.Why)
	w.textIfAny("key", c.Key)
	w.textIfAny("request_sha", c.RequestSHA)
	w.end()
}

// readHead reads the element at hand if it belongs to the head, and tells
// whether it does.
func (d *decoder) readHead(r *reading, h *session.Head) bool {
	switch string(r.key) {
	case "rev":
		h.Rev = r.integer()
	case "schema":
		h.Schema = r.small()
	case "change":
		in := r.document()
		r.fail(d.readChange(&in, &h.Change))
	default:
		return false
	}
	return true
}

// readChange reads who made the revision.
func (d *decoder) readChange(r *reading, c *session.Change) error {
	for r.next() {
		switch string(r.key) {
		case "by":
			c.By = d.word(r)
		case "at":
			c.At = r.instant()
		case "why":
			c.Why = d.word(r)
		case "key":
			c.Key = r.text()
		case "request_sha":
			c.RequestSHA = r.text()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (c.By == "" || c.At.IsZero()) {
		return errors.New("nobody, or no time, is named")
	}
	return r.err
}

// headOf reads the head of a document and passes over the rest.
func headOf(body []byte) (session.Head, error) {
	var (
		h session.Head
		d decoder
	)
	r := readDocument(body)
	for r.next() {
		d.readHead(&r, &h)
	}
	switch {
	case r.err != nil:
		return h, r.err
	case h.Rev < 1 || h.Schema < 1 || h.Change.At.IsZero():
		return h, errors.New("its revision, its schema or its change is missing")
	default:
		return h, nil
	}
}

// field finds the bytes of a document embedded at the top level.
func field(body []byte, name string) ([]byte, error) {
	r := readDocument(body)
	for r.next() {
		if string(r.key) == name {
			in := r.document()
			if in.err != nil || r.err != nil {
				return nil, errors.Join(in.err, r.err)
			}
			return r.value.Data, nil
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return nil, fmt.Errorf("the field %q is missing", name)
}
