// Package rootfind finds zeros of functions of one argument.
package rootfind

import "math"

// Brent returns a zero of f between a and b, whose values fa and fb have
// opposite signs, to the last digits of float64: Brent's method (Brent 1973,
// chapter 4), bisection with inverse quadratic interpolation. A value of f that
// is not a number counts as no progress and is met by bisection.
func Brent(f func(float64) float64, a, fa, b, fb float64) float64 {
	if fa == 0 {
		return a
	}
	if fb == 0 {
		return b
	}
	const rounds = 5000 // bisection alone needs at most 2,200 for any bracket of float64
	c, fc := a, fa
	step, last := b-a, b-a
	for range rounds {
		if math.Abs(fc) < math.Abs(fb) {
			a, b, c = b, c, b
			fa, fb, fc = fb, fc, fb
		}
		tol := 2*0x1p-52*math.Abs(b) + math.SmallestNonzeroFloat64
		half := (c - b) / 2
		if math.Abs(half) <= tol || fb == 0 {
			return b
		}
		step, last = brentStep(a, fa, b, fb, c, fc, step, last, tol)
		a, fa = b, fb
		if math.Abs(step) > tol {
			b += step
		} else {
			b += math.Copysign(tol, half)
		}
		fb = f(b)
		if (fb > 0) == (fc > 0) {
			c, fc = a, fa
			step, last = b-a, b-a
		}
	}
	return b
}

// brentStep returns the next step from b, and the one before it: interpolated
// where that stays inside the bracket and shrinks fast enough, else to the
// middle.
func brentStep(a, fa, b, fb, c, fc, step, last, tol float64) (next, previous float64) {
	half := (c - b) / 2
	if math.Abs(last) < tol || math.Abs(fa) <= math.Abs(fb) {
		return half, half
	}
	s := fb / fa
	var p, q float64
	if a == c {
		p, q = 2*half*s, 1-s
	} else {
		u, r := fa/fc, fb/fc
		p = s * (2*half*u*(u-r) - (b-a)*(r-1))
		q = (u - 1) * (r - 1) * (s - 1)
	}
	if p > 0 {
		q = -q
	}
	p = math.Abs(p)
	if 2*p < math.Min(3*half*q-math.Abs(tol*q), math.Abs(last*q)) {
		return p / q, step
	}
	return half, half
}
