package multilevel

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/caveat"
)

// TestMeasuredCoverageIsThatOfThePage compares what caveats say of intervals
// with the least and the greatest share in docs/calibration.md.
func TestMeasuredCoverageIsThatOfThePage(t *testing.T) {
	t.Parallel()
	columns := map[string]string{
		"searle_n0": "`searle_n0`", "thomas_hultquist": "`thomas_hultquist`", "smith": "`smith`",
		"profile_likelihood by REML": "`profile_likelihood` REML", "profile_likelihood by ML": "`profile_likelihood` ML",
		"satterthwaite": "`satterthwaite` between", "mls": "`mls` between",
	}
	for _, m := range measuredCoverage() {
		least, most := coverageOf(t, "normal", columns[m.name])
		if !scalar.EqualWithinAbs(m.least, least, 1e-9) || !scalar.EqualWithinAbs(m.most, most, 1e-9) {
			t.Errorf("%s: %v to %v, on the page %v to %v", m.name, m.least, m.most, least, most)
		}
	}
	least, most := coverageOf(t, "5 points, skewed", "`wald_exact` .95")
	if !scalar.EqualWithinAbs(leastSkewed, least, 1e-9) || !scalar.EqualWithinAbs(mostSkewed, most, 1e-9) {
		t.Errorf("Wald's of skewed ratings: %v to %v, on the page %v to %v", leastSkewed, mostSkewed, least, most)
	}
	if least, most := coverageOf(t, "normal", "`wald_exact` .95"); least < leastCoverage || most > mostCoverage {
		t.Errorf("the interval that answers holds the truth in %v to %v, and nothing says so", least, most)
	}
}

// coverageOf returns the least and the greatest number in a column of the
// page's table of intervals, over the rows of one kind of ratings.
func coverageOf(t *testing.T, ratings, column string) (least, most float64) {
	t.Helper()
	page, err := os.ReadFile("../../docs/calibration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "## Members in groups: coverage of the intervals")
	if !found {
		t.Fatal("the page has no table of intervals")
	}
	least, most = math.Inf(1), math.Inf(-1)
	at, rows := -1, 0
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "## ") {
			break
		}
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		switch {
		case !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---"):
		case at < 0:
			for i, cell := range cells {
				if cell == column {
					at = i
				}
			}
			if at < 0 {
				t.Fatalf("the table has no column %s", column)
			}
		case cells[1] == ratings && cells[at] != "–":
			text, _, _ := strings.Cut(cells[at], " ")
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			least, most = min(least, v), max(most, v)
			rows++
		}
	}
	if rows < 10 {
		t.Fatalf("%d rows of %s", rows, column)
	}
	return least, most
}

// TestCautionsOfIntervals are said of the intervals that are there.
func TestCautionsOfIntervals(t *testing.T) {
	t.Parallel()
	said := func(r GroupLevel) string {
		var all []string
		for _, c := range r.Comparison.Caveats.List() {
			all = append(all, c.Code+": "+c.Detail)
		}
		return strings.Join(all, "\n")
	}
	equal := TestGroupLevel(OneWay{Group: []string{"a", "a", "b", "b"}, Y: []float64{1, 2, 3, 5}}, Options{})
	unequal := TestGroupLevel(OneWay{Group: []string{"a", "a", "b", "b", "b"}, Y: []float64{1, 2, 3, 5, 4}}, Options{})
	for text, want := range map[string][2]bool{
		"by smith held": {true, true}, "by searle_n0 held": {false, true}, "by thomas_hultquist held": {false, true}, "by satterthwaite held": {true, false},
		"by mls held": {false, false}, "profile_limit_at_zero": {true, true},
	} {
		if got := [2]bool{strings.Contains(said(equal), text), strings.Contains(said(unequal), text)}; got != want {
			t.Errorf("%q is said %v, want %v", text, got, want)
		}
	}
	if one := TestGroupLevel(OneWay{Group: []string{"a", "a"}, Y: []float64{1, 2}}, Options{}); said(one) != "" {
		t.Errorf("of no interval it is said %s", said(one))
	}
}

// TestCrowdIsSaid from three in ten ratings on, of ten at least, at either end.
func TestCrowdIsSaid(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		y    []float64
		said string
	}{
		"three of ten at the top":    {[]float64{5, 5, 5, 4, 3, 2, 1, 2, 3, 4}, "3 of 10 ratings are the highest"},
		"three of ten at the bottom": {[]float64{1, 1, 1, 4, 3, 2, 5, 2, 3, 4}, "3 of 10 ratings are the lowest"},
		"two of ten":                 {[]float64{5, 5, 3, 4, 3, 2, 1, 2, 3, 4}, ""},
		"three of nine":              {[]float64{5, 5, 5, 4, 3, 2, 1, 2, 3}, ""},
		"the middle":                 {[]float64{5, 3, 3, 3, 3, 3, 1, 2, 3, 4}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d OneWay
			for i, y := range tt.y {
				d.Group, d.Y = append(d.Group, fmt.Sprint(i%3)), append(d.Y, y)
			}
			r := TestGroupLevel(d, Options{})
			if got := detailOf(&r.Caveats, "ratings_at_one_end"); (got == "") != (tt.said == "") || !strings.HasPrefix(got, tt.said) {
				t.Errorf("said %q, want %q", got, tt.said)
			}
		})
	}
}

// detailOf returns the sentence of a caveat, empty for none.
func detailOf(s *caveat.Set, code string) string {
	for _, c := range s.List() {
		if c.Code == code {
			return c.Detail
		}
	}
	return ""
}
