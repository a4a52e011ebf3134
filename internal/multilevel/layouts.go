package multilevel

import "hash/maphash"

// Layouts gathers the layout of groups that arrive one after the other, whose
// members' names are persons'. The zero value holds none.
type Layouts struct {
	all  Layout
	seed maphash.Seed
	met  map[uint64]person
}

// person is what is known of somebody: whether they were met in another group, and
// whether they have several ratings in one.
type person struct{ shared, repeated bool }

// Add takes in all rows of one more group.
func (l *Layouts) Add(rows []Row) {
	if len(rows) == 0 {
		return
	}
	if l.met == nil {
		l.met, l.seed = map[uint64]person{}, maphash.MakeSeed()
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
		h := maphash.String(l.seed, name)
		p, known := l.met[h]
		if known && !p.shared {
			p.shared = true
			l.all.SharedNames++
		}
		if n > 1 && !p.repeated {
			p.repeated = true
			l.all.RepeatedMembers++
		}
		l.met[h] = p
	}
}

// Layout returns the layout of all groups that came. Of two people whose names have
// one hash of 64 bits it would count one, a chance of less than one in a billion
// among ten thousand.
func (l *Layouts) Layout() Layout {
	out := l.all
	out.Members = len(l.met) + out.Unnamed
	return out
}
