package goal

import (
	"math"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// The reasons why something is not formed.
const (
	NobodyAsked    multilevel.Reason = "not_asked"       // nobody was asked for it in this session
	SomebodySilent multilevel.Reason = "not_all_said"    // somebody whose word it takes did not give it
	NotAllRated    multilevel.Reason = "not_all_rated"   // not every contained goal was rated by its owner
	NoneContained  multilevel.Reason = "none_running"    // none of the contained goals was one on that day
	TooFewValues   multilevel.Reason = "too_few_values"  // there is no pair of values to compare
	OneRating      multilevel.Reason = "too_few_ratings" // no change without two ratings
)

// Consensus is how many of those whose goal it is stand behind it. In a family or
// couple that is everybody in it on the day, in a therapy group whoever came of them.
// Nobody waits for a member who was erased or was not in the group that day.
type Consensus struct {
	Endorsed *int // nil while it is not formed
	Said, Of int
	Reason   multilevel.Reason // why it is not formed

	// Therapists are no part of it and stand beside.
	TherapistsEndorsed, TherapistsSaid, TherapistsOf int

	RestsOn []Place // also the places of those who said nothing: that is told, too
}

// consensus counts the members who stand behind a shared goal.
func (e *evening) consensus(x session.Goal, said []Said) *Consensus {
	c := &Consensus{}
	endorsed, heard := 0, false
	for i := range said {
		w := &said[i]
		yes := w.Endorsed != nil && *w.Endorsed
		if w.Rater.Kind == instrument.RaterTherapist {
			if w.Endorsed != nil || w.NoEndorsement != NotPresent {
				c.TherapistsOf++
				c.TherapistsSaid += count(w.Endorsed != nil)
				c.TherapistsEndorsed += count(yes)
				c.RestsOn = append(c.RestsOn, Place{e.ID, x.ID, w.Rater})
			}
			continue
		}
		if w.Endorsed == nil && !e.counts(w) {
			continue
		}
		heard = heard || (w.NoEndorsement != NotAsked && w.Version > 0)
		c.Of++
		c.Said += count(w.Endorsed != nil)
		endorsed += count(yes)
		c.RestsOn = append(c.RestsOn, Place{e.ID, x.ID, w.Rater})
	}
	switch {
	case c.Said == 0 && !heard:
		c.Reason = NobodyAsked
	case c.Said < c.Of:
		c.Reason = SomebodySilent
	default:
		c.Endorsed = &endorsed
	}
	return c
}

// counts tells whether the consensus waits for a member who said nothing.
func (e *evening) counts(w *Said) bool {
	id := session.MemberID(w.Rater.ID)
	if !e.awaited(id) || e.group.Kind != session.KindGroup {
		return e.awaited(id)
	}
	seat, seated := e.SeatOf(id)
	return seated && !seat.Attendance.Absent()
}

// count is 1 for what is so.
func count(so bool) int {
	if so {
		return 1
	}
	return 0
}

// Gap is the largest difference between two raters' values of a shared goal.
type Gap struct {
	Difference *float64
	Values     int               // of the members, or of members and therapists, who gave one
	Reason     multilevel.Reason // why there is no difference
	Pairs      []Pair            // that are so far apart; none where all say the same
	RestsOn    []Place
}

// Pair is two raters, the one with the lower value first.
type Pair struct {
	Lower, Higher     session.Rater
	LowerAt, HigherAt float64
}

// between is the gap between members.
func between(at session.SessionID, goal session.GoalID, said []Said) *Gap {
	g := &Gap{}
	members := valued(said, instrument.RaterMember)
	for i := range members {
		for k := range members[:i] {
			g.take(&members[k], &members[i])
		}
	}
	return g.settled(at, goal, members)
}

// withTherapist is the gap between a member and a therapist.
func withTherapist(at session.SessionID, goal session.GoalID, said []Said) *Gap {
	g := &Gap{}
	members, therapists := valued(said, instrument.RaterMember), valued(said, instrument.RaterTherapist)
	for i := range members {
		for k := range therapists {
			g.take(&members[i], &therapists[k])
		}
	}
	return g.settled(at, goal, append(members, therapists...))
}

// valued returns the words of one kind of rater that hold a value.
func valued(said []Said, kind instrument.RaterKind) []Said {
	var out []Said
	for i := range said {
		if said[i].Rater.Kind == kind && said[i].Value != nil {
			out = append(out, said[i])
		}
	}
	return out
}

// take takes a pair, if none before is farther apart.
func (g *Gap) take(a, b *Said) {
	if *a.Value > *b.Value {
		a, b = b, a
	}
	d := math.Abs(*b.Value - *a.Value)
	if g.Difference == nil || d > *g.Difference {
		g.Difference, g.Pairs = &d, nil
	}
	if d > 0 && d >= *g.Difference {
		g.Pairs = append(g.Pairs, Pair{a.Rater, b.Rater, *a.Value, *b.Value})
	}
}

// settled says what the gap rests on, or why there is none.
func (g *Gap) settled(at session.SessionID, goal session.GoalID, of []Said) *Gap {
	g.Values = len(of)
	if g.Difference == nil {
		g.Reason = TooFewValues
	}
	for i := range of {
		g.RestsOn = append(g.RestsOn, Place{at, goal, of[i].Rater})
	}
	return g
}
