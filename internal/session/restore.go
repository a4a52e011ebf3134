package session

import (
	"math"
	"strconv"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// RestoreSession checks the structure of a stored session, and nothing that a
// later rule might judge differently.
func RestoreSession(s *Session) error {
	var faults fault.List
	if !ValidID(string(s.ID)) {
		faults.Add("/_id", "bad_id", "The identifier is missing or malformed.")
	}
	if s.GroupID == "" || !s.GroupKind.Valid() {
		faults.Add("/group_id", "bad_group", "The group or its kind is missing.")
	}
	if s.Number < 1 || !s.Kind.Valid() || s.HeldOn == "" {
		faults.Add("/number", "bad_session", "The number, kind or day is missing.")
	}
	if s.Status != StatusOpen && s.Status != StatusClosed && s.Status != StatusCancelled {
		faults.Add("/status", "bad_status", "The status is not one of open, closed, cancelled.")
	}
	restoreHead(&faults, s.Head)
	for i, seat := range s.Roster {
		if seat.MemberID == "" {
			faults.Add("/roster/"+strconv.Itoa(i), "bad_seat", "The seat has no member.")
		}
	}
	seen := map[RatingID]bool{}
	i := 0
	for level, r := range s.All {
		at := "/" + string(level) + "/" + string(r.ID)
		if r.ID == "" {
			at = "/ratings/" + strconv.Itoa(i)
		}
		restoreRating(&faults, at, r)
		if seen[r.ID] {
			faults.Add(at, "rating_twice", "Two ratings have the same identifier.")
		}
		seen[r.ID] = true
		i++
	}
	for level, x := range s.allWithTarget {
		if !named(level, x.target) {
			faults.Add("/"+string(level)+"/"+string(x.rating.ID), "bad_target", "The rating does not say whom it is about.")
		}
	}
	return faults.Err()
}

// named tells whether a target says whom a rating of this level is about.
func named(level instrument.Level, t target) bool {
	switch level {
	case instrument.Alliance:
		return t.therapist != "" && t.member != ""
	case instrument.Bond, instrument.MemberGroup, instrument.Outcome:
		return t.member != ""
	default:
		return true
	}
}

// restoreRating checks one rating's structure.
func restoreRating(faults *fault.List, at string, r *Rating) {
	if r.ID == "" || r.FormID == "" || r.Version < 1 || r.Instrument.ID == "" || r.Instrument.Version == "" {
		faults.Add(at, "bad_rating", "The rating has no identifier, form, version or instrument.")
	}
	if !r.Rater.Kind.Valid() || r.Rater.ID == "" {
		faults.Add(at, "bad_rater", "The rating has no rater.")
	}
	if len(r.Answers) == 0 && r.ReportedTotal == nil {
		faults.Add(at, "empty_rating", "The rating has neither answers nor a total.")
	}
	for _, a := range r.Answers {
		if a.Item < 1 || a.State > NotShown || math.IsNaN(a.Value) || math.IsInf(a.Value, 0) {
			faults.Add(at, "bad_answer", "An answer has no item number, an unknown state, or a value that is no number.")
			return
		}
	}
}
