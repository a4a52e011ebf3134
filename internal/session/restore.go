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
	s.restoreGoals(&faults)
	s.restoreOpenings(&faults)
	s.restoreRuptures(&faults)
	seen := make(map[RatingID]bool, s.Count())
	for level, x := range s.allWithTarget {
		r := x.rating
		if rule, detail := brokenRating(r); rule != "" {
			faults.Add(placeOf(level, r), rule, detail)
		}
		if seen[r.ID] {
			faults.Add(placeOf(level, r), "rating_twice", "Two ratings have the same identifier.")
		}
		seen[r.ID] = true
		if !named(level, x.target) {
			faults.Add(placeOf(level, r), "bad_target", "The rating does not say whom it is about.")
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

// placeOf points to a rating. It is made only for faults: reading is what a
// store does most.
func placeOf(level instrument.Level, r *Rating) string {
	return "/" + string(level) + "/" + string(r.ID)
}

// brokenRating returns the first structural fault of a rating, "" if it has
// none.
func brokenRating(r *Rating) (rule, detail string) {
	switch {
	case r.ID == "" || r.FormID == "" || r.Version < 1 || r.Instrument.ID == "" || r.Instrument.Version == "":
		return "bad_rating", "The rating has no identifier, form, version or instrument."
	case !r.Rater.Kind.Valid() || r.Rater.ID == "":
		return "bad_rater", "The rating has no rater."
	case len(r.Answers) == 0 && r.ReportedTotal == nil && r.Redacted == nil:
		return "empty_rating", "The rating has neither answers nor a total."
	case r.Void != nil && (r.Void.At.IsZero() || r.Void.Why == "" || r.Void.MovedTo != nil && !r.Void.MovedTo.whole()):
		return "bad_void", "The rating is void without a time or reason, or was moved to no place."
	case r.MovedFrom != nil && (r.MovedFrom.At.IsZero() || r.MovedFrom.Why == "" || r.MovedFrom.Version < 1 || !r.MovedFrom.whole()):
		return "bad_move", "The rating was moved from no place, or without a time, version or reason."
	}
	for i := range r.Answers {
		a := &r.Answers[i]
		if a.Item < 1 || a.State > StateRedacted || math.IsNaN(a.Value) || math.IsInf(a.Value, 0) {
			return "bad_answer", "An answer has no item number, an unknown state, or a value that is no number."
		}
	}
	return "", ""
}
