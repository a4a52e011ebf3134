package session

import (
	"slices"

	"holon/internal/instrument"
)

// All yields every rating's common part with its level, in document order. The
// pointers are into the lists: changes through them change the session.
func (r *Ratings) All(yield func(instrument.Level, *Rating) bool) {
	for level, common := range r.allWithTarget {
		if !yield(level, common.rating) {
			return
		}
	}
}

// aimed is a rating with whom it is about.
type aimed struct {
	rating *Rating
	target target
}

// allWithTarget is All with the targets.
func (r *Ratings) allWithTarget(yield func(instrument.Level, aimed) bool) {
	_ = eachOf(r.Alliances, func(x *AllianceRating) bool {
		return yield(instrument.Alliance, aimed{&x.Rating, target{x.TherapistID, x.MemberID}})
	}) && eachOf(r.Bonds, func(x *BondRating) bool {
		return yield(instrument.Bond, aimed{&x.Rating, target{"", x.To}})
	}) && eachOf(r.MemberGroup, func(x *MemberGroupRating) bool {
		return yield(instrument.MemberGroup, aimed{&x.Rating, target{"", x.MemberID}})
	}) && eachOf(r.Cohesion, func(x *CohesionRating) bool {
		return yield(instrument.Cohesion, aimed{&x.Rating, target{}})
	}) && eachOf(r.System, func(x *SystemRating) bool {
		return yield(instrument.System, aimed{&x.Rating, target{}})
	}) && eachOf(r.Encounter, func(x *EncounterRating) bool {
		return yield(instrument.Encounter, aimed{&x.Rating, target{x.TherapistID, ""}})
	}) && eachOf(r.Outcomes, func(x *OutcomeRating) bool {
		return yield(instrument.Outcome, aimed{&x.Rating, target{"", x.MemberID}})
	})
}

// eachOf calls f with every element until one answers false.
func eachOf[T any](list []T, f func(*T) bool) bool {
	for i := range list {
		if !f(&list[i]) {
			return false
		}
	}
	return true
}

// KeepOnly leaves the ratings that are kept, in lists of their own: what shares the old
// ones does not change.
func (r *Ratings) KeepOnly(kept func(*Rating) bool) {
	r.Alliances = keptOf(r.Alliances, func(x *AllianceRating) bool { return kept(&x.Rating) })
	r.Bonds = keptOf(r.Bonds, func(x *BondRating) bool { return kept(&x.Rating) })
	r.MemberGroup = keptOf(r.MemberGroup, func(x *MemberGroupRating) bool { return kept(&x.Rating) })
	r.Cohesion = keptOf(r.Cohesion, func(x *CohesionRating) bool { return kept(&x.Rating) })
	r.System = keptOf(r.System, func(x *SystemRating) bool { return kept(&x.Rating) })
	r.Encounter = keptOf(r.Encounter, func(x *EncounterRating) bool { return kept(&x.Rating) })
	r.Outcomes = keptOf(r.Outcomes, func(x *OutcomeRating) bool { return kept(&x.Rating) })
}

// keptOf copies what is kept of a list.
func keptOf[T any](list []T, kept func(*T) bool) []T {
	var out []T
	for i := range list {
		if kept(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

// Find returns the rating of this identifier and its level.
func (r *Ratings) Find(id RatingID) (*Rating, instrument.Level, bool) {
	for level, x := range r.All {
		if x.ID == id {
			return x, level, true
		}
	}
	return nil, "", false
}

// OfForm returns the ratings a form was split into.
func (r *Ratings) OfForm(id FormID) []*Rating {
	var out []*Rating
	for _, x := range r.All {
		if x.FormID == id {
			out = append(out, x)
		}
	}
	return out
}

// hasForm tells whether there is any rating of the form.
func (r *Ratings) hasForm(id FormID) bool {
	for _, x := range r.All {
		if x.FormID == id {
			return true
		}
	}
	return false
}

// Count returns how many ratings there are over all levels.
func (r *Ratings) Count() int {
	return len(r.Alliances) + len(r.Bonds) + len(r.MemberGroup) + len(r.Cohesion) + len(r.System) + len(r.Encounter) + len(r.Outcomes)
}

// clone copies the lists, so that a refused change leaves nothing behind.
func (r *Ratings) clone() Ratings {
	return Ratings{
		Alliances: slices.Clone(r.Alliances), Bonds: slices.Clone(r.Bonds), MemberGroup: slices.Clone(r.MemberGroup),
		Cohesion: slices.Clone(r.Cohesion), System: slices.Clone(r.System), Encounter: slices.Clone(r.Encounter),
		Outcomes: slices.Clone(r.Outcomes),
	}
}

// ofMeeting tells whether a rating says that its rater and target were there.
func ofMeeting(level instrument.Level, r *Rating) bool {
	return r.Occasion == Post && needsPresence(level) && !r.withdrawn()
}

// hasPresenceRatings tells whether anybody rated the meeting as held.
func (r *Ratings) hasPresenceRatings() bool {
	for level, x := range r.All {
		if ofMeeting(level, x) {
			return true
		}
	}
	return false
}

// memberRatedMeeting tells whether there are ratings of the meeting by or
// about the member.
func (r *Ratings) memberRatedMeeting(id MemberID) bool {
	for level, x := range r.allWithTarget {
		if ofMeeting(level, x.rating) && (x.target.member == id || x.rating.by(instrument.RaterMember, string(id))) {
			return true
		}
	}
	return false
}

// memberHasRatings tells whether there is any rating by or about the member.
func (r *Ratings) memberHasRatings(id MemberID) bool {
	for _, x := range r.allWithTarget {
		if !x.rating.withdrawn() && (x.target.member == id || x.rating.by(instrument.RaterMember, string(id))) {
			return true
		}
	}
	return false
}

// ratedByOrAbout tells whether there are ratings of the meeting by or about
// the therapist.
func (r *Ratings) ratedByOrAbout(id TherapistID) bool {
	for level, x := range r.allWithTarget {
		if ofMeeting(level, x.rating) && (x.target.therapist == id || x.rating.by(instrument.RaterTherapist, string(id))) {
			return true
		}
	}
	return false
}

// by tells whether the rating is this person's.
func (r *Rating) by(kind instrument.RaterKind, id string) bool {
	return r.Rater.Kind == kind && r.Rater.ID == id
}
