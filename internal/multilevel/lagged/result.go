package lagged

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// Estimand is what is tested: whether within members one measure goes before the
// other.
const Estimand multilevel.Estimand = "within_member_lagged"

// Result is what was found. Numbers that are undefined are nil.
type Result struct {
	Members   int
	Occasions int // sessions of members with both measures
	Pairs     int // of sessions that follow each other
	Gap       Gap
	Together  Together
	Forward   Arrow // from the first measure to the second
	Backward  Arrow
	Difference
	ClusteredOn string // "group" or "member"
	Alpha       float64
	Bound       float64
	Settle      Settle
	Answer      multilevel.Answer
	Reason      multilevel.Reason
	Caveats     caveat.Set
}

// Gap is how far sessions of a pair lie apart, in the unit of time.
type Gap struct {
	Least, Median, Most *float64
	Covariate           bool // gaps differ and are a covariate of the adjusted model
}

// Together is how the two measures go together in the same session.
type Together struct {
	SlopeWithin     *float64 // of the second on the first, around members' means
	SEWithin        *float64 // classical, with Occasions - Members - 1 degrees of freedom
	RWithin         *float64
	RDetrended      *float64 // around members' own lines
	SlopeBetween    *float64 // of members' means, each counted once
	RBetween        *float64
	MembersRepeated int // with two sessions at least
}

// Arrow is one direction: the measure that goes before, and the one that follows.
type Arrow struct {
	Raw       Model                 // members' means taken out
	Detrended Model                 // members' own lines taken out
	Adjusted  Model                 // as well what the others had in the earlier session, and the gap
	Bias      *float64              // of the slope of Adjusted, in standard deviations, with courses as short as these
	Corrected clustered.Coefficient // Adjusted.Standard with that taken out: this one answers
	PHolm     *float64              // of Corrected, the larger of clustered and classical, adjusted for the two directions
	Shown     bool                  // beyond chance, by the rule of the answer
	Nickell   Nickell
}

// Model is one regression of an arrow.
type Model struct {
	Pairs   int
	Members int
	Cluster int // clusters
	DF      int
	Before  clustered.Coefficient // of the measure that goes before
	Own     clustered.Coefficient // of the measure that follows, in the earlier session
	Gap     clustered.Coefficient
	// Of the means of the others in the earlier session, in both measures.
	OthersBefore, OthersNext clustered.Coefficient
	// Standard is Before in standard deviations of both measures within members:
	// around their means in Raw, around their lines in the other two.
	Standard         clustered.Coefficient
	SDBefore, SDNext *float64
	Reason           multilevel.Reason // why there is nothing
}

// Difference is the forward arrow less the backward one, both as they answer,
// with percentiles over clusters drawn with replacement, the bias taken out of
// each draw.
type Difference struct {
	Estimate *float64
	CI       []multilevel.Interval
	Draws    int
	Seed     uint64
	Failed   int // draws in which it could not be computed
}

// Nickell is the bias of the own slope in the raw model.
type Nickell struct {
	PairsPerMember *float64
	Bias           *float64 // expected, for an autoregression that gives the own slope found
	Corrected      *float64 // that autoregression
}

// Settle is how much more data would settle the question, if further clusters
// were like these.
type Settle struct {
	ToShow    *int // clusters, for an arrow of the size Bound, with power .80
	ToRuleOut *int // clusters, for limits within Bound on both sides where there is no arrow
}

// The reasons of this package beside those of multilevel and clustered.
const (
	FewSessions   multilevel.Reason = "fewer_than_three_sessions"
	NoPairs       multilevel.Reason = "no_sessions_in_a_row"
	ShortCourses  multilevel.Reason = "courses_too_short"
	FewClusters   multilevel.Reason = "too_few_clusters"
	FewDegrees    multilevel.Reason = "too_few_degrees_of_freedom"
	Beyond        multilevel.Reason = "beyond_chance"
	WithinBound   multilevel.Reason = "limits_within_bound"
	LimitsWide    multilevel.Reason = "limits_include_zero_and_bound"
	Opposed       multilevel.Reason = "trend_and_course_disagree"
	BiasUnknown   multilevel.Reason = "bias_of_short_courses_unknown"
	LimitsMissing multilevel.Reason = "limits_undefined"
)

// Sentence says a reason in words.
func Sentence(why multilevel.Reason) string {
	switch why {
	case multilevel.NoData:
		return "No member has both measures in any session."
	case FewSessions:
		return "No member has both measures in three sessions at least, and from one or two sessions nothing can be said about what goes before what."
	case NoPairs:
		return "No member has both measures in two sessions that follow each other."
	case ShortCourses:
		return "Courses are too short: to tell what goes before what apart from each member's own trend, members need both measures in four sessions that follow each other, and in some groups a second member who was there."
	case clustered.NoVariation:
		return "Within members one of the measures does not change, or changes by its trend alone."
	case clustered.Collinear:
		return "Within members what was taken into account cannot be told apart."
	case clustered.NothingLeft:
		return "The earlier session reproduces the later one exactly. Make sure that values were not copied."
	case clustered.OutOfRange:
		return "Some values are too large or too small to compute with."
	case FewClusters:
		return "Fewer than four groups, or members where there are no groups, cannot carry a verdict."
	case FewDegrees:
		return "The sessions that bear on the question come from so few groups or members that their errors cannot be judged."
	case Beyond:
		return "At least one direction is beyond chance, with trends and what groups shared taken out."
	case WithinBound:
		return "In both directions the 90 % limits lie within what would matter."
	case LimitsWide:
		return "The limits include both nothing and what would matter."
	case Opposed:
		return "With trends taken out a direction points one way and as it stands the other way, both beyond chance: the trends and the course from session to session do not tell the same story."
	case BiasUnknown:
		return "How far short courses bias the directions could not be computed: a measure goes on from session to session as if it never settled."
	case LimitsMissing:
		return "The errors could not be computed."
	default:
		return ""
	}
}
