package course

import "gonum.org/v1/gonum/mat"

// Line is a group's mean over its sessions, split into what members rated and
// who of them came.
type Line struct {
	Group  string
	Points []Point
}

// Point is one session of a group's line. With the additive model
// y = m_i + s_t fitted by least squares to all ratings of the group, Adjusted is
// the mean that all of its members would have given in this session,
// mean(m) + s_t, and Composition is what is left, Mean - Adjusted: it is above
// zero when those came who rate high always.
type Point struct {
	Session     int
	Ratings     int
	Mean        float64
	Adjusted    *float64 // nil where sessions are not linked by members who were in several
	Composition *float64
	Change      *Change // against the session before; nil for the first
	Reason      Reason  // why Adjusted is nil
}

// Change splits the step from the session before: Mean = Within + Composition.
type Change struct {
	Mean        float64  // of the plain means
	Within      *float64 // of the adjusted means: what members changed
	Composition *float64 // what only the change of people made
	Stayers     *float64 // mean change of those who rated in both sessions; nil if there are none
	InBoth      int      // how many those are
}

// WhoCame returns the lines of all groups, corrected for who came.
func WhoCame(ratings []Rating) []Line {
	var out []Line
	for _, g := range arrange(ratings) {
		out = append(out, g.line())
	}
	return out
}

// line returns one group's line.
func (g *group) line() Line {
	out := Line{Group: g.key}
	adjusted := g.adjusted()
	for k := range g.sessions {
		s := &g.sessions[k]
		p := Point{Session: s.number, Ratings: len(s.value), Mean: mean(s.value)}
		if adjusted == nil {
			p.Reason = NotConnected
		} else {
			p.Adjusted, p.Composition = finite(adjusted[k]), finite(p.Mean-adjusted[k])
		}
		if k > 0 {
			before := &out.Points[k-1]
			p.Change = change(&g.sessions[k-1], s, before, &p)
		}
		out.Points = append(out.Points, p)
	}
	return out
}

// change splits the step between two sessions.
func change(was, is *sitting, before, here *Point) *Change {
	c := &Change{Mean: here.Mean - before.Mean}
	if here.Adjusted != nil && before.Adjusted != nil {
		c.Within = new(*here.Adjusted - *before.Adjusted)
		c.Composition = new(*here.Composition - *before.Composition)
	}
	steps := steps(was, is)
	c.InBoth = len(steps)
	if len(steps) > 0 {
		c.Stayers = new(mean(steps))
	}
	return c
}

// steps returns the changes of those who rated in both sessions.
func steps(was, is *sitting) []float64 {
	var out []float64
	for i, m := range is.member {
		if v, ok := was.of(m); ok {
			out = append(out, is.value[i]-v)
		}
	}
	return out
}

// adjusted returns mean(m) + s_t for every session by least squares, nil where
// the sessions are not all linked. Members are eliminated first: the normal
// equations of the sessions are
//
//	(n_t [t=u] - sum_i a_it a_iu/n_i) s = sum_i a_it (y_it - ybar_i)
//
// which has the constants as its null space; adding 1 to every entry makes the
// solution the one with sum s = 0. Cost is cubic in the number of sessions.
func (g *group) adjusted() []float64 {
	sessions := len(g.sessions)
	if sessions == 0 || !g.linked() {
		return nil
	}
	origin := g.sessions[0].value[0]
	count, sum := make([]float64, len(g.members)), make([]float64, len(g.members))
	where := make([][]int, len(g.members))
	for k, s := range g.sessions {
		for i, m := range s.member {
			count[m]++
			sum[m] += s.value[i] - origin
			where[m] = append(where[m], k)
		}
	}
	normal, right := mat.NewSymDense(sessions, nil), mat.NewVecDense(sessions, nil)
	for t := range sessions {
		for u := t; u < sessions; u++ {
			normal.SetSym(t, u, 1)
		}
	}
	for k, s := range g.sessions {
		normal.SetSym(k, k, normal.At(k, k)+float64(len(s.member)))
		for i, m := range s.member {
			right.SetVec(k, right.AtVec(k)+s.value[i]-origin-sum[m]/count[m])
		}
	}
	for m, places := range where {
		for i, t := range places {
			for _, u := range places[i:] {
				normal.SetSym(t, u, normal.At(t, u)-1/count[m])
			}
		}
	}
	var factor mat.Cholesky
	solution := mat.NewVecDense(sessions, nil)
	if !factor.Factorize(normal) || factor.SolveVecTo(solution, right) != nil {
		return nil
	}
	level := 0.0 // mean over members of m_i = ybar_i - mean of their s
	for m, places := range where {
		var s float64
		for _, k := range places {
			s += solution.AtVec(k)
		}
		level += (sum[m] - s) / count[m] / float64(len(where))
	}
	out := make([]float64, sessions)
	for k := range out {
		out[k] = origin + level + solution.AtVec(k)
	}
	return out
}

// linked tells whether members who rated in several sessions link them all.
func (g *group) linked() bool {
	reached := make([]bool, len(g.members))
	done := make([]bool, len(g.sessions))
	queue := []int{0}
	done[0] = true
	for len(queue) > 0 {
		k := queue[0]
		queue = queue[1:]
		for _, m := range g.sessions[k].member {
			if reached[m] {
				continue
			}
			reached[m] = true
			for other := range g.sessions {
				if _, ok := g.sessions[other].of(m); ok && !done[other] {
					done[other] = true
					queue = append(queue, other)
				}
			}
		}
	}
	for _, d := range done {
		if !d {
			return false
		}
	}
	return true
}
