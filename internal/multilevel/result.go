package multilevel

import "holon/internal/caveat"

// Estimand names what the group component of a table stands for.
type Estimand string

// The estimands of a one-way table.
const (
	Group            Estimand = "group"              // members rated once: lasting group differences
	GroupPlusSession Estimand = "group_plus_session" // one session of each group: lasting differences and that evening's weather together
)

// GroupLevel is the whole of the group-level test, of whatever structure the
// ratings have. Undefined numbers are nil; Reason or one of the Caveats says why.
type GroupLevel struct {
	Structure    Structure
	Estimand     Estimand
	Counts       Counts
	GroupSize    GroupSize
	GrandMean    *float64     // of all ratings
	MeanOfMeans  *float64     // of groups, unweighted
	ANOVA        ANOVA        // of members in groups; undefined for any other structure, where it would mislead
	ICC1         ICC1         // likewise
	ICCGroupMean ICCGroupMean // likewise
	Strata       []Stratum    // of complete tables of members by sessions; nil for others
	REML, ML     Fit
	Correlation  Correlation
	Reliability  Reliability
	Tests        []ComponentTest // the first one is the primary test
	BLUP         []GroupEffect   // nil where REML has no solution
	Effects      Effects         // of the other levels
	Comparison   Comparison      // of members in groups: the same table by other conventions
	Weather      *Weather        // do members move together from session to session? nil without sessions shared by members
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
	Component  string // group, member, session or therapist
	Method     string // one of the Method constants
	Statistic  *float64
	DF1, DF2   *float64 // of an F statistic
	P          *float64
	Null       *string     // the distribution that P refers to, and nil without a P
	MonteCarlo *MonteCarlo // how P was drawn; nil where it was computed
	NullAtZero *float64    // the part of a simulated null distribution that is exactly zero; nil for other tests
}

// MonteCarlo says how a number was drawn at random.
type MonteCarlo struct {
	Draws  int
	Seed   uint64
	SE     float64 // standard error of the number for this many draws
	Failed int     // draws that could not be fitted; they count as reaching the statistic
}

// The methods of ComponentTest.
const (
	MethodF                = "anova_f"
	MethodREML             = "reml_lrt" // against the even mixture of zero and chi-square
	MethodML               = "ml_lrt"
	MethodExactREML        = "exact_rlrt"     // the null of the restricted likelihood ratio by simulation (Crainiceanu and Ruppert 2004)
	MethodBootstrap        = "bootstrap_rlrt" // its null by parametric bootstrap from the fit without the component
	MethodQuasiF           = "quasi_f"        // (MSg + MSe)/(MSm + MSs)
	MethodQuasiFDifference = "quasi_f_difference"
	MethodPermutation      = "permutation"       // the F statistic over the ways to deal these ratings into groups of these sizes
	MethodPermutationBound = "permutation_bound" // of ratings that agree perfectly
)

// boundaryNull is the null distribution of a likelihood-ratio test of one variance.
const boundaryNull = "0.5*chisq(0)+0.5*chisq(1)"
