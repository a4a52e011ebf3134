package decomposition

import "math"

// function is one of the numbers that follow from the two covariance matrices.
type function int

const (
	rBetween function = iota
	rWithin
	slopeBetween
	slopeWithin
	contextual
	residual
	residualShare
	iccX
	iccY
	functions // how many there are
)

// value returns a function of theta and its gradient by the six entries;
// ok is false where it is undefined. With b = Sigma_B12/Sigma_B11:
//
//	residual = Sigma_B22 - b Sigma_B12,  share = residual/(Sigma_B22 + Sigma_W22).
//
// Where the first measure has no variance between groups it explains nothing:
// the residual is then Sigma_B22, and zero where that is.
func (t *theta) value(f function) (v float64, g [6]float64, ok bool) {
	b, w := t.between, t.within
	switch f {
	case rBetween:
		return correlationOf(b, 0)
	case rWithin:
		return correlationOf(w, 3)
	case slopeBetween:
		return slopeOf(b, 0)
	case slopeWithin:
		return slopeOf(w, 3)
	case contextual:
		v, g, ok = slopeOf(b, 0)
		u, h, ok2 := slopeOf(w, 3)
		for i := range g {
			g[i] -= h[i]
		}
		return v - u, g, ok && ok2
	case residual:
		slope, _, ok := slopeOf(b, 0)
		if !ok {
			return b.yy, [6]float64{0, 0, 1}, true
		}
		return max(0, b.yy-slope*b.xy), [6]float64{slope * slope, -2 * slope, 1}, true
	case residualShare:
		v, g, _ = t.value(residual)
		return portion(v, g, b.yy+w.yy, [6]float64{2: 1, 5: 1})
	case iccX:
		return portion(b.xx, [6]float64{0: 1}, b.xx+w.xx, [6]float64{0: 1, 3: 1})
	default:
		return portion(b.yy, [6]float64{2: 1}, b.yy+w.yy, [6]float64{2: 1, 5: 1})
	}
}

// correlationOf returns the correlation of a matrix whose entries stand from at.
func correlationOf(s sym, at int) (v float64, g [6]float64, ok bool) {
	r := s.correlation()
	if r == nil {
		return 0, g, false
	}
	g[at], g[at+1], g[at+2] = -*r/(2*s.xx), 1/(math.Sqrt(s.xx)*math.Sqrt(s.yy)), -*r/(2*s.yy)
	return max(-1, min(1, *r)), g, true
}

// slopeOf returns the slope of the second measure on the first.
func slopeOf(s sym, at int) (v float64, g [6]float64, ok bool) {
	if !(s.xx > 0) {
		return 0, g, false
	}
	v = s.xy / s.xx
	g[at], g[at+1] = -v/s.xx, 1/s.xx
	return v, g, true
}

// portion returns part/whole with its gradient.
func portion(part float64, dPart [6]float64, whole float64, dWhole [6]float64) (v float64, g [6]float64, ok bool) {
	if !(whole > 0) {
		return 0, g, false
	}
	v = part / whole
	for i := range g {
		g[i] = (dPart[i] - v*dWhole[i]) / whole
	}
	return v, g, true
}

// uncertainty is the covariance matrix of the six entries of theta by the
// expected information; ok is false where that is singular.
func (s *sample) uncertainty(o *optimum, m method) (cov [6][6]float64, ok bool) {
	h := s.hessian(o.theta, &o.place, m)
	free := [widest]bool{true, true, true, true, true, true}
	for i := range 6 {
		var unit [widest]float64
		unit[i] = -2 // the information is half the Hessian of the deviance
		column, _, ok := solve(unit, h, free, 0)
		if !ok {
			return cov, false
		}
		for j := range 6 {
			cov[j][i] = column[j]
		}
	}
	return cov, true
}

// standardError returns sqrt(g' cov g).
func standardError(g [6]float64, cov *[6][6]float64) float64 {
	var v float64
	for i := range 6 {
		for j := range 6 {
			v += g[i] * cov[i][j] * g[j]
		}
	}
	return math.Sqrt(max(0, v))
}

// Boundary says where the between covariance stands in its range.
type Boundary string

// The places.
const (
	Interior            Boundary = "interior"
	CorrelationOne      Boundary = "correlation_one"       // r between is estimated at 1
	CorrelationMinusOne Boundary = "correlation_minus_one" // and at -1
	NoVarianceX         Boundary = "no_group_variance_x"
	NoVarianceY         Boundary = "no_group_variance_y"
	NoVariance          Boundary = "no_group_variance" // of either measure
)

// snap sets to exactly zero what is zero but for the end of a search, and names
// the place.
func (t *theta) snap() Boundary {
	const nothing = 1e-10
	b, w := &t.between, t.within
	noX, noY := b.xx <= nothing*w.xx, b.yy <= nothing*w.yy
	switch {
	case noX && noY:
		*b = sym{}
		return NoVariance
	case noX:
		b.xx, b.xy = 0, 0
		return NoVarianceX
	case noY:
		b.yy, b.xy = 0, 0
		return NoVarianceY
	}
	if b.yy-b.xy/b.xx*b.xy > 1e-9*b.yy {
		return Interior
	}
	b.xy = math.Copysign(math.Sqrt(b.xx)*math.Sqrt(b.yy), b.xy)
	if b.xy < 0 {
		return CorrelationMinusOne
	}
	return CorrelationOne
}
