package store

import (
	"holon/internal/finding"
	"holon/internal/session"
)

// writeSettings writes the document of the practice's settings.
func writeSettings(w *writing, s *finding.Settings, h *session.Head) {
	w.text("_id", s.ID)
	writeHead(w, h)
	w.whole("acknowledge_within_minutes", s.AcknowledgeWithin)
	texts(w, "substitutes", s.Substitutes)
	texts(w, "supervisors", s.Supervisors)
	w.truthIfSo("excused_is_missed", s.ExcusedIsMissed)
	w.number("alarm_budget", s.AlarmBudget)
	list(w, "risk_texts", s.RiskTexts, func(w *writing, t *finding.RiskText) {
		w.textIfAny("instrument_id", t.InstrumentID)
		if t.Item != 0 {
			w.whole("item", t.Item)
		}
		w.text("language", t.Language)
		w.text("text", t.Text)
	})
}

// readSettings reads the document of the practice's settings.
func (d *decoder) readSettings(body []byte) (*finding.Settings, error) {
	s := &finding.Settings{AlarmBudget: finding.DefaultAlarmBudget} // settings of before there was one have none
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			s.ID = r.text()
		case "acknowledge_within_minutes":
			s.AcknowledgeWithin = r.small()
		case "substitutes":
			s.Substitutes = readTexts[session.TherapistID](d, &r)
		case "supervisors":
			s.Supervisors = readTexts[session.TherapistID](d, &r)
		case "excused_is_missed":
			s.ExcusedIsMissed = r.truth()
		case "alarm_budget":
			s.AlarmBudget = r.number()
		case "risk_texts":
			s.RiskTexts = readList(&r, readRiskText)
		default:
			if !d.readHead(&r, &s.Head) {
				r.unknown()
			}
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if s.Change.At.IsZero() {
		return nil, errIncomplete
	}
	return s, finding.RestoreSettings(s)
}

// readRiskText reads one text.
func readRiskText(r *reading, t *finding.RiskText) error {
	for r.next() {
		switch string(r.key) {
		case "instrument_id":
			t.InstrumentID = r.text()
		case "item":
			t.Item = r.small()
		case "language":
			t.Language = r.text()
		case "text":
			t.Text = r.text()
		default:
			r.unknown()
		}
	}
	if r.err == nil && (t.Language == "" || t.Text == "") {
		return errIncomplete
	}
	return r.err
}
