package split

import (
	"math"
	"math/rand/v2"
)

// World is a practice in which it is known what is true: for simulations.
type World struct {
	Course

	Name       string
	Families   int
	SD         float64 // of one answer, in points
	Mean       float64 // in points
	Whole      bool    // answers are whole numbers from 0 to 10
	Neighbours float64 // correlation of a member's states in neighbouring sessions
	Uneven     float64 // standard deviation of the logarithm of how far families move
	Fall       float64 // of the first member of every Of-th family, in SD
	Of         int
	At, Lasts  int // first session and number of sessions of it, counted from 0
}

// Seed is that of the documented tables.
const Seed = 20261127

// Worlds are those of the documented tables, without falls.
func Worlds() []World {
	kinds := []World{
		{Name: "normal"},
		{Name: "whole numbers, 0 to 10", Whole: true},
		{Name: "families move unevenly", Uneven: .5},
		{Name: "neighbours alike (.3)", Neighbours: .3},
		{Name: "neighbours alike (.5)", Neighbours: .5},
	}
	var out []World
	for k, w := range kinds {
		correlations := []float64{0, .3, .6}
		if k > 1 {
			correlations = []float64{.3}
		}
		for _, members := range []int{2, 3, 4} {
			for _, correlation := range correlations {
				for _, stability := range []float64{.5, .8} {
					w.Course = Course{Members: members, Sessions: Horizon, Correlation: correlation, Stability: stability}
					w.Families, w.SD, w.Mean, w.Of, w.At, w.Lasts = 30, 1.5, 7.5, 5, 6, 4
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// draw draws the answers of one family, by session and member.
func (w *World) draw(falls bool, rng *rand.Rand) [][]float64 {
	level, state := make([]float64, w.Members), make([]float64, w.Members)
	together, own := math.Sqrt(w.Correlation), math.Sqrt(1-w.Correlation)
	lasting, passing := math.Sqrt(w.Stability), math.Sqrt(1-w.Stability)
	moves := math.Exp(w.Uneven*rng.NormFloat64() - w.Uneven*w.Uneven)
	family := rng.NormFloat64()
	for i := range level {
		level[i] = together*family + own*rng.NormFloat64()
	}
	out := make([][]float64, w.Sessions)
	for t := range out {
		evening := rng.NormFloat64()
		out[t] = make([]float64, w.Members)
		for i := range level {
			fresh := together*evening + own*rng.NormFloat64()
			if state[i] = fresh; t > 0 {
				state[i] = w.Neighbours*state[i] + math.Sqrt(1-w.Neighbours*w.Neighbours)*fresh
			}
		}
		for i := range level {
			y := lasting*level[i] + passing*moves*state[i]
			if i == 0 && falls && t >= w.At && t < w.At+w.Lasts {
				y -= w.Fall
			}
			y = w.Mean + w.SD*y
			if w.Whole {
				y = min(max(math.Round(y), 0), 10)
			}
			out[t][i] = y
		}
	}
	return out
}

// Tally is what the rule did in a world.
type Tally struct {
	Families int // stable
	Alerted  int // of these, with at least one alert
	Fell     int
	Seen     []int // families whose fall was seen after so many sessions of it, 1 first
}

// Try lets the rule look at practices drawn from the world. The same seed gives the same
// tally.
func (w *World) Try(practices int, seed uint64) Tally {
	rng := rand.New(rand.NewPCG(seed, uint64(w.Members))) //nolint:gosec // members are few
	out := Tally{Seen: make([]int, w.Lasts)}
	for range practices {
		w.practice(rng, &out)
	}
	return out
}

// practice lets the rule look at the families of one practice, each held against the
// others.
func (w *World) practice(rng *rand.Rand, out *Tally) {
	pairs := make([][][]float64, w.Families)
	var all Steadiness
	for f := range pairs {
		answers := w.draw(w.falls(f), rng)
		for i := range w.Members {
			for j := range i {
				d := make([]float64, w.Sessions)
				for t := range d {
					d[t] = answers[t][i] - answers[t][j]
				}
				pairs[f] = append(pairs[f], d)
			}
		}
	}
	for f := range pairs {
		all.Add(pairs[f])
	}
	limit := Limit(w.Members * (w.Members - 1) / 2)
	for f := range pairs {
		others := all.Without(pairs[f])
		w.count(pairs[f], others.Prior(), limit, w.falls(f), out)
	}
}

// falls tells whether the first member of a family falls.
func (w *World) falls(family int) bool { return w.Fall > 0 && family%w.Of == 0 }

// count counts what the rule says of one family. The pairs of the first member come
// first of each member's.
func (w *World) count(pairs [][]float64, prior Prior, limit float64, falls bool, out *Tally) {
	alerted, seen := false, -1
	k := 0
	for i := range w.Members {
		for j := range i {
			for _, x := range Find(pairs[k], prior, limit) {
				t := x.Seen - w.At
				if falls && j == 0 && t >= 0 && t < w.Lasts {
					if seen < 0 || t < seen {
						seen = t
					}
					continue
				}
				alerted = true
			}
			k++
		}
	}
	if !falls {
		out.Families++
		if alerted {
			out.Alerted++
		}
		return
	}
	out.Fell++
	if seen >= 0 {
		out.Seen[seen]++
	}
}
