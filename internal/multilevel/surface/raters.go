package surface

import (
	"cmp"
	"math"
	"slices"
)

// discrepant is the part of a standard deviation by which two standardised ratings
// differ when raters are said to disagree (Fleenor, McCauley & Brutus 1996; Shanock
// et al. 2010).
const discrepant = 0.5

// ratersOf describes the two ratings.
func ratersOf(t *Table) Raters {
	var r Raters
	n := float64(len(t.X))
	if n == 0 {
		return r
	}
	x, y := centred(t.X), centred(t.Y)
	var mean [2]float64
	square := 0.0
	for i := range t.X {
		mean[0] += t.X[i] / n
		mean[1] += t.Y[i] / n
		d := t.X[i] - t.Y[i]
		square += d * d / n
	}
	r.MeanX, r.MeanY = finite(mean[0]), finite(mean[1])
	r.Difference, r.RMS = finite(mean[0]-mean[1]), finite(math.Sqrt(square))
	if n < 2 {
		return r
	}
	sx, sy := math.Sqrt(dot(x, x)/(n-1)), math.Sqrt(dot(y, y)/(n-1))
	r.SDX, r.SDY = finite(sx), finite(sy)
	if !(sx > 0) || !(sy > 0) || r.SDX == nil || r.SDY == nil {
		return r
	}
	r.Correlation = finite(max(-1, min(1, dot(x, y)/(n-1)/sx/sy)))
	for i := range x {
		switch d := x[i]/sx - y[i]/sy; {
		case d > discrepant:
			r.FirstHigher.Rows++
		case d < -discrepant:
			r.SecondHigher.Rows++
		default:
			r.Agree.Rows++
		}
	}
	for _, b := range []*Base{&r.FirstHigher, &r.Agree, &r.SecondHigher} {
		b.Share = new(float64(b.Rows) / n)
	}
	return r
}

// finite returns the number, nil where it is none.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// hull is the least convex figure around the rows, its corners against the clock.
type hull [][2]float64

// hullOf goes around the ratings, less the centre (Andrew 1979).
func hullOf(m *model) hull {
	points := make([][2]float64, len(m.z))
	for i := range points {
		points[i] = [2]float64{m.columns[1][i], m.columns[2][i]}
	}
	slices.SortFunc(points, func(a, b [2]float64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	points = slices.Compact(points)
	half := func(points [][2]float64) hull {
		var out hull
		for _, p := range points {
			for len(out) > 1 && !(turn(out[len(out)-2], out[len(out)-1], p) > 0) {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		return out[:len(out)-1]
	}
	lower := half(points)
	slices.Reverse(points)
	return append(lower, half(points)...)
}

// turn is above zero where b lies to the right of the way from a to c.
func turn(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// holds tells whether a point lies within, or on the border.
func (h hull) holds(x, y float64) bool {
	for i, a := range h {
		b := h[(i+1)%len(h)]
		size := math.Hypot(b[0]-a[0], b[1]-a[1])
		if !(turn(a, b, [2]float64{x, y}) >= -rounding*size*(size+math.Abs(x)+math.Abs(y))) {
			return false
		}
	}
	return len(h) > 2
}
