package crossed

import "math/rand/v2"

// Table holds ratings in long form, in any order of rows. Codes of members and
// sessions may be local to their group or global; a code means its unit within
// the group only. Session is nil where a member's ratings share no occasion with
// another member's; a member may then have several ratings.
type Table struct {
	Group, Member, Session []int32
	Y                      []float64
}

// Summarise reads a table once and keeps what every fit needs: at most one
// kilobyte per group of 8 members by 20 sessions.
func Summarise(t Table) (*Summary, error) { panic("draft") }

// Builder makes a Summary from groups that arrive one after the other.
type Builder struct{}

// NewBuilder returns a builder of groups whose members share sessions, or of
// groups whose members have ratings of their own.
func NewBuilder(sessions bool) *Builder { panic("draft") }

// Add takes all ratings of one group; session is nil for a builder without
// sessions. Nothing of the arguments is kept.
func (b *Builder) Add(group int32, member, session []int32, y []float64) error { panic("draft") }

// Finish returns the summary; the builder must not be used afterwards.
func (b *Builder) Finish() (*Summary, error) { panic("draft") }

// Summary is what remains of a table.
type Summary struct{}

// Counts says how much went in.
type Counts struct {
	Ratings, Groups, Members, Sessions int // sessions is 0 where there are none
	CompleteGroups                     int
}

// Counts says how much went in.
func (s *Summary) Counts() Counts { panic("draft") }

// Fit is a fitted model, in the unit of the ratings.
type Fit struct {
	Model         Model
	Method        Method
	Variance      Variances
	VarianceSE    [components]*float64 // from the expected information of the components above zero; nil at zero
	Mean, MeanSE  float64              // generalised least squares, given the variances
	LogLikelihood float64              // with all constants
	Deviance      float64
	Singular      []Component // of the model, estimated at exactly zero
	LocalOptima   int
	Margin        *float64 // by how much deviance the second optimum is worse; nil if there is none
	Iterations    int
	Decrement     float64 // Newton decrement at the end, in deviance
	ClosedForm    bool    // the analysis of variance solved it without iteration
}

// Fit maximises the likelihood from several starts and takes the best optimum.
func (s *Summary) Fit(m Model, method Method) (Fit, error) { panic("draft") }

// Refit maximises the likelihood from one start only: for the many refits of a
// parametric bootstrap. Optima are not counted.
func (s *Summary) Refit(m Model, method Method, start Variances) (Fit, error) { panic("draft") }

// Deviance returns the deviance at given variances, mu at its generalised least
// squares estimate.
func (s *Summary) Deviance(method Method, v Variances) (float64, error) { panic("draft") }

// Gradient returns the derivatives of the deviance by the four variances.
func (s *Summary) Gradient(method Method, v Variances) (Variances, error) { panic("draft") }

// Information returns the expected information of the variances,
// 1/2 tr(P V_i P V_j); for ML, V^-1 stands for P.
func (s *Summary) Information(method Method, v Variances) ([components][components]float64, error) {
	panic("draft")
}

// Stratum is one line of the analysis of variance of complete tables.
type Stratum struct {
	Component Component
	SS        float64
	DF        int
	MS        *float64 // nil without degrees of freedom
	// Expected mean square = sum of Coefficient[c] * variance[c]; nil where shapes differ.
	Coefficient *Variances
}

// Strata returns the analysis of variance where every group is complete, from
// group to residual. The group's line is there only where all groups have one
// shape and there are two at least. ok is false for incomplete tables.
func (s *Summary) Strata() (strata []Stratum, ok bool) { panic("draft") }

// Share is a variance as part of a sum: Part of all components in Of (which
// includes Part). The group share is Share{Group, [4]bool{true, true, true, true}};
// the shared weather Share{Session, [4]bool{Session: true, Residual: true}}.
type Share struct {
	Part Component
	Of   [components]bool
}

// Profile maximises the likelihood with the share fixed at rho in [0, 1). near is
// a fit of the model that the search starts from.
func (s *Summary) Profile(near Fit, share Share, rho float64) (Fit, error) { panic("draft") }

// ShareInterval is the profile-likelihood interval of the share: where the
// deviance stays within cut of the fit's, the piece around the estimate. A lower
// limit at the boundary is exactly 0, an upper one exactly 1.
func (s *Summary) ShareInterval(fit Fit, share Share, cut float64) (lower, upper float64, err error) {
	panic("draft")
}

// Effect is the prediction (BLUP) of one group, member or session.
type Effect struct {
	Group       int32
	Unit        int32 // code of the member or session; of a group, its own code
	Ratings     int
	BLUP        float64
	CondSD      float64  // its standard deviation given the fixed effects
	PredSE      float64  // with the uncertainty of the mean
	Reliability *float64 // 1 - CondSD^2/variance; nil where the variance is zero
}

// Effects holds the predictions in the order of codes; nil for a component that
// the model lacks.
type Effects struct {
	Group, Member, Session []Effect
}

// Predict returns the predictions of a fit.
func (s *Summary) Predict(f Fit) (Effects, error) { panic("draft") }

// Simulate draws a new data set of the same layout from the model with these
// variances and this mean, into memory of an earlier one if given. Complete
// groups are drawn as sums of squares, without ratings.
func (s *Summary) Simulate(rng *rand.Rand, v Variances, mean float64, into *Summary) (*Summary, error) {
	panic("draft")
}
