package session

import "holon/internal/instrument"

// Concerning yields every rating with the member whom its answers concern:
// whom it is about, where it is about somebody's own symptoms, standing or
// alliance, else the member who answered; nobody where an observer or therapist
// judges the group.
func (r *Ratings) Concerning(yield func(*Rating, MemberID) bool) {
	for level, x := range r.allWithTarget {
		member := x.target.member
		if x.rating.Rater.Kind == instrument.RaterMember && (member == "" || level == instrument.Bond) {
			member = MemberID(x.rating.Rater.ID)
		}
		if !yield(x.rating, member) {
			return
		}
	}
}
