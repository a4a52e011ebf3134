package store

import (
	"errors"

	"holon/internal/session"
)

// writeGroup writes the document of a group, family or couple.
func writeGroup(w *writing, g *session.Group, h *session.Head) {
	w.text("_id", string(g.ID))
	w.text("code", string(g.Code))
	w.text("kind", string(g.Kind))
	w.text("format", string(g.Format))
	w.text("starts_on", string(g.StartsOn))
	textOf(w, "ended_on", g.EndedOn)
	writeHead(w, h)
	list(w, "spells", g.Spells, func(w *writing, s *session.Spell) {
		w.whole("number", s.Number)
		w.text("member_id", string(s.MemberID))
		w.text("role", string(s.Role))
		w.text("joined", string(s.Joined))
		textOf(w, "left", s.Left)
		textOf(w, "left_why", s.LeftWhy)
		w.truthIfSo("redacted", s.Redacted)
	})
	list(w, "therapist_spells", g.TherapistSpells, func(w *writing, s *session.TherapistSpell) {
		w.whole("number", s.Number)
		w.text("therapist_id", string(s.TherapistID))
		w.text("role", string(s.Role))
		w.text("from", string(s.From))
		textOf(w, "to", s.To)
		textOf(w, "why", s.Why)
	})
	writeGoals(w, g.Goals)
	writeBonds(w, g.Bonds)
}

// readGroup reads the document of a group, family or couple.
func (d *decoder) readGroup(body []byte) (*session.Group, error) {
	g := &session.Group{}
	lists := 0
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			g.ID = session.GroupID(r.text())
		case "code":
			g.Code = session.Code(r.text())
		case "kind":
			g.Kind = session.GroupKind(d.word(&r))
		case "format":
			g.Format = session.Format(d.word(&r))
		case "starts_on":
			g.StartsOn = session.Date(d.word(&r))
		case "ended_on":
			g.EndedOn = pointerTo[session.Date](d.word(&r))
		case "spells":
			g.Spells = readList(&r, d.readSpell)
			lists++
		case "therapist_spells":
			g.TherapistSpells = readList(&r, d.readTherapistSpell)
			lists++
		case "goals":
			g.Goals = readList(&r, d.readGoal)
		case "bonds":
			in := r.document()
			var err error
			g.Bonds, err = d.readBonds(&in)
			r.fail(err)
		default:
			if !d.readHead(&r, &g.Head) {
				r.unknown()
			}
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if g.Code == "" || g.Format == "" || g.StartsOn == "" || lists != 2 || g.Change.At.IsZero() {
		return nil, errors.New("a field of the group is missing")
	}
	return g, session.RestoreGroup(g)
}

// readSpell reads one dated membership.
func (d *decoder) readSpell(r *reading, s *session.Spell) error {
	for r.next() {
		switch string(r.key) {
		case "number":
			s.Number = r.small()
		case "member_id":
			s.MemberID = session.MemberID(d.word(r))
		case "role":
			s.Role = session.MemberRole(d.word(r))
		case "joined":
			s.Joined = session.Date(d.word(r))
		case "left":
			s.Left = pointerTo[session.Date](d.word(r))
		case "left_why":
			s.LeftWhy = pointerTo[session.LeaveReason](d.word(r))
		case "redacted":
			s.Redacted = r.truth()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readTherapistSpell reads one dated time of leading a group.
func (d *decoder) readTherapistSpell(r *reading, s *session.TherapistSpell) error {
	for r.next() {
		switch string(r.key) {
		case "number":
			s.Number = r.small()
		case "therapist_id":
			s.TherapistID = session.TherapistID(d.word(r))
		case "role":
			s.Role = session.TherapistRole(d.word(r))
		case "from":
			s.From = session.Date(d.word(r))
		case "to":
			s.To = pointerTo[session.Date](d.word(r))
		case "why":
			s.Why = pointerTo[session.ReleaseReason](d.word(r))
		default:
			r.unknown()
		}
	}
	return r.err
}
