package linear

// Model names the parameters and the columns of the means, and says which
// parameters belong together.
type Model struct {
	Parameters []string
	Columns    []string
	Parts      []Part
}

// Part is what one random effect contributes: a variance, the covariance matrix
// of two roles, or two exchangeable ratings. Make it with Variance, Matrix or
// Exchangeable.
type Part struct {
	name    string
	kind    kind
	a, b, c int // indexes of parameters
}

// kind is the form of a part.
type kind int

const (
	single       kind = iota // a >= 0
	matrix                   // [[a, c], [c, b]] positive semidefinite
	exchangeable             // [[a, c], [c, a]] positive semidefinite
)

// Variance returns a part with one variance.
func Variance(name string, variance int) Part { return Part{name: name, kind: single, a: variance} }

// Matrix returns a part with two variances and their covariance.
func Matrix(name string, first, second, covariance int) Part {
	return Part{name, matrix, first, second, covariance}
}

// Exchangeable returns a part in which two ratings have the same variance, such
// as how a member takes another and is taken in return.
func Exchangeable(name string, variance, covariance int) Part {
	return Part{name: name, kind: exchangeable, a: variance, c: covariance}
}

// Method is which likelihood is maximised.
type Method int

// The likelihoods.
const (
	REML Method = iota // of the residuals after the means
	ML                 // of the ratings
)

// String returns the name of the likelihood.
func (m Method) String() string {
	if m == ML {
		return "ML"
	}
	return "REML"
}

// Reason names why a model cannot be fitted.
type Reason string

// The reasons.
const (
	NoData        Reason = "no_data"        // no more ratings than means
	NonFinite     Reason = "non_finite"     // a rating that is not a finite number
	MeansAliased  Reason = "means_aliased"  // the columns of the means determine each other
	NoVariance    Reason = "no_variance"    // the means determine the ratings
	NotIdentified Reason = "not_identified" // the ratings do not tell the parameters apart
	NoOptimum     Reason = "no_optimum"     // the search did not end at an optimum
)

// Refusal is the error of a model that cannot be fitted.
type Refusal struct{ Reason Reason } //nolint:errname // it is an answer of its own, and only by the way an error

// Error returns the reason.
func (r *Refusal) Error() string { return "linear: " + string(r.Reason) }

// Edge says where a solution stands on the boundary of what is allowed.
type Edge struct {
	Part string
	Kind EdgeKind
}

// EdgeKind is the kind of a boundary.
type EdgeKind string

// The kinds.
const (
	Zero        EdgeKind = "zero"           // nothing of this part
	FirstZero   EdgeKind = "first_zero"     // the first variance, and with it the covariance
	SecondZero  EdgeKind = "second_zero"    // the second variance, and with it the covariance
	PerfectLike EdgeKind = "correlation_1"  // the two go together without exception
	PerfectUn   EdgeKind = "correlation_-1" // one is the other's mirror image
)
