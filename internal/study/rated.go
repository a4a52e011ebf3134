package study

import (
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Rated is a rating with its level and whom it is about: a therapist, a member,
// both, or neither where it is about the group.
type Rated struct {
	*session.Rating

	Level     instrument.Level
	Therapist session.TherapistID
	Member    session.MemberID
}

// People yields the members that a rating is of: who gave it and whom it is about.
func (x Rated) People(yield func(session.MemberID) bool) {
	by := session.MemberID("")
	if x.Rater.Kind == instrument.RaterMember {
		by = session.MemberID(x.Rater.ID)
		if !yield(by) {
			return
		}
	}
	if x.Member != "" && x.Member != by {
		yield(x.Member)
	}
}

// RatingsOf yields a session's ratings, level by level.
func RatingsOf(s *session.Session) iter.Seq[Rated] {
	return func(yield func(Rated) bool) {
		_ = each(s.Alliances, func(x *session.AllianceRating) bool {
			return yield(Rated{&x.Rating, instrument.Alliance, x.TherapistID, x.MemberID})
		}) && each(s.Bonds, func(x *session.BondRating) bool {
			return yield(Rated{&x.Rating, instrument.Bond, "", x.To})
		}) && each(s.MemberGroup, func(x *session.MemberGroupRating) bool {
			return yield(Rated{&x.Rating, instrument.MemberGroup, "", x.MemberID})
		}) && each(s.Cohesion, func(x *session.CohesionRating) bool {
			return yield(Rated{&x.Rating, instrument.Cohesion, "", ""})
		}) && each(s.System, func(x *session.SystemRating) bool {
			return yield(Rated{&x.Rating, instrument.System, "", ""})
		}) && each(s.Encounter, func(x *session.EncounterRating) bool {
			return yield(Rated{&x.Rating, instrument.Encounter, x.TherapistID, ""})
		}) && each(s.Outcomes, func(x *session.OutcomeRating) bool {
			return yield(Rated{&x.Rating, instrument.Outcome, "", x.MemberID})
		})
	}
}

// each yields pointers to a list's elements until one is enough.
func each[T any](list []T, yield func(*T) bool) bool {
	for i := range list {
		if !yield(&list[i]) {
			return false
		}
	}
	return true
}
