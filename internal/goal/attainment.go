package goal

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Line is what one rater said over the sessions of how near a goal is.
type Line struct {
	Rater   session.Rater
	Own     bool
	Ratings int
	First   Level
	Last    Level
	Best    Level             // the highest value, where it came first
	Change  *float64          // last less first
	Reason  multilevel.Reason // why there is no change
	RestsOn []Place
}

// Level is a value of a session.
type Level struct {
	SessionID session.SessionID
	Number    int
	HeldOn    session.Date
	Value     float64
}

// linesOf follows every rater who gave a value through the points of a goal: the
// owner, then members, then therapists, each in the order of the points.
func linesOf(x session.Goal, points []Point) []Line {
	var out []Line
	at := map[session.Rater]int{}
	for i := range points {
		p := &points[i]
		for k := range p.Said {
			w := &p.Said[k]
			if w.Value == nil {
				continue
			}
			n, met := at[w.Rater]
			if !met {
				n = len(out)
				at[w.Rater] = n
				out = append(out, Line{Rater: w.Rater, Own: w.Own})
			}
			out[n].take(Level{p.SessionID, p.Number, p.HeldOn, *w.Value}, x.ID)
		}
	}
	for i := range out {
		if l := &out[i]; l.Ratings < 2 {
			l.Reason = OneRating
		} else {
			l.Change = new(l.Last.Value - l.First.Value)
		}
	}
	slices.SortStableFunc(out, func(a, b Line) int { return rank(&a) - rank(&b) })
	return out
}

// rank orders owners before other members before therapists.
func rank(l *Line) int {
	switch {
	case l.Own:
		return 0
	case l.Rater.Kind == instrument.RaterMember:
		return 1
	default:
		return 2
	}
}

// take takes the next value.
func (l *Line) take(x Level, goal session.GoalID) {
	if l.Ratings == 0 {
		l.First, l.Best = x, x
	}
	if x.Value > l.Best.Value {
		l.Best = x
	}
	l.Last = x
	l.Ratings++
	l.RestsOn = append(l.RestsOn, Place{x.SessionID, goal, l.Rater})
}

// Contained is how near the members' own goals are that a shared goal contains, by
// the word of their owners: a mean of what each said of a goal of their own, and
// nothing that anybody said of the shared one.
type Contained struct {
	Mean        *float64 // nil while it is not formed
	Rated, Of   int      // contained goals rated by their owners, of those that were goals on the day of somebody whose word is waited for
	Composition multilevel.Composition
	Reason      multilevel.Reason // why it is not formed
	RestsOn     []Place
}

// contained averages the contained goals, if all were rated by their owners. It does
// not wait for an owner who was erased or was not in the group that day.
func (e *evening) contained(x session.Goal) *Contained {
	c := &Contained{Composition: Composition}
	sum := 0.0
	for _, own := range e.group.Goals {
		if !slices.Contains(x.Contains, own.ID) || !own.Runs(e.HeldOn) {
			continue
		}
		owner := session.Rater{Kind: instrument.RaterMember, ID: string(own.Owner)}
		r := e.rating(own.ID, owner)
		rated := r != nil && r.Value != nil
		if !rated && !e.awaited(own.Owner) {
			continue
		}
		c.Of++
		c.RestsOn = append(c.RestsOn, Place{e.ID, own.ID, owner})
		if rated {
			c.Rated++
			sum += *r.Value
		}
	}
	switch {
	case c.Of == 0:
		c.Reason = NoneContained
	case c.Rated < c.Of:
		c.Reason = NotAllRated
	default:
		c.Mean = new(sum / float64(c.Of))
	}
	return c
}
