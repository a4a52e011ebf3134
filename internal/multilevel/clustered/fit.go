package clustered

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

// Design is a regression. Effects of units that lie within clusters, such as
// members, may have been absorbed: their dummies, and lines over time, taken out
// of Y and of every column of X before (Frisch and Waugh 1933). The number of
// parameters that went with them is Absorbed.
type Design struct {
	Y        []float64
	X        [][]float64 // columns, each as long as Y
	Cluster  []int       // of each row, from 0
	Absorbed int
}

// Coefficient is one slope. The classical standard error holds for independent
// errors of one variance; the clustered one is CR2 (Bell and McCaffrey 2002,
// Survey Methodology 28, 169-181), with Satterthwaite's degrees of freedom for
// the t distribution of the slope over it. What is undefined is nil.
type Coefficient struct {
	Estimate  *float64
	SE        *float64
	P         *float64 // of the classical t, two-sided
	ClusterSE *float64
	ClusterDF *float64
	ClusterP  *float64
	CI        []multilevel.Interval // clustered, .95 before .90
}

// MethodCR2 is the method of the intervals.
const MethodCR2 = "cr2_t"

// Fit is a regression that was fitted.
type Fit struct {
	Coefficients []Coefficient
	DF           int     // rows less parameters, absorbed ones too
	RSS          float64 // residual sum of squares
	TSS          float64 // of Y as it was given
	Clusters     int     // with rows
	Residuals    []float64

	// Influence is, for each coefficient, what each cluster adds to its error:
	// ClusterSE is the root of the sum of squares.
	Influence []map[int]float64

	judge *judge
}

// The reasons why a regression cannot be fitted.
const (
	NoVariation   multilevel.Reason = "no_variation" // a column, or Y, is constant once the effects are taken out
	Collinear     multilevel.Reason = "collinear"    // one column is made of the others
	FewRows       multilevel.Reason = "too_few_rows" // no more rows than parameters
	NothingLeft   multilevel.Reason = "reproduced"   // the columns reproduce Y exactly
	OutOfRange    multilevel.Reason = "out_of_range" // numbers too large or too small to compute with
	leastEigen                      = 1e-10          // of the correlation matrix of the columns
	leastResidual                   = 1e-20          // of the sum of squares
)

// gram holds sums of squares and products of one cluster.
type gram struct {
	name int
	xx   *mat.SymDense
	xe   *mat.VecDense // columns with residuals

	vectors *mat.Dense // U; nil where it cannot be had
	stretch []float64  // the diagonal of (1-Λ)^(-1/2), 0 for directions that the cluster alone determines
}

// Of fits a design. Formulas, with S = Σ S_g, S_g = X_g'X_g, M = S⁻¹ = LL':
//
//	b = M X'y,  classical Var b = s² M, s² = e'e / (n - absorbed - p)
//	CR2: Var c'b = Σ_g (k_g' X_g'e_g)²,  k_g = L U (1-Λ)^(-1/2) U' L'c,  L'S_gL = UΛU'
//	df = (tr G)² / tr G²,  G_gh = δ_gh k_g'S_gk_g - (S_gk_g)'M(S_hk_h)
//
// k_g is the adjustment (I - X_gMX_g')^(-1/2) brought into the space of the
// columns, so that the cost is linear in rows; where it has no inverse, because a
// cluster alone determines a direction, that direction adds nothing (the
// generalised inverse). Effects absorbed within clusters leave it as it is
// (Pustejovsky and Tipton 2018, Journal of Business & Economic Statistics 36,
// 672-683, theorem 2; df is their equation 11).
func Of(d Design) (Fit, multilevel.Reason) {
	n, p := len(d.Y), len(d.X)
	f := Fit{DF: n - d.Absorbed - p}
	if n == 0 || f.DF <= 0 {
		return f, FewRows
	}
	f.TSS = dot(d.Y, d.Y)
	if math.IsInf(f.TSS, 0) || math.IsNaN(f.TSS) {
		return f, OutOfRange
	}
	if !(f.TSS > 0) {
		return f, NoVariation
	}
	x, scale, why := scaled(d.X)
	if why != "" {
		return f, why
	}
	m, root, why := inverse(x)
	if why != "" {
		return f, why
	}
	b := mat.NewVecDense(p, nil)
	xy := mat.NewVecDense(p, nil)
	for j := range p {
		xy.SetVec(j, dot(x[j], d.Y))
	}
	b.MulVec(m, xy)
	f.Residuals = make([]float64, n)
	for i := range n {
		e := d.Y[i]
		for j := range p {
			e -= x[j][i] * b.AtVec(j)
		}
		f.Residuals[i] = e
	}
	f.RSS = dot(f.Residuals, f.Residuals)
	if !(f.RSS > leastResidual*f.TSS) {
		return f, NothingLeft
	}
	clusters := grams(x, f.Residuals, d.Cluster)
	f.Clusters = len(clusters)
	f.judge = &judge{b: b, variance: f.RSS / float64(f.DF), df: f.DF, m: m, root: root, clusters: clusters, scale: scale}
	for i := range clusters {
		clusters[i].factor(root)
	}
	for j := range p {
		unit := mat.NewVecDense(p, nil)
		unit.SetVec(j, 1)
		c, influence := f.judge.combination(unit)
		for name := range influence {
			influence[name] /= scale[j]
		}
		f.Coefficients, f.Influence = append(f.Coefficients, c.over(scale[j])), append(f.Influence, influence)
	}
	f.judge.covary(f.Influence)
	return f, ""
}

// judge is what combinations of the slopes of columns of length one are judged by.
type judge struct {
	b        *mat.VecDense
	variance float64
	df       int
	m        *mat.SymDense
	root     *mat.TriDense
	clusters []gram
	scale    []float64     // the columns' lengths
	cr2      *mat.SymDense // covariance of the coefficients of columns as they were
}

// scaled brings every column to length one.
func scaled(x [][]float64) (out [][]float64, scale []float64, why multilevel.Reason) {
	for _, column := range x {
		norm := math.Sqrt(dot(column, column))
		switch {
		case math.IsInf(norm, 0) || math.IsNaN(norm):
			return nil, nil, OutOfRange
		case !(norm > 0):
			return nil, nil, NoVariation
		}
		unit := make([]float64, len(column))
		for i, v := range column {
			unit[i] = v / norm
		}
		out, scale = append(out, unit), append(scale, norm)
	}
	return out, scale, ""
}

// inverse returns M and its lower root L.
func inverse(x [][]float64) (m *mat.SymDense, root *mat.TriDense, why multilevel.Reason) {
	p := len(x)
	s := mat.NewSymDense(p, nil)
	for j := range p {
		for k := j; k < p; k++ {
			s.SetSym(j, k, dot(x[j], x[k]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(s, false) || !(eigen.Values(nil)[0] > leastEigen) {
		return nil, nil, Collinear
	}
	var chol mat.Cholesky
	m = mat.NewSymDense(p, nil)
	if !chol.Factorize(s) || chol.InverseTo(m) != nil || !chol.Factorize(m) {
		return nil, nil, Collinear
	}
	root = mat.NewTriDense(p, mat.Lower, nil)
	chol.LTo(root)
	return m, root, ""
}

// grams sums up clusters that have rows.
func grams(x [][]float64, e []float64, cluster []int) []gram {
	p := len(x)
	at := map[int]int{}
	var out []gram
	for i, c := range cluster {
		k, ok := at[c]
		if !ok {
			k = len(out)
			at[c] = k
			out = append(out, gram{name: c, xx: mat.NewSymDense(p, nil), xe: mat.NewVecDense(p, nil)})
		}
		for j := range p {
			out[k].xe.SetVec(j, out[k].xe.AtVec(j)+x[j][i]*e[i])
			for l := j; l < p; l++ {
				out[k].xx.SetSym(j, l, out[k].xx.At(j, l)+x[j][i]*x[l][i])
			}
		}
	}
	return out
}

// combination judges c'b, and tells what every cluster adds to its error.
func (j *judge) combination(c *mat.VecDense) (Coefficient, map[int]float64) {
	out := Coefficient{Estimate: new(mat.Dot(c, j.b)), SE: new(math.Sqrt(j.variance * mat.Inner(c, j.m, c)))}
	influence := map[int]float64{}
	out.P = new(2 * distuv.StudentsT{Sigma: 1, Nu: float64(j.df)}.CDF(-math.Abs(*out.Estimate / *out.SE)))
	p := j.m.SymmetricDim()
	var lc mat.VecDense // L'c
	lc.MulVec(j.root.T(), c)
	var v, trace, squares float64
	outer := mat.NewDense(p, p, nil) // Σ b_g b_g', b_g = S_g k_g
	for i := range j.clusters {
		g := &j.clusters[i]
		k := g.adjusted(j.root, &lc)
		score := mat.Dot(k, g.xe)
		influence[g.name] = score
		v += score * score
		var sk, msk mat.VecDense
		sk.MulVec(g.xx, k)
		msk.MulVec(j.m, &sk)
		own, shared := mat.Dot(k, &sk), mat.Dot(&sk, &msk)
		trace += own - shared
		squares += own*own - 2*own*shared
		outer.RankOne(outer, 1, &sk, &sk)
	}
	var mb, mbmb mat.Dense
	mb.Mul(j.m, outer)
	mbmb.Mul(&mb, &mb)
	squares += mat.Trace(&mbmb)
	if len(j.clusters) < 2 || !(v > 0) || !(trace > 0) || !(squares > 0) || !(squares > leastEigen*trace*trace*leastEigen) {
		return out, influence
	}
	nu := trace * trace / squares
	return out.Judged(math.Sqrt(v), nu), influence
}

// Judged returns the coefficient with this clustered standard error and the
// limits that go with so many degrees of freedom; both are greater than zero.
func (c Coefficient) Judged(se, df float64) Coefficient {
	b := *c.Estimate
	c.ClusterSE, c.ClusterDF = &se, &df
	t := distuv.StudentsT{Sigma: 1, Nu: df}
	c.ClusterP = new(2 * t.CDF(-math.Abs(b/se)))
	c.CI = nil
	for _, level := range []float64{0.95, 0.90} {
		half := t.Quantile((1+level)/2) * se
		c.CI = append(c.CI, multilevel.Interval{Level: level, Lower: new(b - half), Upper: new(b + half), Method: MethodCR2})
	}
	return c
}

// factor finds U and (1-Λ)^(-1/2) of the cluster.
func (g *gram) factor(root *mat.TriDense) {
	var ls, lsl mat.Dense
	ls.Mul(root.T(), g.xx)
	lsl.Mul(&ls, root)
	p := g.xx.SymmetricDim()
	w := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			w.SetSym(i, j, (lsl.At(i, j)+lsl.At(j, i))/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(w, true) {
		return
	}
	g.vectors = &mat.Dense{}
	eigen.VectorsTo(g.vectors)
	g.stretch = eigen.Values(nil)
	for i, lambda := range g.stretch {
		g.stretch[i] = 0
		if left := 1 - lambda; left > leastEigen {
			g.stretch[i] = 1 / math.Sqrt(left)
		}
	}
}

// adjusted returns k_g of L'c.
func (g *gram) adjusted(root *mat.TriDense, lc *mat.VecDense) *mat.VecDense {
	k := mat.NewVecDense(g.xx.SymmetricDim(), nil)
	if g.vectors == nil {
		return k
	}
	var in, back mat.VecDense
	in.MulVec(g.vectors.T(), lc)
	for i, by := range g.stretch {
		in.SetVec(i, in.AtVec(i)*by)
	}
	back.MulVec(g.vectors, &in)
	k.MulVec(root, &back)
	return k
}

// over turns the slope of a column of length one into that of the column as it
// was, of this length.
func (c Coefficient) over(length float64) Coefficient { return c.Times(1 / length) }

// Times returns the coefficient in another unit: estimate, standard errors and
// limits times a factor greater than zero. What leaves the range of numbers is
// nil.
func (c Coefficient) Times(factor float64) Coefficient {
	out := c
	out.Estimate, out.SE, out.ClusterSE = times(c.Estimate, factor), times(c.SE, factor), times(c.ClusterSE, factor)
	out.CI = nil
	for _, ci := range c.CI {
		ci.Lower, ci.Upper = times(ci.Lower, factor), times(ci.Upper, factor)
		out.CI = append(out.CI, ci)
	}
	return out
}

// times multiplies what is there.
func times(v *float64, factor float64) *float64 {
	if v == nil {
		return nil
	}
	x := *v * factor
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// dot returns the sum of products.
func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
