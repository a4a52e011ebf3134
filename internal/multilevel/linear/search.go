package linear

import (
	"context"
	"math"
)

const (
	// settled is the Newton decrement, in units of deviance, at which a search
	// ends: an estimate is then within a billionth of its standard error.
	settled = 1e-18
	// accepted is the decrement up to which a search that makes no more
	// progress counts as ended.
	accepted = 1e-9
	// nearby is the decrement from which on the curvature that is there
	// replaces the expected one.
	nearby = .1
	// mostRounds bounds a search; about ten are needed.
	mostRounds = 150
)

// optimum is where a search ended.
type optimum struct {
	*place
	slopes    *slopes
	decrement float64
	rounds    int
	ok        bool
}

// descend searches from a point by the score and the expected information, with
// steps damped or halved until the deviance falls, and by the observed
// information near the end. Bounded coordinates stay at zero while the deviance
// would rise with them (active set).
func (s *sample) descend(ctx context.Context, theta []float64) (optimum, error) {
	p, ok := s.at(theta)
	if !ok {
		return optimum{}, nil
	}
	o := optimum{place: p}
	damping, last := 0.0, math.Inf(1)
	for o.rounds = range mostRounds {
		if err := ctx.Err(); err != nil {
			return o, err
		}
		o.slopes = s.slopesAt(o.place)
		c := s.model.chartAt(o.theta, o.slopes.gradient)
		step, gradient, decrement, ok := c.newton(o.slopes, damping)
		if ok && damping == 0 {
			o.decrement = decrement
			if decrement < settled || (decrement < accepted && decrement > last/4) {
				o.ok = true
				return o, nil
			}
			last = decrement
		}
		if ok {
			if next := s.lower(o.place, c, step, gradient, decrement); next != nil {
				o.place = next
				damping /= 10
				if damping < 1e-3 {
					damping = 0
				}
				continue
			}
			if damping == 0 && decrement < accepted {
				o.ok = true
				return o, nil
			}
		}
		if damping = max(1e-3, 10*damping); damping > 1e6 {
			break
		}
	}
	return o, nil
}

// lower returns the place after the longest of the halved steps that lowers the
// deviance enough, nil if there is none.
func (s *sample) lower(from *place, c *chart, step, gradient []float64, decrement float64) *place {
	slack := 1e-13 * (1 + math.Abs(from.deviance))
	for half := 1.0; half > 1e-5; half /= 2 {
		theta := s.model.moved(from.theta, c, scaled(step, half))
		p, ok := s.at(theta)
		if !ok {
			continue
		}
		gain := from.deviance - p.deviance
		if gain >= 1e-4*half*math.Abs(dot(step, gradient)) || gain >= 1e-4*half*decrement || (decrement < 1e-6 && gain > -slack) {
			return p
		}
	}
	return nil
}

// newton returns the step, the gradient by the coordinates and Newton's
// decrement over those that are free to move.
func (c *chart) newton(d *slopes, damping float64) (step, gradient []float64, decrement float64, ok bool) {
	n := len(c.coordinates)
	gradient = make([]float64, n)
	for i, x := range c.coordinates {
		gradient[i] = dot(x.slope, d.gradient)
	}
	var free []int
	for i, x := range c.coordinates {
		if !x.bounded || x.value > 0 || gradient[i] < 0 {
			free = append(free, i)
		}
	}
	expected := c.hessian(d, free, false)
	step, decrement, ok = stepOf(expected, gradient, free, n, damping)
	if ok && damping == 0 && decrement < nearby {
		observed := c.hessian(d, free, true)
		if s, by, seen := stepOf(observed, gradient, free, n, 0); seen {
			return s, gradient, by, true
		}
	}
	return step, gradient, decrement, ok
}

// stepOf solves for the step over the free coordinates.
func stepOf(h, gradient []float64, free []int, n int, damping float64) (step []float64, decrement float64, ok bool) {
	right := make([]float64, len(free))
	for i, f := range free {
		right[i] = -gradient[f]
	}
	x, ok := solve(h, len(free), damping, right)
	if !ok {
		return nil, 0, false
	}
	step = make([]float64, n)
	for i, f := range free {
		step[f] = x[i]
	}
	decrement = dot(x, right)
	return step, decrement, !math.IsNaN(decrement) && !math.IsInf(decrement, 0)
}

// hessian returns the second derivatives by the free coordinates: expected, or
// observed with the bends of the coordinates.
func (c *chart) hessian(d *slopes, free []int, observed bool) []float64 {
	k, n := len(d.gradient), len(free)
	at := make(map[int]int, n)
	out := make([]float64, n*n)
	for i, f := range free {
		at[f] = i
	}
	whole := d.expected
	if observed {
		whole = make([]float64, k*k)
		for i := range whole {
			whole[i] = 2*d.average[i] - d.expected[i]
		}
	}
	for i, f := range free {
		row := apply(whole, c.coordinates[f].slope, k, 1)
		for j, g := range free {
			out[i*n+j] = dot(row, c.coordinates[g].slope)
		}
	}
	if !observed {
		return out
	}
	for _, b := range c.bends {
		i, one := at[b.of]
		j, two := at[b.by]
		if !one || !two {
			continue
		}
		v := dot(b.theta, d.gradient)
		out[i*n+j] += v
		if i != j {
			out[j*n+i] += v
		}
	}
	return out
}
