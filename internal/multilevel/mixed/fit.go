package mixed

// Options say how to fit.
type Options struct {
	Method Method
	// Quick starts once, from From or from equal variances, instead of from
	// several places and every face: a better optimum elsewhere stays unseen. It
	// is for refits of simulated ratings.
	Quick bool
	// From is a fit of a model with the same terms to start from; it may be nil.
	From *Fit
}

// Fit is a fitted model.
type Fit struct {
	Method        Method
	Ratings       int
	Terms         []TermEstimate
	Residual      float64  // variance
	ResidualSE    *float64 // from the expected information
	Fixed         []FixedEffect
	FixedCov      [][]float64 // covariance of the estimates in Fixed, given the variances
	LogLikelihood float64     // with all constants
	Deviance      float64     // -2 log-likelihood
	Singular      []string    // terms with a variance of zero or a covariance matrix without full rank
	Optima        int         // different local optima that were met
	Margin        *float64    // deviance by which the second best is worse; nil with one
	Decrement     float64     // Newton decrement at the end, in units of deviance
	Evaluations   int         // of the likelihood

	model *Model
	at    *point
}

// TermEstimate holds the variances of one random term.
type TermEstimate struct {
	Name       string
	Units      int
	Variance   float64  // of the intercept
	VarianceSE *float64 // from the expected information; nil on the boundary
	// Covariance is that of intercept and slopes, in this order; its first
	// element is Variance. CovarianceSE is nil on the boundary.
	Covariance   [][]float64
	CovarianceSE [][]float64
	// Correlation is that of intercept and slopes; its elements are nil where a
	// variance is zero.
	Correlation [][]*float64
	Rank        int  // of Covariance
	Singular    bool // Rank is not full: a zero variance or a correlation of 1 or -1
}

// FixedEffect is the coefficient of one column, given the variances.
type FixedEffect struct {
	Name         string
	Estimate, SE float64
}

// Share returns a term's part of the sum of all variances, with random
// intercepts only; nil with slopes.
func (f *Fit) Share(term string) *float64 {
	total, part := f.Residual, -1.0
	for _, t := range f.Terms {
		if len(t.Covariance) > 1 {
			return nil
		}
		total += t.Variance
		if t.Name == term {
			part = t.Variance
		}
	}
	if part < 0 {
		return nil
	}
	share := part / total
	return &share
}

// Prediction holds the predicted effects (BLUPs) of the units of one term.
type Prediction struct {
	Term  string
	Units []UnitEffect // in the order of the term's names
}

// UnitEffect is the predicted effect of one unit: its intercept, then its slopes.
type UnitEffect struct {
	Unit    string
	Ratings int // that belong to the unit with a weight other than zero
	Effects []Effect
}

// Effect is one predicted number.
type Effect struct {
	BLUP        float64
	CondSD      float64  // its standard deviation given the fixed effects
	PredSE      float64  // with the uncertainty of the fixed effects
	Reliability *float64 // 1 - CondSD^2/variance; nil where the variance is zero
}
