package finding

import (
	"slices"
	"strconv"

	"holon/internal/fault"
)

// Restore checks the structure of a stored finding. A rule, event or code that
// only a later version of Holon knows is no damage.
func Restore(f *Finding) error {
	var faults fault.List
	if f.ID == "" || f.Rule == "" || f.RuleVersion < 1 || f.GroupID == "" {
		faults.Add("", "bad_finding", "The finding has no identifier, rule or group.")
	}
	if f.Rev < 1 || f.Schema < 1 {
		faults.Add("/rev", "bad_revision", "Revisions and schemas count from 1.")
	}
	if !slices.IsSorted(f.Members) {
		faults.Add("/members", "bad_members", "The members are not in order.")
	}
	if (f.Rule != RiskItem && f.Risk != nil) || (f.Rule == RiskItem && f.Risk == nil && f.Redacted == nil) || f.Risk != nil && (f.Risk.Instrument.ID == "" || f.Risk.Item < 1 || f.Risk.Rater.ID == "") {
		faults.Add("/risk", "bad_risk", "The item that raised it is missing, or one stands where none belongs.")
	}
	if x := f.Course; x != nil && (x.Instrument.ID == "" || x.Score == "") {
		faults.Add("/course", "bad_course", "The measure that it is about has no instrument or score.")
	}
	if len(f.Events) == 0 || f.Events[0].Kind != Raised {
		faults.Add("/events", "not_raised", "A finding begins with being raised.")
	}
	for i := range f.Events {
		if e := &f.Events[i]; e.Kind == "" || e.At.IsZero() || e.By == "" || (e.Kind == WasActed) != (e.Action != nil) {
			faults.Add("/events/"+strconv.Itoa(i), "bad_event", "The event has no kind, time or author, or its action is missing.")
		}
	}
	return faults.Err()
}

// RestoreSettings checks the structure of stored settings.
func RestoreSettings(s *Settings) error {
	if s.ID == "" || s.Rev < 1 || s.Schema < 1 || s.AcknowledgeWithin < 1 || !(s.AlarmBudget > 0) {
		return fault.New(fault.Invalid, "bad_settings", "The settings have no identifier, revision or time to acknowledge.")
	}
	return nil
}
