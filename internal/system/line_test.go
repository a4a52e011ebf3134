package system_test

import (
	"math"
	"testing"

	"holon/internal/system"
)

// TestALineIsFormedByAll of the family, and by nobody less.
func TestALineIsFormedByAll(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, x := range []struct {
		of       int
		reports  []float64
		n        int
		value    float64 // NaN for none
		furthest float64
		first    int
		second   int
	}{
		{3, []float64{6, 5, 1}, 3, 4, 5, 0, 2},
		{3, []float64{6, nan, 1}, 2, nan, 5, 0, 2},
		{3, []float64{nan, nan, 1}, 1, nan, nan, 0, 0},
		{3, []float64{nan, nan, nan}, 0, nan, nan, 0, 0},
		{2, []float64{2, 9}, 2, 5.5, 7, 1, 0},
		{3, []float64{9, 2, 9}, 3, 20.0 / 3, 7, 0, 0}, // two pairs lie so far apart
		{2, []float64{4, 4}, 2, 4, 0, 0, 0},
		{1, []float64{4}, 1, nan, nan, 0, 0}, // one member is no family
		{0, nil, 0, nan, nan, 0, 0},
	} {
		l := system.LineOf(x.of, x.reports)
		if l.N != x.n || l.Of != x.of || l.Formed() != !math.IsNaN(x.value) || (l.Formed() && *l.Value != x.value) {
			t.Errorf("%v of %d: %+v", x.reports, x.of, l)
		}
		if (l.Furthest == nil) != math.IsNaN(x.furthest) || (l.Furthest != nil && (*l.Furthest != x.furthest || l.First != x.first || l.Second != x.second)) {
			t.Errorf("%v of %d: %+v", x.reports, x.of, l)
		}
	}
}

// TestConsensusOfObservers is the majority, else the mean of the two closest, and nothing
// where two pairs are equally close or the closest lie far apart.
func TestConsensusOfObservers(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, x := range []struct {
		values []float64
		want   float64
		way    system.Way
	}{
		{nil, nan, ""},
		{[]float64{2}, 2, system.OneObserver},
		{[]float64{2, 2}, 2, system.Majority},
		{[]float64{1, 3}, 2, system.TwoClosest},
		{[]float64{3, 1, 3}, 3, system.Majority},
		{[]float64{3, 0, 1}, .5, system.TwoClosest},
		{[]float64{1, 2, 3}, nan, system.Undecided},
		{[]float64{1.1, 1.2, 1.3}, nan, system.Undecided},
		{[]float64{2, 2, 3, 1}, 2, system.TwoClosest},  // two of four are no majority, and the closest
		{[]float64{2, 2, 3, 3}, nan, system.Undecided}, // two pairs agree with themselves
		{[]float64{-1, 2, 2, 2}, 2, system.Majority},
		{[]float64{-3, 3}, nan, system.Undecided}, // nobody saw 0
		{[]float64{-1, 2}, nan, system.Undecided}, // more than a third of the range
		{[]float64{3, -3, 1}, 2, system.TwoClosest},
	} {
		got, way := system.Consensus(x.values, 6)
		if way != x.way || (got == nil) != math.IsNaN(x.want) || (got != nil && *got != x.want) {
			t.Errorf("%v: %v %s", x.values, got, way)
		}
	}
}
