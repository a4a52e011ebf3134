package mixed

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// covariance is the covariance matrix of one term relative to the residual
// variance: s = f f', with zero columns of f where the rank is not full.
type covariance struct {
	q, rank int
	s, f    []float64 // q x q
}

// factor is the factorisation of one class at given variances, in the spherical
// form L'Z'Z L + I. The leading diagonal columns are eliminated in closed form;
// what they leave is factored densely. In units of the residual variance:
//
//	star  = Z'(I + Z_D S Z_D')^-1 Z
//	chol  = Cholesky factor of I + F' star_FF F, F the factors of the other terms
//	left  = chol^-1 F' star_F.
//	w     = star - left'left = Z'V^-1 Z
type factor struct {
	c             *class
	gamma         float64   // relative variance of the leading term
	kappa, shrink []float64 // gamma/(1+gamma a) and 1/(1+gamma a) of each leading column
	star, left, w []float64
	chol          []float64
	logdet        float64
}

// newFactor factors a class. It returns false when the
// numbers leave the range in which that is possible.
func newFactor(c *class, at []covariance) (*factor, bool) {
	f := &factor{c: c, kappa: make([]float64, c.lead), shrink: make([]float64, c.lead)}
	if c.lead > 0 {
		f.gamma = at[c.segments[0].term].s[0]
	}
	for d := range c.lead {
		den := 1 + float64(f.gamma*c.a[d*c.q+d])
		f.kappa[d], f.shrink[d] = f.gamma/den, 1/den
		f.logdet += math.Log(den)
	}
	f.eliminate()
	rest := c.q - c.lead
	if rest == 0 {
		f.w = f.star
		return f, true
	}
	f.chol = f.system(at)
	_, ok := lapack64.Potrf(blas64.Symmetric{N: rest, Stride: rest, Data: f.chol, Uplo: blas.Lower})
	if !ok {
		return nil, false
	}
	for i := range rest {
		f.logdet += 2 * math.Log(f.chol[i*rest+i])
	}
	f.solve(at)
	return f, true
}

// eliminate computes star.
func (f *factor) eliminate() {
	c, q := f.c, f.c.q
	f.star = make([]float64, q*q)
	copy(f.star, c.a)
	for d := range c.lead {
		f.star[d*q+d] *= f.shrink[d]
		for _, i := range c.touch[d] {
			v := c.a[i*q+d]
			f.star[i*q+d] = v * f.shrink[d]
			f.star[d*q+i] = f.star[i*q+d]
			kv := f.kappa[d] * v
			for _, j := range c.touch[d] {
				f.star[i*q+j] -= float64(kv * c.a[j*q+d])
			}
		}
	}
}

// system returns F' star_FF F + I, square in the columns that do not lead.
func (f *factor) system(at []covariance) []float64 {
	c, q, rest := f.c, f.c.q, f.c.q-f.c.lead
	half := make([]float64, rest*rest)
	f.fromLeft(at, half, rest, func(i int) []float64 { return f.star[i*q+c.lead : (i+1)*q] })
	out := make([]float64, rest*rest)
	f.fromLeft(at, out, rest, func(i int) []float64 { // half is F' star; its transpose is star F
		row := make([]float64, rest)
		for j := range row {
			row[j] = half[j*rest+i-c.lead]
		}
		return row
	})
	for i := range rest {
		out[i*rest+i]++
	}
	return out
}

// fromLeft sets dst, of the given width, to F' times the rows of columns that do
// not lead.
func (f *factor) fromLeft(at []covariance, dst []float64, width int, row func(int) []float64) {
	for _, s := range f.c.segments {
		if s.from < f.c.lead {
			continue
		}
		cov := &at[s.term]
		for u := s.from; u < s.to; u += cov.q {
			for b := range cov.q {
				source := row(u + b)
				for a := range cov.q {
					if v := cov.f[b*cov.q+a]; v != 0 {
						axpy(v, source, dst[(u-f.c.lead+a)*width:(u-f.c.lead+a+1)*width])
					}
				}
			}
		}
	}
}

// solve computes left and w.
func (f *factor) solve(at []covariance) {
	q, rest := f.c.q, f.c.q-f.c.lead
	f.left = make([]float64, rest*q)
	f.fromLeft(at, f.left, q, func(i int) []float64 { return f.star[i*q : (i+1)*q] })
	f.lower(f.left, q)
	f.w = make([]float64, q*q)
	copy(f.w, f.star)
	blas64.Syrk(blas.Trans, -1, blas64.General{Rows: rest, Cols: q, Stride: q, Data: f.left},
		1, blas64.Symmetric{N: q, Stride: q, Data: f.w, Uplo: blas.Upper})
	for i := range q {
		for j := range i {
			f.w[i*q+j] = f.w[j*q+i]
		}
	}
}

// lower solves chol x = b in place for columns of b.
func (f *factor) lower(b []float64, columns int) {
	rest := f.c.q - f.c.lead
	blas64.Trsm(blas.Left, blas.NoTrans, 1, blas64.Triangular{N: rest, Stride: rest, Data: f.chol, Uplo: blas.Lower, Diag: blas.NonUnit},
		blas64.General{Rows: rest, Cols: columns, Stride: columns, Data: b})
}

// reduce applies the elimination to t = Z'[X r], a row of k for each column: it
// returns Z'(I + Z_D S Z_D')^-1 [X r] and s1 = chol^-1 F' of it, and takes off
// cross, k x k, what both take off [X r]'[X r].
func (f *factor) reduce(at []covariance, t []float64, k int, cross []float64) (star, s1 []float64) {
	c := f.c
	star = make([]float64, len(t))
	copy(star, t)
	for d := range c.lead {
		row := t[d*k : (d+1)*k]
		for i := range k {
			star[d*k+i] = f.shrink[d] * row[i]
			axpy(-f.kappa[d]*row[i], row, cross[i*k:(i+1)*k])
		}
		for _, j := range c.touch[d] {
			axpy(-f.kappa[d]*c.a[j*c.q+d], row, star[j*k:(j+1)*k])
		}
	}
	rest := c.q - c.lead
	if rest == 0 {
		return star, nil
	}
	s1 = make([]float64, rest*k)
	f.fromLeft(at, s1, k, func(i int) []float64 { return star[i*k : (i+1)*k] })
	f.lower(s1, k)
	for j := range rest {
		row := s1[j*k : (j+1)*k]
		for i := range k {
			axpy(-row[i], row, cross[i*k:(i+1)*k])
		}
	}
	return star, s1
}

// solved returns u = Z'V^-1 [X r] from what reduce returned; it overwrites star.
func (f *factor) solved(star, s1 []float64, k int) []float64 {
	if rest := f.c.q - f.c.lead; rest > 0 {
		blas64.Gemm(blas.Trans, blas.NoTrans, -1, blas64.General{Rows: rest, Cols: f.c.q, Stride: f.c.q, Data: f.left},
			blas64.General{Rows: rest, Cols: k, Stride: k, Data: s1}, 1, blas64.General{Rows: f.c.q, Cols: k, Stride: k, Data: star})
	}
	return star
}
