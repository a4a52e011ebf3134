package grouplevel

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/rootfind"
)

// spectrum is all that the exact test of one crossed level needs: the
// differences between its units (say sessions) with the other level (members)
// taken out, in independent coordinates t with variances e + weight S, and the
// residual sum of squares. It holds for any pattern of empty cells (Wald 1947;
// Seely and El-Bassiouni 1983): members and groups are taken out as if they were
// fixed, so that nothing need be assumed of them.
type spectrum struct {
	weight, square []float64 // of each coordinate: its weight and t^2
	ss, sse        float64
	df, dfe        float64
}

// most is the largest number of units of a group whose coordinates are
// computed; the work grows with its cube.
const most = 500

// spectrum returns the spectrum of the units of a level with another level
// taken out, members or sessions or, where units lie in groups alone, group; ok
// is false where a group has too many units.
func (x *index) spectrum(unit, out level) (sp spectrum, ok bool) {
	for i := range x.blocks {
		if !sp.add(&x.blocks[i], unit, out) {
			return spectrum{}, false
		}
	}
	sp.tidy(x.ratings)
	return sp, true
}

// tidy sets to zero what rounding alone can have left of so many ratings.
func (sp *spectrum) tidy(ratings int) {
	// The residual is what is left of a difference, with the rounding of that.
	if sp.sse <= 0x1p-40*sp.ss || sp.sse <= dust(ratings) {
		sp.sse = 0
	}
	sp.ss = clean(sp.ss, ratings)
}

// add takes in one group. With other the level that is taken out, n_u and n_o the
// ratings of units and others and N their incidence, C = diag(n_u) - N diag(1/n_o)
// N' and q the sums over units of the ratings less the mean of their other. The
// eigenvectors v of C give t = v'q/sqrt(weight).
func (sp *spectrum) add(b *block, unit, other level) bool {
	sizes, others := b.perUnit(unit), b.perUnit(other)
	k := len(sizes)
	if k > most {
		return false
	}
	means := make([]float64, len(others))
	for _, c := range b.cells {
		means[c.unit(other)] += c.z / float64(others[c.unit(other)])
	}
	q := make([]float64, k)
	var within float64
	for _, c := range b.cells {
		d := c.z - means[c.unit(other)]
		q[c.unit(unit)] += d
		within += sq(d)
	}
	if other != group && len(b.cells) == k*len(others) {
		sp.complete(q, len(others))
	} else {
		sp.incomplete(b, unit, other, sizes, others, q)
	}
	sp.sse += within
	sp.dfe += float64(len(b.cells) - len(others))
	return true
}

// complete adds a complete table, all of whose weights are the number of others.
// Helmert's contrasts of the units are its coordinates.
func (sp *spectrum) complete(q []float64, others int) {
	w := float64(others)
	var mean float64
	for i := 1; i < len(q); i++ {
		mean += (q[i-1] - mean) / float64(i)
		t := (q[i] - mean) * math.Sqrt(float64(i)/float64(i+1))
		sp.coordinate(w, t/math.Sqrt(w))
	}
}

// incomplete adds a table with empty cells.
func (sp *spectrum) incomplete(b *block, unit, other level, sizes, others []int, q []float64) {
	k := len(sizes)
	c := mat.NewSymDense(k, nil)
	for i, n := range sizes {
		c.SetSym(i, i, float64(n))
	}
	// A unit and another level's unit may have several ratings in common, as
	// members and their group have.
	common := make([]map[int]float64, len(others))
	for _, cell := range b.cells {
		o := cell.unit(other)
		if common[o] == nil {
			common[o] = map[int]float64{}
		}
		common[o][cell.unit(unit)]++
	}
	for o, ratings := range common {
		units := slices.Sorted(maps.Keys(ratings))
		for i, u := range units {
			for _, v := range units[i:] {
				c.SetSym(u, v, c.At(u, v)-ratings[u]*ratings[v]/float64(others[o]))
			}
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(c, true) {
		return
	}
	var vectors mat.Dense
	eig.VectorsTo(&vectors)
	const none = 1e-9 // a connected table has no weight as small but zero
	for j, w := range eig.Values(nil) {
		if w <= none {
			continue
		}
		var t float64
		for i := range q {
			t += vectors.At(i, j) * q[i]
		}
		sp.coordinate(w, t/math.Sqrt(w))
	}
}

// coordinate adds one coordinate and takes its square out of the residual's.
func (sp *spectrum) coordinate(weight, t float64) {
	sp.weight, sp.square = append(sp.weight, weight), append(sp.square, sq(t))
	sp.ss += sq(t)
	sp.sse -= sq(t)
	sp.df++
	sp.dfe--
}

// f returns the exact F statistic of no variance at all and its p; ok is false
// without degrees of freedom or residual.
func (sp *spectrum) f() (f, p float64, ok bool) {
	if sp.df <= 0 || sp.dfe <= 0 || sp.sse <= 0 {
		return 0, 0, false
	}
	f = sp.ss / sp.df / (sp.sse / sp.dfe)
	return f, fdist.Upper(f, sp.df, sp.dfe), finite(f)
}

// h returns sum t^2/(1 + l weight) / (df MSe), which at the true ratio l = S/e
// has the F distribution and falls in l.
func (sp *spectrum) h(l float64) float64 {
	var sum float64
	for i, w := range sp.weight {
		sum += sp.square[i] / (1 + l*w)
	}
	return sum / sp.df / (sp.sse / sp.dfe)
}

// interval returns Wald's exact interval of S/(S+e), whose limits may be
// negative, and whether one is cut off at the least share possible.
func (sp *spectrum) interval(level float64) (lower, upper float64, cut, ok bool) {
	if _, _, ok := sp.f(); !ok {
		return 0, 0, false, false
	}
	lower, cutL, okL := sp.limit((1 + level) / 2)
	upper, cutU, okU := sp.limit((1 - level) / 2)
	return lower, upper, cutL || cutU, okL && okU
}

// limit solves h(l) = the p quantile of F and returns l/(1+l). Ratios below
// -1/weight do not exist, nor are shares below -1 of any meaning.
func (sp *spectrum) limit(p float64) (share float64, cut, ok bool) {
	target := fdist.Quantile(p, sp.df, sp.dfe)
	if !(target > 0) || !finite(target) {
		return 0, false, false
	}
	largest := 2.0
	for _, w := range sp.weight {
		largest = max(largest, w)
	}
	gap := func(l float64) float64 { return 1/target - 1/sp.h(l) }
	least := -1 / (largest - 1)
	lo := -1 / largest * (1 - 0x1p-40)
	if sp.ss <= 0 || gap(lo) <= 0 {
		return least, true, true
	}
	hi := 1.0
	for range 200 {
		if gap(hi) <= 0 {
			l := rootfind.Brent(gap, lo, gap(lo), hi, gap(hi))
			return l / (1 + l), false, true
		}
		lo, hi = hi, 4*hi
	}
	return 0, false, false
}
