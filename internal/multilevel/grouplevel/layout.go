package grouplevel

import "math"

// layout is how ratings lie over groups, members and sessions, with the sums of
// squares of complete tables: all that the tests need beside a likelihood. Rows
// have it, and so have totals.
type layout interface {
	extent() (ratings, groups int)
	scale() unit
	sizes() sizes
	// harmonic returns the harmonic means of how many members a session had and
	// how many ratings a member gave; of ratings without shared sessions, of how
	// many members a group has.
	harmonic(shared bool) (members, sessions float64)
	// sessionsOfSeveral counts the sessions of two ratings and more: one rating
	// alone shows nothing shared.
	sessionsOfSeveral() int
	// crossedLines returns the analysis of variance of complete tables of one
	// shape.
	crossedLines() (lines [4]stratum, sh shape, ok bool)
	// nestedLines returns that of equal units in equal groups.
	nestedLines(unit level) (lines [3]stratum, sh shape, ok bool)
	// spectrum returns what the exact test of one level needs, with another
	// taken out.
	spectrum(unit, out level) (sp spectrum, ok bool)
	// atEnds counts the ratings that are the lowest and the highest there is, where
	// single ratings are known.
	atEnds() (lowest, highest int, known bool)
}

// sizes describes the numbers of ratings per group and the means, in z.
type sizes struct {
	smallest, largest, single int
	mean, harmonic, n0        float64
	grand, ofMeans            float64
}

// sizing gathers groups for their description.
type sizing struct {
	sizes
	ratings, groups, inverse, squares float64
}

// add takes in so many groups of one size whose means are this on average.
func (s *sizing) add(groups float64, size int, mean float64) {
	n := float64(size)
	if s.groups == 0 {
		s.smallest = math.MaxInt
	}
	s.smallest, s.largest = min(s.smallest, size), max(s.largest, size)
	if size == 1 {
		s.single += int(groups)
	}
	s.groups += groups
	s.ratings += groups * n
	s.grand += groups * n * mean
	s.ofMeans += groups * mean
	s.inverse += groups / n
	s.squares += groups * n * n
}

// described returns the description.
func (s *sizing) described() sizes {
	out := s.sizes
	out.mean, out.harmonic = s.ratings/s.groups, s.groups/s.inverse
	out.grand, out.ofMeans = s.grand/s.ratings, s.ofMeans/s.groups
	spread := max(0, s.squares-s.ratings*out.mean)
	out.n0 = out.mean - spread/(s.ratings*(s.groups-1))
	return out
}

// extent counts the ratings and the groups.
func (x *index) extent() (ratings, groups int) { return x.ratings, len(x.blocks) }

// scale returns the unit of z.
func (x *index) scale() unit { return x.unit }

// sizes describes the groups.
func (x *index) sizes() sizes {
	var s sizing
	for i := range x.blocks {
		cells := x.blocks[i].cells
		var sum float64
		for _, c := range cells {
			sum += c.z
		}
		s.add(1, len(cells), sum/float64(len(cells)))
	}
	return s.described()
}

// harmonic returns the harmonic means of members and sessions.
func (x *index) harmonic(shared bool) (members, sessions float64) {
	var ofMembers, ofSessions mean
	for i := range x.blocks {
		b := &x.blocks[i]
		for _, n := range b.perMember() {
			ofSessions.add(1, n)
		}
		if !shared {
			ofMembers.add(1, len(b.members))
			continue
		}
		for _, n := range b.perSession() {
			ofMembers.add(1, n)
		}
	}
	return ofMembers.harmonic(), ofSessions.harmonic()
}

// sessionsOfSeveral counts the sessions of two ratings and more.
func (x *index) sessionsOfSeveral() int {
	several := 0
	for i := range x.blocks {
		for _, n := range x.blocks[i].perSession() {
			if n > 1 {
				several++
			}
		}
	}
	return several
}

// crossedLines returns the analysis of variance of complete tables of one shape.
func (x *index) crossedLines() (lines [4]stratum, sh shape, ok bool) {
	if sh, ok = x.crossedShape(); !ok {
		return lines, sh, false
	}
	return crossedStrata(x.grids(), sh), sh, true
}

// nestedLines returns that of equal units in equal groups.
func (x *index) nestedLines(unit level) (lines [3]stratum, sh shape, ok bool) {
	if sh, ok = x.nestedShape(unit); !ok {
		return lines, sh, false
	}
	return x.nestedStrata(unit, sh), sh, true
}
