package mixed

import (
	"context"
	"math"
)

// ShareDeviance returns the deviance, minimised over everything else, with one
// term's share of the sum of variances held at a value in [0, 1). Its error is a
// *Refusal, or that of the context.
func (m *Model) ShareDeviance(ctx context.Context, method Method, name string, share float64) (float64, error) {
	k, err := m.find(name)
	if err != nil {
		return 0, err
	}
	for _, t := range m.terms {
		if t.q > 1 {
			return 0, &Refusal{Reason: ShareNeedsSimple, Names: []string{t.name}}
		}
	}
	if !(share >= 0 && share < 1) {
		return 0, &Refusal{Reason: ShareOutsideRange, Names: []string{name}}
	}
	r := restriction{zero: make([]bool, len(m.terms)), tied: k, odds: share / (1 - share)}
	least, seen := math.Inf(1), false
	const small, large = 0.02, 8
	for _, total := range []float64{middling, small, large} {
		p, err := m.minimise(ctx, method, m.even(total), r, nil)
		if err != nil {
			return 0, err
		}
		if p != nil && p.optimal() {
			least, seen = math.Min(least, p.ev.deviance), true
		}
	}
	if !seen {
		return 0, &Refusal{Reason: NoOptimum, Names: []string{name}}
	}
	return least, nil
}
