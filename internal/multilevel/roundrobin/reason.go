package roundrobin

import "holon/internal/multilevel"

// The reasons for which nothing or not everything was computed.
const (
	FewMembers   multilevel.Reason = "fewer_than_four_members"
	MissingCells multilevel.Reason = "missing_ratings"
	RepeatedCell multilevel.Reason = "repeated_rating"
	BeyondRange  multilevel.Reason = "beyond_number_range"
	TooLarge     multilevel.Reason = "group_too_large" // for the likelihood, whose work grows with the sixth power of a group's size
)

// Sentence says a reason in words, whether it is of this package or of the one
// above.
func Sentence(r multilevel.Reason) string {
	switch r {
	case FewMembers:
		return "No group has four members who rated each other. With three, nothing is left of the ratings once what members give and get in general is taken out, " +
			"so their ways of rating cannot be told from what is between two of them. Families of three need the social relations model of roles over many families."
	case TooLarge:
		return "A group with missing ratings is too large: the likelihood would take too long. Groups of up to 16 members can have missing ratings."
	case MissingCells:
		return "In every group of four members and more some ratings of one member by another are missing, and the closed formulas need complete groups."
	case RepeatedCell:
		return "A member rated the same other member twice in one group; decide which rating counts, or give every session a group of its own."
	case BeyondRange:
		return "The ratings lie so far apart that their squares cannot be expressed as numbers."
	case multilevel.NoVariation:
		return "All ratings are equal; there is no variance to divide between actors, partners and relationships."
	case CellsTooFew:
		return cellsTooFewSentence
	default:
		return r.Sentence()
	}
}
