package decomposition

import "math"

// method is one of the two likelihoods.
type method int

const (
	restricted method = iota
	full
)

// pool is what the bivariate likelihood needs of the groups of one size: how
// many there are, the mean of their means and the SSCP of the means about it.
type pool struct {
	size, count float64
	mean        [2]float64
	ss          sym
}

// sample holds the sufficient statistics of the bivariate two-level model; the
// cost of one evaluation grows with the number of distinct sizes.
type sample struct {
	pools        []pool
	within       sym // SSW
	rows, groups float64
}

// sampleOf pools the groups of the same size for the first two measures.
func sampleOf(m *moments) *sample {
	const x, y = 0, 1
	k := m.k
	s := &sample{
		within: sym{m.within[x*k+x], m.within[x*k+y], m.within[y*k+y]},
		rows:   m.rows, groups: m.groups(),
	}
	means := map[float64][]float64{}
	for g, n := range m.sizes {
		means[n] = append(means[n], m.means[g*k+x], m.means[g*k+y])
	}
	for _, n := range sortedKeys(means) {
		z := means[n]
		mean, ss := make([]float64, 2), make([]float64, 4)
		squares(mean, ss, z, ones(len(z)/2))
		s.pools = append(s.pools, pool{n, float64(len(z) / 2), [2]float64{mean[0], mean[1]}, sym{ss[0], ss[1], ss[3]}})
	}
	return s
}

// dfW returns the degrees of freedom within groups.
func (s *sample) dfW() float64 { return s.rows - s.groups }

// theta holds the two covariance matrices of the model.
type theta struct{ between, within sym }

// place is the likelihood at one theta.
type place struct {
	deviance float64 // with all constants, in units of z
	mu       [2]float64
	cov      sym // of mu
	gB, gW   sym // gradient of the deviance: its derivative by an entry xx or yy, and half of that by xy
}

// at evaluates the deviance and its gradient. A group of n has the mean mu with
// covariance V_n/n, V_n = Sigma_W + n Sigma_B, and N-J free deviations with
// covariance Sigma_W (Helmert's rotation; Longford 1987):
//
//	dev = 2N log 2pi + (N-J) log|Sigma_W| + tr(Sigma_W^-1 SSW)
//	    + sum_g [ log|V_n| + n (ybar_g-mu)' V_n^-1 (ybar_g-mu) ],   mu = A^-1 sum n V_n^-1 ybar_g,
//
// with A = sum n V_n^-1; the restricted one has 2(N-1) log 2pi and log|A| more.
// ok is false where a matrix is not positive definite.
func (s *sample) at(t theta, m method) (p place, ok bool) {
	w, detW, ok := t.within.inverse()
	if !ok {
		return p, false
	}
	var buffer [8]sym
	inv := buffer[:0]
	var a sym
	var sum [2]float64
	var logs float64
	for i := range s.pools {
		c := &s.pools[i]
		v, det, ok := t.within.plus(c.size, t.between).inverse()
		if !ok {
			return p, false
		}
		inv = append(inv, v)
		logs += c.count * math.Log(det)
		a = a.plus(c.count*c.size, v)
		vm := v.apply(c.mean)
		sum[0] += c.count * c.size * vm[0]
		sum[1] += c.count * c.size * vm[1]
	}
	cov, detA, ok := a.inverse()
	if !ok {
		return p, false
	}
	p.cov = cov
	p.mu = p.cov.apply(sum)
	free := 2 * s.rows
	if m == restricted {
		free -= 2
		logs += math.Log(detA)
	}
	p.deviance = free*math.Log(2*math.Pi) + s.dfW()*math.Log(detW) + w.dot(s.within) + logs
	p.gW = w.times(s.dfW()).plus(-1, w.around(s.within))
	for i, v := range inv {
		c := &s.pools[i]
		spread := c.ss.plus(c.count, outer([2]float64{c.mean[0] - p.mu[0], c.mean[1] - p.mu[1]})).times(c.size)
		p.deviance += v.dot(spread)
		g := v.times(c.count).plus(-1, v.around(spread))
		if m == restricted {
			g = g.plus(-c.count*c.size, v.around(p.cov))
		}
		p.gW, p.gB = p.gW.plus(1, g), p.gB.plus(c.size, g)
	}
	return p, !math.IsNaN(p.deviance) && !math.IsInf(p.deviance, 0)
}

// gradient returns the derivatives of the deviance by between xx, xy, yy and
// within xx, xy, yy.
func (p *place) gradient() [6]float64 {
	return [6]float64{p.gB.xx, 2 * p.gB.xy, p.gB.yy, p.gW.xx, 2 * p.gW.xy, p.gW.yy}
}

// hessian returns the expected second derivatives of the deviance, twice
// Fisher's information: tr(P V_i P V_j), in the order of gradient.
func (s *sample) hessian(t theta, p *place, m method) (h [6][6]float64) {
	w, _, _ := t.within.inverse()
	add := func(block [3][3]float64, f, n float64) {
		for i := range 3 {
			for j := range 3 {
				v := f * block[i][j]
				h[i][j] += n * n * v
				h[i][j+3] += n * v
				h[i+3][j] += n * v
				h[i+3][j+3] += v
			}
		}
	}
	add(cross(w, w), s.dfW(), 0)
	var drift [6]sym // sum n V^-1 V_i V^-1
	for i := range s.pools {
		c := &s.pools[i]
		v, _, _ := t.within.plus(c.size, t.between).inverse()
		add(cross(v, v), c.count, c.size)
		if m == full {
			continue
		}
		add(cross(v, v.around(p.cov)), -2*c.count*c.size, c.size)
		for k, d := range basis() {
			moved := v.around(d).times(c.count * c.size)
			drift[k], drift[k+3] = drift[k].plus(c.size, moved), drift[k+3].plus(1, moved)
		}
	}
	if m == restricted {
		for i := range 6 {
			for j := range 6 {
				h[i][j] += p.cov.around(drift[i]).dot(drift[j])
			}
		}
	}
	return h
}
