package access

import "holon/internal/session"

// MaySeeAlliance is the policy about what is said of the alliance with a member:
// who sees the answer first does not guess any more. A therapist hands in a guess
// of each member, and until then what others said of that member's alliance in
// that session is not for the therapist's account: neither the member's answer
// about the therapist, nor what the member said of another therapist, nor the
// other therapist's own guess, for these are much alike.
//
// s is the session as it stands now, whole; x may be from an earlier revision of
// it. x is open to
//
//   - who may read the session and is no therapist in it: an account that is not
//     bound to a therapist, or whose therapist is not on the session's list and
//     so has nothing to guess;
//   - the therapist who gave the rating;
//   - a therapist whose own guess of this member stands, by any instrument, for
//     the same occasion or a later one;
//   - a therapist to whom it was opened without a guess, as the session's own
//     document says.
//
// Nothing else is: what no rule allows is hidden.
func MaySeeAlliance(p Principal, s *session.Session, x *session.AllianceRating) bool {
	if s == nil || x == nil || Decide(p, ReadSession, Object{Kind: KindSession, ID: string(s.ID), GroupID: s.GroupID}) != nil {
		return false
	}
	return p.Therapist == "" || x.ByTherapist(p.Therapist) || MaySeeMember(p, s, x.MemberID, x.Occasion)
}

// MaySeeMember is MaySeeAlliance of whatever anybody says of a member's alliance
// at an occasion, there or still to come. What is computed from such answers,
// such as an alarm, may be seen where they may.
func MaySeeMember(p Principal, s *session.Session, m session.MemberID, o session.Occasion) bool {
	if s == nil || Decide(p, ReadSession, Object{Kind: KindSession, ID: string(s.ID), GroupID: s.GroupID}) != nil {
		return false
	}
	t := p.Therapist
	return t == "" || !s.HasTherapist(t) || s.Opened(t, m) || s.Guessed(t, m, o)
}
