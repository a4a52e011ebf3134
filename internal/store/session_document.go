package store

import (
	"errors"
	"fmt"

	"holon/internal/instrument"
	"holon/internal/session"
)

// writeSession writes the session document.
func writeSession(w *writing, s *session.Session, h *session.Head) {
	w.text("_id", string(s.ID))
	w.text("group_id", string(s.GroupID))
	w.text("group_kind", string(s.GroupKind))
	w.whole("number", s.Number)
	w.text("kind", string(s.Kind))
	textOf(w, "stage", s.Stage)
	w.text("held_on", string(s.HeldOn))
	writeSpan(w, "planned", s.Planned)
	writeSpan(w, "actual", s.Actual)
	w.text("status", string(s.Status))
	textOf(w, "cancel_why", s.CancelWhy)
	writeHead(w, h)
	list(w, "therapists", s.Therapists, writePresence)
	list(w, "roster", s.Roster, writeSeat)
	writeRatings(w, &s.Ratings)
	writeGoalRatings(w, s.Goals)
	writeOpenings(w, s.Openings)
	writeRuptures(w, s.Ruptures)
}

// writeSpan writes a time with beginning and end, if there is one.
func writeSpan(w *writing, key string, s *session.Span) {
	if s == nil {
		return
	}
	w.document(key)
	w.instant("start", s.Start)
	w.instant("end", s.End)
	w.end()
}

// writePresence writes one therapist's place.
func writePresence(w *writing, p *session.Presence) {
	w.text("therapist_id", string(p.TherapistID))
	w.text("role", string(p.Role))
	w.truth("present", p.Present)
}

// writeSeat writes one member's place.
func writeSeat(w *writing, s *session.Seat) {
	w.text("member_id", string(s.MemberID))
	w.whole("spell", s.Spell)
	w.textIfAny("attendance", string(s.Attendance))
	w.textIfAny("modality", string(s.Modality))
	w.truthIfSo("redacted", s.Redacted)
}

// writeRatings writes one array for each level, empty ones too.
func writeRatings(w *writing, r *session.Ratings) {
	list(w, "alliances", r.Alliances, func(w *writing, x *session.AllianceRating) {
		writeRating(w, &x.Rating, func() {
			w.text("therapist_id", string(x.TherapistID))
			w.text("member_id", string(x.MemberID))
		})
	})
	list(w, "bonds", r.Bonds, func(w *writing, x *session.BondRating) {
		writeRating(w, &x.Rating, func() {
			w.text("from", string(x.From))
			w.text("to", string(x.To))
		})
	})
	list(w, "member_group", r.MemberGroup, func(w *writing, x *session.MemberGroupRating) {
		writeRating(w, &x.Rating, func() { w.text("member_id", string(x.MemberID)) })
	})
	list(w, "cohesion", r.Cohesion, func(w *writing, x *session.CohesionRating) {
		writeRating(w, &x.Rating, func() {})
	})
	list(w, "system", r.System, func(w *writing, x *session.SystemRating) {
		writeRating(w, &x.Rating, func() {})
	})
	list(w, "encounter", r.Encounter, func(w *writing, x *session.EncounterRating) {
		writeRating(w, &x.Rating, func() { w.textIfAny("therapist_id", string(x.TherapistID)) })
	})
	list(w, "outcomes", r.Outcomes, func(w *writing, x *session.OutcomeRating) {
		writeRating(w, &x.Rating, func() { w.text("member_id", string(x.MemberID)) })
	})
}

// readSession reads a session document with the levels that the decoder wants.
func (d *decoder) readSession(body []byte) (*session.Session, error) {
	s := &session.Session{}
	var met levels
	lists := 0
	r := readDocument(body)
	for r.next() {
		if l := levelOf(r.key); l != "" {
			if one := levelBit(l); d.levels&one != 0 {
				met |= one
				d.readLevel(&r, l, &s.Ratings)
			}
			continue
		}
		switch string(r.key) {
		case "therapists":
			s.Therapists = readList(&r, d.readPresence)
			lists++
		case "roster":
			s.Roster = readList(&r, d.readSeat)
			lists++
		case "goals":
			s.Goals = readList(&r, d.readGoalRating)
		case "openings":
			s.Openings = readList(&r, d.readOpening)
		case "ruptures":
			s.Ruptures = readList(&r, d.readRupture)
		default:
			d.readSessionField(&r, s)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if met != d.levels || lists != 2 || s.Change.At.IsZero() {
		return nil, errors.New("the change, the therapists, the roster or a level is missing")
	}
	return s, session.RestoreSession(s)
}

// readSessionField reads one of the fields that are no lists.
func (d *decoder) readSessionField(r *reading, s *session.Session) {
	switch string(r.key) {
	case "_id":
		s.ID = session.SessionID(r.text())
	case "group_id":
		s.GroupID = session.GroupID(d.word(r))
	case "group_kind":
		s.GroupKind = session.GroupKind(d.word(r))
	case "number":
		s.Number = r.small()
	case "kind":
		s.Kind = session.Kind(d.word(r))
	case "stage":
		s.Stage = pointerTo[session.Stage](d.word(r))
	case "held_on":
		s.HeldOn = session.Date(d.word(r))
	case "planned":
		s.Planned = readSpan(r)
	case "actual":
		s.Actual = readSpan(r)
	case "status":
		s.Status = session.Status(d.word(r))
	case "cancel_why":
		s.CancelWhy = pointerTo[session.CancelReason](d.word(r))
	default:
		if !d.readHead(r, &s.Head) {
			r.unknown()
		}
	}
}

// levelOf returns the level whose array has this name, "" if none has.
func levelOf(key []byte) instrument.Level {
	switch string(key) {
	case "alliances":
		return instrument.Alliance
	case "bonds":
		return instrument.Bond
	case "member_group":
		return instrument.MemberGroup
	case "cohesion":
		return instrument.Cohesion
	case "system":
		return instrument.System
	case "encounter":
		return instrument.Encounter
	case "outcomes":
		return instrument.Outcome
	default:
		return ""
	}
}

// readLevel reads the ratings of one level.
func (d *decoder) readLevel(r *reading, l instrument.Level, to *session.Ratings) {
	switch l {
	case instrument.Alliance:
		to.Alliances = readList(r, func(in *reading, x *session.AllianceRating) error {
			return d.readRating(in, &x.Rating, target{therapist: &x.TherapistID, member: &x.MemberID})
		})
	case instrument.Bond:
		to.Bonds = readList(r, func(in *reading, x *session.BondRating) error {
			return d.readRating(in, &x.Rating, target{from: &x.From, to: &x.To})
		})
	case instrument.MemberGroup:
		to.MemberGroup = readList(r, func(in *reading, x *session.MemberGroupRating) error {
			return d.readRating(in, &x.Rating, target{member: &x.MemberID})
		})
	case instrument.Cohesion:
		to.Cohesion = readList(r, func(in *reading, x *session.CohesionRating) error {
			return d.readRating(in, &x.Rating, target{})
		})
	case instrument.System:
		to.System = readList(r, func(in *reading, x *session.SystemRating) error {
			return d.readRating(in, &x.Rating, target{})
		})
	case instrument.Encounter:
		to.Encounter = readList(r, func(in *reading, x *session.EncounterRating) error {
			return d.readRating(in, &x.Rating, target{therapist: &x.TherapistID, mayBeMissing: true})
		})
	case instrument.Outcome:
		to.Outcomes = readList(r, func(in *reading, x *session.OutcomeRating) error {
			return d.readRating(in, &x.Rating, target{member: &x.MemberID})
		})
	default:
		r.unknown()
	}
}

// readSpan reads a time with beginning and end.
func readSpan(r *reading) *session.Span {
	var s session.Span
	in := r.document()
	for in.next() {
		switch string(in.key) {
		case "start":
			s.Start = in.instant()
		case "end":
			s.End = in.instant()
		default:
			in.unknown()
		}
	}
	if in.err == nil && (s.Start.IsZero() || s.End.IsZero()) {
		in.err = errors.New("the start or the end is missing")
	}
	r.fail(in.err)
	return &s
}

// readPresence reads one therapist's place.
func (d *decoder) readPresence(r *reading, p *session.Presence) error {
	said := false
	for r.next() {
		switch string(r.key) {
		case "therapist_id":
			p.TherapistID = session.TherapistID(d.word(r))
		case "role":
			p.Role = session.TherapistRole(d.word(r))
		case "present":
			p.Present, said = r.truth(), true
		default:
			r.unknown()
		}
	}
	if r.err == nil && (p.TherapistID == "" || p.Role == "" || !said) {
		return errors.New("a field of the therapist's place is missing")
	}
	return r.err
}

// readSeat reads one member's place.
func (d *decoder) readSeat(r *reading, s *session.Seat) error {
	for r.next() {
		switch string(r.key) {
		case "member_id":
			s.MemberID = session.MemberID(d.word(r))
		case "spell":
			s.Spell = r.small()
		case "attendance":
			s.Attendance = session.Attendance(d.word(r))
		case "modality":
			s.Modality = session.Modality(d.word(r))
		case "redacted":
			s.Redacted = r.truth()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (s.MemberID == "" || s.Spell == 0) {
		return errors.New("a field of the member's place is missing")
	}
	return r.err
}

// keepsRatings refuses a next session that has fewer ratings at some level
// than the stored one: what was read with some levels only must not be written
// back.
func keepsRatings(stored []byte, next *session.Session) error {
	count := map[instrument.Level]int{}
	for l := range next.All {
		count[l]++
	}
	r := readDocument(stored)
	for r.next() {
		l := levelOf(r.key)
		if string(r.key) == "goals" {
			array := r.array()
			if n := array.length(); r.err == nil && n > len(next.Goals) {
				return malformed("ratings_would_be_lost", "session %s: %d of %d ratings of goals would be written back", next.ID, len(next.Goals), n)
			}
		}
		if string(r.key) == "openings" { // they are only ever added to
			array := r.array()
			if n := array.length(); r.err == nil && n > len(next.Openings) {
				return malformed("ratings_would_be_lost", "session %s: %d of %d openings would be written back", next.ID, len(next.Openings), n)
			}
		}
		if l == "" {
			continue
		}
		array := r.array()
		if n := array.length(); r.err == nil && n > count[l] {
			return malformed("ratings_would_be_lost", "session %s: %d of %d ratings at level %s would be written back", next.ID, count[l], n, l)
		}
	}
	if r.err != nil {
		return fmt.Errorf("the stored session: %w", r.err)
	}
	return nil
}
