package series_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/series"
)

// TestOneComparisonIsTheNormalTail: a reliable change is 1.96 standard errors of a
// difference, so that one side of it is .025.
func TestOneComparisonIsTheNormalTail(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{0.5, 1, 1.959963984540054, 3} {
		agrees(t, "share", series.FlaggedEver(x*math.Sqrt2*0.7, 0.7, 1), distuv.UnitNormal.CDF(-x), 1e-7)
	}
}

// TestThePageSaysHowManyStableMembersAreFound holds the figures of
// docs/outcome-change.md.
func TestThePageSaysHowManyStableMembersAreFound(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/outcome-change.md")
	if err != nil {
		t.Fatal(err)
	}
	ever := func(n int) float64 { return 100 * *series.FlaggedEver(1.959963984540054*math.Sqrt2, 1, n) }
	want := fmt.Sprintf("in %.1f %% by one comparison, and at least once in %.1f %% by 5, in %.1f %% by 10 and in %.1f %% by 20", ever(1), ever(5), ever(10), ever(20))
	if !strings.Contains(string(page), want) {
		t.Errorf("the page does not say: %s", want)
	}
	begun := 2.0 // standard errors too bad
	want = fmt.Sprintf("%.0f in 100 are better the next time, and %.0f in 100 reliably so", 100*distuv.UnitNormal.CDF(begun), 100*distuv.UnitNormal.CDF(begun-1.959963984540054*math.Sqrt2))
	if !strings.Contains(string(page), want) {
		t.Errorf("the page does not say: %s", want)
	}
}

// TestManyComparisonsAreThoseDrawn draws stable members.
func TestManyComparisonsAreThoseDrawn(t *testing.T) {
	t.Parallel()
	const draws = 40_000
	rng := rand.New(rand.NewPCG(6, 6))
	for _, n := range []int{3, 12} {
		flagged := 0
		for range draws {
			base, most := rng.NormFloat64(), math.Inf(-1)
			for range n {
				most = max(most, rng.NormFloat64())
			}
			if most-base >= 2.5 {
				flagged++
			}
		}
		got, drawn := series.FlaggedEver(2.5*0.4, 0.4, n), float64(flagged)/draws
		if got == nil || !(math.Abs(*got-drawn) < 4*math.Sqrt(drawn*(1-drawn)/draws)) {
			t.Errorf("%d comparisons: %v, drawn %v", n, *got, drawn)
		}
	}
}

// TestNothingIsFlaggedWithoutAThreshold is undefined and never zero.
func TestNothingIsFlaggedWithoutAThreshold(t *testing.T) {
	t.Parallel()
	for _, x := range [][2]float64{{0, 1}, {1, 0}, {math.NaN(), 1}, {1, math.NaN()}, {math.Inf(1), 1}} {
		if series.FlaggedEver(x[0], x[1], 3) != nil {
			t.Errorf("%v", x)
		}
	}
	if series.FlaggedEver(1, 1, 0) != nil {
		t.Error("no comparison")
	}
}

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
		if got := series.FlaggedEver(r.Threshold, r.SD, r.N); got == nil || !scalar.EqualWithinAbs(*got, r.Share, 1e-9) {
			t.Errorf("beyond %g with %g in %d: %v, R has %.12g", r.Threshold, r.SD, r.N, got, r.Share)
		}
	}
}

// TestTheShareOfStablePeopleFlaggedIsThatOfASimulation on a continuous scale and on
// one of whole points, where Midway stands for the limit.
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
		want := *series.FlaggedEver(series.Midway(c.threshold, c.step, true), sd, c.n)
		got := float64(flagged) / people
		if !(math.Abs(got-want) < 4*math.Sqrt(want*(1-want)/people)) {
			t.Errorf("%+v: %.4f of simulated people, %.4f by the formula", c, got, want)
		}
	}
}

func TestMidway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		threshold, step float64
		inclusive       bool
		want            float64
	}{{6, 1, true, 5.5}, {6, 1, false, 6.5}, {5.54, 1, true, 5.5}, {5.54, 1, false, 5.5}, {0.3, 0.1, true, 0.25}, {0.3, 0.1, false, 0.35}, {6, 0, true, 6}, {6, math.NaN(), false, 6}, {1e-12, 1, false, 0.5}, {1e-12, 1, true, 0.5}} {
		if got := series.Midway(c.threshold, c.step, c.inclusive); !scalar.EqualWithinAbs(got, c.want, 1e-12) {
			t.Errorf("%+v: %g", c, got)
		}
	}
}

// TestFallingInThreeIsWhatIsDrawn: one in six orders of three values falls, and the
// rest is drawn.
func TestFallingInThreeIsWhatIsDrawn(t *testing.T) {
	t.Parallel()
	if got := series.FallingInThree(0); !(math.Abs(got-1.0/6) < 1e-9) {
		t.Errorf("%v, want 1/6", got)
	}
	page, err := os.ReadFile("../../../docs/slipping.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("which is %.1f %%", 100*series.FallingInThree(1.5)); !strings.Contains(string(page), want) {
		t.Errorf("docs/slipping.md does not say %q", want)
	}
	const draws = 60_000
	rng := rand.New(rand.NewPCG(15, 3))
	fell := 0
	for range draws {
		a, b, c := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		if a > b && b > c && a-c >= 1.5 {
			fell++
		}
	}
	drawn := float64(fell) / draws
	if got := series.FallingInThree(1.5); !(math.Abs(got-drawn) < 4*math.Sqrt(drawn/draws)) {
		t.Errorf("%.4f, drawn %.4f", got, drawn)
	}
}
