package lagged

import (
	"cmp"
	"math"
	"slices"

	"holon/internal/multilevel/clustered"
)

// Occasion is one member's values in one session; both measures are there.
type Occasion struct {
	Group   string // "" where there are no groups
	Member  string // unique over all groups
	About   string // whom the values are about, where several chains may be about one; empty: the member
	Session string // unique within the group: who shares it was there together
	Order   int    // which of the member's sessions it is; the next one has the next number
	Time    float64
	X, Y    float64
}

// Subject is whom the values are about.
func (o *Occasion) Subject() string { return cmp.Or(o.About, o.Member) }

// Table is what is analysed. Time is what trends run along and what gaps are
// counted in.
type Table struct {
	Grouped   bool
	Occasions []Occasion // one for each member and session
}

// pair is two sessions of one member that follow each other.
type pair struct {
	member  int
	cluster int // its group, or itself where there are none
	before  *Occasion
	after   *Occasion
	others  [2]float64 // means of X and Y over the others who were in the earlier session; NaN without any
}

// laid is a table in order, in units in which no value is larger than one.
type laid struct {
	occasions []Occasion // by member and order
	member    []int      // of each occasion
	members   int
	groups    int
	scale     [2]float64 // the units of X and Y
	pairs     []pair
	longest   int // occasions of the member who has most
}

// lay puts a table in order, whatever the order of its rows.
func lay(t Table) *laid {
	l := &laid{occasions: slices.Clone(t.Occasions)}
	slices.SortFunc(l.occasions, func(a, b Occasion) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Member, b.Member), cmp.Compare(a.Order, b.Order))
	})
	for i := range l.occasions {
		l.scale[0] = max(l.scale[0], math.Abs(l.occasions[i].X))
		l.scale[1] = max(l.scale[1], math.Abs(l.occasions[i].Y))
	}
	for k, s := range l.scale {
		if !(s > 0) {
			l.scale[k] = 1
		}
	}
	length := 0
	group := -1
	for i := range l.occasions {
		o := &l.occasions[i]
		o.X, o.Y = o.X/l.scale[0], o.Y/l.scale[1]
		if i == 0 || o.Group != l.occasions[i-1].Group {
			group++
		}
		if i == 0 || o.Member != l.occasions[i-1].Member || o.Group != l.occasions[i-1].Group {
			l.members++
			length = 0
		}
		length++
		l.longest = max(l.longest, length)
		l.member = append(l.member, l.members-1)
		if length > 1 && o.Order == l.occasions[i-1].Order+1 {
			p := pair{member: l.members - 1, cluster: l.members - 1, before: &l.occasions[i-1], after: o, others: [2]float64{math.NaN(), math.NaN()}}
			if t.Grouped {
				p.cluster = group
			}
			l.pairs = append(l.pairs, p)
		}
	}
	l.groups = group + 1
	if t.Grouped {
		l.lookAround()
	}
	return l
}

// lookAround gives every pair the means of the others who were in the earlier
// session, which leave the member out, with all chains about the member.
func (l *laid) lookAround() {
	type meeting struct{ group, session, about string }
	type sum struct {
		x, y float64
		n    int
	}
	sums := map[meeting]sum{}
	for i := range l.occasions {
		o := &l.occasions[i]
		for _, at := range []meeting{{o.Group, o.Session, ""}, {o.Group, o.Session, o.Subject()}} {
			s := sums[at]
			sums[at] = sum{s.x + o.X, s.y + o.Y, s.n + 1}
		}
	}
	for i := range l.pairs {
		o := l.pairs[i].before
		all, own := sums[meeting{o.Group, o.Session, ""}], sums[meeting{o.Group, o.Session, o.Subject()}]
		if n := all.n - own.n; n > 0 {
			l.pairs[i].others = [2]float64{(all.x - own.x) / float64(n), (all.y - own.y) / float64(n)}
		}
	}
}

// absorb takes every member's mean out of the columns, or every member's own
// line over time, and returns how many parameters that took. The rows stand by
// member. What is left of a value is set to zero where it is rounding alone.
func absorb(member []int, time []float64, trend bool, columns ...[]float64) (parameters int) {
	for first := 0; first < len(member); {
		last := first
		for last < len(member) && member[last] == member[first] {
			last++
		}
		parameters++
		t := slices.Clone(time[first:last])
		bent := trend && varies(t)
		if bent {
			parameters++
		}
		for _, column := range columns {
			part := column[first:last]
			clustered.Centre(part)
			if bent {
				straighten(part, t)
			}
		}
		first = last
	}
	return parameters
}

// varies takes the mean out of times and tells whether anything is left.
func varies(times []float64) bool {
	_, is := clustered.Centre(times)
	return is
}

// straighten takes the line over t, which is centred, out of v, twice so that
// rounding does not stay behind.
func straighten(v, t []float64) {
	size := 0.0
	for _, x := range v {
		size = max(size, math.Abs(x))
	}
	var tt float64
	for _, x := range t {
		tt += x * x
	}
	for range 2 {
		var tv float64
		for i := range v {
			tv += t[i] * v[i]
		}
		for i := range v {
			v[i] -= tv / tt * t[i]
		}
	}
	left := 0.0
	for _, x := range v {
		left = max(left, math.Abs(x))
	}
	if !(left > clustered.Rounding*size) {
		clear(v)
	}
}

// Chain is a member's course in a group.
type Chain struct{ Group, Member string }

// InChains lists the courses that something is left of for the slopes that answer: more
// pairs of sessions, with others there where there are groups, than the member's own mean
// and line take up.
func (t Table) InChains() []Chain {
	l := lay(t)
	taken := columnsOf(l.pairs, 0, kind{others: t.Grouped}).pairs
	var out []Chain
	for first := 0; first < len(taken); {
		last := first
		var times []float64
		for ; last < len(taken) && taken[last].member == taken[first].member; last++ {
			times = append(times, taken[last].after.Time)
		}
		own := 1
		if varies(times) {
			own++
		}
		if last-first > own {
			out = append(out, Chain{taken[first].before.Group, taken[first].before.Member})
		}
		first = last
	}
	return out
}
