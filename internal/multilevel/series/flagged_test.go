package series_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

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
