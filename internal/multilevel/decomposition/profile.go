package decomposition

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/rootfind"
)

// profiler walks along one number, with the restricted likelihood maximised
// over all others, and remembers the last maximum to start the next from.
type profiler struct {
	s    *sample
	kind kind
	low  float64 // the deviance of the whole model
	warm []theta
}

// rise returns by how much the deviance rises where the number is held at v.
func (p *profiler) rise(v float64) float64 {
	o, ok := p.s.constrained(chart{p.kind, v}, profiled, len(p.warm) > 0, p.warm...)
	if !ok {
		return math.NaN()
	}
	p.warm = []theta{o.theta}
	return o.place.deviance - p.low
}

// profiled is the Newton decrement at which a search inside a profile or a
// resampling ends: far below what changes a limit or a rank.
const profiled = 1e-10

// limit returns where the profile first crosses cut on the way from the
// estimate to the end of the range, or the end if it never does. It is NaN where
// a maximum was not found on the way.
func (p *profiler) limit(best theta, at, end, cut float64) float64 {
	p.warm = nil
	near, low := at, -cut
	for _, part := range []float64{0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 0.95, 1} {
		far := at + part*(end-at)
		if part == 1 {
			far = end
		}
		high := p.rise(far) - cut
		switch {
		case math.IsNaN(high):
			return high
		case high > 0:
			p.warm = append(p.warm, best)
			return rootfind.Brent(func(v float64) float64 { return level(p.rise(v) - cut) }, near, low, far, high)
		}
		near, low = far, high
	}
	return end
}

// level returns zero where the deviance is at the cut for every purpose, which
// ends a search for it.
func level(gap float64) float64 {
	if math.Abs(gap) < 1e-9 {
		return 0
	}
	return gap
}

// profileIntervals adds the profile-likelihood intervals of the latent
// correlation and of the residual share to a REML fit: the values at which the
// restricted deviance rises by no more than the quantile of chi-square(1). The
// interval of the share is the dual of the boundary test at half its error, so
// that its lower limit at .90 lies above zero exactly where the even mixture has
// p below .05.
func (p *pairing) profileIntervals(f *Fit, o *optimum) {
	top := 1 - 1e-6
	for _, of := range []function{rBetween, residualShare} {
		v, _, ok := o.theta.value(of)
		kind, low, high := share, 0.0, top
		if of == rBetween {
			kind, low, high = correlation, -1.0, 1.0
		}
		if !ok {
			continue
		}
		prof := &profiler{s: p.sample, kind: kind, low: o.place.deviance}
		q := f.quantity(of)
		var added []multilevel.Interval
		for _, sure := range confidences() {
			cut := distuv.ChiSquared{K: 1}.Quantile(sure)
			lower, upper := prof.limit(o.theta, v, low, cut), prof.limit(o.theta, v, high, cut)
			if finite(lower) && finite(upper) {
				added = append(added, multilevel.Interval{Level: sure, Lower: &lower, Upper: &upper, Method: MethodProfile})
			}
		}
		q.CI = append(added, q.CI...)
	}
}
