package multilevel

import "holon/internal/caveat"

// Estimand names what the group component of a table stands for.
type Estimand string

// The estimands of a one-way table.
const (
	Group            Estimand = "group"              // members rated once: lasting group differences
	GroupPlusSession Estimand = "group_plus_session" // one session of each group: lasting differences and that evening's weather together
)

// GroupLevel is the whole of the one-way group-level test. Undefined numbers
// are nil; Reason or one of the Caveats says why.
type GroupLevel struct {
	Estimand     Estimand
	Counts       Counts
	GroupSize    GroupSize
	GrandMean    *float64 // of all ratings
	MeanOfMeans  *float64 // of groups, unweighted
	ANOVA        ANOVA
	ICC1         ICC1
	ICCGroupMean ICCGroupMean
	REML, ML     Fit
	Tests        []ComponentTest
	BLUP         []GroupEffect // nil where REML has no solution
	Settle       Settle
	Answer       Answer
	Reason       Reason
	Caveats      caveat.Set
}

// Counts says how much went in.
type Counts struct {
	Ratings, Groups int
}

// GroupSize describes the numbers of ratings per group; nil where nothing was
// described.
type GroupSize struct {
	Min, Max       *int
	Mean, Harmonic *float64
	N0             *float64 // (N - sum n^2/N)/(J-1), used wherever one size stands for all
	Singletons     *int     // groups of one rating: they tell of differences between groups only
}

// ICC1 is the share of variance between groups, by ANOVA with n0 and
// untruncated; its intervals are Wald's at .95 and .90.
type ICC1 struct {
	Estimate *float64
	CI       []Interval
}

// ICCGroupMean is the reliability of group means as measures of their groups.
type ICCGroupMean struct {
	Estimate *float64 // 1 - MSW/MSB
	PerGroup []GroupReliability
	MeanREML *float64 // mean over groups of the reliabilities, which use REML variances
}

// ComponentTest is one test of one variance component.
type ComponentTest struct {
	Component string
	Method    string // one of the Method constants
	Statistic *float64
	P         *float64
	Null      *string // the distribution that P refers to, and nil without a P
}

// The methods of ComponentTest.
const (
	MethodF           = "anova_f"
	MethodREML        = "reml_lrt"
	MethodML          = "ml_lrt"
	MethodPermutation = "permutation_bound"
)

// boundaryNull is the null distribution of a likelihood-ratio test of one variance.
const boundaryNull = "0.5*chisq(0)+0.5*chisq(1)"
