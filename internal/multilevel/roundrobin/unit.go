package roundrobin

import "math"

// unit says in what unit the arithmetic runs: y = origin + z 2^exp. A power of
// two loses no digit; it keeps squares of very large and very small ratings
// inside the range of float64.
type unit struct {
	origin float64
	exp    int
	noise  float64 // a rating may be off by this many units through rounding before it came here
}

// unitOf chooses the unit for ratings; ok is false where their spread cannot be
// expressed.
func unitOf(groups []Group) (u unit, ok bool) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, g := range groups {
		for _, c := range g.Cells {
			low, high = min(low, c.Value), max(high, c.Value)
		}
	}
	spread := high - low
	if math.IsInf(spread, 0) || math.IsNaN(spread) {
		return unit{}, false
	}
	u.origin = low
	if spread > 0 {
		u.exp = math.Ilogb(spread)
	}
	u.noise = math.Ldexp(0x1p-52*max(math.Abs(low), math.Abs(high)), -u.exp)
	return u, true
}

// distance returns z of a rating.
func (u *unit) distance(y float64) float64 { return math.Ldexp(y-u.origin, -u.exp) }

// mean returns a mean on the scale of the ratings.
func (u *unit) mean(z float64) *float64 { return finite(u.origin + math.Ldexp(z, u.exp)) }

// effect returns a difference on the scale of the ratings.
func (u *unit) effect(z float64) float64 { return math.Ldexp(z, u.exp) }

// square returns a variance on the squared scale of the ratings; nil where it
// cannot be expressed there.
func (u *unit) square(z float64) *float64 {
	v := math.Ldexp(z, 2*u.exp)
	if z != 0 && math.Abs(v) < 0x1p-1022 {
		return nil
	}
	return finite(v)
}

// finite returns a number, nil for what is none.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
