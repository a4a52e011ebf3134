package multilevel

// Sentence says a reason of this package in words; it is empty for the reasons
// of callers.
func (r Reason) Sentence() string {
	switch r {
	case NonFiniteRating:
		return "A rating is not a finite number."
	case NoData:
		return "There is not one rating."
	case OneGroup:
		return "All ratings come from one group; differences between groups need two groups at least."
	case OneRatingPerGroup:
		return "Every group has one rating only; differences between groups cannot be told from differences between members."
	case NoVariation:
		return "All ratings are equal; there is no variance to divide between levels."
	case BeyondChance:
		return "The test is significant at .05 and the lower 90 % limit lies above zero."
	case UpperLimitBelow:
		return "The upper 90 % limit lies below the group share that would matter."
	case FewGroups:
		return "The limits speak, but fewer than four groups cannot carry a verdict, neither that groups differ nor that they do not."
	case LimitsIncludeBoth:
		return "The 90 % limits include both zero and the group share that would matter."
	case LimitsDisagree:
		return "Of the test and the 90 % limits one says that groups differ and the other does not; they differ by so little that neither is to be believed alone."
	case LimitsUndefined:
		return "The test or its limits could not be computed."
	default:
		return ""
	}
}
