package rupture

import (
	"math"

	"holon/internal/multilevel/series"
)

// Shape is the course of one line in a word.
type Shape string

// The shapes, in the order in which they are tried.
const (
	TooFew        Shape = "too_few" // fewer than four values
	RuptureReturn Shape = "rupture_recovery"
	Falling       Shape = "falling"
	Rising        Shape = "rising"
	Unstable      Shape = "unstable"
	Flat          Shape = "flat"
)

// Shapes lists them.
func Shapes() []Shape { return []Shape{TooFew, RuptureReturn, Falling, Rising, Unstable, Flat} }

// The limits of shapes, this project's.
const (
	slopeP     = 0.05 // of the straight line
	unstableBy = 1.5  // own standard deviation around the line, in pooled ones
)

// ShapeOf names the course of a line whose falls were found: with a fall that came
// back it is rupture_recovery; with a straight line beyond chance (.05) that moves
// by a pooled standard deviation within members over all, falling or rising; with
// values that scatter around their line half as much again as those of members on
// average, unstable; and otherwise flat.
func ShapeOf(values []float64, found []Episode, s Scale) Shape {
	if len(values) < series.FewestForLimits {
		return TooFew
	}
	for i := range found {
		if found[i].Return >= 0 {
			return RuptureReturn
		}
	}
	times := make([]float64, len(values))
	for i := range times {
		times[i] = float64(i)
	}
	line := series.SlopeOf(times, values)
	moved := *line.Estimate * float64(len(values)-1)
	if (line.P == nil || *line.P <= slopeP) && math.Abs(moved) >= s.Within && moved != 0 {
		if moved < 0 {
			return Falling
		}
		return Rising
	}
	var left float64
	for i, y := range values {
		d := y - *line.Intercept - *line.Estimate*times[i]
		left += d * d
	}
	if sd := math.Sqrt(left / float64(line.DF)); s.Within > 0 && sd >= unstableBy*s.Within {
		return Unstable
	}
	return Flat
}
