package crossed

import (
	"math/bits"
	"slices"
)

// batch holds groups one after the other as they were counted.
type batch struct {
	groups []counted
	units  []int32   // codes of each group's members, then of its sessions, ascending
	sums   []float64 // beside units: sum of the unit's ratings as deviations from the group's mean
	words  []uint64  // presence, as pattern describes it
}

// counted is one group of a batch.
type counted struct {
	code              int32
	members, sessions int32
	cells             int32 // ratings
	mean              float64
	ss                float64 // of deviations: from the group's mean if members share sessions, else from the member's
}

// tally counts groups into a batch with scratch memory of its own.
type tally struct {
	batch
	shared  bool // members share sessions
	scale   scale
	member  recoder
	session recoder
	mi, si  []int32
	z       []float64 // the group's ratings as distances
}

// recoder replaces the codes of one group's units by 0, 1, … in ascending order.
type recoder struct {
	table  []int32 // by code - lowest
	sorted []int32
}

// recode writes the places of codes into to and returns the codes themselves.
func (r *recoder) recode(codes, to []int32) []int32 {
	if rising(codes, to) {
		return codes
	}
	lo, hi := codes[0], codes[0]
	for _, c := range codes {
		lo, hi = min(lo, c), max(hi, c)
	}
	r.sorted = r.sorted[:0]
	if width := int64(hi) - int64(lo) + 1; width > int64(4*len(codes)+64) {
		r.sorted = append(r.sorted, codes...)
		slices.Sort(r.sorted)
		r.sorted = slices.Compact(r.sorted)
		for i, c := range codes {
			at, _ := slices.BinarySearch(r.sorted, c)
			to[i] = int32(at) //nolint:gosec // fewer than the codes
		}
		return r.sorted
	}
	width := int(hi-lo) + 1
	r.table = slices.Grow(r.table[:0], width)[:width]
	clear(r.table)
	for _, c := range codes {
		r.table[c-lo] = 1
	}
	next := int32(0)
	for i, seen := range r.table {
		if seen != 0 {
			r.sorted = append(r.sorted, lo+int32(i))
			r.table[i] = next
			next++
		}
	}
	for i, c := range codes {
		to[i] = r.table[c-lo]
	}
	return r.sorted
}

// rising says whether every code is above the one before, and writes their
// places into to as far as they are.
func rising(codes, to []int32) bool {
	for i, c := range codes {
		if i > 0 && c <= codes[i-1] {
			return false
		}
		to[i] = int32(i)
	}
	return true
}

// distances writes the ratings as distances.
func (t *tally) distances(y []float64) []float64 {
	t.z = slices.Grow(t.z[:0], len(y))[:len(y)]
	for i, v := range y {
		t.z[i] = t.scale.distance(v)
	}
	return t.z
}

// add counts one group. Sums of squares are taken in two passes, about the mean.
func (t *tally) add(code int32, member, session []int32, y []float64) error {
	n := len(y)
	t.mi = slices.Grow(t.mi[:0], n)[:n]
	memberCodes := t.member.recode(member, t.mi)
	t.units = append(t.units, memberCodes...)
	g := counted{code: code, members: int32(len(memberCodes)), cells: int32(n)} //nolint:gosec // TooManyRatings is refused before
	z := t.distances(y)
	g.mean = sum(z) / float64(n)
	var err error
	if t.shared {
		t.si = slices.Grow(t.si[:0], n)[:n]
		sessionCodes := t.session.recode(session, t.si)
		t.units = append(t.units, sessionCodes...)
		g.sessions = int32(len(sessionCodes)) //nolint:gosec // likewise
		err = t.addShared(&g, z)
	} else {
		t.addOwn(&g, z)
	}
	t.groups = append(t.groups, g)
	return err
}

// addShared counts a group whose members share sessions.
func (t *tally) addShared(g *counted, z []float64) error {
	units := int(g.members + g.sessions)
	t.sums = extend(t.sums, units)
	sums := t.sums[len(t.sums)-units:]
	members, sessions := sums[:g.members], sums[g.members:]
	dense, long := t.mi, t.si
	shape := pattern{members: g.members, sessions: g.sessions, shared: true}
	if !shape.membersDense() {
		dense, long = t.si, t.mi
	}
	size, perUnit := shape.words(), shape.wordsPerUnit()
	t.words = extend(t.words, size)
	words := t.words[len(t.words)-size:]
	ss, drift := 0.0, 0.0
	for i, v := range z {
		v -= g.mean
		members[t.mi[i]] += v
		sessions[t.si[i]] += v
		ss += v * v
		drift += v
		at, bit := int(long[i])*perUnit+int(dense[i]>>6), uint64(1)<<(dense[i]&63)
		if words[at]&bit != 0 {
			return DuplicateCell
		}
		words[at] |= bit
	}
	g.ss = max(0, ss-drift*drift/float64(len(z)))
	return nil
}

// addOwn counts a group whose members have ratings of their own.
func (t *tally) addOwn(g *counted, z []float64) {
	units := int(g.members)
	t.sums, t.words = extend(t.sums, units), extend(t.words, units)
	sums, counts := t.sums[len(t.sums)-units:], t.words[len(t.words)-units:]
	for i, v := range z {
		sums[t.mi[i]] += v - g.mean
		counts[t.mi[i]]++
	}
	if units == len(z) {
		return // one rating each, which leaves nothing
	}
	for i, v := range z {
		m := t.mi[i]
		d := v - g.mean - sums[m]/float64(counts[m])
		g.ss += d * d
	}
}

// extend appends n zeros.
func extend[E any](s []E, n int) []E {
	s = slices.Grow(s, n)
	at := len(s)
	s = s[:at+n]
	clear(s[at:])
	return s
}

// pattern says which cells of a group's table were rated. Groups with the same
// pattern share every factorisation. With shared sessions its words are, for each
// unit of the longer side, a set of units of the shorter (dense) side; without,
// they are the numbers of ratings of the members.
type pattern struct {
	members, sessions int32
	cells             int32
	shape             int32 // of a complete table, else -1
	at                int   // into the layout's words
	next              int32 // another pattern of the same hash, else -1
	from, to          int32 // its groups, in the layout's order
	shared            bool
}

// membersDense says whether members are the shorter side.
func (p *pattern) membersDense() bool { return p.members <= p.sessions }

// sides returns the lengths of the dense and of the long side.
func (p *pattern) sides() (dense, long int) {
	return int(min(p.members, p.sessions)), int(max(p.members, p.sessions))
}

// wordsPerUnit returns the words per unit of the long side.
func (p *pattern) wordsPerUnit() int {
	dense, _ := p.sides()
	return (dense + 63) / 64
}

// words returns the number of words of the pattern.
func (p *pattern) words() int {
	if !p.shared {
		return int(p.members)
	}
	_, long := p.sides()
	return long * p.wordsPerUnit()
}

// complete says whether every cell was rated, or every member equally often.
func (p *pattern) complete(words []uint64) bool {
	if p.shared {
		return int64(p.cells) == int64(p.members)*int64(p.sessions)
	}
	for _, n := range words {
		if n != words[0] {
			return false
		}
	}
	return true
}

// hash mixes the pattern into 64 bits.
func (p *pattern) hash(words []uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(p.members)<<32 | uint64(p.sessions) //nolint:gosec // counts
	for _, w := range words {
		h = bits.RotateLeft64((h^w)*odd, 29)
	}
	return h * odd
}
