package multilevel

import (
	"hash/maphash"
	"slices"
)

// Layouts gathers the layout of groups that arrive one after the other, whose
// members' names are persons'. The zero value holds none.
type Layouts struct {
	all  Layout
	seed maphash.Seed
	met  []uint64 // a hash of each person of each group; its last bits are what the ratings there can say
}

// saying is the bits of a hash that say what ratings can say.
const saying = uint64(repeated | joined | met)

// Add takes in all rows of one more group.
func (l *Layouts) Add(rows []Row) {
	if len(rows) == 0 {
		return
	}
	if l.met == nil {
		l.seed = maphash.MakeSeed()
	}
	one := LayoutOf(rows, OfPerson)
	l.all.Names = OfPerson
	l.all.Ratings += one.Ratings
	l.all.Groups += one.Groups
	l.all.Sessions += one.Sessions
	l.all.Unnamed += one.Unnamed
	l.all.RepeatedGroups += one.RepeatedGroups
	l.all.JoinedGroups += one.JoinedGroups
	l.all.MetGroups += one.MetGroups
	l.all.MostSessions, l.all.MostRatings = max(l.all.MostSessions, one.MostSessions), max(l.all.MostRatings, one.MostRatings)
	for m, b := range bearingsOf(rows) {
		l.met = append(l.met, maphash.String(l.seed, m.member)&^saying|uint64(b))
	}
}

// Layout returns the layout of all groups that came. Of two people whose names have
// one hash of 61 bits it would count one, a chance of less than one in a billion
// among ten thousand.
func (l *Layouts) Layout() Layout {
	out := l.all
	out.Members += out.Unnamed
	slices.Sort(l.met)
	for from := 0; from < len(l.met); {
		to, says := from, bearing(0)
		for ; to < len(l.met) && l.met[to]|saying == l.met[from]|saying; to++ {
			says |= bearing(l.met[to] & saying)
		}
		out.Members++
		if to > from+1 {
			out.SharedNames++
		}
		out.bear(says)
		from = to
	}
	return out
}
