package linear

import "math"

// choleskyOf replaces a symmetric matrix by its lower factor; ok is false where
// it is not positive definite, up to rounding.
func choleskyOf(a []float64, n int) (ok bool) {
	const rounding = 1e-13
	for j := range n {
		row := a[j*n : j*n+j+1]
		whole := row[j]
		d := whole
		for k := range j {
			d -= row[k] * row[k]
		}
		if !(d > rounding*whole) || math.IsInf(d, 0) {
			return false
		}
		d = math.Sqrt(d)
		row[j] = d
		for i := j + 1; i < n; i++ {
			below := a[i*n : i*n+j+1]
			s := below[j]
			for k := range j {
				s -= below[k] * row[k]
			}
			below[j] = s / d
		}
	}
	return true
}

// logDet returns the log-determinant of the matrix with this factor.
func logDet(l []float64, n int) float64 {
	var s float64
	for i := range n {
		s += 2 * math.Log(l[i*n+i])
	}
	return s
}

// inverseOf returns the inverse of the matrix with this factor.
func inverseOf(l []float64, n int) []float64 {
	// The rows of t are the columns of l^-1: t[c] solves l z = e_c.
	t := make([]float64, n*n)
	for c := range n {
		z := t[c*n : (c+1)*n]
		z[c] = 1 / l[c*n+c]
		for i := c + 1; i < n; i++ {
			var s float64
			for k := c; k < i; k++ {
				s += l[i*n+k] * z[k]
			}
			z[i] = -s / l[i*n+i]
		}
	}
	out := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			var s float64
			for k := i; k < n; k++ {
				s += t[i*n+k] * t[j*n+k]
			}
			out[i*n+j], out[j*n+i] = s, s
		}
	}
	return out
}

// apply returns A z for a matrix of n by n and a table z of n by width.
func apply(a, z []float64, n, width int) []float64 {
	out := make([]float64, n*width)
	for i := range n {
		to := out[i*width : (i+1)*width]
		for k := range n {
			f := a[i*n+k]
			for c, v := range z[k*width : (k+1)*width] {
				to[c] += f * v
			}
		}
	}
	return out
}

// gram returns A'B for two tables of n by width.
func gram(a, b []float64, n, width int) []float64 {
	out := make([]float64, width*width)
	for k := range n {
		for i := range width {
			f := a[k*width+i]
			for j := range width {
				out[i*width+j] += f * b[k*width+j]
			}
		}
	}
	return out
}

// traceOf returns tr(A B) for two matrices of n by n.
func traceOf(a, b []float64, n int) float64 {
	var s float64
	for i := range n {
		for k := range n {
			s += a[i*n+k] * b[k*n+i]
		}
	}
	return s
}

// dot returns the sum of products.
func dot(a, b []float64) float64 {
	var s float64
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// solve returns (A + damping diag A)^-1 b for a positive definite A of n by n.
func solve(a []float64, n int, damping float64, b []float64) ([]float64, bool) {
	// Scaled to a unit diagonal, so that parameters of different units are
	// judged alike.
	scale := make([]float64, n)
	l := make([]float64, n*n)
	for i := range n {
		if !(a[i*n+i] > 0) {
			return nil, false
		}
		scale[i] = 1 / math.Sqrt(a[i*n+i])
	}
	for i := range n {
		for j := range n {
			l[i*n+j] = a[i*n+j] * scale[i] * scale[j]
		}
		l[i*n+i] += damping
	}
	if !choleskyOf(l, n) {
		return nil, false
	}
	x := make([]float64, n)
	for i := range n {
		s := b[i] * scale[i]
		for k := range i {
			s -= l[i*n+k] * x[k]
		}
		x[i] = s / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= l[k*n+i] * x[k]
		}
		x[i] /= l[i*n+i]
	}
	for i := range x {
		x[i] *= scale[i]
	}
	return x, true
}
