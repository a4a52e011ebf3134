package vigilance

import (
	"cmp"
	"math"
	"slices"
)

// ScaleOf pools the scale over groups. Within comes from the steps of members from
// one value to their next, weeks in which they said nothing passed over, around the
// mean step of all who made one between the same two weeks; Weather from these mean
// steps, both as if independent from week to week; Between and Mean from members'
// means. Where nobody ever made a step together with others, Within comes from the
// steps as they are, and Weather is in it.
func ScaleOf(groups [][]Week) Scale {
	var own, shared, alone tally
	var means []float64
	var counts float64
	for _, weeks := range groups {
		own.steps(&shared, &alone, weeks)
		for i := range width(weeks) {
			var m member
			for _, week := range weeks {
				if i < len(week) && week[i] != nil {
					m.add(*week[i])
				}
			}
			if m.n > 0 {
				means = append(means, m.mean)
				counts += 1 / float64(m.n)
			}
		}
	}
	s := Scale{Between: math.NaN()} // one member alone is not low among members
	switch {
	case own.n > 0:
		s.Within = math.Sqrt(own.sum / own.n / 2)
	case alone.n > 0:
		s.Within = math.Sqrt(alone.sum / alone.n / 2)
	}
	if shared.n > 0 {
		// A mean step of m members holds 2 Within²/m of its own.
		s.Weather = math.Sqrt(math.Max(0, shared.sum/shared.n/2-s.Within*s.Within*shared.inverse/shared.n))
	}
	if len(means) > 1 {
		var m member
		for _, v := range means {
			m.add(v)
		}
		s.Mean = m.mean
		s.Between = math.Sqrt(math.Max(0, m.squares/float64(m.n-1)-s.Within*s.Within*counts/float64(len(means))))
	}
	return s
}

// width is the number of places of a group.
func width(weeks []Week) int {
	n := 0
	for _, week := range weeks {
		n = max(n, len(week))
	}
	return n
}

// tally adds up squares.
type tally struct{ sum, n, inverse float64 }

// step is one from a member's last value to the next.
type step struct {
	from int // the week of the last value
	by   float64
}

// steps adds the steps of a group: around the mean step of all who made one between
// the same two weeks, the mean step itself, and those that one made alone.
func (own *tally) steps(shared, alone *tally, weeks []Week) {
	type value struct {
		week int
		is   *float64
	}
	last := make([]value, width(weeks))
	var made []step
	for t, week := range weeks {
		made = made[:0]
		for i, y := range week {
			if y == nil {
				continue
			}
			if before := last[i]; before.is != nil {
				made = append(made, step{before.week, *y - *before.is})
			}
			last[i] = value{t, y}
		}
		slices.SortStableFunc(made, func(a, b step) int { return cmp.Compare(a.from, b.from) })
		for rest := made; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].from == rest[0].from {
				n++
			}
			own.together(shared, alone, rest[:n])
			rest = rest[n:]
		}
	}
}

// together adds the steps between two weeks.
func (own *tally) together(shared, alone *tally, made []step) {
	if len(made) == 1 {
		alone.sum += made[0].by * made[0].by
		alone.n++
		return
	}
	mean := 0.0
	for _, s := range made {
		mean += s.by
	}
	mean /= float64(len(made))
	for _, s := range made {
		own.sum += (s.by - mean) * (s.by - mean)
	}
	own.n += float64(len(made) - 1)
	shared.sum += mean * mean
	shared.n++
	shared.inverse += 1 / float64(len(made))
}
