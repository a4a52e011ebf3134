package redaction

import (
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// Request is a request that a member's data be erased, as it came.
type Request struct {
	By        Requester
	On        string
	Reference string
}

// New returns the record of a request, or every fault.
func New(id ID, member session.MemberID, in Request, today session.Date) (*Decision, error) {
	var faults fault.List
	if !session.ValidID(string(member)) {
		faults.Add("", "bad_id", "Name the member by the identifier the member was given.")
	}
	if !in.By.Valid() {
		faults.Add("/by", "unknown_requester", "Who asks is the member, a representative, an authority or the practice.")
	}
	on, err := session.ParseDate(in.On)
	switch {
	case err != nil:
		faults.Add("/on", "bad_date", "A date is a calendar day like 2026-03-05.")
	case on > today:
		faults.Add("/on", "in_the_future", "The request cannot come in after it is recorded.")
	}
	reference, err := session.ParseCode(in.Reference)
	if err != nil {
		faults.Add("/reference", "bad_code", "A reference is your own file number of the request: 1 to 32 letters, digits, dots, underscores or hyphens. It is no name, and not the member's code.")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &Decision{ID: id, MemberID: member, By: in.By, On: on, Reference: reference, State: Requested}, nil
}

// Decide decides the request. The same verdict again is no fault while the
// redaction is under way; any other is.
func (d *Decision) Decide(v Verdict, basis Basis, by string, at time.Time) error {
	var faults fault.List
	switch {
	case !v.Valid():
		faults.Add("/verdict", "unknown_verdict", "A verdict is redact, redact_partly or refuse.")
	case v == Redact && basis != "":
		faults.Add("/basis", "basis_of_nothing", "Nothing is kept, so there is no basis to keep it on. Leave the basis out.")
	case v != Redact && !basis.Valid():
		faults.Add("/basis", "basis_missing", "Say on which of the listed grounds data are kept.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if d.State != Requested {
		return fault.New(fault.Conflict, "decided_already", "This request was decided already. A new request of the member is a new record.")
	}
	d.Verdict, d.Basis, d.DecidedBy, d.DecidedAt = v, basis, by, new(session.Millis(at))
	d.State = Started
	if v == Refuse {
		d.State = Refused
	}
	return nil
}

// Block notes documents that keep the redaction from its end, and tells whether
// that is anything new.
func (d *Decision) Block(documents []string) (changed bool) {
	if slices.Equal(d.Blocked, documents) {
		return false
	}
	d.Blocked = documents
	return true
}

// Finish notes that everything was taken out.
func (d *Decision) Finish(extent Extent, reports Reports, at time.Time) {
	d.State, d.Extent, d.Reports, d.Blocked = Done, extent, reports, nil
	d.DoneAt = new(session.Millis(at))
}

// Resume takes a redaction up again to which something came after it was done,
// and tells whether that is anything new.
func (d *Decision) Resume() (changed bool) {
	if d.State != Done {
		return false
	}
	d.State, d.DoneAt = Started, nil
	return true
}

// Restore checks the structure of a stored decision.
func Restore(d *Decision) error {
	var faults fault.List
	if !session.ValidID(string(d.ID)) || !session.ValidID(string(d.MemberID)) {
		faults.Add("/_id", "bad_id", "The identifier of the decision or the member is missing or malformed.")
	}
	if d.Rev < 1 || d.Schema < 1 {
		faults.Add("/rev", "bad_revision", "The revision or the schema is missing.")
	}
	decided := d.Verdict != "" && d.DecidedAt != nil && d.DecidedBy != ""
	switch {
	case !d.State.Valid() || !d.By.Valid() || d.On == "" || d.Reference == "":
		faults.Add("/state", "bad_decision", "The state, who asked or the day is missing.")
	case decided == (d.State == Requested), (d.DoneAt != nil) != (d.State == Done):
		faults.Add("/state", "bad_decision", "The state does not go with what was decided and done.")
	}
	return faults.Err()
}
