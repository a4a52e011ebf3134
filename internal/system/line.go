package system

import "math"

// Line is what the family as a whole says in one session: the mean of what its members
// report about it, and only where every one of them does. A mean of those who happen to
// have answered would be another number every week.
type Line struct {
	Of       int      // members of the family on the day
	N        int      // who reported
	Value    *float64 // nil unless all of at least two did
	SD       *float64 // among those who did, with n−1; nil of fewer than two
	Furthest *float64 // the largest difference among them; nil of fewer than two
	First    int      // the two it lies between, by their places among the reports, the higher one first;
	Second   int      // equal where no two alone lie so far apart
}

// Formed tells whether the family has a value of its own.
func (l *Line) Formed() bool { return l.Value != nil }

// LineOf makes the line of a family of so many members from their reports, each NaN where
// there is none.
func LineOf(of int, reports []float64) Line {
	l := Line{Of: of}
	sum, squares := 0.0, 0.0
	for i, y := range reports {
		if math.IsNaN(y) {
			continue
		}
		l.N++
		sum += y
		for k, other := range reports[:i] {
			if math.IsNaN(other) {
				continue
			}
			switch d := math.Abs(y - other); {
			case l.Furthest == nil || d > *l.Furthest:
				l.Furthest = &d
				if l.First, l.Second = k, i; y > other {
					l.First, l.Second = i, k
				}
			case d == *l.Furthest:
				l.First, l.Second = 0, 0
			}
		}
	}
	if l.N < 2 {
		return l
	}
	if *l.Furthest == 0 {
		l.First, l.Second = 0, 0
	}
	mean := sum / float64(l.N)
	for _, y := range reports {
		if !math.IsNaN(y) {
			squares += (y - mean) * (y - mean)
		}
	}
	l.SD = new(math.Sqrt(squares / float64(l.N-1)))
	if l.N >= of {
		l.Value = &mean
	}
	return l
}
