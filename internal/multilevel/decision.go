package multilevel

import (
	"fmt"

	"holon/internal/caveat"
)

// Answer is what the test of a level comes to.
type Answer string

// The answers, in the order in which they are tried.
const (
	Refused         Answer = "refused"          // the question itself would mislead
	NotIdentifiable Answer = "not_identifiable" // this structure of data can never show it
	Supported       Answer = "supported"        // beyond chance
	NotSupported    Answer = "not_supported"    // at most the bound
	CannotTell      Answer = "cannot_tell"      // too few data to say
)

// Reason names why the answer is what it is.
type Reason string

// The reasons. Callers that refuse a question add their own.
const (
	NonFiniteRating   Reason = "non_finite_rating"
	NoData            Reason = "no_data"
	OneGroup          Reason = "one_group"
	OneRatingPerGroup Reason = "one_rating_per_group"
	NoVariation       Reason = "no_variation"
	BeyondChance      Reason = "beyond_chance"
	UpperLimitBelow   Reason = "upper_limit_below_bound"
	FewGroups         Reason = "fewer_than_four_groups"
	LimitsIncludeBoth Reason = "limits_include_zero_and_bound"
	LimitsDisagree    Reason = "test_and_limits_disagree"
	LimitsUndefined   Reason = "limits_undefined"
)

const (
	// fewestGroups is the number of groups from which a verdict may be given,
	// either way: ratings go in steps, so the means of two groups are alike by
	// chance more often than the limits of a continuous scale allow for.
	fewestGroups = 4
	// steadyGroups is the number of groups from which an estimate chosen for
	// being significant is no longer much too large.
	steadyGroups = 20
)

// Facts is all that the decision looks at.
type Facts struct {
	Refused      Reason   // why the question would mislead; empty if it does not
	Structure    Reason   // why the data can never show it; empty if they can
	Groups       int      // how many groups there are
	P            *float64 // of the primary test
	Lower, Upper *float64 // the 90 % limits
	Bound        float64  // the group share that would matter
	Coverage     *float64 // how often 95 % limits of this kind held the truth when that was measured; nil where they are exact
}

// Decision is an answer, its reason and what must be said with it.
type Decision struct {
	Answer  Answer
	Reason  Reason
	Caveats caveat.Set
}

// Decide applies the decision table, row by row. An undefined number satisfies
// no row. An answer that rests on limits whose measured coverage is not near .95
// carries a caveat.
func Decide(f Facts) Decision {
	d := decide(f)
	if f.Coverage != nil && (*f.Coverage < leastCoverage || *f.Coverage > mostCoverage) && d.Answer != Refused && d.Answer != NotIdentifiable {
		d.Caveats.Add("interval_coverage", fmt.Sprintf(
			"In data drawn to measure it, 95 %% limits of this kind held the true value %.3g times in a hundred.", 100**f.Coverage))
	}
	return d
}

// The measured coverage of 95 % limits outside which it has to be said.
const (
	leastCoverage = 0.93
	mostCoverage  = 0.97
)

// decide is Decide without what is to be said of the limits.
func decide(f Facts) Decision {
	positive := f.P != nil && *f.P <= alpha && f.Lower != nil && *f.Lower > 0
	negative := f.Upper != nil && *f.Upper < f.Bound
	switch {
	case f.Refused != "":
		return Decision{Answer: Refused, Reason: f.Refused}
	case f.Structure != "":
		return Decision{Answer: NotIdentifiable, Reason: f.Structure}
	case (positive || negative) && f.Groups < fewestGroups:
		return Decision{Answer: CannotTell, Reason: FewGroups}
	case positive:
		return supported(f.Groups)
	case negative:
		return notSupported(*f.Upper)
	case f.P == nil || f.Lower == nil || f.Upper == nil:
		return Decision{Answer: CannotTell, Reason: LimitsUndefined}
	case (*f.P <= alpha) != (*f.Lower > 0):
		return Decision{Answer: CannotTell, Reason: LimitsDisagree}
	default:
		return Decision{Answer: CannotTell, Reason: LimitsIncludeBoth}
	}
}

// supported is the answer for groups that differ beyond chance.
func supported(groups int) Decision {
	d := Decision{Answer: Supported, Reason: BeyondChance}
	if groups < steadyGroups {
		d.Caveats.Add("estimate_inflated_by_selection", fmt.Sprintf(
			"With %d groups only a large estimate can be significant, so a significant one is likely too large; read its interval.", groups))
	}
	return d
}

// notSupported is the answer for a group share below what would matter.
func notSupported(upper float64) Decision {
	d := Decision{Answer: NotSupported, Reason: UpperLimitBelow}
	if upper < 0 {
		d.Caveats.Add("members_differ_more_than_strangers",
			"Members of one group differ more from each other than members of different groups do. "+
				"Competition, complementary roles or ratings that are ranks can do that.")
	}
	return d
}
