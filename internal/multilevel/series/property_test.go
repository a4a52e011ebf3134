package series_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel/series"
)

// quarters are values that binary fractions hold, so that shifts round nothing.
func quarters() *rapid.Generator[float64] {
	return rapid.Map(rapid.IntRange(-40, 40), func(i int) float64 { return float64(i) / 4 })
}

// same compares two numbers that may both be undefined.
func same(rt *rapid.T, what string, a, b *float64, by, shift float64) {
	if (a == nil) != (b == nil) {
		rt.Fatalf("%s: %v, then %v", what, a, b)
	}
	if a != nil && !(math.Abs(by**a+shift-*b) <= 1e-9*max(1, math.Abs(*b))) {
		rt.Fatalf("%s: %v, then %v", what, *a, *b)
	}
}

// TestAConstantMovesOnlyTheMean adds a constant and multiplies, to charts, lines,
// pools and levels.
func TestAConstantMovesOnlyTheMean(t *testing.T) {
	t.Parallel()
	levels := 0
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(rapid.SliceOfN(quarters(), 0, 9), 1, 8).Draw(rt, "lines")
		by, shift := rapid.SampledFrom([]float64{1, 2, 0.25}).Draw(rt, "by"), quarters().Draw(rt, "shift")
		moved := make([][]float64, len(lines))
		for i, line := range lines {
			for _, v := range line {
				moved[i] = append(moved[i], by*v+shift)
			}
		}
		a, b := series.ChartOf(lines[0]), series.ChartOf(moved[0])
		same(rt, "center", a.Center, b.Center, by, shift)
		same(rt, "mean range", a.MeanRange, b.MeanRange, by, 0)
		same(rt, "lower", a.Lower, b.Lower, by, shift)
		same(rt, "upper", a.Upper, b.Upper, by, shift)
		var running series.Running
		for _, v := range lines[0] {
			running.Add(v)
		}
		for _, v := range []float64{-11, 0, 3.25} {
			if running.Below(v) != (a.Beyond(v) < 0) && (a.Lower == nil || math.Abs(*a.Lower-v) > 1e-9) {
				rt.Fatalf("%v is below by one and not by the other: %+v", v, a)
			}
		}
		same(rt, "lag 1", series.Lag1(lines[0]), series.Lag1(moved[0]), 1, 0)
		times := make([]float64, len(lines[0]))
		for i := range times {
			times[i] = float64(i)
		}
		s, u := series.SlopeOf(times, lines[0]), series.SlopeOf(times, moved[0])
		same(rt, "slope", s.Estimate, u.Estimate, by, 0)
		same(rt, "intercept", s.Intercept, u.Intercept, by, shift)
		p, q := series.PoolOf(lines), series.PoolOf(moved)
		same(rt, "error", p.Error, q.Error, by*by, 0)
		same(rt, "drift", p.Drift, q.Drift, by*by, 0)
		same(rt, "first level", p.Mean, q.Mean, by, shift)
		x, y := p.Level(lines[0]), q.Level(moved[0])
		same(rt, "level", x.Estimate, y.Estimate, by, shift)
		same(rt, "its error", x.SE, y.SE, by, 0)
		same(rt, "reliability", x.Reliability, y.Reliability, 1, 0)
		if x.Estimate != nil {
			levels++
		}
		slices.Reverse(lines)
		same(rt, "error of lines in another order", p.Error, series.PoolOf(lines).Error, 1, 0)
	})
	if levels == 0 {
		t.Error("no level was ever computed")
	}
}

// TestNothingIsDividedBySpreadOfZero: values that are all the same have no limits,
// no correlation, and no level of their own.
func TestNothingIsDividedBySpreadOfZero(t *testing.T) {
	t.Parallel()
	flat := []float64{3, 3, 3, 3, 3}
	c := series.ChartOf(flat)
	if c.Reason != series.NoVariation || c.Lower != nil || c.Sigma != nil || c.Beyond(9) != 0 || series.Lag1(flat) != nil {
		t.Errorf("%+v", c)
	}
	if p := series.PoolOf([][]float64{flat, flat, flat, flat}); p.Reason != series.NoErrorSeen || p.Level(flat).Estimate != nil {
		t.Errorf("%+v", p)
	}
	if s := series.SlopeOf([]float64{1, 1, 1}, []float64{2, 3, 4}); s.Reason != series.NoVariation || s.Estimate != nil {
		t.Errorf("%+v", s)
	}
	if s := series.SlopeOf([]float64{1, 2, 3}, []float64{2, 3, 4}); s.Estimate == nil || *s.Estimate != 1 || s.P != nil || s.CI != nil {
		t.Errorf("%+v", s)
	}
}

// TestLimitsFromTheFourthValueOn and never before.
func TestLimitsFromTheFourthValueOn(t *testing.T) {
	t.Parallel()
	values := []float64{1, 3, 2, 4}
	for n := range 4 {
		if c := series.ChartOf(values[:n]); c.Reason != series.TooFewValues || c.Upper != nil {
			t.Errorf("%d values: %+v", n, c)
		}
	}
	if c := series.ChartOf(values); c.Upper == nil || c.Beyond(*c.Upper) != 0 || c.Beyond(*c.Upper+0.01) != 1 || c.Beyond(*c.Lower-0.01) != -1 {
		t.Errorf("%+v", c)
	}
}

// TestReliableChangeNeedsAReliability: without one nothing is called reliable.
func TestReliableChangeNeedsAReliability(t *testing.T) {
	t.Parallel()
	for _, x := range [][2]float64{{0, 0.8}, {1, 0}, {1, 1}, {-1, 0.5}, {math.NaN(), 0.5}, {1, math.NaN()}, {math.Inf(1), 0.5}, {5e-324, 0.9}, {1e-320, 0.99}, {1e308, 1e-9}} {
		if c := series.ReliableChange(5, 1, x[0], x[1]); c.Reason != series.NoReliability || c.Reliable != nil || c.Change != -4 {
			t.Errorf("%v: %+v", x, c)
		}
	}
}

// TestTheLevelIsWhereTheIntervalSays draws 60 practices of 12 lines whose levels
// drift, and counts how often the true last level lies within 1.96 standard errors
// of its estimate.
func TestTheLevelIsWhereTheIntervalSays(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 10))
	inside, all := 0, 0
	for range 60 {
		var lines [][]float64
		var truth []float64
		for range 12 {
			level := 6 + rng.NormFloat64()
			var line []float64
			for t := range 6 + rng.IntN(8) {
				if t > 0 {
					level += 0.4 * rng.NormFloat64()
				}
				line = append(line, level+0.8*rng.NormFloat64())
			}
			lines, truth = append(lines, line), append(truth, level)
		}
		p := series.PoolOf(lines)
		for i, line := range lines {
			l := p.Level(line)
			if l.Estimate == nil {
				continue
			}
			all++
			if math.Abs(*l.Estimate-truth[i]) <= 1.96**l.SE {
				inside++
			}
		}
	}
	share := float64(inside) / float64(all)
	onPage(t, fmt.Sprintf("%d of %d (%.0f %%)", inside, all, 100*share))
	if all < 600 || !(share > 0.88 && share < 0.98) {
		t.Errorf("%d of %d levels lie within their limits (%.3f)", inside, all, share)
	}
}
