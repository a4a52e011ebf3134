package grouplevel

import (
	"context"
	"math/rand/v2"

	"holon/internal/multilevel"
	"holon/internal/multilevel/crossed"
	"holon/internal/multilevel/mixed"
)

// engine is what the test needs of a likelihood, whichever package computes it.
type engine interface {
	// fit maximises the restricted or the full likelihood of a model.
	fit(ctx context.Context, m model, full bool) (fitted, error)
	// interval returns where the deviance of a fit, the group share fixed,
	// stays within cut of its least: the profile-likelihood interval.
	interval(ctx context.Context, f fitted, part level, cut float64) (lower, upper float64, err error)
	// predict returns the predictions of a fit, in units' order.
	predict(f fitted) (predictions, error)
	// redraw returns a function for one goroutine that draws ratings from a
	// fit and returns the likelihood-ratio statistic of a larger model in them.
	redraw(ctx context.Context, null, larger fitted) func(rng *rand.Rand) (drop float64, err error)
}

// fitted is a fitted model in the unit of the ratings.
type fitted struct {
	levels       model
	full         bool // by full maximum likelihood
	variance     [depth]float64
	se           [depth]*float64
	mean, meanSE *float64
	fixed        []multilevel.FixedEffect
	deviance     float64
	optima       int
	margin       *float64

	weekly  crossed.Fit // what the engine made, whichever it was
	general *mixed.Fit
}

// total returns the sum of all variances.
func (f *fitted) total() float64 {
	var sum float64
	for _, v := range f.variance {
		sum += v
	}
	return sum
}

// drop returns the likelihood-ratio statistic of a level: by how much the
// deviance without it is worse. A variance of zero leaves the model without it,
// and what rounding leaves of two equal deviances is nothing.
func (f *fitted) drop(l level, null *fitted) float64 {
	const rounding = 1e-9
	d := null.deviance - f.deviance
	if f.variance[l] == 0 || d < rounding {
		return 0
	}
	return d
}

// singular tells whether a variance of the model is exactly zero.
func (f *fitted) singular() bool {
	for l := range depth {
		if f.levels[l] && f.variance[l] == 0 {
			return true
		}
	}
	return false
}

// prediction is the predicted deviation of one unit.
type prediction struct {
	block, unit          int // unit is of the group's members or sessions
	name                 string
	ratings              int
	blup, condSD, predSE float64
	reliability          *float64
}

// predictions are those of all levels; nil where the model lacks one.
type predictions [depth][]prediction
