package grouplevel

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"holon/internal/multilevel/fdist"
)

// cut90 is the deviance at which a 90 % profile interval ends: the .90 quantile
// of chi-square with one degree of freedom.
const cut90 = 2.705543454095404

// balanced is a plan of equal complete groups: the lines of its analysis of
// variance from group to residual, what each expects of the variances, and the
// test that would be made. All its numbers follow from draws of the lines' mean
// squares, which are scaled chi-squares.
type balanced struct {
	// coefficient[i][j] is what line i expects of variance j; variance 0 is the
	// group's and the last one the residual's.
	coefficient [][]float64
	others      []float64 // the other variances as parts of their sum
	perGroup    []float64 // degrees of freedom that each group adds to a line
	fixed       float64   // degrees of freedom that the group's line gives up once: 1 for the mean
	crossed     bool      // tested by the quasi-F, otherwise by the first line over the second
}

// plainPlan is the plan of groups of n ratings that share nothing but the
// group, of which a part shared of the groups' differences is their therapists'.
func plainPlan(n, shared float64) balanced {
	return balanced{
		coefficient: [][]float64{{n, 1}, {0, 1}},
		others:      []float64{1},
		perGroup:    []float64{1 - shared, n - 1},
		fixed:       1,
	}
}

// nestedPlan is the plan of groups of u units with n ratings each.
func nestedPlan(u, n, unit, residual, shared float64) balanced {
	sum := unit + residual
	return balanced{
		coefficient: [][]float64{{u * n, n, 1}, {0, n, 1}, {0, 0, 1}},
		others:      []float64{unit / sum, residual / sum},
		perGroup:    []float64{1 - shared, u - 1, u * (n - 1)},
		fixed:       1,
	}
}

// crossedPlan is the plan of groups of m members over s sessions.
func crossedPlan(m, s, memberVar, sessionVar, residual, shared float64) balanced {
	sum := memberVar + sessionVar + residual
	return balanced{
		coefficient: [][]float64{{m * s, s, m, 1}, {0, s, 0, 1}, {0, 0, m, 1}, {0, 0, 0, 1}},
		others:      []float64{memberVar / sum, sessionVar / sum, residual / sum},
		perGroup:    []float64{1 - shared, m - 1, s - 1, (m - 1) * (s - 1)},
		fixed:       1,
		crossed:     true,
	}
}

// possible tells whether the plan has degrees of freedom for every line.
func (p *balanced) possible() bool {
	for _, df := range p.perGroup {
		if !(df > 0) {
			return false
		}
	}
	return true
}

// freedom returns the degrees of freedom of every line for k groups.
func (p *balanced) freedom(k int) []float64 {
	df := make([]float64, len(p.perGroup))
	for i, each := range p.perGroup {
		df[i] = float64(k) * each
	}
	if df[0] = float64(k)*p.perGroup[0] - p.fixed; df[0] < 1 {
		df[0] = 1
	}
	return df
}

// expected returns the expected mean squares where the group's share of the
// variance is this.
func (p *balanced) expected(share float64) []float64 {
	out := make([]float64, len(p.coefficient))
	for i, row := range p.coefficient {
		out[i] = row[0] * share
		for j, other := range p.others {
			out[i] += row[j+1] * other * (1 - share)
		}
	}
	return out
}

// draw turns standard normal numbers into mean squares, into ms, so that more
// degrees of freedom move each draw and do not make another.
func draw(ms, expected, df, normal []float64) {
	for i := range ms {
		ms[i] = expected[i] * chiSquare(df[i], normal[i]) / df[i]
	}
}

// chiSquare returns the quantile of chi-square where the standard normal one is
// z: by the inverse of its distribution, and from 60 degrees of freedom on by the
// cube of Wilson and Hilferty (1931), which is then within 3e-4 of it where z is
// between -2 and 2.
func chiSquare(df, z float64) float64 {
	const many = 60
	if df < many {
		return 2 * mathext.GammaIncRegInv(df/2, math.Erfc(-z/math.Sqrt2)/2)
	}
	c := 2 / (9 * df)
	root := max(0, 1-c+z*math.Sqrt(c))
	return df * root * root * root
}

// significant tells whether the primary test finds group variance at .05.
func (p *balanced) significant(ms, df []float64) bool {
	const alpha = 0.05
	if !p.crossed {
		return fdist.Upper(ms[0]/ms[1], df[0], df[1]) <= alpha
	}
	var a [4]stratum
	for i := range a {
		a[i] = stratum{ss: ms[i] * df[i], df: df[i]}
	}
	q := sumForm(a)
	return q.ok && fdist.Upper(q.f, q.df1, q.df2) <= alpha
}

// supported tells whether the answer would be "supported": the test is
// significant and the lower end of the 90 % profile interval is above zero.
func (p *balanced) supported(ms, df []float64) bool {
	return p.significant(ms, df) && p.deviance(ms, df, 0)-p.best(ms, df) > cut90
}

// ruledOut tells whether the answer would be "not supported": the upper end of
// the 90 % profile interval is below bound.
func (p *balanced) ruledOut(ms, df []float64, bound float64) bool {
	variances, free := p.solve(p.coefficient, ms, df)
	var total float64
	for _, v := range variances {
		total += v
	}
	return variances[0] < bound*total && p.deviance(ms, df, bound)-free > cut90 && !p.supported(ms, df)
}

// notPositive tells whether the analysis of variance would estimate the group
// variance at zero or less.
func (p *balanced) notPositive(ms []float64) bool {
	if p.crossed {
		return ms[0] <= ms[1]+ms[2]-ms[3]
	}
	return ms[0] <= ms[1]
}

// best returns the least REML deviance, up to a constant of the data.
func (p *balanced) best(ms, df []float64) float64 {
	_, deviance := p.solve(p.coefficient, ms, df)
	return deviance
}

// deviance returns the least REML deviance with the group's share fixed, by
// writing its variance as share/(1-share) times the sum of the others.
func (p *balanced) deviance(ms, df []float64, share float64) float64 {
	odds := share / (1 - share)
	rows := make([][]float64, len(p.coefficient))
	for i, row := range p.coefficient {
		rows[i] = make([]float64, len(row)-1)
		for j := range rows[i] {
			rows[i][j] = row[j+1] + odds*row[0]
		}
	}
	_, deviance := p.solve(rows, ms, df)
	return deviance
}

// solve minimises sum df (log l + ms/l), l = rows v, over v >= 0: the REML
// deviance of balanced data. Fisher scoring on the variances above zero or about
// to rise, with halved steps; what a step would make negative becomes zero.
func (p *balanced) solve(rows [][]float64, ms, df []float64) (v []float64, deviance float64) {
	n := len(rows[0])
	v = make([]float64, n)
	var pooled, all float64
	for i := range ms {
		pooled += df[i] * ms[i]
		all += df[i]
	}
	for j := range v {
		v[j] = pooled / all / float64(n) / rows[0][j]
	}
	v[n-1] = pooled / all / float64(n)
	value := devianceAt(rows, ms, df, v)
	next := make([]float64, n)
	for range 60 {
		step, decrement := scoring(rows, ms, df, v)
		if !(decrement > 1e-9) {
			break
		}
		improved := false
		for size := 1.0; size > 1e-9; size /= 2 {
			for j := range v {
				next[j] = max(0, v[j]+size*step[j])
			}
			if d := devianceAt(rows, ms, df, next); d < value {
				improved = value-d > 1e-10
				value = d
				copy(v, next)
				break
			}
		}
		if !improved {
			break
		}
	}
	return v, value
}

// devianceAt returns the deviance at variances v, infinite where a line would
// have none.
func devianceAt(rows [][]float64, ms, df, v []float64) float64 {
	var sum float64
	for i, row := range rows {
		l := dot(row, v)
		if !(l > 0) {
			return math.Inf(1)
		}
		sum += df[i] * (math.Log(l) + ms[i]/l)
	}
	return sum
}

// dot returns the sum of products.
func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// scoring returns the Fisher scoring step and its decrement. Variances at zero
// that the score keeps there do not move.
func scoring(rows [][]float64, ms, df, v []float64) (step []float64, decrement float64) {
	n := len(v)
	score, step := make([]float64, n), make([]float64, n)
	info := make([][]float64, n)
	for j := range info {
		info[j] = make([]float64, n+1)
	}
	for i, row := range rows {
		l := dot(row, v)
		for j := range row {
			score[j] += df[i] * row[j] * (ms[i]/l - 1) / l
			for k := range row {
				info[j][k] += df[i] * row[j] * row[k] / (l * l)
			}
		}
	}
	for j := range v {
		info[j][n] = score[j]
		if v[j] > 0 || score[j] > 0 {
			continue
		}
		for k := range v {
			info[j][k], info[k][j] = 0, 0
		}
		info[j][j], info[j][n] = 1, 0
	}
	gauss(info, step)
	return step, dot(step, score)
}

// gauss solves a positive definite system whose right side is the last column.
func gauss(a [][]float64, x []float64) {
	n := len(a)
	for c := range n {
		for i := c + 1; i < n; i++ {
			f := a[i][c] / a[c][c]
			for k := c; k <= n; k++ {
				a[i][k] -= f * a[c][k]
			}
		}
	}
	for i := n - 1; i >= 0; i-- {
		x[i] = a[i][n]
		for k := i + 1; k < n; k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
}
