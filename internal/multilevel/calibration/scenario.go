package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel"
)

// scenario is a kind of data with a known truth: groups of these sizes whose
// members' latent ratings correlate by latent, answered on a scale.
type scenario struct {
	label  string
	sizes  []int
	latent float64
	scale  scale
}

// scale turns a latent standard normal rating into an answer. The zero value
// leaves it as it is.
type scale struct {
	label  string
	shares []float64 // of the answers 1, 2, …; nil for none
}

// normal is the rating itself.
func normal() scale { return scale{label: "normal"} }

// skewed are five steps of which the upper ones are used most, as clients use
// scales of alliance and cohesion.
func skewed() scale {
	return scale{label: "5 points, skewed", shares: []float64{0.02, 0.08, 0.15, 0.40, 0.35}}
}

// thresholds returns the latent values above which the next answer is given.
func (s scale) thresholds() []float64 {
	var out []float64
	var below float64
	for _, share := range s.shares[:max(0, len(s.shares)-1)] {
		below += share
		out = append(out, math.Sqrt2*math.Erfinv(2*below-1))
	}
	return out
}

// truth is what the intervals should hold.
type truth struct{ between, within float64 }

// icc returns the correlation of two members of a group.
func (t truth) icc() float64 { return t.between / (t.between + t.within) }

// truth returns the variances of the answers. On a scale of steps the mean
// answer of a group with the latent mean sqrt(latent) g is 1 + sum over
// thresholds of Phi((sqrt(latent) g - threshold)/sqrt(1-latent)); its variance
// over g is integrated by the trapezoidal rule, whose error for this integrand
// is far below a millionth.
func (s *scenario) truth() truth {
	if s.scale.shares == nil {
		return truth{between: s.latent, within: 1 - s.latent}
	}
	var mean, square float64
	for i, share := range s.scale.shares {
		mean += share * float64(i)
		square += share * float64(i*i)
	}
	total := square - mean*mean
	const step = 1. / 64
	var between float64
	for g := -9.0; g <= 9; g += step {
		var answer float64
		for _, t := range s.scale.thresholds() {
			answer += math.Erfc(-(math.Sqrt(s.latent)*g-t)/math.Sqrt(2*(1-s.latent))) / 2
		}
		between += (answer - mean) * (answer - mean) * math.Exp(-g*g/2) * step / math.Sqrt(2*math.Pi)
	}
	return truth{between: between, within: total - between}
}

// draw returns one data set.
func (s *scenario) draw(rng *rand.Rand) multilevel.OneWay {
	thresholds := s.scale.thresholds()
	shared, own := math.Sqrt(s.latent), math.Sqrt(1-s.latent)
	var d multilevel.OneWay
	for g, size := range s.sizes {
		name, mean := fmt.Sprintf("%03d", g), shared*rng.NormFloat64()
		for range size {
			y := mean + own*rng.NormFloat64()
			if thresholds != nil {
				i, _ := slices.BinarySearch(thresholds, y)
				y = float64(i + 1)
			}
			d.Group, d.Y = append(d.Group, name), append(d.Y, y)
		}
	}
	return d
}

// ofEight returns groups of eight members.
func ofEight(groups int) []int { return slices.Repeat([]int{8}, groups) }

// mixed returns groups whose sizes go through these in turn.
func mixed(groups int, sizes ...int) []int {
	out := make([]int, groups)
	for i := range out {
		out[i] = sizes[i%len(sizes)]
	}
	return out
}
