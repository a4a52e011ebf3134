package crossed

import "math/bits"

// vanished is the residual sum of squares, as a part of the total, at which a model
// is taken to reproduce every rating.
const vanished = 1e-12

// reproduced says whether some of the model's members and sessions (or groups), each
// free to be anything but fewer than the ratings, reproduce every rating: the
// residual sum of squares of least squares is zero to rounding. The likelihood then
// grows without limit as the residual variance falls to zero. Members and sessions
// that are together as many as the ratings always reproduce them, which says
// nothing.
func (s *Summary) reproduced(m Model) bool {
	switch {
	case !m.Group && !m.Member && !m.Session:
		return false
	case m.Member && m.Session && s.tight:
		return s.withoutRest(Model{Member: true}) || s.withoutRest(Model{Session: true})
	default:
		return s.withoutRest(m)
	}
}

// withoutRest says whether the model's members and sessions, or groups, leave nothing.
// It stops at the first groups that leave something.
func (s *Summary) withoutRest(m Model) bool {
	left, enough := 0.0, vanished*s.total
	for i := range s.pools {
		p := &s.pools[i]
		left += p.residual
		if !m.Member {
			left += p.member
		}
		if !m.Session {
			left += p.session
		}
	}
	if left > enough || len(s.incomplete) == 0 {
		return left <= enough
	}
	l := leastSquares{a: make([]float64, s.dense*s.dense), b: make([]float64, s.dense), inverse: make([]float64, s.dense)}
	for _, number := range s.incomplete {
		p := &s.patterns[number]
		for _, g := range s.order[p.from:p.to] {
			switch {
			case !s.shared && m.Member:
				left += s.ss[g]
			case !s.shared || !m.Member && !m.Session:
				left += s.within(int(g))
			default:
				left += l.residual(s, p, int(g), m)
			}
			if left > enough {
				return false
			}
		}
	}
	return true
}

// cyclic says whether a pattern, taken as a graph whose edges are ratings between
// members and sessions, has a cycle: members and sessions then have fewer free
// parameters than there are ratings.
func (p *pattern) cyclic(words []uint64) bool {
	if p.cells >= p.members+p.sessions {
		return true
	}
	dense, _ := p.sides()
	above := make([]int, dense)
	for i := range above {
		above[i] = i
	}
	top := func(i int) int {
		for above[i] != i {
			i = above[i]
		}
		return i
	}
	per, cycle := p.wordsPerUnit(), false
	for ; len(words) > 0; words = words[per:] {
		first := -1
		each(words[:per], func(i int) {
			root := top(i)
			switch {
			case first < 0:
				first = root
			case root == first:
				cycle = true
			default:
				above[root] = first
			}
		})
	}
	return cycle
}

// leastSquares fits fixed members and sessions to incomplete tables.
type leastSquares struct {
	a, b, inverse []float64
}

// residual returns the sum of squares that members, sessions or both leave of one
// group.
func (l *leastSquares) residual(s *Summary, p *pattern, group int, m Model) float64 {
	at := s.groups[group].at
	tD, tB := s.sums[at:at+int(p.members)], s.sums[at+int(p.members):at+int(p.members+p.sessions)]
	withD, withB := m.Member, m.Session
	if !p.membersDense() {
		tD, tB, withD, withB = tB, tD, withB, withD
	}
	k, per := len(tD), p.wordsPerUnit()
	a, b := l.a[:k*k], l.b[:k]
	clear(a)
	copy(b, tD)
	left := s.ss[group]
	// The normal equations of D with B eliminated: diag(n) - N diag(1/m) N'.
	for unit, t := range tB {
		words := s.words[p.at+unit*per : p.at+unit*per+per]
		count := 0
		for _, w := range words {
			count += bits.OnesCount64(w)
		}
		share := 1 / float64(count)
		if !withB {
			share, t = 0, 0
		}
		left -= t * t * share
		each(words, func(i int) {
			a[i*k+i]++
			b[i] -= t * share
			each(words, func(j int) { a[i*k+j] -= share })
		})
	}
	if withD {
		left -= l.explained(k)
	}
	return max(0, left)
}

// each calls f with every element of a set.
func each(set []uint64, f func(int)) {
	for i, w := range set {
		for ; w != 0; w &= w - 1 {
			f(i<<6 + bits.TrailingZeros64(w))
		}
	}
}

// explained returns b'x of a solution of a x = b, where a is positive semidefinite
// and b in its range: Cholesky, leaving out pivots that are zero to rounding.
func (l *leastSquares) explained(k int) float64 {
	const zero = 1e-10
	a, b := l.a[:k*k], l.b[:k]
	explained := 0.0
	for j := range k {
		full := a[j*k+j]
		row := a[j*k : j*k+j]
		pivot, right := full, b[j]
		for i, v := range row {
			pivot -= v * v * l.inverse[i]
			right -= v * b[i] * l.inverse[i]
		}
		// a = L D L', kept as L D in the lower triangle; b becomes L^-1 b.
		b[j], l.inverse[j] = right, 0
		if !(pivot > zero*max(1, full)) {
			continue
		}
		l.inverse[j] = 1 / pivot
		explained += right * right / pivot
		for r := j + 1; r < k; r++ {
			t := a[r*k+j]
			for i := range j {
				t -= a[r*k+i] * a[j*k+i] * l.inverse[i]
			}
			a[r*k+j] = t
		}
	}
	return explained
}
