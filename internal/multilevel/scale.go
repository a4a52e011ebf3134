package multilevel

import "math"

// scale says in what unit the arithmetic runs: y = origin + z 2^exp. The
// exponent is 0 unless the ratings spread over so much or so little that their
// squares would leave the range of float64; a power of two loses no digit.
type scale struct {
	origin float64
	exp    int
	halved bool // the spread itself overflows: distances are taken between halves
	beyond bool // a number of the result could not be expressed in the unit of the ratings
}

// comfortable is the binary exponent up to which a spread needs no scaling: its
// square, times the widest ratio of variances met, stays far inside float64.
const comfortable = 40

// newScale chooses the unit for ratings between lo and hi.
func newScale(lo, hi float64) scale {
	s := scale{origin: lo}
	spread := hi - lo
	if math.IsInf(spread, 0) {
		s.halved = true
		s.exp = 1024
		return s
	}
	if spread == 0 {
		return s
	}
	if e := math.Ilogb(spread); e > comfortable || e < -comfortable {
		s.exp = e
	}
	return s
}

// distance returns z of a rating.
func (s *scale) distance(y float64) float64 {
	if s.halved {
		return math.Ldexp(y/2-s.origin/2, 1-s.exp)
	}
	return math.Ldexp(y-s.origin, -s.exp)
}

// location returns a place on the scale of the ratings, such as a mean.
func (s *scale) location(z float64) *float64 {
	if s.exp == 0 {
		return s.kept(s.origin + z)
	}
	return s.kept(2 * (s.origin/2 + math.Ldexp(z, s.exp-1)))
}

// width returns a difference or a standard deviation on the scale of the ratings.
func (s *scale) width(z float64) *float64 { return s.power(z, s.exp) }

// square returns a variance or a sum of squares on the squared scale of the ratings.
func (s *scale) square(z float64) *float64 { return s.power(z, 2*s.exp) }

// power multiplies by 2^exp and gives up what would overflow or lose digits to
// underflow.
func (s *scale) power(z float64, exp int) *float64 {
	if exp == 0 {
		return s.kept(z)
	}
	const smallestNormal = 0x1p-1022
	v := math.Ldexp(z, exp)
	if z != 0 && math.Abs(v) < smallestNormal {
		s.beyond = true
		return nil
	}
	return s.kept(v)
}

// kept returns a finite number as it is, and nil for any other.
func (s *scale) kept(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		s.beyond = true
		return nil
	}
	return &v
}
