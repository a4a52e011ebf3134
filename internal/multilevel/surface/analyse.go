package surface

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// terms is the number of coefficients of the surface, b0 to b5.
const terms = 6

// Analyse fits the surface and answers.
func Analyse(t *Table, o Options) Result {
	if o.Bound == 0 {
		o.Bound = DefaultBound
	}
	r := Result{Rows: len(t.X), Clustered: t.Cluster != nil, Expected: o.Expected, Bound: o.Bound, Alpha: alpha}
	r.Clusters = clustersOf(t)
	r.Raters = ratersOf(t)
	if c := t.centre(&o); !math.IsNaN(c) && !math.IsInf(c, 0) && len(t.X) > 0 {
		r.Centre = &c
	}
	if len(t.X) == 0 {
		return r.ended(multilevel.NotIdentifiable, multilevel.NoData)
	}
	if why := t.objection(&o); why != "" {
		return r.ended(multilevel.Refused, why)
	}
	m, why := t.fit(&o)
	if why != "" {
		return r.ended(multilevel.NotIdentifiable, why)
	}
	r.DF = m.fit.DF
	r.take(m, t)
	r.decide()
	r.remark(m)
	return r
}

// clustersOf counts them.
func clustersOf(t *Table) int {
	_, n := t.clusters()
	return n
}

// ended is a result without numbers of the surface.
func (r *Result) ended(answer multilevel.Answer, why multilevel.Reason) Result {
	r.Answer, r.Reason = answer, why
	r.Caveats.Add(string(why), Sentence(why))
	r.Stationary.Reason, r.Shift.Reason = why, why
	return *r
}

// model is the fitted surface.
type model struct {
	fit      clustered.Fit
	columns  [][]float64 // as they went in: one, x, y, x², xy, y², covariates
	z        []float64   // less its mean
	mean     float64     // of z
	clusters bool
}

// fit fits the surface.
func (t *Table) fit(o *Options) (*model, multilevel.Reason) {
	z := append([]float64(nil), t.Z...)
	mean, varies := clustered.Centre(z)
	if !varies || !rangeOf(t.X).varies() || !rangeOf(t.Y).varies() {
		return nil, Constant
	}
	c := t.centre(o)
	columns := make([][]float64, terms, terms+len(t.Covariates))
	for i := range t.X {
		x, y := t.X[i]-c, t.Y[i]-c
		for j, v := range []float64{1, x, y, x * x, x * y, y * y} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, clustered.OutOfRange
			}
			columns[j] = append(columns[j], v)
		}
	}
	for _, v := range t.Covariates {
		columns = append(columns, centred(v.Values))
	}
	of, _ := t.clusters()
	f, why := clustered.Of(clustered.Design{Y: z, X: columns, Cluster: of})
	if why == clustered.NoVariation {
		why = clustered.Collinear // a covariate that does not vary is made of the one
	}
	if why != "" {
		return nil, why
	}
	return &model{fit: f, columns: columns, z: z, mean: mean, clusters: t.Cluster != nil}, ""
}

// combine judges a combination of b1 to b5, called by its numbers.
func (m *model) combine(b ...float64) clustered.Coefficient {
	return m.named(m.fit.Combination(m.row(b...)))
}

// row is a combination as the fit takes it.
func (m *model) row(b ...float64) []float64 {
	out := make([]float64, len(m.columns))
	copy(out[1:], b)
	return out
}

// named says by what method the limits are.
func (m *model) named(c clustered.Coefficient) clustered.Coefficient {
	if !m.clusters {
		for i := range c.CI {
			c.CI[i].Method = MethodHC2
		}
	}
	return c
}

// lines are the combinations a1 to a5 of b1 to b5.
func lines() [][]float64 {
	return [][]float64{{1, 1}, {0, 0, 1, 1, 1}, {1, -1}, {0, 0, 1, -1, 1}, {0, 0, 1, 0, -1}}
}

// take takes all numbers from the fit.
func (r *Result) take(m *model, t *Table) {
	for j, c := range m.fit.Coefficients {
		name := fmt.Sprintf("b%d", j)
		if j >= terms {
			name = t.Covariates[j-terms].Name
		}
		r.Coefficients = append(r.Coefficients, Coefficient{m.named(c), name})
	}
	r.Coefficients[0].Coefficient = m.moved(r.Coefficients[0].Coefficient)
	for i, a := range lines() {
		r.Lines = append(r.Lines, Coefficient{m.combine(a...), fmt.Sprintf("a%d", i+1)})
	}
	r.Tests = m.tests()
	r.takeAxes(m)
	r.takeStationary(m)
	r.takeShift(m)
	r.takeTypical(m)
	r.Explained = m.explained()
}

// moved returns b0 with the mean of the outcome put back, and limits and chances
// around where it is then.
func (m *model) moved(c clustered.Coefficient) clustered.Coefficient {
	c.Estimate = new(*c.Estimate + m.mean)
	c.P = new(2 * distuv.StudentsT{Sigma: 1, Nu: float64(m.fit.DF)}.CDF(-math.Abs(*c.Estimate / *c.SE)))
	if c.ClusterSE == nil || c.ClusterDF == nil {
		return c
	}
	return m.named(c.Judged(*c.ClusterSE, *c.ClusterDF))
}

// tests are those of several coefficients together.
func (m *model) tests() []Test {
	a := lines()
	one := func(j int) []float64 { b := make([]float64, 5); b[j-1] = 1; return b }
	var out []Test
	for _, x := range []struct {
		name string
		zero [][]float64
	}{
		{TestSurface, [][]float64{one(1), one(2), one(3), one(4), one(5)}},
		{TestSecond, [][]float64{one(3), one(4), one(5)}},
		{TestDifference, [][]float64{a[0], one(3), one(4), one(5)}},
		{TestSquared, [][]float64{one(1), one(2), a[4], {0, 0, 2, 1}}},
		{TestPlace, [][]float64{a[2], a[4]}},
		{TestSameAllOver, [][]float64{a[0], a[1]}},
	} {
		rows := make([][]float64, len(x.zero))
		for i, b := range x.zero {
			rows[i] = m.row(b...)
		}
		test := Test{m.fit.Joint(rows...), x.name, ""}
		if test.P == nil {
			test.Reason = FewDegrees
		}
		out = append(out, test)
	}
	return out
}

// takeTypical takes what the usual disagreement goes with.
func (r *Result) takeTypical(m *model) {
	half := *r.Raters.RMS / 2
	sd := math.Sqrt(dot(m.z, m.z) / float64(len(m.z)-1))
	if !(half > 0) || math.IsInf(half, 0) || !(sd > 0) {
		return
	}
	effect := r.Lines[3].Times(half * half)
	r.Typical = []Coefficient{{effect, Disagreement}, {effect.Times(1 / sd), DisagreementSD}}
}

// explained are the shares of the outcome's variance.
func (m *model) explained() Explained {
	n := len(m.z)
	d, squared := make([]float64, n), make([]float64, n)
	for i := range d {
		d[i] = m.columns[1][i] - m.columns[2][i]
		squared[i] = d[i] * d[i]
	}
	var all [][]float64
	for _, column := range append(append([][]float64{}, m.columns[1:]...), d, squared) {
		all = append(all, centred(column))
	}
	all = append(all, m.z)
	total := clustered.SumsOf(all, make([]int, n)).Times([]int{1})
	last := len(all) - 1
	var covariates []int
	for j := 5; j < len(m.columns)-1; j++ {
		covariates = append(covariates, j)
	}
	share := func(on ...int) *float64 {
		_, rss, ok := total.Regress(last, append(on, covariates...)...)
		if !ok || !(total.At(last, last) > 0) {
			return nil
		}
		return new(max(0, 1-rss/total.At(last, last)))
	}
	out := Explained{Difference: share(last - 2), Squared: share(last - 1), Plane: share(0, 1)}
	if len(covariates) > 0 {
		out.Covariates = share()
	}
	left := m.fit.RSS / m.fit.TSS
	out.Surface = new(1 - left)
	out.Adjusted = new(1 - left*float64(n-1)/float64(m.fit.DF))
	return out
}
