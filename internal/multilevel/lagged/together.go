package lagged

import (
	"math"

	"holon/internal/multilevel/clustered"
)

// together says how the measures go together in the same session:
//
//	within: b = Σ xy / Σ xx of deviations from members' means, se = √(Σ e² / (n - members - 1) / Σ xx), r = Σ xy / √(Σ xx Σ yy)
//	between: the same of members' means, each counted once
func (l *laid) together() Together {
	var out Together
	n := len(l.occasions)
	x, y, time := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range l.occasions {
		x[i], y[i], time[i] = l.occasions[i].X, l.occasions[i].Y, l.occasions[i].Time
	}
	var meansX, meansY []float64
	for first := 0; first < n; {
		last := first
		var sx, sy float64
		for last < n && l.member[last] == l.member[first] {
			sx, sy = sx+x[last], sy+y[last]
			last++
		}
		if last-first > 1 {
			out.MembersRepeated++
		}
		meansX, meansY = append(meansX, sx/float64(last-first)), append(meansY, sy/float64(last-first))
		first = last
	}
	cross := l.scale[1] / l.scale[0]
	absorb(l.member, time, false, x, y)
	xx, xy, yy := squares(x), products(x, y), squares(y)
	out.RWithin = correlation(xx, xy, yy)
	if b := xy / xx; xx > 0 {
		out.SlopeWithin = finite(b * cross)
		if df := n - l.members - 1; df > 0 {
			var rss float64
			for i := range x {
				e := y[i] - b*x[i]
				rss += e * e
			}
			out.SEWithin = finite(math.Sqrt(rss/float64(df)/xx) * cross)
		}
	}
	clustered.Centre(meansX)
	clustered.Centre(meansY)
	xx, xy, yy = squares(meansX), products(meansX, meansY), squares(meansY)
	out.RBetween = correlation(xx, xy, yy)
	if len(meansX) < 3 {
		out.RBetween = nil // two points lie on a line
	}
	if xx > 0 && len(meansX) > 1 {
		out.SlopeBetween = finite(xy / xx * cross)
	}
	if absorbed := absorb(l.member, time, true, x, y); n-absorbed > 1 {
		out.RDetrended = correlation(squares(x), products(x, y), squares(y))
	}
	return out
}

// correlation returns xy/√(xx·yy), nil where one of the two does not vary.
func correlation(xx, xy, yy float64) *float64 {
	if !(xx > 0 && yy > 0) {
		return nil
	}
	return finite(max(-1, min(1, xy/math.Sqrt(xx)/math.Sqrt(yy))))
}

// products returns the sum of products.
func products(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
