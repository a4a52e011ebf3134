package instrument

// Score says how one number is made of items of one level and one referent.
type Score struct {
	ID         string // snake case; unique within the version: "bond", "total"
	Title      string
	Level      Level
	Referent   Referent // of all its items, so that an aggregate can be named by its composition
	Items      []int
	Parts      []string // scores it is the sum of; SumOfScores only
	Method     Method
	Factor     float64 // multiplies the result; CORE-10 is the item mean times 10. 0 means 1
	MaxMissing int     // of this score's items; more gives no score
	Direction  Direction
	Min, Max   float64 // the score's possible range
	Cutoffs    []Cutoff
	Changes    []ReliableChange
	Key        Key
	Attested   *Attestation // the practice's own word for a key that is not verified; nil: none that stands
	Codes      []Code
}

// Direction says which end of a scale is the better one. It is data and never
// guessed: the field has scales that run both ways.
type Direction string

// The directions.
const (
	HigherBetter Direction = "higher_better"
	HigherWorse  Direction = "higher_worse"
	Neutral      Direction = "neutral"
)

// Method says how a score is made, missing items included.
type Method string

// The methods. With nothing missing the sums and means are what their names
// say.
const (
	Sum            Method = "sum"              // every item needed
	SumProrated    Method = "sum_prorated"     // mean of the answered items times the number of items
	SumMeanRounded Method = "sum_mean_rounded" // a missing item counts as the answered items' mean, rounded to a whole number
	SumOfScores    Method = "sum_of_scores"    // of other scores, each with its own missing rule
	Mean           Method = "mean"             // of the answered items
)

// Cutoff is a published or local limit, with the people it was found for.
type Cutoff struct {
	Population string
	Label      string
	Value      float64
	AtOrAbove  bool // true: the label holds from Value upward; false: below Value
	Source     string
	Verified   bool // false: from memory or a secondary source; shown so
	Site       bool // entered by the practice, which answers for it
}

// Applies tells whether the label holds for a score: from Value upward, or
// strictly below it. A score of 36.0 is not below 36, and neither is one that
// misses it only by the rounding of sums and means. NaN is never labelled.
func (c Cutoff) Applies(score float64) bool {
	if c.AtOrAbove {
		return score >= c.Value || near(score, c.Value)
	}
	return score < c.Value && !near(score, c.Value)
}

// ReliableChange is the change beyond which measurement error is unlikely.
type ReliableChange struct {
	Population string
	Value      float64
	Source     string
	Verified   bool // false: from memory or a secondary source; shown so
}

// Code is what a public terminology calls a score.
type Code struct {
	System   string // such as http://snomed.info/sct
	Code     string
	Display  string
	Of       CodeOf
	Source   string
	Verified bool // false: from memory or a secondary source; shown so
}

// CodeOf says which number of a scale a code stands for: terminologies have one
// for the total and another for the average.
type CodeOf string

// What a code may stand for.
const (
	CodeOfTotal   CodeOf = "total"
	CodeOfAverage CodeOf = "average"
)

// ScoreValue is a derived number, never typed by anyone.
type ScoreValue struct {
	ScoreID  string
	Level    Level
	Value    *float64 // nil when there is none, and Reason says why
	NItems   int      // answered items used
	Prorated bool     // answered items stand in for missing ones
	Reason   Reason
	Detail   string // the reason in a sentence, with its counts
}

// Reason is the code for why there is no score.
type Reason string

// The reasons. A score that has a value has none.
const (
	ReasonKeyNotAttested   Reason = "key_not_attested"    // its key is from memory, and the practice has not compared it with its form
	ReasonTotalOnly        Reason = "total_only"          // only a total was copied from paper
	ReasonNoneAnswered     Reason = "none_answered"       // not one item of the score
	ReasonFormInvalid      Reason = "form_invalid"        // too much of the whole form is missing
	ReasonTooManyMissing   Reason = "too_many_missing"    // too much of the score is missing
	ReasonPartMissing      Reason = "part_missing"        // a score it is the sum of has no value
	ReasonAnswerOutOfRange Reason = "answer_out_of_range" // a stored value that the item does not have
	ReasonFormUnfinished   Reason = "form_unfinished"     // the rater is still at the form
	ReasonRedacted         Reason = "redacted"            // the answers were taken out, at a member's request
)

// ReasonKeysMissing is why a version makes no scores at all; see
// [Definition.Unscored].
const ReasonKeysMissing Reason = "keys_missing"
