package familyrole

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

// Estimate is one part with its standard error. Variances are tested one-sided and
// may come out below zero, which is no variance and says that there is none to be
// seen; covariances are tested two-sided.
type Estimate struct {
	Part

	Value, SE float64
	P         float64
	CI        []multilevel.Interval // 95 %
	// Correlation is that of a reciprocity; nil where a variance is not above zero.
	Correlation *float64
}

// Shares is what the value of a cell is made of; nil where a part is below zero.
type Shares struct {
	Cell

	Family, Actor, Partner, Relationship *float64
}

// Fit is the parts of many families. Undefined numbers are nil.
type Fit struct {
	Families, Cells int
	Means           []float64 // of the cells
	Parts           []Estimate
	Shares          []Shares
	Chi2            float64 // against covariances without any structure
	DF              int
	P               float64
	LogLik          float64
	Reason          multilevel.Reason
}

// MethodWald is the method of the limits.
const MethodWald = "ml_wald"

// Take takes a table apart by maximum likelihood. Of the cells' covariances, with S
// those of the data (divided by the number N of families),
//
//	Σ = v_F 11' + Σ v_Ai + Σ v_Pj + diag(v_Rij) + Cov(A_i, P_i) + Cov(R_ij, R_ji)
//
// is linear in its parts θ, so that Fisher's scoring solves at each step
//
//	A θ = b,  A_pq = tr(Σ⁻¹ G_p Σ⁻¹ G_q),  b_p = tr(Σ⁻¹ G_p Σ⁻¹ S)
//
// with G_p = ∂Σ/∂θ_p; standard errors are of 2 A⁻¹ / N, and the fit is judged by
// N (ln|Σ| + tr SΣ⁻¹ − ln|S| − p), chi-squared (Jöreskog 1970; Cook 1994). Means are
// free. With three roles there is no part of the family. What cannot be computed is
// told by Reason.
func Take(t *Table) Fit {
	out := Fit{Families: len(t.Families), Reason: t.check()}
	if out.Reason != "" {
		return out
	}
	cells := Cells(len(t.Roles))
	out.Cells = len(cells)
	s, means := covariance(t.Families, len(cells))
	out.Means = means
	m := newModel(len(t.Roles), s, float64(len(t.Families)))
	if m == nil {
		out.Reason = multilevel.NoVariation
		return out
	}
	if !m.search() {
		out.Reason = NoSolution
		return out
	}
	out.Parts = m.estimates()
	out.Shares = sharesOf(cells, out.Parts)
	p := float64(len(cells))
	out.Chi2 = m.n * max(0, m.at.distance-m.logS-p)
	out.DF = len(cells)*(len(cells)+1)/2 - len(m.parts)
	out.P = distuv.ChiSquared{K: float64(out.DF)}.Survival(out.Chi2)
	out.LogLik = -m.n / 2 * (p*math.Log(2*math.Pi) + m.at.distance)
	return out
}

// covariance returns the covariances of columns, divided by the number of rows, and
// their means.
func covariance(rows [][]float64, columns int) (s *mat.SymDense, means []float64) {
	means = make([]float64, columns)
	for _, row := range rows {
		for j, v := range row {
			means[j] += v / float64(len(rows))
		}
	}
	s = mat.NewSymDense(columns, nil)
	for _, row := range rows {
		for i := range columns {
			for j := i; j < columns; j++ {
				s.SetSym(i, j, s.At(i, j)+(row[i]-means[i])*(row[j]-means[j])/float64(len(rows)))
			}
		}
	}
	return s, means
}

// estimates returns the parts with their errors.
func (m *model) estimates() []Estimate {
	out := make([]Estimate, len(m.parts))
	at := map[Part]float64{}
	for i, p := range m.parts {
		at[p] = m.at.theta[i]
		e := Estimate{Part: p, Value: m.at.theta[i], SE: math.Sqrt(2 * m.inverse.At(i, i) / m.n)}
		z := e.Value / e.SE
		if p.Kind.variance() {
			e.P = distuv.UnitNormal.Survival(z)
		} else {
			e.P = 2 * distuv.UnitNormal.Survival(math.Abs(z))
		}
		half := distuv.UnitNormal.Quantile(.975) * e.SE
		e.CI = []multilevel.Interval{{Level: .95, Lower: new(e.Value - half), Upper: new(e.Value + half), Method: MethodWald}}
		out[i] = e
	}
	for i := range out {
		e := &out[i]
		switch e.Kind {
		case General:
			e.Correlation = correlation(e.Value, at[Part{Actor, e.By, -1}], at[Part{Partner, -1, e.By}])
		case Dyadic:
			e.Correlation = correlation(e.Value, at[Part{Relationship, e.By, e.Of}], at[Part{Relationship, e.Of, e.By}])
		default:
		}
	}
	return out
}

// correlation is that of a covariance; nil unless both variances are above zero.
func correlation(covariance, a, b float64) *float64 {
	if !(a > 0) || !(b > 0) {
		return nil
	}
	return new(covariance / math.Sqrt(a*b))
}

// sharesOf divides the sum of the parts of each cell.
func sharesOf(cells []Cell, parts []Estimate) []Shares {
	at := map[Part]float64{}
	for i := range parts {
		at[parts[i].Part] = parts[i].Value
	}
	out := make([]Shares, len(cells))
	for i, c := range cells {
		family, there := at[Part{Family, -1, -1}]
		actor, partner, relationship := at[Part{Actor, c.By, -1}], at[Part{Partner, -1, c.Of}], at[Part{Relationship, c.By, c.Of}]
		out[i].Cell = c
		sum := family + actor + partner + relationship
		if min(family, actor, partner, relationship) < 0 || !(sum > 0) {
			continue
		}
		if there {
			out[i].Family = new(family / sum)
		}
		out[i].Actor, out[i].Partner, out[i].Relationship = new(actor/sum), new(partner/sum), new(relationship/sum)
	}
	return out
}
