package crossed

import "math"

// scale says in what unit the arithmetic runs: y = origin + z 2^exp. The exponent
// is 0 unless the ratings spread over so much or so little that their squares
// would leave the range of float64; a power of two loses no digit.
type scale struct {
	origin float64
	exp    int
	halved bool // the spread itself overflows: distances are taken between halves
}

// comfortable is the binary exponent up to which a spread needs no scaling.
const comfortable = 40

// widened returns the scale for ratings between lo and hi, and whether it is
// another unit than before.
func (s scale) widened(lo, hi float64, first bool) (scale, bool) {
	before := s.exp
	spread := hi - lo
	switch {
	case math.IsInf(spread, 0):
		s.exp, s.halved = 1024, true
	case spread == 0:
	default:
		e := math.Ilogb(spread)
		switch {
		case first && e >= -comfortable && e <= comfortable:
			s.exp = 0
		case first || e > s.exp+comfortable:
			s.exp = e
		}
	}
	return s, s.exp != before
}

// distance returns z of a rating.
func (s scale) distance(y float64) float64 {
	switch {
	case s.halved:
		return math.Ldexp(y/2-s.origin/2, 1-s.exp)
	case s.exp == 0:
		return y - s.origin
	default:
		return math.Ldexp(y-s.origin, -s.exp)
	}
}

// location returns a place on the scale of the ratings, such as the mean.
func (s scale) location(z float64) (float64, error) {
	if s.exp == 0 {
		return kept(s.origin + z)
	}
	return kept(2 * (s.origin/2 + math.Ldexp(z, s.exp-1)))
}

// width returns a difference or a standard deviation on the scale of the ratings.
func (s scale) width(z float64) (float64, error) { return power(z, s.exp) }

// square returns a variance or a sum of squares on the squared scale of the ratings.
func (s scale) square(z float64) (float64, error) { return power(z, 2*s.exp) }

// shift is what a change of unit adds to a deviance with so many degrees of freedom.
func (s scale) shift(freedom int) float64 { return 2 * float64(freedom) * float64(s.exp) * math.Ln2 }

// inward returns variances in units of z squared.
func (s scale) inward(v Variances) Variances {
	for c := range v {
		v[c] = math.Ldexp(v[c], -2*s.exp)
	}
	return v
}

// outward returns variances on the squared scale of the ratings.
func (s scale) outward(v Variances) (Variances, error) {
	for c := range v {
		var err error
		if v[c], err = s.square(v[c]); err != nil {
			return v, err
		}
	}
	return v, nil
}

// power multiplies by 2^exp and refuses what would overflow or lose digits to
// underflow.
func power(z float64, exp int) (float64, error) {
	if exp == 0 {
		return kept(z)
	}
	const smallestNormal = 0x1p-1022
	v := math.Ldexp(z, exp)
	if z != 0 && math.Abs(v) < smallestNormal {
		return 0, BeyondRange
	}
	return kept(v)
}

// kept refuses what is no finite number.
func kept(v float64) (float64, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, BeyondRange
	}
	return v, nil
}
