package surface

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

// rounding is the part of its size below which a difference is nothing.
const rounding = 1e-10

// levels are those of intervals.
func levels() []float64 { return []float64{0.95, 0.90} }

// b returns the coefficient of this number.
func (r *Result) b(j int) float64 { return *r.Coefficients[j].Estimate }

// quantile returns that of Student's t, two-sided, with the fewer degrees of freedom
// of two coefficients; NaN where one has none.
func quantile(level float64, a, b *Coefficient) float64 {
	if a.ClusterDF == nil || b.ClusterDF == nil {
		return math.NaN()
	}
	return distuv.StudentsT{Sigma: 1, Nu: min(*a.ClusterDF, *b.ClusterDF)}.Quantile((1 + level) / 2)
}

// takeAxes takes the principal axes. The surface bends along the direction of angle φ by
//
//	(b3 + b5)/2 + a5/2 cos 2φ + b4/2 sin 2φ
//
// which is largest where 2φ is the angle of (a5, b4), and least at right angles.
func (r *Result) takeAxes(m *model) {
	a5, b4 := *r.Lines[4].Estimate, r.b(4)
	size := math.Hypot(a5, b4)
	if !(size > rounding*max(math.Abs(r.b(3)), math.Abs(r.b(5)))) {
		r.Axes = []Axis{{Name: FirstAxis, Reason: Flat}, {Name: SecondAxis, Reason: Flat}}
		return
	}
	angle := math.Atan2(b4, a5) / 2
	limits, why := r.turned(m, size, angle)
	r.Axes = []Axis{axis(FirstAxis, angle, limits, why), axis(SecondAxis, angle-math.Pi/2, limits, why)}
}

// turned returns how far the first axis may be turned from where it is: the angles δ
// whose double is not refuted, by Fieller's way, for the vector (a5, b4) with e along
// it and n across: |size sin 2δ| <= t SE(n cos 2δ - e sin 2δ).
func (r *Result) turned(m *model, size, angle float64) ([][2]float64, multilevel.Reason) {
	cos, sin := math.Cos(2*angle), math.Sin(2*angle)
	along := m.row(0, 0, cos, sin, -cos)
	across := m.row(0, 0, -sin, cos, sin)
	vee, ven, vnn := m.fit.Covariance(along, along), m.fit.Covariance(along, across), m.fit.Covariance(across, across)
	var out [][2]float64
	for _, level := range levels() {
		t := quantile(level, &r.Lines[4], &r.Coefficients[4])
		low, high, ok := between(size*size-t*t*vee, t*t*ven, -t*t*vnn)
		if !ok {
			return nil, Unknown
		}
		out = append(out, [2]float64{math.Atan(low) / 2, math.Atan(high) / 2})
	}
	return out, ""
}

// between returns the roots of a u² + 2 b u + c, between which it is below zero; not
// ok where it is so anywhere else.
func between(a, b, c float64) (low, high float64, ok bool) {
	d := b*b - a*c
	if !(a > 0) || !(d >= 0) {
		return 0, 0, false
	}
	return (-b - math.Sqrt(d)) / a, (-b + math.Sqrt(d)) / a, true
}

// axis is the one at this angle, with how far it may be turned.
func axis(name string, angle float64, limits [][2]float64, why multilevel.Reason) Axis {
	out := Axis{Name: name, Reason: why, Angle: new(degrees(angle))}
	if slope := math.Tan(angle); math.Abs(slope) < 1/rounding {
		out.Slope = &slope
	} else {
		out.Reason = Upright
	}
	for i, by := range limits {
		low, high := *out.Angle+by[0]*180/math.Pi, *out.Angle+by[1]*180/math.Pi
		out.AngleCI = append(out.AngleCI, multilevel.Interval{Level: levels()[i], Lower: &low, Upper: &high, Method: MethodFieller})
		if low <= -90 || high >= 90 {
			out.Reason = Upright
			continue
		}
		out.SlopeCI = append(out.SlopeCI, multilevel.Interval{
			Level: levels()[i], Lower: new(math.Tan(low * math.Pi / 180)), Upper: new(math.Tan(high * math.Pi / 180)), Method: MethodFieller,
		})
	}
	return out
}

// degrees turns an angle into degrees above -90 and up to 90.
func degrees(angle float64) float64 {
	d := math.Mod(angle*180/math.Pi, 180)
	switch {
	case d > 90:
		return d - 180
	case d <= -90:
		return d + 180
	default:
		return d
	}
}

// takeStationary takes the point where the surface is level, and the axes through it.
func (r *Result) takeStationary(m *model) {
	b1, b2, b3, b4, b5 := r.b(1), r.b(2), r.b(3), r.b(4), r.b(5)
	s := &r.Stationary
	d := 4*b3*b5 - b4*b4
	s.Determinant = &d
	gradient := m.row(0, 0, 4*b5, -2*b4, 4*b3)
	if v := m.fit.Covariance(gradient, gradient); r.Coefficients[4].ClusterSE != nil && v > 0 {
		s.DeterminantSE = new(math.Sqrt(v))
	}
	if !(math.Abs(d) > rounding*(4*math.Abs(b3*b5)+b4*b4)) {
		s.Reason = Flat
		return
	}
	x, y := (b2*b4-2*b1*b5)/d, (b1*b4-2*b2*b3)/d
	s.X, s.Y = &x, &y
	s.InData = new(hullOf(m).holds(x, y))
	for i := range r.Axes {
		if a := &r.Axes[i]; a.Slope != nil {
			a.Intercept = new(y - *a.Slope*x)
		}
	}
	if s.DeterminantSE == nil || !(math.Abs(d) > quantile(0.95, &r.Coefficients[4], &r.Lines[4])**s.DeterminantSE) {
		s.Reason = Unknown
		return
	}
	switch {
	case d < 0:
		s.Form = "saddle"
	case b3 < 0:
		s.Form = "maximum"
	default:
		s.Form = "minimum"
	}
}

// takeShift takes where along the line of disagreement the outcome has its extreme:
// there z is a3 t + a4 t² with x - y = 2t, and -a3/a4 = d is not refuted where
// |a3 + d a4| <= t SE(a3 + d a4).
func (r *Result) takeShift(m *model) {
	a3, a4 := *r.Lines[2].Estimate, *r.Lines[3].Estimate
	s := &r.Shift
	if !(math.Abs(a4) > rounding*(math.Abs(r.b(3))+math.Abs(r.b(4))+math.Abs(r.b(5)))) {
		s.Reason = Flat
		return
	}
	s.Estimate = new(-a3 / a4)
	s.InData = new(hullOf(m).holds(*s.Estimate/2, -*s.Estimate/2))
	row3, row4 := m.row(lines()[2]...), m.row(lines()[3]...)
	v33, v34, v44 := m.fit.Covariance(row3, row3), m.fit.Covariance(row3, row4), m.fit.Covariance(row4, row4)
	for _, level := range levels() {
		q := quantile(level, &r.Lines[2], &r.Lines[3])
		low, high, ok := between(a4*a4-q*q*v44, a3*a4-q*q*v34, a3*a3-q*q*v33)
		if !ok {
			s.Reason = NoCurve
			break
		}
		s.CI = append(s.CI, multilevel.Interval{Level: level, Lower: &low, Upper: &high, Method: MethodFieller})
	}
}
