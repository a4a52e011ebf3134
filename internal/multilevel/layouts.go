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
	met  []uint64 // a hash of each person of each group; its last bit says whether of several ratings
}

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
	l.all.MostSessions, l.all.MostRatings = max(l.all.MostSessions, one.MostSessions), max(l.all.MostRatings, one.MostRatings)
	ratings := map[string]int{}
	for _, r := range rows {
		if r.Member != "" {
			ratings[r.Member]++
		}
	}
	for name, n := range ratings {
		h := maphash.String(l.seed, name) &^ 1
		if n > 1 {
			h |= 1
		}
		l.met = append(l.met, h)
	}
}

// Layout returns the layout of all groups that came. Of two people whose names have
// one hash of 63 bits it would count one, a chance of less than one in a billion
// among ten thousand.
func (l *Layouts) Layout() Layout {
	out := l.all
	out.Members += out.Unnamed
	slices.Sort(l.met)
	for from := 0; from < len(l.met); {
		to := from + 1
		for to < len(l.met) && l.met[to]|1 == l.met[from]|1 {
			to++
		}
		out.Members++
		if to > from+1 {
			out.SharedNames++
		}
		if l.met[to-1]&1 == 1 { // the last of equal hashes
			out.RepeatedMembers++
		}
		from = to
	}
	return out
}
