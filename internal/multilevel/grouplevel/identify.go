package grouplevel

import (
	"math"
	"slices"
)

// level is one source of variance.
type level int

// The levels, from above.
const (
	therapist level = iota
	group
	member
	session
	residual
	depth // how many there are
)

// String returns the name that reports use.
func (l level) String() string {
	return [...]string{"therapist", "group", "member", "session", "residual"}[l]
}

// model says which levels a model has. The residual is always there.
type model [depth]bool

// without returns the model with one level less.
func (m model) without(l level) model {
	m[l] = false
	return m
}

// pairs counts which kinds of pairs of ratings a layout has; every covariance
// of the model belongs to one kind. Ratings of different groups are not counted.
type pairs struct {
	sameMember  float64 // of one member in two sessions
	sameSession float64 // of two members in one session
	sameGroup   float64 // of two members in two sessions of one group
	groups      int
}

// pairsOf counts the pairs.
func pairsOf(x *index) pairs {
	p := pairs{groups: len(x.blocks)}
	two := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	for _, b := range x.blocks {
		perMember, perSession := b.perMember(), b.perSession()
		all := two(len(b.cells))
		var m, s float64
		for _, n := range perMember {
			m += two(n)
		}
		for _, n := range perSession {
			s += two(n)
		}
		p.sameMember += m
		p.sameSession += s
		p.sameGroup += all - m - s
	}
	return p
}

// perMember counts the ratings of each member.
func (b *block) perMember() []int {
	n := make([]int, len(b.members))
	for _, c := range b.cells {
		n[c.member]++
	}
	return n
}

// perSession counts the ratings of each session.
func (b *block) perSession() []int {
	n := make([]int, len(b.sessions))
	for _, c := range b.cells {
		n[c.session]++
	}
	return n
}

// separable returns the levels whose variances these pairs can tell apart.
// The covariance of two ratings is G when they share the group only, G+M or G+S
// when they share the member or the session too, and G+M+S+e of a rating with
// itself; a variance can be estimated exactly when it is a combination of the
// covariances that occur, that is, when its unit vector lies in their row space.
// With the mean to be estimated this stays so for two groups and more; with one
// group, G cannot be told from the mean and the others are as if G were known
// up to it, so that the same row space decides and G is left out.
func (p pairs) separable(m model) model {
	rows := [][4]float64{{1, 1, 1, 1}}
	if p.sameMember > 0 {
		rows = append(rows, [4]float64{1, 1, 0, 0})
	}
	if p.sameSession > 0 {
		rows = append(rows, [4]float64{1, 0, 1, 0})
	}
	if p.sameGroup > 0 {
		rows = append(rows, [4]float64{1, 0, 0, 0})
	}
	levels := [4]level{group, member, session, residual}
	for i := range rows {
		for k, l := range levels {
			if !m[l] {
				rows[i][k] = 0
			}
		}
	}
	rank := rankOf(rows)
	for k, l := range levels {
		var unit [4]float64
		unit[k] = 1
		m[l] = m[l] && rankOf(append(slices.Clip(rows), unit)) == rank
	}
	if p.groups < 2 {
		m[group] = false
	}
	return m
}

// rankOf returns the rank of a few rows of small whole numbers, by elimination.
func rankOf(rows [][4]float64) int {
	work := append([][4]float64(nil), rows...)
	rank := 0
	for col := 0; col < 4 && rank < len(work); col++ {
		best := rank
		for i := rank; i < len(work); i++ {
			if math.Abs(work[i][col]) > math.Abs(work[best][col]) {
				best = i
			}
		}
		if math.Abs(work[best][col]) < 1e-9 {
			continue
		}
		work[rank], work[best] = work[best], work[rank]
		for i := rank + 1; i < len(work); i++ {
			f := work[i][col] / work[rank][col]
			for k := col; k < 4; k++ {
				work[i][k] -= f * work[rank][k]
			}
		}
		rank++
	}
	return rank
}
