package early

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// Estimand is what is tested: the alliance's slope among members of the same
// group.
const Estimand multilevel.Estimand = "early_alliance_within_groups"

// Result is what was found. Numbers that are undefined are nil.
type Result struct {
	Measures   []Measure  // each by itself, the one that is asked about first
	SideBySide []Together // the parts of the alliance at once, by rater
	Raters     []Raters   // client against therapist, by score
	Alpha      float64
	Bound      float64
	PlannedR   float64 // partial correlation that Needed assumes
	Needed     int     // members, for that with power .80
	Draws      int     // of each interval by resampling
	Seed       uint64
	Answer     multilevel.Answer
	Reason     multilevel.Reason
	Caveats    caveat.Set
}

// Measure is one alliance score by one kind of rater.
type Measure struct {
	Predictor

	Early   Early
	Whole   Model // members of all groups, one line
	Within  Model // groups' means taken out: this one answers
	Between Model // of groups' means
	Dropped Dropped
}

// Early is the early alliance itself.
type Early struct {
	Members int // with a value, an outcome before and one by the end of the window
	Mean    *float64
	SD      *float64
}

// Model is the regression of the final outcome on the outcome before, the change
// by the end of the window, and the alliance.
type Model struct {
	Members  int
	Groups   int
	DF       int
	Alliance clustered.Coefficient
	Standard clustered.Coefficient // the same in standard deviations of the model's members or groups
	Baseline clustered.Coefficient
	Change   clustered.Coefficient
	Without  *float64 // share of variance explained without the alliance
	With     *float64
	// Increment is With less Without; percentiles over groups drawn with
	// replacement, of Within alone.
	Increment Resampled
	Partial   *float64 // correlation of alliance and final outcome, the other two taken out
	Reason    multilevel.Reason
}

// Resampled is a number with percentiles over groups drawn with replacement.
type Resampled struct {
	Estimate *float64
	CI       []multilevel.Interval
	Failed   int
}

// Together holds the parts of the alliance in one model, within groups.
type Together struct {
	Rater     string
	Scores    []string
	Slopes    []clustered.Coefficient // standardised, in the order of Scores
	Members   int
	Groups    int
	Increment Resampled // of all parts together
	Reason    multilevel.Reason
}

// Raters compares the client's rating with the therapist's, in the members who
// have both, each alone within groups.
type Raters struct {
	Score      string
	Members    int
	Groups     int
	Client     *float64 // standardised slopes
	Therapist  *float64
	Difference Resampled // client less therapist
	Increments Resampled // of the client's less that of the therapist's
	Reason     multilevel.Reason
}

// Dropped compares the early alliance of those who have no final outcome.
type Dropped struct {
	Members    int      // without a final outcome
	Stayed     int      // with one
	Mean       *float64 // of their early alliance
	MeanStayed *float64
	Difference clustered.Coefficient // of the two means, those without less those with
}

// The reasons of this package beside those of multilevel and clustered.
const (
	TooFewMembers multilevel.Reason = "too_few_members"
	TooFewGroups  multilevel.Reason = "too_few_groups"
	FewDegrees    multilevel.Reason = "too_few_degrees_of_freedom"
	Beyond        multilevel.Reason = "beyond_chance"
	WithinBound   multilevel.Reason = "limits_within_bound"
	LimitsWide    multilevel.Reason = "limits_include_zero_and_bound"
	OnePart       multilevel.Reason = "no_parts"
)

// Sentence says a reason in words.
func Sentence(why multilevel.Reason) string {
	switch why {
	case multilevel.NoData:
		return "No member has an early alliance, an outcome before it, one by the end of the window and a final one."
	case TooFewMembers, clustered.FewRows:
		return "There are no more members than the lines use up: of every group one goes for its mean, and three for the outcome before, the change and the alliance."
	case TooFewGroups:
		return "Fewer than four groups cannot carry a verdict."
	case FewDegrees:
		return "What bears on the question lies in so few groups that the error cannot be judged."
	case clustered.NoVariation:
		return "Among members of the same group the alliance, the outcome before, the change or the final outcome does not differ."
	case clustered.Collinear:
		return "Among members of the same group the alliance cannot be told apart from where they began and what had changed."
	case clustered.NothingLeft:
		return "The line goes through every member exactly. Make sure that values were not copied."
	case clustered.OutOfRange:
		return "Some values are too large or too small to compute with."
	case Beyond:
		return "The slope of the alliance is beyond chance."
	case WithinBound:
		return "The 90 % limits of the slope lie within what would matter."
	case LimitsWide:
		return "The limits include both nothing and what would matter."
	default:
		return ""
	}
}
