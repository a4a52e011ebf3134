package course

import (
	"cmp"
	"slices"
)

// Rating is a member's rating in one session of a group. Session is the running
// number of the session in its group; a number that no rating has is a session
// of which nothing is known. A member has at most one rating in a session.
type Rating struct {
	Group, Member string
	Session       int
	Value         float64
}

// Reason says why a number is undefined.
type Reason string

// The reasons.
const (
	OneSession     Reason = "one_session"          // there is nothing to compare it with
	NotConnected   Reason = "not_connected"        // no chain of members who were in both links two sessions
	NobodyInBoth   Reason = "nobody_in_both"       // no member rated in both sessions
	NoNewcomers    Reason = "no_newcomers"         // nobody joined after the first session
	NobodyLeft     Reason = "nobody_left"          // everybody was there to the end
	TooFewEvents   Reason = "too_few_events"       // see fewestEvents
	TooFewGroups   Reason = "too_few_groups"       // see fewestGroups
	TooFewWaves    Reason = "too_few_sessions"     // see fewestWaves
	PeopleChanged  Reason = "people_changed"       // not found among those who stayed
	NoVariation    Reason = "no_variation"         // members of a group never differed in a session
	TrendUndefined Reason = "trend_undefined"      // no slope fits, as when variance is zero in all sessions but one
	OneRatingEach  Reason = "one_rating_per_group" // members of a group never rated in the same session
)

const (
	fewestEvents = 5 // newcomers' sessions in groups that have others too, or leavers, before a difference is tested
	fewestGroups = 4 // groups, before anything is said of groups in general
	fewestWaves  = 4 // sessions, before a trend over them is tested
)

// group holds one group's ratings by session, sessions in order, and members by
// their number in the order of their names.
type group struct {
	key      string
	members  []string
	sessions []sitting
}

// sitting is one session's ratings, members in order.
type sitting struct {
	number int
	member []int
	value  []float64
}

// arrange sorts ratings into groups, sessions and members, whatever their order
// was. It panics on a second rating of a member in a session, which the caller
// averages or refuses.
func arrange(ratings []Rating) []group {
	sorted := slices.Clone(ratings)
	slices.SortFunc(sorted, func(a, b Rating) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Session, b.Session), cmp.Compare(a.Member, b.Member))
	})
	var out []group
	for len(sorted) > 0 {
		end := slices.IndexFunc(sorted, func(r Rating) bool { return r.Group != sorted[0].Group })
		if end < 0 {
			end = len(sorted)
		}
		out = append(out, arrangeGroup(sorted[:end]))
		sorted = sorted[end:]
	}
	return out
}

// arrangeGroup takes one group's ratings, by session and member.
func arrangeGroup(ratings []Rating) group {
	g := group{key: ratings[0].Group}
	for _, r := range ratings {
		g.members = append(g.members, r.Member)
	}
	slices.Sort(g.members)
	g.members = slices.Compact(g.members)
	for _, r := range ratings {
		if n := len(g.sessions); n == 0 || g.sessions[n-1].number != r.Session {
			g.sessions = append(g.sessions, sitting{number: r.Session})
		}
		s := &g.sessions[len(g.sessions)-1]
		m, _ := slices.BinarySearch(g.members, r.Member)
		if n := len(s.member); n > 0 && s.member[n-1] == m {
			panic("course: two ratings of one member in one session")
		}
		s.member = append(s.member, m)
		s.value = append(s.value, r.Value)
	}
	return g
}

// of returns a member's rating in the session.
func (s *sitting) of(member int) (float64, bool) {
	if i, ok := slices.BinarySearch(s.member, member); ok {
		return s.value[i], true
	}
	return 0, false
}

// mean returns the mean of values that are not none.
func mean(values []float64) float64 {
	origin, sum := values[0], 0.0
	for _, v := range values {
		sum += v - origin
	}
	return origin + sum/float64(len(values))
}

// finite returns a pointer to a number that can be written, else nil.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}
