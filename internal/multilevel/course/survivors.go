package course

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Survivorship sets the line of those who stayed beside the last ratings of
// those who left: when the dissatisfied go, a group's line rises though nobody
// has changed.
type Survivorship struct {
	Groups     []Stayed
	Leavers    int
	Difference *float64 // mean of last rating minus the stayers' mean of that session
	SE         *float64
	Lower      *float64 // of the .95 t interval, leavers taken as independent
	Upper      *float64
	Reason     Reason // why there is no difference, or no interval
}

// Stayed is one group's line of those who stayed, and who left.
type Stayed struct {
	Group   string
	Members int // who stayed
	Line    []Mean
	Left    []Leaver
}

// Mean is a mean in one session.
type Mean struct {
	Session, Ratings int
	Mean             float64
}

// Leaver is a member who left, with the last rating.
type Leaver struct {
	Member     string
	Session    int
	Value      float64
	Stayers    *float64 // mean of those who stayed in that session; nil if none of them rated
	Difference *float64
}

// SurvivorshipOf separates who stayed from who left. Who left is said by left;
// where that is nil, it is who has no rating in the last two sessions of the
// group that have any.
func SurvivorshipOf(ratings []Rating, left func(group, member string) bool) Survivorship {
	var out Survivorship
	var differences []float64
	for _, g := range arrange(ratings) {
		s := g.stayed(left)
		for _, l := range s.Left {
			out.Leavers++
			if l.Difference != nil {
				differences = append(differences, *l.Difference)
			}
		}
		out.Groups = append(out.Groups, s)
	}
	switch n := len(differences); {
	case n == 0:
		out.Reason = NobodyLeft
		if out.Leavers > 0 {
			out.Reason = NobodyInBoth
		}
	case n < fewestEvents:
		out.Difference, out.Reason = meanOrNone(differences), TooFewEvents
	default:
		out.Difference = meanOrNone(differences)
		out.SE, out.Lower, out.Upper = interval(differences)
	}
	return out
}

// stayed separates one group's members.
func (g *group) stayed(left func(group, member string) bool) Stayed {
	_, last, _ := g.stays()
	gone := make([]bool, len(g.members))
	out := Stayed{Group: g.key}
	for m, name := range g.members {
		if left != nil {
			gone[m] = left(g.key, name)
		} else {
			gone[m] = last[m] < len(g.sessions)-2
		}
		if !gone[m] {
			out.Members++
		}
	}
	line := make([]*float64, len(g.sessions))
	for k, s := range g.sessions {
		var values []float64
		for i, m := range s.member {
			if !gone[m] {
				values = append(values, s.value[i])
			}
		}
		if len(values) > 0 {
			out.Line = append(out.Line, Mean{Session: s.number, Ratings: len(values), Mean: mean(values)})
			line[k] = new(mean(values))
		}
	}
	for m, name := range g.members {
		if !gone[m] {
			continue
		}
		s := &g.sessions[last[m]]
		value, _ := s.of(m)
		l := Leaver{Member: name, Session: s.number, Value: value, Stayers: line[last[m]]}
		if l.Stayers != nil {
			l.Difference = finite(value - *l.Stayers)
		}
		out.Left = append(out.Left, l)
	}
	return out
}

// interval returns the standard error of the mean and its .95 t interval; nil
// where it cannot be written.
func interval(values []float64) (se, lower, upper *float64) {
	n := float64(len(values))
	m := mean(values)
	var squares float64
	for _, v := range values {
		squares += (v - m) * (v - m)
	}
	deviation := math.Sqrt(squares / (n - 1) / n)
	half := deviation * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	if half-half != 0 || m-m != 0 {
		return nil, nil, nil
	}
	return &deviation, new(m - half), new(m + half)
}
