package multilevel

// place is a member in a group, or a session of one.
type place struct{ group, member string }

// LayoutOf returns the layout of rows whose members are named like this.
func LayoutOf(rows []Row, names Naming) Layout {
	l := Layout{Names: names, Ratings: len(rows)}
	ratings := map[place]int{}
	groupsOf := map[string]int{}
	sessions := map[place]bool{} // group and session
	perGroup := map[string]int{}
	for _, row := range rows {
		if _, seen := perGroup[row.Group]; !seen {
			perGroup[row.Group] = 0
		}
		if s := (place{row.Group, row.Session}); row.Session != "" && !sessions[s] {
			sessions[s] = true
			perGroup[row.Group]++
			l.MostSessions = max(l.MostSessions, perGroup[row.Group])
		}
		if row.Member == "" {
			l.Members++
			l.Unnamed++
			l.MostRatings = max(l.MostRatings, 1)
			continue
		}
		m := place{row.Group, row.Member}
		if ratings[m]++; ratings[m] == 1 {
			groupsOf[row.Member]++
			if groupsOf[row.Member] == 2 {
				l.SharedNames++
			}
		}
		l.MostRatings = max(l.MostRatings, ratings[m])
	}
	l.Groups, l.Sessions = len(perGroup), len(sessions)
	if names == OfPerson {
		l.Members += len(groupsOf)
	} else {
		l.Members += len(ratings)
	}
	l.count(bearingsOf(rows), names)
	return l
}

// bearing tells what a member's ratings in one group can say: a bit for each.
type bearing uint8

// What they can say.
const (
	repeated bearing = 1 << iota // how much a member moves: there are several
	joined                       // how members of the group differ: somebody else has some
	met                          // what a session has in common: somebody else has one in it
)

// bearingsOf tells it of every member of every group.
func bearingsOf(rows []Row) map[place]bearing {
	ratings, people, there := map[place]int{}, map[string]int{}, map[place]map[string]bool{}
	for _, row := range rows {
		if row.Member == "" {
			continue
		}
		m := place{row.Group, row.Member}
		if ratings[m]++; ratings[m] == 1 {
			people[row.Group]++
		}
		if s := (place{row.Group, row.Session}); row.Session != "" {
			if there[s] == nil {
				there[s] = map[string]bool{}
			}
			there[s][row.Member] = true
		}
	}
	out := make(map[place]bearing, len(ratings))
	for m, n := range ratings {
		out[m] = 0
		if n > 1 {
			out[m] |= repeated
		}
		if people[m.group] > 1 {
			out[m] |= joined
		}
	}
	for s, members := range there {
		if len(members) < 2 {
			continue
		}
		for name := range members {
			out[place{s.group, name}] |= met
		}
	}
	return out
}

// count counts people and groups by what ratings can say.
func (l *Layout) count(of map[place]bearing, names Naming) {
	people, groups := map[place]bearing{}, map[string]bearing{}
	for m, b := range of {
		groups[m.group] |= b
		if names == OfPerson {
			m.group = ""
		}
		people[m] |= b
	}
	for _, b := range people {
		l.bear(b)
	}
	for _, b := range groups {
		l.bearGroup(b)
	}
}

// bear counts one person.
func (l *Layout) bear(b bearing) {
	l.RepeatedMembers += b.has(repeated)
	l.JoinedMembers += b.has(joined)
	l.MetMembers += b.has(met)
}

// bearGroup counts one group.
func (l *Layout) bearGroup(b bearing) {
	l.RepeatedGroups += b.has(repeated)
	l.JoinedGroups += b.has(joined)
	l.MetGroups += b.has(met)
}

// has is 1 where ratings can say this, 0 where they cannot.
func (b bearing) has(this bearing) int {
	if b&this == 0 {
		return 0
	}
	return 1
}
