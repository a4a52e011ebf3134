package crossed

import (
	"math"
	"math/bits"
)

// factor is one pattern's factorisation at given variances, with the memory for it.
// For a table whose members share sessions, D is the shorter side with K units and
// variance td, B the longer one with variance tb, N the K×L table of presence, m_s
// the number of D units beside unit s of B, and d_s = 1/(e + tb m_s). B is diagonal
// and eliminated first:
//
//	C = (diag(n) - tb N diag(d) N')/e     Z_D'A^-1 Z_D with A = e I + tb Z_B Z_B'
//	Q = I + td C                          so that (C^-1 + td I)^-1 = Q^-1 C
//
// and everything else is made of Q^-1, C, N diag(d^2) N' and N diag(m d^3) N'.
type factor struct {
	k, l   int
	td, tb float64
	e      float64
	dense  int // index of D in block: 0 if it is the members
	d      []float64
	m      []float64
	n      []float64
	c      []float64 // K×K
	e2, e3 []float64 // K×K
	q      []float64 // Q, then its inverse
	x      []float64 // K×K scratch
	wd, wb []float64
	pd, pb []float64
	u, v   []float64
	list   []int32 // D units beside each unit of B, one unit after the other
	ends   []int32
}

// newFactor returns memory for the largest incomplete pattern, or for one of the
// given sides.
func newFactor(k, l int) *factor {
	mem := make([]float64, 5*k*k+7*k+4*l)
	cut := func(n int) []float64 {
		s := mem[:n:n]
		mem = mem[n:]
		return s
	}
	return &factor{
		d: cut(l), m: cut(l), wb: cut(l), pb: cut(l),
		n: cut(k), wd: cut(k), pd: cut(k), u: cut(k), v: cut(k), x: cut(k*k + 2*k),
		c: cut(k * k), e2: cut(k * k), e3: cut(k * k), q: cut(k * k),
		list: make([]int32, 0, k*l), ends: make([]int32, l),
	}
}

// set reads a pattern.
func (f *factor) set(p *pattern, words []uint64, v *Variances) {
	f.k, f.l = p.sides()
	f.dense, f.td, f.tb = 0, v[Member], v[Session]
	if !p.membersDense() {
		f.dense, f.td, f.tb = 1, v[Session], v[Member]
	}
	f.e = v[Residual]
	f.list = f.list[:0]
	per := p.wordsPerUnit()
	for s := range f.l {
		for w := range per {
			for set := words[p.at+s*per+w]; set != 0; set &= set - 1 {
				f.list = append(f.list, int32(w<<6+bits.TrailingZeros64(set))) //nolint:gosec // a side's length
			}
		}
		f.ends[s] = int32(len(f.list)) //nolint:gosec // cells of a group
	}
}

// unit returns the D units beside unit s of B.
func (f *factor) unit(s int) []int32 {
	from := int32(0)
	if s > 0 {
		from = f.ends[s-1]
	}
	return f.list[from:f.ends[s]]
}

// compute factors the pattern and fills in its block; ok is false if rounding left
// no positive definite matrix.
func (f *factor) compute(b *block) (ok bool) {
	k, kk := f.k, f.k*f.k
	logA, md, mmdd := f.assemble()
	logQ, ok := invert(f.q[:kk], f.x[:kk+k], k)
	if !ok {
		return false
	}
	q := f.q[:kk]
	// v holds C1; wd = Q^-1 C 1; wb = D N'Q^-1 1.
	multiply(f.wd[:k], q, f.v[:k])
	for i := range k {
		f.u[i] = sum(q[i*k : i*k+k])
	}
	f.spread(f.wb, f.u)
	b.h = sum(f.wd[:k])
	b.logdet = logA + logQ
	dd, bb := f.dense, 1-f.dense
	b.norm[dd], b.norm[bb] = squares(f.wd[:k]), squares(f.wb[:f.l])
	f.traces(b, md, mmdd)
	f.sandwiches(b)
	return true
}

// assemble fills C, Q, N diag(d^2) N', N diag(m d^3) N', and C1 into v. It returns
// log|A|, sum m d and sum m^2 d^2.
func (f *factor) assemble() (logA, md, mmdd float64) {
	k, kk := f.k, f.k*f.k
	c, e2, e3, v, n := f.c[:kk], f.e2[:kk], f.e3[:kk], f.v[:k], f.n[:k]
	clear(c)
	clear(e2)
	clear(e3)
	clear(v)
	clear(n)
	ratio, product := f.tb/f.e, 1.0
	from := int32(0)
	for s, end := range f.ends[:f.l] {
		units := f.list[from:end]
		from = end
		m := float64(len(units))
		d := 1 / (f.e + f.tb*m)
		f.m[s], f.d[s] = m, d
		if product *= 1 + ratio*m; product > 1e200 {
			logA += math.Log(product)
			product = 1
		}
		md += m * d
		mmdd += m * d * m * d
		d2, d3 := d*d, m*d*d*d
		for a, i := range units {
			n[i]++
			v[i] += d
			row := int(i) * k
			for _, j := range units[a:] {
				at := row + int(j)
				c[at] += d
				e2[at] += d2
				e3[at] += d3
			}
		}
	}
	logA += math.Log(product) + float64(len(f.list))*math.Log(f.e)
	for i := range k {
		for j := i; j < k; j++ {
			at, mirror := i*k+j, j*k+i
			value := -ratio * c[at]
			if i == j {
				value += n[i] / f.e
			}
			c[at], c[mirror] = value, value
			q := f.td * value
			if i == j {
				q++
			}
			f.q[at], f.q[mirror] = q, q
			e2[mirror], e3[mirror] = e2[at], e3[at]
		}
	}
	return logA, md, mmdd
}

// traces fills in the traces and norms of W0.
func (f *factor) traces(b *block, md, mmdd float64) {
	k := f.k
	var trH, hh, qe2, qe3, xq, xx float64
	x := f.x[:k*k]
	for i := range k {
		qi := f.q[i*k : i*k+k]
		xi := x[i*k : i*k+k]
		// H0 = Q^-1 C is symmetric: C and Q commute.
		for j := i; j < k; j++ {
			h := dot(qi, f.c[j*k:j*k+k])
			if i == j {
				trH += h
				hh += h * h
			} else {
				hh += 2 * h * h
			}
		}
		for j := range k {
			xi[j] = dot(qi, f.e2[j*k:j*k+k])
			xq += xi[j] * qi[j]
		}
		qe2 += xi[i]
		qe3 += dot(qi, f.e3[i*k:i*k+k])
	}
	for i := range k {
		for j := range k {
			xx += x[i*k+j] * x[j*k+i]
		}
	}
	dd, bb := f.dense, 1-f.dense
	b.trace[dd], b.trace[bb] = trH, md-f.td*qe2
	b.square[2*dd], b.square[2*bb] = hh, mmdd-2*f.td*qe3+f.td*f.td*xx
	b.square[1] = xq
}

// sandwiches fills in w0_i'W0_ij w0_j.
func (f *factor) sandwiches(b *block) {
	k := f.k
	x, y := f.x[:k], f.x[k:2*k]
	dd, bb := f.dense, 1-f.dense
	multiply(x, f.c[:k*k], f.wd[:k]) // C wd
	multiply(y, f.q[:k*k], x)
	b.sandwich[2*dd] = dot(f.wd[:k], y)
	u := f.u[:k]
	clear(u)
	diagonal := 0.0
	for s := range f.l {
		dw := f.d[s] * f.wb[s]
		diagonal += f.m[s] * dw * f.wb[s]
		for _, i := range f.unit(s) {
			u[i] += dw
		}
	}
	multiply(y, f.q[:k*k], u)
	b.sandwich[1] = dot(f.wd[:k], y)
	b.sandwich[2*bb] = diagonal - f.td*dot(u, y)
}

// spread writes d_s sum of x over the D units beside each unit s of B.
func (f *factor) spread(to, x []float64) {
	for s := range f.l {
		t := 0.0
		for _, i := range f.unit(s) {
			t += x[i]
		}
		to[s] = f.d[s] * t
	}
}

// respond fills in what one group's sums give. pd and pb are left holding
// Z_D'V0^-1 r and Z_B'V0^-1 r.
func (f *factor) respond(r *response, tD, tB []float64, ss float64) {
	k, l := f.k, f.l
	u, pd, pb := f.u[:k], f.pd[:k], f.pb[:l]
	copy(u, tD)
	minus := 0.0
	for s, t := range tB[:l] {
		dt := f.tb * f.d[s] * t
		minus += dt * t
		for _, i := range f.unit(s) {
			u[i] -= dt
		}
	}
	for i := range u {
		u[i] /= f.e
	}
	multiply(pd, f.q[:k*k], u)
	for s, t := range tB[:l] {
		other := 0.0
		for _, i := range f.unit(s) {
			other += pd[i]
		}
		pb[s] = f.d[s] * (t - f.td*other)
	}
	r.q = sum(pd)
	r.rr = (ss-minus)/f.e - f.td*dot(u, pd)
	dd, bb := f.dense, 1-f.dense
	r.pp[dd], r.wp[dd] = squares(pd), dot(pd, f.wd[:k])
	r.pp[bb], r.wp[bb] = squares(pb), dot(pb, f.wb[:l])
}

// invert replaces a symmetric positive definite k×k matrix by its inverse and
// returns the logarithm of its determinant: Cholesky, then the inverse of the
// factor, then their product. scratch holds k*k+k numbers.
func invert(a, scratch []float64, k int) (logdet float64, ok bool) {
	g := scratch[:k*k]
	// a = L L', L in the lower triangle of a; g = L^-1, stored by columns as rows of its transpose.
	product := 1.0
	for j := range k {
		aj := a[j*k : j*k+j+1]
		d := aj[j] - squares(aj[:j])
		if !(d > 0) || d > math.MaxFloat64 {
			return 0, false
		}
		if product *= d; product > 1e200 || product < 1e-200 {
			logdet += math.Log(product)
			product = 1
		}
		root := math.Sqrt(d)
		aj[j] = root
		inverse := 1 / root
		for i := j + 1; i < k; i++ {
			ai := a[i*k : i*k+j+1]
			ai[j] = (ai[j] - dot(ai[:j], aj[:j])) * inverse
		}
	}
	logdet += math.Log(product)
	// Row j of g: column j of L^-1, from j on.
	for j := range k {
		gj := g[j*k : j*k+k]
		gj[j] = 1 / a[j*k+j]
		for i := j + 1; i < k; i++ {
			gj[i] = -dot(a[i*k+j:i*k+i], gj[j:i]) / a[i*k+i]
		}
	}
	for i := range k {
		for j := i; j < k; j++ {
			value := dot(g[i*k+j:i*k+k], g[j*k+j:j*k+k])
			a[i*k+j], a[j*k+i] = value, value
		}
	}
	return logdet, true
}

// dot returns the inner product of two slices of one length.
func dot(x, y []float64) float64 {
	t := 0.0
	y = y[:len(x)]
	for i, v := range x {
		t += v * y[i]
	}
	return t
}

// sum returns the sum.
func sum(x []float64) float64 {
	t := 0.0
	for _, v := range x {
		t += v
	}
	return t
}

// multiply writes the product of a square matrix and a vector.
func multiply(to, a, x []float64) {
	k := len(x)
	for i := range to {
		to[i] = dot(a[i*k:i*k+k], x)
	}
}
