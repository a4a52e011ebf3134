package linear

import (
	"context"
	"math"
)

// Fit is an optimum in the units of the ratings.
type Fit struct {
	Method    Method
	Theta     []float64   // in the order of the model
	Cov       [][]float64 // of Theta: the inverse of Fisher's information, as if no boundary were near; nil where it is singular
	Beta      []float64   // the means
	BetaCov   [][]float64 // of the means, given Theta
	LogLik    float64     // all constants kept
	Deviance  float64     // -2 LogLik
	Decrement float64     // Newton's, in units of deviance, over what is not held by a boundary
	Rounds    int
	Boundary  []Edge   // where the solution stands; empty inside
	Second    *float64 // how much higher the deviance of another optimum is, if that is within .1
	Rows      int
	Blocks    int

	sample *sample
	best   optimum
}

// Estimate fits a model to blocks. It returns a Refusal where that cannot be
// done, and the context's error when that ends first.
func Estimate(ctx context.Context, m *Model, blocks []Block, method Method) (*Fit, error) {
	s, err := sampleOf(m, blocks, method)
	if err != nil {
		return nil, err
	}
	starts := m.starts()
	if !s.identified(starts[0]) {
		return nil, &Refusal{NotIdentified}
	}
	return s.estimate(ctx, starts)
}

// estimate returns the best optimum from several starts.
func (s *sample) estimate(ctx context.Context, starts [][]float64) (*Fit, error) {
	const near = .1
	var best, other *optimum
	for _, start := range starts {
		o, err := s.descend(ctx, start)
		switch {
		case err != nil:
			return nil, err
		case !o.ok:
		case best == nil:
			best = &o
		case o.deviance < best.deviance-1e-6:
			best, other = &o, best
		case o.deviance > best.deviance+1e-6 && (other == nil || o.deviance < other.deviance):
			other = &o
		case o.deviance < best.deviance:
			best = &o
		}
	}
	if best == nil {
		return nil, &Refusal{NoOptimum}
	}
	f := s.report(*best)
	if other != nil && other.deviance-best.deviance < near {
		f.Second = new(other.deviance - best.deviance)
	}
	return f, nil
}

// sampleOf checks, gathers, shifts and scales the ratings.
func sampleOf(m *Model, blocks []Block, method Method) (*sample, error) {
	s := &sample{model: m, method: method}
	at := map[*Pattern]int{}
	for b := range blocks {
		p := blocks[b].Pattern
		i, ok := at[p]
		if !ok {
			i = len(s.patterns)
			at[p] = i
			s.patterns, s.of = append(s.patterns, p), append(s.of, nil)
		}
		s.of[i] = append(s.of[i], b)
		s.rows += p.rows
		y := append([]float64(nil), blocks[b].Y...)
		for _, v := range y {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, &Refusal{NonFinite}
			}
		}
		s.y = append(s.y, y)
	}
	if s.rows <= len(m.Columns) {
		return nil, &Refusal{NoData}
	}
	return s, s.settle()
}

// settle shifts the ratings by their least-squares means, twice, so that what
// the first shift rounds the second one takes; then it scales them.
func (s *sample) settle() error {
	n := len(s.model.Columns)
	s.shift = make([]float64, n)
	var largest float64
	for _, y := range s.y {
		for _, v := range y {
			largest = max(largest, math.Abs(v))
		}
	}
	for range 2 {
		information, right := make([]float64, n*n), make([]float64, n)
		for i, p := range s.patterns {
			x := p.table()
			for k, g := range gram(x, x, p.rows, n) {
				information[k] += g * float64(len(s.of[i]))
			}
			for _, b := range s.of[i] {
				for c, column := range p.x {
					right[c] += dot(column, s.y[b])
				}
			}
		}
		by, ok := solve(information, n, 0, right)
		if !ok {
			return &Refusal{MeansAliased}
		}
		s.shiftBy(by)
	}
	var sum float64
	for _, y := range s.y {
		sum += dot(y, y)
	}
	s.scale = math.Sqrt(sum / float64(s.rows))
	if !(s.scale > 1e-13*largest) {
		return &Refusal{NoVariance}
	}
	for _, y := range s.y {
		for i := range y {
			y[i] /= s.scale
		}
	}
	return nil
}

// shiftBy takes means out of the ratings.
func (s *sample) shiftBy(by []float64) {
	for c, v := range by {
		s.shift[c] += v
	}
	for i, p := range s.patterns {
		for _, b := range s.of[i] {
			for c, column := range p.x {
				for r, x := range column {
					s.y[b][r] -= x * by[c]
				}
			}
		}
	}
}

// starts returns points inside and on each face but that of the last part,
// which is what is left over: variances alike, each part large, each part zero.
func (m *Model) starts() [][]float64 {
	n := len(m.Parts)
	weights := func(special int, of, others float64) []float64 {
		theta := make([]float64, len(m.Parameters))
		for i, p := range m.Parts {
			w := others
			if i == special {
				w = of
			}
			theta[p.a] = w
			if p.kind == matrix {
				theta[p.b] = w
			}
		}
		return theta
	}
	out := [][]float64{weights(-1, 0, 1/float64(n))}
	if n == 1 {
		return out
	}
	rest := 1 / float64(n-1)
	for i := range n {
		out = append(out, weights(i, .8, .2*rest))
		if i < n-1 {
			out = append(out, weights(i, 0, rest))
		}
	}
	return out
}

// identified tells whether the expected information at a point inside is
// regular.
func (s *sample) identified(theta []float64) bool {
	const singular = 1e-9
	p, ok := s.at(theta)
	if !ok {
		return false
	}
	h, k := s.slopesAt(p).expected, len(theta)
	l := make([]float64, k*k)
	for i := range k {
		for j := range k {
			if !(h[i*k+i] > singular) || !(h[j*k+j] > singular) {
				return false
			}
			l[i*k+j] = h[i*k+j] / math.Sqrt(h[i*k+i]*h[j*k+j])
		}
		l[i*k+i] -= singular
	}
	return choleskyOf(l, k)
}

// report returns an optimum in the units of the ratings.
func (s *sample) report(o optimum) *Fit {
	k, n := len(o.theta), len(o.beta)
	unit := s.scale * s.scale
	f := &Fit{
		Method: s.method, Theta: scaled(o.theta, unit), Decrement: o.decrement, Rounds: o.rounds + 1,
		Boundary: s.model.edges(o.theta), Rows: s.rows, Blocks: len(s.y), sample: s, best: o,
	}
	f.Deviance = o.deviance + 2*float64(s.free())*math.Log(s.scale)
	f.LogLik = -f.Deviance / 2
	for c, b := range o.beta {
		f.Beta = append(f.Beta, s.shift[c]+s.scale*b)
	}
	f.BetaCov = table(o.c, n, unit)
	l := append([]float64(nil), o.slopes.expected...)
	if choleskyOf(l, k) {
		f.Cov = table(inverseOf(l, k), k, 2*unit*unit)
	}
	return f
}

// table returns a matrix as rows, times a number.
func table(a []float64, n int, by float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = scaled(a[i*n:(i+1)*n], by)
	}
	return out
}

// Held tells of every parameter whether its part stands on the boundary, where
// no standard error can be read off the information.
func (f *Fit) Held() []bool {
	out := make([]bool, len(f.Theta))
	for _, p := range f.sample.model.Parts {
		for _, e := range f.Boundary {
			if e.Part != p.name {
				continue
			}
			out[p.a] = true
			if p.kind != single {
				out[p.c] = true
			}
			if p.kind == matrix {
				out[p.b] = true
			}
		}
	}
	return out
}

// edges tells where theta stands on the boundary.
func (m *Model) edges(theta []float64) []Edge {
	const gone = 1e-10 // of the other variance
	var out []Edge
	for _, p := range m.Parts {
		a, c := theta[p.a], theta[p.c]
		var edge EdgeKind
		switch p.kind {
		case single:
			if a == 0 {
				edge = Zero
			}
		case exchangeable:
			switch a {
			case 0:
				edge = Zero
			case c:
				edge = PerfectLike
			case -c:
				edge = PerfectUn
			}
		case matrix:
			b := theta[p.b]
			e := eigenOf(a, b, c)
			switch {
			case !(e.large > 0):
				edge = Zero
			case e.small > 0:
			case a <= gone*b:
				edge = FirstZero
			case b <= gone*a:
				edge = SecondZero
			case c > 0:
				edge = PerfectLike
			default:
				edge = PerfectUn
			}
		}
		if edge != "" {
			out = append(out, Edge{p.name, edge})
		}
	}
	return out
}
