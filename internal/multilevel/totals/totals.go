// Package totals holds what groups of one shape come to together: how many they
// are, the mean of their means and sums of squares. These are all that the tests
// of the group level need of complete tables, so that data sets can be tested as
// one although nobody sees the ratings of another (the sufficient statistics of
// the balanced model: Searle, Casella and McCulloch 1992, chapter 4).
package totals

import (
	"cmp"
	"math"
	"slices"
)

// Shape holds the totals of all groups of one shape: as many members in each, and
// as many sessions, every member rated in every one of them.
//
// Group, Member, Session and Residual are sums of squares in units of ratings:
// with m members and s sessions
//
//	Group    = m s sum over groups (group mean - Mean)^2
//	Member   = s sum over members (member's mean - group mean)^2
//	Session  = m sum over sessions (session's mean - group mean)^2
//	Residual = sum over ratings (rating - member's mean - session's mean + group mean)^2
//
// Of groups whose members have one rating each Residual is the sum of squares
// within groups, and Member and Session are zero.
type Shape struct {
	Members, Sessions                int // of each group
	Groups                           int
	Mean                             float64 // of the group means, from the table's origin
	Group, Member, Session, Residual float64
}

// Ratings returns how many ratings the groups of the shape have.
func (s *Shape) Ratings() int { return s.Groups * s.Members * s.Sessions }

// Squares returns the sums of squares: group, member, session and residual.
func (s *Shape) Squares() [4]float64 {
	return [4]float64{s.Group, s.Member, s.Session, s.Residual}
}

// Freedom returns their degrees of freedom, of members crossed with sessions or of
// one rating of each member.
func (s *Shape) Freedom(crossed bool) [4]int {
	if !crossed {
		return [4]int{s.Groups - 1, 0, 0, s.Groups * (s.Members - 1)}
	}
	return [4]int{s.Groups - 1, s.Groups * (s.Members - 1), s.Groups * (s.Sessions - 1), s.Groups * (s.Members - 1) * (s.Sessions - 1)}
}

// Table holds the totals of a data set. The origin takes what all ratings have in
// common out of the means, so that an offset costs no digits.
type Table struct {
	Crossed bool // members crossed with sessions; otherwise each member has one rating and every shape one session
	Origin  float64
	Shapes  []Shape // each once, by members, then sessions
}

// Groups returns how many groups there are.
func (t *Table) Groups() int {
	n := 0
	for i := range t.Shapes {
		n += t.Shapes[i].Groups
	}
	return n
}

// Ratings returns how many ratings there are.
func (t *Table) Ratings() int {
	n := 0
	for i := range t.Shapes {
		n += t.Shapes[i].Ratings()
	}
	return n
}

// Moments returns the mean of all ratings from the origin and the sum of squares
// about it, between shapes and groups and within them.
func (t *Table) Moments() (mean, between, within float64) {
	n := float64(t.Ratings())
	for i := range t.Shapes {
		mean += float64(t.Shapes[i].Ratings()) * t.Shapes[i].Mean / n
	}
	for i := range t.Shapes {
		s := &t.Shapes[i]
		d := s.Mean - mean
		between += s.Group + float64(s.Ratings())*d*d
		within += s.Member + s.Session + s.Residual
	}
	return mean, between, within
}

// Rebased returns the same totals from an origin of their own: their mean, rounded
// to the power of two that is nearest below their standard deviation. It depends
// on these totals alone, whatever the origin was before.
func (t *Table) Rebased() Table {
	mean, between, within := t.Moments()
	origin := t.Origin + mean
	if sd := math.Sqrt((between + within) / float64(t.Ratings())); sd > 0 {
		if unit := math.Ldexp(1, math.Ilogb(sd)); unit > 0 && math.Abs(origin/unit) < 1<<52 {
			origin = math.Round(origin/unit) * unit
		}
	}
	return t.from(origin)
}

// from returns the totals from another origin.
func (t *Table) from(origin float64) Table {
	out := Table{Crossed: t.Crossed, Origin: origin, Shapes: slices.Clone(t.Shapes)}
	for i := range out.Shapes {
		out.Shapes[i].Mean += t.Origin - origin
	}
	return out
}

// Pool returns the totals of several data sets together, from the first one's
// origin. Means and sums of squares are joined about their common mean (Chan,
// Golub and LeVeque 1983). It panics when some are crossed and others are not.
func Pool(tables []Table) Table {
	var out Table
	parts := map[[2]int][]Shape{}
	var keys [][2]int
	for i := range tables {
		if i == 0 {
			out.Crossed, out.Origin = tables[0].Crossed, tables[0].Origin
		}
		if tables[i].Crossed != out.Crossed {
			panic("totals: crossed tables and others are not one data set")
		}
		moved := tables[i].from(out.Origin)
		for _, s := range moved.Shapes {
			key := [2]int{s.Members, s.Sessions}
			if parts[key] == nil {
				keys = append(keys, key)
			}
			parts[key] = append(parts[key], s)
		}
	}
	slices.SortFunc(keys, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for _, key := range keys {
		out.Shapes = append(out.Shapes, joined(parts[key]))
	}
	return out
}

// joined returns the totals of groups of one shape that came in several parts.
func joined(parts []Shape) Shape {
	if len(parts) == 1 {
		return parts[0]
	}
	out := Shape{Members: parts[0].Members, Sessions: parts[0].Sessions}
	for i := range parts {
		out.Groups += parts[i].Groups
	}
	groups := float64(out.Groups)
	for i := range parts {
		out.Mean += float64(parts[i].Groups) * parts[i].Mean / groups
	}
	each := float64(out.Members) * float64(out.Sessions)
	for i := range parts {
		p := &parts[i]
		d := p.Mean - out.Mean
		out.Group += p.Group + each*float64(p.Groups)*d*d
		out.Member += p.Member
		out.Session += p.Session
		out.Residual += p.Residual
	}
	return out
}
