package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holon/internal/caveat"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/lagged"
	"holon/internal/outcome"
	"holon/internal/session"
)

// reported tells whether the values of a track are what others say of a member.
func (t *track) reported() bool {
	return t.scorer.Level() == instrument.Outcome && outcome.Reported(&t.scorer)
}

// reports returns what informants say in one session, each about each member.
func reports(scorer *session.Scorer, s *session.Session) map[session.Unit]float64 {
	out := map[session.Unit]float64{}
	for _, line := range outcome.Series(*scorer, []*session.Session{s}) {
		if values := line.Values(); len(values) > 0 {
			out[line.Unit] = values[0]
		}
	}
	return out
}

// chain is one course of two measures: a member's, and of measures that others
// report the informant of each. Two informants of one member are two chains.
type chain struct {
	member session.MemberID
	by     [2]session.Rater
}

// name is the chain's own among all.
func (c *chain) name() string {
	words := []string{string(c.member)}
	for i, by := range c.by {
		if by != (session.Rater{}) && (i == 0 || by != c.by[0]) {
			words = append(words, "by", string(by.Kind), by.ID)
		}
	}
	return strings.Join(words, " ")
}

// expected tells whether both informants had a place in a session.
func (c *chain) expected(s *session.Session) bool { return s.Expects(c.by[0]) && s.Expects(c.by[1]) }

// value returns what the session holds of one of the two measures.
func (c *chain) value(k int, of map[session.Unit]float64) (float64, bool) {
	v, ok := of[session.Unit{MemberID: c.member, Informant: c.by[k]}]
	return v, ok
}

// chainsOf returns the chains of every member. Where both measures are reported by
// one kind of rater, a chain is one informant's; otherwise each goes with each.
func chainsOf(tracks []*track, values [][2]map[session.Unit]float64) map[session.MemberID][]chain {
	informants := map[session.MemberID][2][]session.Rater{}
	for _, both := range values {
		for k := range both {
			for u := range both[k] {
				found := informants[u.MemberID]
				if !slices.Contains(found[k], u.Informant) {
					found[k] = append(found[k], u.Informant)
				}
				informants[u.MemberID] = found
			}
		}
	}
	same := tracks[0].reported() && tracks[1].reported() && tracks[0].measure.Rater == tracks[1].measure.Rater
	out := map[session.MemberID][]chain{}
	for _, id := range slices.Sorted(maps.Keys(informants)) {
		by := informants[id]
		for k := range by {
			slices.SortFunc(by[k], func(a, b session.Rater) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
		}
		for _, x := range by[0] {
			for _, y := range by[1] {
				if !same || x == y {
					out[id] = append(out[id], chain{id, [2]session.Rater{x, y}})
				}
			}
		}
	}
	return out
}

// courses are the sessions that members attended with the values of both
// measures.
type courses struct {
	tracks    []*track
	kinds     map[session.GroupKind]bool // of groups with an occasion
	twice     map[session.MemberID]bool  // members with several chains
	occasions []lagged.Occasion
	excluded  multilevel.Exclusions
	told      map[occasionOf][]string // therapists whom ratings of a member in a session are about or by
}

// occasionOf is a member in a session.
type occasionOf struct{ session, member string }

// levels are the levels that are read.
func (c *courses) levels() []instrument.Level {
	scorers := make([]session.Scorer, 0, len(c.tracks))
	for _, t := range c.tracks {
		scorers = append(scorers, t.scorer)
	}
	return levelsOf(scorers)
}

// visit takes one group's course.
func (c *courses) visit(g *session.Group, sessions []*session.Session) error {
	meetings := held(sessions)
	values := make([][2]map[session.Unit]float64, len(meetings))
	for i, s := range meetings {
		values[i] = [2]map[session.Unit]float64{c.tracks[0].read(s), c.tracks[1].read(s)}
		for _, track := range c.tracks {
			for _, x := range toldIn(&track.scorer, s) {
				at := occasionOf{x.session, x.member}
				c.told[at] = append(c.told[at], x.therapist)
			}
		}
	}
	chains := chainsOf(c.tracks, values)
	attended := map[session.MemberID]int{}
	for i, s := range meetings {
		for _, seat := range s.Roster {
			if seat.Attendance.Absent() {
				continue
			}
			attended[seat.MemberID]++
			own := chains[seat.MemberID]
			if own == nil {
				own = []chain{{member: seat.MemberID}} // one of the two measures is never there
			}
			c.twice[seat.MemberID] = c.twice[seat.MemberID] || len(own) > 1
			for k := range own {
				c.take(g, s, &own[k], attended[seat.MemberID], values[i])
			}
		}
	}
	maps.DeleteFunc(c.twice, func(_ session.MemberID, is bool) bool { return !is })
	return nil
}

// take takes one meeting of one chain.
func (c *courses) take(g *session.Group, s *session.Session, of *chain, order int, values [2]map[session.Unit]float64) {
	x, okX := of.value(0, values[0])
	y, okY := of.value(1, values[1])
	switch {
	case okX && okY:
		c.kinds[g.Kind] = true
		o := lagged.Occasion{Group: string(g.ID), Member: of.name(), Session: string(s.ID), Order: order, Time: days(s.HeldOn), X: x, Y: y}
		if o.Member != string(of.member) {
			o.About = string(of.member)
		}
		c.occasions = append(c.occasions, o)
	case !of.expected(s):
		c.excluded.Add("informant_not_in_session", 1)
	case okX:
		c.excluded.Add("attended_without_second_measure", 1)
	case okY:
		c.excluded.Add("attended_without_first_measure", 1)
	default:
		c.excluded.Add("attended_without_both_measures", 1)
	}
}

// remarkChains says that several people's reports about one member stay apart.
func remarkChains(out *caveat.Set, members int) {
	if members > 0 {
		out.Add("informants_apart", fmt.Sprintf("About %d %s several people reported. Each informant's reports are a course of their own, and nothing is averaged over informants; such members weigh more than others, and errors allow for that only as far as members of one family are taken together.", members, plural(members, "member")))
	}
}
