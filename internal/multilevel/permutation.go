package multilevel

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel/montecarlo"
)

// mostAssignments is the number of ways to deal ratings into groups up to which
// all of them are tried.
const mostAssignments = 1_000_000

// deal is what a permutation of members over groups works on: the ratings about
// their mean in ascending order and the sizes in ascending order, so that
// neither the order of rows nor the names of groups has a say.
type deal struct {
	ratings  []float64
	sizes    []int
	observed float64 // sum of squares between groups of the table at hand
	ties     float64 // what rounding makes of two equal sums of squares
}

// dealOf returns the deal of a table in its groups.
func dealOf(s *strata, z []float64, starts []int) deal {
	d := deal{ratings: make([]float64, len(z)), sizes: slices.Sorted(slices.Values(s.sizes))}
	for i, v := range z {
		d.ratings[i] = v - s.grand
	}
	for g := range s.sizes {
		var sum float64
		for _, v := range d.ratings[starts[g]:starts[g+1]] {
			sum += v
		}
		d.observed += sum * sum / float64(s.sizes[g])
	}
	slices.Sort(d.ratings)
	d.ties = 64 * epsilon * float64(s.ratings) * (s.between + s.within)
	return d
}

// reached tells whether a sum of squares between groups is at least the
// observed one; F rises with it, the total being the same for all deals.
func (d *deal) reached(between float64) bool { return between >= d.observed-d.ties }

// assignments returns N!/prod n!, the number of deals; ok is false where there
// are more than mostAssignments.
func (d *deal) assignments() (count int, ok bool) {
	count = 1
	placed := 0
	for _, size := range d.sizes {
		for i := 1; i <= size; i++ {
			placed++
			count = count * placed / i // a product of binomials: whole, and never falling
			if count > mostAssignments {
				return 0, false
			}
		}
	}
	return count, true
}

// enumerate counts the deals that reach the observed statistic, trying all.
func (d *deal) enumerate() int {
	e := enumeration{deal: d, sums: make([]float64, len(d.sizes)), left: slices.Clone(d.sizes)}
	e.place(0)
	return e.found
}

// enumeration deals one rating after the other into every group with room.
type enumeration struct {
	*deal
	sums  []float64
	left  []int
	found int
}

// place deals the ratings from number i on.
func (e *enumeration) place(i int) {
	if i == len(e.ratings) {
		var between float64
		for g, sum := range e.sums {
			between += sum * sum / float64(e.sizes[g])
		}
		if e.reached(between) {
			e.found++
		}
		return
	}
	for g := range e.left {
		if e.left[g] == 0 {
			continue
		}
		before := e.sums[g]
		e.left[g]--
		e.sums[g] += e.ratings[i]
		e.place(i + 1)
		e.sums[g] = before
		e.left[g]++
	}
}

// shuffle deals at random and tells whether that reaches the observed
// statistic; scratch has room for the ratings. The last group, the largest,
// takes what is left, and its sum is minus that of the others.
func (d *deal) shuffle(scratch []float64, rng *rand.Rand) bool {
	copy(scratch, d.ratings)
	var between, rest float64
	at := 0
	for _, size := range d.sizes[:len(d.sizes)-1] {
		var sum float64
		for range size {
			j := at + rng.IntN(len(scratch)-at)
			sum += scratch[j]
			scratch[j] = scratch[at]
			at++
		}
		between += sum * sum / float64(size)
		rest -= sum
	}
	return d.reached(between + rest*rest/float64(d.sizes[len(d.sizes)-1]))
}

// permutationTest permutes members over groups of the sizes at hand, statistic
// F: exactly where there are at most a million deals, else by drawing them.
func permutationTest(ctx context.Context, d *deal, f float64, plan montecarlo.Plan) (ComponentTest, error) {
	test := ComponentTest{Component: "group", Method: MethodPermutation, Statistic: &f}
	if count, ok := d.assignments(); ok {
		test.P = new(float64(d.enumerate()) / float64(count))
		test.Null = new(fmt.Sprintf("all %d assignments of these ratings to groups of these sizes equally likely", count))
		if plan.Progress != nil {
			plan.Progress(plan.Draws, plan.Draws)
		}
		return test, ctx.Err()
	}
	reached := make([]bool, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		scratch := make([]float64, len(d.ratings))
		return func(i int, rng *rand.Rand) { reached[i] = d.shuffle(scratch, rng) }
	})
	if err != nil {
		return ComponentTest{}, err
	}
	count := 0
	for _, yes := range reached {
		if yes {
			count++
		}
	}
	p, se := montecarlo.PValue(count, plan.Draws)
	test.P, test.Null = &p, new("all assignments of these ratings to groups of these sizes equally likely")
	test.MonteCarlo = &MonteCarlo{Draws: plan.Draws, Seed: plan.Seed, SE: se}
	return test, nil
}
