package crossed

import "slices"

// layout is who was rated when, without the ratings. Data sets simulated from a
// summary share it.
type layout struct {
	shared                     bool // members share sessions
	ratings, members, sessions int
	count                      int     // of groups
	groups                     []place // ascending by code; nil where only totals are known
	units                      []int32
	words                      []uint64
	patterns                   []pattern
	shapes                     []shape
	order                      []int32 // groups, those of one pattern together
	incomplete                 []int32 // patterns that are no complete table
	units1                     int     // length of sums
	dense, long                int     // longest sides of an incomplete pattern
	tight                      bool    // members and sessions, free, are as many parameters as ratings
	work                       float64 // rough number of multiplications of one evaluation
}

// place says where a group's numbers stand.
type place struct {
	code, pattern int32
	at            int // into units and sums
}

// shape is a complete table of members by sessions, or of members by ratings each.
type shape struct {
	members, sessions int
	pattern           int32
	count             int
}

// Summary is what remains of a table: the layout, and per group a mean, sums per
// member and per session and one sum of squares. It is safe for use by several
// goroutines.
type Summary struct {
	*layout
	scale  scale
	centre float64   // mean of all ratings, in z
	total  float64   // sum of squares about it
	mean   []float64 // of groups
	ss     []float64 // as counted
	sums   []float64 // as batch
	pools  []pool    // by shape
	pooled bool      // simulated or of totals: groups with complete tables are known by their pool only
}

// pool holds the strata of all groups of one shape.
type pool struct {
	mean                             float64 // of group means
	group, member, session, residual float64 // sums of squares
}

// gatherer joins batches into a summary.
type gatherer struct {
	layout
	data    Summary
	byHash  map[uint64]int32
	pooling *pooling // of complete tables; nil where each group is kept
}

// newGatherer returns an empty one.
func newGatherer(shared bool) *gatherer {
	return &gatherer{layout: layout{shared: shared}, byHash: make(map[uint64]int32)}
}

// reserve makes room for so many groups.
func (g *gatherer) reserve(groups int) {
	g.groups = make([]place, 0, groups)
	g.data.mean, g.data.ss = make([]float64, 0, groups), make([]float64, 0, groups)
}

// take appends a batch, whose memory it may keep.
func (g *gatherer) take(b *batch) {
	words, at := b.words, len(g.data.sums)
	switch {
	case g.pooling != nil: // nothing is predicted, so nobody asks whose the sums are
		g.data.sums = append(g.data.sums, b.sums...)
	case at == 0:
		// The first batch, often the only one, gives its memory.
		g.units, g.data.sums = b.units, b.sums
	default:
		g.units = append(g.units, b.units...)
		g.data.sums = append(g.data.sums, b.sums...)
	}
	for _, c := range b.groups {
		p := pattern{members: c.members, sessions: c.sessions, cells: c.cells, shape: -1, next: -1, shared: g.shared}
		n := p.words()
		g.groups = append(g.groups, place{code: c.code, pattern: g.number(p, words[:n]), at: at})
		g.data.mean, g.data.ss = append(g.data.mean, c.mean), append(g.data.ss, c.ss)
		words, at = words[n:], at+int(c.members+c.sessions)
		g.ratings += int(c.cells)
		g.members += int(c.members)
		g.sessions += int(c.sessions)
	}
}

// number returns the number of a pattern, a new one if it was not met before.
func (g *gatherer) number(p pattern, words []uint64) int32 {
	if n := len(g.groups); n > 0 && g.same(g.groups[n-1].pattern, &p, words) {
		return g.groups[n-1].pattern
	}
	h := p.hash(words)
	first, met := g.byHash[h]
	for i := first; met && i >= 0; i = g.patterns[i].next {
		if g.same(i, &p, words) {
			return i
		}
	}
	if met {
		p.next = first
	}
	p.at = len(g.words)
	g.words = append(g.words, words...)
	number := int32(len(g.patterns)) //nolint:gosec // fewer than ratings
	if p.complete(words) {
		p.shape = int32(len(g.shapes)) //nolint:gosec // likewise
		s := shape{members: int(p.members), sessions: int(p.sessions), pattern: number}
		if !g.shared {
			s.sessions = int(words[0]) //nolint:gosec // likewise
		}
		g.shapes = append(g.shapes, s)
	}
	g.patterns = append(g.patterns, p)
	g.byHash[h] = number
	return number
}

// same says whether a pattern known by its number is this one.
func (g *gatherer) same(number int32, p *pattern, words []uint64) bool {
	q := &g.patterns[number]
	return q.members == p.members && q.sessions == p.sessions && slices.Equal(g.words[q.at:q.at+len(words)], words)
}

// finish sorts the groups by code, orders them by pattern and pools the complete ones.
func (g *gatherer) finish(sc scale) (*Summary, error) {
	if g.ratings == 0 {
		return nil, NoData
	}
	if err := g.sort(); err != nil {
		return nil, err
	}
	g.count, g.units1 = len(g.groups), len(g.data.sums)
	g.arrange()
	s := &g.data
	if g.pooling != nil {
		g.pooling.into(&g.layout, s)
	}
	g.sortShapes()
	l := g.layout
	s.layout, s.scale = &l, sc
	s.settle()
	return s, nil
}

// sort brings the groups into the order of their codes.
func (g *gatherer) sort() error {
	ascending := func(a, b place) int { return int(a.code) - int(b.code) }
	if !slices.IsSortedFunc(g.groups, ascending) {
		by := make([]int32, len(g.groups))
		for i := range by {
			by[i] = int32(i)
		}
		slices.SortFunc(by, func(a, b int32) int { return ascending(g.groups[a], g.groups[b]) })
		groups, mean, ss := make([]place, len(by)), make([]float64, len(by)), make([]float64, len(by))
		for to, from := range by {
			groups[to], mean[to], ss[to] = g.groups[from], g.data.mean[from], g.data.ss[from]
		}
		g.groups, g.data.mean, g.data.ss = groups, mean, ss
	}
	for i := 1; i < len(g.groups); i++ {
		if g.groups[i].code == g.groups[i-1].code {
			return DuplicateGroup
		}
	}
	return nil
}

// arrange puts groups of one pattern together and lists the incomplete patterns.
func (g *gatherer) arrange() {
	for _, p := range g.groups {
		g.patterns[p.pattern].to++
	}
	from := int32(0)
	g.tight = g.shared
	for i := range g.patterns {
		p := &g.patterns[i]
		g.tight = g.tight && !p.cyclic(g.words[p.at:p.at+p.words()])
		count := p.to
		p.from, p.to, from = from, from, from+count
		if p.shape >= 0 {
			g.shapes[p.shape].count = int(count)
			continue
		}
		g.incomplete = append(g.incomplete, int32(i))
		if !g.shared {
			g.work += float64(p.members) * float64(1+count)
			continue
		}
		dense, long := p.sides()
		g.dense, g.long = max(g.dense, dense), max(g.long, long)
		k := float64(dense)
		g.work += 3*k*k*k + 2*k*float64(p.cells) + float64(count)*(k*k+4*float64(p.cells))
	}
	g.order = make([]int32, len(g.groups))
	for i, place := range g.groups {
		p := &g.patterns[place.pattern]
		g.order[p.to] = int32(i)
		p.to++
	}
}

// sortShapes puts the shapes into an order that does not depend on which group
// came first, so that the same ratings under other names give the same draws.
func (g *gatherer) sortShapes() {
	slices.SortFunc(g.shapes, byShape)
	for i, sh := range g.shapes {
		if sh.pattern >= 0 {
			g.patterns[sh.pattern].shape = int32(i)
		}
	}
}

// settle computes the pools, unless they were drawn, and from them and the
// incomplete groups the mean of all ratings and their sum of squares about it.
func (s *Summary) settle() {
	if !s.pooled {
		s.pools = make([]pool, len(s.shapes))
		for i := range s.shapes {
			s.pools[i] = s.poolOf(&s.shapes[i])
		}
	}
	s.centre, s.total = 0, 0
	for i := range s.shapes {
		s.centre += s.shapes[i].ratings() * s.pools[i].mean
	}
	for _, number := range s.incomplete {
		p := &s.patterns[number]
		for _, g := range s.order[p.from:p.to] {
			s.centre += float64(p.cells) * s.mean[g]
		}
	}
	s.centre /= float64(s.ratings)
	for i := range s.shapes {
		p := &s.pools[i]
		d := p.mean - s.centre
		s.total += s.shapes[i].ratings()*d*d + p.group + p.member + p.session + p.residual
	}
	for _, number := range s.incomplete {
		p := &s.patterns[number]
		for _, g := range s.order[p.from:p.to] {
			d := s.mean[g] - s.centre
			s.total += float64(p.cells)*d*d + s.within(int(g))
		}
	}
}

// ratings returns how many all groups of the shape have.
func (sh *shape) ratings() float64 {
	return float64(sh.members) * float64(sh.sessions) * float64(sh.count)
}

// within returns the sum of squares of a group about its mean.
func (s *Summary) within(group int) float64 {
	place := s.groups[group]
	p := &s.patterns[place.pattern]
	ss := s.ss[group]
	if !s.shared {
		for m, n := range s.words[p.at : p.at+int(p.members)] {
			t := s.sums[place.at+m]
			ss += t * t / float64(n)
		}
	}
	return ss
}

// poolOf adds up the strata of a shape's groups.
func (s *Summary) poolOf(sh *shape) pool {
	var to pool
	p := &s.patterns[sh.pattern]
	groups := s.order[p.from:p.to]
	for _, g := range groups {
		to.mean += s.mean[g]
	}
	to.mean /= float64(len(groups))
	drift := 0.0
	m, r := float64(sh.members), float64(sh.sessions)
	for _, g := range groups {
		d := s.mean[g] - to.mean
		to.group += d * d
		drift += d
		at := s.groups[g].at
		member := squares(s.sums[at:at+sh.members]) / r
		to.member += member
		if !s.shared {
			to.residual += s.ss[g]
			continue
		}
		session := squares(s.sums[at+sh.members:at+sh.members+sh.sessions]) / m
		to.session += session
		to.residual += max(0, s.ss[g]-member-session)
	}
	to.group = m * r * max(0, to.group-drift*drift/float64(len(groups)))
	return to
}

// squares returns the sum of squares.
func squares(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// Counts says how much went in.
type Counts struct {
	Ratings, Groups, Members int
	Sessions                 int // 0 where members share none
	CompleteGroups           int // every member rated in every session, or every member equally often
}

// Counts says how much went in.
func (s *Summary) Counts() Counts {
	c := Counts{Ratings: s.ratings, Groups: s.count, Members: s.members, Sessions: s.sessions}
	for _, sh := range s.shapes {
		c.CompleteGroups += sh.count
	}
	return c
}
