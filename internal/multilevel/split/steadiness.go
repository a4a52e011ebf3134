package split

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Steadiness is how far the differences of pairs move about their own means, over the
// pairs of a practice's families. The zero value has no pair. Sums are kept, so that one
// family can be taken out again.
type Steadiness struct {
	Families  int // with a pair that differs at least twice
	pairs     int
	df        float64 // sum of degrees of freedom
	weighted  float64 // sum of df × variance
	variances float64 // sum of variances
	squares   float64 // sum of their squares
	inverse   float64 // sum of 1/df
}

// Add takes one family: the differences of each pair over its sessions; fewer than two say
// nothing.
func (s *Steadiness) Add(pairs [][]float64) { s.family(pairs, 1) }

// Without returns the steadiness without a family that was added before.
func (s *Steadiness) Without(pairs [][]float64) Steadiness {
	out := *s
	out.family(pairs, -1)
	return out
}

// family adds or takes away one family.
func (s *Steadiness) family(pairs [][]float64, sign float64) {
	before := s.pairs
	for _, d := range pairs {
		s.take(d, sign)
	}
	if s.pairs != before {
		s.Families += int(sign)
	}
}

// take adds or takes away one pair.
func (s *Steadiness) take(differences []float64, sign float64) {
	if len(differences) < 2 {
		return
	}
	v, df := stat.Variance(differences, nil), float64(len(differences)-1)
	s.pairs += int(sign)
	s.df += sign * df
	s.weighted += sign * df * v
	s.variances += sign * v
	s.squares += sign * v * v
	s.inverse += sign / df
}

// Prior is what is known of a pair's variance before the pair is looked at.
type Prior struct {
	Pairs    int
	Variance float64 // s₀²
	DF       float64 // d₀: how many degrees of freedom it counts for; +Inf where all pairs are alike; 0: nothing is known
	Total    float64 // degrees of freedom it was computed from
	Floor    float64 // no variance is below it: what rounding to whole steps or error of measurement alone gives
}

// FewestFamilies is how many families tell how much pairs differ: the pairs of one family
// share members, and are no facts of their own.
const FewestFamilies = 10

// Prior returns the scaled inverse χ² distribution of the pairs' variances that has their
// first two moments. With vᵢ on dᵢ degrees of freedom, m = Σdᵢvᵢ/Σdᵢ and
//
//	c² = (Σ(vᵢ−m)² − 2m²Σ1/dᵢ) / (m²(k + 2Σ1/dᵢ)),
//
// the squared coefficient of variation of the true variances (sampling alone gives vᵢ the
// variance 2σ⁴/dᵢ), it is d₀ = 4 + 2/c² and s₀² = m(d₀−2)/d₀; c² ≤ 0 gives d₀ = ∞ and
// s₀² = m. It is the hierarchical model of Smyth (2004, Statistical Applications in
// Genetics and Molecular Biology 3, 3), with moments of the variances instead of their
// logarithms, which pairs that never differ do not have. With fewer than ten families, or
// where no pair ever moves, nothing is known.
func (s *Steadiness) Prior() Prior {
	k := float64(s.pairs)
	if s.Families < FewestFamilies || !(s.weighted/s.df > 1e-12) {
		return Prior{Pairs: s.pairs}
	}
	m := s.weighted / s.df
	c2 := (s.squares - 2*m*s.variances + k*m*m - 2*m*m*s.inverse) / (m * m * (k + 2*s.inverse))
	if c2 <= 1e-6 {
		return Prior{Pairs: s.pairs, Variance: m, DF: math.Inf(1), Total: s.df}
	}
	d0 := 4 + 2/c2
	return Prior{Pairs: s.pairs, Variance: m * (d0 - 2) / d0, DF: d0, Total: s.df}
}

// moderate returns the variance of a pair with n differences of its own, and its degrees
// of freedom: (d₀s₀² + (n−1)s²)/(d₀+n−1) on d₀+n−1, at most as many as all pairs have
// together, and at least Floor. Both are 0 where nothing is known.
func (p Prior) moderate(own []float64) (variance, df float64) {
	n := max(float64(len(own)-1), 0)
	s2 := 0.0
	if n > 0 {
		s2 = stat.Variance(own, nil)
	}
	switch {
	case math.IsInf(p.DF, 1):
		variance, df = p.Variance, p.Total
	case p.DF+n > 0:
		variance, df = (p.DF*p.Variance+n*s2)/(p.DF+n), min(p.DF+n, max(p.Total, n))
	}
	return max(variance, p.Floor), df
}
