package multilevel

import (
	"cmp"
	"slices"
)

// strata is all that the one-way analyses need of a table: sizes, means and
// the sum of squares within, in units of z.
type strata struct {
	keys    []string // of single groups, with their sizes, means and classes: nil of totals
	sizes   []int
	means   []float64
	classOf []int
	classes []class // groups of one size, sizes ascending
	groups  int
	ratings int
	grand   float64 // mean of all ratings
	between float64 // SSB
	within  float64 // SSW
	scale   scale
}

// class pools the groups of one size: every formula of the one-way model needs
// only their number, the mean of their means and the sum of squares about it,
// so that its cost grows with the number of distinct sizes.
type class struct {
	size, count, mean, ss float64
	within                float64 // sum of squares within these groups
}

// epsilon is the distance from 1 to the next float64.
const epsilon = 0x1p-52

// stratify reduces a table. Sums of squares are taken in two passes about the
// mean with the correction for its rounding (Chan, Golub and LeVeque 1983).
func stratify(t table) strata {
	s := strata{keys: t.keys, sizes: make([]int, len(t.keys)), means: make([]float64, len(t.keys)), groups: len(t.keys), ratings: len(t.z), scale: t.scale}
	inside := make([]float64, len(t.keys))
	for i := range t.keys {
		z := t.z[t.starts[i]:t.starts[i+1]]
		mean, ss := meanSquares(z)
		s.sizes[i], s.means[i], inside[i] = len(z), mean, ss
		s.within += ss
	}
	s.betweenSquares()
	s.dropDust(t.span)
	s.pool(inside)
	return s
}

// meanSquares returns the mean and the sum of squares about it. Values all
// equal give exactly that value and exactly zero.
func meanSquares(z []float64) (mean, ss float64) {
	first, sum, same := z[0], 0.0, true
	for _, v := range z {
		sum += v
		if v != first {
			same = false
		}
	}
	if same {
		return first, 0
	}
	n := float64(len(z))
	mean = sum / n
	var rest, squares float64
	for _, v := range z {
		dev := v - mean
		rest += dev
		squares += float64(dev * dev)
	}
	return mean + rest/n, max(0, squares-float64(rest*rest)/n)
}

// betweenSquares sets the grand mean and SSB = sum n (mean - grand)^2.
func (s *strata) betweenSquares() {
	n := float64(s.ratings)
	var sum float64
	for i, m := range s.means {
		sum += float64(float64(s.sizes[i]) * m)
	}
	s.grand = sum / n
	var rest, squares float64
	for i, m := range s.means {
		dev := m - s.grand
		part := float64(float64(s.sizes[i]) * dev)
		rest += part
		squares += float64(part * dev)
	}
	s.grand += rest / n
	s.between = max(0, squares-float64(rest*rest)/n)
}

// dropDust sets to exactly zero what rounding alone leaves: distances of no more
// than a few units in the last place of the spread, between group means or
// within groups. Otherwise equal means would report an F of 1e-32 and a
// reliability of -1e32, and members who agree on a mean that was added up in
// another order an F of 1e32.
func (s *strata) dropDust(span float64) {
	floor := 4 * epsilon * span
	dust := float64(s.ratings) * floor * floor
	if s.between <= dust {
		s.between = 0
		for i := range s.means {
			s.means[i] = s.grand
		}
	}
	if s.within <= dust {
		s.within = 0
		s.levelMeans(floor)
	}
}

// levelMeans makes means equal that follow each other by no more than floor.
func (s *strata) levelMeans(floor float64) {
	order := make([]int, len(s.means))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.means[a], s.means[b]) })
	for k := 1; k < len(order); k++ {
		if before, here := s.means[order[k-1]], &s.means[order[k]]; *here-before <= floor {
			*here = before
		}
	}
}

// pool fills the classes, given the sum of squares inside each group.
func (s *strata) pool(inside []float64) {
	distinct := slices.Clone(s.sizes)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	s.classes = make([]class, len(distinct))
	s.classOf = make([]int, len(s.sizes))
	for i, n := range s.sizes {
		k, _ := slices.BinarySearch(distinct, n)
		s.classOf[i] = k
		c := &s.classes[k]
		c.size = float64(n)
		c.count++
		c.mean += s.means[i]
		if s.within > 0 {
			c.within += inside[i]
		}
	}
	for k := range s.classes {
		s.classes[k].mean /= s.classes[k].count
	}
	rest := make([]float64, len(s.classes))
	for i, k := range s.classOf {
		dev := s.means[i] - s.classes[k].mean
		rest[k] += dev
		s.classes[k].ss += float64(dev * dev)
	}
	if s.between == 0 {
		s.level()
		return
	}
	for k := range s.classes {
		c := &s.classes[k]
		c.mean += rest[k] / c.count
		c.ss = max(0, c.ss-float64(rest[k]*rest[k])/c.count)
	}
}

// level makes the classes alike where no group differs from another.
func (s *strata) level() {
	for k := range s.classes {
		s.classes[k].mean, s.classes[k].ss = s.grand, 0
	}
}

// largest returns the size of the largest group.
func (s *strata) largest() float64 { return s.classes[len(s.classes)-1].size }

// n0 returns (N - sum n^2/N)/(J-1), the size that makes the ANOVA estimate of
// the group variance unbiased, written as kbar - sum (n-kbar)^2/(N(J-1)) so that
// equal sizes give that size exactly. It needs two groups.
func (s *strata) n0() float64 {
	n, j := float64(s.ratings), float64(s.groups)
	mean := n / j
	var ss float64
	for _, c := range s.classes {
		dev := c.size - mean
		ss += float64(c.count * float64(dev*dev))
	}
	return mean - ss/(n*(j-1))
}

// harmonic returns the harmonic mean of the sizes.
func (s *strata) harmonic() float64 {
	var sum float64
	for _, c := range s.classes {
		sum += c.count / c.size
	}
	return float64(s.groups) / sum
}

// meanOfMeans returns the unweighted mean of the group means.
func (s *strata) meanOfMeans() float64 {
	var sum float64
	for _, c := range s.classes {
		sum += float64(c.count * c.mean)
	}
	return sum / float64(s.groups)
}
