package roundrobin

import (
	"slices"

	"holon/internal/multilevel"
)

// Step compares the ties of two sessions in the pairs rated in both.
type Step struct {
	Compared int // ratings of the same member by the same rater in both
	Kept     int // ties in both
	Lost     int // ties in the first only
	New      int // ties in the second only
	// Stability is the share of ties in either that are in both (Jaccard 1901); nil
	// where there is none in either.
	Stability *float64
}

// StepBetween compares two sessions of one group, members by name.
func StepBetween(before, after *Group, threshold float64) Step {
	first := map[[2]string]bool{}
	for _, c := range before.Cells {
		first[[2]string{before.Members[c.Actor], before.Members[c.Partner]}] = c.Value >= threshold
	}
	var out Step
	for _, c := range after.Cells {
		was, there := first[[2]string{after.Members[c.Actor], after.Members[c.Partner]}]
		if !there {
			continue
		}
		out.Compared++
		switch is := c.Value >= threshold; {
		case was && is:
			out.Kept++
		case was:
			out.Lost++
		case is:
			out.New++
		}
	}
	if all := out.Kept + out.Lost + out.New; all > 0 {
		out.Stability = new(float64(out.Kept) / float64(all))
	}
	return out
}

// Parts are the subgroups of a group over several sessions: members joined, in
// steps of one, by mutual ties that held in more than half of the sessions in
// which both rated each other.
type Parts struct {
	Reason   multilevel.Reason // why there is nothing to see; empty if there is
	Sessions int
	Members  int        // who rated each other in all of the sessions
	Groups   [][]string // parts of three and more, largest first
	Apart    []string   // members in smaller parts
}

// The reasons for which no subgroups are looked for.
const (
	FewSessions      multilevel.Reason = "fewer_than_three_sessions"
	FewSteadyMembers multilevel.Reason = "fewer_than_eight_members"
)

// Below these a subgroup of three is nearly half of the group, or the weather of
// one evening. They are decisions of this project.
const (
	partSessions = 3
	partMembers  = 8
	partSize     = 3
)

// PartsOf looks for subgroups over sessions of one group. Only members who in
// each of them rated and were rated by someone are taken.
func PartsOf(sessions []Group, threshold float64) Parts {
	out := Parts{Sessions: len(sessions)}
	if len(sessions) < partSessions {
		out.Reason = FewSessions
		return out
	}
	names := steady(sessions)
	out.Members = len(names)
	if len(names) < partMembers {
		out.Reason = FewSteadyMembers
		return out
	}
	asked, mutual := map[[2]string]int{}, map[[2]string]int{}
	for i := range sessions {
		countMutual(&sessions[i], threshold, asked, mutual)
	}
	var joined [][]string
	seen := map[string]bool{}
	for _, start := range names {
		if seen[start] {
			continue
		}
		seen[start] = true
		part := []string{start}
		for at := 0; at < len(part); at++ {
			for _, other := range names {
				pair := pairOf(part[at], other)
				if !seen[other] && 2*mutual[pair] > asked[pair] {
					seen[other] = true
					part = append(part, other)
				}
			}
		}
		slices.Sort(part)
		joined = append(joined, part)
	}
	for _, part := range joined {
		if len(part) >= partSize {
			out.Groups = append(out.Groups, part)
		} else {
			out.Apart = append(out.Apart, part...)
		}
	}
	slices.SortStableFunc(out.Groups, func(a, b []string) int { return len(b) - len(a) })
	slices.Sort(out.Apart)
	return out
}

// pairOf names two people in one order.
func pairOf(a, b string) [2]string {
	if a > b {
		a, b = b, a
	}
	return [2]string{a, b}
}

// countMutual counts one session's pairs who rated each other, and those of them
// with a tie both ways.
func countMutual(g *Group, threshold float64, asked, mutual map[[2]string]int) {
	half := map[[2]string]bool{}
	for _, c := range g.Cells {
		pair := pairOf(g.Members[c.Actor], g.Members[c.Partner])
		is := c.Value >= threshold
		if was, there := half[pair]; there {
			asked[pair]++
			if was && is {
				mutual[pair]++
			}
			continue
		}
		half[pair] = is
	}
}

// steady returns the members who in every session rated someone and were rated,
// by name.
func steady(sessions []Group) []string {
	gave, received := map[string]int{}, map[string]int{}
	for i := range sessions {
		g := &sessions[i]
		from, to := map[int]bool{}, map[int]bool{}
		for _, c := range g.Cells {
			from[c.Actor], to[c.Partner] = true, true
		}
		for at := range from {
			gave[g.Members[at]]++
		}
		for at := range to {
			received[g.Members[at]]++
		}
	}
	var out []string
	for name, n := range gave {
		if n == len(sessions) && received[name] == len(sessions) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
