package store

import (
	"errors"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// writeStudy writes the document of a study.
func writeStudy(w *writing, s *study.Study, h *session.Head) {
	w.text("_id", string(s.ID))
	w.text("code", string(s.Code))
	writeHead(w, h)
	texts(w, "groups", s.Groups)
	if len(s.Models) > 0 {
		list(w, "models", s.Models, func(w *writing, m *study.GroupModel) {
			w.text("group_id", string(m.Group))
			w.text("model", string(m.Model))
		})
	}
	list(w, "measures", s.Measures, writeMeasure)
	textOf(w, "from", s.From)
	textOf(w, "to", s.To)
	w.whole("threshold", s.Threshold)
	w.text("release", string(s.Release))
	writeProtocol(w, s.Protocol)
	instantOf(w, "looked_at", s.LookedAt)
	instantOf(w, "rows_given", s.RowsGiven)
	list(w, "selections", s.Selections, writeSelection)
	list(w, "agreements", s.Agreements, func(w *writing, a *study.Agreement) {
		w.whole("number", a.Number)
		w.text("code", string(a.Code))
		w.text("purpose", string(a.Purpose))
		texts(w, "persons", a.Persons)
		w.text("ends_on", string(a.EndsOn))
		w.text("by", a.By)
		w.instant("at", a.At)
	})
	if len(s.Ended) > 0 {
		list(w, "ended_researchers", s.Ended, func(w *writing, x *study.EndedResearcher) {
			w.text("account", x.Account)
			w.text("by", x.By)
			w.instant("at", x.At)
		})
	}
}

// writeMeasure writes what is measured.
func writeMeasure(w *writing, m *session.Measure) {
	writeInstrumentRef(w, m.Instrument)
	w.text("score", m.Score)
	w.text("rater", string(m.Rater))
	w.textIfAny("occasion", string(m.Occasion))
}

// writeMeasureOf writes a measure under a name, if there is one.
func writeMeasureOf(w *writing, key string, m *session.Measure) {
	if m == nil {
		return
	}
	w.document(key)
	writeMeasure(w, m)
	w.end()
}

// writeSelection writes a saved choice of groups and sessions.
func writeSelection(w *writing, x *study.Selection) {
	w.text("name", string(x.Name))
	textsIfAny(w, "kinds", x.Kinds)
	textOf(w, "format", x.Format)
	textsIfAny(w, "therapy_models", x.Models)
	writeRun(w, "numbers", x.Numbers)
	writeRun(w, "weeks", x.Weeks)
	w.whole("min_members", x.MinMembers)
	w.whole("min_sessions", x.MinSessions)
	w.text("sha256", x.SHA256)
}

// writeRun writes a run of numbers, if there is one.
func writeRun(w *writing, key string, s *study.Span) {
	if s == nil {
		return
	}
	w.document(key)
	w.whole("from", s.From)
	w.whole("to", s.To)
	w.end()
}

// readStudy reads the document of a study.
func (d *decoder) readStudy(body []byte) (*study.Study, error) {
	s := &study.Study{}
	lists := 0
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "groups":
			s.Groups = readTexts[session.GroupID](d, &r)
			lists++
		case "models":
			s.Models = readList(&r, d.readGroupModel)
		case "measures":
			s.Measures = readList(&r, d.readMeasure)
			lists++
		case "selections":
			s.Selections = readList(&r, d.readSelection)
			lists++
		case "agreements":
			s.Agreements = readList(&r, d.readAgreement)
			lists++
		case "ended_researchers":
			s.Ended = readList(&r, d.readEndedResearcher)
		case "protocol":
			in := r.document()
			s.Protocol = &study.Protocol{}
			r.fail(d.readProtocol(&in, s.Protocol))
		default:
			d.readStudyField(&r, s)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if !session.ValidID(string(s.ID)) || s.Code == "" || lists != 4 || s.Threshold < 1 || !s.Release.Valid() || s.Rev < 1 || s.Change.At.IsZero() {
		return nil, errors.New("a field of the study is missing")
	}
	return s, nil
}

// readEndedResearcher reads an account that was ended.
func (d *decoder) readEndedResearcher(r *reading, x *study.EndedResearcher) error {
	for r.next() {
		switch string(r.key) {
		case "account":
			x.Account = r.text()
		case "by":
			x.By = r.text()
		case "at":
			x.At = r.instant()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readStudyField reads one of the fields that are no lists.
func (d *decoder) readStudyField(r *reading, s *study.Study) {
	switch string(r.key) {
	case "_id":
		s.ID = study.ID(r.text())
	case "code":
		s.Code = session.Code(r.text())
	case "from":
		s.From = pointerTo[session.Date](d.word(r))
	case "to":
		s.To = pointerTo[session.Date](d.word(r))
	case "threshold":
		s.Threshold = r.small()
	case "looked_at":
		s.LookedAt = new(r.instant())
	case "rows_given":
		s.RowsGiven = new(r.instant())
	case "release":
		s.Release = study.Level(d.word(r))
	default:
		if !d.readHead(r, &s.Head) {
			r.unknown()
		}
	}
}

// readMeasure reads what is measured.
func (d *decoder) readMeasure(r *reading, m *session.Measure) error {
	for r.next() {
		switch string(r.key) {
		case "instrument":
			in := r.document()
			r.fail(d.readInstrument(&in, &m.Instrument))
		case "score":
			m.Score = d.word(r)
		case "rater":
			m.Rater = instrument.RaterKind(d.word(r))
		case "occasion":
			m.Occasion = session.Occasion(d.word(r))
		default:
			r.unknown()
		}
	}
	if r.err == nil && (m.Instrument.ID == "" || m.Instrument.Version == "" || m.Score == "" || m.Rater == "") {
		return errIncomplete
	}
	return r.err
}

// readSelection reads a saved choice of groups and sessions.
func (d *decoder) readSelection(r *reading, x *study.Selection) error {
	for r.next() {
		switch string(r.key) {
		case "name":
			x.Name = session.Code(d.word(r))
		case "kinds":
			x.Kinds = readTexts[session.GroupKind](d, r)
		case "format":
			x.Format = pointerTo[session.Format](d.word(r))
		case "therapy_models":
			x.Models = readTexts[session.Code](d, r)
		case "numbers":
			x.Numbers = readRun(r)
		case "weeks":
			x.Weeks = readRun(r)
		case "min_members":
			x.MinMembers = r.small()
		case "min_sessions":
			x.MinSessions = r.small()
		case "sha256":
			x.SHA256 = r.text()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (x.Name == "" || x.SHA256 == "") {
		return errIncomplete
	}
	return r.err
}

// readRun reads a run of numbers.
func readRun(r *reading) *study.Span {
	s := &study.Span{}
	met := 0
	in := r.document()
	for in.next() {
		switch met++; string(in.key) {
		case "from":
			s.From = in.small()
		case "to":
			s.To = in.small()
		default:
			in.unknown()
		}
	}
	if in.err == nil && met != 2 {
		in.err = errIncomplete
	}
	r.fail(in.err)
	return s
}

// readAgreement reads what was agreed about rows.
func (d *decoder) readAgreement(r *reading, a *study.Agreement) error {
	for r.next() {
		switch string(r.key) {
		case "number":
			a.Number = r.small()
		case "code":
			a.Code = session.Code(d.word(r))
		case "purpose":
			a.Purpose = study.Purpose(d.word(r))
		case "persons":
			a.Persons = readTexts[string](d, r)
		case "ends_on":
			a.EndsOn = session.Date(d.word(r))
		case "by":
			a.By = d.word(r)
		case "at":
			a.At = r.instant()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (a.Number < 1 || a.Code == "" || !a.Purpose.Valid() || len(a.Persons) == 0 || a.EndsOn == "" || a.At.IsZero()) {
		return errIncomplete
	}
	return r.err
}

// readGroupModel reads of which therapy model a group is.
func (d *decoder) readGroupModel(r *reading, m *study.GroupModel) error {
	for r.next() {
		switch string(r.key) {
		case "group_id":
			m.Group = session.GroupID(r.text())
		case "model":
			m.Model = session.Code(d.word(r))
		default:
			r.unknown()
		}
	}
	return r.err
}
