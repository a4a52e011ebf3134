package mixed

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
)

// layout orders the columns of Z by connected blocks: V is block diagonal, as
// ratings that share no unit, directly or through others, do not covary. Blocks
// with the same Z'Z share one class, and its factorisation.
type layout struct {
	place   []int // of each column of Z in the order of the layout
	classes []*class
	tx      []float64 // Z'Q, a row of p for every column of Z
	// heaviest is the largest diagonal element of Z'Z of each term.
	heaviest []float64
}

// class is what blocks of the same pattern have in common.
type class struct {
	q        int // columns
	lead     int // leading columns whose Z'Z is diagonal, eliminated first; of the first segment
	segments []segment
	a        []float64 // Z'Z, q x q
	touch    [][]int   // columns that a leading column shares ratings with
	blocks   []int     // first place of each block
}

// segment is the run of a block's columns that belong to one term.
type segment struct{ term, from, to int }

// widest is the number of columns that one connected block may have.
const widest = 3000

// layOut finds the blocks and their classes.
func (m *Model) layOut() (layout, error) {
	columns := 0
	for _, t := range m.terms {
		columns += t.units * t.q
	}
	l := layout{place: make([]int, columns), heaviest: make([]float64, len(m.terms))}
	rootOf := m.connect()
	number := make(map[int]int)
	var units [][][2]int // of each block: term and unit
	for k, t := range m.terms {
		for u := range t.units {
			root := rootOf[k][u]
			b, ok := number[root]
			if !ok {
				b = len(units)
				number[root] = b
				units = append(units, nil)
			}
			units[b] = append(units[b], [2]int{k, u})
		}
	}
	rows := m.rowsOf(rootOf, number, len(units))
	known := make(map[[sha256.Size]byte]int)
	next := 0
	for b, list := range units {
		c, err := m.block(list, rows[b], &l, next)
		if err != nil {
			return l, err
		}
		key := c.key()
		at, ok := known[key]
		if !ok {
			at = len(l.classes)
			known[key] = at
			l.classes = append(l.classes, c)
		}
		l.classes[at].blocks = append(l.classes[at].blocks, next)
		next += c.q
		for _, s := range c.segments {
			for i := s.from; i < s.to; i++ {
				l.heaviest[s.term] = math.Max(l.heaviest[s.term], c.a[i*c.q+i])
			}
		}
	}
	l.tx = make([]float64, columns*m.p)
	for j, q := range m.design.q {
		for c, v := range l.project(m, q) {
			l.tx[c*m.p+j] = v
		}
	}
	return l, nil
}

// broad tells whether a block is so wide that one factorisation costs as much as
// a whole fit elsewhere.
func (l *layout) broad() bool {
	const columns = 400
	return slices.ContainsFunc(l.classes, func(c *class) bool { return c.q > columns })
}

// connect returns a representative of the block of every unit of every term.
func (m *Model) connect() [][]int {
	var parent []int
	rootOf := make([][]int, len(m.terms))
	for k, t := range m.terms {
		rootOf[k] = make([]int, t.units)
		for u := range t.units {
			rootOf[k][u] = len(parent)
			parent = append(parent, len(parent))
		}
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i := range m.n {
		first := -1
		for k := range m.terms {
			t := &m.data.Terms[k]
			for _, u := range t.unit[t.start[i]:t.start[i+1]] {
				root := find(rootOf[k][u])
				if first < 0 {
					first = root
				}
				parent[root] = first
			}
		}
	}
	for k := range rootOf {
		for u := range rootOf[k] {
			rootOf[k][u] = find(rootOf[k][u])
		}
	}
	return rootOf
}

// rowsOf lists the ratings of each block.
func (m *Model) rowsOf(rootOf [][]int, number map[int]int, blocks int) [][]int {
	rows := make([][]int, blocks)
	for i := range m.n {
		for k := range m.terms {
			t := &m.data.Terms[k]
			if t.start[i] < t.start[i+1] {
				b := number[rootOf[k][t.unit[t.start[i]]]]
				rows[b] = append(rows[b], i)
				break
			}
		}
	}
	return rows
}

// block places the columns of one block and returns its pattern. The term with
// most columns among those whose units never share a rating leads.
func (m *Model) block(units [][2]int, rows []int, l *layout, base int) (*class, error) {
	c := &class{}
	lead := m.leader(units)
	slices.SortStableFunc(units, func(x, y [2]int) int {
		return btoi(x[0] != lead) - btoi(y[0] != lead)
	})
	for _, tu := range units {
		t := &m.terms[tu[0]]
		if s := len(c.segments); s == 0 || c.segments[s-1].term != tu[0] {
			c.segments = append(c.segments, segment{tu[0], c.q, c.q})
		}
		for a := range t.q {
			l.place[t.first+tu[1]*t.q+a] = base + c.q + a
		}
		c.q += t.q
		c.segments[len(c.segments)-1].to = c.q
	}
	if c.q > widest {
		var names []string
		for _, s := range c.segments {
			names = append(names, m.terms[s.term].name)
		}
		return nil, &Refusal{Reason: TooLarge, Names: names}
	}
	if lead >= 0 {
		c.lead = c.segments[0].to
	}
	m.fill(c, rows, l.place, base)
	return c, nil
}

// fill computes the pattern of a block from its ratings.
func (m *Model) fill(c *class, rows, place []int, base int) {
	c.a = make([]float64, c.q*c.q)
	var at []int
	var w []float64
	for _, i := range rows {
		at, w = m.row(i, place, at[:0], w[:0])
		for x, cx := range at {
			for y, cy := range at {
				c.a[(cx-base)*c.q+cy-base] += float64(w[x] * w[y])
			}
		}
	}
	c.touch = make([][]int, c.lead)
	for d := range c.lead {
		for f := c.lead; f < c.q; f++ {
			if c.a[f*c.q+d] != 0 {
				c.touch[d] = append(c.touch[d], f)
			}
		}
	}
}

// leader returns the term to eliminate first in a block, or -1: a random
// intercept of which every rating has one unit at most.
func (m *Model) leader(units [][2]int) int {
	count := make([]int, len(m.terms))
	for _, tu := range units {
		count[tu[0]]++
	}
	lead := -1
	for k := range m.terms {
		if m.terms[k].q == 1 && m.data.Terms[k].single() && count[k] > 1 && (lead < 0 || count[k] > count[lead]) {
			lead = k
		}
	}
	return lead
}

// single tells whether every rating belongs to one unit at most.
func (t Term) single() bool {
	for i := 1; i < len(t.start); i++ {
		if t.start[i]-t.start[i-1] > 1 {
			return false
		}
	}
	return true
}

// row appends the places and values of one row of Z.
func (m *Model) row(i int, place, at []int, w []float64) ([]int, []float64) {
	for k := range m.terms {
		t, d := &m.terms[k], &m.data.Terms[k]
		for s := d.start[i]; s < d.start[i+1]; s++ {
			c := t.first + d.unit[s]*t.q
			at, w = append(at, place[c]), append(w, d.weight[s])
			for a, z := range t.z {
				at, w = append(at, place[c+a+1]), append(w, float64(d.weight[s]*z[i]))
			}
		}
	}
	return at, w
}

// project returns Z'v in the order of the layout.
func (l *layout) project(m *Model, v []float64) []float64 {
	out := make([]float64, len(l.place))
	var at []int
	var w []float64
	for i := range m.n {
		at, w = m.row(i, l.place, at[:0], w[:0])
		for x, c := range at {
			out[c] += float64(w[x] * v[i])
		}
	}
	return out
}

// key says the pattern as the hash of its terms and its Z'Z.
func (c *class) key() [sha256.Size]byte {
	b := make([]byte, 0, 8*(2*len(c.segments)+len(c.a)))
	for _, s := range c.segments {
		b = binary.LittleEndian.AppendUint64(b, uint64(max(0, s.term)))
		b = binary.LittleEndian.AppendUint64(b, uint64(max(0, s.to)))
	}
	for _, v := range c.a {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return sha256.Sum256(b)
}

// btoi returns 1 for true.
func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
