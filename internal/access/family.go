package access

import "holon/internal/session"

// MaySeeInFamily is the policy about what a member of a family may be shown of what was
// said in it: the member's own answers. What another member answered, whether one did at
// all, and what a therapist or an observer thinks of anybody, is nobody's to show until
// the family's agreement says so; and what is computed from several answers may be shown
// where each of them may.
func MaySeeInFamily(viewer session.MemberID, rater session.Rater) bool {
	return viewer != "" && rater.IsMember(viewer)
}
