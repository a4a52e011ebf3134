package crossed

import "math"

// matrix is a small symmetric matrix.
type matrix [components][components]float64

// program minimises 1/2 (x-x0)'H(x-x0) + g'(x-x0) over x >= 0 in n <= 4 unknowns,
// exactly: every set of zeros is tried, and the one that meets the conditions of
// Karush, Kuhn and Tucker is the answer. Where rounding leaves none, the feasible
// one with the smallest value is.
func program(h *matrix, g, x0 [components]float64, n int) (x [components]float64, ok bool) {
	best := math.Inf(1)
	for zeros := range 1 << n {
		candidate, solved := h.held(g, x0, n, zeros)
		if !solved {
			continue
		}
		value, dual := 0.0, true
		for i := range n {
			slope := 0.0
			for j := range n {
				slope += h[i][j] * (candidate[j] - x0[j])
			}
			value += (slope/2 + g[i]) * (candidate[i] - x0[i])
			dual = dual && (zeros>>i&1 == 0 || slope+g[i] >= 0)
		}
		if dual {
			return candidate, true
		}
		if value < best {
			x, best, ok = candidate, value, true
		}
	}
	return x, ok
}

// held minimises with the unknowns in zeros held at zero; solved is false where
// the rest has no solution or not one at or above zero.
func (a *matrix) held(g, x0 [components]float64, n, zeros int) (x [components]float64, solved bool) {
	var free [components]int
	count := 0
	for i := range n {
		if zeros>>i&1 == 0 {
			free[count] = i
			count++
		}
	}
	var sub matrix
	var b [components]float64
	for r, i := range free[:count] {
		b[r] = -g[i]
		for j := range n {
			if zeros>>j&1 == 1 {
				b[r] += a[i][j] * x0[j]
			}
		}
		for c, j := range free[:count] {
			sub[r][c] = a[i][j]
		}
	}
	if !sub.solve(&b, count) {
		return x, false
	}
	for r, i := range free[:count] {
		if x[i] = x0[i] + b[r]; x[i] < 0 || math.IsNaN(x[i]) {
			return x, false
		}
	}
	return x, true
}

// singular is the pivot, as a part of its diagonal element, below which unknowns
// cannot be told apart.
const singular = 1e-11

// solve replaces b by the solution of a x = b for a positive definite matrix of
// order n, after scaling to a unit diagonal; ok is false if it is not.
func (a *matrix) solve(b *[components]float64, n int) (ok bool) {
	var unit [components]float64
	for i := range n {
		if !(a[i][i] > 0) || math.IsInf(a[i][i], 0) {
			return false
		}
		unit[i] = 1 / math.Sqrt(a[i][i])
	}
	var l matrix
	for j := range n {
		d := 1.0
		for k := range j {
			d -= l[j][k] * l[j][k]
		}
		if !(d > singular) {
			return false
		}
		l[j][j] = math.Sqrt(d)
		for i := j + 1; i < n; i++ {
			t := a[i][j] * unit[i] * unit[j]
			for k := range j {
				t -= l[i][k] * l[j][k]
			}
			l[i][j] = t / l[j][j]
		}
	}
	for i := range n {
		b[i] *= unit[i]
		for k := range i {
			b[i] -= l[i][k] * b[k]
		}
		b[i] /= l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			b[i] -= l[k][i] * b[k]
		}
		b[i] /= l[i][i]
		if math.IsNaN(b[i]) || math.IsInf(b[i], 0) {
			return false
		}
	}
	for i := range n {
		b[i] *= unit[i]
	}
	return true
}
