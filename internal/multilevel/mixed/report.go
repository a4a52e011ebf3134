package mixed

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// report writes an optimum on the scales of ratings and covariates.
func (m *Model) report(p *point, method Method) *Fit {
	s2 := math.Ldexp(p.ev.sigma2, 2*m.exp)
	f := &Fit{
		Method: method, Ratings: m.n, Residual: s2,
		Deviance: p.ev.deviance, LogLikelihood: -p.ev.deviance / 2, Decrement: p.decrement,
		model: m, at: p,
	}
	info := m.uncertainty(p, method)
	if info != nil {
		f.ResidualSE = new(math.Ldexp(p.ev.sigma2*math.Sqrt(info.at(-1, -1)), 2*m.exp))
	}
	for k := range m.terms {
		f.Terms = append(f.Terms, m.estimate(k, p, info))
		if t := f.Terms[k]; t.Singular {
			f.Singular = append(f.Singular, t.Name)
		}
	}
	m.fixed(f)
	return f
}

// expressible tells whether all numbers are finite on the scales of ratings and
// covariates, and no variance was lost to underflow.
func (f *Fit) expressible() bool {
	const smallestNormal = 0x1p-1022
	inside := func(v float64) bool { return v >= smallestNormal && v <= math.MaxFloat64 }
	if !inside(f.Residual) || f.ResidualSE != nil && !inside(*f.ResidualSE) {
		return false
	}
	for _, t := range f.Terms {
		for a, row := range t.Covariance {
			if !finite(row) || !inside(row[a]) && !(t.Singular && row[a] == 0) {
				return false
			}
			if t.CovarianceSE != nil && !finite(t.CovarianceSE[a]) {
				return false
			}
		}
	}
	for j, x := range f.Fixed {
		if !finite([]float64{x.Estimate}) || !inside(x.SE) || !finite(f.FixedCov[j]) {
			return false
		}
	}
	return true
}

// fixed fills in the fixed effects: the ordinary least squares coefficients and
// what generalised least squares adds, taken back to the given columns.
func (m *Model) fixed(f *Fit) {
	p, ev := m.p, f.at.ev
	sum := make([]float64, p)
	for i := range p {
		sum[i] = m.ols[i] + ev.beta[i]
	}
	half := make([]float64, p*p) // back S
	for i := range p {
		for j := range p {
			axpy(m.design.back[i*p+j], ev.s[j*p:(j+1)*p], half[i*p:(i+1)*p])
		}
	}
	f.FixedCov = make([][]float64, p)
	for i, x := range m.data.X {
		back := m.design.back[i*p : (i+1)*p]
		estimate := math.Ldexp(dot(back, sum), m.exp)
		if i == m.design.constant {
			estimate += m.origin / m.design.value
		}
		f.FixedCov[i] = make([]float64, p)
		for j := range p {
			f.FixedCov[i][j] = math.Ldexp(ev.sigma2*dot(half[i*p:(i+1)*p], m.design.back[j*p:(j+1)*p]), 2*m.exp)
		}
		f.Fixed = append(f.Fixed, FixedEffect{Name: x.Name, Estimate: estimate, SE: math.Sqrt(math.Max(0, f.FixedCov[i][i]))})
	}
}

// information is the covariance of the estimates of the relative covariances'
// elements and of log sigma2 (numbered -1).
type information struct {
	n   int
	cov []float64 // (n+1) x (n+1), log sigma2 last
}

// at returns an element.
func (x *information) at(i, j int) float64 {
	w := x.n + 1
	return x.cov[(i+w)%w*w+(j+w)%w]
}

// uncertainty inverts the expected information of log sigma2 and of the free
// parameters on the face of the optimum,
//
//	1/2 tr(P V_i P V_j), 1/2 tr(P V_i), nu/2.
//
// It returns nil where that is singular.
func (m *Model) uncertainty(p *point, method Method) *information {
	r := restriction{zero: make([]bool, len(m.terms)), tied: -1}
	chart := m.chart(p.at, r)
	chart = onFace(chart, p.at)
	n := len(chart)
	j := m.jacobian(p.at, chart, r)
	inverse := inverted(m.informationIn(p, j, n, m.free(method)))
	if inverse == nil {
		return nil
	}
	return m.spread(inverse, j, n)
}

// informationIn returns the expected information of the coordinates of a chart,
// whose jacobian is given, and of log sigma2, last.
func (m *Model) informationIn(p *point, j []float64, n int, nu float64) *mat.SymDense {
	count := len(m.params)
	h := mat.NewSymDense(n+1, nil)
	h.SetSym(n, n, nu/2)
	for x := range n {
		var cross float64
		for i := range count {
			cross += j[i*n+x] * p.ev.trace[i] / 2
		}
		h.SetSym(x, n, cross)
		for y := x; y < n; y++ {
			var sum float64
			for i := range count {
				for k := range count {
					sum += j[i*n+x] * p.ev.pair[i*count+k] * j[k*n+y] / 2
				}
			}
			h.SetSym(x, y, sum)
		}
	}
	return h
}

// inverted inverts a symmetric matrix after scaling its diagonal to ones; nil if
// it is not positive definite.
func inverted(h *mat.SymDense) *mat.SymDense {
	scale := make([]float64, h.SymmetricDim())
	for x := range scale {
		if !(h.At(x, x) > 0) {
			return nil
		}
		scale[x] = 1 / math.Sqrt(h.At(x, x))
	}
	for x := range scale {
		for y := x; y < len(scale); y++ {
			h.SetSym(x, y, h.At(x, y)*scale[x]*scale[y])
		}
	}
	var chol mat.Cholesky
	var inverse mat.SymDense
	if !chol.Factorize(h) || chol.InverseTo(&inverse) != nil {
		return nil
	}
	for x := range scale {
		for y := x; y < len(scale); y++ {
			inverse.SetSym(x, y, inverse.At(x, y)*scale[x]*scale[y])
		}
	}
	return &inverse
}

// spread turns the covariance of coordinates into that of parameters.
func (m *Model) spread(inverse *mat.SymDense, j []float64, n int) *information {
	count := len(m.params)
	out := &information{n: count, cov: make([]float64, (count+1)*(count+1))}
	row := func(i, x int) float64 { // derivative of parameter i by coordinate x
		switch {
		case i == count:
			return float64(btoi(x == n))
		case x == n:
			return 0
		default:
			return j[i*n+x]
		}
	}
	for a := range count + 1 {
		for b := range count + 1 {
			var sum float64
			for x := range n + 1 {
				for y := range n + 1 {
					sum += row(a, x) * inverse.At(x, y) * row(b, y)
				}
			}
			out.cov[a*(count+1)+b] = sum
		}
	}
	return out
}

// onFace leaves out the variances that are zero.
func onFace(chart []coordinate, at []covariance) []coordinate {
	var out []coordinate
	for _, c := range chart {
		if c.kind != variance || at[c.term].rank > 0 {
			out = append(out, c)
		}
	}
	return out
}

// estimate reports one term.
func (m *Model) estimate(k int, p *point, info *information) TermEstimate {
	t, c := &m.terms[k], &p.at[k]
	out := TermEstimate{Name: t.name, Units: t.units, Rank: c.rank, Singular: c.rank < t.q}
	unit := func(v float64) float64 { return math.Ldexp(v*p.ev.sigma2, 2*m.exp) }
	out.Covariance = make([][]float64, t.q)
	if info != nil && !out.Singular {
		out.CovarianceSE = make([][]float64, t.q)
	}
	for a := range t.q {
		out.Covariance[a] = make([]float64, t.q)
		if out.CovarianceSE != nil {
			out.CovarianceSE[a] = make([]float64, t.q)
		}
		for b := range t.q {
			d, value := m.gradient(k, a, b, c)
			out.Covariance[a][b] = unit(value)
			if out.CovarianceSE != nil {
				exp := unitSize(d, d, 0) // the square of what a slope is worth may leave float64
				se := math.Sqrt(math.Max(0, info.of(d, math.Ldexp(value, -exp))))
				out.CovarianceSE[a][b] = unit(math.Ldexp(se, exp))
			}
		}
	}
	out.Variance = out.Covariance[0][0]
	if out.CovarianceSE != nil {
		out.VarianceSE = new(out.CovarianceSE[0][0])
	}
	out.Correlation = correlation(out.Covariance)
	return out
}

// gradient returns element (a, b) of a term's relative covariance in the given
// slopes, and its derivatives by the parameters.
func (m *Model) gradient(k, a, b int, c *covariance) (d []float64, value float64) {
	t := &m.terms[k]
	d = make([]float64, len(m.params))
	for i, x := range m.params {
		if x.term != k {
			continue
		}
		d[i] = t.back[a*t.q+x.a] * t.back[b*t.q+x.b]
		if x.a != x.b {
			d[i] += t.back[a*t.q+x.b] * t.back[b*t.q+x.a]
		}
		value += d[i] * c.s[x.a*t.q+x.b]
	}
	return d, value
}

// of returns the variance of the estimate of sigma2 times a linear combination d
// of the parameters whose value is given, in units of sigma2^2.
func (x *information) of(d []float64, value float64) float64 {
	v := value * value * x.at(-1, -1)
	for i, di := range d {
		v += 2 * value * di * x.at(i, -1)
		for j, dj := range d {
			v += di * dj * x.at(i, j)
		}
	}
	return v
}

// correlation scales a covariance.
func correlation(c [][]float64) [][]*float64 {
	out := make([][]*float64, len(c))
	for a := range c {
		out[a] = make([]*float64, len(c))
		for b := range c {
			if c[a][a] > 0 && c[b][b] > 0 {
				r := c[a][b] / (math.Sqrt(c[a][a]) * math.Sqrt(c[b][b]))
				out[a][b] = new(math.Min(1, math.Max(-1, r)))
			}
		}
	}
	return out
}
