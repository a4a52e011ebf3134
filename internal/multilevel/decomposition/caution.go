package decomposition

import "fmt"

// measured is how often a 95 % interval of the latent correlation held the truth
// when that was measured: the least and the greatest share over the scenarios of
// docs/calibration.md, to three decimals. A test compares it with that page.
type measured struct {
	method      string
	least, most float64
}

// measuredCoverage lists the intervals that were measured.
func measuredCoverage() []measured {
	return []measured{
		{MethodProfile, 0.933, 0.996},
		{MethodBootstrap, 0.934, 1},
		{MethodDeltaZ, 0.919, 1},
		{MethodJackknifeZ, 0.917, 1},
	}
}

// caution says of every interval of the latent correlation how often such
// intervals hold the truth.
func (p *pairing) caution(f *Fit, m *Moments) {
	const confidence = 0.95
	for _, c := range measuredCoverage() {
		lower, _ := f.RBetween.Limits(c.method, confidence)
		if c.method == MethodJackknifeZ {
			lower, _ = m.RBetween.Limits(c.method, confidence)
		}
		if lower != nil {
			p.notes.Add("interval_coverage", fmt.Sprintf(
				"In tables of normal ratings drawn to measure it, 95 %% intervals of the latent correlation by %s held the true value in %.1f to %.1f of a hundred, depending on groups and truth.",
				c.method, 100*c.least, 100*c.most))
		}
	}
}
