package surface

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// Estimand is what is tested: whether the outcome has its extreme where the raters
// agree, at whatever level they do.
const Estimand multilevel.Estimand = "congruence"

// Result is what was found. Numbers that are undefined are nil; Reason or a reason
// beside them says why.
type Result struct {
	Rows      int
	Clusters  int  // rows, where they are in none
	Clustered bool // rows were said to be in clusters
	Centre    *float64
	DF        int // rows less coefficients

	Raters       Raters
	Coefficients []Coefficient // b0 to b5, then covariates
	Lines        []Coefficient // a1 to a5
	Tests        []Test
	Stationary   Stationary
	Axes         []Axis // first and second
	Shift        Shift
	Typical      []Coefficient // Disagreement and DisagreementSD
	Explained    Explained

	Expected Expected
	Bound    float64
	Alpha    float64
	Answer   multilevel.Answer
	Reason   multilevel.Reason
	Caveats  caveat.Set
}

// Raters describes the two ratings beside each other.
type Raters struct {
	MeanX, MeanY *float64
	SDX, SDY     *float64
	Correlation  *float64
	Difference   *float64 // mean of x - y
	RMS          *float64 // root of the mean of (x - y)²

	FirstHigher  Base // by more than half a standard deviation, each rating standardised by itself
	Agree        Base
	SecondHigher Base
}

// Base says how many rows there are of a kind.
type Base struct {
	Rows  int
	Share *float64
}

// Coefficient is one number of the surface with its errors. What is judged by CR2
// answers; the classical error stands beside it.
type Coefficient struct {
	clustered.Coefficient

	Name string
}

// The tests of several coefficients together.
const (
	TestSurface     = "surface"            // b1 to b5: is there anything at all?
	TestSecond      = "second_order"       // b3, b4, b5: is the plane not enough?
	TestDifference  = "difference"         // b1 = -b2, b3 = b4 = b5 = 0: does the bare difference lose anything?
	TestSquared     = "squared_difference" // b1 = b2 = 0, b3 = b5 = -b4/2: does its square?
	TestPlace       = "place"              // a3 = a5 = 0: does the extreme lie where the raters agree?
	TestSameAllOver = "level"              // a1 = a2 = 0: is it the same at whatever level they agree?
)

// Test is one of them.
type Test struct {
	clustered.Joint

	Name   string
	Reason multilevel.Reason // why there is none
}

// Stationary is the point where the surface is level, from the centre.
type Stationary struct {
	X, Y   *float64
	Form   string // maximum, minimum or saddle; empty where 4 b3 b5 - b4² is not beyond chance
	InData *bool  // within the hull of the rows
	Reason multilevel.Reason

	Determinant   *float64 // 4 b3 b5 - b4²
	DeterminantSE *float64 // by the delta method
}

// Axis is a principal axis of the surface, y = intercept + slope x from the centre:
// the first goes where the surface curves upward most or downward least, the second
// at right angles to it.
type Axis struct {
	Name      string // FirstAxis or SecondAxis
	Slope     *float64
	Intercept *float64
	Angle     *float64              // in degrees, 45 where x = y
	AngleCI   []multilevel.Interval // by Fieller's way; the upper limit may be beyond 90
	SlopeCI   []multilevel.Interval // none where an axis may stand upright
	Reason    multilevel.Reason     // why there are no limits, or nothing
}

// The names of the axes.
const (
	FirstAxis  = "first"
	SecondAxis = "second"
)

// Shift is the difference x - y, along the line where x and y are equally far from
// the centre, at which the outcome has its extreme: -a3/a4.
type Shift struct {
	Estimate *float64
	CI       []multilevel.Interval // by Fieller's way
	InData   *bool                 // within the hull of the rows
	Reason   multilevel.Reason
}

// The names of what raters who differ as is usual, by RMS, have for an outcome, less
// that of raters who agree at the same level: the mean of both directions, a4 (RMS/2)².
const (
	Disagreement   = "disagreement"              // in units of the outcome
	DisagreementSD = "disagreement_standardised" // in standard deviations of the outcome
)

// Explained are shares of the outcome's variance; covariates are in all of them.
type Explained struct {
	Covariates *float64 // alone; nil without them
	Difference *float64 // x - y
	Squared    *float64 // (x - y)²
	Plane      *float64 // x and y
	Surface    *float64
	Adjusted   *float64 // the surface, for the number of its coefficients
}

// The methods of intervals of rows that are in no clusters, and of ratios.
const (
	MethodHC2     = "hc2_t"
	MethodFieller = "fieller"
)
