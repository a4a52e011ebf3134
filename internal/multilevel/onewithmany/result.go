package onewithmany

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/linear"
)

// Result is what was found. Undefined numbers are nil.
type Result struct {
	Reason     multilevel.Reason // why nothing was computed, empty if something was
	Therapists int               // with ratings
	Pairs      int               // with ratings
	BothSides  int               // pairs rated from both sides
	Ratings    int
	Sessions   bool // several sessions tell the relationship from error

	Sides       [2]SideResult
	Reciprocity [3]Reciprocity // generalised, dyadic, and of one session
	REML, ML    []Fit          // of both sides together, or of each side by itself
	Resampled   *Resampling    // nil without intervals
	Caveats     caveat.Set
}

// SideResult is one side's ratings.
type SideResult struct {
	Reason  multilevel.Reason // why nothing was computed of this side
	Ratings int
	Pairs   int
	Mean    *float64
	MeanSE  *float64
	Parts   []Part // the therapist's, the relationship's and, with several sessions, the error's
}

// Part is one part of a side's variance, by restricted likelihood.
type Part struct {
	Variance *float64
	SE       *float64 // from Fisher's information; nil on a boundary
	Share    *float64 // of the parts together
	CI       *multilevel.Interval
}

// Reciprocity tells how the two sides go together in one layer: the generalised
// one says whether therapists who rate high are rated high, the dyadic one whether
// a member who is rated especially high rates especially high.
type Reciprocity struct {
	Reason      multilevel.Reason // why there is no correlation
	Covariance  *float64
	SE          *float64
	Correlation *float64
	CI          *multilevel.Interval
}

// Fit is one likelihood's estimates.
type Fit struct {
	Method   string
	Sides    []string // by whom: therapist, member
	Means    [2]*float64
	Parts    [2][3]*float64 // variances by side and layer
	Together [3]*float64    // covariances by layer
	LogLik   float64
	Boundary []linear.Edge
	Second   *float64 // how much worse another optimum is, if less than .1 in deviance
}

// Resampling says what intervals rest on.
type Resampling struct {
	Draws  int
	Seed   uint64
	Failed int // simulated ratings that could not be fitted
}

// IntervalBootstrap is the method of the intervals: percentiles of refits to
// ratings simulated from the restricted fit.
const IntervalBootstrap = "bootstrap"
