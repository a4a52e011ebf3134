package crossed

// Reason is why something has no answer. It is the only kind of error that this
// package returns, so that errors.Is names it.
type Reason string //nolint:errname // it is a result like any other, named as the other reasons of an analysis are

// The reasons.
//
//nolint:errname // likewise
const (
	UnequalColumns  Reason = "unequal_columns"       // the columns of a table differ in length
	NonFiniteRating Reason = "non_finite_rating"     // a rating is NaN or infinite
	NoData          Reason = "no_data"               // not one rating
	TooManyRatings  Reason = "too_many_ratings"      // more than 2^31-1 of them
	DuplicateCell   Reason = "duplicate_cell"        // two ratings of one member in one session
	DuplicateGroup  Reason = "duplicate_group"       // a builder was given one group twice
	TooFewRatings   Reason = "too_few_ratings"       // fewer than two, or than the model has components
	NoVariation     Reason = "no_variation"          // all ratings are equal
	Confounded      Reason = "components_confounded" // the layout cannot tell the model's components apart
	NoResidual      Reason = "no_residual_variation" // the likelihood rises as the residual variance falls to zero: the model reproduces every rating
	NotConverged    Reason = "not_converged"         // the search did not settle
	BeyondRange     Reason = "beyond_range"          // a result cannot be expressed as a float64 in the unit of the ratings
	BadVariances    Reason = "bad_variances"         // a variance given is negative or not finite, or the residual is zero
	BadShare        Reason = "bad_share"             // a share outside [0, 1), or of a component the model lacks
	NoRatings       Reason = "no_ratings"            // a simulated summary of pooled strata knows no group, so nothing can be predicted
)

// Error returns the reason's name.
func (r Reason) Error() string { return string(r) }
