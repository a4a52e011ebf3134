package agreement

import "holon/internal/multilevel"

// The reasons for which nothing or not everything was computed.
const (
	BadScale          multilevel.Reason = "bad_scale"
	NoItems           multilevel.Reason = "no_items"
	IncompleteRow     multilevel.Reason = "incomplete_row"
	RatingOffScale    multilevel.Reason = "rating_off_scale"
	SeveralForms      multilevel.Reason = "several_forms_of_one_member"
	SeveralSessions   multilevel.Reason = "several_sessions_of_one_group"
	TooLarge          multilevel.Reason = "table_too_large"
	OneMember         multilevel.Reason = "one_member"
	OneRater          multilevel.Reason = "one_rater"
	OneTarget         multilevel.Reason = "one_target"
	RepeatedCell      multilevel.Reason = "repeated_cell"
	IncompleteTargets multilevel.Reason = "incomplete_targets"
)

// Sentence says a reason in words, whether it is of this package or of the one
// above.
func Sentence(r multilevel.Reason) string {
	switch r {
	case BadScale:
		return "A scale needs a low and a high end a whole number of steps apart, at least two options and at most 1001."
	case NoItems:
		return "There is not one item."
	case IncompleteRow:
		return "A form has not exactly one answer to each item; only complete forms are compared."
	case RatingOffScale:
		return "A rating is none of the options of the scale."
	case SeveralForms:
		return "A member has several forms in one group; agreement is between people, each counted once."
	case SeveralSessions:
		return "A group has forms from several sessions; agreement is about one occasion. Choose one session of each group."
	case TooLarge:
		return "There are more forms, items and options than can be counted exactly."
	case OneMember:
		return "One member cannot agree or disagree with anybody."
	case OneRater:
		return "All ratings are by one rater; reliability between raters needs two at least."
	case OneTarget:
		return "All ratings are of one target; telling targets apart needs two at least."
	case RepeatedCell:
		return "A rater rated a target twice; decide which rating counts."
	case IncompleteTargets:
		return "Some targets were not rated by every rater. Leave them out explicitly, or complete them."
	default:
		return r.Sentence()
	}
}
