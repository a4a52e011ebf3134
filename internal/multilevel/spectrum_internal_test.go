package multilevel

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// TestSpectrumIsThatOfTheMatrix compares the eigenvalues with those of
// diag(n) - nn'/N, made and decomposed.
func TestSpectrumIsThatOfTheMatrix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 6), rapid.IntRange(1, 3000)), 2, 20).Draw(t, "sizes")
		s := &strata{sizes: sizes, means: make([]float64, len(sizes)), groups: len(sizes)}
		total := 0
		for _, n := range sizes {
			total += n
		}
		s.ratings = total
		s.pool(make([]float64, len(sizes)))
		matrix := mat.NewSymDense(len(sizes), nil)
		for i, a := range sizes {
			for j, b := range sizes[:i+1] {
				v := -float64(a) * float64(b) / float64(total)
				if i == j {
					v += float64(a)
				}
				matrix.SetSym(i, j, v)
			}
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(matrix, false) {
			t.Fatal("the matrix was not decomposed")
		}
		want := eigen.Values(nil)[1:] // the first is zero
		var got []float64
		p := s.spectrum()
		for i, v := range p.values {
			for range int(p.counts[i]) {
				got = append(got, v)
			}
		}
		if len(got) != len(want) || math.Abs(p.within-float64(total-len(sizes))) > 0 {
			t.Fatalf("%d eigenvalues, want %d; %v within", len(got), len(want), p.within)
		}
		for i := range want {
			if !scalar.EqualWithinAbsOrRel(got[i], want[i], 1e-10*want[len(want)-1], 1e-9) {
				t.Errorf("eigenvalue %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}

// TestStatisticOfADrawIsItsSupremum compares the statistic with the best of a
// fine grid, for draws of every kind.
func TestStatisticOfADrawIsItsSupremum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 30), 2, 8).Draw(t, "sizes")
		s := &strata{sizes: sizes, means: make([]float64, len(sizes)), groups: len(sizes)}
		for _, n := range sizes {
			s.ratings += n
		}
		if s.ratings == len(sizes) {
			t.Skip("no variance within")
		}
		s.pool(make([]float64, len(sizes)))
		p := s.spectrum()
		square := rapid.Float64Range(1e-3, 30)
		d := drawn{rest: rapid.Float64Range(0.05, 60).Draw(t, "rest")}
		for range p.values {
			d.squares = append(d.squares, square.Draw(t, "square"))
		}
		var best float64
		for l := 1e-6; l < 1e7; l *= 1.01 {
			best = max(best, p.gain(&d, l))
		}
		if got := p.statistic(&d, p.grid()); !(got >= best-1e-9 && got <= best+1e-3*(1+best)) {
			t.Errorf("statistic %v, on a grid %v", got, best)
		}
	})
}
