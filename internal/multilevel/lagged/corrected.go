package lagged

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/clustered"
)

// square is a matrix of the two measures: [0] is X, [1] is Y. As a transition,
// [i][j] is the slope of the next i on j.
type square [2][2]float64

// times returns the matrix product.
func (a square) times(b square) square {
	var out square
	for i := range 2 {
		for j := range 2 {
			out[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j]
		}
	}
	return out
}

// turned returns the transpose.
func (a square) turned() square { return square{{a[0][0], a[1][0]}, {a[0][1], a[1][1]}} }

// plus returns a + f b.
func (a square) plus(f float64, b square) square {
	for i := range 2 {
		for j := range 2 {
			a[i][j] += f * b[i][j]
		}
	}
	return a
}

// inverse returns the inverse; ok is false where there is none.
func (a square) inverse() (out square, ok bool) {
	d := a[0][0]*a[1][1] - a[0][1]*a[1][0]
	if !(math.Abs(d) > 1e-300) {
		return out, false
	}
	return square{{a[1][1] / d, -a[0][1] / d}, {-a[1][0] / d, a[0][0] / d}}, true
}

// mostRadius is the largest modulus of an eigenvalue of a course that settles.
const mostRadius = 0.98

// settles tells whether a transition is stationary.
func (a square) settles() bool {
	trace, d := a[0][0]+a[1][1], a[0][0]*a[1][1]-a[0][1]*a[1][0]
	if root := trace*trace/4 - d; root < 0 {
		return d < mostRadius*mostRadius
	} else if !(root >= 0) {
		return false
	}
	return math.Abs(trace/2)+math.Sqrt(trace*trace/4-d) < mostRadius
}

// apart are sums of the elements of the matrices that take members' means or
// lines out, by how many sessions lie between the earlier sessions of their row
// and column: elements on the diagonal under 0, those below it under 1 and up.
type apart []float64

// apartOf sums over the pairs of every member. The pairs stand by member.
func apartOf(pairs []pair, trend bool) apart {
	var out apart
	for first := 0; first < len(pairs); {
		last := first
		for last < len(pairs) && pairs[last].member == pairs[first].member {
			last++
		}
		out = out.with(pairs[first:last], trend)
		first = last
	}
	return out
}

// with adds the pairs of one member.
func (c apart) with(pairs []pair, trend bool) apart {
	n := len(pairs)
	time := make([]float64, n)
	for i := range pairs {
		time[i] = pairs[i].after.Time
	}
	bent := trend && varies(time)
	var tt float64
	for _, t := range time {
		tt += t * t
	}
	for i := range n {
		for j := range i + 1 {
			q := -1 / float64(n)
			if bent {
				q -= time[i] * time[j] / tt
			}
			if i == j {
				q++
			}
			lag := pairs[i].before.Order - pairs[j].before.Order
			if lag > mostApart {
				continue // what a course that settles has long forgotten
			}
			for len(c) <= lag {
				c = append(c, 0)
			}
			c[lag] += q
		}
	}
	return c
}

// mostApart bounds how many sessions back a course is followed.
const mostApart = 400

// bias returns by how much, in the limit of many members, the slopes of a
// first-order course of two measures are missed when members' means or lines are
// taken out: Nickell's bias for two measures and any pattern of sessions. With
// transition A, innovations of covariance W and Γ = AΓA' + W,
//
//	bias' = S⁻¹ D,  S = c_0 Γ + Σ_h c_h (A^h Γ + Γ A'^h),  D = Σ_h c_h A^(h-1) W
//
// where S and D are the expected products of the earlier session with itself and
// with the innovation of the later one. ok is false where A does not settle.
func (c apart) bias(a, w square) (out square, ok bool) {
	if !a.settles() || len(c) < 2 {
		return out, false
	}
	gamma := w
	power := a
	for range 60 { // Γ = Σ A^k W A'^k by doubling
		next := gamma.plus(1, power.times(gamma).times(power.turned()))
		power = power.times(power)
		if next == gamma {
			break
		}
		gamma = next
	}
	var s, d square
	s = s.plus(c[0], gamma)
	step := square{{1, 0}, {0, 1}}
	for h := 1; h < len(c); h++ {
		d = d.plus(c[h], step.times(w))
		step = step.times(a)
		ag := step.times(gamma)
		s = s.plus(c[h], ag.plus(1, ag.turned()))
	}
	inverse, ok := s.inverse()
	return inverse.times(d).turned(), ok
}

// correct returns the transition that would give, on average, the slopes that
// were found; ok is false where the search leads nowhere.
func (c apart) correct(found, w square) (a square, ok bool) {
	a = found
	for range 200 {
		if !a.settles() { // begin or go on nearer to no course at all
			a = square{}.plus(0.5, a)
			continue
		}
		b, ok := c.bias(a, w)
		if !ok {
			return a, false
		}
		next := found.plus(-1, b)
		moved := 0.0
		for i := range 2 {
			for j := range 2 {
				moved = max(moved, math.Abs(next[i][j]-a[i][j]))
			}
		}
		if !(moved > 1e-11) {
			return a, true
		}
		a = a.plus(0.8, next.plus(-1, a))
	}
	return a, false
}

// slopes returns J⁻¹, where J holds by how much the slopes found move with those
// that are true: rows and columns in the order [0][0], [0][1], [1][0], [1][1].
func (c apart) slopes(a, w square) (*mat.Dense, bool) {
	const h = 1e-5
	j := mat.NewDense(4, 4, nil)
	for k := range 4 {
		up, down := a, a
		up[k/2][k%2] += h
		down[k/2][k%2] -= h
		bu, okU := c.bias(up, w)
		bd, okD := c.bias(down, w)
		if !okU || !okD {
			return nil, false
		}
		for i := range 4 {
			v := (bu[i/2][i%2] - bd[i/2][i%2]) / (2 * h)
			if i == k {
				v++
			}
			j.Set(i, k, v)
		}
	}
	var out mat.Dense
	if out.Inverse(j) != nil {
		return nil, false
	}
	return &out, true
}

// straightened gives both arrows the slopes of the adjusted models with their
// bias taken out. The standard error is that of CR2, carried through the
// correction by its slopes: the influence of every cluster on all four slopes
// together. The classical one grows by the same factor.
func (r *Result) straightened(forward, backward *columns, units [2]float64, trend bool) {
	arrows := [2]*Arrow{&r.Backward, &r.Forward} // by what follows: X, Y
	found, w := r.found(forward, backward, units)
	c := apartOf(forward.pairs, trend)
	a, ok := c.correct(found, w)
	if !ok {
		return
	}
	inverse, ok := c.slopes(a, w)
	if !ok {
		return
	}
	for next, arrow := range arrows {
		m := &arrow.Adjusted
		if m.Standard.ClusterSE == nil || m.Before.Estimate == nil {
			continue
		}
		from := 1 - next
		k := 2*next + from
		factor := *m.Standard.Estimate / found[next][from] // to standard deviations
		if !(factor > 0) {
			continue
		}
		sum := 0.0
		influence := map[int]float64{}
		for of, model := range []*columns{backward, forward} {
			before, own := model.influence[0], model.influence[1]
			for _, name := range sortedNames(own) {
				influence[name] += inverse.At(k, 2*of+of)*own[name] + inverse.At(k, 2*of+1-of)*before[name]
			}
		}
		for _, name := range sortedNames(influence) {
			sum += influence[name] * influence[name]
		}
		if se := math.Sqrt(sum) * factor; se > 0 {
			arrow.Bias = finite((found[next][from] - a[next][from]) * factor)
			estimate := a[next][from] * factor
			classical := *m.Standard.SE * se / *m.Standard.ClusterSE
			p := 2 * distuv.StudentsT{Sigma: 1, Nu: float64(m.DF)}.CDF(-math.Abs(estimate/classical))
			arrow.Corrected = clustered.Coefficient{Estimate: &estimate, SE: &classical, P: &p}.Judged(se, *m.Standard.ClusterDF)
		}
	}
}

// found returns the slopes and the innovations' covariance, in units in which no
// value is larger than one.
func (r *Result) found(forward, backward *columns, units [2]float64) (a, w square) {
	f, b := &r.Forward.Adjusted, &r.Backward.Adjusted
	cross := units[1] / units[0]
	a = square{{*b.Own.Estimate, *b.Before.Estimate * cross}, {*f.Before.Estimate / cross, *f.Own.Estimate}}
	ex, ey := backward.residuals, forward.residuals
	return a, square{{squares(ex), products(ex, ey)}, {products(ex, ey), squares(ey)}}
}

// sortedNames returns the clusters in order, so that sums come out the same.
func sortedNames(of map[int]float64) []int {
	out := make([]int, 0, len(of))
	for name := range of {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
