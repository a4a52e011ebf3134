package series_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/series"
)

// TestTheShareOfStablePeopleFlaggedIsThatOfR compares with testdata/flagged.json,
// which testdata/flagged.R writes: R's integrate, and pnorm for one comparison.
func TestTheShareOfStablePeopleFlaggedIsThatOfR(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/flagged.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Threshold float64 `json:"threshold"`
		SD        float64 `json:"sd"`
		N         int     `json:"n"`
		Share     float64 `json:"share"`
	}
	if err := json.Unmarshal(text, &rows); err != nil || len(rows) < 20 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, r := range rows {
		if got := series.StableFlagged(r.Threshold, r.SD, r.N); !scalar.EqualWithinAbsOrRel(got, r.Share, 1e-10, 1e-8) {
			t.Errorf("beyond %g with %g in %d: %.12g, R has %.12g", r.Threshold, r.SD, r.N, got, r.Share)
		}
	}
}

// TestTheShareOfStablePeopleFlaggedIsThatOfASimulation, on a continuous scale and
// on one of whole points, where Midway stands for the limit.
func TestTheShareOfStablePeopleFlaggedIsThatOfASimulation(t *testing.T) {
	t.Parallel()
	const people = 20_000
	random := rand.New(rand.NewPCG(19, 91))
	for _, c := range []struct {
		threshold, step float64
		n               int
	}{{1.959963984540054 * 2 * math.Sqrt2, 0, 1}, {1.959963984540054 * 2 * math.Sqrt2, 0, 12}, {6, 1, 1}, {6, 1, 6}, {5, 1, 20}} {
		flagged := 0
		for range people {
			value := func() float64 {
				v := 12.4 + 2*random.NormFloat64()
				if c.step > 0 {
					return math.Round(v/c.step) * c.step
				}
				return v
			}
			first, ever := value(), false
			for range c.n {
				if d := value() - first; d > c.threshold || c.step > 0 && d >= c.threshold {
					ever = true
				}
			}
			if ever {
				flagged++
			}
		}
		sd := math.Sqrt(4 + c.step*c.step/12) // rounding adds its own error
		want := series.StableFlagged(series.Midway(c.threshold, c.step, true), sd, c.n)
		got := float64(flagged) / people
		if !(math.Abs(got-want) < 4*math.Sqrt(want*(1-want)/people)) {
			t.Errorf("%+v: %.4f of simulated people, %.4f by the formula", c, got, want)
		}
	}
}

func TestFewerAreFlaggedByAHigherLimitAndMoreByMoreComparisons(t *testing.T) {
	t.Parallel()
	last := 0.0
	for n := range 40 {
		at := series.StableFlagged(3, 1, n)
		if !(at >= last && at < 1) || n > 0 && !(series.StableFlagged(3.1, 1, n) < at) || n > 0 && !(at > last) {
			t.Errorf("%d comparisons: %g after %g", n, at, last)
		}
		// The scale's unit changes nothing.
		if other := series.StableFlagged(30, 10, n); !scalar.EqualWithinAbs(other, at, 1e-14) {
			t.Errorf("%d comparisons: %g in other units, %g", n, other, at)
		}
		last = at
	}
	for _, c := range [][2]float64{{0, 1}, {-1, 1}, {math.NaN(), 1}, {1, 0}, {1, math.NaN()}, {1, math.Inf(1)}} {
		if got := series.StableFlagged(c[0], c[1], 3); !math.IsNaN(got) {
			t.Errorf("%v: %g", c, got)
		}
	}
}

func TestMidway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		threshold, step float64
		inclusive       bool
		want            float64
	}{{6, 1, true, 5.5}, {6, 1, false, 6.5}, {5.54, 1, true, 5.5}, {5.54, 1, false, 5.5}, {0.3, 0.1, true, 0.25}, {0.3, 0.1, false, 0.35}, {6, 0, true, 6}, {6, math.NaN(), false, 6}} {
		if got := series.Midway(c.threshold, c.step, c.inclusive); !scalar.EqualWithinAbs(got, c.want, 1e-12) {
			t.Errorf("%+v: %g", c, got)
		}
	}
}
