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
	// ByLength is the shares among lines with so many values.
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
			n := tally{byRule: map[RuleID]int{}, shapes: map[lineShape]int{}}
			for _, length := range lengths {
				values = values[:0]
				level := max(0, s.Between) * rng.NormFloat64()
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
	all := tally{byRule: map[RuleID]int{}, shapes: map[lineShape]int{}}
	for i := range counts {
		all.add(&counts[i])
	}
	for id, k := range all.byRule {
		out.ByRule[id] = float64(k) / float64(draws)
	}
	out.shares(&all, lengths)
	out.Episodes = float64(all.episodes) / float64(draws)
	out.Returned, out.Soon = shareOf(all.returned, all.episodes), shareOf(all.soon, all.waited)
	return out, nil
}

// shares sets the shares of shapes, of all lines and of those with as many values.
func (c *Chance) shares(all *tally, lengths []int) {
	lines, shapes := map[int]int{}, map[Shape]int{}
	for _, n := range lengths {
		lines[n]++
	}
	for x, k := range all.shapes {
		shapes[x.shape] += k
		if c.ByLength[x.length] == nil {
			c.ByLength[x.length] = map[Shape]float64{}
		}
		c.ByLength[x.length][x.shape] = float64(k) / float64(c.Draws*lines[x.length])
	}
	for shape, k := range shapes {
		c.Shapes[shape] = float64(k) / float64(c.Draws*len(lengths))
	}
}

// tally counts what was found in drawn lines.
type tally struct {
	episodes, returned, waited, soon int

	byRule map[RuleID]int
	shapes map[lineShape]int
}

// lineShape is a shape of lines with so many values.
type lineShape struct {
	length int
	shape  Shape
}

// add takes another tally.
func (n *tally) add(m *tally) {
	n.episodes, n.returned, n.waited, n.soon = n.episodes+m.episodes, n.returned+m.returned, n.waited+m.waited, n.soon+m.soon
	for id, k := range m.byRule {
		n.byRule[id] += k
	}
	for x, k := range m.shapes {
		n.shapes[x] += k
	}
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
	n.shapes[lineShape{len(values), ShapeOf(values, found, s)}]++
}

// shareOf is a share; nil of nothing.
func shareOf(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}
