package decomposition

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestMeasuredCoverageIsThatOfThePage compares what is said of intervals with
// the least and the greatest share in docs/calibration.md.
func TestMeasuredCoverageIsThatOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/calibration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "coverage of the intervals of the latent correlation")
	if !found {
		t.Fatal("the page has no table of the latent correlation")
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	var table [][]string
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| ---") {
			table = append(table, strings.Split(strings.Trim(line, "| \n"), " | "))
		}
	}
	if len(table) < 20 {
		t.Fatalf("%d rows", len(table))
	}
	for _, m := range measuredCoverage() {
		column := slices.Index(table[0], "`"+m.method+"`")
		if column < 0 {
			t.Fatalf("no column %s", m.method)
		}
		least, most := math.Inf(1), math.Inf(-1)
		for _, row := range table[1:] {
			text, _, _ := strings.Cut(row[column], " ")
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			least, most = min(least, v), max(most, v)
		}
		if !(math.Abs(least-m.least) < 1e-9) || !(math.Abs(most-m.most) < 1e-9) {
			t.Errorf("%s: %v to %v, on the page %v to %v", m.method, m.least, m.most, least, most)
		}
	}
}

// TestCautionIsSaidOfIntervalsThatAreThere and of no others.
func TestCautionIsSaidOfIntervalsThatAreThere(t *testing.T) {
	t.Parallel()
	table := randomTable(rand.New(rand.NewPCG(41, 42)), 40, 3, 8, sym{0.6, 0.2, 0.6}, sym{1, 0.3, 1})
	for draws, want := range map[int]int{-1: 3, 19: 4} { // without draws there is no bootstrap
		r, err := Relate(t.Context(), table, Options{Draws: draws})
		if err != nil {
			t.Fatal(err)
		}
		said := 0
		for _, c := range r.Caveats.List() {
			if c.Code == "interval_coverage" {
				said++
			}
		}
		if said != want {
			t.Errorf("%d draws: said of %d intervals, want %d", draws, said, want)
		}
	}
}
