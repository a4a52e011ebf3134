package rupture

import (
	"context"
	"math/rand/v2"

	"holon/internal/multilevel/montecarlo"
)

// SoonAfter is within how many values a return is called soon.
const SoonAfter = 3

// Chance is what the rules find in members whose level never moves, as many and
// with as many values as the real ones.
type Chance struct {
	Draws    int
	Episodes float64            // expected over all lines
	ByRule   map[RuleID]float64 // expected episodes in whose onset a rule has a part
	// Returned is the share of episodes that come back at all, and Soon that of
	// those with at least three values after them that come back within three: what
	// regression to the mean gives. Nil where no episode was drawn.
	Returned *float64
	Soon     *float64
	Shapes   map[Shape]float64 // shares among lines
	// ByLength is the same among lines with so many values: longer ones fall, and
	// come back, more often by chance.
	ByLength map[int]map[Shape]float64
}

// ChanceOf draws lines of these lengths, values independent and normal with the
// standard deviation Within around levels with the standard deviation Between, and
// finds falls in them by the same rules. An empty result where Within is unknown.
// The only error is that of the context.
func ChanceOf(ctx context.Context, lengths []int, s Scale, draws int, seed uint64, progress func(done, total int)) (Chance, error) {
	out := Chance{ByRule: map[RuleID]float64{}, Shapes: map[Shape]float64{}, ByLength: map[int]map[Shape]float64{}}
	if !(s.Within > 0) || len(lengths) == 0 || draws < 1 {
		return out, nil
	}
	counts := make([]tally, draws)
	err := montecarlo.Run(ctx, montecarlo.Plan{Draws: draws, Seed: seed, Progress: progress}, func() func(int, *rand.Rand) {
		var values []float64
		return func(draw int, rng *rand.Rand) {
			n := tally{byRule: map[RuleID]int{}, shapes: map[course]int{}}
			for _, length := range lengths {
				values = values[:0]
				level := rng.NormFloat64()
				if s.Between > 0 {
					level *= s.Between
				} else {
					level = 0
				}
				for range length {
					values = append(values, level+s.Within*rng.NormFloat64())
				}
				n.take(values, s)
			}
			counts[draw] = n
		}
	})
	if err != nil {
		return out, err
	}
	out.Draws = draws
	all := tally{shapes: map[course]int{}}
	for i := range counts {
		n := &counts[i]
		all.episodes, all.returned, all.waited, all.soon = all.episodes+n.episodes, all.returned+n.returned, all.waited+n.waited, all.soon+n.soon
		for id, k := range n.byRule {
			out.ByRule[id] += float64(k) / float64(draws)
		}
		for c, k := range n.shapes {
			all.shapes[c] += k
		}
	}
	out.share(all.shapes, lengths)
	out.Episodes = float64(all.episodes) / float64(draws)
	out.Returned, out.Soon = shareOf(all.returned, all.episodes), shareOf(all.soon, all.waited)
	return out, nil
}

// share sets the shares of shapes, among all lines and among those of a length.
func (c *Chance) share(counts map[course]int, lengths []int) {
	lines := map[int]int{}
	for _, length := range lengths {
		lines[length] += c.Draws
	}
	for _, shape := range Shapes() {
		n := 0
		for length, of := range lines {
			if c.ByLength[length] == nil {
				c.ByLength[length] = map[Shape]float64{}
			}
			k := counts[course{length, shape}]
			c.ByLength[length][shape] = float64(k) / float64(of)
			n += k
		}
		c.Shapes[shape] = float64(n) / float64(c.Draws*len(lengths))
	}
}

// course is a shape of a line with so many values.
type course struct {
	values int
	shape  Shape
}

// tally counts what was found in drawn lines.
type tally struct {
	episodes, returned, waited, soon int

	byRule map[RuleID]int
	shapes map[course]int
}

// take counts one line.
func (n *tally) take(values []float64, s Scale) {
	found := Find(values, s)
	for i := range found {
		e := &found[i]
		n.episodes++
		for _, id := range e.Fired {
			n.byRule[id]++
		}
		if e.Return >= 0 {
			n.returned++
		}
		if e.Later >= SoonAfter {
			n.waited++
			if e.Return >= 0 && e.Return-e.Onset <= SoonAfter {
				n.soon++
			}
		}
	}
	n.shapes[course{len(values), ShapeOf(values, found, s)}]++
}

// shareOf is a share; nil of nothing.
func shareOf(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}
