package linear

import "math"

// sample is ratings made ready: shifted by least squares, scaled to a variance
// of one, and gathered by pattern.
type sample struct {
	model    *Model
	method   Method
	patterns []*Pattern
	of       [][]int     // the blocks of each pattern
	y        [][]float64 // of each block
	rows     int
	shift    []float64 // of each column, in units of the ratings
	scale    float64   // a unit of y in units of the ratings
}

// place is the likelihood at one theta.
type place struct {
	theta    []float64
	deviance float64
	beta     []float64
	c        []float64   // of beta
	w        [][]float64 // V^-1 of each pattern
	wx       [][]float64 // W X of each pattern, rows by columns
	wr       [][]float64 // W (y - X b) of each block
}

// at evaluates the deviance; ok is false where V is not positive definite.
func (s *sample) at(theta []float64) (*place, bool) {
	p, n := &place{theta: theta}, len(s.model.Columns)
	information, right := make([]float64, n*n), make([]float64, n)
	var logs float64
	for i, pattern := range s.patterns {
		v, count := pattern.covariance(theta), float64(len(s.of[i]))
		if !choleskyOf(v, pattern.rows) {
			return nil, false
		}
		logs += count * logDet(v, pattern.rows)
		w := inverseOf(v, pattern.rows)
		x := pattern.table()
		wx := apply(w, x, pattern.rows, n)
		p.w, p.wx = append(p.w, w), append(p.wx, wx)
		for k, g := range gram(x, wx, pattern.rows, n) {
			information[k] += count * g
		}
		for _, b := range s.of[i] {
			for r, y := range s.y[b] {
				for c := range n {
					right[c] += wx[r*n+c] * y
				}
			}
		}
	}
	if !choleskyOf(information, n) {
		return nil, false
	}
	if s.method == REML {
		logs += logDet(information, n)
	}
	p.c = inverseOf(information, n)
	p.beta = apply(p.c, right, n, 1)
	p.deviance = float64(s.free())*math.Log(2*math.Pi) + logs + s.residuals(p)
	return p, !math.IsNaN(p.deviance) && !math.IsInf(p.deviance, 0)
}

// free returns the ratings that the likelihood is of.
func (s *sample) free() int {
	if s.method == REML {
		return s.rows - len(s.model.Columns)
	}
	return s.rows
}

// residuals keeps W r of every block and returns r'W r.
func (s *sample) residuals(p *place) float64 {
	p.wr = make([][]float64, len(s.y))
	var sum float64
	for i, pattern := range s.patterns {
		for _, b := range s.of[i] {
			r := make([]float64, pattern.rows)
			copy(r, s.y[b])
			for c, column := range pattern.x {
				for k, x := range column {
					r[k] -= x * p.beta[c]
				}
			}
			p.wr[b] = apply(p.w[i], r, pattern.rows, 1)
			sum += dot(r, p.wr[b])
		}
	}
	return sum
}

// table returns the columns of the means, rows by columns.
func (p *Pattern) table() []float64 {
	n := len(p.x)
	out := make([]float64, p.rows*n)
	for c, column := range p.x {
		for r, x := range column {
			out[r*n+c] = x
		}
	}
	return out
}

// slopes holds the derivatives of the deviance by theta.
type slopes struct {
	gradient []float64
	expected []float64 // second derivatives, k by k: twice Fisher's information
	average  []float64 // y'P V_i P V_j P y
}

// slopesAt returns the derivatives at a place.
func (s *sample) slopesAt(p *place) *slopes {
	k, n := len(s.model.Parameters), len(s.model.Columns)
	d := &slopes{make([]float64, k), make([]float64, k*k), make([]float64, k*k)}
	drift := make([][]float64, k) // X'W V_k W X over all blocks
	for i := range drift {
		drift[i] = make([]float64, n*n)
	}
	seen := make([][]float64, k) // X'W V_k W r over all blocks
	for i := range seen {
		seen[i] = make([]float64, n)
	}
	for i := range s.patterns {
		s.expectedBy(p, i, d, drift)
		s.averageBy(p, i, d, seen)
	}
	moved := make([][]float64, k) // C times the drift
	for i := range drift {
		moved[i] = apply(p.c, drift[i], n, n)
		if s.method == REML {
			for c := range n {
				d.gradient[i] -= moved[i][c*n+c]
			}
		}
	}
	for i := range k {
		for j := range i + 1 {
			if s.method == REML {
				d.expected[i*k+j] += traceOf(moved[i], moved[j], n)
			}
			d.average[i*k+j] -= dot(seen[i], apply(p.c, seen[j], n, 1))
			d.expected[j*k+i], d.average[j*k+i] = d.expected[i*k+j], d.average[i*k+j]
		}
	}
	return d
}

// expectedBy adds what one pattern has of the traces.
func (s *sample) expectedBy(p *place, i int, d *slopes, drift [][]float64) {
	pattern, count, n := s.patterns[i], float64(len(s.of[i])), len(s.model.Columns)
	k := len(s.model.Parameters)
	vw, vwx, wvwx := make([][]float64, k), make([][]float64, k), make([][]float64, k)
	for a, v := range pattern.v {
		if len(v) == 0 {
			continue
		}
		vw[a] = times(v, p.w[i], pattern.rows, pattern.rows)
		for r := range pattern.rows {
			d.gradient[a] += count * vw[a][r*pattern.rows+r]
		}
		if s.method == REML {
			vwx[a] = times(v, p.wx[i], pattern.rows, n)
			wvwx[a] = apply(p.w[i], vwx[a], pattern.rows, n)
			for at, g := range gram(p.wx[i], vwx[a], pattern.rows, n) {
				drift[a][at] += count * g
			}
		}
		for b := range a + 1 {
			if vw[b] == nil {
				continue
			}
			h := traceOf(vw[a], vw[b], pattern.rows)
			if s.method == REML {
				h -= 2 * traceOf(p.c, gram(vwx[a], wvwx[b], pattern.rows, n), n)
			}
			d.expected[a*k+b] += count * h
		}
	}
}

// averageBy adds what the residuals of one pattern's blocks say.
func (s *sample) averageBy(p *place, i int, d *slopes, seen [][]float64) {
	pattern, n, k := s.patterns[i], len(s.model.Columns), len(s.model.Parameters)
	for _, b := range s.of[i] {
		u, wu := make([][]float64, k), make([][]float64, k)
		for a, v := range pattern.v {
			if len(v) == 0 {
				continue
			}
			u[a] = times(v, p.wr[b], pattern.rows, 1)
			wu[a] = apply(p.w[i], u[a], pattern.rows, 1)
			d.gradient[a] -= dot(p.wr[b], u[a])
			for r, x := range u[a] {
				for c := range n {
					seen[a][c] += p.wx[i][r*n+c] * x
				}
			}
			for o := range a + 1 {
				if u[o] != nil {
					d.average[a*k+o] += dot(u[a], wu[o])
				}
			}
		}
	}
}
