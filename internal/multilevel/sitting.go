package multilevel

import (
	"maps"
	"slices"
)

// Sitting gathers the ratings of one session, where some members may have
// several that count as one: their mean. Make it with NewSitting.
type Sitting struct {
	group, session string
	sums           map[string]sum
	excluded       Exclusions
}

// sum is a member's ratings added up.
type sum struct {
	total float64
	n     int
}

// NewSitting returns an empty sitting of a group.
func NewSitting(group, session string) *Sitting {
	return &Sitting{group: group, session: session, sums: map[string]sum{}}
}

// Add takes one rating of a member.
func (s *Sitting) Add(member string, value float64) {
	was := s.sums[member]
	s.sums[member] = sum{total: was.total + value, n: was.n + 1}
}

// Leave counts rows left out for a reason.
func (s *Sitting) Leave(reason string, rows int) { s.excluded.Add(reason, rows) }

// Ratings returns one row per member, by member, and what was left out.
func (s *Sitting) Ratings() Ratings {
	out := Ratings{Rows: make([]Row, 0, len(s.sums)), Excluded: s.excluded}
	for _, m := range slices.Sorted(maps.Keys(s.sums)) {
		x := s.sums[m]
		if x.n > 1 {
			out.Averaged++
		}
		out.Rows = append(out.Rows, Row{Group: s.group, Member: m, Session: s.session, Value: x.total / float64(x.n)})
	}
	return out
}
