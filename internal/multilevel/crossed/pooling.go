package crossed

import (
	"cmp"
	"math"
	"slices"
)

// pooling adds up the strata of complete tables that arrive one after the other.
type pooling struct {
	shapes []shape // by members, then sessions
	pools  []pool  // beside shapes
}

// pooled adds a batch of one complete table to the pool of its shape, and tells whether
// it did.
func (g *gatherer) pooled(b *batch) bool {
	c := &b.groups[0]
	if g.pooling == nil || int64(c.cells) != int64(c.members)*int64(c.sessions) {
		return false
	}
	g.ratings += int(c.cells)
	g.members += int(c.members)
	g.sessions += int(c.sessions)
	g.pooling.add(c, b.sums)
	return true
}

// add adds one complete table with its sums per member and per session. The mean of
// group means and the sum of squares about it are brought up to date (Welford 1962).
func (p *pooling) add(c *counted, sums []float64) {
	sh := shape{members: int(c.members), sessions: int(c.sessions), pattern: -1}
	at, known := slices.BinarySearchFunc(p.shapes, sh, byShape)
	if !known {
		p.shapes, p.pools = slices.Insert(p.shapes, at, sh), slices.Insert(p.pools, at, pool{})
	}
	n, to := &p.shapes[at].count, &p.pools[at]
	m, r := float64(sh.members), float64(sh.sessions)
	member, session := squares(sums[:sh.members])/r, squares(sums[sh.members:])/m
	to.member += member
	to.session += session
	to.residual += max(0, c.ss-member-session)
	*n++
	d := c.mean - to.mean
	to.mean += d / float64(*n)
	to.group += m * r * d * (c.mean - to.mean)
}

// rescale multiplies what was added up by 2^exp.
func (p *pooling) rescale(exp int) {
	for i := range p.pools {
		x := &p.pools[i]
		x.mean = math.Ldexp(x.mean, exp)
		for _, ss := range []*float64{&x.group, &x.member, &x.session, &x.residual} {
			*ss = math.Ldexp(*ss, 2*exp)
		}
	}
}

// into puts the shapes into a layout and the pools into a summary, which have none.
func (p *pooling) into(l *layout, s *Summary) {
	l.shapes, s.pools, s.pooled = p.shapes, p.pools, true
	for i := range l.shapes {
		sh := &l.shapes[i]
		l.count += sh.count
		l.tight = l.tight && min(sh.members, sh.sessions) == 1
	}
}

// byShape orders shapes.
func byShape(a, b shape) int {
	return cmp.Or(cmp.Compare(a.members, b.members), cmp.Compare(a.sessions, b.sessions))
}
