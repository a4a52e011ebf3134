package split

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// FewestRaters is how many people a practice's own reference needs in each role.
const FewestRaters = 30

// Spread is what the answers of many people to one question are like, each counting
// the same however often they answered. The zero value has nobody. Sums are kept, so that
// one family can be taken out again.
type Spread struct {
	Raters  int
	means   float64 // sum of the raters' means
	squares float64 // sum of their squares
	within  float64 // sum of the raters' mean squared deviations from their own mean

	repeated float64 // sum of the unbiased variances of those with at least two answers
	several  int     // how many these are
}

// Add takes all answers of one person; none is nobody.
func (s *Spread) Add(answers []float64) { s.take(answers, 1) }

// Without returns the spread without answers that were added before.
func (s *Spread) Without(people [][]float64) Spread {
	out := *s
	for _, answers := range people {
		out.take(answers, -1)
	}
	return out
}

// take adds or takes away one person.
func (s *Spread) take(answers []float64, sign float64) {
	n := len(answers)
	if n == 0 {
		return
	}
	mean := stat.Mean(answers, nil)
	deviations := 0.0
	for _, y := range answers {
		deviations += (y - mean) * (y - mean)
	}
	s.Raters += int(sign)
	s.means += sign * mean
	s.squares += sign * mean * mean
	s.within += sign * deviations / float64(n)
	if n > 1 {
		s.several += int(sign)
		s.repeated += sign * deviations / float64(n-1)
	}
}

// Mean is the mean of the raters' means; NaN of nobody.
func (s *Spread) Mean() float64 { return s.means / float64(s.Raters) }

// Variance is that of one answer of one person, as one session shows it:
// Σwᵢ/k + Σ(ȳᵢ−m)²/(k−1), where wᵢ is the mean squared deviation of a person from the own
// mean ȳᵢ. It is unbiased where people answer about equally often. NaN with fewer than
// two people.
func (s *Spread) Variance() float64 {
	if s.Raters < 2 {
		return math.NaN()
	}
	k := float64(s.Raters)
	return s.within/k + max(s.squares-s.means*s.means/k, 0)/(k-1)
}

// Stability is the share of Variance that lies between people and not between the
// sessions of one: 1 − (mean variance within a person)/Variance, from 0 to 1. NaN where
// nobody answered twice or all answers are equal.
func (s *Spread) Stability() float64 {
	v := s.Variance()
	if s.several < 2 || !(v > 0) {
		return math.NaN()
	}
	return min(max(1-s.repeated/float64(s.several)/v, 0), 1)
}

// Likeness is how much alike the answers of one family's members in one session are,
// each family counting the same.
type Likeness struct {
	Families int
	products float64 // sum of the families' mean products of two members' answers
	sums     float64 // sum of the families' mean sums of two members' answers
}

// Add takes one family: in each session the answers that there are. A family in which
// no session has two answers is none.
func (l *Likeness) Add(sessions [][]float64) { l.take(sessions, 1) }

// Without returns the likeness without a family that was added before.
func (l *Likeness) Without(sessions [][]float64) Likeness {
	out := *l
	out.take(sessions, -1)
	return out
}

// take adds or takes away one family.
func (l *Likeness) take(sessions [][]float64, sign float64) {
	products, sums, pairs := 0.0, 0.0, 0.0
	for _, answers := range sessions {
		for i, a := range answers {
			for _, b := range answers[:i] {
				products, sums, pairs = products+a*b, sums+a+b, pairs+1
			}
		}
	}
	if pairs > 0 {
		l.Families += int(sign)
		l.products += sign * products / pairs
		l.sums += sign * sums / pairs
	}
}

// Correlation is that of two members in one session: the mean over families of
// (a−m)(b−m), divided by the variance; from 0 to .99, because a range has no meaning
// below or beyond. NaN with fewer than two families or without variance.
func (l *Likeness) Correlation(s *Spread) float64 {
	v, m, k := s.Variance(), s.Mean(), float64(l.Families)
	if l.Families < 2 || !(v > 0) {
		return math.NaN()
	}
	return min(max((l.products/k-m*l.sums/k+m*m)/v, 0), .99)
}
