package surface

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// The reasons of this package beside those of multilevel and clustered.
const (
	OneRater   multilevel.Reason = "one_rater"        // one rating is a line of the other
	TwoScales  multilevel.Reason = "two_scales"       // the ratings have no value in common
	OffScale   multilevel.Reason = "beyond_scale"     // a rating is not on the scale that was given
	Constant   multilevel.Reason = "rating_constant"  // one of the ratings, or the outcome, does not vary
	FewCluster multilevel.Reason = "too_few_clusters" // for a verdict
	FewDegrees multilevel.Reason = "too_few_degrees_of_freedom"

	HighestThere multilevel.Reason = "highest_at_agreement"
	LowestThere  multilevel.Reason = "lowest_at_agreement"
	OtherWay     multilevel.Reason = "other_way_round" // than what was expected
	Elsewhere    multilevel.Reason = "elsewhere_than_at_agreement"
	WithinBound  multilevel.Reason = "limits_within_bound"
	NoCurve      multilevel.Reason = "disagreement_not_beyond_chance"
	MiddleToo    multilevel.Reason = "agreement_or_middle_values"
	PlaceUnclear multilevel.Reason = "place_not_clear"

	Flat     multilevel.Reason = "no_curvature"             // 4 b3 b5 = b4², or b4 = 0 and b3 = b5
	Unknown  multilevel.Reason = "direction_not_determined" // limits take in every direction
	Upright  multilevel.Reason = "axis_may_be_upright"
	NoLimits multilevel.Reason = "limits_undefined"
)

// Sentence says a reason in words.
func Sentence(why multilevel.Reason) string {
	switch why {
	case multilevel.NoData:
		return "No row has both ratings and the outcome."
	case OneRater:
		return "One of the two ratings follows from the other exactly, as if one rater had been asked, or one column copied. Agreement needs two raters."
	case TwoScales:
		return "The two ratings have no value in common, so they are not on the same scale, and whether raters agree cannot be told."
	case OffScale:
		return "A rating lies beyond the ends of the scale that was given. Both ratings have to be on that scale."
	case Constant:
		return "One of the two ratings, or the outcome, is the same in every row."
	case clustered.FewRows:
		return "There are no more rows than coefficients; the surface has six, and each covariate adds to them."
	case clustered.Collinear:
		return "The ratings, their squares and their product, or a covariate, cannot be told apart in these rows. With two or three different ratings a surface cannot be drawn."
	case clustered.NothingLeft:
		return "The surface goes through every row exactly. Make sure that values were not copied."
	case clustered.OutOfRange:
		return "Some values are too large or too small to compute with."
	default:
		return told(why)
	}
}

// told says why the answer is what it is.
func told(why multilevel.Reason) string {
	switch why {
	case FewCluster:
		return "Fewer than four clusters cannot carry a verdict."
	case FewDegrees:
		return "What bears on the question lies in so few rows or clusters that the error cannot be judged."
	case HighestThere:
		return "Along the line of disagreement the outcome falls off beyond chance, more than along the line of agreement, and nothing says that its peak lies elsewhere than at agreement."
	case LowestThere:
		return "Along the line of disagreement the outcome rises beyond chance, more than along the line of agreement, and nothing says that its lowest place lies elsewhere than at agreement."
	case OtherWay:
		return "Disagreement goes with the outcome beyond chance, but the other way round than was expected."
	case Elsewhere:
		return "The surface does not have its ridge or trough where the raters agree: one of them counts more, or another combination of both."
	case WithinBound:
		return "The 90 % limits of what the usual disagreement goes with lie within what would matter."
	case NoCurve:
		return "Along the line of disagreement the outcome does not bend beyond chance."
	case MiddleToo:
		return "The outcome bends along the line of disagreement, but whether more than along the line of agreement is not told: it may be middle values that count, whoever gives them."
	case PlaceUnclear:
		return "The outcome bends along the line of disagreement, but whether its extreme lies at agreement is not told."
	default:
		return ""
	}
}
