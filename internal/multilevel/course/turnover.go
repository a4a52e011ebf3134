package course

// Turnover says how far a group is the same people from session to session.
type Turnover struct {
	Group      string
	Ever       int      // members with a rating
	Throughout int      // members with a rating in every session that has any
	Core       int      // members with a rating in the first and in the last session
	Share      *float64 // 1 - Core/Ever: the part of its people that came or went
	Steps      []Step
}

// Step is what one session changed.
type Step struct {
	Session int
	Members int // with a rating
	New     int // with their first rating, but for the group's first session
	Last    int // with their last rating, but for the group's last session
	Missing int // without a rating, between their first and their last
}

// TurnoverOf counts comings and goings of every group, by the ratings alone: who
// was away and who had left are told apart by whether a later rating follows.
func TurnoverOf(ratings []Rating) []Turnover {
	var out []Turnover
	for _, g := range arrange(ratings) {
		out = append(out, g.turnover())
	}
	return out
}

// turnover counts one group's.
func (g *group) turnover() Turnover {
	first, last, count := g.stays()
	end := len(g.sessions) - 1
	t := Turnover{Group: g.key, Ever: len(g.members)}
	for m := range g.members {
		if count[m] == len(g.sessions) {
			t.Throughout++
		}
		if first[m] == 0 && last[m] == end {
			t.Core++
		}
	}
	if end > 0 {
		t.Share = new(1 - float64(t.Core)/float64(t.Ever))
	}
	for k, s := range g.sessions {
		step := Step{Session: s.number, Members: len(s.member)}
		for m := range g.members {
			_, here := s.of(m)
			switch {
			case here && first[m] == k && k > 0:
				step.New++
			case !here && first[m] < k && k < last[m]:
				step.Missing++
			}
			if here && last[m] == k && k < end {
				step.Last++
			}
		}
		t.Steps = append(t.Steps, step)
	}
	return t
}

// stays returns, for every member, the places of the first and the last session
// with a rating, and their number.
func (g *group) stays() (first, last, count []int) {
	first, last, count = make([]int, len(g.members)), make([]int, len(g.members)), make([]int, len(g.members))
	for k, s := range g.sessions {
		for _, m := range s.member {
			if count[m] == 0 {
				first[m] = k
			}
			last[m] = k
			count[m]++
		}
	}
	return first, last, count
}
