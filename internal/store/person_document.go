package store

import (
	"errors"

	"holon/internal/session"
)

// writeMember writes a member's document.
func writeMember(w *writing, m *session.Member, h *session.Head) {
	w.text("_id", string(m.ID))
	w.text("code", string(m.Code))
	if m.BirthYear != nil {
		w.whole("birth_year", *m.BirthYear)
	}
	writeRedacted(w, m.Redacted)
	writeHead(w, h)
}

// readMember reads a member's document.
func (d *decoder) readMember(body []byte) (*session.Member, error) {
	m := &session.Member{}
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			m.ID = session.MemberID(r.text())
		case "code":
			m.Code = session.Code(r.text())
		case "birth_year":
			m.BirthYear = new(r.small())
		case "redacted":
			m.Redacted = d.readRedacted(&r)
		default:
			if !d.readHead(&r, &m.Head) {
				r.unknown()
			}
		}
	}
	return m, checkPerson(&r, string(m.ID), m.Code, &m.Head)
}

// writeTherapist writes a therapist's document.
func writeTherapist(w *writing, t *session.Therapist, h *session.Head) {
	w.text("_id", string(t.ID))
	w.text("code", string(t.Code))
	writeHead(w, h)
}

// readTherapist reads a therapist's document.
func (d *decoder) readTherapist(body []byte) (*session.Therapist, error) {
	t := &session.Therapist{}
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			t.ID = session.TherapistID(r.text())
		case "code":
			t.Code = session.Code(r.text())
		default:
			if !d.readHead(&r, &t.Head) {
				r.unknown()
			}
		}
	}
	return t, checkPerson(&r, string(t.ID), t.Code, &t.Head)
}

// checkPerson finds what makes the document of a person unusable.
func checkPerson(r *reading, id string, code session.Code, h *session.Head) error {
	if r.err != nil {
		return r.err
	}
	if !session.ValidID(id) || code == "" || h.Rev < 1 || h.Change.At.IsZero() {
		return errors.New("the identifier, the code or the revision is missing")
	}
	return nil
}
