package decomposition

import "math"

// sym is a symmetric 2x2 matrix.
type sym struct{ xx, xy, yy float64 }

// plus returns s + f t.
func (s sym) plus(f float64, t sym) sym {
	return sym{s.xx + f*t.xx, s.xy + f*t.xy, s.yy + f*t.yy}
}

// times returns f s.
func (s sym) times(f float64) sym { return sym{f * s.xx, f * s.xy, f * s.yy} }

// inverse returns the inverse of a positive definite matrix and its
// determinant; ok is false for any other.
func (s sym) inverse() (inv sym, det float64, ok bool) {
	if !(s.xx > 0) {
		return sym{}, 0, false
	}
	slope := s.xy / s.xx
	rest := s.yy - slope*s.xy
	det = s.xx * rest
	if !(rest > 0) || !(det > 0) || math.IsInf(det, 0) {
		return sym{}, 0, false
	}
	return sym{1/s.xx + slope*slope/rest, -slope / rest, 1 / rest}, det, true
}

// dot returns the trace of the product.
func (s sym) dot(t sym) float64 { return s.xx*t.xx + 2*s.xy*t.xy + s.yy*t.yy }

// apply returns the product with a vector.
func (s sym) apply(v [2]float64) [2]float64 {
	return [2]float64{s.xx*v[0] + s.xy*v[1], s.xy*v[0] + s.yy*v[1]}
}

// around returns s t s.
func (s sym) around(t sym) sym {
	p := s.apply([2]float64{t.xx, t.xy})
	q := s.apply([2]float64{t.xy, t.yy})
	first := s.apply([2]float64{p[0], q[0]})
	second := s.apply([2]float64{p[1], q[1]})
	return sym{first[0], (first[1] + second[0]) / 2, second[1]}
}

// outer returns v v'.
func outer(v [2]float64) sym { return sym{v[0] * v[0], v[0] * v[1], v[1] * v[1]} }

// eigen returns the eigenvalues, the larger first, and their unit vectors.
func (s sym) eigen() (value [2]float64, vector [2][2]float64) {
	mean, half := (s.xx+s.yy)/2, (s.xx-s.yy)/2
	radius := math.Hypot(half, s.xy)
	value = [2]float64{mean + radius, mean - radius}
	angle := math.Atan2(s.xy, half) / 2
	c, d := math.Cos(angle), math.Sin(angle)
	return value, [2][2]float64{{c, d}, {-d, c}}
}

// correlation returns xy/sqrt(xx yy), and nil where a variance is not positive.
func (s sym) correlation() *float64 {
	if !(s.xx > 0) || !(s.yy > 0) {
		return nil
	}
	return new(s.xy / (math.Sqrt(s.xx) * math.Sqrt(s.yy)))
}

// cross returns tr(M D_i Q D_j) for the three basis matrices D of a symmetric
// matrix: xx, xy (both places) and yy.
func cross(m, q sym) [3][3]float64 {
	a := m.xx * q.xx
	b := m.xy*q.xx + m.xx*q.xy
	c := m.xy * q.xy
	d := m.xx*q.yy + m.yy*q.xx + 2*c
	e := m.xy*q.yy + m.yy*q.xy
	f := m.yy * q.yy
	return [3][3]float64{{a, b, c}, {b, d, e}, {c, e, f}}
}

// basis returns the three basis matrices of a symmetric matrix.
func basis() [3]sym { return [3]sym{{xx: 1}, {xy: 1}, {yy: 1}} }
