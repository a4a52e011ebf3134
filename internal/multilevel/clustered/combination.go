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
	return mat.Inner(mat.NewVecDense(len(a), a), f.judge.cr2, mat.NewVecDense(len(b), b))
}

// covary sums up what every cluster adds to two errors.
func (j *judge) covary(influence []map[int]float64) {
	p := len(influence)
	j.cr2 = mat.NewSymDense(p, nil)
	score := mat.NewVecDense(p, nil)
	for i := range j.clusters {
		for k := range influence {
			score.SetVec(k, influence[k][j.clusters[i].name])
		}
		j.cr2.SymRankOne(j.cr2, 1, score)
	}
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
// of freedom of Tipton and Pustejovsky (2015, J. Educ. Behav. Stat. 40, 604-634), which
// the R package clubSandwich calls HTZ:
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
	estimates, covariance := mat.NewVecDense(q, nil), mat.NewSymDense(q, nil)
	size := make([]float64, q)
	for s, c := range combinations {
		raw[s] = f.judge.own(c)
		size[s] = math.Sqrt(mat.Inner(raw[s], f.judge.m, raw[s]))
		raw[s].ScaleVec(1/size[s], raw[s]) // whatever the units
		estimates.SetVec(s, mat.Dot(raw[s], f.judge.b))
		for t := range s + 1 {
			covariance.SetSym(s, t, f.Covariance(c, combinations[t])/size[s]/size[t])
		}
	}
	var chol mat.Cholesky
	var solved mat.VecDense
	root := inverseRoot(f.judge.expected(raw))
	if root == nil || !chol.Factorize(covariance) || !(chol.Cond() < 1/leastEigen) || chol.SolveVecTo(&solved, estimates) != nil {
		return out
	}
	level := make([]*mat.VecDense, q)
	for s := range level {
		level[s] = mat.NewVecDense(raw[0].Len(), nil)
		for i := range raw {
			level[s].AddScaledVec(level[s], root.At(s, i), raw[i])
		}
	}
	spread := f.judge.spread(level)
	eta := float64(q*(q+1)) / spread
	df2 := eta - float64(q) + 1
	if !(spread > 0) || !(df2 > 0) || math.IsInf(eta, 0) {
		return out
	}
	statistic := df2 / (eta * float64(q)) * mat.Dot(estimates, &solved)
	out.F, out.DF2, out.P = &statistic, &df2, new(fdist.Upper(statistic, float64(q), df2))
	return out
}

// piece is what one cluster has of some combinations: u_s = S_g k_s,
// own w_st = k_s'S_g k_t and shared u_s'M u_t.
type piece struct {
	u           []*mat.VecDense
	own, shared []float64
}

// each hands out the pieces of every cluster in turn.
func (j *judge) each(c []*mat.VecDense, take func(*piece)) {
	q, p := len(c), j.m.SymmetricDim()
	lc, mu := make([]mat.VecDense, q), mat.NewVecDense(p, nil)
	x := piece{u: make([]*mat.VecDense, q), own: make([]float64, q*q), shared: make([]float64, q*q)}
	for s := range c {
		lc[s].MulVec(j.root.T(), c[s])
		x.u[s] = mat.NewVecDense(p, nil)
	}
	k := make([]*mat.VecDense, q)
	for i := range j.clusters {
		g := &j.clusters[i]
		for s := range c {
			k[s] = g.adjusted(j.root, &lc[s])
			x.u[s].MulVec(g.xx, k[s])
		}
		for s := range c {
			mu.MulVec(j.m, x.u[s])
			for t := range c {
				x.own[s*q+t], x.shared[s*q+t] = mat.Dot(k[s], x.u[t]), mat.Dot(mu, x.u[t])
			}
		}
		take(&x)
	}
}

// expected returns Ω, for errors of variance one.
func (j *judge) expected(c []*mat.VecDense) *mat.SymDense {
	q := len(c)
	out := mat.NewSymDense(q, nil)
	j.each(c, func(x *piece) {
		for s := range c {
			for t := range s + 1 {
				out.SetSym(s, t, out.At(s, t)+x.own[s*q+t]-x.shared[s*q+t])
			}
		}
	})
	return out
}

// spread returns Σ_st Var(D_st) of combinations of which Ω is one. With
// θ_st,gh = δ_gh w_st - u_sg'M u_th and A_st = Σ_g u_s u_t' the variance of an
// element is Σ_gh (θ_ss θ_tt + θ_st θ_ts), and the sums over two different clusters
// are traces of M A M A.
func (j *judge) spread(c []*mat.VecDense) float64 {
	q, p := len(c), j.m.SymmetricDim()
	crossed := make([]*mat.Dense, q*q) // A_st
	for i := range crossed {
		crossed[i] = mat.NewDense(p, p, nil)
	}
	out := 0.0
	j.each(c, func(x *piece) {
		for s := range c {
			for t := range c {
				ss, tt, st := s*q+s, t*q+t, s*q+t
				out += x.own[ss]*x.own[tt] - x.own[ss]*x.shared[tt] - x.own[tt]*x.shared[ss]
				out += x.own[st]*x.own[st] - 2*x.own[st]*x.shared[st]
				crossed[st].RankOne(crossed[st], 1, x.u[s], x.u[t])
			}
		}
	})
	for s := range c {
		for t := range c {
			out += traceOf(j.m, crossed[s*q+t], crossed[t*q+s]) + traceOf(j.m, crossed[t*q+s], crossed[t*q+s])
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
