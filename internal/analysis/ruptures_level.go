package analysis

import (
	"slices"

	"holon/internal/multilevel/series"
)

// limits divide levels into low, middle and high; nil where they do not.
type limits struct{ low, high *float64 }

// fewestForThirds is the number of series from which thirds of a practice are told.
const fewestForThirds = 6

// limits returns those of a reference: thirds of the members' means, or of the
// range of the score.
func (f *fallsWalk) limits(values [][]float64, reference Reference) limits {
	if reference == ScaleRange {
		rule := f.rule()
		third := (rule.Max - rule.Min) / 3
		return limits{new(rule.Min + third), new(rule.Max - third)}
	}
	if len(values) < fewestForThirds {
		return limits{}
	}
	means := make([]float64, len(values))
	for i, line := range values {
		means[i], _ = series.Moments(line)
	}
	slices.Sort(means)
	return limits{new(means[len(means)/3]), new(means[len(means)-1-len(means)/3])}
}

// of names a level.
func (l limits) of(mean float64) string {
	switch {
	case l.low == nil:
		return ""
	case mean < *l.low:
		return "low"
	case mean > *l.high:
		return "high"
	default:
		return "middle"
	}
}
