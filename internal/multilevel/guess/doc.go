// Package guess holds numbers about two views of the same thing, week after week:
// what one person guesses that another will say, and what the other says. How far
// the guesses lie off, whether they move with the answers, whether they are pulled
// towards what the others say, and whether one part of an alliance lags behind its
// other parts. It knows lists of numbers in order, and no sessions.
package guess

import "holon/internal/multilevel"

// The reasons why a number is not given.
const (
	NoPairs     multilevel.Reason = "no_values"         // no week has both values
	OneValue    multilevel.Reason = "one_value"         // a single week has no spread
	NoVariation multilevel.Reason = "no_variation"      // one of the two is the same every week, or lies on a line
	FewWeeks    multilevel.Reason = "too_few_sessions"  // see FewestWeeks
	FewPairs    multilevel.Reason = "too_few_pairs"     // see FewestPairs
	NotSeparate multilevel.Reason = "cannot_be_divided" // the member's own answer and the others' go hand in hand
	OtherRange  multilevel.Reason = "other_range"       // the two are on different scales
)

// Sentence says a reason in words.
func Sentence(r multilevel.Reason) string {
	switch r {
	case NoPairs:
		return "In no session are there both values."
	case OneValue:
		return "There is one session with both values, so there is no spread to judge it by."
	case NoVariation:
		return "One of the two is the same in every session, so nothing can move together."
	case FewWeeks:
		return "There are too few sessions with both values."
	case FewPairs:
		return "There are too few members with both values."
	case NotSeparate:
		return "The member's own answer and the others' mean cannot be told apart in these sessions."
	case OtherRange:
		return "The two are answered on different scales, so their difference says nothing."
	default:
		return ""
	}
}
