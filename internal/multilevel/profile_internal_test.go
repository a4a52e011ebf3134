package multilevel

import (
	"math"
	"testing"

	"holon/internal/caveat"
)

// TestSearchesEnd gives the searches sums of squares that never come here, with
// which no bracket ever closes: they end, and say that nothing was found.
func TestSearchesEnd(t *testing.T) {
	t.Parallel()
	for name, within := range map[string]float64{"not a number": math.NaN(), "none": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := OneWay{Group: []string{"a", "a", "b", "b", "b"}, Y: []float64{1, 2, 3, 5, 4}}
			s := stratify(tabulate(d, 1, 5))
			s.within = within
			model := profileOf(&s)
			reml, ml := model.optima()
			if len(reml) != 0 || len(ml) != 0 {
				t.Errorf("optima %v and %v", reml, ml)
			}
			if _, ok := waldLimit(&s, 0.05); ok {
				t.Error("a limit")
			}
			var notes caveat.Set
			fitBoth(&s, &notes)
			if !notes.Has("no_optimum") {
				t.Errorf("caveats %v", notes.List())
			}
		})
	}
}
