package course

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel/montecarlo"
)

// Newcomers says what happens to those who are there already when somebody
// joins: the step of their mean from the session before, in sessions with a
// newcomer and in the others of the same groups. A newcomer is who has the first
// rating after the group's first session.
type Newcomers struct {
	Joining    int      // sessions with a newcomer and with members who rated the session before too
	Others     int      // other such sessions, of groups with a newcomer
	AtJoining  *float64 // mean step in the sessions with a newcomer
	Otherwise  *float64 // mean step in the others
	Next       *float64 // mean step from a newcomer's session to the next: does it come back?
	Difference *float64 // AtJoining - Otherwise within groups, groups weighted by j o/(j + o)
	P          *float64 // two-sided, of the difference; see NewcomersOf
	Draws      int
	Seed       uint64
	SE         *float64 // of P
	Reason     Reason   // why there is no test
}

// arrival is one session's step of those who were there before.
type arrival struct {
	step    float64
	joining bool
}

// NewcomersOf compares the sessions of newcomers with the others. P is of a
// permutation test by shifts: the sequence of a group's sessions with and without
// a newcomer is moved along its steps by a random number of places, what passes the
// end coming back at the beginning, in every group by another. So newcomers keep
// their distances and steps their order, which matters because neighbouring steps
// depend on each other, a rise being followed by a fall. One group of L steps has
// no p below 1/L. What it cannot know is a course of the group's own: where a
// group rises at first and is joined later, the difference is not the newcomers'.
// It needs five sessions with newcomers, and five others, of groups that have
// both: a group that somebody joins in every session cannot be compared with
// itself.
func NewcomersOf(ctx context.Context, ratings []Rating, plan montecarlo.Plan) (Newcomers, error) {
	var strata [][]arrival
	var at, other, next []float64
	compared, against := 0, 0 // sessions with and without a newcomer, of groups that have both
	for _, g := range arrange(ratings) {
		steps, after := g.arrivals()
		joined := 0
		for _, s := range steps {
			if s.joining {
				joined++
			}
		}
		if joined == 0 {
			continue
		}
		next = append(next, after...)
		for _, s := range steps {
			if s.joining {
				at = append(at, s.step)
			} else {
				other = append(other, s.step)
			}
		}
		if joined < len(steps) {
			strata = append(strata, steps)
			compared += joined
			against += len(steps) - joined
		}
	}
	n := Newcomers{Joining: len(at), Others: len(other), AtJoining: meanOrNone(at), Otherwise: meanOrNone(other), Next: meanOrNone(next)}
	switch {
	case n.Joining == 0:
		n.Reason = NoNewcomers
		return n, nil
	case len(strata) == 0:
		n.Reason = TooFewEvents
		return n, nil
	}
	observed := difference(strata)
	n.Difference = finite(observed)
	if compared < fewestEvents || against < fewestEvents {
		n.Reason = TooFewEvents
		return n, nil
	}
	return n.test(ctx, strata, observed, plan)
}

// test draws the null distribution of the difference.
func (n Newcomers) test(ctx context.Context, strata [][]arrival, observed float64, plan montecarlo.Plan) (Newcomers, error) {
	reached := make([]bool, plan.Draws)
	// Rounding must not make the observed arrangement differ from itself.
	threshold := math.Abs(observed) * (1 - 1e-9)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		drawn := make([][]arrival, len(strata))
		for g := range strata {
			drawn[g] = slices.Clone(strata[g])
		}
		return func(i int, rng *rand.Rand) {
			for g, steps := range drawn {
				shift := rng.IntN(len(steps))
				for k := range steps {
					steps[k].joining = strata[g][(k+shift)%len(steps)].joining
				}
			}
			reached[i] = math.Abs(difference(drawn)) >= threshold
		}
	})
	if err != nil {
		return Newcomers{}, err
	}
	count := 0
	for _, r := range reached {
		if r {
			count++
		}
	}
	p, se := montecarlo.PValue(count, plan.Draws)
	n.P, n.SE, n.Draws, n.Seed = &p, &se, plan.Draws, plan.Seed
	return n, nil
}

// arrivals returns a group's steps, and the steps that follow a newcomer's.
func (g *group) arrivals() (out []arrival, after []float64) {
	first, _, _ := g.stays()
	joined := make([]bool, len(g.sessions))
	for _, k := range first {
		if k > 0 {
			joined[k] = true
		}
	}
	for k := 1; k < len(g.sessions); k++ {
		moves := steps(&g.sessions[k-1], &g.sessions[k])
		if len(moves) == 0 {
			continue
		}
		step := mean(moves)
		out = append(out, arrival{step: step, joining: joined[k]})
		if joined[k-1] {
			after = append(after, step)
		}
	}
	return out, after
}

// difference returns the mean difference within groups.
func difference(strata [][]arrival) float64 {
	var sum, weight float64
	for _, steps := range strata {
		var at, other, joined float64
		for _, s := range steps {
			if s.joining {
				at += s.step
				joined++
			} else {
				other += s.step
			}
		}
		rest := float64(len(steps)) - joined
		w := joined * rest / float64(len(steps))
		sum += w * (at/joined - other/rest)
		weight += w
	}
	return sum / weight
}

// meanOrNone returns the mean, nil of nothing.
func meanOrNone(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	return finite(mean(values))
}
