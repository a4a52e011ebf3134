package agreement

import (
	"math"
	"testing"

	"holon/internal/multilevel/montecarlo"
)

// TestDrawnLawsAsByR compares with 20,000 draws in R 4.2.2: multilevel's
// rwg.j.sim(8, 4, 5, itemcors), correlations .5, has P(r_wg(J) >= .7) = .03715
// and P(r_wg(J) = 0) = .4942; the same recipe with MASS::mvrnorm and the
// moderately skewed null has P(mean variance <= .4) = .02505. Their standard
// errors are .0013, .0035 and .0011.
func TestDrawnLawsAsByR(t *testing.T) {
	t.Parallel()
	const items, n = 4, 8
	r := make([]float64, items*items)
	for a := range items {
		for b := range items {
			r[a*items+b] = .5
		}
		r[a*items+a] = 1
	}
	c := correlated{items: items, lower: factor(r, items)}
	nulls := []Null{Uniform(5), Published(5)[1]}
	laws, err := drawnLaws(t.Context(), montecarlo.Plan{Draws: 20000, Seed: 3}, c, nulls, []int{3, n})
	if err != nil {
		t.Fatal(err)
	}
	unit := float64(n * (n - 1) * items)
	for _, x := range []struct {
		name     string
		got      float64
		want, se float64
	}{
		{"r_wg(J) from .7", laws[0][1].upTo(int64(2 * 1.2 / 1.9 * unit)), .03715, .0013},
		{"r_wg(J) of 0", 1 - laws[0][1].upTo(int64(2*unit)-1), .4942, .0035},
		{"skewed, mean variance up to .4", laws[1][1].upTo(int64(.4 * unit)), .02505, .0011},
	} {
		if !(math.Abs(x.got-x.want) < 4*math.Sqrt2*x.se) {
			t.Errorf("%s: %v, in R %v", x.name, x.got, x.want)
		}
	}
	for i, null := range nulls {
		for s, size := range []int{3, n} {
			mean := laws[i][s].mean / float64(size*(size-1)*items)
			if !(math.Abs(mean-null.Variance()) < .03) {
				t.Errorf("%s, size %d: mean variance %v, expected %v", null.Name, size, mean, null.Variance())
			}
		}
	}
}

// TestFactor multiplies back to the matrix, singular ones as well.
func TestFactor(t *testing.T) {
	t.Parallel()
	for name, r := range map[string][]float64{
		"regular":          {1, .3, .2, .3, 1, -.4, .2, -.4, 1},
		"an item twice":    {1, 1, .2, 1, 1, .2, .2, .2, 1},
		"an item reversed": {1, -1, .2, -1, 1, -.2, .2, -.2, 1},
		"no correlation":   {1, 0, 0, 0, 1, 0, 0, 0, 1},
	} {
		l := factor(r, 3)
		for a := range 3 {
			for b := range a + 1 {
				sum := 0.0
				for k := range 3 {
					sum += l[a*3+k] * l[b*3+k]
				}
				if !(math.Abs(sum-r[a*3+b]) < 1e-9) {
					t.Errorf("%s: element %d, %d is %v, want %v", name, a, b, sum, r[a*3+b])
				}
			}
		}
	}
}
