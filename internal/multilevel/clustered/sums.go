package clustered

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Sums are sums of squares and products of columns, cluster by cluster, so that
// clusters drawn twice cost no more than counting them twice. Effects within
// clusters must have been taken out.
type Sums struct {
	width    int
	clusters [][]float64
}

// SumsOf sums up columns; clusters come in the order of their first rows.
func SumsOf(columns [][]float64, cluster []int) *Sums {
	s := &Sums{width: len(columns)}
	at := map[int]int{}
	for i, name := range cluster {
		k, ok := at[name]
		if !ok {
			k = len(s.clusters)
			at[name] = k
			s.clusters = append(s.clusters, make([]float64, s.width*s.width))
		}
		for a := range columns {
			for b := range columns {
				s.clusters[k][a*s.width+b] += columns[a][i] * columns[b][i]
			}
		}
	}
	return s
}

// Clusters returns their number.
func (s *Sums) Clusters() int { return len(s.clusters) }

// Times adds up with every cluster counted so many times.
func (s *Sums) Times(times []int) Total {
	t := Total{width: s.width, sums: make([]float64, s.width*s.width)}
	for k, n := range times {
		if n == 0 {
			continue
		}
		for j, v := range s.clusters[k] {
			t.sums[j] += float64(n) * v
		}
	}
	return t
}

// Total are sums of squares and products of columns.
type Total struct {
	width int
	sums  []float64
}

// At returns the sum of products of two columns.
func (t Total) At(a, b int) float64 { return t.sums[a*t.width+b] }

// Regress returns the slopes of one column on others and the residual sum of
// squares; ok is false where the others cannot be told apart or do not vary.
func (t Total) Regress(y int, on ...int) (b []float64, rss float64, ok bool) {
	p := len(on)
	if p == 0 {
		return nil, t.At(y, y), true
	}
	s, xy := mat.NewSymDense(p, nil), mat.NewVecDense(p, nil)
	scale := make([]float64, p)
	for i, a := range on {
		scale[i] = math.Sqrt(t.At(a, a))
		if !(scale[i] > 0) {
			return nil, 0, false
		}
	}
	for i, a := range on {
		for j := i; j < p; j++ {
			s.SetSym(i, j, t.At(a, on[j])/scale[i]/scale[j])
		}
		xy.SetVec(i, t.At(a, y)/scale[i])
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(s) || !(chol.Cond() < 1/leastEigen) || chol.SolveVecTo(&x, xy) != nil {
		return nil, 0, false
	}
	rss = t.At(y, y) - mat.Dot(&x, xy)
	b = make([]float64, p)
	for i := range b {
		b[i] = x.AtVec(i) / scale[i]
	}
	return b, max(0, rss), true
}
