package mixed

import "math"

// design is the matrix of fixed effects as orthonormal columns.
type design struct {
	q        [][]float64 // orthonormal, of length n
	back     []float64   // p x p: coefficients of the given columns from those of q
	logdet   float64     // log|X'X| of the given columns
	constant int         // number of the column that is constant, or -1
	value    float64     // of that column
}

// orthonormal makes the design: columns are freed of their first value where
// there is a constant one, brought to comparable size by a power of two, and
// orthogonalised one after the other, twice, by modified Gram-Schmidt. Columns
// that the ones before them determine are refused by name.
func orthonormal(x []Column, n int) (design, error) {
	p := len(x)
	d := design{back: make([]float64, p*p), constant: -1}
	for j := range x {
		if v := x[j].Values; v[0] != 0 && allEqual(v) {
			d.constant, d.value = j, v[0]
			break
		}
	}
	shift, exp := make([]float64, p), make([]int, p)
	upper := make([]float64, p*p) // R of the QR factorisation
	var redundant []string
	for j := range x {
		v := make([]float64, n)
		if d.constant >= 0 && j != d.constant {
			shift[j] = x[j].Values[0]
		}
		exp[j] = unitSize(v, x[j].Values, shift[j])
		const dependent = 1e-10
		before := math.Sqrt(dot(v, v))
		for range 2 {
			for i, q := range d.q {
				c := dot(q, v)
				upper[i*p+j] += c
				axpy(-c, q, v)
			}
		}
		norm := math.Sqrt(dot(v, v))
		if norm <= dependent*before {
			redundant = append(redundant, x[j].Name)
			continue
		}
		for i := range v {
			v[i] /= norm
		}
		if len(redundant) == 0 {
			upper[j*p+j] = norm
			d.logdet += 2 * (math.Log(norm) + float64(exp[j])*math.Ln2)
		}
		d.q = append(d.q, v)
	}
	if redundant != nil {
		return d, &Refusal{Reason: RedundantColumns, Names: redundant}
	}
	d.invert(upper, shift, exp)
	return d, nil
}

// invert sets back: the inverse of the triangular factor, then the scales, then
// the shifts, which go to the constant column.
func (d *design) invert(upper, shift []float64, exp []int) {
	p := len(shift)
	for j := range p {
		for i := j; i >= 0; i-- {
			sum := 0.0
			if i == j {
				sum = 1
			}
			for k := i + 1; k <= j; k++ {
				sum -= float64(upper[i*p+k] * d.back[k*p+j])
			}
			d.back[i*p+j] = sum / upper[i*p+i]
		}
	}
	for i := range p {
		for j := range p {
			d.back[i*p+j] = math.Ldexp(d.back[i*p+j], -exp[i])
		}
	}
	if d.constant < 0 {
		return
	}
	for i := range p {
		if shift[i] == 0 {
			continue
		}
		for j := range p {
			d.back[d.constant*p+j] -= float64(shift[i] / d.value * d.back[i*p+j])
		}
	}
}

// unitSize sets dst to (v - shift) 2^-exp with its largest size in [1, 2), and
// returns exp.
func unitSize(dst, v []float64, shift float64) int {
	largest := 0.0
	for i := range v {
		dst[i] = v[i] - shift
		largest = math.Max(largest, math.Abs(dst[i]))
	}
	if largest == 0 {
		return 0
	}
	exp := math.Ilogb(largest)
	for i := range dst {
		dst[i] = math.Ldexp(dst[i], -exp)
	}
	return exp
}

// standardise prepares a term: its slopes are shifted to mean zero and brought
// to comparable size by a power of two, so that the fit does not depend on
// their units, and back says how to return: with z = (x - c) 2^-e the intercept
// is u0 - sum c 2^-e u and the slope 2^-e u.
func standardise(t *Term, first int) term {
	q, n := t.size(), len(t.start)-1
	out := term{name: t.name, units: len(t.units), q: q, first: first, back: make([]float64, q*q), count: make([]int, len(t.units))}
	out.back[0] = 1
	for a, s := range t.slopes {
		base := s.Values[0]
		var rest float64
		for _, v := range s.Values {
			rest += (v - base) / float64(n)
		}
		center := base + rest
		z := make([]float64, n)
		exp := unitSize(z, s.Values, center)
		if allEqual(s.Values) {
			center = 0
			exp = unitSize(z, s.Values, 0)
		}
		out.z = append(out.z, z)
		scale := math.Ldexp(1, -exp)
		out.back[(a+1)*q+a+1] = scale
		out.back[a+1] = -center * scale
	}
	for m, u := range t.unit {
		if t.weight[m] != 0 {
			out.count[u]++
		}
	}
	return out
}

// allEqual tells whether all values are the same.
func allEqual(v []float64) bool {
	for _, x := range v {
		if x != v[0] {
			return false
		}
	}
	return true
}

// dot returns the inner product.
func dot(a, b []float64) float64 {
	var sum float64
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}

// axpy adds c x to y.
func axpy(c float64, x, y []float64) {
	for i, v := range x {
		y[i] += float64(c * v)
	}
}
