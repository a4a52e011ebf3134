package store

import (
	"errors"

	"holon/internal/redaction"
	"holon/internal/session"
)

// writeDecision writes the document of a decision.
func writeDecision(w *writing, d *redaction.Decision, h *session.Head) {
	w.text("_id", string(d.ID))
	w.text("member_id", string(d.MemberID))
	w.text("state", string(d.State))
	writeHead(w, h)
	w.text("by", string(d.By))
	w.text("on", string(d.On))
	w.text("reference", string(d.Reference))
	w.textIfAny("verdict", string(d.Verdict))
	w.textIfAny("basis", string(d.Basis))
	w.textIfAny("decided_by", d.DecidedBy)
	instantOf(w, "decided_at", d.DecidedAt)
	textsIfAny(w, "blocked", d.Blocked)
	instantOf(w, "replayed_at", d.Replayed)
	if d.DoneAt == nil {
		return
	}
	w.instant("done_at", *d.DoneAt)
	w.document("extent")
	textsIfAny(w, "groups", d.Extent.Groups)
	w.whole("sessions", d.Extent.Sessions)
	w.whole("forms", d.Extent.Forms)
	w.whole("ratings", d.Extent.Ratings)
	w.whole("revisions", d.Extent.Revisions)
	if d.Extent.Consents > 0 {
		w.whole("consents", d.Extent.Consents)
	}
	textsIfAny(w, "snapshots", d.Extent.Snapshots)
	textsIfAny(w, "releases", d.Extent.Releases)
	w.end()
	w.document("reports")
	textsIfAny(w, "withdrawn", d.Reports.Withdrawn)
	w.whole("tables", d.Reports.Tables)
	w.end()
}

// writeRedacted writes the mark of a redaction, if there is one.
func writeRedacted(w *writing, x *session.Redacted) {
	if x == nil {
		return
	}
	w.document("redacted")
	w.text("decision", x.Decision)
	w.instant("at", x.At)
	w.end()
}

// readRedacted reads the mark of a redaction.
func (d *decoder) readRedacted(r *reading) *session.Redacted {
	x := &session.Redacted{}
	in := r.document()
	for in.next() {
		switch string(in.key) {
		case "decision":
			x.Decision = d.word(&in)
		case "at":
			x.At = in.instant()
		default:
			in.unknown()
		}
	}
	if in.err == nil && (x.Decision == "" || x.At.IsZero()) {
		in.err = errors.New("the decision or the time is missing")
	}
	r.fail(in.err)
	return x
}

// readDecision reads the document of a decision.
func (d *decoder) readDecision(body []byte) (*redaction.Decision, error) {
	x := &redaction.Decision{}
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			x.ID = redaction.ID(r.text())
		case "member_id":
			x.MemberID = session.MemberID(r.text())
		case "state":
			x.State = redaction.State(r.text())
		case "by":
			x.By = redaction.Requester(r.text())
		case "on":
			x.On = session.Date(r.text())
		case "reference":
			x.Reference = session.Code(r.text())
		case "verdict":
			x.Verdict = redaction.Verdict(r.text())
		case "basis":
			x.Basis = redaction.Basis(r.text())
		case "decided_by":
			x.DecidedBy = r.text()
		default:
			d.readOutcome(&r, x)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return x, redaction.Restore(x)
}

// readOutcome reads the element at hand as part of what became of a decision.
func (d *decoder) readOutcome(r *reading, x *redaction.Decision) {
	switch string(r.key) {
	case "decided_at":
		x.DecidedAt = new(r.instant())
	case "blocked":
		x.Blocked = readTexts[string](d, r)
	case "replayed_at":
		x.Replayed = new(r.instant())
	case "done_at":
		x.DoneAt = new(r.instant())
	case "extent":
		in := r.document()
		r.fail(d.readExtent(&in, &x.Extent))
	case "reports":
		in := r.document()
		r.fail(d.readWithdrawn(&in, &x.Reports))
	default:
		if !d.readHead(r, &x.Head) {
			r.unknown()
		}
	}
}

// readExtent reads what a redaction took values out of.
func (d *decoder) readExtent(r *reading, x *redaction.Extent) error {
	for r.next() {
		switch string(r.key) {
		case "groups":
			x.Groups = readTexts[session.GroupID](d, r)
		case "sessions":
			x.Sessions = r.small()
		case "forms":
			x.Forms = r.small()
		case "ratings":
			x.Ratings = r.small()
		case "revisions":
			x.Revisions = r.small()
		case "consents":
			x.Consents = r.small()
		case "snapshots":
			x.Snapshots = readTexts[string](d, r)
		case "releases":
			x.Releases = readTexts[string](d, r)
		default:
			r.unknown()
		}
	}
	return r.err
}

// readWithdrawn reads which reports a redaction withdrew.
func (d *decoder) readWithdrawn(r *reading, x *redaction.Reports) error {
	for r.next() {
		switch string(r.key) {
		case "withdrawn":
			x.Withdrawn = readTexts[string](d, r)
		case "tables":
			x.Tables = r.small()
		default:
			r.unknown()
		}
	}
	return r.err
}
