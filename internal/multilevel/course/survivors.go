package course

import (
	"maps"
	"math"
	"slices"

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
	Lower      *float64 // of the .95 t interval; see SurvivorshipOf
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
// group that have any. Who leaves a group is compared with the same stayers as
// the others who leave it, so the variance of the mean difference has two parts:
// that between leavers, s²/L, and for every group that of the sample of those who
// stayed, n/(n-1) times the sum over stayers of the squares of
//
//	(1/L) sum over the group's leavers of (the stayer's rating - stayers' mean)/stayers
//
// in the leaver's last session, which is what one stayer moves the difference by. Of
// one stayer no variance is known, and s² stands for it. Degrees of freedom are
// Satterthwaite's.
func SurvivorshipOf(ratings []Rating, left func(group, member string) bool) Survivorship {
	var out Survivorship
	var differences []float64
	var shared []common
	for _, g := range arrange(ratings) {
		s, c := g.stayed(left)
		shared = append(shared, c)
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
		out.SE, out.Lower, out.Upper = interval(differences, shared)
	}
	return out
}

// common is what the leavers of one group share: those whom they are compared
// with.
type common struct {
	leavers float64         // who are compared
	moves   map[int]float64 // by stayer: sum over leavers of (rating - mean)/stayers
}

// add counts a leaver who is compared with these stayers' ratings.
func (c *common) add(stayers []int, values []float64) {
	c.leavers++
	m := mean(values)
	for i, who := range stayers {
		c.moves[who] += (values[i] - m) / float64(len(values))
	}
}

// variance returns n/(n-1) times the sum of squares of what each stayer moves,
// with its degrees of freedom; ok is false of one stayer.
func (c *common) variance() (v, df float64, ok bool) {
	n := float64(len(c.moves))
	if n < 2 {
		return 0, 0, false
	}
	for _, who := range slices.Sorted(maps.Keys(c.moves)) {
		v += c.moves[who] * c.moves[who]
	}
	return v * n / (n - 1), n - 1, true
}

// stayed separates one group's members.
func (g *group) stayed(left func(group, member string) bool) (Stayed, common) {
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
	stayers, values := make([][]int, len(g.sessions)), make([][]float64, len(g.sessions))
	for k, s := range g.sessions {
		for i, m := range s.member {
			if !gone[m] {
				stayers[k], values[k] = append(stayers[k], m), append(values[k], s.value[i])
			}
		}
		if v := values[k]; len(v) > 0 {
			out.Line = append(out.Line, Mean{Session: s.number, Ratings: len(v), Mean: mean(v)})
		}
	}
	shared := common{moves: map[int]float64{}}
	for m, name := range g.members {
		if !gone[m] {
			continue
		}
		s := &g.sessions[last[m]]
		value, _ := s.of(m)
		l := Leaver{Member: name, Session: s.number, Value: value, Stayers: meanOrNone(values[last[m]])}
		if l.Stayers != nil {
			l.Difference = finite(value - *l.Stayers)
			shared.add(stayers[last[m]], values[last[m]])
		}
		out.Left = append(out.Left, l)
	}
	return out, shared
}

// interval returns the standard error of the mean difference and its .95 t
// interval; nil where it cannot be written.
func interval(differences []float64, shared []common) (se, lower, upper *float64) {
	n := float64(len(differences))
	m := mean(differences)
	var squares float64
	for _, v := range differences {
		squares += (v - m) * (v - m)
	}
	own := squares / (n - 1)
	variance := own / n
	weight := variance * variance / (n - 1) // of Satterthwaite's degrees of freedom
	for _, c := range shared {
		if c.leavers == 0 {
			continue
		}
		part, df, ok := c.variance()
		if !ok {
			part, df = c.leavers*c.leavers*own, n-1
		}
		part /= n * n
		variance += part
		weight += part * part / df
	}
	deviation := math.Sqrt(variance)
	half := 0.0
	if variance > 0 {
		half = deviation * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: variance * variance / weight}.Quantile(0.975)
	}
	if half-half != 0 || m-m != 0 {
		return nil, nil, nil
	}
	return &deviation, new(m - half), new(m + half)
}
