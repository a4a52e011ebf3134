package decomposition

import (
	"math"

	"holon/internal/multilevel"
)

// moments is the reduction of a table that everything else starts from: sizes
// and means of groups and the sums of squares and products (SSCP) within and
// between them, in units of z.
type moments struct {
	tab
	sizes   []float64
	means   []float64 // group by group
	grand   []float64 // mean of all rows
	inside  []float64 // SSCP within each group, group by group, k x k
	within  []float64 // SSW, k x k
	between []float64 // SSB, k x k
	rows    float64
}

// dust is the distance, in units of z, that rounding alone leaves between equal
// values.
const dust = 8 * 0x1p-52

// reduce computes the moments in two passes about means, with the correction
// for the rounding of a mean (Chan, Golub and LeVeque 1983).
func reduce(b tab) *moments {
	j, k := len(b.keys), b.k
	m := &moments{
		tab: b, rows: float64(len(b.z) / k), sizes: make([]float64, j), means: make([]float64, j*k),
		inside: make([]float64, j*k*k), within: make([]float64, k*k), between: make([]float64, k*k),
	}
	one := ones(len(b.z) / k)
	for g := range b.keys {
		from, to := b.starts[g], b.starts[g+1]
		m.sizes[g] = float64(to - from)
		ss := m.inside[g*k*k : (g+1)*k*k]
		squares(m.means[g*k:(g+1)*k], ss, b.z[from*k:to*k], one[from:to])
		for i, v := range ss {
			m.within[i] += v
		}
	}
	m.grand = make([]float64, k)
	squares(m.grand, m.between, m.means, m.sizes)
	m.clean(m.within)
	m.clean(m.between)
	return m
}

// squares fills in the weighted mean and the SSCP about it of the rows of z.
// Columns that are all equal give exactly that value and exactly zero.
func squares(mean, ss, z, weight []float64) {
	k := len(mean)
	var total float64
	for i, w := range weight {
		total += w
		for c := range k {
			mean[c] += w * (z[i*k+c] - z[c])
		}
	}
	for c := range k {
		mean[c] = z[c] + mean[c]/total
	}
	rest, dev := make([]float64, k), make([]float64, k)
	for i, w := range weight {
		for c := range k {
			dev[c] = z[i*k+c] - mean[c]
			rest[c] += w * dev[c]
		}
		for a := range k {
			for c := range a + 1 {
				ss[a*k+c] += w * dev[a] * dev[c]
			}
		}
	}
	for a := range k {
		for c := range a + 1 {
			ss[a*k+c] -= rest[a] * rest[c] / total
			ss[c*k+a] = ss[a*k+c]
		}
	}
	for c := range k {
		mean[c] += rest[c] / total
	}
}

// clean sets to exactly zero what rounding alone leaves of a measure that does
// not vary at a level.
func (m *moments) clean(ss []float64) {
	for a := range m.k {
		if ss[a*m.k+a] > m.rows*dust*dust {
			continue
		}
		for c := range m.k {
			ss[a*m.k+c], ss[c*m.k+a] = 0, 0
		}
	}
}

// dfW returns the degrees of freedom within groups.
func (m *moments) dfW() float64 { return m.rows - m.groups() }

// groups returns the number of groups.
func (m *moments) groups() float64 { return float64(len(m.keys)) }

// n0 returns (N - sum n^2/N)/(J-1), the size that makes the latent covariance
// unbiased, written so that equal sizes give that size exactly.
func (m *moments) n0() float64 { return meanSize(m.sizes, m.rows) }

// meanSize is n0 of any sizes with a sum.
func meanSize(sizes []float64, rows float64) float64 {
	j := float64(len(sizes))
	mean := rows / j
	var ss float64
	for _, n := range sizes {
		ss += (n - mean) * (n - mean)
	}
	return mean - ss/(rows*(j-1))
}

// harmonic returns the harmonic mean of the sizes.
func (m *moments) harmonic() float64 {
	var sum float64
	for _, n := range m.sizes {
		sum += 1 / n
	}
	return m.groups() / sum
}

// structure returns why the data can show nothing between or within groups.
func (m *moments) structure() multilevel.Reason {
	switch {
	case len(m.keys) == 1:
		return multilevel.OneGroup
	case m.dfW() == 0:
		return multilevel.OneRatingPerGroup
	}
	return ""
}

// msb and msw return the mean square or product of two measures.
func (m *moments) msb(a, c int) float64 { return m.between[a*m.k+c] / (m.groups() - 1) }

func (m *moments) msw(a, c int) float64 { return m.within[a*m.k+c] / m.dfW() }

// latent returns the covariance between groups, (MSCP_B - MSCP_W)/n0.
func (m *moments) latent(a, c int) float64 { return (m.msb(a, c) - m.msw(a, c)) / m.n0() }

// levels are the covariances of one pair of measures at every level.
type levels struct {
	total, msw, msb, latent, unweighted sym // unweighted: of group means, sum of squares
}

// pair returns the covariances of measures x and y.
func (m *moments) pair(x, y int) levels {
	at := func(ss []float64) sym { return sym{ss[x*m.k+x], ss[x*m.k+y], ss[y*m.k+y]} }
	msw, msb := at(m.within).times(1/m.dfW()), at(m.between).times(1/(m.groups()-1))
	l := levels{total: at(m.within).plus(1, at(m.between)), msw: msw, msb: msb, latent: msb.plus(-1, msw).times(1 / m.n0())}
	two := make([]float64, 0, 2*len(m.keys))
	for g := range m.keys {
		two = append(two, m.means[g*m.k+x], m.means[g*m.k+y])
	}
	mean, ss := make([]float64, 2), make([]float64, 4)
	squares(mean, ss, two, ones(len(m.keys)))
	if msb.xx > 0 && msb.yy > 0 {
		l.unweighted = sym{ss[0], ss[1], ss[3]}
	}
	return l
}

// icc returns (MSB-MSW)/(MSB+(n0-1)MSW) of measure a, and nil without variation.
func (m *moments) icc(a int) *float64 {
	b, w := m.msb(a, a), m.msw(a, a)
	whole := b + (m.n0()-1)*w
	if !(whole > 0) || math.IsInf(whole, 0) {
		return nil
	}
	return new((b - w) / whole)
}
