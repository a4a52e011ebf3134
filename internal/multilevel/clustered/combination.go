package clustered

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"holon/internal/multilevel/fdist"
)

// Combination judges a linear combination of the coefficients as one of them is
// judged: c has a number for each column, not all of them zero. The fit must have
// come without a reason.
func (f *Fit) Combination(c []float64) Coefficient {
	out, _ := f.judge.combination(f.judge.own(c))
	return out
}

// Covariance returns that of two combinations by CR2.
func (f *Fit) Covariance(a, b []float64) float64 {
	_, first := f.judge.combination(f.judge.own(a))
	_, second := f.judge.combination(f.judge.own(b))
	sum := 0.0
	for i := range f.judge.clusters {
		name := f.judge.clusters[i].name
		sum += first[name] * second[name]
	}
	return sum
}

// own turns a combination of coefficients into one of the slopes of columns of
// length one.
func (j *judge) own(c []float64) *mat.VecDense {
	out := mat.NewVecDense(len(c), nil)
	for i, v := range c {
		out.SetVec(i, v/j.scale[i])
	}
	return out
}

// Joint is the test that several combinations are zero, all of them.
type Joint struct {
	F   *float64
	DF1 int
	DF2 *float64
	P   *float64
}

// Joint tests q combinations together by CR2 and Hotelling's T² with the degrees
// of freedom of Tipton and Pustejovsky (2015, Journal of Educational and Behavioral
// Statistics 40, 604-634, the test HTZ), equations 17 of Pustejovsky and Tipton 2018:
//
//	Q = (Cb)'(C V C')⁻¹ Cb,  F = (η-q+1)/(ηq) Q with q and η-q+1 degrees of freedom
//	η = q(q+1) / Σ_st Var(D_st),  D = Ω^(-1/2) C V C' Ω^(-1/2),  Ω = E(C V C')
//
// expectation and variances for independent errors of one variance. What is
// undefined, as with fewer clusters than combinations, is nil.
func (f *Fit) Joint(combinations ...[]float64) Joint {
	q := len(combinations)
	out := Joint{DF1: q}
	raw := make([]*mat.VecDense, q)
	estimates := mat.NewVecDense(q, nil)
	for i, c := range combinations {
		raw[i] = f.judge.own(c)
		raw[i].ScaleVec(1/math.Sqrt(mat.Inner(raw[i], f.judge.m, raw[i])), raw[i]) // whatever the units
		estimates.SetVec(i, mat.Dot(raw[i], f.judge.b))
	}
	t := f.judge.together(raw)
	var chol mat.Cholesky
	var solved mat.VecDense
	root := inverseRoot(t.expected)
	if root == nil || !chol.Factorize(t.covariance) || !(chol.Cond() < 1/leastEigen) || chol.SolveVecTo(&solved, estimates) != nil {
		return out
	}
	level := make([]*mat.VecDense, q)
	for s := range level {
		level[s] = mat.NewVecDense(raw[0].Len(), nil)
		for i := range raw {
			level[s].AddScaledVec(level[s], root.At(s, i), raw[i])
		}
	}
	spread := f.judge.together(level).spread
	eta := float64(q*(q+1)) / spread
	df2 := eta - float64(q) + 1
	if !(spread > 0) || !(df2 > 0) || math.IsInf(eta, 0) {
		return out
	}
	statistic := df2 / (eta * float64(q)) * mat.Dot(estimates, &solved)
	out.F, out.DF2, out.P = &statistic, &df2, new(fdist.Upper(statistic, float64(q), df2))
	return out
}

// united is what combinations have together.
type united struct {
	covariance *mat.SymDense // C V C'
	expected   *mat.SymDense // Ω, for errors of variance one
	spread     float64       // Σ_st Var(D_st), where Ω is one
}

// together sums up over clusters. With u_s = S_g k_s, w_st = k_s'S_g k_t and
// A_st = Σ_g u_s u_t' the variance of an element is
//
//	Σ_gh (θ_ss θ_tt + θ_st θ_ts),  θ_st,gh = δ_gh w_st - u_sg'M u_th
func (j *judge) together(c []*mat.VecDense) united {
	q, p := len(c), j.m.SymmetricDim()
	out := united{covariance: mat.NewSymDense(q, nil), expected: mat.NewSymDense(q, nil)}
	crossed := make([]*mat.Dense, q*q) // A_st
	for i := range crossed {
		crossed[i] = mat.NewDense(p, p, nil)
	}
	lc := make([]mat.VecDense, q)
	for s := range c {
		lc[s].MulVec(j.root.T(), c[s])
	}
	own, shared := mat.NewDense(q, q, nil), mat.NewDense(q, q, nil)
	for i := range j.clusters {
		g := &j.clusters[i]
		k, u := make([]*mat.VecDense, q), make([]mat.VecDense, q)
		score := mat.NewVecDense(q, nil)
		for s := range c {
			k[s] = g.adjusted(j.root, &lc[s])
			u[s].MulVec(g.xx, k[s])
			score.SetVec(s, mat.Dot(k[s], g.xe))
		}
		out.covariance.SymRankOne(out.covariance, 1, score)
		for s := range c {
			var mu mat.VecDense
			mu.MulVec(j.m, &u[s])
			for t := range c {
				own.Set(s, t, mat.Dot(k[s], &u[t]))
				shared.Set(s, t, mat.Dot(&mu, &u[t]))
				var product mat.Dense
				product.Outer(1, &u[s], &u[t])
				crossed[s*q+t].Add(crossed[s*q+t], &product)
			}
		}
		for s := range c {
			for t := range c {
				if t >= s {
					out.expected.SetSym(s, t, out.expected.At(s, t)+own.At(s, t)-shared.At(s, t))
				}
				out.spread += own.At(s, s)*own.At(t, t) - own.At(s, s)*shared.At(t, t) - own.At(t, t)*shared.At(s, s)
				out.spread += own.At(s, t)*own.At(s, t) - 2*own.At(s, t)*shared.At(s, t)
			}
		}
	}
	for s := range c {
		for t := range c {
			out.spread += traceOf(j.m, crossed[s*q+t], crossed[t*q+s]) + traceOf(j.m, crossed[t*q+s], crossed[t*q+s])
		}
	}
	return out
}

// traceOf returns tr(M A M B).
func traceOf(m *mat.SymDense, a, b *mat.Dense) float64 {
	var ma, mb, product mat.Dense
	ma.Mul(m, a)
	mb.Mul(m, b)
	product.Mul(&ma, &mb)
	return mat.Trace(&product)
}

// inverseRoot returns the symmetric root of the inverse, nil where there is none.
func inverseRoot(s *mat.SymDense) *mat.Dense {
	var eigen mat.EigenSym
	if !eigen.Factorize(s, true) {
		return nil
	}
	values := eigen.Values(nil)
	least, most := values[0], values[len(values)-1]
	if !(least > leastEigen*most) {
		return nil
	}
	var u, scaled mat.Dense
	eigen.VectorsTo(&u)
	scaled.CloneFrom(&u)
	for i, v := range values {
		for r := range values {
			scaled.Set(r, i, u.At(r, i)/math.Sqrt(v))
		}
	}
	out := &mat.Dense{}
	out.Mul(&scaled, u.T())
	return out
}
