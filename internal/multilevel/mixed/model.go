package mixed

import (
	"context"
	"math/rand/v2"
)

// Model is data prepared for fitting. It does not change; several goroutines
// may use it.
type Model struct{ data Data }

// point is a place in the space of variances with all that was computed there.
type point struct{}

// New checks and prepares data. Its error is a *Refusal.
func New(d Data) (*Model, error) { return &Model{data: d}, nil }

// Fit maximises the likelihood. Its error is a *Refusal, or that of the context.
func (m *Model) Fit(ctx context.Context, o Options) (*Fit, error) {
	return nil, &Refusal{Reason: NoOptimum, Names: []string{o.Method.String(), ctx.Err().Error()}}
}

// Without returns the model without one random term. Its error is a *Refusal.
func (m *Model) Without(term string) (*Model, error) {
	return nil, &Refusal{Reason: UnknownTerm, Names: []string{term}}
}

// WithoutSlopes returns the model with a random intercept only in one term.
// Its error is a *Refusal.
func (m *Model) WithoutSlopes(term string) (*Model, error) { return m.Without(term) }

// WithRatings returns the model for other ratings in the same places, such as
// simulated ones, at little cost. Its error is a *Refusal.
func (m *Model) WithRatings(y []float64) (*Model, error) {
	return &Model{data: Data{Y: y, X: m.data.X, Terms: m.data.Terms}}, nil
}

// ShareDeviance returns the deviance, minimised over everything else, with one
// term's share of the sum of variances held at a value in [0, 1).
func (m *Model) ShareDeviance(ctx context.Context, method Method, term string, share float64) (float64, error) {
	_ = share
	return 0, &Refusal{Reason: UnknownTerm, Names: []string{term, method.String(), ctx.Err().Error()}}
}

// Predict returns the predicted effects of the units of every term.
func (f *Fit) Predict() []Prediction { return nil }

// Simulate draws ratings from the fitted model into dst, which it returns;
// nil makes room.
func (f *Fit) Simulate(rng *rand.Rand, dst []float64) []float64 { _ = rng; return dst }
