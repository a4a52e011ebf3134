package multilevel

import "holon/internal/multilevel/rootfind"

// likelihoodInterval returns the profile-likelihood interval of the group's
// share at .95: the ratios around the global optimum whose deviance is at most
// 3.84 above it, as shares l/(1+l). With several optima it is the connected
// piece that holds the best one. The lower limit is zero where the model
// without group variance lies within the cut.
func (p *profile) likelihoodInterval(s solution, m method) Interval {
	iv := Interval{Level: comparedLevel, Method: IntervalProfile}
	null := p.at(0)
	// excess is by how much a ratio is worse than the cut.
	excess := func(l float64) float64 { return s.drop - p.drop(null, p.at(l), m) - likelihoodCut }
	smallest := gridStart / p.classes[len(p.classes)-1].size
	upper, okUpper := edge(excess, s.ratio, func(l float64) float64 { return max(l*gridStep, smallest) })
	lower, okLower := 0.0, true
	if s.ratio > 0 {
		lower, okLower = edge(excess, s.ratio, func(l float64) float64 {
			if l <= smallest {
				return 0
			}
			return l / gridStep
		})
	}
	if okLower && okUpper {
		iv.Lower, iv.Upper = finite(lower/(1+lower)), finite(upper/(1+upper))
	}
	return iv
}

// edge walks from a ratio inside an interval until excess is positive and
// returns where it passes zero; a walk that comes to a ratio of zero ends there.
func edge(excess func(l float64) float64, from float64, next func(l float64) float64) (l float64, ok bool) {
	inside := excess(from)
	for range gridReach {
		l := next(from)
		outside := excess(l)
		if outside > 0 {
			return rootfind.Brent(excess, from, inside, l, outside), true
		}
		if l == 0 {
			return 0, true
		}
		from, inside = l, outside
	}
	return 0, false
}
