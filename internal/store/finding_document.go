package store

import (
	"errors"

	"holon/internal/finding"
	"holon/internal/session"
)

// writeFinding writes the document of a finding. State and raised_at follow
// from the events; they stand there to be found by.
func writeFinding(w *writing, f *finding.Finding, h *session.Head) {
	w.text("_id", string(f.ID))
	w.text("rule", string(f.Rule))
	w.whole("rule_version", f.RuleVersion)
	w.text("group_id", string(f.GroupID))
	w.textIfAny("session_id", string(f.SessionID))
	texts(w, "members", f.Members)
	if f.Risk != nil {
		writeRisk(w, f.Risk)
	}
	if x := f.Course; x != nil {
		w.document("course")
		writeInstrumentRef(w, x.Instrument)
		w.text("score", x.Score)
		w.textIfAny("therapist_id", string(x.TherapistID))
		w.textIfAny("moved_most", string(x.MovedMost))
		w.end()
	}
	w.textIfAny("topic", string(f.Topic))
	writeRedacted(w, f.Redacted)
	w.text("state", string(f.State()))
	if len(f.Events) > 0 {
		w.instant("raised_at", f.LastRaised().At)
	}
	writeHead(w, h)
	list(w, "events", f.Events, writeEvent)
}

// writeRisk writes which item raised a finding.
func writeRisk(w *writing, x *finding.Risk) {
	w.document("risk")
	writeInstrumentRef(w, x.Instrument)
	w.whole("item", x.Item)
	writeRater(w, x.Rater)
	w.text("occasion", string(x.Occasion))
	w.document("trigger")
	w.number("at_least", x.Trigger.AtLeast)
	w.text("source", x.Trigger.Source)
	w.truth("verified", x.Trigger.Verified)
	w.truthIfSo("site", x.Trigger.Site)
	w.end()
	w.end()
}

// writeEvent writes one thing that happened to a finding.
func writeEvent(w *writing, e *finding.Event) {
	w.text("kind", string(e.Kind))
	w.instant("at", e.At)
	w.text("by", e.By)
	if e.Rating != nil {
		w.document("rating")
		w.text("id", string(e.Rating.ID))
		w.whole("version", e.Rating.Version)
		w.end()
	}
	w.textIfAny("to", string(e.To))
	w.textIfAny("cause", string(e.Cause))
	if a := e.Action; a != nil {
		w.document("action")
		w.text("code", string(a.Code))
		w.textIfAny("contact", string(a.Contact))
		w.textIfAny("reason", string(a.Reason))
		textOf(w, "session_id", a.Session)
		w.text("on", string(a.On))
		w.end()
	}
}

// readFinding reads the document of a finding.
func (d *decoder) readFinding(body []byte) (*finding.Finding, error) {
	f := &finding.Finding{}
	state, lists := "", 0
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			f.ID = finding.ID(r.text())
		case "rule":
			f.Rule = finding.Rule(d.word(&r))
		case "rule_version":
			f.RuleVersion = r.small()
		case "group_id":
			f.GroupID = session.GroupID(d.word(&r))
		case "session_id":
			f.SessionID = session.SessionID(d.word(&r))
		case "members":
			f.Members = readTexts[session.MemberID](d, &r)
			lists++
		case "risk":
			in := r.document()
			f.Risk = &finding.Risk{}
			r.fail(d.readRisk(&in, f.Risk))
		case "course":
			in := r.document()
			f.Course = &finding.Course{}
			r.fail(d.readCourse(&in, f.Course))
		case "redacted":
			f.Redacted = d.readRedacted(&r)
		case "topic":
			f.Topic = finding.Topic(d.word(&r))
		case "state":
			state = d.word(&r)
		case "raised_at":
			r.instant()
		case "events":
			f.Events = readList(&r, d.readEvent)
			lists++
		default:
			if !d.readHead(&r, &f.Head) {
				r.unknown()
			}
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := finding.Restore(f); err != nil {
		return nil, err
	}
	if f.Change.At.IsZero() || lists != 2 || state != string(f.State()) {
		return nil, errors.New("the change or a list is missing, or the state is not that of the events")
	}
	return f, nil
}

// readRisk reads which item raised a finding.
func (d *decoder) readRisk(r *reading, x *finding.Risk) error {
	for r.next() {
		switch string(r.key) {
		case "instrument":
			in := r.document()
			r.fail(d.readInstrument(&in, &x.Instrument))
		case "item":
			x.Item = r.small()
		case "rater":
			in := r.document()
			r.fail(d.readRater(&in, &x.Rater))
		case "occasion":
			x.Occasion = session.Occasion(d.word(r))
		case "trigger":
			in := r.document()
			r.fail(readTrigger(&in, &x.Trigger))
		default:
			r.unknown()
		}
	}
	return r.err
}

// readCourse reads which measure an alarm is about.
func (d *decoder) readCourse(r *reading, x *finding.Course) error {
	for r.next() {
		switch string(r.key) {
		case "instrument":
			in := r.document()
			r.fail(d.readInstrument(&in, &x.Instrument))
		case "score":
			x.Score = d.word(r)
		case "therapist_id":
			x.TherapistID = session.TherapistID(d.word(r))
		case "moved_most":
			x.MovedMost = session.MemberID(d.word(r))
		default:
			r.unknown()
		}
	}
	return r.err
}

// readTrigger reads from which answer an item counts.
func readTrigger(r *reading, x *finding.Trigger) error {
	for r.next() {
		switch string(r.key) {
		case "at_least":
			x.AtLeast = r.number()
		case "source":
			x.Source = r.text()
		case "verified":
			x.Verified = r.truth()
		case "site":
			x.Site = r.truth()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readEvent reads one thing that happened to a finding.
func (d *decoder) readEvent(r *reading, e *finding.Event) error {
	for r.next() {
		switch string(r.key) {
		case "kind":
			e.Kind = finding.EventKind(d.word(r))
		case "at":
			e.At = r.instant()
		case "by":
			e.By = d.word(r)
		case "rating":
			in := r.document()
			e.Rating = &finding.RatingVersion{}
			r.fail(readRatingVersion(&in, e.Rating))
		case "to":
			e.To = session.TherapistID(d.word(r))
		case "cause":
			e.Cause = finding.Cause(d.word(r))
		case "action":
			in := r.document()
			e.Action = &finding.Action{}
			r.fail(d.readAction(&in, e.Action))
		default:
			r.unknown()
		}
	}
	if e.Action != nil {
		e.Action.By, e.Action.At = e.By, e.At
	}
	return r.err
}

// readRatingVersion reads which version of a rating raised a finding.
func readRatingVersion(r *reading, x *finding.RatingVersion) error {
	for r.next() {
		switch string(r.key) {
		case "id":
			x.ID = session.RatingID(r.text())
		case "version":
			x.Version = r.small()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (x.ID == "" || x.Version < 1) {
		return errIncomplete
	}
	return r.err
}

// readAction reads what was done; who noted it, and when, is the event's.
func (d *decoder) readAction(r *reading, a *finding.Action) error {
	for r.next() {
		switch string(r.key) {
		case "code":
			a.Code = finding.ActionCode(d.word(r))
		case "contact":
			a.Contact = finding.Contact(d.word(r))
		case "reason":
			a.Reason = finding.ActionReason(d.word(r))
		case "session_id":
			a.Session = pointerTo[session.SessionID](r.text())
		case "on":
			a.On = session.Date(d.word(r))
		default:
			r.unknown()
		}
	}
	if r.err == nil && (a.Code == "" || a.On == "") {
		return errIncomplete
	}
	return r.err
}
